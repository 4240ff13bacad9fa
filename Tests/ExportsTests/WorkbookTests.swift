import Exports
import Formats
import TestKit
import Testing

@Suite struct WorkbookTests {
  static let styles = """
    <numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/>\
    <numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="&quot;d&quot;0"/>\
    </numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>\
    <xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>
    """

  static func cell(_ name: String, _ attributes: String, _ value: String) -> String {
    "<c r=\"\(name)\" \(attributes)>\(value)</c>"
  }

  static func column(_ cells: [String], date1904: Bool = false) throws -> [String?] {
    let rows = cells.enumerated().map { "<row r=\"\($0 + 2)\">\($1)</row>" }.joined()
    let header = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>v</t></is></c></row>"
    let bytes = ExportFixtures.workbook(
      sheet: header + rows, styles: styles, date1904: date1904)
    return try ExportFixtures.preview(bytes, "b.xlsx").rows.map { $0[0] }
  }

  @Test func `writes numbers in their shortest form`() throws {
    let values = ["1002.0", "2.2999999999999998", "1.0000042E7", " 7 ", "-0"]
    let cells = values.enumerated().map { Self.cell("A\($0 + 2)", "", "<v>\($1)</v>") }
    #expect(try Self.column(cells) == ["1002", "2.3", "10000042", "7", "0"])
  }

  @Test func `reads dates of both epochs, formulas, booleans and errors`() throws {
    let cells = [
      Self.cell("A2", "s=\"1\"", "<v>45292</v>"), Self.cell("A3", "s=\"2\"", "<v>45292.75</v>"),
      Self.cell("A4", "s=\"3\"", "<v>1.5</v>"), Self.cell("A5", "s=\"4\"", "<v>7</v>"),
      Self.cell("A6", "t=\"b\"", "<v>1</v>"), Self.cell("A7", "t=\"e\"", "<v>#N/A</v>"),
      Self.cell("A8", "t=\"str\"", "<f>A1&amp;A2</f><v>ab</v>"),
      Self.cell("A9", "s=\"1\"", "<v>59</v>"), Self.cell("A10", "s=\"1\"", "<v>61</v>"),
      Self.cell("A11", "s=\"2\"", "<v>0.5</v>"),
    ]
    #expect(
      try Self.column(cells) == [
        "2024-01-01", "2024-01-01T18:00:00", "1.5", "7", "true", "#N/A", "ab", "1900-02-28",
        "1900-03-01", "12:00:00",
      ])
    #expect(try Self.column([cells[0]], date1904: true) == ["2028-01-02"])
  }

  @Test func `joins rich text and leaves phonetic hints out`() throws {
    let text = "<is><r><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r><rPh><t>x</t></rPh></is>"
    #expect(try Self.column([Self.cell("A2", "t=\"inlineStr\"", text)]) == ["a b"])
  }

  @Test func `fills gaps and counts rows as the sheet does`() throws {
    let header =
      "<row r=\"2\"><c r=\"B2\" t=\"str\"><v>x</v></c><c r=\"D2\" t=\"str\"><v>y</v></c></row>"
    let rows =
      "<row r=\"5\"><c r=\"D5\"><v>1</v></c></row><row r=\"6\"/><row r=\"7\"><c r=\"F7\"><v>1</v></c></row>"
    let bytes = ExportFixtures.workbook(sheet: header + rows)
    let preview = try ExportFixtures.preview(bytes, "b.xlsx", rules: ReadingRules(headerRow: 2))
    #expect(preview.columns == ["", "x", "", "y"])
    #expect(preview.rows == [["", "", "", "1"]])
    #expect(preview.rejected.map(\.line) == [7])
  }

  @Test func `takes a named sheet and names those there are`() throws {
    let bytes = ExportFixtures.workbook(
      sheet: "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", sheetName: "Kunden &amp; Co")
    let at = { try ExportFixtures.preview(bytes, "b.xlsx", rules: ReadingRules(rowsAt: $0)) }
    #expect(try at("kunden & co").dialect.rowsAt == "Kunden & Co")
    let refusal = #expect(throws: ExportRefusal.self) { try at("Orders") }
    #expect(refusal?.code == .sheet)
    #expect(refusal?.message.contains("Kunden & Co") == true)
  }

  @Test func `takes the first sheet that a person sees`() throws {
    let bytes = ExportFixtures.workbook(
      sheet: "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", hiddenSheet: "Lists")
    #expect(try ExportFixtures.preview(bytes, "b.xlsx").dialect.rowsAt == "Tabelle1")
    let named = ReadingRules(rowsAt: "Lists")
    #expect(try ExportFixtures.preview(bytes, "b.xlsx", rules: named).dialect.rowsAt == "Lists")
  }
}
