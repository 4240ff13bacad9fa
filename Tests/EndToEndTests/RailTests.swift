import Foundation
import Testing

/// Each rail of the contract, tripped and then passed by `--approve`, through the command line.
@Suite(.serialized) struct RailTests {
  /// Everything off but these rails, written as JSON members.
  private static func safety(_ members: String...) -> String {
    let figures = ["updates", "same_field", "same_value", "clears", "source_deleted", "rekeyed"]
    let rails = figures + ["mapping_changed"]
    let off = rails.filter { name in !members.contains { $0.contains("\"\(name)\"") } }
      .map { "\"\($0)\": \"off\"" }
    let guards = ["shrink", "overlap", "changed_column"].map { "\"\($0)\": \"off\"" }
    let first = members.contains { $0.contains("first_run") } ? [] : [#""first_run": "push""#]
    return "{\((off + guards + first + members).joined(separator: ", "))}"
  }

  /// A shop whose 12 resets and records agree, under these rails.
  private static func settledShop(_ safety: String) async throws -> Shop {
    let shop = try await Shop(
      resets: (1...12).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      })
    try shop.writeConfiguration(safety: Self.safety())
    try shop.deliver("20261101.csv", (1...12).map { "K\($0);g\($0);\($0);n\($0)" })
    let run = try await shop.reconcile()
    #expect(run.number("push.applied") == 12, "\(run.errors)")
    try shop.writeConfiguration(safety: safety)
    return shop
  }

  /// Runs until the rail trips, checks what the summary says, and approves the plan.
  private func tripAndApprove(
    _ shop: Shop, _ rail: String, measured: Int, limit: Int, appliedFirst: Int = 0,
    appliedThen: Int
  ) async throws {
    let before = try await shop.writes()
    let dry = try await shop.reconcile(["--dry-run"])
    #expect(dry.exit == 4, "\(dry.errors)")
    #expect(dry.rail(rail)?.tripped == true)
    #expect(try await shop.writes() == before)

    let tripped = try await shop.reconcile()
    #expect(tripped.exit == 4, "\(tripped.errors)")
    #expect(tripped.text("result") == "rail_tripped")
    let verdict = try #require(tripped.rail(rail))
    #expect(verdict == Summary.Rail(measured: measured, limit: limit, tripped: true))
    #expect(tripped.number("push.applied") == appliedFirst)
    #expect(try await shop.writes() == before + appliedFirst)
    let digest = tripped.digest
    #expect(tripped.errors.contains("--approve \(digest)"), "\(tripped.errors)")

    let approved = try await shop.reconcile(["--approve", digest])
    #expect(approved.exit == 0, "\(approved.errors)")
    #expect(approved.number("push.applied") == appliedThen)
    #expect(try await shop.writes() == before + appliedFirst + appliedThen)
  }

