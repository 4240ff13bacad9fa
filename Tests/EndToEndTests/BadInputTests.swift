import Foundation
import Testing

/// Each kind of bad input: one clear message, the exit code of the contract, the mirror untouched.
@Suite(.serialized) struct BadInputTests {
  private func shop() async throws -> Shop {
    let shop = try await Shop(resets: [
      Shop.Reset(id: "one", email: "one@example.com", reference: "K1")
    ])
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    return shop
  }

  private func mirrorDigest(_ shop: Shop) -> Data? {
    FileManager.default.contents(atPath: shop.folder + "/var/mirror.sqlite")
  }

  @Test func `no configuration`() async throws {
    let folder = NSTemporaryDirectory() + "resetsync-empty-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = try await Program(directory: folder).run(["reconcile"])
    #expect(outcome.exit == 78)
    #expect(outcome.errors.contains("no configuration"))
    #expect(outcome.errors.contains("resetsync init"))
  }

  @Test func `a syntax error in the configuration names line and column`() async throws {
    let shop = try await shop()
    try shop.write("{\n  \"api\": {,\n}", to: "Config/resetsync.json")
    let outcome = try await shop.program.run(["reconcile"])
    #expect(outcome.exit == 78)
    #expect(outcome.errors.contains("resetsync.json:2:11"), "\(outcome.errors)")
  }

  @Test func `an unknown key suggests the right one`() async throws {
    let shop = try await shop()
    try shop.writeConfiguration(api: ["rate_shore": "0.5"])
    let outcome = try await shop.program.run(["check"])
    #expect(outcome.exit == 78)
    #expect(outcome.errors.contains("did you mean \"rate_share\"?"), "\(outcome.errors)")
  }

  @Test func `a column that the export lacks names file, columns and the nearest one`()
    async throws
  {
    let shop = try await shop()
    try shop.write(
      Shop.mapping.replacing("\"column\": \"GROUP\"", with: "\"column\": \"GRUOP\""),
      to: "Mappings/erp.json")
    let run = try await shop.reconcile()
    #expect(run.exit == 5)
    let text = try await shop.program.run(["import"]).errors
    for word in ["20261120.csv", "GRUOP", "GROUP", "LIMIT"] {
      #expect(text.contains(word), "\(word) is not in \(text)")
    }
  }

  @Test func `an unreachable API`() async throws {
    let shop = try await shop()
    try shop.writeConfiguration(api: [
      "base_url": quoted("http://127.0.0.1:9/api"),
      "token_url": quoted("http://127.0.0.1:9/oauth/token"),
    ])
    let before = mirrorDigest(shop)
    let outcome = try await shop.program.run(["pull"])
    #expect(outcome.exit == 6)
    #expect(outcome.errors.contains("127.0.0.1"), "\(outcome.errors)")
    #expect(before == nil || mirrorDigest(shop) == before)
  }

  @Test func `a wrong secret`() async throws {
    let shop = try await shop()
    var program = shop.program
    program.environment["CL_CLIENT_SECRET"] = "wrong-canary-5501"
    let outcome = try await program.run(["pull"])
    #expect(outcome.exit == 6)
    #expect(outcome.errors.contains("client"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("wrong-canary-5501"))
  }

  @Test func `a token of another organisation`() async throws {
    let shop = try await shop()
    try shop.writeConfiguration(api: ["organization": quoted("another")])
    let outcome = try await shop.program.run(["pull"])
    #expect(outcome.exit == 5)
    #expect(outcome.errors.contains("another"), "\(outcome.errors)")
    #expect(outcome.errors.contains("e2e"), "\(outcome.errors)")
    // The mirror is not bound to what was mistyped.
    try shop.writeConfiguration()
    #expect(try await shop.program.run(["pull"]).exit == 0)
    try shop.writeConfiguration(api: ["organization": quoted("another")])
    #expect(try await shop.program.run(["pull"]).exit == 5)
  }

  @Test func `resets of the other mode`() async throws {
    let shop = try await shop()
    try shop.writeConfiguration(api: ["mode": quoted("live")])
    let outcome = try await shop.program.run(["pull"])
    #expect(outcome.exit == 5)
    #expect(outcome.errors.contains("live"), "\(outcome.errors)")
  }

  @Test func `a typing error suggests the command`() async throws {
    let outcome = try await Program(directory: "/tmp").run(["reconsile"])
    #expect(outcome.exit == 64)
    #expect(outcome.errors.contains("reconcile"))
  }
}
