import Formats
import Testing

@Suite struct CSVWriterTests {
  @Test func `fields are quoted where they must be`() {
    var writer = CSVWriter()
    writer.write(["a", "b,c", "d\"e", "f\ng", " h", ""])
    writer.write([""])
    #expect(writer.text == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\" h\",\r\n\"\"\r\n")
    #expect(writer.take().count == 32)
    #expect(writer.bytes.isEmpty)
  }

  @Test(arguments: [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "  \u{A0}=1", "\"=1", "'=1", "＝1", "＋1",
    "－1", "＠x", "\u{200B}=1", "\u{FEFF}=1", "\tx", "\n=1", "\u{3000}=1", "\u{2212}1",
  ])
  func `a cell can't start a formula`(cell: String) {
    var writer = CSVWriter(lineEnding: "\n", guardsFormulas: true)
    writer.write([cell])
    #expect(writer.text.utf8.starts(with: "\"'".utf8))
    var plain = CSVWriter(lineEnding: "\n")
    plain.write([cell])
    #expect(writer.bytes.count > plain.bytes.count)
  }

  @Test(arguments: ["", "a=1", "1-2", "x@y", "12.5", "a", "ü", "(=1)"])
  func `ordinary cells stay as they are`(cell: String) {
    #expect(!CSVWriter.startsFormula(cell))
  }
}
