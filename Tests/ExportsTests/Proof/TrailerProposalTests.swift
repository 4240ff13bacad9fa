import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// A trailer that `init` sees.
@Suite struct TrailerProposalTests {
  private static func draft(_ last: String, rows: Int = 12) throws -> (text: String, bytes: [UInt8])
  {
    let body = (1...rows).map { "K\(1_000 + $0);retail;\($0),50\n" }.joined()
    let bytes = Array("Kundennr;Gruppe;Limit\n\(body)\(last)\n".utf8)
    let file = ExportFile(name: "kunden.csv", bytes: ByteArraySource(bytes))
    let draft = try MappingInference(file, references: []).draft(name: "erp", path: "*.csv")
    return (draft.text, bytes)
  }

  @Test(arguments: [
    ("TRAILER;12", #"^TRAILER;(?<rows>\\d+)"#), ("TRAILER;12;", #"^TRAILER;(?<rows>\\d+);"#),
    ("T;20261201;12", #"^T;\\d+;(?<rows>\\d+)"#), ("*** 12 (rows)", #"^\\*\\*\\* (?<rows>\\d+)"#),
  ])
  func `is proposed with what it says, and reads its file`(
    _ last: String, _ pattern: String
  ) throws {
    let (text, bytes) = try Self.draft(last)
    #expect(text.contains("\"proof\": {\"trailer\": {\"match\": \"\(pattern)"), "\(text)")
    #expect(text.contains("it says 12"))
    #expect(!text.contains("skip_footer_rows"))
    let filled = text.replacing("\"column\": \"\"", with: "\"column\": \"Kundennr\"")
    let mapping = try Mapping(parsing: Array(filled.utf8), file: "erp.json")
    let trial = try ExportTrial(
      ExportFile(name: "kunden.csv", bytes: ByteArraySource(bytes)), by: mapping,
      rule: mapping.export)
    #expect(trial.accepted == 12 && trial.rejected == 0 && trial.missing == nil)
  }

  @Test(arguments: ["TRAILER;13", "TRAILER;12;12", "Summe;;78,00"])
  func `a footer that does not count the rows is none`(_ last: String) throws {
    let text = try Self.draft(last).text
    #expect(!text.contains("\"trailer\""), "\(text)")
  }

  @Test func `a trial and a preview tell what a trailer says`() throws {
    let rules = """
      {"name": "m", "origins": ["erp"],
       "export": {"path": "*", "format": "csv",
                  "proof": {"trailer": {"match": "^END,(?<rows>\\\\d+)"}}},
       "reference": {"column": "id"}, "fields": [{"column": "name", "metadata": "name"}]}
      """
    let mapping = try Mapping(parsing: Array(rules.utf8), file: "m.json")
    func file(_ last: String) -> ExportFile {
      ExportFile(
        name: "a.csv", bytes: ByteArraySource(Array("id,name\n1,A\n2,B\n\(last)".utf8)))
    }
    func preview(_ last: String) throws -> ExportPreview {
      try ExportPreview(file(last), rules: ReadingRules(mapping.export), mapping: mapping)
    }
    #expect(try ExportTrial(file("END,2\n"), by: mapping, rule: mapping.export).missing == nil)
    let missing = try ExportTrial(file(""), by: mapping, rule: mapping.export).missing
    #expect(missing?.contains("no trailer") == true)
    #expect(try preview("END,2\n").notes.contains("its trailer says rows 2, as it is"))
    let later = try preview("").notes
    #expect(later.contains { $0.contains("an import would leave it for later") }, "\(later)")
    for look in [
      { _ = try ExportTrial(file("END,3\n"), by: mapping, rule: mapping.export) },
      { _ = try preview("END,3\n") },
    ] {
      let refusal = try #require(throws: ExportRefusal.self) { try look() }
      #expect(refusal.code == .unproved && refusal.message.contains("3 rows"))
    }
  }
}
