internal import Foundation

/// Writes one pipe and reads two others without letting any of them block the rest.
struct PipeExchange {
  private(set) var outputBytes: [UInt8] = []
  private(set) var errorBytes: [UInt8] = []

  private var input: Int32
  private var output: Int32
  private var errors: Int32
  private var pending: ArraySlice<UInt8>
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// Takes over the descriptors; -1 stands for a closed one.
  init(input: Int32, output: Int32, errors: Int32, _ bytes: [UInt8]) {
    self.input = input
    self.output = output
    self.errors = errors
    pending = bytes[...]
    for descriptor in [input, output, errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    if bytes.isEmpty { Self.shut(&self.input) }
  }

  /// Whether the program still holds standard output or standard error.
  var isOpen: Bool { output >= 0 || errors >= 0 }

  /// Waits for one of the pipes, at most that long, and serves those that are ready.
  mutating func step(milliseconds: Int32) {
    let ready = Int16(POLLIN | POLLHUP | POLLERR)
    var polls = [
      pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
    ]
    guard unsafe poll(&polls, nfds_t(polls.count), milliseconds) > 0 else { return }
    if polls[0].revents != 0 { feed() }
    if polls[1].revents & ready != 0 { Self.drain(&output, into: &outputBytes, &buffer) }
    if polls[2].revents & ready != 0 {
      Self.drain(&errors, into: &errorBytes, &buffer)
      if errorBytes.count > 65_536 { errorBytes.removeFirst(errorBytes.count - 32_768) }
    }
    if !isOpen { Self.shut(&input) }
  }

  /// Gives up what is still open.
  mutating func closeAll() {
    Self.shut(&input)
    Self.shut(&output)
    Self.shut(&errors)
  }

  private mutating func feed() {
    let count = unsafe pending.withUnsafeBytes {
      unsafe write(input, $0.baseAddress, $0.count)
    }
    if count > 0 { pending = pending.dropFirst(count) }
    let isBroken = count < 0 && errno != EAGAIN && errno != EINTR
    if isBroken || pending.isEmpty { Self.shut(&input) }
  }

  private static func drain(
    _ descriptor: inout Int32, into bytes: inout [UInt8], _ buffer: inout [UInt8]
  ) {
    let source = descriptor
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(source, $0.baseAddress, $0.count)
    }
    if count > 0 {
      bytes += buffer[..<count]
      return
    }
    if count == 0 || (errno != EAGAIN && errno != EINTR) { shut(&descriptor) }
  }

  private static func shut(_ descriptor: inout Int32) {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }
}
