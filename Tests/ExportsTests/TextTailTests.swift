import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// How a text ends is told with the facts of its import.
@Suite struct TextTailTests {
  @Test(
    arguments: [
      ("id,name,limit\n1,A,1\n", "csv", true), ("id,name,limit\n1,A,1", "csv", false),
      ("id,name,limit\r1,A,1\r", "csv", true), ("id,name,limit\r\n1,A,1\r\n", "csv", true),
      ("id,name,limit\n1,A,\"1\"", "csv", false), ("id,name,limit\n1,A,\"1\"\n \n", "csv", true),
      ("{\"id\":\"1\",\"name\":\"A\",\"limit\":1}\n", "ndjson", true),
      ("{\"id\":\"1\",\"name\":\"A\",\"limit\":1}", "ndjson", false),
      ("[{\"id\":\"1\",\"name\":\"A\",\"limit\":1}]\n", "json", nil),
    ] as [(String, String, Bool?)])
  func `tells whether the last line has an end`(
    _ text: String, _ format: String, _ expected: Bool?
  ) throws {
    let mapping = try ExportReaderTests.mapping(format: format)
    let (facts, _) = try ExportReaderTests.read(text, mapping, name: "x.\(format)")
    #expect(facts.endsWithNewline == expected)
    #expect(facts.accepted == 1)
    #expect(facts.footer.isEmpty)
  }

  @Test func `tells the lines of the footer as they stand`() throws {
    var mapping = try ExportReaderTests.mapping().export
    mapping.skipFooterRows = 2
    let rows = (1...20_000).map { "\($0),name of \($0),\($0)\n" }.joined()
    let text = "id,name,limit\n" + rows + "\nSum: \"20000\";ü\r\n\n\"end\"\r\n"
    let facts = try Self.facts(text, mapping)
    #expect(facts.footer == ["Sum: \"20000\";ü", "\"end\""])
    #expect(facts.rows == 20_000)
    mapping.skipFooterRows = 40
    let many = try Self.facts(text, mapping)
    #expect(many.footer.count == 10)
    #expect(many.footer.first == "19993,name of 19993,19993")
    #expect(many.rows == 19_962)
  }

  @Test func `cuts a long line, and leaves out one that began too long ago`() throws {
    var mapping = try ExportReaderTests.mapping().export
    mapping.skipFooterRows = 1
    let long = String(repeating: "x", count: 10_000)
    let facts = try Self.facts("id,name,limit\n1,A,1\n\(long)\n", mapping)
    #expect(facts.footer == [String(long.prefix(4096))])
    let longer = String(repeating: "x", count: 600_000)
    #expect(try Self.facts("id,name,limit\n1,A,1\n\(longer)\n", mapping).footer.isEmpty)
  }

  @Test(arguments: ["END 2\n", "END 2", "END,2,\n\n"])
  func `keeps a trailer from the rows, also one without an end`(_ trailer: String) throws {
    var rules = ReadingRules()
    rules.trailer = TextPattern("^END")
    let preview = try ExportFixtures.preview(
      Array("id,name,limit\n1,A,1\n2,B,2\n\(trailer)".utf8), "x.csv", rules: rules)
    #expect(preview.rows == [["1", "A", "1"], ["2", "B", "2"]])
    #expect(preview.rejected.isEmpty)
  }

  private static func facts(_ text: String, _ rule: ExportRule) throws -> ExportFacts {
    let mapping = try ExportReaderTests.mapping()
    let changed = Mapping(
      name: mapping.name, origins: mapping.origins, export: rule, reference: mapping.reference,
      fields: mapping.fields)
    return try ExportReaderTests.read(text, changed).facts
  }
}
