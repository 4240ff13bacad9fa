/// Checks UTF-8 by Unicode table 3-7.
enum UTF8Check {
  /// How far the bytes are valid UTF-8.
  static func validEnd(_ bytes: Span<UInt8>, from start: Int = 0) -> Int {
    var at = start
    while true {
      at = skipASCII(bytes, at)
      guard at < bytes.count else { return at }
      let length = utf8Length(bytes, at)
      guard length > 0 else { return at }
      at += length
    }
  }

  /// Whether the bytes from `start` to the end begin a valid sequence that more bytes could finish.
  static func isCut(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    let left = bytes.count - start
    guard left >= 1, left <= 3 else { return false }
    // A sequence is begun if some ending makes it valid.
    let begun = (0..<left).map { bytes[start + $0] }
    let needed = begun[0] >= 0xF0 ? 4 : begun[0] >= 0xE0 ? 3 : 2
    guard left < needed else { return false }
    for second in [UInt8(0x80), 0xA0, 0x90] {
      var whole = begun
      if left == 1 { whole.append(second) }
      while whole.count < needed { whole.append(0x80) }
      if utf8Length(whole.span, 0) == needed { return true }
    }
    return false
  }
}

/// The first offset from `start` on that holds a byte outside ASCII; the count if there is none.
@inline(__always)
func skipASCII(_ bytes: Span<UInt8>, _ start: Int) -> Int {
  var at = start
  while at &+ 8 <= bytes.count {
    let high = load8(bytes, at) & 0x8080_8080_8080_8080
    if high != 0 { return at &+ high.trailingZeroBitCount >> 3 }
    at &+= 8
  }
  while at < bytes.count, bytes[at] < 0x80 { at &+= 1 }
  return at
}
