import Formats

/// An open workbook: its sheets, and what they share.
struct Workbook {
  /// The texts that several cells share.
  let strings: SharedStrings
  /// The styles of cells.
  let styles: WorkbookStyles
  /// How days are counted.
  let epoch: SpreadsheetEpoch
  private let archive: any WorkbookArchive
  private let parts: WorkbookParts
  private let limits: ExportLimits

  /// Opens a workbook; throws `ExportRefusal` where a part is missing or damaged.
  init(_ archive: any WorkbookArchive, limits: ExportLimits) throws {
    parts = try WorkbookParts(archive, limits: limits)
    strings =
      try parts.sharedStrings.flatMap { try archive.part($0) }
      .map { try SharedStrings($0, limits: limits) } ?? SharedStrings()
    styles =
      try parts.styles.flatMap { try archive.part($0) }
      .map { try WorkbookStyles($0, limits: limits) } ?? WorkbookStyles()
    epoch = parts.epoch
    self.archive = archive
    self.limits = limits
  }

  /// The sheet with the rows: the one of a name; without a name the only one that a person sees and
  /// that has something in it.
  ///
  /// Several of these refuse the file where it must be told which one is meant; else the first is
  /// taken, and `others` names those that are not read.
  func sheet(
    named name: String?, isStrict: Bool
  ) throws -> (reader: SheetReader, others: [String]) {
    if let name { return (try reader(try parts.sheet(name)), []) }
    let visible = parts.sheets.filter { !$0.isHidden }
    guard let first = visible.first ?? parts.sheets.first else {
      throw ExportRefusal(.sheet, "the workbook has no sheet of cells")
    }
    guard visible.count > 1 else { return (try reader(first), []) }
    let filled = try visible.filter { try isFilled($0) }
    if filled.count > 1, isStrict {
      throw ExportRefusal(
        .sheet, "several sheets have something in them: \(filled.map(\.name).quoted.listed)")
    }
    return (try reader(filled.first ?? first), filled.dropFirst().map(\.name))
  }

  private func reader(_ sheet: WorkbookParts.Sheet) throws -> SheetReader {
    guard let stream = try archive.part(sheet.part) else {
      throw ExportRefusal(.malformed, "the sheet “\(sheet.name)” is missing in the container")
    }
    return try SheetReader(stream, name: sheet.name, self, limits: limits)
  }

  private func isFilled(_ sheet: WorkbookParts.Sheet) throws -> Bool {
    var reader = try reader(sheet)
    while let row = try reader.next() {
      if !row.isBlank { return true }
    }
    return false
  }
}
