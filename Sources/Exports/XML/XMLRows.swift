import Formats
import Reconciliation

/// The rows of an XML document: the elements at one path, each with attributes and children.
///
/// Columns: `@name` for an attribute of the row, `child`, `child/grandchild`, `child/@name`, and
/// `.` for the text of a row without children. Names count without their prefix. An element that
/// is there several times becomes a list of texts; `xsi:nil="true"` is null.
struct XMLRows: RowSource {
  private var tokens: XMLTokens
  private let path: [String]
  private let isFound: Bool
  private let selection: ColumnSelection
  private let limits: ExportLimits
  private(set) var table: ColumnTable
  private(set) var notes: [String] = []
  /// How many steps of the path the open elements match, and how deep we are.
  private var matched = 0
  private var parentSeen = false
  private var count = 0
  private var hasContent = false
  private var columns = XMLColumnPaths()
  private var surroundings: XMLSurroundings

  /// `path` holds the element names from the document element on; `isFound` where nobody has said
  /// so.
  init(
    _ stream: any ByteStream, at path: [String], isFound: Bool, _ selection: ColumnSelection,
    limits: ExportLimits
  ) {
    tokens = XMLTokens(stream, limits: limits)
    tokens.notesHalfCharacters = true
    self.path = path
    self.isFound = isFound
    self.selection = selection
    self.limits = limits
    table = ColumnTable(selection)
    surroundings = XMLSurroundings(path)
  }

  mutating func next() throws -> RowEvent? {
    while let token = try tokenOutsideRows() {
      switch token {
      case .text(let text): surroundings.text(text)
      case .end:
        matched = min(matched, tokens.depth)
        surroundings.end()
      case .start(let name, let attributes):
        // Depth counts this element already.
        let isOnWay =
          matched == tokens.depth - 1 && matched < path.count && name.matches(path[matched])
        if isOnWay, matched == path.count - 1 {
          count += 1
          return try event(attributes)
        }
        surroundings.start(name, attributes, isOnWay: isOnWay)
        guard isOnWay else { continue }
        matched += 1
        if matched == path.count - 1 { parentSeen = true }
      }
    }
    guard count > 0 || parentSeen else {
      throw ExportRefusal(.rowsAt, "there is no element at /\(path.joined(separator: "/"))")
    }
    try judge()
    return nil
  }

  /// The next token; throws for half a character that stands in no row.
  private mutating func tokenOutsideRows() throws -> XMLToken? {
    if let half = tokens.halfCharacter { throw half }
    return try tokens.next()
  }

  /// What the whole document says of its rows.
  private mutating func judge() throws {
    let rivals = surroundings.rivals
    if isFound, !rivals.isEmpty {
      let all = [XMLSurroundings.words(path, count)] + rivals
      let message = "several elements could be the rows: \(all.listed)"
      if selection.isStrict, !selection.isProposal { throw ExportRefusal(.rowsAt, message) }
      notes.append(message + "; the first is shown")
    }
    guard let reason = surroundings.reason(rows: count) else { return }
    let message = "the document says that this is not all of it: \(reason)"
    if selection.mustBeWhole { throw ExportRefusal(.goesOn, message) }
    notes.append(message)
  }

  private struct Level {
    var column: Int
    var text: [UInt8] = []
    var hasChildren = false
    var isNull = false

    var isBlank: Bool { text.allSatisfy(XMLCharacters.isBlank) }
  }

  /// The row whose element has just started.
  private mutating func event(_ attributes: [XMLAttribute]) throws -> RowEvent {
    let line = tokens.line
    hasContent = false
    var mixed: RowRejection?
    let cells = try row(attributes, &mixed)
    if let half = tokens.halfCharacter {
      tokens.halfCharacter = nil
      return .rejected(RowRejection(half, line: line), cells: cells.map(\.undamaged))
    }
    if let mixed { return .rejected(mixed, cells: cells) }
    return .row(line: line, cells: cells, isBlank: !hasContent)
  }

