import Exports
import Formats
import Reconciliation
import TestKit
import Testing

@Suite struct NDJSONRowsTests {
  private static func mapping() throws -> Mapping {
    let text = """
      {"name": "m", "origins": ["erp"], "export": {"path": "*", "format": "ndjson"},
       "reference": {"column": "ref"}, "fields": [{"column": "v", "metadata": "v"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  private static func imported(_ text: String) throws -> RowCollector {
    try EncodingRefusalTests.imported(Array(text.utf8), mapping(), "x.ndjson")
  }

  @Test(
    arguments: [
      ("[{\"ref\":\"A\",\"v\":\"x\"}]\n", 1, "a list", "is the format json?"),
      ("\n[\n {\"ref\":\"A\",\"v\":\"x\"},\n]\n", 2, "a list", "is the format json?"),
      ("[1,2]\n[3,4]\n", 1, "a list", "is the format json?"),
      (
        "{\n \"ref\": \"A\",\n \"v\": \"x\"\n}\n", 1, "goes on in the next line",
        "is the format json?"
      ),
      ("{\"ref\": \"A\",\n \"v\": \"x\"}\n", 1, "goes on in the next line", "is the format json?"),
      (
        "{\"ref\":\"A\",\"v\":\"x\"},\n{\"ref\":\"B\",\"v\":\"y\"},\n", 1, "a comma behind",
        "nothing between"
      ),
      (
        "{\"ref\":\"A\",\"v\":\"x\"}{\"ref\":\"B\",\"v\":\"y\"}\n", 1, "several objects",
        "nothing between"
      ),
    ] as [(String, Int, String, String)])
  func `what is no NDJSON is called that, with the line`(
    _ text: String, _ line: Int, _ words: String, _ advice: String
  ) throws {
    let refusal = try #require(throws: ExportRefusal.self) { try Self.imported(text) }
    #expect(refusal.code == .wrongFormat)
    #expect(refusal.line == line)
    #expect(refusal.message.contains("no NDJSON"))
    #expect(refusal.message.contains(words))
    #expect(refusal.advice.contains(advice))
  }

  @Test func `one line of another kind is one row that can't be used`() throws {
    let sink = try Self.imported(
      """
      {"ref":"A","v":"x"}
      {"ref":"B","v":"x"},
      [{"ref":"C","v":"x"}]
      {"ref":"D",
      {"ref":"E","v":"x"} {"ref":"F","v":"x"}
      "G"
      {"ref":"H","v":"x"}

      """)
    #expect(sink.rows.map(\.record.rawReference) == ["A", "H"])
    #expect(sink.rejected.map(\.line) == [2, 3, 4, 5, 6])
    let reasons = sink.rejected.map(\.reason)
    #expect(reasons[0].contains("a comma behind the object"))
    #expect(reasons[1].contains("found an array"))
    #expect(reasons[2].contains("goes on in the next line"))
    #expect(reasons[3].contains("several objects"))
  }

  @Test func `the first thing that is wrong is told, not what follows from it`() throws {
    for text in ["\"A\"\n\"B\"\n", "A;x\nB;y\n", "{\"ref\":\"A\",,}\n{'ref':1}\n"] {
      let refusal = try #require(throws: ExportRefusal.self) { try Self.imported(text) }
      #expect(refusal.line == 1)
      #expect(!refusal.message.contains("column “ref” is missing"))
      #expect(refusal.message.contains("no line is an object"))
    }
  }

  @Test func `a cut last line refuses the file, unless a trailer proves its end`() throws {
    let cut = #expect(throws: ExportRefusal.self) {
      try Self.imported("{\"ref\":\"A\",\"v\":\"x\"}\n{\"ref\":\"B\",")
    }
    #expect(cut?.code == .truncated)
    var rules = ReadingRules()
    rules.trailer = TextPattern("^END")
    let preview = try ExportFixtures.preview(
      Array("{\"ref\":\"A\"}\n{\"ref\":\"B\"}\nEND 2".utf8), "x.ndjson", rules: rules)
    #expect(preview.rows == [["A"], ["B"]])
    #expect(preview.rejected.isEmpty)
  }

  @Test func `a list is called that where one only looks, too`() {
    #expect(ExportFixtures.refusal("[{\"a\":1}]\n", "x.ndjson")?.code == .wrongFormat)
    #expect(ExportFixtures.refusal("[1,2]\n[3,4]\n", "x.ndjson") == nil)
  }
}
