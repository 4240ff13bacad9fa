import Foundation
import Testing

/// What looks like an accident of a whole side is told as that: everything gone at once, keys that
/// would meet but for their spelling, a first run that matches next to nothing.
@Suite(.serialized) struct EmptySideTests {
  private static func shop(
    _ references: [String?], origin: String? = "erp", rows: [String], safety: String? = nil,
    mapping: String = Shop.mapping
  ) async throws -> Shop {
    let resets = references.enumerated().map { number, reference in
      Shop.Reset(
        id: "reset\(number)", email: "p\(number)@example.com", reference: reference,
        origin: origin)
    }
    let shop = try await Shop(resets: resets)
    try shop.writeConfiguration(safety: safety ?? #"{"first_run": "push", "overlap": "off"}"#)
    try shop.write(mapping, to: "Mappings/erp.json")
    try shop.deliver("20261101.csv", rows.map { "\($0);g;1;n" })
    return shop
  }

  private func severities(_ shop: Shop) async throws -> [String: Int] {
    let found = try await shop.json(["conflicts"]).document as? [[String: Any]] ?? []
    return Dictionary(grouping: found) { $0["severity"] as? String ?? "" }.mapValues(\.count)
  }

  @Test func `a remote side that is empty all at once trips a rail, and heals when it is back`()
    async throws
  {
    let keys = (10...49).map { "K\($0)" }
    let shop = try await Self.shop(keys, rows: keys)
    #expect(try await shop.reconcile().number("push.applied") == 40)
    let before = try await shop.control("resets") as? [[String: Any]] ?? []
    for number in 0..<40 {
      _ = try await shop.control("resets/reset\(number)", method: "DELETE")
    }
    let writes = try await shop.writes()

    let tripped = Summary.Rail(measured: 40, limit: 5, tripped: true)
    let dry = try await shop.reconcile(["--full", "--dry-run"])
    #expect(dry.exit == 4 && dry.rail("remote_deleted") == tripped, "\(dry.errors)")
    let gone = try await shop.reconcile(["--full"])
    #expect(gone.exit == 4 && gone.rail("remote_deleted") == tripped, "\(gone.errors)")
    #expect(gone.errors.contains("40 linked resets are gone at once"), "\(gone.errors)")
    #expect(!gone.errors.contains("--approve"), "\(gone.errors)")
    #expect(try await severities(shop) == ["high": 40])

    // What is known counts no more; the conflicts stay as urgent as they were.
    try shop.deliver("20261102.csv", keys.map { "\($0);g;\($0 == "K10" ? 2 : 1);n" })
    let known = try await shop.reconcile(["--full"])
    #expect(known.exit == 0 && known.rail("remote_deleted")?.measured == 0, "\(known.errors)")
    #expect(try await severities(shop) == ["high": 40])
    #expect(try await shop.writes() == writes)

    for reset in before {
      let kept = reset.filter { $0.key != "reset_password_token" && !($0.value is NSNull) }
      let body = try JSONSerialization.data(withJSONObject: kept)
      _ = try await shop.control(
        "resets", method: "POST", body: String(decoding: body, as: UTF8.self))
    }
    let back = try await shop.reconcile(["--full"])
    #expect(back.exit == 0 && back.number("conflicts.closed") == 40, "\(back.errors)")
    for _ in 0..<2 {
      let quiet = try await shop.reconcile()
      #expect(quiet.exit == 0 && quiet.situations == ["in_sync": 40], "\(quiet.situations)")
      #expect(quiet.number("conflicts.open") == 0)
    }
    // One of forty is an ordinary deletion, also of one that was once part of many.
    _ = try await shop.control("resets/reset3", method: "DELETE")
    let one = try await shop.reconcile(["--full"])
    #expect(one.exit == 0, "\(one.errors)")
    #expect(try await severities(shop) == ["low": 1])
  }

  @Test func `what is due beside resets that vanished waits for the next run`() async throws {
    let keys = (10...29).map { "K\($0)" }
    let shop = try await Self.shop(keys, rows: keys)
    #expect(try await shop.reconcile().exit == 0)
    for number in 0..<6 {
      _ = try await shop.control("resets/reset\(number)", method: "DELETE")
    }
    try shop.deliver("20261102.csv", keys.map { "\($0);g;\($0 == "K29" ? 2 : 1);n" })
    let held = try await shop.reconcile(["--full"])
    #expect(held.exit == 4 && held.number("push.applied") == 0, "\(held.errors)")
    let next = try await shop.reconcile()
    #expect(next.exit == 0 && next.number("push.applied") == 1, "\(next.errors)")
    try shop.writeConfiguration(
      safety: #"{"first_run": "push", "overlap": "off", "remote_deleted": "off"}"#)
    for number in 6..<14 {
      _ = try await shop.control("resets/reset\(number)", method: "DELETE")
    }
    let off = try await shop.reconcile(["--full"])
    #expect(off.exit == 0 && off.rail("remote_deleted") == nil, "\(off.errors)")
  }

  @Test func `ids that a script made numbers are called like those before`() async throws {
    let shop = try await Self.shop(
      ["1001", "1002", "1003"], rows: ["1001", "1002", "1003"])
    #expect(try await shop.reconcile().exit == 0)
    for day in 2...3 {
      try shop.deliver("2026110\(day).csv", (1...3).map { "100\($0).0;h;\(day);n" })
      let run = try await shop.reconcile()
      let misses = run.members["near_misses"] as? [[String: Any]] ?? []
      #expect(misses.count == 1 && misses[0]["pairs"] as? Int == 3, "day \(day): \(misses)")
      #expect(misses.first?["differ_in"] as? [String] == ["point_zero"])
    }
    let text = try await shop.program.run(["reconcile"]).output
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("“1001” in Commerce Layer, “1001.0” in ERP"), "\(text)")
    let conflicts = try await shop.json(["conflicts"]).document as? [[String: Any]] ?? []
    #expect(conflicts.allSatisfy { $0["kind"] as? String == "source_deleted" })
    let id = try #require(conflicts.first?["id"] as? String)
    let one = try await shop.program.run(["conflicts", "show", id]).output
    #expect(one.contains("ERP has “1001.0”"), "\(one)")
    let other = try await shop.program.run(["explain", "1002.0"]).output
    #expect(other.contains("Commerce Layer has “1002”"), "\(other)")
    let report = try await shop.program.run(["report", "--format", "html"]).output
    #expect(report.contains("3 keys of ERP and Commerce Layer differ only in"), "\(report)")
    // A key that no longer has its like is not called alike.
    try shop.deliver("20261104.csv", (1...3).map { "100\($0);g;4;n" })
    let healed = try await shop.reconcile()
    #expect(healed.situations["update"] == 3, "\(healed.situations)")
    #expect((healed.members["near_misses"] as? [Any])?.isEmpty == true)
  }

  @Test(arguments: [
    (["10", "11", "12"], ["0010", "0011", "0012", "0099"], "`strip_leading_zeros`"),
    (["ab-1", "ab-2"], ["AB-1", "AB-2"], "`casefold`"),
    (["0035g0000000Nvr", "0035g0000000Nvs"], ["0035g0000000NvrAAE", "0035g0000000NvsAAE"], "Nvr"),
    (["X-1", "X-2"], ["17", "18"], "“X-1” and the like, erp “17”"),
  ])
  func `a first run without a match begins with the cause`(
    references: [String], rows: [String], cause: String
  ) async throws {
    let shop = try await Self.shop(references, rows: rows)
    let dry = try await shop.program.run(["reconcile", "--dry-run"])
    #expect(dry.exit == 5 && dry.output.hasPrefix("Nothing matches: "), "\(dry)")
    let run = try await shop.program.run(["reconcile"])
    let first = run.output.prefix { $0 != "\n" }
    let count = references.count
    #expect(run.exit == 5, "\(run)")
    #expect(first.hasPrefix("Nothing matches: \(count) of \(count) resets have a key"), "\(run)")
    #expect(first.contains(cause), "\(first)")
    #expect(run.errors.contains("Nothing matches"), "\(run.errors)")
    // It is the first run that is told of.
    #expect(try await shop.reconcile().exit == 0)
  }

  @Test(arguments: [
    ("navision", "name the origin `navision`, which no mapping has; `erp` is the nearest"),
    (nil, "have a reference and no origin"),
  ])
  func `a first run whose origins no mapping has says so`(
    origin: String?, cause: String
  ) async throws {
    let keys = (10...29).map { "K\($0)" }
    let shop = try await Self.shop(keys, origin: origin, rows: keys)
    _ = try await shop.control(
      "resets", method: "POST",
      body: #"{"customer_email": "x@example.com", "reference": "K10", "reference_origin": "erp"}"#)
    let run = try await shop.program.run(["reconcile"])
    let first = run.output.prefix { $0 != "\n" }
    #expect(run.exit == 5, "\(run)")
    #expect(first.hasPrefix("Next to nothing matches: 20 of 21 resets \(cause)"), "\(first)")
  }

  @Test func `a first run that matches enough, or lacks a side, is as any other`() async throws {
    let keys = (10...19).map { "K\($0)" }
    let enough = try await Self.shop(keys + ["else"], rows: Array(keys.prefix(2)))
    #expect(try await enough.reconcile().exit == 0)
    let unpulled = try await Self.shop(keys, rows: ["17"])
    #expect(try await unpulled.reconcile(["--no-pull"]).exit == 0)
    #expect(try await unpulled.reconcile().exit == 5)
    let empty = try await Self.shop([], rows: ["17"])
    let run = try await empty.reconcile()
    #expect(run.exit == 5 && run.errors.contains("no reset at all"), "\(run.errors)")
    // Whoever approves a first plan has seen what it says.
    let held = try await Self.shop(
      keys + (0..<9).map { "E\($0)" }, rows: ["K10"], safety: #"{"first_run": "approve"}"#)
    let plan = try await held.reconcile()
    #expect(plan.exit == 5 && plan.number("plan.updates") == 1, "\(plan.errors)")
    #expect(try await held.reconcile(["--approve", plan.digest]).exit == 0)
  }

  @Test func `addresses that differ in their spelling alone are told apart from others`()
    async throws
  {
    let shop = try await Self.shop(
      (0...3).map { "K\($0)" }, rows: [],
      mapping: Shop.mapping.replacing(
        "\"fields\": [",
        with: #""verify": [{"column": "MAIL", "attribute": "customer_email"}], "fields": ["#))
    let mails = [
      "P0@example.com", "p1\u{200B}@example.com", "p2@ex\u{E4}mple.com", "other@example.com",
    ]
    let rows = mails.enumerated().map { "K\($0);g;1;n;\($1)\n" }.joined()
    _ = try await shop.control(
      "resets", method: "POST",
      body:
        #"{"customer_email": "p2@xn--exmple-cua.com", "reference": "K9", "reference_origin": "erp"}"#
    )
    try shop.write(
      "ID;GROUP;LIMIT;NOTE;MAIL\n" + rows.replacing("K2", with: "K9"), to: "exports/20261101.csv")
    #expect(try await shop.reconcile().exit == 0)
    var details: [String: String] = [:]
    for conflict in try await shop.json(["conflicts", "--kind", "identity_mismatch"]).document
      as? [[String: Any]] ?? []
    {
      let id = conflict["id"] as? String ?? ""
      let one = try await shop.json(["conflicts", "show", id]).document as? [String: Any]
      details[conflict["reference"] as? String ?? ""] = one?["detail"] as? String
    }
    let pair = "MAIL and customer_email differ"
    #expect(
      details == [
        "K0": "\(pair) only in case.", "K1": "\(pair) only in a mark without width.",
        "K9": "\(pair) only in the form of the domain (letters or punycode).", "K3": "\(pair).",
      ])
  }
}