  private mutating func row(
    _ attributes: [XMLAttribute], _ mixed: inout RowRejection?
  ) throws -> [Cell] {
    var cells = [Cell](repeating: .absent, count: table.width)
    var levels = [Level(column: XMLColumnPaths.root)]
    var bytes = 0
    levels[0].isNull = try add(attributes, of: XMLColumnPaths.root, to: &cells)
    while let token = try tokens.next() {
      switch token {
      case .text(let text):
        bytes += text.count
        try check(bytes)
        levels[levels.count - 1].text += text
      case .start(let name, let attributes):
        levels[levels.count - 1].hasChildren = true
        let column = try columns.child(name.local, of: levels[levels.count - 1].column, limits)
        let isNull = try add(attributes, of: column, to: &cells)
        levels.append(Level(column: column, isNull: isNull))
      case .end:
        let level = levels.removeLast()
        if level.hasChildren, !level.isBlank {
          mixed = mixed ?? mixture(level)
        } else {
          try add(level, to: &cells)
        }
        if levels.isEmpty { return cells }
      }
    }
    return cells
  }

  /// Text beside elements has no one value.
  private func mixture(_ level: Level) -> RowRejection {
    let isRow = level.column == XMLColumnPaths.root
    return RowRejection(
      line: tokens.line, column: isRow ? nil : columns.name(level.column),
      reason: "column \(tokens.column): text stands beside elements in "
        + (isRow ? "the row" : "“\(columns.name(level.column))”"))
  }

  private mutating func add(_ level: Level, to cells: inout [Cell]) throws {
    if level.isBlank, level.hasChildren || level.column == XMLColumnPaths.root { return }
    let cell: Cell = level.isNull ? .null : .text(String(decoding: level.text, as: UTF8.self))
    try put(cell, level.column, in: &cells)
  }

  /// Adds the attributes of an element; true where one of them says that it is null.
  private mutating func add(
    _ attributes: [XMLAttribute], of column: Int, to cells: inout [Cell]
  ) throws -> Bool {
    var isNull = false
    for attribute in attributes {
      if attribute.name.local == "nil", attribute.name.prefix != nil {
        isNull = attribute.value == "true" || attribute.value == "1"
        continue
      }
      let place = try columns.child("@" + attribute.name.local, of: column, limits)
      try put(.text(attribute.value), place, in: &cells)
    }
    return isNull
  }

  private mutating func put(_ cell: Cell, _ column: Int, in cells: inout [Cell]) throws {
    if !cell.isBlank { hasContent = true }
    guard let slot = try columns.slot(column, &table, limits) else { return }
    guard slot < cells.count, cells[slot] != .absent else { return cells.set(cell, at: slot) }
    var list: [JSONValue] = []
    if case .json(.array(let earlier)) = cells[slot] {
      list = earlier
    } else {
      list = [cells[slot].text.map(JSONValue.string) ?? .null]
    }
    list.append(cell.text.map(JSONValue.string) ?? .null)
    cells[slot] = .json(.array(list))
  }

  private func check(_ bytes: Int) throws {
    guard bytes <= limits.rowBytesMax else {
      throw ExportRefusal(
        .tooLarge, "a row is longer than rowBytesMax = \(limits.rowBytesMax) bytes",
        line: tokens.line, column: tokens.column)
    }
  }
}

/// The paths of the elements and attributes inside rows, each made once.
struct XMLColumnPaths {
  private struct Step: Hashable {
    var parent: Int
    var name: ExactText
  }

  /// The row itself.
  static let root = 0
  private var names = ["."]
  private var slots: [Int??] = [nil]
  private var children: [Step: Int] = [:]

  mutating func child(_ name: String, of parent: Int, _ limits: ExportLimits) throws -> Int {
    let step = Step(parent: parent, name: ExactText(name))
    if let known = children[step] { return known }
    guard names.count < limits.columnsMax else {
      throw ExportRefusal(.tooLarge, "more than columnsMax = \(limits.columnsMax) columns")
    }
    names.append(parent == Self.root ? name : "\(names[parent])/\(name)")
    slots.append(nil)
    children[step] = names.count - 1
    return names.count - 1
  }

  /// The name of a column.
  func name(_ column: Int) -> String { names[column] }

  /// The slot of a column, which becomes a column of the file by its first value.
  mutating func slot(
    _ column: Int, _ table: inout ColumnTable, _ limits: ExportLimits
  ) throws -> Int? {
    if let known = slots[column] { return known }
    let slot = try table.slot(names[column], limits: limits)
    slots[column] = .some(slot)
    return slot
  }
}
