import Glibc

/// A client that sends exactly the bytes it is given: what a well-behaved one never would.
final class RawClient {
  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let connected = unsafe withUnsafePointer(to: &name) {
      unsafe connect(
        descriptor, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), size)
    }
    guard connected == 0 else { throw ConnectError(code: errno) }
    var time = timeval(tv_sec: 10, tv_usec: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  struct ConnectError: Error {
    let code: Int32
  }

  deinit {
    close(descriptor)
  }

  func send(_ text: String) {
    send(Array(text.utf8))
  }

  func send(_ bytes: [UInt8]) {
    var left = bytes[...]
    while !left.isEmpty {
      let count = unsafe left.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      left = left.dropFirst(count)
    }
  }

  /// Ends the sending side, as a client that has said everything.
  func finish() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// What a read gave: some bytes, the end, or the errno of a failure.
  enum Input: Equatable {
    case bytes([UInt8])
    case end
    case failure(Int32)
  }

  func receive() -> Input {
    var scratch = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe scratch.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
    }
    if count < 0 { return .failure(errno) }
    return count == 0 ? .end : .bytes(Array(scratch[..<count]))
  }

  /// Everything until the server closes; the second part is the errno of a failure, 0 for none.
  func receiveAll() -> (text: String, failure: Int32) {
    var bytes: [UInt8] = []
    while true {
      switch receive() {
      case .bytes(let more): bytes += more
      case .end: return (String(decoding: bytes, as: UTF8.self), 0)
      case .failure(let code): return (String(decoding: bytes, as: UTF8.self), code)
      }
    }
  }

  /// Reads until the text so far has the ending.
  func receive(until ending: String) -> String {
    var bytes: [UInt8] = []
    while case .bytes(let more) = receive() {
      bytes += more
      let text = String(decoding: bytes, as: UTF8.self)
      if text.hasSuffix(ending) { return text }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
