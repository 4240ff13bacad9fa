import Foundation
import TestKit
import Testing

/// One export in several files, through the program, run by run.
@Suite(.serialized) struct PartsTests {
  private static func shop(
    _ pattern: String = #"^(?<set>.+)_(?<part>\\d+)\\.csv"#, _ more: String = ""
  ) async throws -> Shop {
    try await DeliveryTests.shop(
      #""export": {"path": "../exports/*", "format": "csv", "settle": "0s", "#
        + "\"parts\": \"\(pattern)\"\(more)}", resets: 4)
  }

  private static func waiting(_ run: Summary) -> String {
    (run.members["waiting"] as? [[String: Any]] ?? []).compactMap { $0["reason"] as? String }
      .joined(separator: "\n")
  }

  private static func parts(_ run: Summary) -> [[String]] {
    (run.members["imports"] as? [[String: Any]] ?? []).map { $0["parts"] as? [String] ?? [] }
  }

  @Test func `parts from zero, packed, are one delivery with one receipt`() async throws {
    let shop = try await Self.shop()
    let texts = ["ID,TIER\nK1,gold\nK2,gold\n", "ID,TIER\nK3,silver\nK4,silver\n"]
    for (number, text) in texts.enumerated() {
      let name = "k_20261121_\(number).csv.zip"
      try Data(ExportFixtures.archive([("k.csv", text)]))
        .write(to: URL(filePath: shop.folder + "/exports/" + name))
    }
    let run = try await shop.reconcile()
    #expect(run.exit == 0 && DeliveryTests.states(run) == ["accepted"], "\(run.members)")
    #expect(Self.parts(run) == [["k_20261121_0.csv.zip", "k_20261121_1.csv.zip"]])
    #expect(
      try await DeliveryTests.tiers(shop)
        == ["K1": "gold", "K2": "gold", "K3": "silver", "K4": "silver"])
    let again = try await shop.reconcile()
    #expect(again.exit == 0 && DeliveryTests.states(again).isEmpty)
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }

  @Test func `a set waits for its middle part, and is overtaken by a later one`() async throws {
    let shop = try await Self.shop()
    for number in [1, 3] {
      try DeliveryTests.drop(
        "ID,TIER\nK\(number),gold\n", "k_20261121_\(number).csv", in: shop, secondsAgo: 300)
    }
    let first = try await shop.reconcile()
    #expect(first.exit == 0 && DeliveryTests.states(first).isEmpty)
    #expect(Self.waiting(first).contains("part 2 is not there yet"), "\(Self.waiting(first))")
    try DeliveryTests.drop("ID,TIER\nK2,gold\nK4,gold\n", "k_20261121_2.csv", in: shop)
    let whole = try await shop.reconcile()
    #expect(whole.exit == 0 && DeliveryTests.states(whole) == ["accepted"])
    #expect(try await DeliveryTests.tiers(shop).count == 4)

    try DeliveryTests.drop("ID,TIER\nK1,bronze\n", "k_20261122_2.csv", in: shop)
    #expect(Self.waiting(try await shop.reconcile()).contains("part 1"))
    let rest = (2...4).map { "K\($0),gold\n" }.joined()
    try DeliveryTests.drop("ID,TIER\nK1,silver\n\(rest)", "k_20261123_1.csv", in: shop)
    let later = try await shop.reconcile()
    #expect(DeliveryTests.states(later) == ["accepted"] && Self.waiting(later).isEmpty == false)
    #expect(Self.waiting(try await shop.reconcile()).isEmpty)
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "silver")
  }

  @Test func `changes that lack a part are told until it comes, whatever came since`() async throws
  {
    let shop = try await Self.shop(#"^(?<set>.+)_(?<part>\\d+)\\.csv"#, #", "mode": "delta""#)
    try DeliveryTests.drop(
      "ID,TIER\nK1,gold\nK2,gold\n", "k_20261121_1.csv", in: shop, secondsAgo: 300)
    _ = try await shop.reconcile()
    try DeliveryTests.drop(
      "ID,TIER\nK3,gold\n", "k_20261122_2.csv", in: shop, secondsAgo: 200)
    try DeliveryTests.drop("ID,TIER\nK1,silver\n", "k_20261123_1.csv", in: shop)
    for _ in 1...2 {
      let run = try await shop.reconcile()
      #expect(Self.waiting(run).contains("k_20261122: part 1"), "\(Self.waiting(run))")
    }
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "silver")
  }

  @Test func `rejected rows and explain name the file of the part`() async throws {
    let shop = try await Self.shop()
    try DeliveryTests.drop("ID,TIER\nK1,gold\n", "k_1.csv", in: shop)
    try DeliveryTests.drop("K2,silver\nK3,gold,x\nK4,gold\n", "k_2.csv", in: shop)
    let run = try await shop.reconcile()
    let rejected = (run.members["imports"] as? [[String: Any]])?.first?["rejections"]
    let row = try #require((rejected as? [[String: Any]])?.first)
    #expect(row["file"] as? String == "k_2.csv" && (row["line"] as? NSNumber)?.intValue == 2)
    let told = try await shop.program.run(["explain", "K4"])
    #expect(told.output.contains("k_2.csv") && told.output.contains("line 3"), "\(told.output)")
    #expect(!told.output.contains("4294967"))
    let report = try await shop.program.run(["report", "--format", "json"])
    #expect(report.output.contains("\"file\":\"k_2.csv\""), "\(report.output.prefix(2_000))")
  }

  @Test func `guards judge the whole set`() async throws {
    let shop = try await Self.shop()
    let rows = { (range: Range<Int>) in range.map { "K\($0),gold\n" }.joined() }
    for day in ["20261121", "20261122"] {
      try DeliveryTests.drop("ID,TIER\n" + rows(0..<30), "k_\(day)_1.csv", in: shop)
      try DeliveryTests.drop("ID,TIER\n" + rows(30..<60), "k_\(day)_2.csv", in: shop)
      let run = try await shop.reconcile()
      #expect(run.exit == 0, "\(DeliveryTests.reason(run))")
    }
    try DeliveryTests.drop("ID,TIER\n" + rows(0..<30), "k_20261123_1.csv", in: shop)
    let half = try await shop.reconcile()
    #expect(half.exit == 5 && DeliveryTests.states(half) == ["refused"])
    #expect(DeliveryTests.reason(half).contains("shrink"), "\(DeliveryTests.reason(half))")
    // The other part makes it another set, and whole.
    try DeliveryTests.drop("ID,TIER\n" + rows(30..<60), "k_20261123_2.csv", in: shop)
    let whole = try await shop.reconcile()
    #expect(whole.exit == 0, "\(DeliveryTests.reason(whole))")
    #expect(whole.situations["source_deleted"] == nil)
  }

  @Test func `a part with other columns refuses the set and is named`() async throws {
    let shop = try await Self.shop()
    try DeliveryTests.drop("ID,TIER\nK1,gold\n", "k_1.csv", in: shop)
    try DeliveryTests.drop("ID,CLASS\nK2,gold\n", "k_2.csv", in: shop)
    let run = try await shop.reconcile()
    #expect(run.exit == 5 && DeliveryTests.states(run) == ["refused"])
    #expect(DeliveryTests.reason(run).hasPrefix("k_2.csv"), "\(DeliveryTests.reason(run))")
    #expect(try await DeliveryTests.tiers(shop)["K1"] == nil)
  }

  @Test func `a change of rules reads all parts again`() async throws {
    let shop = try await Self.shop()
    try DeliveryTests.drop("ID,TIER,MORE\nK1,gold,a\n", "k_1.csv", in: shop)
    try DeliveryTests.drop("ID,TIER,MORE\nK2,gold,b\n", "k_2.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    let path = shop.folder + "/Mappings/erp.json"
    let mapping = try String(contentsOfFile: path, encoding: .utf8)
    try shop.write(
      mapping.replacing("\"column\": \"TIER\"", with: "\"column\": \"MORE\""),
      to: "Mappings/erp.json")
    let run = try await shop.reconcile()
    #expect(DeliveryTests.states(run) == ["accepted"], "\(run.members)")
    let update = try await shop.program.run(["explain", "K2"])
    #expect(update.output.contains("k_2.csv"), "\(update.output)")
  }

  @Test func `a hand-named part brings its set`() async throws {
    let shop = try await Self.shop()
    try DeliveryTests.drop("ID,TIER\nK1,gold\n", "k_1.csv", in: shop)
    try DeliveryTests.drop("ID,TIER\nK2,gold\n", "k_2.csv", in: shop)
    let run = try await shop.program.run(["import", "erp", "--file", "exports/k_2.csv"])
    #expect(run.exit == 0 && run.output.contains("k (2 parts)"), "\(run.output)\(run.errors)")
  }

  /// Below the guards: each part would take the customers of the other for gone.
  @Test func `small parts that nobody told of are refused together`() async throws {
    let shop = try await DeliveryTests.shop(
      #""export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s"}"#, resets: 4)
    for day in ["20261121", "20261122"] {
      try DeliveryTests.drop("ID,TIER\nK1,gold\nK2,gold\n", "k_\(day)_1.csv", in: shop)
      try DeliveryTests.drop("ID,TIER\nK3,gold\nK4,gold\n", "k_\(day)_2.csv", in: shop)
      let run = try await shop.reconcile()
      #expect(run.exit == 5)
      #expect(Set(DeliveryTests.states(run)) == ["refused"])
      #expect(
        DeliveryTests.reason(run).contains(#""^(?<set>.+)_(?<part>\\d+)\\.csv$""#),
        "\(DeliveryTests.reason(run))")
      #expect(run.situations["source_deleted"] == nil)
    }
    // One of them is a whole export after all, and a person says so.
    let imports = try await shop.reconcile().members["imports"] as? [[String: Any]]
    let sha256 = try #require(imports?.last?["sha256"] as? String)
    #expect(try await shop.program.run(["import", "--accept", sha256]).exit != 0)
    #expect(try await shop.program.run(["status"]).output.contains("K") == true)
  }

  @Test func `exports that follow each other are no parts`() async throws {
    let shop = try await DeliveryTests.shop(
      #""export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s"}"#, resets: 4)
    for (number, tier) in ["gold", "silver"].enumerated() {
      try DeliveryTests.drop(
        "ID,TIER\nK1,\(tier)\nK2,gold\n", "k_\(number).csv", in: shop,
        secondsAgo: Double(100 - number))
    }
    let run = try await shop.reconcile()
    #expect(run.exit == 0 && DeliveryTests.states(run) == ["accepted", "accepted"])
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "silver")
  }
}

/// Full exports and changes of one source, through the program.
@Suite(.serialized) struct ExportsTogetherTests {
  private static func shop() async throws -> Shop {
    let shop = try await Shop(
      resets: (1...4).map {
        Shop.Reset(id: "r\($0)", email: "r\($0)@example.com", reference: "K\($0)")
      })
    try shop.write(
      """
      {"name": "erp", "origins": ["erp"],
       "exports": [
         {"path": "../exports/full_*.csv", "format": "csv", "mode": "full", "settle": "0s"},
         {"path": "../exports/delta_*.csv", "format": "csv", "mode": "delta", "settle": "0s"}],
       "reference": {"column": "ID"},
       "fields": [{"column": "TIER", "metadata": "tier", "policy": "source"},
                  {"column": "LIMIT", "metadata": "limit", "type": "decimal", "policy": "source"}]}
      """, to: "Mappings/erp.json")
    return shop
  }

  @Test func `a late full export changes what the changes did not, and is not older`()
    async throws
  {
    let shop = try await Self.shop()
    let all = { (tier: String) in (1...4).map { "K\($0);\(tier);\n" }.joined() }
    try DeliveryTests.drop("ID;TIER;LIMIT\n" + all("gold"), "full_20261120_0200.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    try DeliveryTests.drop(
      "ID;TIER;LIMIT\nK1;silver;\nK2;gold;\n", "delta_20261121_0900.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    // Made at two, brought at noon: K2 was told as gold since.
    try DeliveryTests.drop("ID;TIER;LIMIT\n" + all("tin"), "full_20261121_0200.csv", in: shop)
    let late = try await shop.reconcile()
    #expect(
      late.exit == 0 && DeliveryTests.states(late) == ["accepted"], "\(DeliveryTests.reason(late))")
    #expect(
      try await DeliveryTests.tiers(shop)
        == ["K1": "silver", "K2": "gold", "K3": "tin", "K4": "tin"])
    let told = try await shop.program.run(["explain", "K2"])
    #expect(told.output.contains("delta_20261121_0900.csv"), "\(told.output)")

    for (name, text) in [
      ("delta_20261121_0100.csv", "K1;iron;\n"), ("full_20261119_0200.csv", all("iron")),
    ] {
      try DeliveryTests.drop("ID;TIER;LIMIT\n" + text, name, in: shop)
      let old = try await shop.reconcile()
      #expect(old.exit == 5 && DeliveryTests.reason(old).contains("older"), "\(name)")
      try FileManager.default.removeItem(atPath: shop.folder + "/exports/" + name)
    }
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "silver")
  }

  @Test func `a mark that the full export proves reads the changes, and the other way round`()
    async throws
  {
    let shop = try await Self.shop()
    try DeliveryTests.drop(
      "ID;TIER;LIMIT\nK1;gold;1.234,50\nK2;gold;2.000\n", "full_20261120_0200.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    try DeliveryTests.drop("ID;TIER;LIMIT\nK2;gold;3.000\n", "delta_20261120_0900.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    let two = resets.first { $0["reference"] as? String == "K2" }?["metadata"] as? [String: Any]
    #expect((two?["limit"] as? NSNumber)?.intValue == 3_000, "\(String(describing: two))")
    try DeliveryTests.drop("ID;TIER;LIMIT\nK2;gold;0.5\n", "delta_20261120_1000.csv", in: shop)
    let other = try await shop.reconcile()
    #expect(other.exit == 5 && DeliveryTests.reason(other).contains("full_20261120_0200.csv"))
  }
}
