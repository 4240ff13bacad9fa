import HTTP

/// The ways in which answers get lost.
extension HTTPDelivery {
  /// Nothing is sent; the connection is closed in the orderly way.
  static let closeWithoutAnswer = HTTPDelivery.custom(
    HTTPCustomDelivery(name: "closeWithoutAnswer", answers: false) { wire in
      wire.linger(secondsMax: 0.05)
      return false
    })

  /// Nothing is sent; the connection is reset (RST).
  static let reset = HTTPDelivery.custom(
    HTTPCustomDelivery(name: "reset", answers: false) { wire in
      wire.resetOnClose()
      return false
    })

  /// Nothing is sent until the client gives up or the server stops.
  static let hang = HTTPDelivery.custom(
    HTTPCustomDelivery(name: "hang", answers: false) { wire in
      wire.waitForEnd()
      return false
    })

  /// The whole length is declared, but only that many bytes of the content are sent; then the
  /// connection is closed, or reset.
  static func truncated(afterBytes count: Int, reset: Bool) -> HTTPDelivery {
    .custom(
      HTTPCustomDelivery(name: "truncated", answers: true) { wire in
        let kept = wire.answer.count - wire.bodyBytes + min(max(0, count), wire.bodyBytes)
        _ = wire.send(wire.answer[..<kept])
        if reset { wire.resetOnClose() }
        return false
      })
  }

  /// The content goes out in pieces of so many bytes, with a pause of so many seconds before each.
  static func trickle(bytes: Int, everySeconds pause: Double) -> HTTPDelivery {
    .custom(
      HTTPCustomDelivery(name: "trickle", answers: true) { wire in
        let bytes = max(1, bytes)
        var position = wire.answer.count - wire.bodyBytes
        guard wire.send(wire.answer[..<position]) else { return false }
        while position < wire.answer.count {
          let end = min(wire.answer.count, position + bytes)
          guard wire.pause(seconds: pause), wire.send(wire.answer[position..<end]) else {
            return false
          }
          position = end
        }
        return true
      })
  }
}
