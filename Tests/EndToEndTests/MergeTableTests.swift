import Foundation
import Testing

/// Every row of the merge table, for every policy, through the command line.
@Suite(.serialized) struct MergeTableTests {
  /// The policies, and the field that has each.
  private static let policies = [
    "ask": "ask", "source": "src", "remote": "rem", "fill_blank": "fill", "newest": "new",
  ]
  private static let order = ["ask", "source", "remote", "fill_blank", "newest"]

  private static var mapping: String {
    let fields = order.map { policy in
      let name = policies[policy] ?? ""
      return """
        {"column": "\(name)", "metadata": "\(name)", "policy": "\(policy)", "blank": "value"}
        """
    }
    return """
      {
        "name": "erp", "origins": ["erp"],
        "export": {"path": "../exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s"},
        "reference": {"column": "ID"},
        "changed_at": {"column": "AT", "format": "yyyy-MM-dd HH:mm:ss", "time_zone": "UTC"},
        "fields": [\(fields.joined(separator: ",\n"))]
      }
      """
  }

  /// One row of the table: what each side held when they last agreed, what each holds now, and
  /// what is to come of it by policy; `?` is a conflict, `-` is absent.
  private struct Row {
    let name: String
    var base: String? = "b"
    let source: String
    let remote: String?
    var at = ""
    let results: [String]
  }

  /// Behind every change of this test, and not so far ahead of the clock that it is not believed.
  private static let later = Date(timeIntervalSinceNow: 3_600)
    .formatted(.iso8601.dateTimeSeparator(.space).dateSeparator(.dash).timeSeparator(.colon))
    .replacing("Z", with: "")
  private static let earlier = "2001-01-01 00:00:00"

  /// The results stand in the order ask, source, remote, fill_blank, newest.
  private static let table = [
    Row(name: "equal", source: "x", remote: "x", results: ["x", "x", "x", "x", "x"]),
    Row(name: "moved-same", source: "x", remote: "b", results: ["x", "x", "b", "b", "x"]),
    Row(
      name: "moved-same-blank", base: "", source: "x", remote: "",
      results: ["x", "x", "", "x", "x"]),
    Row(name: "same-moved", source: "b", remote: "y", results: ["?", "b", "y", "y", "y"]),
    Row(name: "same-moved-blank", source: "b", remote: "", results: ["?", "b", "", "b", ""]),
    Row(name: "same-moved-absent", source: "b", remote: nil, results: ["?", "b", "-", "b", "-"]),
    Row(
      name: "both-later", source: "x", remote: "y", at: later,
      results: ["?", "x", "y", "y", "x"]),
    Row(
      name: "both-earlier", source: "x", remote: "y", at: earlier,
      results: ["?", "x", "y", "y", "y"]),
    Row(name: "both-unknown", source: "x", remote: "y", results: ["?", "x", "y", "y", "?"]),
    Row(
      name: "both-blank", source: "x", remote: "", at: earlier,
      results: ["?", "x", "", "x", ""]),
    Row(
      name: "first-absent", base: nil, source: "x", remote: nil,
      results: ["x", "x", "-", "x", "x"]),
    Row(
      name: "first-present", base: nil, source: "x", remote: "y", at: later,
      results: ["?", "x", "y", "y", "x"]),
    Row(
      name: "first-blank", base: nil, source: "x", remote: "",
      results: ["?", "x", "", "x", "?"]),
  ]

  private static func line(_ row: Row, _ value: String) -> String {
    "\(row.name);" + order.map { _ in value }.joined(separator: ";") + ";\(row.at)\n"
  }

  private static var columns: String {
    "ID;" + order.compactMap { policies[$0] }.joined(separator: ";") + ";AT\n"
  }

