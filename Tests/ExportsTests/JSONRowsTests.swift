import Exports
import Reconciliation
import TestKit
import Testing

@Suite struct JSONRowsTests {
  @Test(arguments: [
    "[]", "{}", "\"text\"", "1.50", "null", "true", "[1, \"a\"]", "{\"a\": {\"b\": [1]}}", " [ ] ",
    "[[1], {\"a\": 2}, null]", "{\"a\": 1, \"a\": 2}", "{\"a\": []}", "{\"x\": [[]]}",
    "[\"\\uD800\"]", "\u{FEFF}[1]", "{\"\": 0}", "[1E+2, -0, 0.4e00669999999]",
  ])
  func `takes every sound JSON text`(_ text: String) {
    #expect(ExportFixtures.refusal(text, "x.json") == nil)
  }

  @Test(arguments: [
    "[1,]", "{\"a\": 1,}", "[01]", "[+1]", "[.5]", "[1.]", "[NaN]", "['a']", "{a: 1}", "[1] x",
    "[\"\t\"]", "[\"\\x\"]", "nul", "\"a", "{\"a\"", "[1 2]", "", " ", "[\"\\u12\"]", "{\"a\" 1}",
    "{\"a\": [1}", "[/* */]", "[{\"a\": 1}, {\"a\": }]", "{\"rows\": [{}], x}", "1 2", "]",
    "[\u{B}]",
  ])
  func `refuses every text that is none`(_ text: String) {
    #expect(ExportFixtures.refusal(text, "x.json") != nil)
  }

  @Test func `shows typed cells as text and missing ones as null`() throws {
    let preview = try ExportFixtures.preview(
      """
      {"meta": {"n": 2}, "value": [
        {"a": "x", "b": 1.0, "c": true, "d": null},
        {"a": "", "e": {"f": [1, 2.50]}, "g": []}
      ]}
      """, "x.json")
    #expect(preview.dialect.rowsAt == "/value")
    #expect(preview.columns == ["a", "b", "c", "d", "e", "g"])
    #expect(
      preview.rows == [
        ["x", "1.0", "true", nil, nil, nil], ["", nil, nil, nil, "{\"f\":[1,2.50]}", "[]"],
      ])
  }

  @Test func `shows rows that are lists or plain values`() throws {
    let preview = try ExportFixtures.preview("[[1, 2], \"x\"]", "x.json")
    #expect(preview.columns == ["1", "2", "value"])
    #expect(preview.rows == [["1", "2", nil], [nil, nil, "x"]])
  }

  @Test func `rejects a row with a member that is there twice`() throws {
    let preview = try ExportFixtures.preview("[{\"a\": 1},\n{\"a\": 1, \"a\": 2}]", "x.json")
    #expect(preview.rows == [["1"]])
    #expect(preview.rejected.map(\.line) == [2])
  }

  @Test func `tells one document from many lines`() throws {
    let lines = try ExportFixtures.preview("{\"a\": 1}\n\n{\"a\": 2}\n", "x.txt")
    #expect(lines.dialect.format.rawValue == "ndjson")
    #expect(lines.rows == [["1"], ["2"]])
    #expect(try ExportFixtures.preview("{\"a\":\n1}", "x.dat").dialect.format.rawValue == "json")
  }
}
