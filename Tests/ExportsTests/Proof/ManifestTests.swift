import Formats
import Reconciliation
import Testing

@testable import Exports

@Suite struct ManifestTests {
  static func entries(_ text: String, _ name: String) throws -> [Manifest.Entry] {
    var rule = ProofRule.Manifest(path: "x")
    (rule.file, rule.rows, rule.sha256) = ("name", "rows", "sha")
    let file = ExportFile(name: name, bytes: ByteArraySource(Array(text.utf8)))
    return try Manifest(file, by: rule).entries
  }

  static let two = [
    Manifest.Entry(file: "a.csv", rows: "3", sha256: "00ff"),
    Manifest.Entry(file: "b.csv", rows: "12", sha256: "11ee"),
  ]

  @Test(arguments: [
    ("name;rows;sha\na.csv;3;00ff\nb.csv;12;11ee\n", "m.csv"),
    ("more\tname\trows\tsha\nx\ta.csv\t3\t00ff\nx\tb.csv\t12\t11ee\n", "m.tsv"),
    (
      #"[{"name": "a.csv", "rows": 3, "sha": "00ff"}, {"name": "b.csv", "rows": "12", "sha": "11ee"}]"#,
      "m.json"
    ),
    (
      "\u{FEFF}"
        + #"{"at": "x", "files": [{"name": "a.csv", "rows": 3, "sha": "00ff", "columns": [{"id": 1}]}, {"name": "b.csv", "rows": 12, "sha": "11ee"}]}"#,
      "m.manifest.json"
    ),
    (
      "{\"name\": \"a.csv\", \"rows\": 3, \"sha\": \"00ff\"}\n{\"name\": \"b.csv\", \"rows\": 12, \"sha\": \"11ee\"}\n",
      "m.ndjson"
    ),
  ])
  func `is read as table and as document`(_ text: String, _ name: String) throws {
    #expect(try Self.entries(text, name) == Self.two)
  }

  @Test(arguments: [("{\"name\": ", "m.json"), ("file;rows\na.csv;3\n", "m.csv"), ("", "m.csv")])
  func `one that is not whole is none`(_ text: String, _ name: String) {
    #expect(throws: ExportRefusal.self) { try Self.entries(text, name) }
  }
}
