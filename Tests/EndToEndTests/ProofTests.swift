import Foundation
import TestKit
import Testing

/// What proves a delivery whole, through the program, run by run.
@Suite(.serialized) struct ProofTests {
  private static func shop(
    _ proof: String, _ more: String = "", mode: String = "full"
  ) async throws -> Shop {
    try await DeliveryTests.shop(
      #""export": {"path": "../exports/*", "format": "csv", "settle": "0s", "mode": "\#(mode)", "#
        + #""proof": {\#(proof)}\#(more)}"#, resets: 4)
  }

  private static func waiting(_ run: Summary) -> String {
    (run.members["waiting"] as? [[String: Any]] ?? []).compactMap { $0["reason"] as? String }
      .joined(separator: "\n")
  }

  private static func text(_ tier: String, _ keys: Int = 2) -> String {
    "ID,TIER\n" + (1...keys).map { "K\($0),\(tier)\n" }.joined()
  }

  /// Drops a file, looks that it waits, completes its proof, and looks that it is taken then.
  private static func waits(
    _ shop: Shop, _ words: String, _ prove: () throws -> Void
  ) async throws {
    let first = try await shop.reconcile()
    #expect(first.exit == 0 && DeliveryTests.states(first).isEmpty, "\(first.members)")
    #expect(waiting(first).contains(words), "\(waiting(first))")
    #expect(waiting(first).contains("proof_wait"))
    try prove()
    let second = try await shop.reconcile()
    #expect(second.exit == 0 && DeliveryTests.states(second) == ["accepted"], "\(second.members)")
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "gold")
    let third = try await shop.reconcile()
    #expect(third.exit == 0 && DeliveryTests.states(third).isEmpty)
  }

