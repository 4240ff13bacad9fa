import Exports
import Formats
import TestKit
import Testing

@Suite struct DelimitedRowsTests {
  @Test(
    arguments: [
      ("a,b\n1,2\n", ",", [["1", "2"]]), ("a;b\n1;2,5\n", ";", [["1", "2,5"]]),
      ("a\tb\n1\t2\n", "\t", [["1", "2"]]), ("a|b\n1|2\n", "|", [["1", "2"]]),
      ("sep=;\na;b\n1;2\n", ";", [["1", "2"]]), ("\u{FEFF}a,b\r\n1,2", ",", [["1", "2"]]),
      ("a,b\r1,2\r", ",", [["1", "2"]]), ("a, \"b\"\n1 , \"x,y\" \n", ",", [["1 ", "x,y"]]),
      ("a,b\n\n1,2\n\n\n", ",", [["1", "2"]]), ("a\n\n10:30\n", ",", [[""], ["10:30"]]),
      ("a,b\n,\n", ",", [["", ""]]), ("a,b\n\"x\ny\",2\n", ",", [["x\ny", "2"]]),
      ("a,b\n\"1\\\"2\",\"\\\\\"\n", ",", [["1\"2", "\\"]]),
      ("p;\"C:\\\"\n\"D:\\\";x\n", ";", [["D:\\", "x"]]),
    ] as [(String, String, [[String?]])])
  func `finds out the dialect`(_ text: String, _ delimiter: String, _ rows: [[String?]]) throws {
    let preview = try ExportFixtures.preview(text, "x.csv")
    #expect(preview.dialect.delimiter == delimiter)
    #expect(preview.rows == rows)
    #expect(preview.rejected.isEmpty)
  }

  @Test func `rejects ragged and damaged rows with their line and goes on`() throws {
    let preview = try ExportFixtures.preview(
      "a,b\n1,2\n\"x\ny\",2,3\n4\nq\"r,5\n\"t\"u,6\n7,8\n", "x.csv")
    #expect(preview.rows == [["1", "2"], ["7", "8"]])
    #expect(preview.rejected.map(\.line) == [3, 5, 6, 7])
    let reasons = preview.rejected.map(\.reason)
    #expect(reasons[0].hasPrefix("3 cells where the header has 2"))
    #expect(reasons[0].contains("“,”"))
    #expect(reasons[1].hasPrefix("1 cell where the header has 2"))
    #expect(preview.total == 6)
  }

  @Test func `skips a preamble and a footer`() throws {
    let text = "Report \"Customers\nprinted 1 \"\" 2\na,b\n1,2\n3,4\n\nTotal,2\nCopyright\n"
    let preview = try ExportFixtures.preview(
      Array(text.utf8), "x.csv", rules: ReadingRules(headerRow: 3, skipFooterRows: 2))
    #expect(preview.columns == ["a", "b"])
    #expect(preview.rows == [["1", "2"], ["3", "4"]])
    #expect(preview.rejected.isEmpty)
  }

  @Test func `shows headers exactly, also repeated and empty ones`() throws {
    let preview = try ExportFixtures.preview(" a ,,a\n1,2,3\n", "x.csv")
    #expect(preview.columns == [" a ", "", "a"])
    #expect(preview.rows == [["1", "2", "3"]])
  }

  @Test func `reads nothing but a header without complaint`() throws {
    let preview = try ExportFixtures.preview("a,b\n", "x.csv")
    #expect(preview.rows.isEmpty)
    #expect(preview.total == 0)
  }

  @Test func `limits the rows it shows and counts them all`() throws {
    let text = "a\n" + (1...50).map { "\($0)\n" }.joined()
    let file = ExportFile(name: "x.csv", bytes: ByteArraySource(Array(text.utf8)))
    let preview = try ExportPreview(file, rules: ReadingRules(), rowsMax: 3)
    #expect(preview.rows == [["1"], ["2"], ["3"]])
    #expect(preview.json["total"] == 50)
  }
}
