import Glibc

/// Reads and writes of one accepted connection, blocking, with deadlines.
struct ConnectionStream {
  /// What a read gave.
  enum Input {
    case bytes
    case ended
    case timedOut
  }

  let descriptor: Int32
  /// What was received and not yet used.
  private(set) var buffer: [UInt8] = []
  private var scratch: [UInt8]

  init(descriptor: Int32) {
    self.descriptor = descriptor
    scratch = [UInt8](repeating: 0, count: 16_384)
  }

  /// Drops the first bytes of the buffer.
  mutating func consume(_ count: Int) {
    if count == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= 65_536)
    } else {
      buffer.removeFirst(count)
    }
  }

  /// Moves the whole buffer out.
  mutating func takeBuffer() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }

  /// Puts bytes back that were taken too much.
  mutating func setBuffer(_ bytes: [UInt8]) {
    buffer = bytes
  }

  /// Waits for bytes as long as the socket's own time-out says: between requests.
  mutating func receiveIdle() -> Input {
    receiveNow(flags: 0)
  }

  /// Waits for bytes until the deadline, in seconds of the monotonic clock.
  mutating func receive(until deadline: Double) -> Input {
    guard Self.wait(descriptor, for: Int16(POLLIN), until: deadline) else { return .timedOut }
    return receiveNow(flags: 0)
  }

  private mutating func receiveNow(flags: Int32) -> Input {
    while true {
      let count = unsafe scratch.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, flags)
      }
      if count > 0 {
        buffer.append(contentsOf: scratch[..<count])
        return .bytes
      }
      if count == 0 { return .ended }
      switch errno {
      case EINTR: continue
      case EAGAIN, EWOULDBLOCK: return .timedOut
      default: return .ended
      }
    }
  }

  /// Sends all bytes; false when the client is gone or takes longer than that many seconds.
  func send(_ bytes: ArraySlice<UInt8>, withinSeconds seconds: Double) -> Bool {
    var deadline: Double?
    var left = bytes
    while !left.isEmpty {
      let count = unsafe left.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      left = left.dropFirst(count)
      guard !left.isEmpty else { break }
      let now = ServerSocket.monotonicSeconds
      if let deadline, now > deadline { return false }
      deadline = deadline ?? now + seconds
    }
    return true
  }

  /// Sends all bytes; false when the client is gone or takes too long.
  func send(_ bytes: [UInt8], withinSeconds seconds: Double) -> Bool {
    send(bytes[...], withinSeconds: seconds)
  }

  /// Pauses; false when the connection broke or was shut down meanwhile.
  func pause(seconds: Double) -> Bool {
    !Self.wait(descriptor, for: 0, until: ServerSocket.monotonicSeconds + seconds)
  }

  /// Waits until the client closes its side or the connection is shut down, dropping its input.
  mutating func waitForEnd() {
    while case .bytes = receive(until: .infinity) { buffer.removeAll() }
  }

  /// Reads and drops input for a while after a final answer: closing a socket with unread input
  /// resets it, and the client might lose the answer.
  mutating func linger(seconds: Double) {
    shutdown(descriptor, Int32(SHUT_WR))
    let deadline = ServerSocket.monotonicSeconds + seconds
    var bytesLeft = 8_388_608
    while bytesLeft > 0, case .bytes = receive(until: deadline) {
      bytesLeft -= buffer.count
      buffer.removeAll(keepingCapacity: true)
    }
  }

  /// Polls; true when one of the events (or an error or hang-up) is there before the deadline.
  private static func wait(_ descriptor: Int32, for events: Int16, until deadline: Double) -> Bool {
    while true {
      let left = deadline - ServerSocket.monotonicSeconds
      guard left > 0 else { return false }
      var entry = pollfd(fd: descriptor, events: events, revents: 0)
      let milliseconds = left > 2_000_000 ? -1 : Int32((left * 1_000).rounded(.up))
      let ready = unsafe poll(&entry, 1, milliseconds)
      if ready > 0 { return true }
      if ready < 0 && errno != EINTR { return true }
    }
  }
}
