/// Checks a whole JSON text (RFC 8259) in one pass and notes each value on a tape.
///
/// No recursion, so depth costs no stack; every byte is checked once: UTF-8, escapes, number
/// grammar, control characters, nesting, duplicate keys.
struct JSONScanner {
  private struct Container {
    var tapeIndex: Int
    var isObject: Bool
    var count: Int
    var firstKey: Int
  }

  let syntax: JSONSyntax
  let limits: JSONLimits
  private(set) var tape: [JSONTapeEntry] = []
  private var open: [Container] = []
  private var keys = JSONKeyCheck()
  private var at = 0

  init(syntax: JSONSyntax, limits: JSONLimits) {
    self.syntax = syntax
    self.limits = limits
  }

  /// Scans the whole text; the tape is complete afterwards.
  mutating func scan(_ bytes: Span<UInt8>) throws(JSONFault) {
    let bytesMax = min(limits.bytesMax, Int(UInt32.max))
    guard bytes.count <= bytesMax else {
      throw JSONFault(message: "text is longer than bytesMax = \(bytesMax) bytes", offset: 0)
    }
    tape.reserveCapacity(bytes.count / 12 + 4)
    try skipSpace(bytes)
    guard at < bytes.count else { throw fault("expected a value, found the end of the text") }
    try scanValue(bytes)
    while !open.isEmpty { try scanNext(bytes) }
    try skipSpace(bytes)
    guard at == bytes.count else { throw fault("expected the end of the text after the value") }
  }

  // MARK: - Structure

  /// One value at `at`; an array or object is only opened here.
  @inline(__always)
  private mutating func scanValue(_ bytes: Span<UInt8>) throws(JSONFault) {
    guard at < bytes.count else { throw fault("expected a value, found the end of the text") }
    switch bytes[at] {
    case 0x22: try scanString(bytes)
    case 0x7B: try push(isObject: true)
    case 0x5B: try push(isObject: false)
    case 0x2D, 0x30...0x39: try scanNumber(bytes)
    case 0x74: try scanWord("true", .bool, flagged: true, bytes)
    case 0x66: try scanWord("false", .bool, flagged: false, bytes)
    case 0x6E: try scanWord("null", .null, flagged: false, bytes)
    default: throw fault("expected a value, found \(describe(bytes))")
    }
  }

  private mutating func push(isObject: Bool) throws(JSONFault) {
    guard open.count < limits.depthMax else {
      throw fault("nested deeper than depthMax = \(limits.depthMax) levels")
    }
    open.append(
      Container(
        tapeIndex: tape.count, isObject: isObject, count: 0, firstKey: keys.count))
    tape.append(
      JSONTapeEntry(kind: isObject ? .object : .array, start: at, end: at, next: 0))
    at += 1
  }

