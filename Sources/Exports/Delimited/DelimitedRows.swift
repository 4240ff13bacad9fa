import Formats
import Reconciliation

/// The rows of delimited text below its header.
///
/// A row has exactly as many cells as the header, otherwise it is rejected. Blank lines are passed
/// over; in a table of one column an empty line is a row with an empty cell. Columns are named as
/// in the header, without blanks around the names.
struct DelimitedRows: RowSource {
  private let stream: PreparedStream
  private var reader: CSVReader
  private var row = CSVRow()
  private let limits: ExportLimits
  private let dialect: DelimitedDialect
  private var lastByte: UInt8?
  private var ended = false
  private var slots: [Int?] = []
  private var held: Found?
  private(set) var table: ColumnTable
  /// The column names exactly as they stand in the file.
  private(set) var header: [String] = []

  private struct Found {
    var event: RowEvent
    var isShort = false
  }

  /// Reads up to the header.
  ///
  /// Throws `ExportRefusal` where there is none.
  init(
    _ stream: PreparedStream, _ dialect: DelimitedDialect, _ selection: ColumnSelection,
    limits: ExportLimits
  ) throws {
    self.stream = stream
    self.dialect = dialect
    self.limits = limits
    table = ColumnTable(selection)
    reader = CSVReader(
      dialect: dialect.csv,
      limits: CSVLimits(
        fieldBytesMax: limits.cellBytesMax, fieldsPerRowMax: limits.columnsMax,
        rowBytesMax: limits.rowBytesMax))
    stream.drop(dialect.skippedBytes)
    try readHeader()
  }

  private mutating func readHeader() throws {
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

  mutating func next() throws -> RowEvent? {
    guard let found = try held ?? produce() else { return nil }
    held = nil
    // A row that is too short and has no end, as the last of a file, is the mark of a cut.
    if found.isShort, !table.needed.isEmpty {
      held = try produce()
      if held == nil, lastByte != 0x0A, lastByte != 0x0D {
        throw ExportRefusal(
          .truncated, "the last row has too few cells and no line end",
          line: reader.line
            + dialect.skippedLines)
      }
    }
    return found.event
  }

  private mutating func produce() throws -> Found? {
    while true {
      let isRow: Bool
      do throws(CSVError) {
        isRow = try reader.next(into: &row)
      } catch {
        guard error.isRowOnly else { throw refusal(error) }
        return Found(
          event: .rejected(
            RowRejection(
              line: error.line + dialect.skippedLines,
              reason: "column \(error.column): \(error.message)")))
      }
      if !isRow {
        guard try feed() else { return nil }
      } else if let found = found() {
        return found
      }
    }
  }

  /// What the row is; nil for a blank line.
  private func found() -> Found? {
    let line = row.line + dialect.skippedLines
    if row.count == 1, row.isEmpty(0), !row.isQuoted(0), header.count > 1 { return nil }
    guard row.count == header.count else {
      return Found(
        event: .rejected(
          RowRejection(
            line: line,
            reason: "\(row.count) \(row.count == 1 ? "cell" : "cells") where the header has "
              + "\(header.count)")),
        isShort: row.count < header.count)
    }
    var cells = [Cell](repeating: .absent, count: table.width)
    var isBlank = true
    for (place, slot) in slots.enumerated() {
      if !row.isEmpty(place) { isBlank = false }
      if let slot { cells[slot] = .text(row.text(place)) }
    }
    return Found(event: .row(line: line, cells: cells, isBlank: isBlank))
  }

  /// Hands the reader the next piece; false when it has all of them already.
  private mutating func feed() throws -> Bool {
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
