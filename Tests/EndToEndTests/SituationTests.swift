import Foundation
import Testing

/// Every row of the table of situations, and the names of all members, through the command line.
@Suite(.serialized) struct SituationTests {
  /// The table of the contract, in its order.
  private static let situations = [
    "source_duplicate", "remote_duplicate", "key_collision", "unknown_origin", "unreferenced",
    "identity_mismatch", "rekeyed", "both_deleted", "remote_deleted", "source_deleted",
    "remote_only", "source_only", "conflict", "invalid", "update", "drift_accepted", "in_sync",
  ]

  private static let mapping = """
    {
      "name": "erp", "origins": ["erp"],
      "export": {"path": "../exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s"},
      "reference": {"column": "ID", "normalize": ["trim", "strip_leading_zeros"]},
      "deleted": {"column": "DEL", "equals": ["X"]},
      "verify": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}],
      "correlate": [
        {"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}],
      "fields": [
        {"column": "GROUP", "metadata": "group"},
        {"column": "LIMIT", "metadata": "/erp/limit", "type": "decimal"},
        {"column": "NOTE", "metadata": "note", "policy": "remote"}
      ]
    }
    """

  private static let columns = "ID;MAIL;GROUP;LIMIT;NOTE;DEL\n"

  /// Row `number`: linked ones agree unless something is put in the place of a cell.
  private static func row(
    _ number: Int, id: String? = nil, mail: String? = nil, group: String = "g", note: String = "n",
    deleted: Bool = false
  ) -> String {
    "\(id ?? "\(number)");\(mail ?? "p\(number)@example.com");\(group);1.50;\(note);"
      + (deleted ? "X\n" : "\n")
  }

  private static func reset(
    _ number: Int, id: String? = nil, reference: String? = "", origin: String? = "erp"
  ) -> Shop.Reset {
    Shop.Reset(
      id: id ?? "reset\(number)", email: "p\(number)@example.com",
      reference: reference == "" ? "\(number)" : reference, origin: origin)
  }

  /// A shop in which every situation comes about with its next run.
  private static func shop() async throws -> Shop {
    var resets = (1...12).map { reset($0) }
    resets += [reset(12, id: "twin"), reset(14, origin: "elsewhere")]
    resets += [reset(17, id: "bare", reference: nil), reset(16)]
    let shop = try await Shop(resets: resets)
    try shop.writeConfiguration(
      safety: "{\"first_run\": \"push\", "
        + ["updates", "same_field", "same_value", "clears", "changed_column", "overlap", "shrink"]
        .map { "\"\($0)\": \"off\"" }.joined(separator: ", ") + "}")
    try shop.write(mapping, to: "Mappings/erp.json")
    let rows = (1...10).map { row($0) }.joined()
    try shop.write(columns + rows, to: "exports/20261101.csv")
    _ = try await shop.reconcile()
    _ = try await shop.reconcile()
    return shop
  }

  /// Both sides move, so that each row of the table is met.
  private static func upset(_ shop: Shop) async throws {
    try await shop.edit("reset1", #"{"metadata": {"group": "theirs", "erp": {"limit": 1.50}}}"#)
    try await shop.edit("reset2", #"{"metadata": {"group": "g", "erp": "text"}}"#)
    try await shop.edit("reset4", #"{"reference": "99"}"#)
    for id in ["reset5", "reset6"] { _ = try await shop.control("resets/\(id)", method: "DELETE") }
    let rows = [
      row(1), row(2), row(3, group: "moved"), row(4), row(5, deleted: true), row(6),
      row(7, deleted: true), row(8, mail: "other@example.com"), row(9), row(10, note: ""),
      row(11), row(11, group: "another"), row(12), row(13), row(13, id: "013"), row(17),
    ]
    try shop.write(columns + rows.joined(), to: "exports/20261102.csv")
    #expect(try await shop.program.run(["pull", "--full"]).exit == 0)
  }

  @Test func `each situation by its name, each item in exactly one`() async throws {
    let shop = try await Self.shop()
    try await Self.upset(shop)
    let dry = try await shop.reconcile(["--dry-run"])
    let run = try await shop.reconcile()
    let all = try #require(run.members["situations"] as? [String: Int])
    #expect(Set(all.keys) == Set(Self.situations))
    #expect(
      run.situations == [
        "source_duplicate": 1, "remote_duplicate": 2, "key_collision": 1, "unknown_origin": 1,
        "unreferenced": 1, "identity_mismatch": 1, "rekeyed": 1, "both_deleted": 1,
        "remote_deleted": 1, "source_deleted": 1, "remote_only": 1, "source_only": 1,
        "conflict": 1, "invalid": 1, "update": 1, "drift_accepted": 1, "in_sync": 1,
      ])
    #expect(dry.situations == run.situations)
    #expect(dry.number("plan.updates") == run.number("plan.updates"))
    #expect(run.number("plan.updates") == 1)
    #expect(run.number("push.applied") == 1)

    // What is closed is no item any more, what was written agrees.
    let next = try await shop.reconcile()
    #expect(next.situations["both_deleted"] == nil)
    #expect(next.situations["update"] == nil)
    #expect(next.situations["in_sync"] == 1)
    #expect(next.number("plan.updates") == 0)
    #expect(next.number("push.requests") == 0)
    try await conflictsHaveTheirNames(shop)
    try await explainHasItsNames(shop)
  }

  private func conflictsHaveTheirNames(_ shop: Shop) async throws {
    let (_, listed, _) = try await shop.json(["conflicts", "--limit", "100"])
    let conflicts = try #require(listed as? [[String: Any]])
    let names: Set = [
      "id", "kind", "severity", "state", "mapping", "reference", "reference_origin", "reset",
      "field", "base", "source", "remote", "remote_changed_by", "first_seen", "last_seen",
      "occurrences", "assignee", "decision", "version",
    ]
    #expect(conflicts.allSatisfy { Set($0.keys) == names })
    let severities = Dictionary(
      conflicts.map { ($0["kind"] as? String ?? "", $0["severity"] as? String ?? "") }
    ) { first, _ in first }
    #expect(
      severities == [
        "source_duplicate": "high", "remote_duplicate": "high", "key_collision": "high",
        "unknown_origin": "medium", "unreferenced": "low", "identity_mismatch": "critical",
        "rekeyed": "high", "remote_deleted": "low", "source_deleted": "low",
        "remote_only": "medium", "conflict": "high", "invalid": "medium",
      ])
    #expect(conflicts.count == severities.count, "one per problem")
    let bare = conflicts.first { $0["kind"] as? String == "unreferenced" }
    #expect(bare?["reset"] as? String == "bare")
    #expect(bare?["reference"] as? String == "17")
  }

  private func explainHasItsNames(_ shop: Shop) async throws {
    let (_, document, _) = try await shop.json(["explain", "3"])
    let told = try #require(document as? [String: Any])
    let names: Set = [
      "reference", "reference_origin", "mapping", "situation", "record", "reset", "fields",
      "pushes", "conflicts",
    ]
    #expect(names.isSubset(of: Set(told.keys)))
    let record = try #require(told["record"] as? [String: Any])
    #expect(Set(["columns", "file", "line", "sha256"]).isSubset(of: Set(record.keys)))
    #expect(record["line"] as? Int == 4)
    let fields = try #require(told["fields"] as? [[String: Any]])
    #expect(
      fields.allSatisfy { Set($0.keys) == ["metadata", "base", "source", "remote", "outcome"] })
    // The whole story: which row brought what was written, and in which run.
    let history = try #require(told["history"] as? [[String: Any]])
    let pushed = history.filter { $0["kind"] as? String == "push.applied" }
    #expect(pushed.count == 2)
    let facts = pushed.last?["facts"] as? [String: Any]
    let origin = facts?["record"] as? [String: Any]
    #expect(origin?["line"] as? Int == 4)
    #expect((origin?["file"] as? String)?.hasSuffix("20261102.csv") == true)
    let run = try #require(pushed.last?["run"] as? String)
    let (_, shown, _) = try await shop.json(["runs", "show", run])
    let journal = (shown as? [String: Any])?["journal"] as? [[String: Any]] ?? []
    #expect(journal.contains { $0["kind"] as? String == "push.applied" })
    let text = try await shop.program.run(["explain", "3"])
    #expect(text.output.contains("History") && text.output.contains("push.applied"))
  }

