import Foundation
import HTTP
import Testing

/// nghttp2's server over TLS: it hangs up on clients that don't offer HTTP/2 in the handshake.
private final class HTTP2Server {
  static let program = "/usr/sbin/nghttpd"
  static let openssl = "/usr/bin/openssl"
  static var isThere: Bool {
    [program, openssl].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  }

  let process = Process()
  let certificate: String
  let port: Int
  private let output = Pipe()
  private(set) var log = ""

  init(folder: String) throws {
    certificate = folder + "/certificate.pem"
    let made = Process()
    made.executableURL = URL(filePath: Self.openssl)
    made.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", certificate + ".key", "-out",
      certificate, "-days", "2", "-subj", "/CN=resetsync", "-addext",
      "subjectAltName=IP:127.0.0.1",
    ]
    made.standardError = FileHandle.nullDevice
    try made.run()
    made.waitUntilExit()
    port = Self.freePort()
    process.executableURL = URL(filePath: Self.program)
    process.arguments = [
      "-v", "-a", "127.0.0.1", "-d", folder, "\(port)", certificate + ".key", certificate,
    ]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    while !log.contains("listen") {
      let chunk = output.fileHandleForReading.availableData
      guard !chunk.isEmpty else { return }
      log += String(decoding: chunk, as: UTF8.self)
    }
  }

  /// Ends the server and gives what it told; it tells line by line.
  func end() -> String {
    kill(process.processIdentifier, SIGKILL)
    log += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return log
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// A port that nobody listened on a moment ago: the server doesn't choose one by itself.
  private static func freePort() -> Int {
    let server = RawServer { _, _ in }
    server.stop()
    return server.port
  }
}

@Suite struct NegotiationTests {
  private func folder() throws -> String {
    let folder = NSTemporaryDirectory() + "resetsync-h2-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "{\"data\":[]}".write(toFile: folder + "/page", atomically: true, encoding: .utf8)
    return folder
  }

  @Test(.enabled(if: HTTP2Server.isThere, "needs openssl and nghttpd of nghttp2-server"))
  func `HTTP/2 is spoken where it is offered, all requests on one connection`() async throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try HTTP2Server(folder: folder)
    var settings = TransportSettings(userAgent: "resetsync/test")
    settings.certificateAuthorities = server.certificate
    let transport = CurlTransport(settings: settings)
    let url = "https://127.0.0.1:\(server.port)/page"
    let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<12 {
        group.addTask { try await transport.send(HTTPRequest(.get, url)).body }
      }
      return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
    }
    let patched = try await transport.send(HTTPRequest(.patch, url, body: Array("{}".utf8)))
    let log = server.end()
    #expect(bodies == [[UInt8]](repeating: Array("{\"data\":[]}".utf8), count: 12))
    #expect((200..<500).contains(patched.status))
    #expect(log.contains("The negotiated protocol: h2"))
    #expect(log.components(separatedBy: ":path: /page").count == 14)
    #expect(log.contains("[id=1]") && !log.contains("[id=2]"))
  }
}
