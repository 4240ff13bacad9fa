import Foundation
import Testing

@Suite(.serialized) struct ReconcileTests {
  private static func resets(_ count: Int) -> [Shop.Reset] {
    (1...count).map { number in
      Shop.Reset(
        id: "reset\(number)", email: "person\(number)@example.com", reference: "K\(number)",
        metadata: #"{"foreign": {"b": 1.0, "a": 12345678901234567890, "é": "😀"}, "x": 1e3}"#)
    }
  }

  private static func rows(_ count: Int) -> [String] {
    (1...count).map { "K\($0);retail;\($0).50;note \($0)" }
  }

  @Test func `the first run writes, the second plans nothing and sends nothing`() async throws {
    let shop = try await Shop(resets: Self.resets(60))
    try shop.deliver("20261120.csv", Self.rows(60))

    let first = try await shop.reconcile()
    #expect(first.exit == 0, "\(first.errors)")
    #expect(first.number("push.applied") == 60)
    #expect(first.situations == ["update": 60])

    let second = try await shop.reconcile()
    #expect(second.exit == 0, "\(second.errors)")
    #expect(second.number("plan.updates") == 0)
    #expect(second.number("push.requests") == 0)
    #expect(second.number("conflicts.opened") == 0)
    #expect(second.situations == ["in_sync": 60])

    let third = try await shop.reconcile()
    // The 60 resets that were just written lie in the overlap of the watermark: three pages, read
    // again because a change may become visible later than its time says.
    #expect(third.number("pull.requests") == 3)
    #expect(third.number("pull.changed") == 0)
    #expect(third.number("plan.assessed") == 0)
  }

  @Test func `foreign metadata goes back as it came`() async throws {
    let metadata =
      #"{"z":{"n":[1.0,1e3,12345678901234567890,{"k":"\u0000"}]},"emoji":"😀","a":null}"#
    let shop = try await Shop(resets: [
      Shop.Reset(id: "one", email: "one@example.com", reference: "K1", metadata: metadata)
    ])
    try shop.deliver("20261120.csv", ["K1;retail;10.50;"])
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == 1, "\(run.errors)")

    let explained = try await shop.program.run(["explain", "K1", "--format", "json"])
    let kept = metadata.dropLast() + #","group":"retail","erp":{"limit":10.50}}"#
    #expect(explained.output.contains(kept), "\(explained.output)")
  }

  @Test func `situations add up to the number of items`() async throws {
    var resets = Self.resets(10)
    resets[3].reference = nil
    resets[4].origin = "elsewhere"
    resets[5].reference = "K7"
    let shop = try await Shop(resets: resets)
    try shop.deliver("20261120.csv", Self.rows(12))
    let run = try await shop.reconcile()
    // 10 resets; the records K4, K5, K6, K11, K12 have none of their own.
    #expect(run.situations.values.reduce(0, +) == 15, "\(run.situations)")
    #expect(run.situations["unreferenced"] == 1)
    #expect(run.situations["unknown_origin"] == 1)
    #expect(run.situations["remote_duplicate"] == 2)
    #expect(run.situations["source_only"] == 5)
    #expect(run.situations["update"] == 6)
  }

  @Test func `a conflict is opened once, decided, applied and verified`() async throws {
    let shop = try await Shop(resets: [
      Shop.Reset(
        id: "one", email: "one@example.com", reference: "K1", metadata: #"{"group":"vip"}"#)
    ])
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    _ = try await shop.reconcile()
    _ = try await shop.reconcile()
    let (_, listed, _) = try await shop.json(["conflicts"])
    let conflicts = try #require(listed as? [[String: Any]])
    #expect(conflicts.count == 1)
    #expect(conflicts.first?["kind"] as? String == "conflict")
    let id = try #require(conflicts.first?["id"] as? String)

    let decided = try await shop.program.run(
      ["conflicts", "resolve", id, "--current", "--take", "source", "--reason", "ERP is right"])
    #expect(decided.exit == 0, "\(decided.errors)")
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == 1)
    #expect(run.number("conflicts.open") == 0)
    let after = try await shop.program.run(["explain", "K1", "--format", "json"])
    #expect(after.output.contains(#""remote":"retail""#), "\(after.output)")
  }

