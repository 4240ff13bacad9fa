import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// What lies in the container of a workbook: parts in XML's own encodings, and several sheets.
@Suite struct WorkbookPartsTests {
  struct Sheet: Sendable {
    var name: String
    var content: String
    var state = "visible"
  }

  /// A workbook of these sheets; `encode` makes the bytes of each part.
  static func workbook(
    _ sheets: [Sheet], prefix: String = "", namespaces: [String] = transitional,
    encode: (String) -> [UInt8] = { Array($0.utf8) }
  ) -> [UInt8] {
    let mark = prefix.isEmpty ? "" : ":\(prefix)"
    let tag = prefix.isEmpty ? "" : "\(prefix):"
    let relations = { (content: String) in
      "<Relationships xmlns=\"\(namespaces[2])\">\(content)</Relationships>"
    }
    let entries = sheets.indices.map { number in
      "<\(tag)sheet name=\"\(sheets[number].name)\" sheetId=\"\(number + 1)\" "
        + "state=\"\(sheets[number].state)\" r:id=\"r\(number)\"/>"
    }
    let targets = sheets.indices.map { number in
      "<Relationship Id=\"r\(number)\" Type=\"\(namespaces[1])/worksheet\" "
        + "Target=\"worksheets/sheet\(number).xml\"/>"
    }
    let strings =
      "<Relationship Id=\"s\" Type=\"\(namespaces[1])/sharedStrings\" Target=\"strings.xml\"/>"
    var parts = [
      (
        "_rels/.rels",
        relations(
          "<Relationship Id=\"w\" Type=\"\(namespaces[1])/officeDocument\" "
            + "Target=\"xl/workbook.xml\"/>")
      ),
      (
        "xl/workbook.xml",
        "<\(tag)workbook xmlns\(mark)=\"\(namespaces[0])\" xmlns:r=\"\(namespaces[1])\">"
          + "<\(tag)sheets>\(entries.joined())</\(tag)sheets></\(tag)workbook>"
      ), ("xl/_rels/workbook.xml.rels", relations(targets.joined() + strings)),
      (
        "xl/strings.xml",
        "<\(tag)sst xmlns\(mark)=\"\(namespaces[0])\"><\(tag)si><\(tag)t>Köln</\(tag)t></\(tag)si>"
          + "</\(tag)sst>"
      ),
    ]
    parts += sheets.enumerated().map { number, sheet in
      (
        "xl/worksheets/sheet\(number).xml",
        "<\(tag)worksheet xmlns\(mark)=\"\(namespaces[0])\"><\(tag)sheetData>\(sheet.content)"
          + "</\(tag)sheetData></\(tag)worksheet>"
      )
    }
    return ExportFixtures.archive(parts.map { ($0.0, encode($0.1)) })
  }

  static let transitional = [
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/relationships",
  ]

  static let customers =
    "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>ref</v></c></row>"
    + "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c></row>"

  static func refs(_ bytes: [UInt8]) throws -> [String?] {
    try ExportFixtures.preview(bytes, "b.xlsx").rows.map { $0[0] }
  }

  static let encodings: [(name: String, encode: @Sendable (String) -> [UInt8])] = [
    ("UTF-8", { Array($0.utf8) }), ("UTF-8 with a mark", { [0xEF, 0xBB, 0xBF] + Array($0.utf8) }),
    (
      "UTF-8 with a mark and a declaration",
      {
        [0xEF, 0xBB, 0xBF] + Array("<?xml version=\"1.0\" encoding=\"utf-8\"?>\($0)".utf8)
      }
    ), ("UTF-16LE with a mark", { ExportFixtures.utf16($0) }),
    ("UTF-16BE with a mark", { ExportFixtures.utf16($0, bigEndian: true) }),
    ("UTF-16LE", { ExportFixtures.utf16($0, mark: false) }),
    ("UTF-16BE", { ExportFixtures.utf16($0, bigEndian: true, mark: false) }),
    (
      "UTF-8 that claims to be UTF-16",
      {
        Array("<?xml version=\"1.0\" encoding=\"utf-16\"?>\($0)".utf8)
      }
    ),
    (
      "ISO-8859-1 by its declaration",
      {
        Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".utf8)
          + $0.unicodeScalars.map { UInt8($0.value) }
      }
    ),
  ]

  @Test(arguments: encodings.indices)
  func `reads every part as XML says`(_ number: Int) throws {
    let encode = Self.encodings[number].encode
    let bytes = Self.workbook([Sheet(name: "K", content: Self.customers)], encode: encode)
    #expect(try Self.refs(bytes) == ["Köln"], "\(Self.encodings[number].name)")
  }

