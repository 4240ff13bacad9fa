import Formats
import Reconciliation

/// One row of a sheet: its number and its cells by column; gaps are nil.
struct SheetRow {
  var number: Int
  var cells: [Cell?]
  /// The cells that hold no value and are not empty: the place of each, and why.
  var faults: [(place: Int, reason: String)] = []

  /// Whether no cell has content.
  var isBlank: Bool { faults.isEmpty && cells.allSatisfy { $0?.isBlank ?? true } }
}

/// The rows of one sheet in order, in memory of one row.
struct SheetReader {
  private var tokens: XMLTokens
  private let workbook: Workbook
  private let limits: ExportLimits
  private var number = 0
  private var inRows = false
  private var ranges = FormulaRanges()
  /// The name of the sheet.
  let name: String

  /// Reads the part of a sheet.
  init(_ part: any ByteStream, name: String, _ workbook: Workbook, limits: ExportLimits) throws {
    tokens = try XMLTokens(part: part, limits: limits)
    self.name = name
    self.workbook = workbook
    self.limits = limits
  }

  /// The next row that the sheet holds; nil at the end.
  mutating func next() throws -> SheetRow? {
    while let token = try tokens.next() {
      switch token {
      case .text: continue
      case .end(let name): if name.local == "sheetData" { inRows = false }
      case .start(let name, let attributes):
        // What lies outside, such as the anchor of a control, may have elements named alike.
        if name.local == "sheetData" { inRows = true }
        guard inRows, name.local == "row" else { continue }
        number = attributes["r"].flatMap { Int($0) } ?? number + 1
        return try row()
      }
    }
    return nil
  }

  private mutating func row() throws -> SheetRow {
    var row = SheetRow(number: number, cells: [])
    while let token = try tokens.next() {
      switch token {
      case .text: continue
      case .end:
        var unstored = SheetCell()
        unstored.hasFormula = true
        for place in ranges.places(in: number) { try note(unstored, at: place, in: &row) }
        ranges.forget(through: number)
        return row
      case .start(let name, let attributes):
        guard name.local == "c" else {
          try skip()
          continue
        }
        let place = try place(attributes["r"], after: row.cells.count)
        try note(try cell(attributes, at: place), at: place, in: &row)
      }
    }
    return row
  }

  private func note(_ cell: SheetCell, at place: Int, in row: inout SheetRow) throws {
    while row.cells.count <= place { row.cells.append(nil) }
    var cell = cell
    cell.hasFormula = cell.hasFormula || ranges.hold(place, in: number)
    let address = CellAddress.text(column: place, row: number)
    if row.cells[place] == nil {
      let content = try cell.content(workbook, row: number)
      row.cells[place] = content.cell
      if let fault = content.fault { row.faults.append((place, "\(address): \(fault)")) }
    } else if cell.value != nil || cell.inline != nil {
      row.faults.append((place, "\(address): the cell is there twice"))
    }
  }

  /// The column of a reference such as `AB12`, from 0; without one the next.
  private func place(_ reference: String?, after count: Int) throws -> Int {
    guard let reference else {
      guard count < limits.columnsMax else { throw noPlace }
      return count
    }
    guard let place = CellAddress.place(reference, columnsMax: limits.columnsMax) else {
      throw noPlace
    }
    return place.column
  }

  private var noPlace: ExportRefusal {
    ExportRefusal(.malformed, "a cell has no place in the sheet", line: number)
  }

  private mutating func skip() throws {
    let depth = tokens.depth
    while let token = try tokens.next() {
      if case .end = token, tokens.depth < depth { return }
    }
  }

  private mutating func cell(_ attributes: [XMLAttribute], at place: Int) throws -> SheetCell {
    var cell = SheetCell()
    cell.type = attributes["t"] ?? "n"
    cell.style = attributes["s"].flatMap { Int($0) } ?? 0
    var inline: WorkbookText?
    var inValue = false
    let depth = tokens.depth
    while let token = try tokens.next() {
      switch token {
      case .start(let name, let attributes):
        // Extensions of a cell may hold elements named alike, deeper down.
        if tokens.depth == depth + 1 {
          inValue = name.local == "v"
          if inValue { cell.value = [] }
          if name.local == "is" { inline = WorkbookText() }
          if name.local == "f" {
            cell.hasFormula = true
            // The range of a shared formula only says how far it may reach.
            if attributes["t"] != "shared" { try ranges.note(attributes["ref"], limits) }
          }
        }
        inline?.start(name.local)
      case .text(let text):
        if inValue { cell.value?.append(contentsOf: text) } else { inline?.add(text) }
      case .end(let name):
        inline?.end(name.local)
        if tokens.depth == depth {
          inValue = false
          if name.local == "is" {
            cell.inline = inline?.bytes
            inline = nil
          }
        }
        if tokens.depth < depth { return cell }
      }
    }
    return cell
  }
}

/// The ranges whose cells one formula fills: those of array formulas and tables of data.
struct FormulaRanges {
  /// How many ranges may be open at a time.
  static let openMax = 1_000

  private var open: [(columns: ClosedRange<Int>, rows: ClosedRange<Int>)] = []

  /// Notes the range of a formula, such as `B2:B9`; ranges of one cell need none.
  mutating func note(_ range: String?, _ limits: ExportLimits) throws {
    let ends = (range ?? "").split(separator: ":")
    guard ends.count == 2,
      let first = CellAddress.place(ends[0], columnsMax: limits.columnsMax),
      let last = CellAddress.place(ends[1], columnsMax: limits.columnsMax),
      first.column <= last.column, first.row <= last.row, first != last
    else { return }
    guard open.count < Self.openMax else {
      throw ExportRefusal(
        .tooLarge, "more than openMax = \(Self.openMax) ranges of formulas", line: first.row)
    }
    open.append((first.column...last.column, first.row...last.row))
  }

  /// Whether a formula fills this cell.
  func hold(_ place: Int, in row: Int) -> Bool {
    open.contains { $0.columns.contains(place) && $0.rows.contains(row) }
  }

  /// The places in a row that formulas fill.
  func places(in row: Int) -> Set<Int> {
    Set(open.filter { $0.rows.contains(row) }.flatMap { Array($0.columns) })
  }

  /// Forgets the ranges that end with this row or above it.
  mutating func forget(through row: Int) { open.removeAll { $0.rows.upperBound <= row } }
}
