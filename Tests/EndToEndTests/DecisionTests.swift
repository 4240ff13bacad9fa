import Foundation
import Testing

/// What people decide through the command line: updates sent once more, many conflicts at once.
@Suite(.serialized) struct DecisionTests {
  private func shop(_ count: Int, seedExtra: String = "") async throws -> Shop {
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(
          id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)",
          metadata: #"{"group":"vip"}"#)
      }, seedExtra: seedExtra)
    return shop
  }

  private func conflicts(_ shop: Shop, _ more: String...) async throws -> [[String: Any]] {
    let (_, document, _) = try await shop.json(["conflicts"] + more)
    return document as? [[String: Any]] ?? []
  }

  private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  // MARK: Refused updates

  private static let refusing =
    #", "faults": [{"method": "PATCH", "action": "respond", "status": 422, "count": 2}]"#

  @Test func `a refused update is sent once more when somebody says so, and only then`()
    async throws
  {
    let shop = try await Shop(
      resets: [Shop.Reset(id: "one", email: "p@example.com", reference: "K1")],
      seedExtra: Self.refusing)
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    let first = try await shop.reconcile()
    #expect(first.exit == 3 && first.number("push.failed") == 1, "\(first.errors)")
    let refused = try #require(try await conflicts(shop).first)
    #expect(refused["kind"] as? String == "push_failed")
    #expect((refused["source"] as? [String: Any])?["group"] as? String == "retail")
    let id = try #require(refused["id"] as? String)
    // Nobody asked: it is not sent again.
    #expect(try await shop.reconcile().number("push.attempted") == 0)

    let text = try await shop.program.run(["conflicts", "show", id]).output
    #expect(text.contains("once more") && text.contains("--take source"), "\(text)")
    let resolve = [
      "conflicts", "resolve", id, "--current", "--take", "source", "--reason", "fixed there",
    ]
    #expect(try await shop.program.run(resolve).exit == 0)
    let again = try await shop.reconcile()
    #expect(again.exit == 3 && again.number("push.attempted") == 1, "\(again.errors)")
    #expect(try await conflicts(shop).map { $0["id"] as? String } == [id])
    #expect(try await shop.program.run(["conflicts", "show", id]).output.contains("refused again"))
    #expect(try await shop.reconcile().number("push.attempted") == 0)

    #expect(try await shop.program.run(resolve).exit == 0)
    let last = try await shop.reconcile()
    #expect(last.exit == 0 && last.number("push.applied") == 1, "\(last.errors)")
    let closed = try await conflicts(shop, "--state", "closed")
    #expect(closed.map { $0["id"] as? String } == [id])
    let quiet = try await shop.reconcile()
    #expect(quiet.situations == ["in_sync": 1] && quiet.number("push.requests") == 0)
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }

  @Test func `a decision to send once more can be taken back`() async throws {
    let shop = try await Shop(
      resets: [Shop.Reset(id: "one", email: "p@example.com", reference: "K1")],
      seedExtra: Self.refusing)
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    _ = try await shop.reconcile()
    let id = try #require(try await conflicts(shop).first?["id"] as? String)
    _ = try await shop.program.run(["conflicts", "resolve", id, "--current", "--take", "source"])
    #expect(try await shop.program.run(["conflicts", "reopen", id]).exit == 0)
    #expect(try await shop.reconcile().number("push.attempted") == 0)
    #expect(try await conflicts(shop).count == 1)
  }

  @Test func `who says yes must have looked, and nobody else has looked for him`() async throws {
    let shop = try await shop(1)
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    _ = try await shop.reconcile()
    let id = try #require(
      try await conflicts(shop, "--kind", "conflict").first?["id"] as? String)
    let yes = ["conflicts", "resolve", id, "--take", "remote", "--yes", "--by"]
    let unseen = try await shop.program.run(yes + ["ann"])
    #expect(unseen.exit == 64 && unseen.output.contains("retail"), "\(unseen.output)")
    #expect(unseen.errors.contains("\(id)@"), "\(unseen.errors)")
    let another = try await shop.program.run(yes + ["bea"])
    #expect(another.exit == 64, "\(another.errors)")
    #expect(try await conflicts(shop, "--state", "decided").isEmpty)
    #expect(try await shop.program.run(yes + ["ann"]).exit == 0)
    #expect(try await conflicts(shop, "--state", "decided").count == 1)
  }

  @Test func `a filter that nobody knows, or that is given twice, is no empty list`() async throws {
    let shop = try await shop(1)
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    _ = try await shop.reconcile()
    for command in [["conflicts"], ["conflicts", "resolve", "--all", "--take", "remote", "--yes"]] {
      for (filter, words) in [
        (["--field", "grup"], "did you mean “group”?"), (["--reference", "K9"], "“K9”"),
        (["--mapping", "epr"], "no mapping is named “epr”"),
        (["--field", "group", "--field", "note"], "--field takes one value, not 2"),
      ] {
        let result = try await shop.program.run(command + filter)
        #expect(result.exit == 64 && result.errors.contains(words), "\(filter): \(result.errors)")
      }
    }
    #expect(try await conflicts(shop, "--state", "decided").isEmpty)
    // What is known and has no conflict is an empty list.
    #expect(try await shop.program.run(["conflicts", "--field", "note"]).exit == 0)
  }

  // MARK: Many at once

  private let all = ["conflicts", "resolve", "--all", "--field", "group", "--take", "remote"]

  @Test func `many are decided as they were listed: what came later or moved is left`()
    async throws
  {
    let shop = try await shop(4)
    try shop.deliver("20261120.csv", (1...3).map { "K\($0);retail;1;n" })
    _ = try await shop.reconcile()
    let look = try await shop.program.run(all)
    #expect(look.exit == 0 && look.output.contains("3 conflicts would be changed"))
    #expect(try await conflicts(shop, "--field", "group").count == 3)

    // Meanwhile one moves, and another comes.
    try shop.deliver(
      "20261121.csv", ["K1;wholesale;1;n", "K2;retail;1;n", "K3;retail;1;n", "K4;retail;1;n"])
    _ = try await shop.reconcile()
    let done = try await shop.program.run(all + ["--yes"])
    #expect(done.exit == 9)
    #expect(done.errors.contains("3 conflicts; 1 that came since"), "\(done.errors)")
    #expect(lines(done.output).count == 3)
    #expect(lines(done.output).count { $0.contains("decided; the next run") } == 2)
    #expect(lines(done.output).count { $0.contains("its values moved since") } == 1)
    #expect(Set(try await conflicts(shop).map { $0["reference"] as? String }) == ["K1", "K4"])

    // The list is used up: now they are listed and decided in one go.
    let rest = try await shop.program.run(all + ["--yes"])
    #expect(rest.exit == 0 && rest.output.contains("2 conflicts: changed as listed"))
    #expect(try await conflicts(shop).isEmpty)
  }

  @Test func `a list belongs to its filters, its person and its kind of change`() async throws {
    let shop = try await shop(2)
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    _ = try await shop.reconcile()
    _ = try await shop.program.run(all + ["--by", "anna"])
    try shop.deliver("20261121.csv", ["K1;retail;1;n", "K2;retail;1;n"])
    _ = try await shop.reconcile()
    let others = [
      ["conflicts", "assign", "--all", "--field", "group", "--to", "x", "--by", "anna", "--yes"],
      ["conflicts", "assign", "--all", "--field", "group", "--to", "x", "--by", "ben", "--yes"],
    ]
    for other in others {
      let outcome = try await shop.program.run(other)
      #expect(outcome.output.contains("2 conflicts"), "\(outcome.output)")
    }
    let outcome = try await shop.program.run(all + ["--by", "anna", "--yes", "--format", "json"])
    let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    #expect((rows as? [[String: Any]])?.count == 1)
  }

  @Test func `a look as JSON is one document`() async throws {
    let shop = try await shop(2)
    try shop.deliver("20261120.csv", ["K1;retail;1;n", "K2;retail;1;n"])
    _ = try await shop.reconcile()
    let (exit, document, _) = try await shop.json(all)
    #expect(exit == 0)
    let look = document as? [String: Any]
    #expect((look?["would_change"] as? NSNumber)?.intValue == 2)
    #expect((look?["conflicts"] as? [String])?.count == 2)
    #expect(try await conflicts(shop).count == 2)
  }

  // MARK: The whole life

  @Test func `every step of a conflict's life through the commands, with who, when and why`()
    async throws
  {
    let shop = try await shop(1)
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    _ = try await shop.reconcile()
    let id = try #require(try await conflicts(shop).first?["id"] as? String)
    func does(_ words: String..., exits: Int32 = 0) async throws {
      let outcome = try await shop.program.run(["conflicts"] + words)
      #expect(outcome.exit == exits, "\(words): \(outcome.output)\(outcome.errors)")
    }
    func state() async throws -> String? {
      let (_, document, _) = try await shop.json(["conflicts", "show", id])
      return (document as? [String: Any])?["state"] as? String
    }
    try await does("assign", id, "--to", "anna", "--by", "ben")
    try await does("comment", id, "--text", "asked the clerk", "--by", "ben")
    try await does("snooze", id, "--for", "2d", "--reason", "holiday", "--by", "ben")
    #expect(try await state() == "snoozed")
    try await does("snooze", id, "--for", "soon", exits: 64)
    try await does("reopen", id, "--reason", "back", "--by", "ben")
    #expect(try await state() == "open")
    try await does("resolve", id, "--current", "--take", "link=x", exits: 3)
    try await does(
      "resolve", id, "--current", "--take", "apart", "--reason", "on purpose", "--by", "anna")
    #expect(try await state() == "decided")
    _ = try await shop.reconcile()
    #expect(try await state() == "closed")
    try await does("resolve", id, "--current", "--take", "source", exits: 3)
    try await does("snooze", id, exits: 3)
    // A side moves: it comes back with its history.
    try await shop.edit("reset1", #"{"metadata": {"group": "gold", "erp": {"limit": 1}}}"#)
    _ = try await shop.reconcile()
    #expect(try await state() == "open")
    try await does(
      "resolve", id, "--current", "--take", "value=\"silver\"", "--reason", "agreed", "--by", "anna"
    )
    // It lapses when the value moves before the run.
    try await shop.edit("reset1", #"{"metadata": {"group": "iron", "erp": {"limit": 1}}}"#)
    let lapsed = try await shop.reconcile()
    #expect(lapsed.number("conflicts.lapsed") == 1)
    #expect(try await state() == "open")
    let shown = try await shop.program.run(["conflicts", "show", id]).output
    #expect(shown.contains("Lapsed decision value=\"silver\" by anna"), "\(shown)")
    // The difference goes away by itself.
    try shop.deliver("20261121.csv", ["K1;iron;1;n"])
    _ = try await shop.reconcile()
    #expect(try await state() == "auto_closed")
    let history = try await shop.program.run(["conflicts", "show", id]).output
    for words in [
      "assigned by ben", "asked the clerk", "holiday", "back", "on purpose", "agreed", "lapsed",
      "auto closed", "run r",
    ] {
      #expect(history.contains(words), "\(words) is not in \(history)")
    }
  }
}
