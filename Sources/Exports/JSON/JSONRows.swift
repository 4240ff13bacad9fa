import Formats
import Reconciliation

/// How one JSON value becomes the cells of a row.
struct JSONRowShape {
  private(set) var table: ColumnTable
  private let pointers: [(name: String, pointer: JSONPointer)]
  private let limits: ExportLimits
  private let flattens: Bool

  /// Columns are members; a wanted column that starts with `/` is also a JSON pointer into the row.
  init(_ selection: ColumnSelection, limits: ExportLimits) {
    table = ColumnTable(selection)
    self.limits = limits
    flattens = selection.flattens
    pointers = selection.needed.compactMap { name in
      guard name.hasPrefix("/"), let pointer = JSONPointer(name) else { return nil }
      return (name, pointer)
    }
  }

  /// The cells of a row; nil where the value is none: with wanted columns a row is an object.
  mutating func cells(_ node: JSONNode) throws -> [Cell]? {
    var cells = [Cell](repeating: .absent, count: table.width)
    switch node.kind {
    case .object:
      try add(node, under: nil, to: &cells)
      for (name, pointer) in pointers where node[name] == nil {
        guard let value = node[pointer] else { continue }
        try put(value, name, in: &cells)
      }
    case .array where !table.isStrict:
      for (place, element) in node.elements.enumerated() {
        try put(element, String(place + 1), in: &cells)
      }
    default:
      guard !table.isStrict else { return nil }
      try put(node, "value", in: &cells)
    }
    return cells
  }

  private mutating func add(
    _ node: JSONNode, under parent: JSONPointer?, to cells: inout [Cell]
  ) throws {
    for (key, value) in node.members {
      guard flattens else {
        try put(value, key, in: &cells)
        continue
      }
      let path = JSONPointer(tokens: (parent?.tokens ?? []) + [key])
      if value.kind == .object, path.tokens.count < 4 {
        try add(value, under: path, to: &cells)
      } else {
        try put(value, parent == nil ? key : path.text, in: &cells)
      }
    }
  }

  /// Values that nobody wants are not made.
  private mutating func put(_ node: JSONNode, _ name: String, in cells: inout [Cell]) throws {
    guard let slot = try table.slot(name, limits: limits) else { return }
    cells.set(Self.cell(node), at: slot)
  }

  private static func cell(_ node: JSONNode) -> Cell {
    switch node.kind {
    case .null: .null
    case .string: .text(node.string ?? "")
    default: .json(node.value)
    }
  }
}

extension JSONNode {
  /// Null or no text.
  var isBlank: Bool { isNull || kind == .string && rawBytes.count == 2 }
}

/// The rows of a JSON document: the elements of one array, read one by one.
struct JSONRows: RowSource {
  private var elements: JSONElements
  private var shape: JSONRowShape
  private let selection: ColumnSelection
  private let isFound: Bool
  private let limits: ExportLimits
  private(set) var notes: [String] = []

  /// `isFound` where nobody has said which array holds the rows.
  init(
    _ stream: any ByteStream, at pointer: JSONPointer, isFound: Bool, _ selection: ColumnSelection,
    limits: ExportLimits
  ) {
    elements = JSONElements(stream, at: pointer, limits: limits)
    shape = JSONRowShape(selection, limits: limits)
    self.selection = selection
    self.isFound = isFound
    self.limits = limits
    place = JSONList(path: pointer.tokens)
  }

  private var place: JSONList

  var table: ColumnTable { shape.table }

  mutating func next() throws -> RowEvent? {
    guard let element = try elements.next() else {
      try judge()
      return nil
    }
    return try shape.event(element, limits)
  }