  // MARK: Links by decision

  @Test func `a suggested link names its reason and its rivals, and writes the key when taken`()
    async throws
  {
    let shop = try await Shop(
      resets: [
        Self.reset(1, id: "bare", reference: nil, origin: nil),
        Self.reset(1, id: "rival", reference: nil, origin: nil),
      ])
    try shop.write(Self.mapping, to: "Mappings/erp.json")
    try shop.write(Self.columns + Self.row(1), to: "exports/20261101.csv")
    let first = try await shop.reconcile()
    #expect(first.situations == ["unreferenced": 2, "source_only": 1])
    let (_, listed, _) = try await shop.json(["conflicts"])
    let conflicts = try #require(listed as? [[String: Any]])
    #expect(conflicts.count == 2)
    let one = try #require(conflicts.first { $0["reset"] as? String == "bare" })
    let id = try #require(one["id"] as? String)
    let shown = try await shop.program.run(["conflicts", "show", id])
    #expect(shown.output.contains("MAIL equals customer_email"), "\(shown.output)")
    #expect(shown.output.contains("rival"), "\(shown.output)")

    let decided = try await shop.program.run([
      "conflicts", "resolve", id, "--current", "--take", "link=bare",
    ])
    #expect(decided.exit == 0, "\(decided.errors)")
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == 1, "\(run.members)")
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    let linked = resets.first { $0["id"] as? String == "bare" }
    #expect(linked?["reference"] as? String == "1")
    #expect(linked?["reference_origin"] as? String == "erp")
    let rest = try await shop.reconcile()
    #expect(
      rest.situations["in_sync", default: 0] + rest.situations["drift_accepted", default: 0] == 1)
    #expect(rest.number("plan.updates") == 0)
    // The record is taken now: the rival's suggestion says so.
    let (_, left, _) = try await shop.json(["conflicts"])
    #expect((left as? [[String: Any]])?.count == 1)
  }

  @Test func `a reset that is gone is asked for once, and not planned again`() async throws {
    let shop = try await Shop(resets: [Self.reset(1), Self.reset(2)])
    try shop.write(Self.mapping, to: "Mappings/erp.json")
    try shop.write(Self.columns + Self.row(1) + Self.row(2), to: "exports/20261101.csv")
    _ = try await shop.reconcile()
    _ = try await shop.control("resets/reset1", method: "DELETE")
    try shop.write(
      Self.columns + Self.row(1, group: "moved") + Self.row(2), to: "exports/20261102.csv")
    let met = try await shop.reconcile()
    #expect(met.number("plan.updates") == 1)
    #expect(met.number("push.skipped") == 1)
    #expect(met.exit == 0, "\(met.errors)")
    let quiet = try await shop.reconcile()
    #expect(quiet.number("plan.updates") == 0, "\(quiet.members)")
    #expect(quiet.number("push.requests") == 0)
    #expect(try await shop.program.run(["pull", "--full"]).exit == 0)
    let proved = try await shop.reconcile()
    #expect(proved.situations["remote_deleted"] == 1, "\(proved.situations)")
  }
}
