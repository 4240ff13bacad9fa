import Formats

/// One element of an array of rows: its bytes, checked later, and where it starts.
struct JSONElement {
  var bytes: [UInt8]
  var line: Int
  var column: Int
}

/// Cuts the elements of one array out of a JSON text of any length, one in memory at a time.
///
/// What stands around the array is checked as strictly as the rest (RFC 8259); the bytes of an
/// element are checked by whoever parses them, which every caller does.
struct JSONElements {
  private var cursor: ByteCursor
  private let tokens: [String]
  private let limits: ExportLimits
  /// The open containers around the rows: true for an object.
  private var open: [Bool] = []
  /// The member names met so far, per open object.
  private var names: [Set<String>] = []
  private var started = false
  private var finished = false
  private var first = true

  init(_ stream: any ByteStream, at pointer: JSONPointer?, limits: ExportLimits) {
    cursor = ByteCursor(stream)
    tokens = pointer?.tokens ?? []
    self.limits = limits
  }

  /// The next element; nil once the whole text is read and found sound.
  mutating func next() throws -> JSONElement? {
    if !started {
      started = true
      try descend()
    }
    guard !finished else { return nil }
    try skipBlanks()
    guard let byte = try cursor.peek() else { throw cut() }
    if byte == UInt8(ascii: "]"), first {
      cursor.advance()
      return try end()
    }
    if !first {
      cursor.advance()
      if byte == UInt8(ascii: "]") { return try end() }
      guard byte == UInt8(ascii: ",") else { throw unexpected(byte, "a comma or ] after a row") }
      try skipBlanks()
    }
    first = false
    return try element()
  }

  /// Closes what stands around the rows; members behind them are checked too.
  private mutating func end() throws -> JSONElement? {
    finished = true
    while let isObject = open.popLast() {
      try isObject ? finishObject() : finishArray()
    }
    try skipBlanks()
    if let byte = try cursor.peek() { throw unexpected(byte, "the end of the text") }
    return nil
  }

  // MARK: - The way to the rows

  private mutating func descend() throws {
    try skipBlanks()
    guard try cursor.peek() != nil else {
      throw ExportRefusal(.empty, "the text holds no JSON value", line: 1, column: 1)
    }
    for (level, token) in tokens.enumerated() {
      try skipBlanks()
      switch try cursor.peek() {
      case UInt8(ascii: "{"):
        cursor.advance()
        guard try findMember(token) else { throw noRows(level) }
        open.append(true)
      case UInt8(ascii: "["):
        cursor.advance()
        guard let index = Int(token), try findElement(index) else { throw noRows(level) }
        open.append(false)
      default: throw noRows(level)
      }
    }
    try skipBlanks()
    guard try cursor.peek() == UInt8(ascii: "[") else { throw try noArray() }
    cursor.advance()
  }

  /// Reads members up to the value of `name`; false when the object ends without it.
  private mutating func findMember(_ name: String) throws -> Bool {
    var seen: Set<String> = []
    defer { names.append(seen) }
    try skipBlanks()
    if try cursor.peek() == UInt8(ascii: "}") { return false }
    while true {
      if try key(&seen) == name { return true }
      _ = try checkedValue()
      guard try separator(or: UInt8(ascii: "}")) else { return false }
    }
  }

  private mutating func findElement(_ index: Int) throws -> Bool {
    try skipBlanks()
    if try cursor.peek() == UInt8(ascii: "]") { return false }
    for _ in 0..<max(0, index) {
      _ = try checkedValue()
      guard try separator(or: UInt8(ascii: "]")) else { return false }
    }
    return index >= 0
  }

  private mutating func finishObject() throws {
    var seen = names.popLast() ?? []
    while try separator(or: UInt8(ascii: "}")) {
      _ = try key(&seen)
      _ = try checkedValue()
    }
  }

  private mutating func finishArray() throws {
    while try separator(or: UInt8(ascii: "]")) { _ = try checkedValue() }
  }

  /// Passes a comma (true) or the closing byte (false).
  private mutating func separator(or close: UInt8) throws -> Bool {
    try skipBlanks()
    guard let byte = try cursor.peek() else { throw cut() }
    guard byte == UInt8(ascii: ",") || byte == close else {
      throw unexpected(byte, "a comma or \(Character(UnicodeScalar(close)))")
    }
    cursor.advance()
    return byte != close
  }

  private mutating func key(_ seen: inout Set<String>) throws -> String {
    try skipBlanks()
    guard let byte = try cursor.peek() else { throw cut() }
    guard byte == UInt8(ascii: "\"") else { throw unexpected(byte, "the name of a member") }
    let line = cursor.line
    let column = cursor.column
    guard let name = try checkedValue().text else { throw cut() }
    guard seen.count < limits.columnsMax, seen.insert(name).inserted else {
      throw ExportRefusal(
        .malformed, "the member name is there twice", line: line, column: column)
    }
    try skipBlanks()
    guard let colon = try cursor.peek() else { throw cut() }
    guard colon == UInt8(ascii: ":") else { throw unexpected(colon, "a colon") }
    cursor.advance()
    return name
  }

  private mutating func checkedValue() throws -> JSONValue {
    try skipBlanks()
    let element = try element()
    do throws(JSONError) {
      return try JSONValue(parsing: element.bytes)
    } catch {
      throw element.refusal(error)
    }
  }

  // MARK: - One value

  private mutating func element() throws -> JSONElement {
    var element = JSONElement(bytes: [], line: cursor.line, column: cursor.column)
    guard let byte = try cursor.peek() else { throw cut() }
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

  private mutating func skipBlanks() throws {
    while let byte = try cursor.peek(),
      byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    {
      cursor.advance()
    }
  }

  // MARK: - Refusals

  private func cut() -> ExportRefusal {
    ExportRefusal(
      .truncated, "the JSON text stops before its end", line: cursor.line, column: cursor.column)
  }

  private func unexpected(_ byte: UInt8, _ expected: String) -> ExportRefusal {
    let found =
      byte > 0x20 && byte < 0x7F ? "“\(Character(UnicodeScalar(byte)))”" : "another character"
    return ExportRefusal(
      .malformed, "\(found) where \(expected) was expected", line: cursor.line,
      column: cursor.column)
  }

  private func noRows(_ level: Int) -> ExportRefusal {
    let path = JSONPointer(tokens: Array(tokens.prefix(level + 1))).text
    return ExportRefusal(
      .rowsAt, "there is nothing at \(path)", line: cursor.line, column: cursor.column)
  }

  private mutating func noArray() throws -> ExportRefusal {
    let line = cursor.line
    let column = cursor.column
    // A damaged text is reported as such rather than as a text without rows.
    let found = try checkedValue().kind.words
    let place = tokens.isEmpty ? "the whole text" : JSONPointer(tokens: tokens).text
    return ExportRefusal(
      .rowsAt, "an array of rows was expected at \(place), found \(found)", line: line,
      column: column)
  }
}

extension JSONElement {
  /// The element checked in full.
  func document(_ limits: ExportLimits) throws(JSONError) -> JSONDocument {
    try JSONDocument(bytes, limits: JSONLimits(depthMax: limits.depthMax))
  }

  /// An error inside this element with its place in the whole text.
  func refusal(_ error: JSONError) -> ExportRefusal {
    ExportRefusal(
      .malformed, error.message, line: line + error.line - 1,
      column: error.line == 1 ? column + error.column - 1 : error.column)
  }
}
