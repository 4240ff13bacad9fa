import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// Cells that hold no value and are not empty either.
@Suite struct WorkbookFaultsTests {
  static func text(_ address: String, _ text: String) -> String {
    "<c r=\"\(address)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>"
  }

  static func workbook(_ rows: [[String]]) -> [UInt8] {
    let header = text("A1", "ref") + text("B1", "v") + text("C1", "more")
    let body = rows.enumerated().map { "<row r=\"\($0 + 2)\">\($1.joined())</row>" }.joined()
    return ExportFixtures.workbook(
      sheet: "<row r=\"1\">\(header)</row>\(body)", styles: WorkbookTests.styles)
  }

  static func read(
    _ bytes: [UInt8], rules: String = "", column: String = "v", type: String = "string"
  ) throws -> RowCollector {
    let text = """
      {"name": "m", "origins": ["o"], "export": {"path": "*", "format": "xlsx",
       "nulls": ["#N/A"]}, \(rules) "reference": {"column": "ref"},
       "fields": [{"column": "\(column)", "metadata": "v", "type": "\(type)"}]}
      """
    let sink = RowCollector()
    _ = try ExportReader(
      ExportFile(name: "b.xlsx", bytes: ByteArraySource(bytes)),
      by: try Mapping(parsing: Array(text.utf8), file: "m.json")
    ).read(into: sink)
    return sink
  }

  /// The reason for which a row with this cell in B2 is rejected; nil where it is taken.
  static func reason(_ cell: String) throws -> String? {
    let sink = try read(workbook([[text("A2", "A"), "<c r=\"B2\" \(cell)</c>"]]))
    #expect(sink.rows.count + sink.rejected.count == 1)
    if let rejected = sink.rejected.first {
      #expect(rejected.line == 2)
      #expect(rejected.column == "v")
      #expect(rejected.key?.reference == "A")
    }
    return sink.rejected.first?.reason
  }

  @Test(arguments: [
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!",
    "#CALC!", "#FIELD!",
  ])
  func `an error is no value and no blank, whatever counts as one`(_ name: String) throws {
    let reason = try #require(try Self.reason("t=\"e\"><f>1/0</f><v>\(name)</v>"))
    #expect(reason.hasPrefix("B2: "))
    #expect(reason.contains("the error \(name)"))
    #expect(try Self.reason("t=\"e\"><v>\(name)</v>")?.contains(name) == true)
  }

  @Test(arguments: [
    "><f>1+1</f>", "><f>1+1</f><v></v>", "><f>1+1</f><v/>", "t=\"b\"><f>A1</f><v> </v>",
    "t=\"str\"><f>A1</f>", "><f t=\"shared\" si=\"0\"/>", "><f t=\"array\" ref=\"B2\">A1</f>",
    "t=\"e\"><f>1/0</f>", "t=\"inlineStr\"><f>A1</f>",
  ])
  func `a formula without a stored value is told with its address`(_ cell: String) throws {
    let reason = try #require(try Self.reason(cell))
    #expect(reason.hasPrefix("B2: the formula has no stored value; open and save the file"))
  }

  @Test(
    arguments: [
      ("t=\"str\"><f>A1</f><v></v>", .text("")), ("t=\"str\"><f>A1</f><v/>", .text("")),
      ("t=\"str\"><f>A1</f><v>#N/A</v>", .null), ("><v></v>", .text("")), ("s=\"1\">", .text("")),
      ("t=\"s\">", .text("")), ("><f>A1</f><v>7.0</v>", .json(7)),
      ("t=\"d\"><v>2024-01-01T00:00:00</v>", .text("2024-01-01T00:00:00")),
      ("><extLst><ext><f>1</f><v>9</v></ext></extLst><v>3</v>", .json(3)),
      ("t=\"str\"><v>a_xD83D__xDE00_b</v>", .text("a😀b")),
    ] as [(String, Cell)])
  func `what was stored is a value`(_ cell: String, _ expected: Cell) throws {
    let sink = try Self.read(
      Self.workbook([[Self.text("A2", "A"), "<c r=\"B2\" \(cell)</c>"]]))
    #expect(sink.rows.map { $0.cells[1] } == [expected])
  }

  @Test(arguments: [("t=\"b\"><f>A1</f><v>0</v>", false), ("t=\"b\"><v>true</v>", true)])
  func `a stored flag is one, and no text`(_ cell: String, _ flag: Bool) throws {
    let bytes = Self.workbook([[Self.text("A2", "A"), "<c r=\"B2\" \(cell)</c>"]])
    let sink = try Self.read(bytes, type: "boolean")
    #expect(sink.rows.map { $0.cells[1] } == [.json(.bool(flag))])
    #expect(try Self.reason(cell)?.hasPrefix("\(flag) stands where a text is expected") == true)
  }

