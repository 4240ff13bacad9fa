import Formats

/// Cuts the elements of one array out of a JSON text of any length, one in memory at a time, and
/// keeps what the text says around it.
///
/// The bytes of an element are checked by whoever parses them, which every caller does.
struct JSONElements {
  private var text: JSONCursor
  private let tokens: [String]
  /// What stands around the array.
  private(set) var surroundings = JSONSurroundings()
  /// The open containers around the rows.
  private var open: [Container] = []
  /// How many elements there are so far.
  private(set) var count = 0
  private var started = false
  private var finished = false

  /// A container on the way to the rows; its names are those met so far.
  private enum Container {
    case array
    case object(Set<ExactText>)
  }

  init(_ stream: any ByteStream, at pointer: JSONPointer?, limits: ExportLimits) {
    text = JSONCursor(stream, limits: limits)
    tokens = pointer?.tokens ?? []
  }

  /// The next element; nil once the whole text is read and found sound.
  mutating func next() throws -> JSONElement? {
    guard !finished else { return nil }
    let hasMore: Bool
    if started {
      guard let byte = try text.next() else { throw text.cut() }
      guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
        throw text.unexpected(byte, "a comma or ] after a row")
      }
      hasMore = try text.separator(or: UInt8(ascii: "]"))
    } else {
      started = true
      hasMore = try descend()
    }
    guard hasMore else { return try end() }
    count += 1
    return try text.element()
  }

  /// Closes what stands around the rows; members behind them are checked too.
  private mutating func end() throws -> JSONElement? {
    finished = true
    while let container = open.popLast() {
      switch container {
      case .array: while try text.separator(or: UInt8(ascii: "]")) { try passElement() }
      case .object(var names):
        while try text.separator(or: UInt8(ascii: "}")) { _ = try passMember(&names, unless: nil) }
      }
    }
    if let byte = try text.next() { throw text.unexpected(byte, "the end of the text") }
    return nil
  }

  // MARK: - The way to the rows

  /// Goes to the rows and opens their array; whether it has elements.
  private mutating func descend() throws -> Bool {
    guard try text.next() != nil else {
      throw ExportRefusal(.empty, "the text holds no JSON value", line: 1, column: 1)
    }
    for (level, token) in tokens.enumerated() {
      let isFound =
        switch try text.next() {
        case UInt8(ascii: "{"): try findMember(token)
        case UInt8(ascii: "["): try findElement(token)
        default: false
        }
      guard isFound else { throw noRows(level) }
    }
    guard try text.next() == UInt8(ascii: "[") else { throw try noArray() }
    return try text.open(until: UInt8(ascii: "]"))
  }

  /// Reads members up to the value of `name`; false when the object ends without it.
  private mutating func findMember(_ name: String) throws -> Bool {
    guard try text.open(until: UInt8(ascii: "}")) else { return false }
    var names: Set<ExactText> = []
    repeat {
      if try passMember(&names, unless: name) {
        open.append(.object(names))
        return true
      }
    } while try text.separator(or: UInt8(ascii: "}"))
    return false
  }

  /// Passes a member; only its name, and true, if it is the one that is looked for.
  private mutating func passMember(
    _ names: inout Set<ExactText>, unless wanted: String?
  ) throws -> Bool {
    let name = try text.name(&names)
    if let wanted, name.isExactly(wanted) { return true }
    try surroundings.pass(&text, at: Array(tokens.prefix(open.count)) + [name], names: [name])
    return false
  }

  private mutating func findElement(_ token: String) throws -> Bool {
    guard let index = Int(token), index >= 0 else { return false }
    guard try text.open(until: UInt8(ascii: "]")) else { return false }
    for _ in 0..<index {
      try passElement()
      guard try text.separator(or: UInt8(ascii: "]")) else { return false }
    }
    open.append(.array)
    return true
  }

  private mutating func passElement() throws {
    _ = try text.element().checked(text.limits)
  }

  private func noRows(_ level: Int) -> ExportRefusal {
    let path = JSONPointer(tokens: Array(tokens.prefix(level + 1))).text
    return ExportRefusal(
      .rowsAt, "there is nothing at \(path)", line: text.line, column: text.column)
  }

  private mutating func noArray() throws -> ExportRefusal {
    let element = try text.element()
    // A damaged text is reported as such rather than as a text without rows.
    let found = try element.checked(text.limits)?.root.kind ?? .object
    let place = tokens.isEmpty ? "the whole text" : JSONPointer(tokens: tokens).text
    return ExportRefusal(
      .rowsAt, "an array of rows was expected at \(place), found \(found.words)",
      line: element.line, column: element.column)
  }
}
