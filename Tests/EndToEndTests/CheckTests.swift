import Foundation
import Testing

/// `check` opens the newest export of each mapping and says what an import would make of it.
@Suite struct CheckTests {
  private func shop(_ origin: String = "erp") async throws -> Shop {
    let shop = try await Shop(
      resets: (1...6).map { number in
        Shop.Reset(
          id: "r\(number)", email: "k\(number)@example.com", reference: "K\(number)",
          origin: origin)
      })
    #expect(try await shop.program.run(["pull"]).exit == 0)
    return shop
  }

  @Test func `rows, rejections and meeting resets are told of the newest export`() async throws {
    let shop = try await shop()
    try shop.deliver("20261119.csv", ["K1;retail;abc;n"])
    try shop.deliver("20261120.csv", (1...4).map { "K\($0);retail;\($0);n" } + ["K9;a;xyz;n"])
    let check = try await shop.program.run(["check"])
    #expect(check.exit == 0, "\(check.errors)")
    #expect(check.output.contains("20261120.csv: 5 rows, 4 would be taken, 1 rejected"))
    #expect(check.output.contains("line 6, LIMIT: \"xyz\""), "\(check.output)")
    #expect(!check.output.contains("20261119.csv: 1 row"))
    #expect(check.output.contains("4 of 6 resets of erp have their record in it"))
    let (exit, document, _) = try await shop.json(["check"])
    let notes = (document as? [String: Any])?["notes"] as? [String] ?? []
    #expect(exit == 0 && notes.contains { $0.contains("4 of 6 resets") }, "\(notes)")
  }

  @Test func `what an import would refuse is a problem, and all are told at once`() async throws {
    let shop = try await shop()
    try shop.deliver("20261120.csv", (1...40).map { "K\($0);retail;\($0 % 2 == 0 ? "x" : "1");n" })
    let other = Shop.mapping.replacing("\"erp\"", with: "\"crm\"")
      .replacing("exports/*.csv", with: "exports/*.txt").replacing("GROUP", with: "GROUPS")
    try shop.write(other, to: "Mappings/crm.json")
    try shop.write("ID;GROUP;LIMIT;NOTE\nK1;a;1;n\n", to: "exports/c.txt")
    try shop.writeConfiguration(mappings: "../Mappings/*.json")
    let check = try await shop.program.run(["check"])
    #expect(check.exit == 5, "\(check.output) \(check.errors)")
    #expect(check.errors.contains("20 of 40 rows can't be used"), "\(check.errors)")
    #expect(check.errors.contains("most for LIMIT (20)"), "\(check.errors)")
    #expect(check.errors.contains("--mapping erp --values"), "\(check.errors)")
    #expect(check.errors.contains("the column “GROUPS” is missing"), "\(check.errors)")
    #expect(check.errors.contains("did “GROUPS” become “GROUP”?"), "\(check.errors)")
    let (_, document, _) = try await shop.json(["check"])
    let problems = (document as? [String: Any])?["problems"] as? [[String: Any]] ?? []
    #expect(problems.count == 2 && problems.allSatisfy { $0["exit"] as? Int == 5 })
  }

  @Test func `an export of which no reset has its record is a problem`() async throws {
    let shop = try await shop()
    try shop.deliver("20261120.csv", (1...6).map { "00K\($0);retail;1;n" })
    let check = try await shop.program.run(["check"])
    #expect(check.exit == 78, "\(check.output) \(check.errors)")
    #expect(check.errors.contains("such as “K1”, the export such as “00K1”"), "\(check.errors)")
  }

  @Test func `an origin that no reset names is told with those that are there`() async throws {
    let shop = try await shop("navision")
    try shop.deliver("20261120.csv", ["K1;retail;1;n"])
    let check = try await shop.program.run(["check"])
    #expect(check.exit == 0, "\(check.errors)")
    #expect(
      check.output.contains("no reset names the origin erp; the resets have navision (6)"),
      "\(check.output)")
  }
}
