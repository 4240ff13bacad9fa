import Foundation
import Testing

/// What an approval lets through, once, and what rails count and tell, through the command line.
@Suite(.serialized) struct ApprovalTests {
  /// 12 resets in step with their records, and the rail `updates` at 3 rows.
  private static func shop(
    _ safety: String =
      #"{"first_run": "push", "mapping_changed": "off", "updates": {"rows": 3, "share": 0.25}}"#
  ) async throws -> Shop {
    let shop = try await Shop(
      resets: (1...12).map {
        Shop.Reset(
          id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)",
          metadata: #"{"group": "g\#($0)", "erp": {"limit": \#($0)}, "note": "n"}"#)
      })
    try shop.writeConfiguration(safety: safety)
    try shop.deliver("20261101.csv", rows(1...12) { "\($0)" })
    let first = try await shop.reconcile()
    #expect(first.exit == 0 && first.situations == ["in_sync": 12], "\(first.errors)")
    return shop
  }

  private static func rows(_ keys: ClosedRange<Int>, _ limit: (Int) -> String) -> [String] {
    keys.map { "K\($0);g\($0);\(limit($0));n" }
  }

  /// The shop with 5 updates that the rail holds.
  private static func heldShop() async throws -> (Shop, Summary) {
    let shop = try await shop()
    try shop.deliver("20261102.csv", rows(1...12) { $0 < 6 ? "99" : "\($0)" })
    let held = try await shop.reconcile()
    #expect(held.exit == 4, "\(held.errors)")
    return (shop, held)
  }

