import Foundation
import Testing

/// The process killed at random moments, again and again: the end is that of a twin that lived.
///
/// `RESETSYNC_KILLS=200` kills so often instead of the few times of every test run.
@Suite(.serialized) struct CrashTests {
  private static let kills =
    ProcessInfo.processInfo.environment["RESETSYNC_KILLS"].flatMap { Int($0) } ?? 6
  /// Every kill meets a run with as many changes as this.
  private static let count = 30

  private static func shop() async throws -> Shop {
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(
          id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)",
          metadata: #"{"foreign":{"n":1.0}}"#)
      },
      seedExtra:
        #", "faults": [{"method": "PATCH", "action": "delay", "seconds": 0.005, "count": null}]"#)
    let off = ["updates", "same_field", "same_value", "mapping_changed", "changed_column"]
      .map { "\"\($0)\": \"off\"" }
    try shop.writeConfiguration(
      safety: "{\"first_run\": \"push\", \(off.joined(separator: ", "))}")
    return shop
  }

  private static func rows(_ round: Int) -> [String] {
    (1...count).map { "K\($0);g\(round);\(round).\($0);n" }
  }

  /// Metadata by reset as the simulator holds it.
  private static func state(_ shop: Shop) async throws -> [String: String] {
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    var state: [String: String] = [:]
    for reset in resets {
      let bytes = try JSONSerialization.data(
        withJSONObject: reset["metadata"] ?? [String: Any](), options: [.sortedKeys])
      state[reset["id"] as? String ?? ""] = String(decoding: bytes, as: UTF8.self)
    }
    return state
  }

  @Test func `killed at random moments, the end state is that of a twin`() async throws {
    let (shop, twin) = (try await Self.shop(), try await Self.shop())
    var random = SystemRandomNumberGenerator()
    var killed = 0
    for round in 1...Self.kills {
      let name = String(format: "export-%04d.csv", round)
      try shop.deliver(name, Self.rows(round))
      try twin.deliver(name, Self.rows(round))
      for each in [shop, twin] { _ = try? await each.control("requests", method: "DELETE") }
      let running = try shop.program.start(["reconcile", "--format", "json"])
      // After so many writes, or (at none) within the pull, the import and the planning.
      let writes = Int.random(in: 0..<Self.count, using: &random)
      for _ in 0..<Int.random(in: 0...40, using: &random) { _ = try await shop.writes() }
      if Bool.random(using: &random) { _ = try await shop.waitForWrites(atLeast: writes) }
      running.signal(SIGKILL)
      killed += await running.outcome().exit == -SIGKILL ? 1 : 0

      let run = try await shop.reconcile()
      #expect(run.exit == 0, "round \(round): \(run.errors)")
      let twinRun = try await twin.reconcile()
      #expect(twinRun.exit == 0, "\(twinRun.errors)")
      let quiet = try await shop.reconcile()
      #expect(quiet.number("plan.updates") == 0, "round \(round)")
      #expect(quiet.number("push.requests") == 0, "round \(round)")
      #expect(quiet.situations == ["in_sync": Self.count], "round \(round): \(quiet.situations)")
      #expect(quiet.number("conflicts.open") == 0)
      #expect(try await Self.state(shop) == Self.state(twin), "round \(round)")
      // Nothing was sent twice, and no export was imported twice.
      #expect(try await shop.writes() == twin.writes(), "round \(round)")
    }
    #expect(killed > 0)
    let verified = try await shop.program.run(["verify"])
    #expect(verified.exit == 0, "\(verified.output) \(verified.errors)")
  }
}
