import Formats
import Reconciliation

/// The rows of delimited text below its header.
///
/// A row has exactly as many cells as the header, otherwise it is rejected. Blank lines are passed
/// over; in a table of one column an empty line is a row with an empty cell. Columns are named as
/// in the header, without blanks around the names.
final class DelimitedRows: RowSource {
  private let stream: PreparedStream
  private var reader: CSVReader
  /// The row that the last step has found.
  private(set) var row = CSVRow()
  private let limits: ExportLimits
  private let dialect: DelimitedDialect
  private let hasTrailer: Bool
  private var lastByte: UInt8?
  private var ended = false
  private var slots: [Int?] = []
  private var held: Step?
  private(set) var table: ColumnTable
  /// The column names exactly as they stand in the file.
  private(set) var header: [String] = []

  /// What comes next in the text.
  enum Step {
    /// A row with as many cells as the header; it stands in `row`.
    case row
    /// A row that can't be used, with the cells that it has all the same.
    case rejected(RowRejection, cells: [Cell], isShort: Bool)
  }

  /// The line on which the row starts.
  var rowLine: Int { row.line + dialect.skippedLines }

  /// The line that is read at present: at the end of the text the last one, if it has no end.
  var textLine: Int { reader.line + dialect.skippedLines }

  /// For each cell of a row that is wanted, its field in the text.
  var fieldOfSlot: [Int] {
    var fields = [Int](repeating: 0, count: table.width)
    for (field, slot) in slots.enumerated() {
      if let slot { fields[slot] = field }
    }
    return fields
  }

  /// Reads up to the header, unless the names of the `columns` are given.
  ///
  /// A trailer proves the end, so that a short last row is no sign of a cut. Throws
  /// `ExportRefusal` where there is none.
  init(
    _ stream: PreparedStream, _ dialect: DelimitedDialect, _ selection: ColumnSelection,
    hasTrailer: Bool = false, columns: [String]? = nil, limits: ExportLimits
  ) throws {
    self.stream = stream
    self.hasTrailer = hasTrailer
    self.dialect = dialect
    self.limits = limits
    table = ColumnTable(selection)
    reader = CSVReader(
      dialect: dialect.csv,
      limits: CSVLimits(
        fieldBytesMax: limits.cellBytesMax, fieldsPerRowMax: limits.columnsMax,
        rowBytesMax: limits.rowBytesMax))
    stream.drop(dialect.skippedBytes)
    if let columns {
      header = columns
      slots = try HeaderRow.slots(columns, line: 1, &table, limits: limits)
    } else {
      try readHeader()
    }
  }

  private func readHeader() throws {
    while true {
      let isRow: Bool
      do throws(CSVError) {
        isRow = try reader.next(into: &row)
      } catch {
        throw refusal(error)
      }
      if !isRow {
        guard try feed() else { break }
        continue
      }
      if row.count == 1, row.isEmpty(0) { continue }
      header = row.texts
      let line = row.line + dialect.skippedLines
      slots = try HeaderRow.slots(header, line: line, &table, limits: limits)
      return
    }
    throw ExportRefusal(.empty, "the file has no header", line: dialect.skippedLines + 1)
  }

  func next() throws -> RowEvent? { try step().map(event) }

  /// The next step; nil at the end of a sound text.
  func step() throws -> Step? {
    guard let found = try held ?? produce() else { return nil }
    held = nil
    // A row that is too short and has no end, as the last of a file, is the mark of a cut.
    if case .rejected(_, _, isShort: true) = found, table.isStrict, !hasTrailer {
      held = try produce()
      if held == nil, lastByte != 0x0A, lastByte != 0x0D {
        throw ExportRefusal(
          .truncated, "the last row has too few cells and no line end",
          line: reader.line
            + dialect.skippedLines)
      }
    }
    return found
  }

  /// The step that was found last, with its cells.
  func event(_ step: Step) -> RowEvent {
    if case .rejected(let rejection, let cells, _) = step {
      return .rejected(rejection, cells: cells)
    }
    let isBlank = (0..<row.count).allSatisfy { row.isEmpty($0) }
    return .row(line: rowLine, cells: cells(), isBlank: isBlank)
  }