  @Test func `an approval is used up by what it let through`() async throws {
    let (shop, held) = try await Self.heldShop()
    let approved = try await shop.reconcile(["--approve", held.digest])
    #expect(approved.exit == 0 && approved.number("push.applied") == 5, "\(approved.errors)")
    // Somebody puts the values back on purpose: the same plan once more, and nobody approved it.
    for number in 1...5 {
      try await shop.edit(
        "reset\(number)",
        #"{"metadata": {"group": "g\#(number)", "erp": {"limit": \#(number)}, "note": "n"}}"#)
    }
    let again = try await shop.reconcile()
    #expect(again.digest == held.digest)
    #expect(again.exit == 4 && again.number("push.attempted") == 0, "\(again.errors)")
    #expect(again.errors.contains("used up by run \(approved.run)"), "\(again.errors)")
    // Given anew, it is good anew.
    let anew = try await shop.reconcile(["--approve", held.digest])
    #expect(anew.exit == 0 && anew.number("push.applied") == 5, "\(anew.errors)")
  }

  @Test func `what of an approved plan was not sent stays approved`() async throws {
    let shop = try await Self.shop()
    try shop.deliver("20261102.csv", Self.rows(1...12) { $0 < 12 ? "99" : "\($0)" })
    let held = try await shop.reconcile()
    #expect(held.rail("updates")?.measured == 11, "\(held.errors)")
    _ = try await shop.control(
      "faults", method: "PUT",
      body: #"[{"method": "PATCH", "action": "delay", "seconds": 0.1, "count": null}]"#)
    let running = try shop.program.start(["reconcile", "--approve", held.digest])
    #expect(try await shop.waitForWrites(atLeast: 2))
    _ = try await shop.program.run(["pause"])
    _ = await running.outcome()
    let sent = try await shop.writes()
    #expect(sent < 7)
    _ = try await shop.program.run(["resume"])
    let rest = try await shop.reconcile()
    #expect(rest.exit == 0 && rest.number("push.applied") == 11 - sent, "\(rest.errors)")
  }

  @Test func `a dry run looks as if approved, and approves nothing`() async throws {
    let (shop, held) = try await Self.heldShop()
    let writes = try await shop.writes()
    let look = try await shop.reconcile(["--dry-run", "--approve", held.digest])
    #expect(look.exit == 0 && look.number("plan.withheld") == 0, "\(look.errors)")
    let plain = try await shop.reconcile()
    #expect(plain.exit == 4 && plain.number("push.attempted") == 0, "\(plain.errors)")
    #expect(try await shop.writes() == writes)
  }

  @Test func `an approval that is not due is not kept for the day when it is`() async throws {
    let (shop, held) = try await Self.heldShop()
    try shop.deliver("20261103.csv", Self.rows(1...12) { $0 < 7 ? "99" : "\($0)" })
    let late = try await shop.reconcile(["--approve", held.digest])
    #expect(late.exit == 4, "\(late.errors)")
    // The values of the second day again, in a file that says another thing elsewhere.
    try shop.deliver(
      "20261104.csv", Self.rows(1...11) { $0 < 6 ? "99" : "\($0)" } + ["K12;g12;12;other"])
    let again = try await shop.reconcile()
    #expect(again.digest == held.digest)
    #expect(again.exit == 4 && again.number("push.attempted") == 0, "\(again.errors)")
  }

  @Test func `what a rail withholds is counted wherever it is told`() async throws {
    let (shop, held) = try await Self.heldShop()
    #expect(held.number("plan.withheld") == 5)
    let rails = held.members["rails"] as? [[String: Any]] ?? []
    let rail = rails.first { $0["name"] as? String == "updates" }
    #expect(rail?["held"] as? Int == 5)
    let command = "resetsync reconcile --approve \(held.digest)"
    #expect((held.members["plan"] as? [String: Any])?["approval"] as? String == command)
    let shown = try await shop.program.run(["runs", "show", held.run])
    let report = try await shop.program.run(["report", "--format", "text"])
    for text in [shown.output, report.output] {
      #expect(text.contains("5 withheld by a rail") && text.contains(command), "\(text)")
      #expect(!text.contains("0 held"), "\(text)")
    }
    #expect(report.output.contains("holds 5 updates back until you approve them"))
    let page = try await shop.program.run(["report", "--format", "html"]).output
    #expect(page.contains("What they hold") && page.contains("20261102.csv"), "\(page.count)")
  }

  @Test func `the command that is printed names what the run was about`() async throws {
    let shop = try await Self.shop(
      #"{"first_run": "push", "mapping_changed": "off", "updates": {"rows": 0, "share": 0}}"#)
    try shop.deliver("20261102.csv", Self.rows(1...12) { $0 < 6 ? "99" : "\($0)" })
    let held = try await shop.reconcile(["--only", "K1"])
    #expect(
      held.errors.contains("`resetsync reconcile --only K1 --approve \(held.digest)`"),
      "\(held.errors)")
    let sent = try await shop.reconcile(["--only", "K1", "--approve", held.digest])
    #expect(sent.exit == 0 && sent.number("push.applied") == 1, "\(sent.errors)")
  }

  @Test func `deletions are counted when they are new, and until somebody has let them pass`()
    async throws
  {
    let shop = try await Self.shop(
      #"{"first_run": "push", "mapping_changed": "off", "updates": "off", "source_deleted": {"rows": 2, "share": 0.05}, "shrink": "off", "overlap": "off"}"#
    )
    var day = 1
    func deliver(from first: Int) async throws -> Summary {
      day += 1
      try shop.deliver(
        "202611\(day < 10 ? "0" : "")\(day).csv",
        Self.rows(first...12) {
          $0 == 12 ? "\(day)" : "\($0)"
        })
      return try await shop.reconcile()
    }
    // One leaves each day, as customers do: none is held up.
    for first in [2, 3, 4, 5, 6] {
      let run = try await deliver(from: first)
      #expect(run.exit == 0 && run.number("push.applied") == 1, "day \(day): \(run.errors)")
    }
    let settled = try await deliver(from: 6)
    #expect(settled.exit == 0 && settled.situations["source_deleted"] == 5, "\(settled.members)")
    // Three at once do not pass, and a second look makes them no older.
    _ = try await deliver(from: 9)
    let three = try await deliver(from: 9)
    #expect(three.exit == 4, "\(three.errors)")
    #expect(three.rail("source_deleted") == Summary.Rail(measured: 3, limit: 2, tripped: true))
    let still = try await shop.reconcile()
    #expect(still.exit == 4 && still.rail("source_deleted")?.measured == 3, "\(still.errors)")
    let approved = try await shop.reconcile(["--approve", still.digest])
    #expect(approved.exit == 0, "\(approved.errors)")
    let after = try await shop.reconcile()
    #expect(after.exit == 0 && after.rail("source_deleted")?.measured == 0, "\(after.errors)")
  }

  @Test func `a plan is shown by run, digest or as the last one`() async throws {
    let (shop, held) = try await Self.heldShop()
    let dry = try await shop.program.run(["reconcile", "--dry-run"])
    let last = try await shop.program.run(["plan", "show"])
    for text in [dry.output, last.output] {
      #expect(text.contains("5 × ERP · held by updates") || text.contains("/erp/limit"), "\(text)")
      #expect(text.contains("→ `99`, ERP always counts here"), "\(text)")
      #expect(text.contains("20261102.csv, line 2"), "\(text)")
    }
    let csv = try await shop.program.run(["plan", "show", held.run, "--format", "csv"])
    #expect(csv.exit == 0 && csv.output.hasPrefix("\"reference\",\"mapping\""), "\(csv.errors)")
    let (exit, document, _) = try await shop.json(["plan", "show", String(held.digest.prefix(9))])
    let plan = document as? [String: Any] ?? [:]
    let list = plan["list"] as? [[String: Any]] ?? []
    #expect(exit == 0 && list.count == 5 && plan["withheld"] as? Int == 5)
    #expect(list.first?["held_by"] as? [String] == ["updates"])
    for wrong in ["r99", "ffffffffff", String(held.digest.prefix(7))] {
      let outcome = try await shop.program.run(["plan", "show", wrong])
      #expect(outcome.exit == 64 && outcome.errors.contains(held.digest), "\(outcome.errors)")
    }
    let comment = try await shop.program.run(["plan", "--format", "markdown"])
    #expect(comment.output.contains("| ERP | K1 | /erp/limit |"), "\(comment.output)")
  }
}

/// Taking back what a run wrote: whole, or told what stays.
@Suite(.serialized) struct UndoTests {
  private static func shop(
    _ count: Int, safety: String? = nil, metadata: String = "{}"
  ) async throws -> (Shop, Summary) {
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(
          id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)", metadata: metadata)
      })
    try shop.deliver("20261101.csv", (1...count).map { "K\($0);g;\($0);n" })
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == count, "\(run.errors)")
    if let safety { try shop.writeConfiguration(safety: safety) }
    return (shop, run)
  }

  private func metadata(_ shop: Shop, _ id: String) async throws -> String {
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    let reset = resets.first { $0["id"] as? String == id }
    let bytes = try JSONSerialization.data(
      withJSONObject: reset?["metadata"] ?? [String: Any](), options: [.sortedKeys])
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `parents that it made go again, those of others stay`() async throws {
    let (shop, run) = try await Self.shop(2)
    try await shop.edit(
      "reset2", #"{"metadata": {"group": "g", "erp": {"limit": 2, "other": 1}, "note": "n"}}"#)
    let dry = try await shop.program.run(["undo", run.run, "--dry-run"])
    #expect(dry.output.contains("it is taken back"), "\(dry.output)")
    let undo = try await shop.program.run(["undo", run.run])
    #expect(undo.exit == 0, "\(undo.errors)")
    #expect(try await metadata(shop, "reset1") == "{}")
    #expect(try await metadata(shop, "reset2") == #"{"erp":{"other":1}}"#)
  }

  @Test func `an empty parent that was there before stays`() async throws {
    let (shop, run) = try await Self.shop(1, metadata: #"{"erp": {}}"#)
    _ = try await shop.program.run(["undo", run.run])
    #expect(try await metadata(shop, "reset1") == #"{"erp":{}}"#)
  }

  @Test func `what it leaves is named with the reason`() async throws {
    let (shop, run) = try await Self.shop(4)
    try await shop.edit(
      "reset1", #"{"metadata": {"group": "else", "erp": {"limit": 1}, "note": "n"}}"#)
    try await shop.edit("reset2", #"{"metadata": {"erp": {"limit": 2}, "note": "n"}}"#)
    try shop.deliver("20261102.csv", (1...4).map { "K\($0);g;\($0 == 3 ? 33 : $0);n" })
    let second = try await shop.reconcile()
    #expect(second.number("push.applied") == 1, "\(second.members)")
    let (exit, document, errors) = try await shop.json(["undo", run.run])
    #expect(exit == 0, "\(errors)")
    let undo = (document as? [String: Any])?["undo"] as? [String: Any]
    let left = undo?["left"] as? [[String: Any]] ?? []
    let reasons = left.map {
      "\($0["reference"] ?? "") \($0["field"] ?? ""): \($0["reason"] ?? "")"
    }.sorted()
    #expect(undo?["left_count"] as? Int == 3 && undo?["wrote"] as? Int == 4, "\(reasons)")
    try #require(reasons.count == 3)
    #expect(reasons[0].hasPrefix("K1 group: changed since in Commerce Layer"), "\(reasons)")
    #expect(reasons[1] == "K2 group: it holds what it held before that run")
    #expect(reasons[2] == "K3 /erp/limit: written again by run \(second.run)")
  }

  @Test func `the command that a held undo prints carries it out`() async throws {
    let (shop, run) = try await Self.shop(
      5,
      safety:
        #"{"mapping_changed": "off", "same_field": "off", "same_value": "off", "clears": "off", "updates": {"rows": 3, "share": 0.1}}"#
    )
    let held = try await shop.program.run(["undo", run.run])
    #expect(held.exit == 4, "\(held.errors)")
    let printed = held.errors.split(separator: "`").first { $0.hasPrefix("resetsync undo") }
    let words = try #require(printed).split(separator: " ").dropFirst().map(String.init)
    let outcome = try await shop.program.run(words)
    #expect(outcome.exit == 0, "\(outcome.errors)")
    #expect(try await metadata(shop, "reset5") == "{}")
  }
}