  @Test(arguments: [
    ("><v>abc</v>", "no"), ("><v>1,5</v>", "number"), ("t=\"b\"><v>2</v>", "true or false"),
    ("t=\"q\"><v>2</v>", "kind “q”"), ("><v>1234567890123456</v>", "15 digits"),
    ("s=\"1\"><v>60</v>", "29 February 1900"), ("s=\"1\"><v>-1</v>", "format of a date"),
    ("s=\"2\"><v>3000000</v>", "format of a date"),
    ("t=\"str\"><v>k_xD800_</v>", "half a character"),
    ("t=\"inlineStr\"><is><t>_xDC00__xD800_</t></is>", "half a character"),
  ])
  func `what can't be a value is rejected by name`(_ cell: String, _ words: String) throws {
    let reason = try #require(try Self.reason(cell))
    #expect(reason.hasPrefix("B2: "))
    #expect(reason.contains(words), "\(reason)")
  }

  @Test func `cells of a range that one formula fills need a stored value each`() throws {
    let sink = try Self.read(
      Self.workbook([
        [Self.text("A2", "A"), "<c r=\"B2\"><f t=\"array\" ref=\"B2:B4\">X</f><v>1</v></c>"],
        [Self.text("A3", "B"), "<c r=\"B3\"><v>2</v></c>"], [Self.text("A4", "C")],
        [Self.text("A5", "D")],
      ]))
    #expect(sink.rows.map(\.record.key.reference) == ["A", "B", "D"])
    #expect(sink.rejected.map(\.line) == [4])
    #expect(sink.rejected.first?.reason.hasPrefix("B4: the formula") == true)
    // The range of a shared formula only says how far it may reach.
    let shared = try Self.read(
      Self.workbook([
        [
          Self.text("A2", "A"),
          "<c r=\"B2\"><f t=\"shared\" ref=\"B2:B3\" si=\"0\">X</f><v>1</v></c>",
        ],
        [Self.text("A3", "B")],
      ]))
    #expect(shared.rejected.isEmpty)
  }

  @Test func `a column that nobody needs may hold anything`() throws {
    let bytes = Self.workbook([
      [Self.text("A2", "A"), Self.text("B2", "x"), "<c r=\"C2\" t=\"e\"><v>#REF!</v></c>"]
    ])
    #expect(try Self.read(bytes).rows.count == 1)
    let needed = try Self.read(bytes, column: "more")
    #expect(needed.rejected.map(\.reason).first?.contains("C2: the cell holds the error") == true)
  }

  @Test func `a key that is none is rejected and names nobody`() throws {
    let sink = try Self.read(
      Self.workbook([
        ["<c r=\"A2\" t=\"e\"><v>#N/A</v></c>", Self.text("B2", "x")],
        ["<c r=\"A3\"><v>1234567890123456</v></c>", Self.text("B3", "x")],
        ["<c r=\"A4\"><v>1002.0</v></c>", Self.text("B4", "x")],
      ]))
    #expect(sink.rows.map(\.record.rawReference) == ["1002"])
    #expect(sink.rejected.map(\.column) == ["ref", "ref"])
    #expect(sink.rejected.allSatisfy { $0.key == nil })
  }

  @Test func `rows of somebody else and deleted ones need no other cell`() throws {
    let error = { (address: String) in "<c r=\"\(address)\" t=\"e\"><v>#N/A</v></c>" }
    let bytes = Self.workbook([
      [Self.text("A2", "A"), error("B2"), Self.text("C2", "gone")],
      [Self.text("A3", "B"), error("B3"), Self.text("C3", "here")],
      [error("A4"), Self.text("B4", "v"), Self.text("C4", "gone")],
      [Self.text("A5", "C"), Self.text("B5", "v"), error("C5")],
    ])
    let elsewhere = try Self.read(
      bytes, rules: "\"where\": {\"column\": \"more\", \"in\": [\"here\"]},")
    #expect(elsewhere.rows.isEmpty)
    #expect(elsewhere.rejected.map(\.line) == [3, 5])
    let deleted = try Self.read(
      bytes, rules: "\"deleted\": {\"column\": \"more\", \"equals\": [\"gone\"]},")
    #expect(deleted.rows.map(\.line) == [2])
    #expect(deleted.rows.first?.record.deletedMarker == true)
    #expect(deleted.rejected.map(\.line) == [3, 4, 5])
  }

  @Test func `a preview without a mapping shows them as text and says so`() throws {
    let bytes = Self.workbook([
      [Self.text("A2", "A"), "<c r=\"B2\" t=\"e\"><v>#REF!</v></c>"],
      ["<c r=\"B3\"><f>1</f></c>"], ["<c r=\"A4\"><v>12345678901234567</v></c>"],
    ])
    let preview = try ExportFixtures.preview(bytes, "b.xlsx")
    #expect(preview.rows == [["A", "#REF!", ""], ["", "", ""], ["12345678901234568", "", ""]])
    #expect(preview.notes.count == 3)
    #expect(preview.notes[0].hasPrefix("B2: the cell holds the error #REF!"))
    #expect(preview.json["notes"]?.arrayValue?.count == 3)
  }

  @Test func `a cell that is there twice is no value`() throws {
    let twice = "<c r=\"B2\"><v>1</v></c><c r=\"B2\"><v>2</v></c>"
    let sink = try Self.read(Self.workbook([[Self.text("A2", "A"), twice]]))
    #expect(sink.rejected.first?.reason == "B2: the cell is there twice")
  }
}
