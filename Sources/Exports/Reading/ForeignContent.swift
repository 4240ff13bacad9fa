import Formats
import Reconciliation

/// Files that are something else than their name says, told by what is in them.
///
/// What would be read as damaged text or as a cut archive gets its true name instead.
struct ForeignContent {
  /// What the file is.
  let words: String
  /// What to do about it.
  let remedy: String

  /// How much of a text is looked at, in bytes.
  static let startBytes = 4096

  /// Refuses content that is no export of this format.
  ///
  /// Where nobody declared the format, it was chosen by name or content.
  static func check(
    _ container: ExportContainer, isNot format: ExportFormat, isDeclared: Bool
  ) throws {
    let start = Array(try container.beginning().prefix(startBytes))
    guard let found = try foreign(container, start, format, isDeclared: isDeclared) else { return }
    let isExpected = isDeclared || FormatFinder.format(named: container.innerName) != nil
    throw ExportRefusal(
      .wrongFormat, "this is \(found.words)" + (isExpected ? ", expected \(format.rawValue)" : ""),
      advice: found.remedy)
  }

  private static func foreign(
    _ container: ExportContainer, _ start: [UInt8], _ format: ExportFormat, isDeclared: Bool
  ) throws -> ForeignContent? {
    if ZipArchive.matches(start) {
      guard let archive = try? ZipArchive(try container.wholeBytes(), names: .parts) else {
        return format == .xlsx ? nil : .zip
      }
      let found = OfficeDocument.content(of: archive)
      return found == nil && format != .xlsx ? .workbook : found
    }
    if start.starts(with: CompoundFile.start) {
      return OfficeDocument.content(of: try CompoundFile(try container.wholeBytes()))
    }
    if let found = binary(start, isPacked: container.kind != .none) { return found }
    let text = TextStart(start)
    if format != .xml || !isDeclared && !container.innerName.lowercased().hasSuffix(".xml"),
      text.isSpreadsheetXML
    {
      return .spreadsheetXML
    }
    // A table may well be the root of an XML export; a whole page never is.
    if text.isWebPage(orFragment: format != .xml) { return .webPage }
    if format == .csv || format == .tsv, text.isJSON { return .json }
    return format == .xlsx ? kind(start) : nil
  }

  /// What some bytes are the beginning of, by themselves; nil where that can't be told.
  static func kind(_ start: [UInt8]) -> ForeignContent? {
    if let found = binary(start, isPacked: false) { return found }
    if ZipArchive.matches(start) { return .zip }
    if start.starts(with: CompoundFile.start) { return OfficeDocument.unknownOld }
    let text = TextStart(start)
    if text.isWebPage(orFragment: true) { return .webPage }
    return text.words.map { words in
      ForeignContent(
        words: words,
        remedy: "set export.format to what it is, and give it a name that says so")
    }
  }

  // MARK: - Kinds

  static let zip = ForeignContent(
    words: "a ZIP archive", remedy: "give its name the ending .zip, or .xlsx if it is a workbook")
  static let json = ForeignContent(
    words: "JSON",
    remedy:
      "set export.format of the mapping to json (ndjson where each line is a record of its own) "
      + "and have the source give the name that ending; or have it write a table")
  static let workbook = ForeignContent(
    words: "a workbook", remedy: "set export.format to xlsx and give its name that ending")
  static let spreadsheetXML = ForeignContent(
    words: "an XML spreadsheet of Excel 2003",
    remedy: "have the source write .xlsx or CSV; Excel opens it and saves it so")
  static let webPage = ForeignContent(
    words: "a web page (HTML)",
    remedy: "it may be a login or error page, or a table that only looks like a spreadsheet: have "
      + "the source write .xlsx or CSV")

  /// The bytes that a kind of file has at a fixed place.
  private struct Magic {
    let bytes: [UInt8]
    let offset: Int
    let content: ForeignContent

    init(_ bytes: [UInt8], at offset: Int = 0, _ words: String, _ remedy: String) {
      self.bytes = bytes
      self.offset = offset
      content = ForeignContent(words: words, remedy: remedy)
    }

    init(_ text: String, at offset: Int = 0, _ words: String, _ remedy: String) {
      self.init(Array(text.utf8), at: offset, words, remedy)
    }
  }

  private static func binary(_ start: [UInt8], isPacked: Bool) -> ForeignContent? {
    if GzipReader.matches(start) {
      return ForeignContent(
        words: isPacked ? "packed by gzip a second time" : "packed by gzip",
        remedy: isPacked ? "pack it once" : "give its name the ending .gz")
    }
    return magics.first { start.dropFirst($0.offset).starts(with: $0.bytes) }?.content
  }

  private static let asData = "have the source write the data as CSV or .xlsx"
  private static let asTable = "export its table as CSV"
  private static let asPacked = "have the source pack it as .gz or .zip"
  private static let asNew = "save it as .xlsx or CSV"

  private static let magics = [
    Magic("%PDF-", "a PDF document", asData), Magic("%!PS", "a PostScript document", asData),
    Magic("{\\rtf", "a text document (RTF)", asData),
    Magic("MIME-Version:", "a web archive (MHTML)", asData),
    Magic("PAR1", "a Parquet file", asData), Magic("Obj\u{1}", "an Avro file", asData),
    Magic("SQLite format 3\0", "an SQLite database", asTable),
    Magic("Standard Jet DB", at: 4, "an Access database", asTable),
    Magic("Standard ACE DB", at: 4, "an Access database", asTable),
    Magic([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive", asPacked),
    Magic("Rar!\u{1A}\u{7}", "a RAR archive", asPacked),
    Magic([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "packed by xz", asPacked),
    Magic([0x28, 0xB5, 0x2F, 0xFD], "packed by zstd", asPacked),
    Magic([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4, "packed by bzip2", asPacked),
    Magic([0x1F, 0x9D], "packed by compress", asPacked),
    Magic("ustar", at: 257, "a TAR archive", "have the source pack the export alone"),
    Magic([0x89, 0x50, 0x4E, 0x47], "an image", asData),
    Magic([0xFF, 0xD8, 0xFF], "an image", asData), Magic("GIF8", "an image", asData),
    // Excel 2 to 5 wrote no compound files: the record that begins the workbook.
    Magic([0x09, 0, 4, 0], "an old Excel file (.xls)", asNew),
    Magic([0x09, 2, 6, 0], "an old Excel file (.xls)", asNew),
    Magic([0x09, 4, 6, 0], "an old Excel file (.xls)", asNew),
    Magic([0x09, 8, 8, 0], "an old Excel file (.xls)", asNew),
  ]
}
