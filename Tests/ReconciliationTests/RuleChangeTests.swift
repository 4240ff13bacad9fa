import Formats
import Reconciliation
import Testing

/// What a change of a mapping asks for what stands.
struct RuleChangeTests {
  static func rules(
    export: String = #"{"path": "*.csv", "format": "csv"}"#, _ members: String = "",
    fields: String = #"{"column": "A", "metadata": "a"}"#
  ) throws -> RecordRules {
    let text = """
      {"name": "erp", "origins": ["erp"], "export": \(export), "reference": {"column": "ID"},
       \(members) "fields": [\(fields)]}
      """
    return try Mapping(parsing: Array(text.utf8), file: "erp.json").recordRules
  }

  @Test func `policies, values and waiting ask for nothing`() throws {
    let plain = try Self.rules()
    let other = try Self.rules(
      export: #"{"path": "new/*.csv", "format": "csv", "settle": "5m", "max_age": "1d"}"#,
      #""cardinality": "many_to_one", "reactions": {"remote_only": "count"},"#,
      fields: #"{"column": "A", "metadata": "b", "policy": "source", "values": {"1": "x"}}"#)
    #expect(plain == other)
    #expect(plain.json.written() == other.json.written())
  }

  static let kept: [(members: String, moves: Bool)] = [
    (#""origin_column": {"column": "ID", "values": {"x": "erp"}},"#, true),
    (#""changed_at": {"column": "A"},"#, false),
    (#""deleted": {"column": "A", "equals": ["X"]},"#, false),
    (#""where": {"column": "A", "in": ["x"]},"#, false),
  ]

  @Test(arguments: kept)
  func `what the cells tell is made anew from them`(_ change: (members: String, moves: Bool)) throws
  {
    let found = RuleChange(from: try Self.rules(), to: try Self.rules(change.members))
    #expect(found.redoesRecords)
    #expect(found.movesKeys == change.moves)
    #expect(found.rereads(.full, rejected: []).isEmpty)
  }

  @Test func `a column that was not read, or read in another way, is read again`() throws {
    let plain = try Self.rules()
    let more = try Self.rules(
      #""changed_at": {"column": "AT"},"#,
      fields: #"{"column": "A", "metadata": "a"}, {"column": "B", "metadata": "b"}"#)
    let change = RuleChange(from: plain, to: more)
    #expect(change.rereads(.full, rejected: []) == [.column("AT"), .column("B")])
    #expect(RuleChange(from: more, to: plain).rereads(.full, rejected: []).isEmpty)
    let otherwise = try Self.rules(
      export: #"{"path": "*.csv", "format": "csv", "nulls": ["", "-"]}"#)
    #expect(RuleChange(from: plain, to: otherwise).rereads(.full, rejected: []) == [.reading])
    #expect(RuleChange(from: plain, to: otherwise).rereads(.delta, rejected: []).isEmpty)
  }

  @Test func `letters composed in two ways are two columns`() throws {
    let composed = try Self.rules(fields: "{\"column\": \"\u{E9}\", \"metadata\": \"a\"}")
    let taken = try Self.rules(fields: "{\"column\": \"e\u{301}\", \"metadata\": \"a\"}")
    #expect(RuleChange(from: composed, to: taken).rereads(.full, rejected: []).count == 1)
    let read = RecordRules(json: taken.json)
    #expect(read == taken)
  }

  @Test func `a filter that takes more is read again, one that takes less is not`() throws {
    func filter(_ texts: String, column: String = "A") throws -> RecordRules {
      try Self.rules(#""where": {"column": "\#(column)", "in": [\#(texts)]},"#)
    }
    func asks(_ old: RecordRules, _ new: RecordRules) -> Bool {
      RuleChange(from: old, to: new).rereads(.full, rejected: []).contains(.filter)
    }
    let (none, one, two) = (try Self.rules(), try filter("\"x\""), try filter("\"x\", \"y\""))
    let (other, column) = (try filter("\"z\""), try filter("\"x\"", column: "ID"))
    let padded = try filter("\" x \"")
    #expect(asks(one, two) && asks(one, none) && asks(two, other) && asks(one, column))
    #expect(!asks(two, one) && !asks(none, one) && !asks(one, padded))
  }

  @Test func `rows that were rejected for a column are read again when its rules change`() throws {
    let decimal = try Self.rules(
      fields: #"{"column": "A", "metadata": "a", "type": "decimal"}"#)
    let change = RuleChange(from: decimal, to: try Self.rules())
    #expect(change.rereads(.full, rejected: ["A", "ID"]) == [.rejected(column: "A")])
    #expect(change.rereads(.full, rejected: []).isEmpty)
    #expect(!change.redoesRecords)
  }

  @Test func `rows that a wrong time passed over are read again when it is corrected`() throws {
    let wrong = try Self.rules(#""changed_at": {"column": "A", "format": "MM.dd.yyyy"},"#)
    let right = try Self.rules(#""changed_at": {"column": "A", "format": "dd.MM.yyyy"},"#)
    let change = RuleChange(from: wrong, to: right)
    #expect(change.redoesRecords)
    #expect(change.rereads(.full, rejected: [], hasStale: true) == [.order])
    #expect(change.rereads(.full, rejected: [], hasStale: false).isEmpty)
  }
}
