import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// How delimited text is written can be declared: quotes, escapes, comments.
@Suite struct DialectRulesTests {
  private static func mapping(_ export: String, _ format: String = "csv") throws -> Mapping {
    let text = """
      {"name": "m", "origins": ["erp"],
       "export": {"path": "*", "format": "\(format)", \(export) "settle": "0s"},
       "reference": {"column": "ref"}, "fields": [{"column": "v", "metadata": "v"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  private static func values(
    _ text: String, _ export: String, _ format: String = "csv"
  ) throws -> [String?] {
    let sink = try EncodingRefusalTests.imported(Array(text.utf8), mapping(export, format))
    #expect(sink.rejected.isEmpty, "\(sink.rejected)")
    return sink.rows.map { $0.cells[1].text }
  }

  @Test(
    arguments: [
      (
        "ref\tv\nA\t\"Firma\" GmbH\nB\tplain\n", "\"quote\": null,", "tsv",
        ["\"Firma\" GmbH", "plain"]
      ),
      (
        "ref;v\nA;\"\nB;a\"b", "\"quote\": null, \"delimiter\": \";\",", "csv",
        ["\"", "a\"b"]
      ),
      ("ref,v\nA,'x,\"y\"'\nB,its\n", "\"quote\": \"'\",", "csv", ["x,\"y\"", "its"]),
      ("ref,v\nA,'it''s'\n", "\"quote\": \"'\", \"escape\": \"'\",", "csv", ["it's"]),
      ("ref,v\nA,\"a\\\"b\"\n", "\"escape\": \"\\\\\",", "csv", ["a\"b"]),
      ("ref,v\nA,\"C:\\\"\nB,\"x\"\"y\"\n", "\"escape\": \"\\\"\",", "csv", ["C:\\", "x\"y"]),
      (
        "ref|v\nA|a\\|b\n", "\"quote\": null, \"escape\": \"\\\\\", \"delimiter\": \"|\",", "csv",
        ["a|b"]
      ),
      ("# made by X\n#\nref,v\n#A,old\nA,#1\n", "\"comment\": \"#\",", "csv", ["#1"]),
      ("--x\nref,v\n-A,1\n--\n", "\"comment\": \"--\",", "csv", ["1"]),
      ("ref,v\nA,\"1\n# no comment\"\n", "\"comment\": \"#\",", "csv", ["1\n# no comment"]),
    ] as [(String, String, String, [String])])
  func `a declared dialect reads to the letter`(
    _ text: String, _ export: String, _ format: String, _ expected: [String]
  ) throws {
    #expect(try Self.values(text, export, format) == expected)
  }

  @Test func `comments count as lines`() throws {
    let sink = try EncodingRefusalTests.imported(
      Array("#1\nref,v\n#3\nA,1\n#5\nB\nC,2\n".utf8), Self.mapping("\"comment\": \"#\","))
    #expect(sink.rows.map(\.line) == [4, 7])
    #expect(sink.rejected.map(\.line) == [6])
  }

  @Test func `a trailer may stand in a comment, and no row is lost for it`() throws {
    var rules = ReadingRules()
    rules.comment = "#"
    rules.trailer = TextPattern("^(# )?rows: (?<rows>[0-9]+)")
    let text = "ref,v\nA,1\nB,2\n# rows: 2\n"
    let preview = try ExportFixtures.preview(Array(text.utf8), "x.csv", rules: rules)
    #expect(preview.rows == [["A", "1"], ["B", "2"]])
    let plain = text.replacing("# rows", with: "rows")
    let other = try ExportFixtures.preview(Array(plain.utf8), "x.csv", rules: rules)
    #expect(other.rows == preview.rows)
  }

  @Test func `a broken quote is told with the way to read quotes as text`() throws {
    let sink = try EncodingRefusalTests.imported(
      Array("ref\tv\nA\t\"Firma\" GmbH\n".utf8), Self.mapping("", "tsv"))
    #expect(sink.rejected.map(\.line) == [2])
    #expect(sink.rejected[0].reason.contains("export.quote to null"))
  }

  @Test(arguments: [
    ("\"quote\": \"ab\",", "export.quote"), ("\"quote\": \"a\",", "export.quote"),
    ("\"quote\": \"„\",", "export.quote"), ("\"quote\": \"\",", "export.quote"),
    ("\"quote\": \";\", \"delimiter\": \";\",", "export.quote"),
    ("\"escape\": \"x\",", "export.escape"),
    ("\"quote\": null, \"escape\": \"\\\"\",", "export.escape"),
    ("\"comment\": \"\",", "export.comment"), ("\"comment\": \"\\\"\",", "export.comment"),
    ("\"comment\": \" #\",", "export.comment"), ("\"member\": \"\",", "export.member"),
    ("\"encoding\": \"utf-8//IGNORE\",", "export.encoding"),
  ])
  func `what can't be is a problem of the mapping`(_ export: String, _ path: String) throws {
    let problems = try #require(throws: SettingsProblems.self) { try Self.mapping(export) }
    #expect(problems.problems.map(\.path) == [path])
  }

  @Test func `what a file means changes with its dialect`() throws {
    let plain = try Self.mapping("").rulesDigest
    for export in [
      "\"quote\": null,", "\"escape\": \"\\\\\",", "\"comment\": \"#\",", "\"member\": \"*\",",
    ] {
      #expect(try Self.mapping(export).rulesDigest != plain)
    }
    #expect(try Self.mapping("\"quote\": \"\\\"\",").rulesDigest == plain)
  }
}
