import Formats
public import Reconciliation

/// A row that can't be used; it is kept for the report and does not stop the others.
public struct RowRejection: Sendable, Hashable {
  /// The line of the row in its file (its number in a workbook), counted from 1.
  public let line: Int
  /// The column at fault, where it is one.
  public let column: String?
  /// What was found and what was expected.
  public let reason: String
  /// The key of the row, where its cells tell one.
  public let key: Key?

  /// The same for the record of a key, unless it has one already.
  func naming(_ key: Key?) -> RowRejection {
    RowRejection(line: line, column: column, reason: reason, key: self.key ?? key)
  }

  /// The same as a row of the file at a place, from 0, of an export in several files.
  func placed(inPart part: Int) -> RowRejection {
    guard part > 0 else { return self }
    return RowRejection(
      line: ExportPlaces.number(line: line, part: part), column: column, reason: reason, key: key)
  }

  /// A rejection from its parts.
  public init(line: Int, column: String? = nil, reason: String, key: Key? = nil) {
    self.key = key
    self.line = line
    self.column = column
    self.reason = reason
  }
}

/// What comes out of a file: rows, and rows that are none.
enum RowEvent {
  /// A row: where it starts, and its cells in the order of the reader's columns. Cells behind the
  /// last are absent. `isBlank` where the row has no content, in no column of the file.
  case row(line: Int, cells: [Cell], isBlank: Bool)
  /// A row some of whose cells hold no value although they are not empty; it is of use to whoever
  /// needs none of these. The cells show what stands there.
  case faulty(line: Int, cells: [Cell], faults: [CellFault])
  /// A row that can't be read, with the cells that could be all the same; they only serve to
  /// tell which record it is about.
  case rejected(RowRejection, cells: [Cell] = [])
}

/// A cell that holds no value and is not empty either, such as the error `#REF!` of a spreadsheet.
struct CellFault: Hashable {
  /// The name of its column.
  var column: String
  /// Where it is, what stands there, and what to do.
  var reason: String
}

/// A file that is read row by row.
protocol RowSource {
  /// The columns; those of JSON and XML are complete only at the end.
  var table: ColumnTable { get }
  /// What of the file is not read, or what it says of itself, in words; complete at the end.
  var notes: [String] { get }
  /// The next event; nil at the end of a sound file. Throws `ExportRefusal`.
  mutating func next() throws -> RowEvent?
}

extension RowSource {
  var notes: [String] { [] }
}

/// Which columns of a file are read.
struct ColumnSelection {
  /// The columns that are wanted, in the order of the cells; nil for all.
  var wanted: [String]?
  /// The columns that a mapping needs: there once, JSON pointers among them.
  ///
  /// Where they are named, a file is read as strictly as an import does.
  var needed: [String] = []
  /// Whether a file is read as strictly as an import does although nothing is needed yet.
  var isProposal = false
  /// Whether a file that says of itself that more of it is elsewhere is refused.
  var mustBeWhole = false
  /// Whether objects inside JSON rows become pointer columns instead of one cell each.
  var flattens = false

  /// The columns that a mapping needs and no others.
  static func only(_ columns: [String]) -> ColumnSelection {
    ColumnSelection(wanted: columns, needed: columns)
  }

  /// Whether rows must be such as an import can take.
  var isStrict: Bool { isProposal || !needed.isEmpty }

  /// All columns as they stand.
  static let all = ColumnSelection()
}

/// Which columns a file has, and which of them are read; names are compared as bytes.
struct ColumnTable {
  /// The columns that are wanted, in the order of the cells; nil where all are.
  let wanted: [String]?
  /// The columns that a mapping needs.
  let needed: [String]
  /// Whether rows must be such as an import can take.
  let isStrict: Bool
  /// The columns of the file in order of appearance.
  private(set) var names: [String] = []
  private var places: [ExactText: Int] = [:]
  private var slots: [Int?] = []
  private let wantedPlaces: [ExactText: Int]

  init(_ selection: ColumnSelection) {
    wanted = selection.wanted
    needed = selection.needed
    isStrict = selection.isStrict
    var wantedPlaces: [ExactText: Int] = [:]
    for (place, name) in (selection.wanted ?? []).enumerated() {
      wantedPlaces[ExactText(name)] = place
    }
    self.wantedPlaces = wantedPlaces
  }

  /// How many cells a complete row has.
  var width: Int { wanted?.count ?? names.count }

  /// The place of the cells of a column; notes the column.
  ///
  /// Nil where it is not wanted.
  mutating func slot(_ name: String, limits: ExportLimits) throws -> Int? {
    let exact = ExactText(name)
    if let place = places[exact] { return slots[place] }
    guard names.count < limits.columnsMax else {
      throw ExportRefusal(.tooLarge, "more than columnsMax = \(limits.columnsMax) columns")
    }
    let slot = wanted == nil ? names.count : wantedPlaces[exact]
    places[exact] = names.count
    names.append(name)
    slots.append(slot)
    return slot
  }

  /// The place of a column among those of the file; nil where it is not there.
  func place(_ name: String) -> Int? { places[ExactText(name)] }

  /// Whether the file has this column.
  func has(_ name: String) -> Bool { place(name) != nil }
}

extension [Cell] {
  /// Puts a cell in its place; a row grows with the columns that it brings.
  mutating func set(_ cell: Cell, at slot: Int) {
    while count <= slot { append(.absent) }
    self[slot] = cell
  }
}
