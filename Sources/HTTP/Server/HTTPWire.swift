/// The connection of one answer, as a delivery of its own uses it.
public struct HTTPWire {
  /// The whole answer: status line, fields, content.
  public let answer: [UInt8]
  /// How many bytes at its end are the content.
  public let bodyBytes: Int
  private var stream: ConnectionStream
  private let shared: ServerState

  init(answer: [UInt8], bodyBytes: Int, stream: ConnectionStream, shared: ServerState) {
    self.answer = answer
    self.bodyBytes = bodyBytes
    self.stream = stream
    self.shared = shared
  }

  /// Sends bytes; false when the client is gone or takes none for too long.
  public func send(_ bytes: ArraySlice<UInt8>) -> Bool {
    stream.send(bytes, withinSeconds: shared.limits.sendSecondsMax)
  }

  /// Waits; false when the client closed meanwhile, or the server stops.
  public func pause(seconds: Double) -> Bool {
    stream.pause(seconds: seconds) && !shared.isStopping
  }

  /// Has the connection reset (RST) and not closed when it ends.
  public func resetOnClose() { ServerSocket.resetOnClose(stream.descriptor) }

  /// Waits until the client gives up or the server stops.
  public mutating func waitForEnd() {
    shared.setIdle(stream.descriptor, true)
    stream.waitForEnd()
  }

  /// Reads and drops input for a while, so that a close does not cost the client what was sent.
  ///
  /// At most so many seconds, and no more than the server's limit.
  public mutating func linger(secondsMax: Double = .infinity) {
    stream.linger(seconds: min(secondsMax, shared.limits.lingerSecondsMax))
  }
}
