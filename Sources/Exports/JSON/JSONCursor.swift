import Formats

/// One value of a JSON text: its bytes, checked later, and where it starts.
struct JSONElement {
  var bytes: [UInt8]
  var line: Int
  var column: Int
}

/// A place in a JSON text of any length, which is read value by value, one in memory at a time.
///
/// What stands between the values is checked as strictly as the rest (RFC 8259); the bytes of a
/// value are checked by whoever parses them.
struct JSONCursor {
  private var cursor: ByteCursor
  let limits: ExportLimits

  init(_ stream: any ByteStream, limits: ExportLimits) {
    cursor = ByteCursor(stream)
    self.limits = limits
  }

  /// The line of the next byte, counted from 1.
  var line: Int { cursor.line }
  /// The column of the next byte, counted from 1.
  var column: Int { cursor.column }

  /// The next byte behind blanks, left where it is; nil at the end.
  mutating func next() throws -> UInt8? {
    while let byte = try cursor.peek() {
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      cursor.advance()
    }
    return nil
  }

  /// Passes the byte that `next` has shown.
  mutating func advance() { cursor.advance() }

  /// Passes the opening bracket that is next, and the closing one if nothing stands before it;
  /// whether something does.
  mutating func open(until close: UInt8) throws -> Bool {
    cursor.advance()
    guard try next() == close else { return true }
    cursor.advance()
    return false
  }

  /// Passes a comma (true) or the closing byte (false).
  mutating func separator(or close: UInt8) throws -> Bool {
    guard let byte = try next() else { throw cut() }
    guard byte == UInt8(ascii: ",") || byte == close else {
      throw unexpected(byte, "a comma or \(Character(UnicodeScalar(close)))")
    }
    cursor.advance()
    return byte != close
  }

  /// Passes the name of a member and its colon; refuses a name that is there twice.
  mutating func name(_ seen: inout Set<ExactText>) throws -> String {
    guard let byte = try next() else { throw cut() }
    guard byte == UInt8(ascii: "\"") else { throw unexpected(byte, "the name of a member") }
    let element = try element()
    guard let name = try element.checked(limits)?.root.string else { throw cut() }
    guard seen.count < limits.columnsMax, seen.insert(ExactText(name)).inserted else {
      throw ExportRefusal(
        .malformed, "the member name is there twice", line: element.line, column: element.column)
    }
    guard let colon = try next() else { throw cut() }
    guard colon == UInt8(ascii: ":") else { throw unexpected(colon, "a colon") }
    cursor.advance()
    return name
  }

  /// Passes one value.
  mutating func element() throws -> JSONElement {
    guard let byte = try next() else { throw cut() }
    var element = JSONElement(bytes: [], line: cursor.line, column: cursor.column)
    switch byte {
    case UInt8(ascii: "\""): try takeString(&element)
    case UInt8(ascii: "{"), UInt8(ascii: "["): try takeContainer(&element)
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"):
      throw unexpected(byte, "a value")
    default:
      _ = try take(&element) { Self.endsScalar($0) }
    }
    return element
  }

  private mutating func takeString(_ element: inout JSONElement) throws {
    element.bytes.append(UInt8(ascii: "\""))
    cursor.advance()
    while try take(&element, until: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
      guard let byte = try cursor.take() else { break }
      element.bytes.append(byte)
      if byte == UInt8(ascii: "\"") { return }
      guard let escaped = try cursor.take() else { break }
      element.bytes.append(escaped)
    }
    throw cut()
  }

  private mutating func takeContainer(_ element: inout JSONElement) throws {
    var depth = 0
    while try take(&element, until: Self.isBracketOrQuote) {
      guard let byte = try cursor.peek() else { break }
      if byte == UInt8(ascii: "\"") {
        try takeString(&element)
        continue
      }
      element.bytes.append(byte)
      cursor.advance()
      depth += byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") ? 1 : -1
      if depth == 0 { return }
    }
    throw cut()
  }

  private mutating func take(
    _ element: inout JSONElement, until stops: (UInt8) -> Bool
  ) throws -> Bool {
    let more = try cursor.take(
      into: &element.bytes, bytesMax: limits.rowBytesMax, until: stops)
    guard element.bytes.count <= limits.rowBytesMax else {
      throw ExportRefusal(
        .tooLarge, "a value is longer than rowBytesMax = \(limits.rowBytesMax) bytes",
        line: element.line, column: element.column)
    }
    return more
  }

  @inline(__always)
  private static func isBracketOrQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte | 0x20 == UInt8(ascii: "{")
      || byte | 0x20 == UInt8(ascii: "}")
  }

  @inline(__always)
  private static func endsScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"),
      UInt8(ascii: ":"), UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "{"):
      true
    default: false
    }
  }

  // MARK: - Refusals

  func cut() -> ExportRefusal {
    ExportRefusal(
      .truncated, "the JSON text stops before its end", line: cursor.line, column: cursor.column)
  }

  func unexpected(_ byte: UInt8, _ expected: String) -> ExportRefusal {
    let found =
      byte > 0x20 && byte < 0x7F ? "“\(Character(UnicodeScalar(byte)))”" : "another character"
    return ExportRefusal(
      .malformed, "\(found) where \(expected) was expected", line: cursor.line,
      column: cursor.column)
  }
}

extension JSONElement {
  /// The element checked in full.
  func document(_ limits: ExportLimits) throws(JSONError) -> JSONDocument {
    try JSONDocument(bytes, limits: JSONLimits(depthMax: limits.depthMax))
  }

  /// The element where its content is of no use; nil if it only has a name twice, which is sound.
  func checked(_ limits: ExportLimits) throws(ExportRefusal) -> JSONDocument? {
    do throws(JSONError) {
      return try document(limits)
    } catch {
      guard error.isDuplicateKey else { throw refusal(error) }
      return nil
    }
  }

  /// An error inside this element with its place in the whole text.
  func refusal(_ error: JSONError) -> ExportRefusal {
    ExportRefusal(
      .malformed, error.message, line: line + error.line - 1,
      column: error.line == 1 ? column + error.column - 1 : error.column)
  }
}