  /// SHA-256 as the tools of the system have it.
  private static func digest(_ name: String, _ shop: Shop) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.arguments = [shop.folder + "/exports/" + name]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return String(output.prefix(64))
  }

  @Test func `waits for its sidecar, and takes no sidecar for an export`() async throws {
    let shop = try await Self.shop(#""sidecar": "{file}.sha256""#)
    try DeliveryTests.drop(Self.text("gold"), "a.csv", in: shop)
    let digest = try await Self.digest("a.csv", shop)
    try await Self.waits(shop, "a.csv.sha256") {
      try DeliveryTests.drop("\(digest)  a.csv\n", "a.csv.sha256", in: shop, secondsAgo: 1)
    }
  }

  @Test func `a sidecar that says otherwise refuses, until it is corrected`() async throws {
    let shop = try await Self.shop(#""sidecar": "{file}.sha256""#)
    try DeliveryTests.drop(Self.text("gold"), "a.csv", in: shop)
    let wrong = String(repeating: "ab", count: 32)
    try DeliveryTests.drop("SHA256 (a.csv) = \(wrong)\n", "a.csv.sha256", in: shop, secondsAgo: 9)
    let run = try await shop.reconcile()
    let reason = DeliveryTests.reason(run)
    let digest = try await Self.digest("a.csv", shop)
    #expect(run.exit == 5 && DeliveryTests.states(run) == ["refused"])
    #expect(reason.contains(wrong) && reason.contains(digest), "\(reason)")
    #expect(reason.contains("import --accept \(digest)"))
    #expect(try await shop.reconcile().exit == 5, "told until somebody deals with it")
    try DeliveryTests.drop("SHA256 (a.csv) = \(digest)\n", "a.csv.sha256", in: shop, secondsAgo: 1)
    let again = try await shop.reconcile()
    #expect(again.exit == 0 && DeliveryTests.states(again) == ["accepted"])
  }

  @Test func `what never gets its proof is refused, and a person may let it pass`() async throws {
    let shop = try await Self.shop(#""sidecar": "{file}.sha256", "proof_wait": "10m""#)
    try DeliveryTests.drop(Self.text("gold"), "a.csv", in: shop, secondsAgo: 540)
    let early = try await shop.reconcile()
    #expect(early.exit == 0 && Self.waiting(early).contains("refused in"), "\(early.members)")
    try DeliveryTests.drop(Self.text("gold"), "a.csv", in: shop, secondsAgo: 700)
    let late = try await shop.reconcile()
    #expect(late.exit == 5 && DeliveryTests.states(late) == ["refused"])
    let sha256 = try #require(
      (late.members["imports"] as? [[String: Any]])?.first?["sha256"] as? String)
    #expect(try await shop.program.run(["import", "--accept", sha256]).exit == 0)
    let after = try await shop.reconcile()
    #expect(after.exit == 0)
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "gold")
  }

  @Test func `a manifest counts its rows`() async throws {
    let shop = try await Self.shop(
      #""manifest": {"path": "{stem}.json", "file": "name", "rows": "count"}"#)
    try DeliveryTests.drop(Self.text("gold"), "a.csv", in: shop)
    try await Self.waits(shop, "a.json") {
      try DeliveryTests.drop(
        #"{"files": [{"name": "a.csv", "count": 2}]}"#, "a.json", in: shop, secondsAgo: 1)
    }
    try DeliveryTests.drop(Self.text("silver"), "b.csv", in: shop, secondsAgo: 40)
    try DeliveryTests.drop(
      #"{"files": [{"name": "b.csv", "count": 3}]}"#, "b.json", in: shop, secondsAgo: 1)
    let run = try await shop.reconcile()
    #expect(run.exit == 5 && DeliveryTests.states(run) == ["refused"])
    #expect(
      DeliveryTests.reason(run).contains("b.json says 3 rows, and the file has 2"),
      "\(DeliveryTests.reason(run))")
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "gold")
  }

  @Test func `a set is complete by its manifest`() async throws {
    let shop = try await Self.shop(
      #""manifest": {"path": "{set}.manifest.csv", "file": "F", "rows": "N"}"#,
      #", "parts": "^(?<set>.+)_(?<part>\\d+)\\.csv$""#)
    try DeliveryTests.drop("ID,TIER\nK1,gold\n", "k_1.csv", in: shop)
    try DeliveryTests.drop("F;N\nk_1.csv;1\nk_2.csv;2\n", "k.manifest.csv", in: shop)
    try await Self.waits(shop, "k_2.csv, which k.manifest.csv names") {
      try DeliveryTests.drop("ID,TIER\nK2,gold\nK3,gold\n", "k_2.csv", in: shop, secondsAgo: 1)
    }
  }

  @Test func `a trailer that counts others refuses with both figures`() async throws {
    let shop = try await Self.shop(#""trailer": {"match": "^END,(?<rows>\\d+)\r?$"}"#)
    try DeliveryTests.drop(Self.text("gold") + "END,3\r\n\r\n", "a.csv", in: shop)
    let run = try await shop.reconcile()
    #expect(run.exit == 5 && DeliveryTests.states(run) == ["refused"])
    #expect(
      DeliveryTests.reason(run).contains("its trailer says 3 rows, and the file has 2"),
      "\(DeliveryTests.reason(run))")
    try DeliveryTests.drop(Self.text("gold") + "END,2\r\n\r\n", "a.csv", in: shop, secondsAgo: 9)
    #expect(try await shop.reconcile().exit == 0)
    let check = try await shop.program.run(["check"])
    #expect(check.exit == 0, "\(check.output)\(check.errors)")
  }

  @Test func `changes keep the order of their numbers and wait for what lacks`() async throws {
    let shop = try await Self.shop(#""sequence": {"name": "_(\\d+)\\.csv$"}"#, mode: "delta")
    let drop = { (number: Int, tier: String, ago: Double) in
      try DeliveryTests.drop(
        "ID,TIER\nK1,\(tier)\n", "d_\(number).csv", in: shop, secondsAgo: ago)
    }
    try drop(4, "four", 500)
    #expect(try await shop.reconcile().exit == 0)
    try drop(6, "six", 400)
    let gap = try await shop.reconcile()
    #expect(gap.exit == 0 && Self.waiting(gap).contains("number 5 is not there"), "\(gap.members)")
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "four")
    // It comes later than the one behind it, which must stand all the same.
    try drop(5, "five", 100)
    let both = try await shop.reconcile()
    #expect(DeliveryTests.states(both) == ["accepted", "accepted"], "\(both.members)")
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "six")
    try DeliveryTests.drop("ID,TIER\nK1,again\n", "x_5.csv", in: shop, secondsAgo: 50)
    let past = try await shop.reconcile()
    #expect(past.exit == 5 && DeliveryTests.reason(past).contains("5 lies before 6"))
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "six")
  }

  @Test func `numbers may stand in a column`() async throws {
    let shop = try await Self.shop(#""sequence": {"column": "SEQ"}"#, mode: "delta")
    let drop = { (name: String, rows: String, ago: Double) in
      try DeliveryTests.drop("ID,TIER,SEQ\n\(rows)", name, in: shop, secondsAgo: ago)
    }
    try drop("a.csv", "K1,gold,10\nK2,gold,11\n", 90)
    #expect(try await shop.reconcile().exit == 0)
    try drop("c.csv", "K1,silver,13\n", 80)
    let gap = try await shop.reconcile()
    #expect(gap.exit == 0 && Self.waiting(gap).contains("number 12"), "\(gap.members)")
    try drop("b.csv", "K1,bronze,12\n", 70)
    _ = try await shop.reconcile()
    #expect(try await shop.reconcile().exit == 0)
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "silver")
    try drop("d.csv", "K1,tin,13\n", 60)
    let again = try await shop.reconcile()
    #expect(again.exit == 5 && DeliveryTests.reason(again).contains("13 is that of the last"))
    try drop("e.csv", "K1,tin,x\n", 50)
    #expect(DeliveryTests.reason(try await shop.reconcile()).contains("“SEQ” has no number"))
  }

  @Test func `a row that must be there`() async throws {
    let shop = try await Self.shop(#""canary": {"reference": " K2 "}"#)
    try DeliveryTests.drop(Self.text("gold"), "a.csv", in: shop, secondsAgo: 90)
    #expect(try await shop.reconcile().exit == 0)
    try DeliveryTests.drop(Self.text("silver", 1), "b.csv", in: shop)
    let run = try await shop.reconcile()
    #expect(run.exit == 5 && DeliveryTests.reason(run).contains("proof.canary"))
    #expect(try await DeliveryTests.tiers(shop)["K1"] == "gold")
  }

  @Test func `a packed file whose end is cut is refused as damaged`() async throws {
    let shop = try await Self.shop(#""trailer": {"match": "^END,(?<rows>\\d+)$"}"#)
    let packed = ExportFixtures.gzip(Array((Self.text("gold", 4) + "END,4\n").utf8))
    let path = shop.folder + "/exports/a.csv.gz"
    try Data(packed.dropLast(7)).write(to: URL(filePath: path))
    let cut = try await shop.reconcile()
    #expect(cut.exit == 5 && DeliveryTests.states(cut) == ["refused"], "\(cut.members)")
    try Data(packed).write(to: URL(filePath: path))
    #expect(try await shop.reconcile().exit == 0)
  }

  @Test func `a mapping is told what is wrong with its proof`() async throws {
    let shop = try await Self.shop(
      #""trailer": {"match": "(", "sum": "X"}, "sequence": {"name": "a"}, "sidecar": "{file}", "#
        + #""manifest": {"path": "m.json"}"#, #", "parts": "x""#)
    let outcome = try await shop.program.run(["check"])
    #expect(outcome.exit == 78)
    for words in [
      "no regular expression", "0 groups", "names no file beside", "what stands in the manifest",
      "no group named \"set\"", "no group named \"part\"",
    ] {
      #expect(outcome.errors.contains(words) || outcome.output.contains(words), "\(words)")
    }
  }
}