  /// The next member of the innermost container, or its end.
  @inline(__always)
  private mutating func scanNext(_ bytes: Span<UInt8>) throws(JSONFault) {
    let top = open.count - 1
    let isObject = open[top].isObject
    try skipSpace(bytes)
    guard at < bytes.count else {
      throw fault("\(isObject ? "object" : "array") is not closed before the end of the text")
    }
    let close: UInt8 = isObject ? 0x7D : 0x5D
    if bytes[at] == close { return try pop(bytes) }
    if open[top].count > 0 {
      guard bytes[at] == 0x2C else {
        throw fault("expected \",\" or \"\(isObject ? "}" : "]")\", found \(describe(bytes))")
      }
      let comma = at
      at += 1
      try skipSpace(bytes)
      if at < bytes.count, bytes[at] == close {
        guard syntax.trailingCommas else {
          throw JSONFault(message: "comma after the last member", offset: comma)
        }
        return try pop(bytes)
      }
    }
    guard open[top].count < JSONTapeEntry.countMax else {
      throw fault("more than \(JSONTapeEntry.countMax) members")
    }
    open[top].count += 1
    if isObject { try scanKey(bytes) }
    try scanValue(bytes)
  }

  private mutating func scanKey(_ bytes: Span<UInt8>) throws(JSONFault) {
    guard at < bytes.count, bytes[at] == 0x22 else {
      throw fault("expected a key in quotes, found \(describe(bytes))")
    }
    let index = tape.count
    try scanString(bytes)
    if !syntax.repeatedNames {
      try keys.add(index, since: open[open.count - 1].firstKey, tape, bytes)
    }
    try skipSpace(bytes)
    guard at < bytes.count, bytes[at] == 0x3A else {
      throw fault("expected \":\" after the key, found \(describe(bytes))")
    }
    at += 1
    try skipSpace(bytes)
  }

  private mutating func pop(_ bytes: Span<UInt8>) throws(JSONFault) {
    let container = open.removeLast()
    if container.isObject { try keys.close(to: container.firstKey, tape, bytes) }
    at += 1
    tape[container.tapeIndex].end = UInt32(truncatingIfNeeded: at)
    tape[container.tapeIndex].next = UInt32(truncatingIfNeeded: tape.count)
    tape[container.tapeIndex].head |= UInt32(container.count) << 4
  }

  // MARK: - Space and comments

  @inline(__always)
  private mutating func skipSpace(_ bytes: Span<UInt8>) throws(JSONFault) {
    while at < bytes.count {
      let byte = bytes[at]
      if byte > 0x20 {
        guard byte == 0x2F, syntax.comments else { return }
        try skipComment(bytes)
      } else if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        at += 1
      } else {
        return
      }
    }
  }

  private mutating func skipComment(_ bytes: Span<UInt8>) throws(JSONFault) {
    let start = at
    let second = at + 1 < bytes.count ? bytes[at + 1] : 0
    at += 2
    switch second {
    case 0x2F:
      while at < bytes.count, bytes[at] != 0x0A, bytes[at] != 0x0D { try skipCharacter(bytes) }
    case 0x2A:
      while at + 1 < bytes.count, !(bytes[at] == 0x2A && bytes[at + 1] == 0x2F) {
        try skipCharacter(bytes)
      }
      guard at + 1 < bytes.count else {
        throw JSONFault(message: "comment is not closed with \"*/\"", offset: start)
      }
      at += 2
    default:
      throw JSONFault(message: "expected \"//\" or \"/*\"", offset: start)
    }
  }

  private mutating func skipCharacter(_ bytes: Span<UInt8>) throws(JSONFault) {
    guard bytes[at] >= 0x80 else {
      at += 1
      return
    }
    let length = utf8Length(bytes, at)
    guard length > 0 else { throw fault("invalid UTF-8") }
    at += length
  }

  // MARK: - Scalars

  private mutating func scanWord(
    _ word: StaticString, _ kind: JSONKind, flagged: Bool, _ bytes: Span<UInt8>
  ) throws(JSONFault) {
    let length = word.utf8CodeUnitCount
    var matches = bytes.count - at >= length
    var i = 0
    while matches, i < length {
      matches = unsafe bytes[at + i] == word.utf8Start[i]
      i += 1
    }
    guard matches else { throw fault("expected a value, found an unknown word") }
    tape.append(
      JSONTapeEntry(
        kind: kind, start: at, end: at + length, next: tape.count + 1, flagged: flagged))
    at += length
  }

  private mutating func scanNumber(_ bytes: Span<UInt8>) throws(JSONFault) {
    var i = at
    let count = bytes.count
    if bytes[i] == 0x2D { i += 1 }
    guard i < count, isDigit(bytes[i]) else {
      throw JSONFault(message: "expected a digit in the number", offset: i)
    }
    if bytes[i] == 0x30 {
      i += 1
      if i < count, isDigit(bytes[i]) {
        throw JSONFault(message: "number with a leading zero", offset: i - 1)
      }
    } else {
      while i < count, isDigit(bytes[i]) { i += 1 }
    }
    if i < count, bytes[i] == 0x2E {
      i += 1
      try scanDigits(bytes, &i, "after the decimal point")
    }
    if i < count, bytes[i] | 0x20 == 0x65 {
      i += 1
      if i < count, bytes[i] == 0x2B || bytes[i] == 0x2D { i += 1 }
      try scanDigits(bytes, &i, "in the exponent")
    }
    tape.append(JSONTapeEntry(kind: .number, start: at, end: i, next: tape.count + 1))
    at = i
  }

  private func scanDigits(
    _ bytes: Span<UInt8>, _ i: inout Int, _ place: String
  ) throws(JSONFault) {
    guard i < bytes.count, isDigit(bytes[i]) else {
      throw JSONFault(message: "expected a digit \(place) of the number", offset: i)
    }
    while i < bytes.count, isDigit(bytes[i]) { i += 1 }
  }

  @inline(__always)
  private mutating func scanString(_ bytes: Span<UInt8>) throws(JSONFault) {
    var i = at + 1
    let count = bytes.count
    var escaped = false
    while true {
      i = skipPlain(bytes, i)
      guard i < count else {
        throw fault("string is not closed before the end of the text")
      }
      let byte = bytes[i]
      if byte == 0x22 { break }
      if byte == 0x5C {
        escaped = true
        i = try scanEscape(bytes, i)
      } else if byte >= 0x80 {
        let length = utf8Length(bytes, i)
        guard length > 0 else { throw JSONFault(message: "invalid UTF-8", offset: i) }
        i += length
      } else {
        throw JSONFault(
          message: "control character U+\(hex4(UInt32(byte))) must be written as an escape",
          offset: i)
      }
    }
    tape.append(
      JSONTapeEntry(
        kind: .string, start: at, end: i + 1, next: tape.count + 1, flagged: escaped))
    at = i + 1
  }

  private func scanEscape(_ bytes: Span<UInt8>, _ start: Int) throws(JSONFault) -> Int {
    guard start + 1 < bytes.count else {
      throw JSONFault(message: "string is not closed before the end of the text", offset: start)
    }
    switch bytes[start + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
      return start + 2
    case 0x75:
      var i = start + 2
      while i < start + 6 {
        guard i < bytes.count, hexDigit(bytes[i]) != nil else {
          throw JSONFault(message: "expected four hex digits after \\u", offset: start)
        }
        i += 1
      }
      return i
    default:
      throw JSONFault(message: "unknown escape in the string", offset: start)
    }
  }

  // MARK: - Words for errors

  private func fault(_ message: String) -> JSONFault { JSONFault(message: message, offset: at) }

  private func describe(_ bytes: Span<UInt8>) -> String {
    guard at < bytes.count else { return "the end of the text" }
    let byte = bytes[at]
    if byte == 0xEF, at == 0 { return "a byte order mark; save the text without it" }
    if byte > 0x20, byte < 0x7F { return "\"\(Character(Unicode.Scalar(byte)))\"" }
    if byte >= 0x80 { return "a character outside ASCII" }
    return "character U+\(hex4(UInt32(byte)))"
  }
}
