import Foundation
import HTTP
import Testing

/// A TLS server of OpenSSL on loopback, with a certificate for one name.
private final class SecureServer {
  let process = Process()
  let certificate: String
  let port: Int

  static let openssl = "/usr/bin/openssl"
  static var isThere: Bool { FileManager.default.isExecutableFile(atPath: openssl) }

  init?(name: String, folder: String) throws {
    certificate = folder + "/\(UUID().uuidString).pem"
    let made = Process()
    made.executableURL = URL(filePath: Self.openssl)
    made.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", certificate + ".key", "-out",
      certificate, "-days", "2", "-subj", "/CN=resetsync", "-addext", "subjectAltName=\(name)",
    ]
    made.standardError = FileHandle.nullDevice
    try made.run()
    made.waitUntilExit()
    let output = Pipe()
    process.executableURL = URL(filePath: Self.openssl)
    process.arguments = [
      "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", certificate + ".key",
      "-www",
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = ""
    // OpenSSL says where it listens: "ACCEPT 127.0.0.1:41234".
    while !text.contains("ACCEPT ") || !text.hasSuffix("\n") {
      let chunk = output.fileHandleForReading.availableData
      guard !chunk.isEmpty else { return nil }
      text += String(decoding: chunk, as: UTF8.self)
    }
    let line = text.split(separator: "\n").last { $0.hasPrefix("ACCEPT ") } ?? ""
    guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else { return nil }
    self.port = port
  }

  deinit { kill(process.processIdentifier, SIGKILL) }
}

@Suite struct TrustTests {
  private func send(_ server: SecureServer, trusting file: String?) async -> HTTPTransportError? {
    var settings = TransportSettings(userAgent: "test")
    settings.certificateAuthorities = file
    do throws(HTTPTransportError) {
      _ = try await CurlTransport(settings: settings).send(
        HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
      return nil
    } catch {
      return error
    }
  }

  @Test(.enabled(if: SecureServer.isThere))
  func `a certificate must be trusted and name the host`() async throws {
    let folder = NSTemporaryDirectory() + "resetsync-trust-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let right = try #require(try SecureServer(name: "IP:127.0.0.1", folder: folder))
    #expect(await send(right, trusting: right.certificate) == nil)
    guard case .untrustedServer(let text)? = await send(right, trusting: nil) else {
      Issue.record("a certificate that nobody vouches for was taken")
      return
    }
    #expect(text.contains("certificate"))

    let wrong = try #require(try SecureServer(name: "DNS:other.example", folder: folder))
    guard case .untrustedServer(let why)? = await send(wrong, trusting: wrong.certificate) else {
      Issue.record("a certificate for another name was taken")
      return
    }
    #expect(why.contains("127.0.0.1"), "\(why)")
  }
}
