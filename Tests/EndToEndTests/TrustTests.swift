import Foundation
import Testing

/// A TLS front before the simulator, with a certificate of an authority of its own.
private struct SecureFront {
  let folder: String
  let process: RunningProgram
  let port: String

  /// Speaks TLS and hands every byte on.
  private static let script = """
    import socket, ssl, sys, threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def serve(client):
        try:
            inner = context.wrap_socket(client, server_side=True)
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
        threading.Thread(target=pump, args=(server, inner), daemon=True).start()
        pump(inner, server)

    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """

  static let tools = ["/usr/bin/openssl", "/usr/bin/python3"]
  static var isThere: Bool { tools.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) } }

  var authority: String { folder + "/authority.pem" }

  init(before port: String, folder: String) async throws {
    self.folder = folder
    // An authority, a request of the server, and its certificate, good for two days.
    for line in [
      "req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem -days 2 -subj"
        + " /CN=authority",
      "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server -addext"
        + " subjectAltName=IP:127.0.0.1",
      "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out"
        + " server.pem -days 2 -copy_extensions copyall",
    ] {
      let openssl = Program(directory: folder, executable: URL(filePath: Self.tools[0]))
      let made = try await openssl.run(line.split(separator: " ").map(String.init))
      try #require(made.exit == 0, "\(made.errors)")
    }
    let python = Program(directory: folder, executable: URL(filePath: Self.tools[1]))
    process = try python.start(["-c", Self.script, "server.pem", "server.key", port])
    self.port = try #require(await process.firstLine())
  }
}

@Suite struct TrustTests {
  @Test(.enabled(if: SecureFront.isThere, "needs openssl and python3"))
  func `an own authority is trusted by ca_file, and by nothing else`() async throws {
    let shop = try await Shop(
      resets: (1...3).map { Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com") })
    let address = try #require(shop.address["base_url"].flatMap { URL(string: $0) })
    let front = try await SecureFront(before: "\(address.port ?? 0)", folder: shop.folder + "/var")
    defer { front.process.signal(SIGKILL) }
    var api = [
      "base_url": "\"https://127.0.0.1:\(front.port)/api\"",
      "token_url": "\"https://127.0.0.1:\(front.port)/oauth/token\"",
    ]
    try shop.writeConfiguration(api: api)
    let refused = try await shop.program.run(["pull"])
    #expect(refused.exit == 6, "\(refused)")
    #expect(refused.errors.contains("certificate"), "\(refused.errors)")
    #expect(refused.errors.contains("ca_file"), "\(refused.errors)")
    #expect(try await shop.requests().isEmpty)

    api["ca_file"] = "\"../var/authority.pem\""
    try shop.writeConfiguration(api: api)
    let pulled = try await shop.program.run(["pull", "--format", "json"])
    #expect(pulled.exit == 0, "\(pulled)")
    #expect(pulled.output.contains("\"rows\":3"), "\(pulled.output)")

    // The right authority, but a certificate for another name.
    api["base_url"] = "\"https://localhost:\(front.port)/api\""
    api["token_url"] = "\"https://localhost:\(front.port)/oauth/token\""
    try shop.writeConfiguration(api: api)
    let elsewhere = try await shop.program.run(["pull"])
    #expect(elsewhere.exit == 6, "\(elsewhere)")
    #expect(elsewhere.errors.contains("localhost"), "\(elsewhere.errors)")
  }
}