  /// The cells of the row that was found last, as far as they go.
  private func cells() -> [Cell] {
    var cells = [Cell](repeating: .absent, count: table.width)
    for (place, slot) in slots.enumerated() where place < row.count {
      if let slot { cells[slot] = .text(row.text(place)) }
    }
    return cells
  }

  private func produce() throws -> Step? {
    while true {
      let isRow: Bool
      do throws(CSVError) {
        isRow = try reader.next(into: &row)
      } catch {
        guard error.isRowOnly else { throw refusal(error) }
        return .rejected(
          RowRejection(
            line: error.line + dialect.skippedLines,
            reason: "column \(error.column): \(error.message); if quotes are text like any other "
              + "here, set export.quote to null"), cells: cells(), isShort: false)
      }
      if !isRow {
        guard try feed() else { return nil }
      } else if let found = found() {
        return found
      }
    }
  }

  private var wrongCount: String {
    let found =
      "\(row.count) \(row.count == 1 ? "cell" : "cells") where the header has \(header.count)"
    let delimiter =
      dialect.csv.delimiter == 0x09 ? "tab" : String(UnicodeScalar(dialect.csv.delimiter))
    return row.count < header.count
      ? "\(found); is a cell missing, or does one have a line break without quotes around it?"
      : "\(found); does a cell have a “\(delimiter)” without quotes around it?"
  }

  /// What the row is; nil for a blank line.
  private func found() -> Step? {
    if row.count == 1, row.isEmpty(0), !row.isQuoted(0), header.count > 1 { return nil }
    guard row.count == header.count else {
      return .rejected(
        RowRejection(line: rowLine, reason: wrongCount), cells: cells(),
        isShort: row.count < header.count)
    }
    return .row
  }

  /// Hands the reader the next piece; false when it has all of them already.
  private func feed() throws -> Bool {
    guard !ended else { return false }
    guard let piece = try stream.next() else {
      ended = true
      reader.finish()
      return true
    }
    if let zero = piece.firstIndex(of: 0) {
      throw ExportRefusal(
        .truncated, "zero bytes in the text: the file was reserved and not written to its end",
        line: reader.line + dialect.skippedLines + piece[..<zero].count { $0 == 0x0A })
    }
    lastByte = piece.last
    reader.feed(piece)
    return true
  }

  // MARK: - Stretches

  /// How the text is taken apart: with the same words, the same bytes are the same cells.
  var reading: String {
    let csv = dialect.csv
    let parts =
      [
        "\(csv.delimiter)", csv.quote.map { "\($0)" } ?? "", csv.escape.rawValue,
        "\(csv.trimsAroundQuotes)", "\(csv.isStrict)", "\(csv.blankLines)", "\(csv.comment)",
      ] + header
    return SHA256.hex(of: JSONValue.array(parts.map { .string($0) }).written())
  }

  /// Whether the text stands between two rows.
  var isBetweenRows: Bool { held == nil && reader.isBetweenRows }

  /// How many bytes the noted stretch has so far.
  var stretchLength: Int { reader.stretchLength }

  /// A hash of the bytes that come next; nil near the end of the text.
  func beginning() throws -> UInt64? {
    while true {
      if let found = reader.beginning { return found }
      guard try feed() else { return nil }
    }
  }

  /// Starts to note a stretch; false where that can't be.
  func openStretch() -> Bool { held == nil && reader.openStretch() }

  /// Ends the noted stretch; nil if it is none.
  func closeStretch() -> CSVStretch? { held == nil ? reader.closeStretch() : nil }

  /// Passes a stretch if its bytes come next.
  func pass(_ stretch: CSVStretch) throws -> Bool {
    while reader.unread < stretch.length {
      guard try feed() else { return false }
    }
    return reader.pass(stretch)
  }

  private func refusal(_ error: CSVError) -> ExportRefusal {
    let code: ExportRefusal.Code
    switch error.code {
    case .strayQuote, .textAfterQuote, .unterminatedQuote: code = .malformed
    case .fieldBytesMax, .fieldsPerRowMax, .rowBytesMax: code = .tooLarge
    }
    return ExportRefusal(
      code, error.message, line: error.line + dialect.skippedLines, column: error.column)
  }
}
