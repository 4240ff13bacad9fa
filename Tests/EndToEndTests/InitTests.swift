import Foundation
import TestKit
import Testing

/// What `init` proposes is safe as it stands: codes keep their zeros, thousands stay thousands, and
/// a key that nobody could know is asked for.
@Suite struct InitTests {
  /// A list of accounts with German thousands, codes without a zero yet, and counted rows.
  private static let list: [String] =
    ["Pos;Konto;E-Mail;PLZ;Filiale;Limit;Saldo;Seit"]
    + (1...12).map { row in
      "\(row);\(71_000 + row * 7);k\(row)@example.com;\(1_010 + row);\(100 + row % 3);"
        + "\(row * 5).000;\(row),50;0\(1 + row % 9).02.2024"
    }

  private func shop(_ numbers: [Int]) async throws -> Shop {
    try await Shop(
      resets: numbers.map { number in
        Shop.Reset(
          id: "reset\(number)", email: "k\(number)@example.com",
          reference: "\(71_000 + number * 7)", origin: "konten")
      })
  }

  /// The proposed mapping, looking for its exports in the folder of the shop.
  private func mapping(_ shop: Shop, _ name: String) throws -> String {
    let text = try String(contentsOfFile: "\(shop.folder)/Mappings/\(name).json", encoding: .utf8)
    return text.replacing("\"settle\": \"60s\"", with: "\"settle\": \"0s\"")
  }

  @Test func `the values of a proposed mapping arrive as they are`() async throws {
    let shop = try await shop([1, 2, 3, 4, 5])
    try shop.write(Self.list.joined(separator: "\n") + "\n", to: "exports/konten.csv")
    let made = try await shop.program.run(
      ["init", "--force", "--from-export", "exports/konten.csv"])
    #expect(made.exit == 0, "\(made.errors)")
    #expect(made.output.contains("key column Konto"), "\(made.output)")
    #expect(made.output.contains("Pos"), "\(made.output)")
    try shop.write(try mapping(shop, "konten"), to: "Mappings/konten.json")
    try shop.writeConfiguration(mappings: "../Mappings/konten.json")
    let check = try await shop.program.run(["check"])
    #expect(check.exit == 0, "\(check.output) \(check.errors)")
    #expect(check.output.contains("12 rows, 12 would be taken"), "\(check.output)")
    #expect(try await shop.reconcile().number("push.applied") == 5)
    let first = try await metadata(of: "reset1", shop)
    #expect(first["limit"] as? Int == 5_000 && first["saldo"] as? Double == 1.5, "\(first)")
    #expect(first["plz"] as? String == "1011" && first["filiale"] as? String == "101")
    #expect(first["seit"] as? String == "2024-02-02", "\(first)")

    // The next file brings codes with zeros in front.
    let zeros = Self.list.map {
      $0.replacing(";1011;101;", with: ";01067;007;").replacing(";5.000;", with: ";1.234,50;")
    }
    try shop.write(zeros.joined(separator: "\n") + "\n", to: "exports/konten.csv")
    #expect(try await shop.reconcile().number("push.applied") == 1)
    let second = try await metadata(of: "reset1", shop)
    #expect(second["plz"] as? String == "01067" && second["filiale"] as? String == "007")
    #expect(second["limit"] as? Double == 1234.5, "\(second)")
  }

  private func metadata(of id: String, _ shop: Shop) async throws -> [String: Any] {
    let reset = try await shop.control("resets/\(id)") as? [String: Any]
    return reset?["metadata"] as? [String: Any] ?? [:]
  }