  private static func metadata(_ value: String?) -> String {
    guard let value else { return #"{"foreign": 1.0}"# }
    let fields = order.compactMap { policies[$0] }.map { "\"\($0)\": \"\(value)\"" }
    return "{\"foreign\": 1.0, \(fields.joined(separator: ", "))}"
  }

  private static func shop() async throws -> Shop {
    let shop = try await Shop(
      resets: table.map { row in
        Shop.Reset(
          id: row.name, email: "\(row.name)@example.com", reference: row.name,
          metadata: metadata(row.base ?? row.remote))
      })
    try shop.write(mapping, to: "Mappings/erp.json")
    let off = [
      "updates", "same_field", "same_value", "clears", "changed_column", "growth", "overlap",
    ]
    try shop.writeConfiguration(
      safety: "{\"first_run\": \"push\", "
        + off.map { "\"\($0)\": \"off\"" }.joined(separator: ", ") + "}")
    let agreed = table.compactMap { row in row.base.map { line(row, $0) } }
    try shop.write(columns + agreed.joined(), to: "exports/20261101.csv")
    let first = try await shop.reconcile()
    #expect(first.number("plan.updates") == 0, "\(first.members)")
    return shop
  }

  private func held(_ shop: Shop) async throws -> [String: [String: Any]] {
    let resets = try await shop.control("resets") as? [[String: Any]] ?? []
    return Dictionary(
      uniqueKeysWithValues: resets.map {
        ($0["id"] as? String ?? "", $0["metadata"] as? [String: Any] ?? [:])
      })
  }

  @Test func `each row of the table does what it says`() async throws {
    let shop = try await Self.shop()
    for row in Self.table where row.base != nil && row.base != row.remote {
      try await shop.edit(row.name, "{\"metadata\": \(Self.metadata(row.remote))}")
    }
    try shop.write(
      Self.columns + Self.table.map { Self.line($0, $0.source) }.joined(),
      to: "exports/20261102.csv")
    let run = try await shop.reconcile()
    #expect(run.exit == 0, "\(run.errors)")
    try await check(shop)
    let before = try await shop.writes()
    let second = try await shop.reconcile()
    #expect(second.number("plan.updates") == 0, "\(second.members)")
    #expect(try await shop.writes() == before)
    try await check(shop)

    // What a policy overruled is in the log, closed at birth.
    let log = try String(contentsOfFile: shop.folder + "/var/conflicts.ndjson", encoding: .utf8)
    let lines = log.split(separator: "\n").filter {
      $0.contains(#""reset":"same-moved""#) && $0.contains(#""state":"auto_resolved""#)
    }
    #expect(lines.contains { $0.contains(#""field":"src""#) && $0.contains(#""remote":"y""#) })
    try await decide(shop)
  }

  private func check(_ shop: Shop) async throws {
    let held = try await held(shop)
    let (_, listed, _) = try await shop.json(["conflicts", "--limit", "200"])
    let open = Set(
      (listed as? [[String: Any]] ?? []).map {
        "\($0["reset"] as? String ?? "") \($0["field"] as? String ?? "")"
      })
    for row in Self.table {
      for (policy, result) in zip(Self.order, row.results) {
        let field = Self.policies[policy] ?? ""
        let value = held[row.name]?[field] as? String
        let isOpen = open.contains("\(row.name) \(field)")
        #expect(isOpen == (result == "?"), "\(row.name) \(policy)")
        let wanted = result == "?" ? row.remote : result == "-" ? nil : result
        #expect(value == wanted, "\(row.name) \(policy)")
      }
      #expect(held[row.name]?["foreign"] as? Double == 1)
    }
  }

  /// `remote` and `value` leave a base on each side: silent until the source moves again.
  private func decide(_ shop: Shop) async throws {
    let (_, listed, _) = try await shop.json(["conflicts", "--limit", "200"])
    for conflict in listed as? [[String: Any]] ?? [] {
      let id = conflict["id"] as? String ?? ""
      let take =
        switch conflict["reset"] as? String {
        case "same-moved": "remote"
        case "both-later": #"value="v""#
        case "both-earlier": "apart"
        default: "source"
        }
      let outcome = try await shop.program.run([
        "conflicts", "resolve", id, "--current", "--take", take,
      ])
      #expect(outcome.exit == 0, "\(outcome.errors)")
    }
    let run = try await shop.reconcile()
    #expect(run.number("conflicts.open") == 0, "\(run.members)")
    var values = try await held(shop)
    #expect(values["same-moved"]?["ask"] as? String == "y")
    #expect(values["both-later"]?["ask"] as? String == "v")
    #expect(values["both-earlier"]?["ask"] as? String == "y")
    #expect(values["both-unknown"]?["ask"] as? String == "x")
    let quiet = try await shop.reconcile()
    #expect(quiet.number("plan.updates") == 0, "\(quiet.members)")

    // The source moves again: an ordinary move, but what was kept apart is asked anew.
    try shop.write(
      Self.columns + Self.table.map { Self.line($0, "z") }.joined(), to: "exports/20261103.csv")
    let moved = try await shop.reconcile()
    #expect(moved.exit == 0, "\(moved.errors)")
    values = try await held(shop)
    #expect(values["same-moved"]?["ask"] as? String == "z")
    #expect(values["both-later"]?["ask"] as? String == "z")
    #expect(values["both-earlier"]?["ask"] as? String == "y")
    #expect(moved.number("conflicts.open") == 1, "\(moved.members)")
  }
}
