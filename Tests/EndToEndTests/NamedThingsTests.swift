import Foundation
import Testing

/// An option that names what isn't there is an error that says what there is.
@Suite(.serialized) struct NamedThingsTests {
  private static func shop() async throws -> Shop {
    let shop = try await Shop(
      resets: (1...3).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      })
    try shop.deliver("20261101.csv", (1...3).map { "K\($0);g;\($0);n" })
    return shop
  }

  @Test func `a plan by its digest or a beginning of eight digits`() async throws {
    let shop = try await Self.shop()
    try shop.writeConfiguration(safety: #"{"first_run": "approve"}"#)
    let plan = try await shop.reconcile()
    #expect(plan.exit == 4)
    for wrong in [String(repeating: "f", count: 64), "ffffffffff", String(plan.digest.prefix(7))] {
      let outcome = try await shop.program.run(["reconcile", "--approve", wrong])
      #expect(outcome.exit == 64 && outcome.errors.contains(plan.digest), "\(outcome.errors)")
    }
    #expect(try await shop.writes() == 0)
    let approved = try await shop.reconcile(["--approve", String(plan.digest.prefix(8))])
    #expect(approved.exit == 0 && approved.number("push.applied") == 3, "\(approved.errors)")
    // Approved once more, it lets nothing through: that is told too.
    let again = try await shop.reconcile(["--approve", plan.digest])
    #expect(again.exit == 9 && again.errors.contains("is not due"), "\(again.errors)")
    #expect(try await shop.writes() == 3)
  }

  @Test func `an export by its SHA-256 or a beginning of eight digits`() async throws {
    let shop = try await Self.shop()
    _ = try await shop.reconcile()
    try shop.deliver("20261102.csv", [])
    let refused = try await shop.reconcile()
    let imports = refused.members["imports"] as? [[String: Any]] ?? []
    let sha256 = try #require(imports.first?["sha256"] as? String)
    #expect(refused.exit == 5, "\(refused.errors)")
    for wrong in ["0000000000", String(sha256.prefix(7))] {
      let outcome = try await shop.program.run(["import", "--accept", wrong])
      #expect(outcome.exit == 64 && outcome.errors.contains(sha256), "\(outcome.errors)")
    }
    let accepted = try await shop.program.run(["import", "--accept", String(sha256.prefix(8))])
    #expect(accepted.exit == 0, "\(accepted.errors)")
    // A whole SHA-256 may be that of a file which was never read: only the import knows.
    let none = try await shop.program.run(["import", "--accept", String(repeating: "0", count: 64)])
    #expect(none.exit == 64 && none.errors.contains("no export that waits"), "\(none.errors)")
  }

  @Test func `references, mappings and runs`() async throws {
    let shop = try await Self.shop()
    let first = try await shop.reconcile(["--no-push"])
    for arguments in [
      ["reconcile", "--only", "K9"], ["reconcile", "--only", "K1,K9"],
      ["reconcile", "--mapping", "epr"], ["import", "epr"], ["conflicts", "--mapping", "epr"],
      ["conflicts", "resolve", "--all", "--mapping", "epr", "--take", "source"],
      ["explain", "K1", "--mapping", "epr"], ["report", "--run", "r99"], ["undo", "r99"],
      ["runs", "show", "r99"],
    ] {
      let outcome = try await shop.program.run(arguments)
      #expect(outcome.exit == 64, "\(arguments): \(outcome)")
      if arguments.contains("epr") { #expect(outcome.errors.contains("“erp”"), "\(outcome)") }
      if arguments.contains("r99") { #expect(outcome.errors.contains(first.run), "\(outcome)") }
    }
    #expect(try await shop.writes() == 0)
    let one = try await shop.reconcile(["--only", "K1"])
    #expect(one.exit == 0 && one.number("push.applied") == 1, "\(one.errors)")
  }
}
