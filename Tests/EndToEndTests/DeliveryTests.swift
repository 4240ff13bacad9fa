import Foundation
import Testing

/// Which delivery is taken, and what is concluded from it: through the program, run by run.
@Suite(.serialized) struct DeliveryTests {
  static func shop(_ export: String, resets: Int = 3, extra: String = "") async throws -> Shop {
    let shop = try await Shop(
      resets: (1...resets).map {
        Shop.Reset(id: "r\($0)", email: "r\($0)@example.com", reference: "K\($0)")
      })
    try shop.write(
      """
      {"name": "erp", "origins": ["erp"], \(export),
       "reference": {"column": "ID"}\(extra),
       "fields": [{"column": "TIER", "metadata": "tier", "policy": "source"}]}
      """, to: "Mappings/erp.json")
    return shop
  }

  /// Delivers a file whose time lies so many seconds before now.
  static func drop(
    _ text: String, _ name: String, in shop: Shop, secondsAgo: Double = 60
  ) throws {
    try shop.write(text, to: "exports/" + name)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)],
      ofItemAtPath: shop.folder + "/exports/" + name)
  }

  /// The tier of each reset, by its reference.
  static func tiers(_ shop: Shop) async throws -> [String: String] {
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    var tiers: [String: String] = [:]
    for reset in resets {
      let metadata = reset["metadata"] as? [String: Any]
      tiers[reset["reference"] as? String ?? ""] = metadata?["tier"] as? String
    }
    return tiers
  }

  static func states(_ run: Summary) -> [String] {
    (run.members["imports"] as? [[String: Any]] ?? []).compactMap { $0["state"] as? String }
  }

  static func reason(_ run: Summary) -> String {
    (run.members["imports"] as? [[String: Any]] ?? []).compactMap { $0["reason"] as? String }
      .joined(separator: "\n")
  }

  /// Kinds of changes without any: what a day with changes looks like, what one without.
  static let quietDays: [(rule: String, busy: String, quiet: String)] = [
    (#""format": "csv""#, "ID,TIER\nK1,gold\n", "ID,TIER\n"),
    (#""format": "csv", "delimiter": ";""#, "ID;TIER\nK1;gold\n", "\u{FEFF}ID;TIER\r\n"),
    (#""format": "tsv""#, "ID\tTIER\nK1\tgold\n", "ID\tTIER"),
    (#""format": "csv", "skip_footer_rows": 1"#, "ID,TIER\nK1,gold\nE,1\n", "ID,TIER\nE,0\n"),
    (#""format": "json""#, #"[{"ID": "K1", "TIER": "gold"}]"#, "[]"),
    (#""format": "json""#, #"{"value": [{"ID": "K1", "TIER": "gold"}]}"#, #"{"value": [ ]}"#),
    (
      #""format": "json", "rows_at": "/d/results""#,
      #"{"d": {"results": [{"ID": "K1", "TIER": "gold"}]}}"#, #"{"d": {"results": []}}"#
    ),
    (#""format": "ndjson""#, #"{"ID": "K1", "TIER": "gold"}"# + "\n", ""),
    (#""format": "ndjson""#, #"{"ID": "K1", "TIER": "gold"}"# + "\n", "\n\n"),
    (
      #""format": "xml", "rows_at": "/all/c""#, "<all><c><ID>K1</ID><TIER>gold</TIER></c></all>",
      "<all></all>"
    ),
    (#""format": "xml""#, "<all><c><ID>K1</ID><TIER>gold</TIER></c></all>", "<all/>"),
  ]

  @Test(arguments: quietDays.indices)
  func `changes without any are good news, each day anew`(_ place: Int) async throws {
    let day = Self.quietDays[place]
    let rule = #"{"path": "../exports/*", \#(day.rule), "mode": "delta", "settle": "0s"}"#
    let shop = try await Self.shop(#""export": \#(rule)"#)
    try Self.drop(day.busy, "20261120.txt", in: shop)
    let first = try await shop.reconcile()
    #expect(first.exit == 0, "\(Self.reason(first))")
    for name in ["20261121.txt", "20261122.txt"] {
      try Self.drop(day.quiet, name, in: shop)
      let run = try await shop.reconcile()
      #expect(run.exit == 0, "\(day.rule): \(Self.reason(run))")
      #expect(Self.states(run) == ["accepted"])
      #expect(run.number("plan.updates") == 0 && run.situations["source_deleted"] == nil)
      let source = (try await shop.json(["status"]).document as? [String: Any])?["sources"]
      let file = (source as? [[String: Any]])?.first?["file"] as? String
      #expect(file == name, "it counts for freshness")
    }
    #expect(try await Self.tiers(shop)["K1"] == "gold")
    let again = try await shop.reconcile()
    #expect(again.exit == 0 && Self.states(again).isEmpty)
  }

  @Test(arguments: [
    (#""format": "csv""#, "ID,TIER\n"), (#""format": "csv""#, ""), (#""format": "json""#, "[]"),
    (#""format": "ndjson""#, ""), (#""format": "tsv""#, "ID\tTIER\n\n"),
  ])
  func `a full export without rows is refused`(_ rule: String, _ text: String) async throws {
    let shop = try await Self.shop(
      #""export": {"path": "../exports/*", \#(rule), "settle": "0s"}"#)
    try Self.drop(text, "a.txt", in: shop)
    let run = try await shop.reconcile()
    #expect(run.exit == 5 && Self.states(run) == ["refused"])
  }

  @Test func `no byte at all is no change only where something tells that it is whole`()
    async throws
  {
    let rule = #""path": "../exports/*.csv", "format": "csv", "mode": "delta", "settle": "0s""#
    let shop = try await Self.shop(#""export": {\#(rule)}"#)
    try Self.drop("ID,TIER\nK1,gold\n", "20261120.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    try Self.drop("", "20261121.csv", in: shop)
    let bare = try await shop.reconcile()
    #expect(bare.exit == 5 && Self.reason(bare).contains("done_marker"), "\(Self.reason(bare))")

    let marked = try await Self.shop(#""export": {\#(rule), "done_marker": "{file}.ok"}"#)
    for (name, text) in [("20261120.csv", "ID,TIER\nK1,gold\n"), ("20261121.csv", "")] {
      try Self.drop(text, name, in: marked)
      try Self.drop("", name + ".ok", in: marked)
      let run = try await marked.reconcile()
      #expect(run.exit == 0 && Self.states(run) == ["accepted"], "\(Self.reason(run))")
    }
  }

  /// A value changes and back: the bytes of the first day come again, and mean the last one.
  @Test func `changes with the bytes of earlier ones are taken when their name is later`()
    async throws
  {
    let rule = #"{"path": "../exports/*.csv", "format": "csv", "mode": "delta", "settle": "0s"}"#
    let shop = try await Self.shop(#""export": \#(rule)"#)
    for (day, tier) in [("20261120", "gold"), ("20261121", "silver"), ("20261122", "gold")] {
      try Self.drop("ID,TIER\nK1,\(tier)\n", "\(day).csv", in: shop)
      let run = try await shop.reconcile()
      #expect(run.exit == 0 && Self.states(run) == ["accepted"], "\(day)")
      #expect(try await Self.tiers(shop)["K1"] == tier)
    }
    // The file of the second day, brought again under its own name.
    try Self.drop("ID,TIER\nK1,silver\n", "20261121.csv", in: shop, secondsAgo: 5)
    let old = try await shop.reconcile()
    #expect(!Self.states(old).contains("accepted"))
    #expect(try await Self.tiers(shop)["K1"] == "gold")
  }

  /// Days ahead in the name or in the time of the file.
  @Test(arguments: [
    ("a.csv", 3.0, "b.csv"), ("kunden_20991231.csv", 0, "kunden_20261120.csv"),
    ("20991231_0200.csv", 0, "20261120_0200.csv"),
    ("kunden_20261120.csv", 9, "kunden_20261121.csv"),
    ("report4070908800000.csv", 0, "report1764547200000.csv"),
  ])
  func `a time ahead of the clock refuses its file and measures nothing`(
    _ name: String, _ days: Double, _ next: String
  ) async throws {
    let shop = try await Self.shop(
      #""export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s"}"#)
    try Self.drop("ID,TIER\nK1,bronze\nK2,gold\n", name, in: shop, secondsAgo: -days * 86_400)
    let ahead = try await shop.reconcile()
    #expect(ahead.exit == 5 && Self.states(ahead) == ["refused"])
    #expect(Self.reason(ahead).contains("ahead of this machine's clock"), "\(Self.reason(ahead))")
    let again = try await shop.reconcile()
    #expect(again.exit == 5 && Self.states(again) == ["refused"])
    #expect(try await Self.tiers(shop)["K1"] == nil)

    try Self.drop("ID,TIER\nK1,silver\nK2,gold\n", next, in: shop)
    let run = try await shop.reconcile()
    #expect(Self.states(run).contains("accepted"), "\(Self.reason(run))")
    #expect(try await Self.tiers(shop)["K1"] == "silver")
    let after = try await shop.reconcile()
    #expect(after.exit == 0 && Self.states(after).isEmpty, "\(Self.reason(after))")
    let history = try await shop.program.run(["verify"])
    #expect(history.exit == 0)
  }

  @Test func `a file that is let pass with a time ahead is no measure either`() async throws {
    let shop = try await Self.shop(
      #""export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s"}"#)
    try Self.drop("ID,TIER\nK1,bronze\n", "k_20991231.csv", in: shop)
    let refused = try await shop.reconcile()
    let export = (refused.members["imports"] as? [[String: Any]])?.first
    let sha256 = try #require(export?["sha256"] as? String)
    #expect(try await shop.program.run(["import", "--accept", sha256]).exit == 0)
    try Self.drop("ID,TIER\nK1,silver\n", "k_20991230.csv", in: shop)
    try Self.drop("ID,TIER\nK1,gold\n", "k.csv", in: shop, secondsAgo: -2)
    let run = try await shop.reconcile()
    #expect(Self.states(run).sorted() == ["accepted", "refused"], "\(Self.reason(run))")
    #expect(try await Self.tiers(shop)["K1"] == "gold")
  }

  @Test(arguments: [
    (["Customer", "Customer"], "“Customer” (2)"), (["", "LEAD"], "“LEAD” (1)"),
    (["", ""], "empty cells (2)"),
  ])
  func `a filter that leaves nothing refuses the file, with what it saw`(
    _ types: [String], _ words: String
  ) async throws {
    let shop = try await Self.shop(
      #""export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s"}"#,
      extra: #", "where": {"column": "TYPE", "in": ["KUNDE", "VIP"]}"#)
    try Self.drop("ID,TYPE,TIER\nK1,KUNDE,gold\nK2, VIP ,gold\n", "20261120.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    let rows = types.enumerated().map { "K\($0 + 1),\($1),silver\n" }.joined()
    for name in ["20261121.csv", "20261122.csv"] {
      try Self.drop("ID,TYPE,TIER\n\(rows)", name, in: shop)
      let run = try await shop.reconcile()
      #expect(run.exit == 5)
      for part in ["“where”", "“TYPE”", "“KUNDE”", words] {
        #expect(Self.reason(run).contains(part), "\(Self.reason(run))")
      }
      #expect(run.situations["source_deleted"] == nil)
    }
    #expect(try await Self.tiers(shop) == ["K1": "gold", "K2": "gold"])
  }

  @Test func `a full export of which no row can be used is refused, however small`() async throws {
    let shop = try await Self.shop(
      #""export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s"}"#)
    try Self.drop("ID,TIER\nK1,gold\nK2,gold\n", "20261120.csv", in: shop)
    #expect(try await shop.reconcile().exit == 0)
    try Self.drop("ID,TIER\n,gold\n,gold\n", "20261121.csv", in: shop)
    let run = try await shop.reconcile()
    #expect(run.exit == 5 && Self.reason(run).contains("2 of 2 rows can't be used"))
  }

  @Test func `the same data each night is a sign of life`() async throws {
    let shop = try await Self.shop(
      #""export": {"path": "../exports/*.csv", "format": "csv", "settle": "0s", "max_age": "36h"}"#)
    // Names without dates: their times are those of the files.
    for (name, hours) in [("a.csv", 30.0), ("b.csv", 20), ("c.csv", 1)] {
      try Self.drop("ID,TIER\nK1,gold\n", name, in: shop, secondsAgo: hours * 3_600)
      #expect(try await shop.reconcile().exit == 0)
    }
    let status = try await shop.program.run(["status"])
    #expect(status.output.contains("same data as"), "\(status.output)")
    #expect(status.output.contains("delivered again") && !status.output.contains("▲"))
    try Self.drop("ID,TIER\nK1,gold\n", "d.csv", in: shop)
    let run = try await shop.program.run(["import"])
    #expect(run.exit == 0 && run.output.contains("same data as a.csv"), "\(run.output)")
  }
}
