import Foundation
import Testing

/// The process killed at named points, and the power cut there; the end is that of a twin.
///
/// Points are before and after each commit, each request, each write into a file, each rename.
/// `RESETSYNC_POINTS=1000` kills so often instead of the few times of every test run; each of the
/// three tests takes its share. Needs a C compiler, for `Tests/Proof/kill_point.c`.
@Suite(.serialized, .enabled(if: KillPointLibrary.path != nil, "there is no C compiler"))
struct KillPointTests {
  private static let points =
    ProcessInfo.processInfo.environment["RESETSYNC_POINTS"].flatMap { Int($0) } ?? 20
  /// Every kill meets a run with as many changes as this.
  private static let count = 6

  private static func shop() async throws -> Shop {
    let shop = try await Shop(
      resets: (1...count).map {
        Shop.Reset(
          id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)",
          metadata: #"{"foreign":{"n":1.0}}"#)
      })
    let off = [
      "updates", "same_field", "same_value", "mapping_changed", "changed_column", "clears",
    ].map { "\"\($0)\": \"off\"" }
    try shop.writeConfiguration(
      safety: "{\"first_run\": \"push\", \(off.joined(separator: ", "))}")
    return shop
  }

  /// An export with values of its own: a field that went back and forth would be frozen.
  private static func deliver(_ round: Int, to shop: Shop) throws {
    let rows = (1...count).map { "K\($0);group-\(round)-;\(round).5;n" }
    try shop.deliver(String(format: "export-%05d.csv", round), rows)
    // Old deliveries would only slow down the thousandth round.
    try? FileManager.default.removeItem(
      atPath: shop.folder + String(format: "/exports/export-%05d.csv", round - 3))
  }

  /// Metadata by reset as the simulator holds it.
  private static func state(_ shop: Shop) async throws -> String {
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    let state = resets.map { ($0["id"] as? String ?? "", $0["metadata"] ?? [String: Any]()) }
    let bytes = try JSONSerialization.data(
      withJSONObject: Dictionary(state) { first, _ in first }, options: [.sortedKeys])
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What undisturbed runs leave at the API: a text that holds for any round, with its values.
  private static func life() async throws -> @Sendable (Int) -> String {
    let twin = try await shop()
    var states: [String] = []
    for round in [7, 8] {
      try deliver(round, to: twin)
      #expect(try await twin.reconcile().exit == 0)
      states.append(try await state(twin))
    }
    let first = states[0]
    let at: @Sendable (Int) -> String = { round in
      first.replacing("group-7-", with: "group-\(round)-").replacing(":7.5", with: ":\(round).5")
    }
    #expect(at(8) == states[1] && at(8) != first)
    return at
  }

  /// How many calls of each kind a run with changes makes.
  private static func calls(_ shop: Shop, from round: inout Int) async throws -> [PointKind: Int] {
    var calls: [PointKind: Int] = [:]
    for kind in PointKind.allCases {
      try deliver(round, to: shop)
      calls[kind] = try await shop.calls(of: kind, in: ["reconcile"])
      round += 1
    }
    return calls
  }

  /// Finishes a killed run and compares with the twin.
  private static func finish(_ shop: Shop, _ state: String, _ what: String) async throws {
    let run = try await shop.reconcile()
    #expect(run.exit == 0, "\(what): \(run.errors)")
    let quiet = try await shop.reconcile()
    #expect(quiet.number("plan.updates") == 0, "\(what)")
    #expect(quiet.number("push.requests") == 0, "\(what)")
    #expect(quiet.situations == ["in_sync": count], "\(what): \(quiet.situations)")
    #expect(quiet.number("conflicts.open") == 0, "\(what)")
    #expect(try await Self.state(shop) == state, "\(what)")
    #expect(try await shop.writes() == count, "\(what): something was sent twice")
  }

  @Test func `killed at named points, the end state is that of a twin`() async throws {
    let life = try await Self.life()
    let shop = try await Self.shop()
    try Self.deliver(1, to: shop)
    #expect(try await shop.reconcile().exit == 0)
    var round = 2
    let calls = try await Self.calls(shop, from: &round)
    let points = KillPoint.spread(Self.points / 2, over: calls)
    var killed = 0
    for point in points {
      try Self.deliver(round, to: shop)
      _ = try await shop.control("requests", method: "DELETE")
      killed += try await shop.kill(["reconcile"], at: point) ? 1 : 0
      try await Self.finish(shop, life(round), "round \(round), \(point)")
      round += 1
    }
    // A point at the very end may not come up again where threads met differently.
    #expect(killed * 10 >= points.count * 8, "\(killed) of \(points.count) died, of \(calls)")
    let verified = try await shop.program.run(["verify"])
    #expect(verified.exit == 0, "\(verified.output) \(verified.errors)")
  }

  @Test func `the power cut at named points, the end state is that of a twin`() async throws {
    let life = try await Self.life()
    let shop = try await Self.shop()
    try Self.deliver(1, to: shop)
    #expect(try await shop.reconcile().exit == 0)
    var round = 2
    var calls = try await Self.calls(shop, from: &round)
    calls[.name] = nil
    var killed = 0
    for point in KillPoint.spread(Self.points / 4, over: calls) {
      try Self.deliver(round, to: shop)
      _ = try await shop.control("requests", method: "DELETE")
      let durable = try shop.startDurable()
      if try await shop.kill(["reconcile"], at: point, durable: durable) {
        killed += 1
        // Nothing of the unsynced log, a piece of it, or all of it.
        try shop.losePower(keeping: durable, tornBytes: [0, 1_000, 1 << 30][round % 3])
        let verified = try await shop.program.run(["verify"])
        #expect(verified.exit == 0, "\(point): \(verified.output) \(verified.errors)")
      }
      try await Self.finish(shop, life(round), "round \(round), power cut \(point)")
      round += 1
    }
    #expect(killed > 0)
  }

  @Test func `a decision is made or not made, and never lost, wherever it is killed`() async throws
  {
    let shop = try await Self.shop()
    try Self.deliver(1, to: shop)
    #expect(try await shop.reconcile().exit == 0)
    let resolve = ["conflicts", "resolve", "--all", "--take", "source", "--yes"]
    var calls: [PointKind: Int] = [:]
    var round = 2
    /// Both sides move, so that a person must decide.
    func contest() async throws {
      try Self.deliver(round, to: shop)
      try await shop.edit("reset1", #"{"metadata": {"group": "hand\#(round)", "note": "n"}}"#)
      let run = try await shop.reconcile()
      #expect(run.number("conflicts.open") == 1, "\(run.errors)")
    }
    for kind in PointKind.allCases where kind != .send {
      try await contest()
      calls[kind] = try await shop.calls(of: kind, in: resolve)
      #expect(try await shop.reconcile().number("conflicts.open") == 0)
      round += 1
    }
    var killed = 0
    for point in KillPoint.spread(Self.points / 4, over: calls) {
      try await contest()
      killed += try await shop.kill(resolve, at: point) ? 1 : 0
      let open = try await shop.json(["conflicts"]).document as? [[String: Any]] ?? []
      if open.contains(where: { $0["state"] as? String == "open" }) {
        #expect(try await shop.program.run(resolve).exit == 0, "\(point)")
      }
      let run = try await shop.reconcile()
      #expect(run.number("conflicts.open") == 0, "\(point): \(run.errors)")
      let reset = try await shop.control("resets/reset1") as? [String: Any]
      let group = (reset?["metadata"] as? [String: Any])?["group"] as? String
      #expect(group == "group-\(round)-", "\(point): the decision did not reach the API")
      round += 1
    }
    #expect(killed > 0)
  }
}
