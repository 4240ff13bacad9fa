import Foundation

/// A listener on loopback whose every connection runs a script over raw bytes.
///
/// Not an HTTP server: it says exactly what a test wants said, well formed or not.
final class RawServer: @unchecked Sendable {
  /// One accepted connection.
  final class Connection: @unchecked Sendable {
    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The next request with its body by Content-Length, or nil at the end of the stream.
    func request() -> String? {
      while true {
        if let end = headEnd() {
          let head = String(decoding: buffer[..<end], as: UTF8.self)
          let length = head.lowercased().split(separator: "\r\n")
            .first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
          let total = end + (length ?? 0)
          while buffer.count < total { guard fill() else { return nil } }
          defer { buffer.removeFirst(total) }
          return String(decoding: buffer[..<total], as: UTF8.self)
        }
        guard fill() else { return nil }
      }
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
      var sent = 0
      while sent < bytes.count {
        let count = unsafe bytes[sent...].withUnsafeBytes {
          unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count <= 0 { return }
        sent += count
      }
    }

    /// Answers with a body and its length.
    func answer(_ status: Int = 200, fields: String = "", _ body: String = "") {
      write("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    /// Makes the close a TCP reset.
    func reset() {
      var linger = linger(l_onoff: 1, l_linger: 0)
      _ = unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    private func headEnd() -> Int? {
      guard buffer.count >= 4 else { return nil }
      for end in 4...buffer.count where buffer[(end - 4)..<end].elementsEqual([13, 10, 13, 10]) {
        return end
      }
      return nil
    }

    private func fill() -> Bool {
      var part = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe part.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      guard count > 0 else { return false }
      buffer += part[..<count]
      return true
    }
  }

  let port: Int
  var url: String { "http://127.0.0.1:\(port)/" }

  private let listener: Int32
  private let lock = NSLock()
  private var seen: [String] = []
  private var accepted = 0

  /// The requests that scripts read through `serve`, in order.
  var requests: [String] { lock.withLock { seen } }
  /// How many connections came.
  var connections: Int { lock.withLock { accepted } }

  /// Starts to listen; the script runs once per connection, on a thread of its own.
  init(_ script: @escaping @Sendable (RawServer, Connection) -> Void) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutableBytes(of: &address) { raw in
      let pointer = unsafe raw.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      _ = unsafe bind(listener, pointer, length)
      _ = unsafe getsockname(listener, pointer, &length)
    }
    _ = listen(listener, 128)
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread {
      while true {
        let descriptor = accept(self.listener, nil, nil)
        guard descriptor >= 0 else { return }
        self.lock.withLock { self.accepted += 1 }
        Thread {
          script(self, Connection(descriptor))
          close(descriptor)
        }.start()
      }
    }.start()
  }

  /// Refuses connections from now on; without it the server lives as long as the test process.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// Reads a request and remembers it.
  func read(_ connection: Connection) -> String? {
    guard let request = connection.request() else { return nil }
    lock.withLock { seen.append(request) }
    return request
  }
}

/// A server that answers each request of a connection with the next of the given actions.
func serving(
  _ action: @escaping @Sendable (String, RawServer.Connection) -> Bool
) -> RawServer {
  RawServer { server, connection in
    while let request = server.read(connection) {
      guard action(request, connection) else { return }
    }
  }
}
