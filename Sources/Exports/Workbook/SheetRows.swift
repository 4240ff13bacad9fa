import Formats
import Reconciliation

/// The rows of a sheet below its header.
struct SheetRows: RowSource {
  private var reader: SheetReader
  private(set) var table: ColumnTable
  private let slots: [Int?]
  /// The column names as they stand in the sheet.
  let header: [String]
  let notes: [String]

  /// Reads up to the header, unless the names of the `columns` are given; `others` are sheets that
  /// are not read.
  init(
    _ reader: SheetReader, headerRow: Int, columns: [String]? = nil, others: [String],
    _ selection: ColumnSelection, limits: ExportLimits
  ) throws {
    self.reader = reader
    table = ColumnTable(selection)
    if let columns {
      header = columns
      slots = try HeaderRow.slots(columns, line: headerRow, &table, limits: limits)
      notes = []
      return
    }
    let row = try self.reader.header(headerRow)
    header = row.names
    slots = try HeaderRow.slots(header, line: headerRow, &table, limits: limits)
    let unread =
      others.isEmpty
      ? []
      : ["not read, though something stands there: \(others.quoted.listed); set export.rows_at"]
    notes = unread + row.faults.map { "as a name of a column: \($0.reason)" }
  }

  mutating func next() throws -> RowEvent? {
    while let row = try reader.next() {
      if row.isBlank { continue }
      var cells = [Cell](repeating: .text(""), count: table.width)
      for (place, cell) in row.cells.enumerated() where place < slots.count {
        if let slot = slots[place], let cell { cells[slot] = cell }
      }
      if let rejection = extraCell(row) { return .rejected(rejection, cells: cells) }
      let faults = faults(row)
      return faults.isEmpty
        ? .row(line: row.number, cells: cells, isBlank: false)
        : .faulty(line: row.number, cells: cells, faults: faults)
    }
    return nil
  }

  /// The faults in columns that are read.
  private func faults(_ row: SheetRow) -> [CellFault] {
    row.faults.filter { $0.place < slots.count && slots[$0.place] != nil }
      .map { CellFault(column: table.names[$0.place], reason: $0.reason) }
  }

  private func extraCell(_ row: SheetRow) -> RowRejection? {
    guard let extra = row.cells.indices.last(where: { !(row.cells[$0]?.isBlank ?? true) }),
      extra >= header.count
    else { return nil }
    let reason =
      "a cell in column \(extra + 1), but the header has \(header.count); name the column in "
      + "the header, or empty the cell"
    return RowRejection(line: row.number, reason: reason)
  }
}

extension SheetReader {
  /// The names in the header row, without the empty ones at its end, and those that are none.
  fileprivate mutating func header(
    _ headerRow: Int
  ) throws -> (names: [String], faults: [(place: Int, reason: String)]) {
    while let row = try next() {
      guard row.number >= headerRow else { continue }
      guard row.number == headerRow else { break }
      var names = row.cells.map { $0?.text ?? "" }
      while names.last?.isEmpty == true { names.removeLast() }
      guard !names.isEmpty else { break }
      return (names, row.faults)
    }
    throw ExportRefusal(.empty, "there is no header in row \(headerRow)", line: headerRow)
  }
}
