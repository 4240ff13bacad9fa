import Formats
import Reconciliation

/// One row of a sheet: its number and its cells by column; gaps are nil.
struct SheetRow {
  var number: Int
  var cells: [Cell?]

  /// Whether no cell has content.
  var isBlank: Bool { cells.allSatisfy { $0?.isBlank ?? true } }
}

/// The rows of one sheet in order, in memory of one row.
struct SheetReader {
  private var tokens: XMLTokens
  private let strings: SharedStrings
  private let styles: WorkbookStyles
  private let epoch: SpreadsheetEpoch
  private let limits: ExportLimits
  private var number = 0
  /// The name of the sheet.
  let name: String

  /// Opens a sheet by name, or the first that is not hidden.
  init(_ archive: any WorkbookArchive, sheet name: String?, limits: ExportLimits) throws {
    let parts = try WorkbookParts(archive, limits: limits)
    let sheet = try parts.sheet(name)
    guard let stream = try archive.part(sheet.part) else {
      throw ExportRefusal(.malformed, "the sheet “\(sheet.name)” is missing in the container")
    }
    tokens = XMLTokens(stream, limits: limits)
    strings =
      try parts.sharedStrings.flatMap { try archive.part($0) }
      .map { try SharedStrings($0, limits: limits) } ?? SharedStrings()
    styles =
      try parts.styles.flatMap { try archive.part($0) }
      .map { try WorkbookStyles($0, limits: limits) } ?? WorkbookStyles()
    epoch = parts.epoch
    self.name = sheet.name
    self.limits = limits
  }

  /// The next row that the sheet holds; nil at the end.
  mutating func next() throws -> SheetRow? {
    while let token = try tokens.next() {
      guard case .start(let name, let attributes) = token, name.local == "row" else { continue }
      number = attributes["r"].flatMap { Int($0) } ?? number + 1
      return try row()
    }
    return nil
  }

  private mutating func row() throws -> SheetRow {
    var row = SheetRow(number: number, cells: [])
    while let token = try tokens.next() {
      switch token {
      case .text: continue
      case .end: return row
      case .start(let name, let attributes):
        guard name.local == "c" else {
          try skip()
          continue
        }
        let place = try place(attributes["r"], after: row.cells.count)
        let cell = try cell(attributes)
        while row.cells.count <= place { row.cells.append(nil) }
        row.cells[place] = cell
      }
    }
    return row
  }

  /// The column of a reference such as `AB12`, from 0; without one the next.
  private func place(_ reference: String?, after count: Int) throws -> Int {
    guard let reference else { return count }
    var place = 0
    for byte in reference.utf8 {
      guard byte >= 0x41, byte <= 0x5A else { break }
      place = place * 26 + Int(byte - 0x40)
      guard place <= limits.columnsMax else { break }
    }
    guard place > 0, place <= limits.columnsMax else {
      throw ExportRefusal(.malformed, "a cell has no place in the sheet", line: number)
    }
    return place - 1
  }

  private mutating func skip() throws {
    let depth = tokens.depth
    while let token = try tokens.next() {
      if case .end = token, tokens.depth < depth { return }
    }
  }

  private mutating func cell(_ attributes: [XMLAttribute]) throws -> Cell {
    var value: [UInt8] = []
    var inline = WorkbookText()
    var inValue = false
    let depth = tokens.depth
    while let token = try tokens.next() {
      switch token {
      case .start(let name, _):
        inValue = name.local == "v"
        inline.start(name.local)
      case .text(let text):
        if inValue { value += text } else { inline.add(text) }
      case .end(let name):
        inValue = false
        inline.end(name.local)
        if tokens.depth < depth {
          return try cell(attributes, value, inline.bytes)
        }
      }
    }
    return .text("")
  }

  private func cell(
    _ attributes: [XMLAttribute], _ value: [UInt8], _ inline: [UInt8]
  ) throws -> Cell {
    let text = String(decoding: value, as: UTF8.self)
    switch attributes["t"] ?? "n" {
    case "s":
      guard let index = Int(text), let string = strings[index] else {
        throw ExportRefusal(
          .malformed, "a cell points to a shared string that is not there", line: number)
      }
      return .text(string)
    case "inlineStr": return .text(WorkbookText.unescaped(inline[...]))
    case "str": return .text(WorkbookText.unescaped(value[...]))
    case "b":
      if text == "1" || text == "true" { return .json(.bool(true)) }
      return text.isEmpty ? .text("") : .json(.bool(false))
    case "n":
      let style = attributes["s"].flatMap { Int($0) } ?? 0
      if styles.isDate(style), let date = epoch.text(text) { return .text(date) }
      return .text(text)
    default: return .text(text)
    }
  }
}

/// The rows of a sheet below its header.
struct SheetRows: RowSource {
  private var reader: SheetReader
  private(set) var table: ColumnTable
  private let slots: [Int?]
  /// The column names as they stand in the sheet.
  let header: [String]

  init(_ reader: SheetReader, headerRow: Int, _ selection: ColumnSelection, limits: ExportLimits)
    throws
  {
    self.reader = reader
    table = ColumnTable(selection)
    header = try self.reader.header(headerRow)
    slots = try HeaderRow.slots(header, line: headerRow, &table, limits: limits)
  }

  mutating func next() throws -> RowEvent? {
    while let row = try reader.next() {
      if row.isBlank { continue }
      var cells = [Cell](repeating: .text(""), count: table.width)
      for (place, cell) in row.cells.enumerated() where place < slots.count {
        if let slot = slots[place], let cell { cells[slot] = cell }
      }
      if let extra = row.cells.indices.last(where: { !(row.cells[$0]?.isBlank ?? true) }),
        extra >= header.count
      {
        let reason =
          "a cell in column \(extra + 1), but the header has \(header.count); name the column in "
          + "the header, or empty the cell"
        return .rejected(RowRejection(line: row.number, reason: reason), cells: cells)
      }
      return .row(line: row.number, cells: cells, isBlank: false)
    }
    return nil
  }
}

extension SheetReader {
  /// The names in the header row, without the empty ones at its end.
  fileprivate mutating func header(_ headerRow: Int) throws -> [String] {
    while let row = try next() {
      guard row.number >= headerRow else { continue }
      guard row.number == headerRow else { break }
      var names = row.cells.map { $0?.text ?? "" }
      while names.last?.isEmpty == true { names.removeLast() }
      guard !names.isEmpty else { break }
      return names
    }
    throw ExportRefusal(.empty, "there is no header in row \(headerRow)", line: headerRow)
  }
}