  @Test func `updates`() async throws {
    let shop = try await Self.settledShop(
      Self.safety(#""updates": {"rows": 3, "share": 0.25}"#))
    try shop.deliver("20261102.csv", (1...12).map { "K\($0);g\($0);\($0 < 6 ? 99 : $0);n\($0)" })
    try await tripAndApprove(shop, "updates", measured: 5, limit: 3, appliedThen: 5)
  }

  @Test func `updates, by the figure that no share softens`() async throws {
    let shop = try await Self.settledShop(
      Self.safety(#""updates": {"rows": 100, "share": 1, "hard": 3}"#))
    try shop.deliver("20261102.csv", (1...12).map { "K\($0);g\($0);\($0 < 6 ? 99 : $0);n\($0)" })
    try await tripAndApprove(shop, "updates", measured: 5, limit: 3, appliedThen: 5)
  }

  @Test func `an approval covers nothing that came since`() async throws {
    let shop = try await Self.settledShop(
      Self.safety(#""updates": {"rows": 3, "share": 0.25}"#))
    let writes = try await shop.writes()
    try shop.deliver("20261102.csv", (1...12).map { "K\($0);g\($0);\($0 < 6 ? 99 : $0);n\($0)" })
    let tripped = try await shop.reconcile()
    #expect(tripped.exit == 4, "\(tripped.errors)")
    try shop.deliver("20261103.csv", (1...12).map { "K\($0);g\($0);\($0 < 7 ? 99 : $0);n\($0)" })
    let late = try await shop.reconcile(["--approve", tripped.digest])
    #expect(late.exit == 4, "\(late.errors)")
    #expect(late.rail("updates")?.measured == 6)
    #expect(try await shop.writes() == writes)
  }

  @Test(.enabled(if: clockLibrary != nil, "there is no C compiler"))
  func `an approval is good for 24 hours`() async throws {
    let shop = try await Self.settledShop(
      Self.safety(#""updates": {"rows": 3, "share": 0.25}"#))
    let writes = try await shop.writes()
    try shop.deliver("20261102.csv", (1...12).map { "K\($0);g\($0);\($0 < 6 ? 99 : $0);n\($0)" })
    let tripped = try await shop.reconcile()
    // Given with a run that may not write, so that it stands for later ones.
    let given = try await shop.reconcile(["--no-push", "--approve", tripped.digest])
    #expect(given.exit == 0, "\(given.errors)")
    let late = try await reconcile(shop, hoursLater: 25)
    #expect(late.exit == 4, "\(late.errors)")
    #expect(try await shop.writes() == writes)
    let inTime = try await reconcile(shop, hoursLater: 23)
    #expect(inTime.exit == 0, "\(inTime.errors)")
    #expect(try await shop.writes() == writes + 5)
  }

  private static let clockLibrary = ProofLibrary.compiled("shift_clock")

  /// A run on a machine whose clock is so many hours ahead.
  private func reconcile(_ shop: Shop, hoursLater hours: Int) async throws -> Summary {
    var program = shop.program
    program.environment["LD_PRELOAD"] = Self.clockLibrary
    program.environment["CLOCK_SHIFT"] = String(hours * 3_600)
    let outcome = try await program.run(["reconcile", "--format", "json"])
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return Summary(
      exit: outcome.exit, members: document as? [String: Any] ?? [:], errors: outcome.errors)
  }

  @Test func `same field: the other fields go, the approval covers what is left`() async throws {
    let shop = try await Self.settledShop(
      Self.safety(#""same_field": {"rows": 4, "share": 0.25}"#))
    try shop.deliver(
      "20261102.csv",
      (1...12).map { "K\($0);\($0 > 10 ? "moved" : "g\($0)");\($0 < 6 ? 90 + $0 : $0);n\($0)" })
    let tripped = try await shop.reconcile()
    #expect(tripped.exit == 4, "\(tripped.errors)")
    #expect(tripped.rail("same_field") == Summary.Rail(measured: 5, limit: 3, tripped: true))
    #expect(tripped.number("push.applied") == 2)
    let approved = try await shop.reconcile(["--approve", tripped.digest])
    #expect(approved.exit == 0, "\(approved.errors)")
    #expect(approved.number("push.applied") == 5)
  }

  @Test func `same value`() async throws {
    let shop = try await Self.settledShop(
      Self.safety(#""same_value": {"rows": 4, "share": 0.3}"#))
    try shop.deliver("20261102.csv", (1...12).map { "K\($0);g\($0);\($0 < 6 ? 99 : $0);n\($0)" })
    try await tripAndApprove(shop, "same_value", measured: 5, limit: 3, appliedThen: 5)
  }

  @Test func `clears`() async throws {
    let shop = try await Self.settledShop(Self.safety(#""clears": {"rows": 2, "share": 0.02}"#))
    try shop.write(
      Shop.mapping.replacing(
        #""policy": "source""#, with: #""policy": "source", "blank": "clear""#),
      to: "Mappings/erp.json")
    try shop.deliver(
      "20261102.csv", (1...12).map { "K\($0);g\($0);\($0 < 4 ? "" : "\($0)");n\($0)" })
    try await tripAndApprove(shop, "clears", measured: 3, limit: 2, appliedThen: 3)
  }

  @Test func `source deleted`() async throws {
    let shop = try await Self.settledShop(
      Self.safety(#""source_deleted": {"rows": 2, "share": 0.05}"#))
    for day in 2...3 {
      try shop.deliver(
        "2026110\(day).csv", (4...12).map { "K\($0);g\($0);\($0 == 12 ? day : $0);n\($0)" })
      _ = try await shop.reconcile(["--no-push", "--no-pull"])
    }
    try await tripAndApprove(shop, "source_deleted", measured: 3, limit: 2, appliedThen: 1)
  }

  @Test func `rekeyed`() async throws {
    let shop = try await Self.settledShop(Self.safety(#""rekeyed": {"rows": 1, "share": 0.01}"#))
    for number in 1...2 {
      try await shop.edit("reset\(number)", "{\"reference\": \"N\(number)\"}")
    }
    try shop.deliver("20261102.csv", (1...12).map { "K\($0);g\($0);\($0 > 11 ? 99 : $0);n\($0)" })
    try await tripAndApprove(shop, "rekeyed", measured: 2, limit: 1, appliedThen: 1)
  }

  @Test func `mapping changed`() async throws {
    let on = Self.safety().replacing(#""mapping_changed": "off", "#, with: "")
    let shop = try await Self.settledShop(on)
    try shop.write(
      Shop.mapping.replacing(
        #""metadata": "note""#, with: #""metadata": "note", "transform": ["remove_prefix:n1"]"#
      ).replacing(#""fill_blank""#, with: #""source""#), to: "Mappings/erp.json")
    try await tripAndApprove(shop, "mapping_changed", measured: 3, limit: 0, appliedThen: 3)
  }

  @Test func `first run`() async throws {
    let shop = try await Shop(
      resets: (1...3).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      })
    try shop.writeConfiguration(safety: Self.safety(#""first_run": "approve""#))
    try shop.deliver("20261101.csv", (1...3).map { "K\($0);g;\($0);n" })
    try await tripAndApprove(shop, "first_run", measured: 3, limit: 0, appliedThen: 3)
  }
}

extension Summary {
  /// A rail as judged.
  struct Rail: Equatable {
    var measured: Int
    var limit: Int
    var tripped: Bool
  }

  /// The rail of this name.
  func rail(_ name: String) -> Rail? {
    let rails = members["rails"] as? [[String: Any]] ?? []
    guard let found = rails.first(where: { $0["name"] as? String == name }),
      let measured = found["measured"] as? Int, let limit = found["limit"] as? Int,
      let tripped = found["tripped"] as? Bool
    else { return nil }
    return Rail(measured: measured, limit: limit, tripped: tripped)
  }

  /// The digest of the plan.
  var digest: String { (members["plan"] as? [String: Any])?["digest"] as? String ?? "" }

  /// The id of the run.
  var run: String { text("run") }
}
