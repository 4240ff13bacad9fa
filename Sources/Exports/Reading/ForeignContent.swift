import Formats
import Reconciliation

/// Files that are something else than their name says, told by their first bytes.
///
/// What would be read as damaged text or as a cut archive gets its true name instead.
enum ForeignContent {
  private struct Kind {
    let start: [UInt8]
    let words: String
    let remedy: String
  }

  private static let kinds = [
    Kind(
      start: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
      words: "an old Excel file (.xls), or a workbook with a password",
      remedy: "save it as .xlsx without a password, or as CSV"),
    Kind(
      start: [0x1F, 0x8B, 0x08], words: "packed by gzip",
      remedy: "give its name the ending .gz"),
    Kind(
      start: [0x50, 0x4B, 0x03, 0x04], words: "a ZIP archive or a workbook",
      remedy: "give its name the ending .zip or .xlsx"),
    Kind(
      start: Array("%PDF-".utf8), words: "a PDF document",
      remedy: "export the data as CSV or .xlsx"),
    Kind(
      start: Array("SQLite format 3\0".utf8), words: "an SQLite database",
      remedy: "export its table as CSV"),
    Kind(
      start: Array("PAR1".utf8), words: "a Parquet file", remedy: "export the data as CSV or NDJSON"
    ),
    Kind(
      start: Array("{\\rtf".utf8), words: "a text document (RTF)",
      remedy: "export the data as CSV or .xlsx"),
  ]

  /// Refuses content that is no export of this format.
  static func check(_ bytes: [UInt8], isNot format: ExportFormat) throws(ExportRefusal) {
    for kind in kinds where bytes.starts(with: kind.start) {
      if format == .xlsx, kind.start.first == 0x50 { continue }
      throw ExportRefusal(
        .wrongFormat, "this is \(kind.words), expected \(format.rawValue); \(kind.remedy)")
    }
    // A table may well be the root of an XML export; a whole page never is.
    guard isWebPage(bytes, starts: format == .xml ? pageStarts : pageStarts + ["<head", "<table"])
    else { return }
    throw ExportRefusal(
      .wrongFormat,
      "this is a web page (HTML), expected \(format.rawValue); it may be a login or error page, or "
        + "a table that only looks like a spreadsheet")
  }

  private static let pageStarts = ["<!doctype html", "<html"]

  private static func isWebPage(_ bytes: [UInt8], starts: [String]) -> Bool {
    let text = bytes.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 <= 0x20 }.prefix(15)
    let start = String(decoding: text, as: UTF8.self).lowercased()
    return starts.contains { start.hasPrefix($0) }
  }
}
