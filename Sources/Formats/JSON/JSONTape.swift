/// One value on the tape.
///
/// Arrays and objects are followed by their elements, or by keys and values in turn; `next` leads
/// over them.
struct JSONTapeEntry {
  /// The byte range of the value in the text, strings with their quotes.
  var start: UInt32
  var end: UInt32
  /// The tape index after this value and everything inside it.
  var next: UInt32
  /// Bits 0-2 kind, bit 3 "has escapes" (strings) or "true" (booleans), bits 4-31 member count.
  var head: UInt32

  static let flag: UInt32 = 8
  static let countMax = (1 << 28) - 1

  @inline(__always)
  init(kind: JSONKind, start: Int, end: Int, next: Int, flagged: Bool = false) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
    self.next = UInt32(truncatingIfNeeded: next)
    head = UInt32(kind.rawValue) | (flagged ? Self.flag : 0)
  }

  var kind: JSONKind {
    switch head & 7 {
    case 0: .null
    case 1: .bool
    case 2: .number
    case 3: .string
    case 4: .array
    default: .object
    }
  }
  var isFlagged: Bool { head & Self.flag != 0 }
  var count: Int { Int(head >> 4) }
  var range: Range<Int> { Int(start)..<Int(end) }
  /// A string's bytes between its quotes.
  var inner: Range<Int> { Int(start) + 1..<Int(end) - 1 }
}

/// What the scanner takes: strict RFC 8259, or the same with comments and trailing commas, or with
/// names that occur several times in one object.
struct JSONSyntax {
  var comments: Bool
  var trailingCommas: Bool
  var repeatedNames = false
  static let strict = JSONSyntax(comments: false, trailingCommas: false)
  static let settings = JSONSyntax(comments: true, trailingCommas: true)
}
