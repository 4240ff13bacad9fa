import Foundation
import Testing

/// What stops a push half-way, through the command line: a signal, the breaker, refusals.
@Suite(.serialized) struct PushTests {
  private static func shop(_ count: Int, faults: String) async throws -> Shop {
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      },
      seedExtra: #", "faults": [\#(faults)]"#)
    try shop.deliver("20261101.csv", (1...count).map { "K\($0);g\($0);\($0);n\($0)" })
    return shop
  }

  @Test func `SIGTERM in the middle of a push leaves a clean state, and the next run the rest`()
    async throws
  {
    let slow = #"{"method": "PATCH", "action": "delay", "seconds": 0.02, "count": null}"#
    let shop = try await Self.shop(30, faults: slow)
    let running = try shop.program.start(["reconcile", "--format", "json"])
    #expect(try await shop.waitForWrites(atLeast: 3))
    running.signal(SIGTERM)
    let outcome = await running.outcome()
    #expect(outcome.exit == 143, "\(outcome.errors)")
    #expect(outcome.output.contains(#""result":"stopped","exit":143"#), "\(outcome.output)")
    let written = try await shop.writes()
    #expect(written < 30)

    let (_, document, _) = try await shop.json(["status"])
    let queue = try #require((document as? [String: Any])?["queue"] as? [String: Any])
    #expect((queue["sent"] as? NSNumber)?.intValue == 0)
    #expect((queue["pending"] as? NSNumber)?.intValue == 30 - written)

    // The lock is free, and nothing is written twice.
    let rest = try await shop.reconcile()
    #expect(rest.exit == 0, "\(rest.errors)")
    #expect(rest.number("push.applied") == 30 - written)
    #expect(try await shop.writes() == 30)
    let quiet = try await shop.reconcile()
    #expect(quiet.number("push.requests") == 0)
    #expect(quiet.situations == ["in_sync": 30])
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }

  @Test func `five refusals in a row pause the push, and the next run goes on with the rest`()
    async throws
  {
    let refusals = #"{"method": "PATCH", "action": "respond", "status": 422, "count": 5}"#
    let shop = try await Self.shop(12, faults: refusals)
    let run = try await shop.reconcile()
    #expect(run.exit == 3, "\(run.errors)")
    #expect(run.number("push.attempted") == 5)
    #expect(run.number("push.failed") == 5)
    #expect(run.number("push.skipped") == 7)
    #expect(run.errors.contains("5 updates failed in a row"), "\(run.errors)")
    #expect(try await shop.writes() == 0)

    // What was refused stays parked with the reason, what was never sent goes.
    let next = try await shop.reconcile()
    #expect(next.exit == 0, "\(next.errors)")
    #expect(next.number("push.applied") == 7)
    let parked = try await shop.json(["conflicts", "--kind", "push_failed"])
    #expect((parked.document as? [Any])?.count == 5)
    let again = try await shop.reconcile()
    #expect(again.number("push.attempted") == 0)
  }

  @Test func `more than a fifth of the last fifty refused pauses the push`() async throws {
    let refusals = """
      {"method": "PATCH", "action": "respond", "status": 422, "every": 4, "count": null}
      """
    let shop = try await Self.shop(80, faults: refusals)
    let run = try await shop.reconcile()
    #expect(run.exit == 3, "\(run.errors)")
    #expect(run.number("push.attempted") == 50, "\(run.members)")
    #expect(run.errors.contains("of the last 50 updates failed"), "\(run.errors)")
    let failed = run.number("push.failed")
    #expect(failed > 10 && failed < 15)
    #expect(try await shop.writes() == 50 - failed)
  }
}

/// The kill switch, thrown from another process in the midst of what a run does.
@Suite(.serialized) struct PauseTests {
  private static let slow =
    #"{"method": "PATCH", "action": "delay", "seconds": 0.02, "count": null}"#

  private static func shop(_ count: Int) async throws -> Shop {
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      },
      seedExtra: #", "faults": [\#(Self.slow)]"#)
    try shop.deliver("20261101.csv", (1...count).map { "K\($0);g\($0);\($0);n\($0)" })
    return shop
  }

  @Test func `a push of 200 stops at its next request, and the rest goes after the pause`()
    async throws
  {
    let shop = try await Self.shop(200)
    let running = try shop.program.start(["reconcile", "--format", "json"])
    #expect(try await shop.waitForWrites(atLeast: 10))
    let paused = try await shop.program.run(["pause", "--by", "ann", "--reason", "wrong prices"])
    let written = try await shop.writes()
    #expect(paused.exit == 0, "\(paused.errors)")
    let outcome = await running.outcome()
    // The request that had left already, and no other.
    let after = try await shop.writes()
    #expect(after <= written + 1 && after < 200)
    #expect(outcome.exit == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("ann paused all writing: wrong prices"), "\(outcome.errors)")
    #expect(outcome.errors.contains("\(200 - after) updates stay due"), "\(outcome.errors)")

    let status = try await shop.json(["status"])
    #expect((status.document as? [String: Any])?["paused"] as? Bool == true)
    let held = try await shop.reconcile()
    #expect(held.number("push.attempted") == 0)
    #expect(try await shop.writes() == after)

    #expect(try await shop.program.run(["resume", "--by", "bob"]).exit == 0)
    let rest = try await shop.reconcile()
    #expect(rest.exit == 0 && rest.number("push.applied") == 200 - after, "\(rest.errors)")
    #expect(try await shop.writes() == 200)
    let verified = try await shop.program.run(["verify"])
    #expect(verified.exit == 0, "\(verified.errors)")
  }

  @Test func `a broken mapping does not keep anybody from pausing`() async throws {
    let shop = try await Self.shop(1)
    try shop.write("{", to: "Mappings/erp.json")
    #expect(try await shop.program.run(["pause"]).exit == 0)
    try shop.write(Shop.mapping, to: "Mappings/erp.json")
    _ = try await shop.reconcile()
    #expect(try await shop.writes() == 0)
  }
}