  @Test func `a key that is left open is asked for until it is filled in`() async throws {
    let shop = try await shop([1])
    let rows = (1...3).map { "A\($0 * 7);B\($0 * 3)" }
    try shop.write((["Code;Ref"] + rows).joined(separator: "\n") + "\n", to: "exports/few.csv")
    let made = try await shop.program.run(["init", "--force", "--from-export", "exports/few.csv"])
    #expect(made.exit == 0, "\(made.errors)")
    #expect(made.output.contains("key column left open"), "\(made.output)")
    #expect(made.output.contains("Code") && made.output.contains("Ref"))
    try shop.writeConfiguration(mappings: "../Mappings/few.json")
    let open = try await shop.program.run(["check"])
    #expect(open.exit == 78, "\(open.output)")
    #expect(open.errors.contains("Mappings/few.json:"), "\(open.errors)")
    #expect(open.errors.contains("the key is left to be filled in"), "\(open.errors)")
    #expect(try await shop.program.run(["reconcile"]).exit == 78)
    let text = try String(contentsOfFile: "\(shop.folder)/Mappings/few.json", encoding: .utf8)
    try shop.write(
      text.replacing(#""column": """#, with: #""column": "Code""#), to: "Mappings/few.json")
    let filled = try await shop.program.run(["check"])
    #expect(filled.exit == 0, "\(filled.output) \(filled.errors)")
  }

  /// A customer of another number never gets the values of this one.
  @Test func `zeros in front are not stripped from numbers of several lengths`() async throws {
    let shop = try await Shop(
      resets: [
        Shop.Reset(id: "a", email: "a@example.com", reference: "1454545", origin: "bc"),
        Shop.Reset(id: "b", email: "b@example.com", reference: "10000", origin: "bc"),
      ])
    #expect(try await shop.program.run(["pull"]).exit == 0)
    let rows = ["01454545,silver", "10000,gold"] + (2...7).map { "\($0)0000,gold" }
    try shop.write((["No,Tier"] + rows).joined(separator: "\n") + "\n", to: "exports/bc.csv")
    #expect(
      try await shop.program.run(["init", "--force", "--from-export", "exports/bc.csv"]).exit == 0)
    try shop.write(try mapping(shop, "bc"), to: "Mappings/bc.json")
    try shop.writeConfiguration(mappings: "../Mappings/bc.json")
    #expect(try await shop.reconcile().number("push.applied") == 1)
    #expect(try await metadata(of: "a", shop).isEmpty)
    #expect(try await metadata(of: "b", shop)["tier"] as? String == "gold")
  }

  /// What people name in the place of an export is told for what it is.
  @Test(arguments: [
    (["init", "x", "--from-export", "exports"], 5, "is a folder", "konten.csv"),
    (["init", "x", "--from-export", "exports/konto.csv"], 5, "no such file", "konten.csv"),
    (["init", "x", "--from-export", "nowhere/a.csv"], 5, "there is no folder", "path"),
    (["init", "x", "--from-export", "exports/none.csv"], 5, "no bytes", "write it again"),
    (["preview", "exports"], 5, "is a folder", "name one of its files"),
    (["preview", "var"], 5, "is a folder", "it is empty"),
    (["preview", "exports/konten"], 5, "no such file", "did you mean konten.csv?"),
    (["preview", "exports/old.xls"], 5, "an old Excel file", "save it as .xlsx"),
    (["preview", "exports/konten.csv", "--values"], 64, "--values needs --mapping", "help"),
    (["preview", "exports/konten.csv", "--mapping", "epr"], 64, "mean “erp”?", "there are"),
    (["preview", "exports/konten.csv", "--header-row", "99"], 64, "--header-row", "auto"),
    (["preview", "exports/konten.csv", "--delimiter", "xy"], 64, "one character", "xy"),
    (["preview", "exports/konten.csv", "--encoding", "klingon"], 64, "klingon", "windows-1250"),
  ])
  func `a wrong operand gets words to act on`(
    _ arguments: [String], _ exit: Int, _ what: String, _ next: String
  ) async throws {
    let shop = try await shop([1])
    try shop.write(Self.list.joined(separator: "\n") + "\n", to: "exports/konten.csv")
    try shop.write("", to: "exports/none.csv")
    try Data([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0]).write(
      to: URL(filePath: "\(shop.folder)/exports/old.xls"))
    let outcome = try await shop.program.run(arguments)
    #expect(outcome.exit == Int32(exit), "\(outcome.output) \(outcome.errors)")
    #expect(outcome.errors.contains(what) && outcome.errors.contains(next), "\(outcome.errors)")
    #expect(!outcome.errors.contains("unexpected"), "\(outcome.errors)")
  }
}
