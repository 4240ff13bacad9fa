import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// Files that are something else than they seem are named, with what to do.
@Suite struct ForeignContentTests {
  private static let table = "<html><body><table><tr><td>ID</td></tr></table></body></html>"
  private static let xml2003 = """
    <?xml version="1.0"?>
    <?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>
    """

  private static func archive(_ names: [String]) -> [UInt8] {
    ExportFixtures.archive(names.map { ($0, "x") })
  }

  private static func openDocument(_ kind: String) -> [UInt8] {
    ExportFixtures.archive([
      ("mimetype", "application/vnd.oasis.opendocument.\(kind)"), ("content.xml", "<x/>"),
    ])
  }

  /// Content, words of what it is, words of what to do.
  static let kinds: [([UInt8], String, String)] = [
    (openDocument("spreadsheet"), "OpenDocument spreadsheet (.ods)", "save it as .xlsx"),
    (openDocument("text"), "no spreadsheet", "save it as .xlsx"),
    (archive(["[Content_Types].xml", "xl/workbook.bin"]), "binary workbook (.xlsb)", "save it as"),
    (archive(["[Content_Types].xml", "word/document.xml"]), "text document (.docx)", "as .xlsx"),
    (archive(["ppt/presentation.xml"]), "presentation (.pptx)", "as .xlsx"),
    (archive(["Index/Document.iwa"]), "Numbers document", "as .xlsx"),
    (archive(["customers.csv"]), "ZIP archive with “customers.csv”", ".zip"),
    (
      ExportFixtures.compoundFile(["Root Entry", "Workbook", "\u{5}SummaryInformation"]),
      "an old Excel file (.xls)", "save it as .xlsx"
    ),
    (ExportFixtures.compoundFile(["Root Entry", "Book"]), "an old Excel file (.xls)", "as .xlsx"),
    (
      ExportFixtures.compoundFile(
        ["Root Entry", "\u{6}DataSpaces", "Version", "DataSpaceMap", "EncryptionInfo"]
          + ["EncryptedPackage"]),
      "a workbook with a password", "without a password"
    ),
    (ExportFixtures.compoundFile(["Root Entry", "WordDocument"]), "old Word document", "as .xlsx"),
    (
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 600),
      "an old Excel file (.xls), or a workbook with a password", "as .xlsx"
    ),
    ([0x09, 8, 8, 0, 0, 5, 5, 0], "an old Excel file (.xls)", "as .xlsx"),
    (Array(table.utf8), "a web page (HTML)", "login or error page"),
    (Array(xml2003.utf8), "an XML spreadsheet of Excel 2003", ".xlsx or CSV"),
    (ExportFixtures.utf16(xml2003), "an XML spreadsheet of Excel 2003", ".xlsx or CSV"),
    (Array("%PDF-1.7\n".utf8), "a PDF document", "CSV"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], "a 7-Zip archive", ".gz or .zip"),
    (
      [UInt8](repeating: 0x61, count: 257) + Array("ustar\0".utf8), "a TAR archive", "alone"
    ),
    (Array("MIME-Version: 1.0\n".utf8), "a web archive (MHTML)", "CSV"),
  ]

  @Test(arguments: 0..<kinds.count)
  func `is named under each name that it may come with`(place: Int) {
    let (bytes, words, remedy) = Self.kinds[place]
    for name in ["x.xlsx", "x.xls", "x.ods", "x", "x.csv"] {
      // A web page or an archive that nobody calls a workbook is told likewise.
      let refusal = ExportFixtures.refusal(bytes, name)
      #expect(
        refusal?.code == .wrongFormat, "\(name): \(refusal.map(String.init(describing:)) ?? "")")
      #expect(refusal?.message.contains(words) == true, "\(name): \(refusal?.message ?? "")")
      #expect(refusal?.advice.contains(remedy) == true, "\(name): \(refusal?.advice ?? "")")
    }
    let packed = ExportFixtures.refusal(ExportFixtures.gzip(bytes), "x.xlsx.gz")
    #expect(packed?.message.contains(words) == true)
  }

  @Test(arguments: [
    ("ID\tTIER\nA1\tgold\n", "text with tabs"), ("ID;TIER\nA1;gold\n", "plain text"),
    ("[{\"a\": 1}]", "JSON"), ("<r><x>1</x></r>", "an XML document"),
  ])
  func `text is named where a workbook is expected`(_ text: String, _ words: String) throws {
    for bytes in [Array(text.utf8), ExportFixtures.utf16(text)] {
      let refusal = ExportFixtures.refusal(bytes, "x.xlsx")
      #expect(refusal?.code == .wrongFormat)
      #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "")")
      #expect(refusal?.message.contains("expected xlsx") == true)
      #expect(refusal?.advice.contains("export.format") == true)
      // Only its name says that it is one: read as what it is.
      _ = try ExportFixtures.preview(bytes, "x.xls")
    }
    #expect(
      ExportFixtures.refusal(ExportFixtures.utf16(text), "x.xlsx")?.message.contains("utf-16le")
        == true)
  }

  @Test func `a workbook that is cut is called cut, and one under another name a workbook`() {
    let book = ExportFixtures.xlsx([["a"], ["1"]])
    #expect(ExportFixtures.refusal(Array(book.dropLast(40)), "x.xlsx")?.code == .damagedArchive)
    let named = ExportFixtures.refusal(book, "x.csv")
    #expect(named?.message.contains("a workbook, expected csv") == true)
    let bytes = [UInt8](repeating: 0, count: 100)
    #expect(ExportFixtures.refusal(bytes, "x.xlsx")?.code == .damagedArchive)
  }

  @Test func `XML of Excel is read where XML is what was declared`() throws {
    let text = """
      <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Table>
      <Row><id>1</id></Row><Row><id>2</id></Row></Table></Workbook>
      """
    let rules = ReadingRules(format: .xml, rowsAt: "Workbook/Table/Row")
    let preview = try ExportFixtures.preview(Array(text.utf8), "x.xls", rules: rules)
    #expect(preview.rows == [["1"], ["2"]])
  }

  @Test func `ordinary tables are not taken for something else`() throws {
    for text in [
      "PARTNER,ID\nA,1\n", "Rare,x\nA,1\n", "BZhaus,x\nA,1\n", "\tb\n1\t2\n", "GIF,x\nA,1\n",
    ] {
      _ = try ExportFixtures.preview(text, "x.csv")
    }
  }

  @Test(arguments: [
    ("[{\"id\": 1}]", "x.csv"), ("{\"id\": 1}\n{\"id\": 2}\n", "x.csv"),
    ("\n [ { \"a\": [] } ]", "x.tsv"),
    ("[]", "x.csv"), ("\u{FEFF}{\n  \"value\": [\n", "x.csv"),
  ])
  func `JSON with the name of a table is called that`(_ text: String, _ name: String) {
    let refusal = ExportFixtures.refusal(text, name)
    #expect(refusal?.code == .wrongFormat)
    #expect(refusal?.message.hasPrefix("this is JSON, expected") == true, "\(refusal as Any)")
    #expect(refusal?.advice.contains("export.format") == true)
  }

  @Test(arguments: ["[id],[name]\n1,2\n", "{id};name\n1;2\n", "\"id\",name\n1,2\n"])
  func `a header with brackets is one all the same`(_ text: String) {
    #expect(ExportFixtures.refusal(text, "x.csv") == nil)
  }
}