  @Test func `refuses a part whose bytes do not fit`() {
    let bytes = Self.workbook([Sheet(name: "K", content: Self.customers)]) { text in
      text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
    #expect(ExportFixtures.refusal(bytes, "b.xlsx")?.code == .encoding)
  }

  @Test func `reads prefixes, and the strict namespaces`() throws {
    let content = Self.customers.replacing("<row", with: "<x:row")
      .replacing("</row", with: "</x:row").replacing("<c ", with: "<x:c ")
      .replacing("</c>", with: "</x:c>").replacing("<v>", with: "<x:v>")
      .replacing("</v>", with: "</x:v>")
    #expect(
      try Self.refs(Self.workbook([Sheet(name: "K", content: content)], prefix: "x")) == ["Köln"])
    let strict = [
      "http://purl.oclc.org/ooxml/spreadsheetml/main",
      "http://purl.oclc.org/ooxml/officeDocument/relationships",
      "http://schemas.openxmlformats.org/package/2006/relationships",
    ]
    #expect(
      try Self.refs(
        Self.workbook([Sheet(name: "K", content: Self.customers)], namespaces: strict))
        == ["Köln"])
  }

  @Test func `takes rows from the data of the sheet alone`() throws {
    let anchor =
      "</sheetData><controls><anchor><row r=\"9\"><c r=\"A9\"><v>1</v></c></row></anchor>"
    let bytes = Self.workbook([
      Sheet(name: "K", content: Self.customers + anchor + "</controls><sheetData>")
    ])
    #expect(try Self.refs(bytes) == ["Köln"])
  }

  // MARK: - Several sheets

  static func mapping(rowsAt: String? = nil) throws -> Mapping {
    let place = rowsAt.map { ", \"rows_at\": \"\($0)\"" } ?? ""
    let text = """
      {"name": "m", "origins": ["o"], "export": {"path": "*", "format": "xlsx"\(place)},
       "reference": {"column": "ref"}, "fields": [{"column": "ref", "metadata": "v"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  static func read(_ sheets: [Sheet], rowsAt: String? = nil) throws -> Int {
    let sink = RowCollector()
    let bytes = workbook(sheets)
    _ = try ExportReader(
      ExportFile(name: "b.xlsx", bytes: ByteArraySource(bytes)), by: mapping(rowsAt: rowsAt)
    ).read(into: sink)
    return sink.rows.count
  }

  @Test func `asks for the sheet where several have something in them`() throws {
    let header = "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>ref</v></c></row>"
    let others = [
      Self.customers, header, "<row r=\"4\"><c r=\"B4\"><v>1</v></c></row>",
      "<row r=\"1\"><c r=\"A1\" t=\"e\"><v>#REF!</v></c></row>",
    ]
    for other in others {
      let sheets = [
        Sheet(name: "Kunden", content: Self.customers), Sheet(name: "Alt", content: other),
      ]
      let refusal = #expect(throws: ExportRefusal.self) { try Self.read(sheets) }
      #expect(refusal?.code == .sheet)
      #expect(refusal?.message.contains("“Kunden”, “Alt”") == true)
      #expect(refusal?.advice.contains("export.rows_at") == true)
      #expect(try Self.read(sheets, rowsAt: "Kunden") == 1)
    }
  }

  @Test func `hidden sheets and empty ones do not count`() throws {
    let empty = "<row r=\"1\"><c r=\"A1\" s=\"0\"/><c r=\"B1\" t=\"str\"><v></v></c></row>"
    for (name, content, state) in [
      ("Leer", empty, "visible"), ("Leer", "", "visible"), ("Listen", Self.customers, "hidden"),
      ("Listen", Self.customers, "veryHidden"),
    ] {
      let other = Sheet(name: name, content: content, state: state)
      let kept = Sheet(name: "Kunden", content: Self.customers)
      #expect(try Self.read([kept, other]) == 1)
      #expect(try Self.read([other, kept]) == 1)
    }
  }

  @Test func `a preview shows the first and names the others`() throws {
    let bytes = Self.workbook([
      Sheet(name: "Leer", content: ""), Sheet(name: "Kunden", content: Self.customers),
      Sheet(name: "Alt", content: Self.customers),
    ])
    let preview = try ExportFixtures.preview(bytes, "b.xlsx")
    #expect(preview.dialect.rowsAt == "Kunden")
    #expect(preview.notes.first?.contains("“Alt”; set export.rows_at") == true)
  }
}
