import Formats
import Reconciliation
import Testing

/// Several exports of one source.
@Suite struct ExportRuleTests {
  static func mapping(exports: String) throws -> Mapping {
    let text = """
      {"name": "m", "origins": ["m"], \(exports), "reference": {"column": "ID"},
       "fields": [{"column": "A", "metadata": "a"}]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "m.json")
  }

  static let full = #"{"path": "full_*.csv", "format": "csv", "max_age": "36h"}"#
  static let delta =
    #"{"path": "d_*.json", "format": "json", "mode": "delta", "max_age": "3h", "rows_at": "/v"}"#

  @Test func `the full one comes first, whatever the order in the file`() throws {
    let read = try Self.mapping(exports: #""exports": [\#(Self.delta), \#(Self.full)]"#)
    #expect(read.exports.map(\.mode) == [.full, .delta])
    #expect(read.export == read.exports[0])
    #expect(read.exports[1].rowsAt == "/v" && read.exports[1].format == .json)
    #expect(read.maxAgeSeconds == 10_800.0)
    let guards = read.exports.map { GuardOverrides.of(read, $0, configuration: nil) }
    let ages: [GuardSetting?] = [.figure(129_600), .figure(10_800)]
    #expect(guards.map { $0.settings[.maxAge] } == ages)
  }

  /// A mirror that was filled by `export` goes on with the list of the same one.
  @Test func `a list of one means what the one alone means`() throws {
    let alone = try Self.mapping(exports: #""export": \#(Self.full)"#)
    let listed = try Self.mapping(exports: #""exports": [\#(Self.full)]"#)
    #expect(listed.rulesDigest == alone.rulesDigest)
    #expect(listed.recordsDigest == alone.recordsDigest)
    let both = try Self.mapping(exports: #""exports": [\#(Self.full), \#(Self.delta)]"#)
    #expect(both.recordsDigest != alone.recordsDigest)
  }

  /// Members of a mapping file, and what the problem must say.
  static let faults: [(exports: String, words: String)] = {
    let other = full.replacing("full_", with: "all_")
    let misspelled = full.replacing("max_age", with: "maxage")
    return [
      ("\"export\": \(full), \"exports\": [\(delta)]", "not both"),
      ("\"exports\": []", "at least 1"),
      ("\"exports\": [\(full), \(other)]", "two of them are full"),
      ("\"exports\": [\(delta), \(delta)]", "same path"),
      ("\"exports\": [\(misspelled)]", "unknown key"),
    ]
  }()

  @Test(arguments: faults)
  func `a list that can't be meant is refused`(_ exports: String, _ words: String) throws {
    do {
      _ = try Self.mapping(exports: exports)
      Issue.record("\(exports) was taken")
    } catch let problems as SettingsProblems {
      #expect("\(problems)".contains(words), "\(problems)")
    }
  }
}
