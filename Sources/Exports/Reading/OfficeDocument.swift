import Formats

/// Documents of office programs that are no workbook which is read here.
enum OfficeDocument {
  private static let asWorkbook = "save it as .xlsx, or have the source write CSV"

  /// What a ZIP archive is; nil for a workbook, and for one that is damaged as a workbook.
  static func content(of archive: ZipArchive) -> ForeignContent? {
    let names = archive.entries.map { $0.name.lowercased() }
    func has(_ start: String) -> Bool { names.contains { $0.hasPrefix(start) } }
    if let type = openDocument(archive) { return type }
    if has("xl/workbook.bin") {
      return ForeignContent(words: "a binary workbook (.xlsb)", remedy: asWorkbook)
    }
    if has("word/") {
      return ForeignContent(words: "a text document (.docx)", remedy: asWorkbook)
    }
    if has("ppt/") { return ForeignContent(words: "a presentation (.pptx)", remedy: asWorkbook) }
    if has("index/document.iwa") || has("index.zip") {
      return ForeignContent(words: "a Numbers document of Apple", remedy: asWorkbook)
    }
    // What has the parts of an office document is a workbook, sound or not.
    if has("xl/") || has("_rels/") || has("[content_types].xml") { return nil }
    let files = archive.files.prefix(3).map { "“\($0.name)”" }.joined(separator: ", ")
    return ForeignContent(
      words: files.isEmpty ? "a ZIP archive" : "a ZIP archive with \(files)",
      remedy: "give its name the ending .zip, and set export.format to what is in it")
  }

  /// OpenDocument begins with a part that holds its type.
  private static func openDocument(_ archive: ZipArchive) -> ForeignContent? {
    guard let entry = archive.entry(named: "mimetype"),
      let bytes = try? archive.contents(of: entry, bytesMax: 200)
    else { return nil }
    let type = String(decoding: bytes, as: UTF8.self)
    guard type.contains("opendocument") else { return nil }
    let words =
      type.contains("spreadsheet")
      ? "an OpenDocument spreadsheet (.ods)" : "an OpenDocument document that is no spreadsheet"
    return ForeignContent(words: words, remedy: asWorkbook)
  }

  /// What a compound file is, which is never a workbook that is read here.
  static func content(of file: CompoundFile) -> ForeignContent {
    let names = Set(file.names)
    if names.contains("EncryptedPackage") || names.contains("EncryptionInfo") {
      return ForeignContent(
        words: "a workbook with a password",
        remedy: "have the source write it without a password, or as CSV")
    }
    if names.contains("Workbook") || names.contains("Book") {
      return ForeignContent(words: "an old Excel file (.xls)", remedy: asWorkbook)
    }
    if names.contains("WordDocument") {
      return ForeignContent(words: "an old Word document (.doc)", remedy: asWorkbook)
    }
    if names.contains("PowerPoint Document") {
      return ForeignContent(words: "an old presentation (.ppt)", remedy: asWorkbook)
    }
    return unknownOld
  }

  /// A compound file that does not say more.
  static let unknownOld = ForeignContent(
    words: "an old Excel file (.xls), or a workbook with a password",
    remedy: "save it as .xlsx without a password, or as CSV")
}
