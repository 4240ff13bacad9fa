import Foundation
import Testing

/// Pause, undo, saved plans and restored mirrors, through the command line.
@Suite(.serialized) struct PlanTests {
  private static func shop(_ count: Int = 3) async throws -> Shop {
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(
          id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)",
          metadata: #"{"x":1.0}"#)
      })
    try shop.deliver("20261101.csv", (1...count).map { "K\($0);g;\($0);n" })
    return shop
  }

  private func metadata(_ shop: Shop, _ id: String) async throws -> String {
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    let reset = resets.first { $0["id"] as? String == id }
    let bytes = try JSONSerialization.data(
      withJSONObject: reset?["metadata"] ?? [String: Any](), options: [.sortedKeys])
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `nothing is written while paused`() async throws {
    let shop = try await Self.shop()
    let paused = try await shop.program.run(["pause", "--reason", "stocktaking"])
    #expect(paused.exit == 0)
    let run = try await shop.reconcile()
    #expect(run.number("plan.updates") == 3)
    #expect(run.number("push.attempted") == 0)
    #expect(run.errors.contains("stocktaking"), "\(run.errors)")
    #expect(try await shop.writes() == 0)
    #expect(try await shop.program.run(["resume"]).exit == 0)
    let resumed = try await shop.reconcile()
    #expect(resumed.number("push.applied") == 3, "\(resumed.errors)")
  }

  @Test func `a run is undone, the undo too, and both stay`() async throws {
    let shop = try await Self.shop()
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == 3)
    let written = try await metadata(shop, "reset1")
    try await shop.edit("reset2", #"{"metadata": {"x": 1.0, "group": "changed since"}}"#)

    let dry = try await shop.json(["undo", run.run, "--dry-run"])
    #expect(dry.exit == 0, "\(dry.errors)")
    #expect(try await metadata(shop, "reset1") == written)
    let (exit, document, errors) = try await shop.json(["undo", run.run])
    let undo = Summary(exit: exit, members: document as? [String: Any] ?? [:], errors: errors)
    #expect(undo.exit == 0, "\(undo.errors)")
    #expect(undo.number("push.applied") == 2, "\(undo.members)")
    let restored = try await metadata(shop, "reset1")
    #expect(!restored.contains("group") && !restored.contains("note"), "\(restored)")
    #expect(try await metadata(shop, "reset2").contains("changed since"))
    // The sides differ on purpose now.
    let after = try await shop.reconcile()
    #expect(after.number("plan.updates") == 1, "\(after.members)")

    let again = try await shop.json(["undo", undo.run])
    #expect(again.exit == 0, "\(again.errors)")
    #expect(try await metadata(shop, "reset1") == written)
    let last = try await shop.reconcile()
    #expect(last.number("plan.updates") == 0, "\(last.members)")
    let unknown = try await shop.program.run(["undo", "nothing-like-it"])
    #expect(unknown.exit == 64, "\(unknown.errors)")
  }

  @Test func `a saved plan is applied exactly, or refused as stale`() async throws {
    let shop = try await Self.shop()
    let dry = try await shop.reconcile(["--dry-run", "--plan-out", "plan.json"])
    #expect(dry.exit == 0, "\(dry.errors)")
    #expect(try await shop.writes() == 0)
    try await shop.edit("reset2", #"{"metadata": {"group": "theirs"}}"#)
    let stale = try await shop.reconcile(["--plan", "plan.json"])
    #expect(stale.exit == 9, "\(stale.errors)")
    #expect(stale.errors.contains("reset2"), "\(stale.errors)")
    #expect(try await shop.writes() == 0)

    let next = try await shop.reconcile(["--dry-run", "--plan-out", "plan.json"])
    let applied = try await shop.reconcile(["--plan", "plan.json"])
    #expect(applied.exit == 0, "\(applied.errors)")
    #expect(applied.number("push.applied") == next.number("plan.updates"))
    let changed = try String(contentsOfFile: shop.folder + "/plan.json", encoding: .utf8)
      .replacingOccurrences(of: "retail", with: "vip").replacingOccurrences(
        of: "\"n\"", with: "\"m\"")
    try shop.write(changed, to: "plan.json")
    let tampered = try await shop.program.run(["reconcile", "--plan", "plan.json"])
    #expect(tampered.exit == 9, "\(tampered.errors)")
  }

  @Test func `only the named references are looked at`() async throws {
    let shop = try await Self.shop(5)
    let run = try await shop.reconcile(["--only", "K2", "--only", "K4"])
    #expect(run.number("push.applied") == 2, "\(run.errors)")
    let rest = try await shop.reconcile()
    #expect(rest.number("push.applied") == 3, "\(rest.errors)")
  }

  @Test func `changed normal forms give resets their keys anew`() async throws {
    let shop = try await Shop(resets: [
      Shop.Reset(id: "one", email: "one@example.com", reference: "007")
    ])
    try shop.deliver("20261101.csv", ["7;g;1;n"])
    let apart = try await shop.reconcile()
    #expect(apart.number("plan.updates") == 0, "\(apart.members)")
    try shop.write(
      Shop.mapping.replacing(#"["trim"]"#, with: #"["trim", "strip_leading_zeros"]"#),
      to: "Mappings/erp.json")
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == 1, "\(run.members)")
    #expect(run.situations == ["update": 1])
  }

  @Test func `a restored mirror plans first, and sends what is approved`() async throws {
    let shop = try await Self.shop()
    try shop.writeConfiguration(
      safety: #"{"first_run": "push", "updates": "off", "same_field": "off", "same_value": "off"}"#)
    _ = try await shop.reconcile()
    #expect(try await shop.program.run(["backup", "old.sqlite"]).exit == 0)
    try shop.deliver("20261102.csv", (1...3).map { "K\($0);g;9\($0);n" })
    #expect(try await shop.reconcile().number("push.applied") == 3)
    #expect(try await shop.program.run(["restore", "old.sqlite"]).exit == 0)

    // The remote holds what was written after the backup: nothing is left to do.
    let run = try await shop.reconcile()
    #expect(run.number("plan.updates") == 0, "\(run.members)")
    #expect(run.exit == 0, "\(run.errors)")
    #expect(run.number("pull.rows") == 3)
    let flaws = try await shop.program.run(["verify"])
    #expect(flaws.exit == 0, "\(flaws.output) \(flaws.errors)")
  }

  @Test func `a restore is followed by a plan, also where the rail of changed rules is off`()
    async throws
  {
    let shop = try await Self.shop()
    _ = try await shop.reconcile()
    #expect(try await shop.program.run(["backup", "old.sqlite"]).exit == 0)
    #expect(try await shop.program.run(["restore", "old.sqlite"]).exit == 0)
    try await shop.edit("reset1", #"{"kind": "edit", "metadata": {"erp": {"limit": 5}}}"#)
    let writes = try await shop.writes()

    let plan = try await shop.reconcile()
    #expect(plan.exit == 4, "\(plan.errors)")
    #expect(plan.number("plan.updates") == 1, "\(plan.members)")
    #expect(plan.errors.contains("restored"), "\(plan.errors)")
    #expect(try await shop.writes() == writes)
    let approved = try await shop.reconcile(["--approve", plan.digest])
    #expect(approved.number("push.applied") == 1, "\(approved.members)")
    #expect(approved.exit == 0, "\(approved.errors)")
    try await shop.edit("reset2", #"{"kind": "edit", "metadata": {"erp": {"limit": 5}}}"#)
    #expect(try await shop.reconcile().number("push.applied") == 1)
  }

  @Test func `a plan names its requests and how long they take under the limits`() async throws {
    let shop = try await Self.shop(130)
    let free = try await shop.reconcile(["--dry-run"])
    // A read brings 25 resets, a write is one request.
    #expect(free.number("plan.requests") == 130 + 6, "\(free.members)")
    #expect(free.number("plan.seconds") == 0)

    // Half of 100 in a minute and of 25 at once: 12.5 go at once, 123.5 at 50 a minute.
    try shop.writeConfiguration(api: ["limits": quoted("published"), "rate_share": "0.5"])
    let paced = try await shop.reconcile(["--dry-run", "--no-pull", "--plan-out", "plan.json"])
    #expect(paced.number("plan.requests") == 136)
    #expect(paced.number("plan.seconds") == 149, "\(paced.members)")
    try shop.writeConfiguration(api: ["limits": quoted("published"), "rate_share": "0.1"])
    let slower = try await shop.reconcile(["--dry-run", "--no-pull"])
    #expect(slower.number("plan.seconds") == 801)
    let file = try String(contentsOfFile: shop.folder + "/plan.json", encoding: .utf8)
    #expect(file.contains("\"requests\": 136"))
    #expect(file.contains("\"expected_seconds\": 149"))
  }
}