  @Test func `who changed the remote side is asked once, and the reset is shown whole`()
    async throws
  {
    let shop = try await Shop(resets: [
      Shop.Reset(id: "one", email: "one@example.com", reference: "K1"),
      Shop.Reset(id: "two", email: "two@example.com", reference: "K2"),
    ])
    try shop.deliver("20261120.csv", ["K1;retail;1;n", "K2;retail;1;n"])
    _ = try await shop.reconcile()
    try await shop.edit("one", #"{"metadata": {"group": "vip", "erp": {"limit": 1}, "note": "n"}}"#)
    try shop.deliver("20261121.csv", ["K1;wholesale;1;n", "K2;retail;1;n"])
    let run = try await shop.reconcile()
    #expect(run.exit == 0, "\(run.errors)")
    #expect(run.number("conflicts.opened") == 1)
    let (_, listed, _) = try await shop.json(["conflicts"])
    let author = (listed as? [[String: Any]])?.first?["remote_changed_by"] as? String
    #expect(author?.isEmpty == false, "\(listed)")

    func asked() async throws -> [String] {
      try await shop.requests().compactMap { $0["target"] as? String }
        .filter { $0.contains("/event_stores") }
    }
    #expect(try await asked().count == 1)
    _ = try await shop.reconcile()
    #expect(try await asked().count == 1)

    let (exit, explained, _) = try await shop.json(["explain", "K1", "--remote"])
    #expect(exit == 0)
    let document = explained as? [String: Any]
    let reset = document?["reset"] as? [String: Any]
    #expect(reset?["type"] as? String == "customer_password_resets")
    #expect((reset?["meta"] as? [String: Any])?["mode"] as? String == "test")
    let relations = reset?["relationships"] as? [String: [String: Any]]
    for name in ["customer", "events", "event_stores"] {
      let related = relations?[name]?["related"] as? String
      #expect(related?.hasSuffix("/customer_password_resets/one/" + name) == true)
    }
    let remote = document?["remote"] as? [String: Any]
    #expect((remote?["customer"] as? [String: Any])?["email"] as? String == "o•••@example.com")
    #expect((remote?["events"] as? [Any])?.isEmpty == false)
    #expect((remote?["event_stores"] as? [Any])?.isEmpty == false)
    let text = try await shop.program.run(["explain", "K1", "--remote"])
    #expect(text.output.contains("Customer") && text.output.contains(author ?? "?"))
  }

  @Test func `an event store that may not be read fails nothing`() async throws {
    let shop = try await Shop(
      resets: [
        Shop.Reset(
          id: "one", email: "one@example.com", reference: "K1", metadata: #"{"group":"vip"}"#)
      ],
      seedExtra:
        #", "faults": [{"path": "event_stores", "action": "respond", "status": 403, "count": null}]"#
    )
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    let run = try await shop.reconcile()
    #expect(run.exit == 0, "\(run.errors)")
    #expect(run.number("conflicts.opened") == 1)
    let (_, listed, _) = try await shop.json(["conflicts"])
    #expect((listed as? [[String: Any]])?.first?["remote_changed_by"] is NSNull)
  }

  @Test func `a crash in the middle of the push loses nothing and repeats nothing`() async throws {
    let shop = try await Shop(
      resets: Self.resets(40), sandboxArguments: ["--no-limits"],
      seedExtra:
        #", "faults": [{"method": "PATCH", "action": "delay", "seconds": 0.02, "count": null}]"#)
    try shop.deliver("20261120.csv", Self.rows(40))
    let running = try shop.program.start(["reconcile", "--format", "json"])
    #expect(try await shop.waitForWrites(atLeast: 5))
    running.signal(SIGKILL)
    _ = await running.outcome()

    let run = try await shop.reconcile()
    #expect(run.exit == 0, "\(run.errors)")
    let last = try await shop.reconcile()
    #expect(last.situations == ["in_sync": 40])
    #expect(last.number("push.requests") == 0)
    // Every reset was written once; the one in flight at the kill at most found as written.
    #expect(try await shop.writes() == 40)
    let verified = try await shop.program.run(["verify"])
    #expect(verified.exit == 0, "\(verified.errors)")
  }
}