  /// What the whole document says of these rows.
  private mutating func judge() throws {
    place.count = elements.count
    let others = elements.surroundings.lists.filter(\.couldBeRows).map(\.words)
    if isFound, !others.isEmpty {
      let message = "several lists could be the rows: \(([place.words] + others).listed)"
      if selection.isStrict, !selection.isProposal { throw ExportRefusal(.rowsAt, message) }
      notes.append(message + "; the first is shown")
    }
    guard let reason = elements.surroundings.signs.reason(rows: elements.count) else { return }
    let message = "the document says that this is not all of it: \(reason)"
    if selection.mustBeWhole { throw ExportRefusal(.goesOn, message) }
    notes.append(message)
  }
}

extension JSONRowShape {
  /// What is sound JSON and yet no use is rejected: a name that is there twice, or names that only
  /// look different, and half a character.
  mutating func event(
    _ element: JSONElement, _ limits: ExportLimits
  ) throws -> RowEvent {
    let document: JSONDocument
    do throws(JSONError) {
      document = try element.document(limits)
    } catch {
      guard error.isDuplicateKey else { throw element.refusal(error) }
      return try rejected(element, error)
    }
    if let error = document.firstAmbiguity { return try rejected(element, error) }
    return try event(document.root, line: element.line)
  }

  /// A row that is no use, with the cells that tell whose it is.
  mutating func rejected(
    _ element: JSONElement, _ error: JSONError
  ) throws -> RowEvent {
    let rejection = RowRejection(element.refusal(error), line: element.line)
    guard
      let root = try? JSONDocument(
        repeatingNames: element.bytes, limits: JSONLimits(depthMax: limits.depthMax)
      ).root, var cells = try cells(root)
    else { return .rejected(rejection) }
    var seen: Set<ExactText> = []
    for (name, _) in root.members where !seen.insert(ExactText(name)).inserted {
      if let slot = try table.slot(name, limits: limits) { cells[slot] = .absent }
    }
    return .rejected(rejection, cells: cells.map(\.undamaged))
  }

  /// What a value is as a row.
  mutating func event(_ node: JSONNode, line: Int) throws -> RowEvent {
    if let cells = try cells(node) {
      let isBlank = node.kind == .object && node.members.allSatisfy { $0.value.isBlank }
      return .row(line: line, cells: cells, isBlank: isBlank)
    }
    return .rejected(
      RowRejection(line: line, reason: "a row is an object here, found \(node.kind.words)"))
  }
}

extension Cell {
  /// The cell, unless half a character may have stood in its text.
  var undamaged: Cell {
    guard let text, text.unicodeScalars.contains("\u{FFFD}") else { return self }
    return .absent
  }
}

extension RowRejection {
  /// Why a row is no use, with the place in it; `line` where the row starts.
  init(_ refusal: ExportRefusal, line: Int) {
    self.init(
      line: refusal.line ?? line, reason: "column \(refusal.column ?? 1): \(refusal.message)")
  }
}

/// The rows of a JSON document that is no array: the document itself is the only one.
struct JSONSingleRow: RowSource {
  private var stream: (any ByteStream)?
  private var shape: JSONRowShape
  private let limits: ExportLimits

  init(_ stream: any ByteStream, _ selection: ColumnSelection, limits: ExportLimits) {
    self.stream = stream
    shape = JSONRowShape(selection, limits: limits)
    self.limits = limits
  }

  var table: ColumnTable { shape.table }

  mutating func next() throws -> RowEvent? {
    guard var stream else { return nil }
    self.stream = nil
    var bytes: [UInt8] = []
    while let piece = try stream.next() {
      bytes += piece
      guard bytes.count <= limits.rowBytesMax else {
        throw ExportRefusal(
          .tooLarge, "a document without rows is longer than \(limits.rowBytesMax) bytes")
      }
    }
    guard !bytes.allSatisfy(XMLCharacters.isBlank) else {
      throw ExportRefusal(.empty, "the text holds no JSON value", line: 1, column: 1)
    }
    return try shape.event(JSONElement(bytes: bytes, line: 1, column: 1), limits)
  }
}
