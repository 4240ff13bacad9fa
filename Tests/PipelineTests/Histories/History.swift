import CommerceLayer
import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation
import Sandbox
import TestKit

/// One seeded history: people edit both sides, runs follow, and after each of them the real line
/// and the oracle must agree.
final class History {
  private let seed: UInt64
  private let random: SeededRandom
  private let shop: SimulatedShop
  private var oracle: Oracle
  /// The export as it will be delivered next.
  private var rows: [Oracle.Row] = []
  private var names = 0
  private let hasOracle: Bool
  /// Edited since the last pull: what the mirror does not know yet is not deleted.
  private var touched: Set<String> = []
  private var hasDeleted = false
  private var story: [String] = []

  private static let foreign = #""f":{"n":1.0,"big":12345678901234567890,"é":["😀",1e3]}"#
  private static let values = ["a", "b", "c", ""]

  /// With `correlates`, rows and resets are also brought together by e-mail; the oracle knows
  /// nothing of that, so that only the promises are checked.
  init(seed: UInt64, correlates: Bool = false) throws {
    self.seed = seed
    hasOracle = !correlates
    random = SeededRandom(seed: seed)
    let policies = ["ask", "ask", "source", "remote", "fill_blank", "newest"]
    let blanks = ["ignore", "clear", "value"]
    var fields: [Oracle.Field] = []
    for _ in 0..<4 {
      fields.append(
        Oracle.Field(
          policy: policies[Int(random.next() % 6)], blank: blanks[Int(random.next() % 3)]))
    }
    let groups = random.next() % 2 == 0 ? [[0, 1]] : [[Int]]()
    oracle = Oracle(fields: fields, groups: groups)
    shop = try SimulatedShop(rules: Self.rules(fields, groups, correlates), seed: seed)
    for _ in 0..<4 { create() }
    rows = (1...5).map { Oracle.Row(raw: "\($0)", cells: cells()) }
  }

  private static func rules(
    _ fields: [Oracle.Field], _ groups: [[Int]], _ correlates: Bool
  ) -> String {
    let lines = fields.enumerated().map { place, field in
      """
      {"column": "F\(place)", "metadata": "\(target(place))", "policy": "\(field.policy)",
       "blank": "\(field.blank)"}
      """
    }
    let pair =
      #"[{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}]"#
    let names = groups.map { "[" + $0.map { "\"\(target($0))\"" }.joined(separator: ",") + "]" }
    return """
      {"name": "erp", "origins": ["erp"],
       "export": {"path": "exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s",
         "nulls": [""]},
       "reference": {"column": "ID", "normalize": ["trim", "strip_leading_zeros"]},
       "correlate": \(correlates ? pair : "[]"),
       "deleted": {"column": "DEL", "equals": ["X"]},
       "fields": [\(lines.joined(separator: ",\n"))], "groups": [\(names.joined(separator: ","))]}
      """
  }

  private static func target(_ place: Int) -> String { place == 3 ? "/erp/f3" : "f\(place)" }

  // MARK: The play

  /// Plays so many rounds; the differences found, empty when all is well.
  func play(rounds: Int) async throws -> String? {
    for round in 1...rounds {
      story.append("round \(round)")
      for _ in 0..<pick(5) { edit() }
      let delivers = round == 1 || pick(4) > 0
      if delivers { try deliver() }
      // A push that finds its reset gone tries again until a full pull proves it.
      let full = pick(3) == 0 || hasDeleted
      hasDeleted = false
      if let difference = try await settle(full: full, round) {
        let fields = oracle.fields.map { "\($0.policy)/\($0.blank)" }.joined(separator: " ")
        return "seed \(seed), fields \(fields), groups \(oracle.groups)\n"
          + story.joined(separator: "\n") + "\n" + difference
      }
      if pick(2) == 0 { try await decide() }
      shop.time.advance(seconds: 13 * 3_600)
    }
    return nil
  }

  private func settle(full: Bool, _ round: Int) async throws -> String? {
    touched = []
    let trouble = pick(4)
    if trouble == 0 {
      let request = 1 + pick(9)
      shop.crashAt(request: request, afterEffect: pick(2) == 0)
      story.append("  crash at request \(request)")
      _ = try await shop.run(full: full)
      if try shop.reopen() == false { story.append("  (no crash)") }
    } else if trouble == 1 {
      let faults: [SandboxFault.Action] = [
        .respond(status: 500, body: .object, retryAfter: nil), .closeAfter, .closeBefore,
        .respond(status: 429, body: .object, retryAfter: "1"),
      ]
      let fault = SandboxFault(faults[pick(faults.count)])
      shop.sandbox.addFault(fault)
      story.append("  fault \(fault.action)")
      let summary = try await shop.run(full: full)
      shop.sandbox.setFaults([])
      if summary.push.failed > 0, summary.result == .ok { return "failed, and yet ok" }
    }
    let expected = oracle.run(full: full)
    story.append("  run\(full ? " full" : "")")
    let summary = try await shop.run(full: full)
    if summary.result != .ok { return "result \(summary.result): \(summary.messages)" }
    if trouble > 1, let difference = try await compare(summary, expected) { return difference }
    // Nothing changed since: nothing is planned, nothing is sent.
    let quiet = oracle.run(full: full)
    let second = try await shop.run(full: full)
    if second.plan.updates > 0 || second.push.attempted > 0 {
      return "the second run plans \(second.plan.updates) and sends \(second.push.attempted)"
    }
    if let difference = try await compare(second, quiet) { return "second run: " + difference }
    return try await whole(round)
  }

  /// A walk over everything finds what the walk over the changes left.
  private func whole(_ round: Int) async throws -> String? {
    let before = try await shop.mirror.situations()
    let open = Set(try await shop.mirror.conflicts(limit: 10_000).map(Self.name))
    let (book, now, isDry) = (shop.book, shop.time.now, pick(3) > 0)
    let outcome = try await shop.mirror.reconcile(
      ReconcileRequest(
        run: "whole \(round)", now: now, book: book, isDryRun: isDry, walksAll: true),
      assess: { assess($0, rules: book, at: now) },
      clear: { _ in Clearance(digest: "", sending: .none) })
    let after = Set(try await shop.mirror.conflicts(limit: 10_000).map(Self.name))
    if after != open {
      return "a whole walk opens \(after.subtracting(open)), closes \(open.subtracting(after))"
    }
    if outcome.tally.updates > 0 { return "a whole walk plans \(outcome.tally.updates)" }
    if outcome.situations != before {
      return "a whole walk finds \(Self.text(outcome.situations)), not \(Self.text(before))"
    }
    let flaws = try await shop.mirror.verify()
    return flaws.isEmpty ? nil : "verify: \(flaws)"
  }

  private func compare(_ summary: RunSummary, _ expected: Oracle.Outcome) async throws -> String? {
    guard hasOracle else { return nil }
    var differences: [String] = []
    let situations = Dictionary(
      uniqueKeysWithValues: summary.situations.filter { $0.value > 0 }.map {
        ($0.key.rawValue, $0.value)
      })
    if situations != expected.situations {
      differences.append("situations \(situations), expected \(expected.situations)")
    }
    if summary.plan.updates != expected.updates {
      differences.append("updates \(summary.plan.updates), expected \(expected.updates)")
    }
    let open = Set(try await shop.mirror.conflicts(limit: 10_000).map(Self.name))
    if open != expected.conflicts {
      differences.append(
        "open beyond \(open.subtracting(expected.conflicts).sorted()), "
          + "lacking \(expected.conflicts.subtracting(open).sorted())")
    }
    for (id, reset) in oracle.resets where !reset.isDeleted {
      let text = shop.sandbox.reset(id)?.metadata ?? ""
      if !text.contains(Self.foreign) { differences.append("\(id): foreign metadata \(text)") }
      let held = try JSONValue(parsing: text)
      let wanted = try JSONValue(parsing: Self.metadata(reset))
      let (left, right) = (held["erp"]?.objectValue, wanted["erp"]?.objectValue)
      let same = (0..<3).allSatisfy { held["f\($0)"] == wanted["f\($0)"] }
      if !same || left?["f3"] != right?["f3"] {
        differences.append("\(id): remote holds \(text), expected \(Self.metadata(reset))")
      }
    }
    return differences.isEmpty ? nil : differences.joined(separator: "\n")
  }

  private static func name(_ conflict: Conflict) -> String {
    let place = conflict.field.map { " \($0.hasSuffix("f3") ? "3" : String($0.dropFirst()))" } ?? ""
    if conflict.kind == .unknownOrigin {
      return "unknown_origin \(conflict.referenceOrigin ?? "null")"
    }
    return "\(conflict.kind.rawValue) \(conflict.resetID ?? conflict.reference ?? "")\(place)"
  }

  private static func text(_ situations: [Situation: Int]) -> String {
    situations.filter { $0.value > 0 }.map { "\($0.key.rawValue) \($0.value)" }.sorted()
      .joined(separator: ", ")
  }

  // MARK: What people do

  private func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  private func cells() -> [String?] { (0..<4).map { _ in Self.values[pick(4)] } }

  private func create() {
    names += 1
    let id = "reset\(names)"
    var reset = Oracle.Reset(
      reference: "\(1 + pick(6))", origin: "erp",
      values: (0..<4).map { _ in pick(2) == 0 ? nil : Self.values[pick(4)] })
    if pick(6) == 0 { reset.origin = "elsewhere" }
    oracle.resets[id] = reset
    var created = SandboxReset(
      customerEmail: "\(id)@example.com", reference: reset.reference,
      referenceOrigin: reset.origin, metadata: Self.metadata(reset))
    created.id = id
    shop.sandbox.createReset(created)
    story.append("  create \(id) \(reset)")
  }

  private static func metadata(_ reset: Oracle.Reset) -> String {
    var members = [foreign]
    for place in 0..<3 {
      if let value = reset.values[place] { members.append("\"f\(place)\":\"\(value)\"") }
    }
    if reset.isBlocked {
      members.append(#""erp":"text""#)
    } else if let value = reset.values[3] {
      members.append("\"erp\":{\"f3\":\"\(value)\"}")
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  private func edit() {
    switch pick(14) {
    case 0...3: editRow()
    case 4:
      rows.append(Oracle.Row(raw: "\(pick(3) == 0 ? "00" : "")\(1 + pick(6))", cells: cells()))
    case 5: if !rows.isEmpty { rows.remove(at: pick(rows.count)) }
    case 6: if !rows.isEmpty { rows[pick(rows.count)].isDeleted.toggle() }
    case 7: removeDuplicates()
    case 8: create()
    case 9: editReset { $0.reference = self.pick(5) == 0 ? nil : "\(1 + self.pick(6))" }
    case 10: editReset { $0.origin = self.pick(3) == 0 ? "elsewhere" : "erp" }
    case 11: delete()
    case 12: editReset { $0.isBlocked.toggle() }
    default:
      editReset { $0.values[self.pick(4)] = self.pick(4) == 0 ? nil : Self.values[self.pick(4)] }
    }
  }

  private func editRow() {
    guard !rows.isEmpty else { return }
    rows[pick(rows.count)].cells[pick(4)] = Self.values[pick(4)]
  }

  /// Whose row it seems to be follows from its first cell, so that it moves with it.
  private static func mail(_ row: Oracle.Row) -> String {
    values.firstIndex(of: row.cells[0] ?? "").map { "reset\($0 + 1)@example.com" } ?? ""
  }

  private func removeDuplicates() {
    var seen: Set<String> = []
    rows.removeAll { !seen.insert(Oracle.normal($0.raw)).inserted }
  }

  private func editReset(_ change: (inout Oracle.Reset) -> Void) {
    let live = oracle.resets.filter { !$0.value.isDeleted }.keys.sorted()
    guard !live.isEmpty else { return }
    let id = live[pick(live.count)]
    guard var reset = oracle.resets[id] else { return }
    let wasBlocked = reset.isBlocked
    change(&reset)
    if wasBlocked != reset.isBlocked { reset.values[3] = nil }
    if reset.isBlocked { reset.values[3] = nil }
    oracle.resets[id] = reset
    touched.insert(id)
    var edit = SandboxChange(.edit, .id(id))
    edit.metadata = Self.metadata(reset)
    edit.reference = .some(reset.reference)
    edit.referenceOrigin = .some(reset.origin)
    shop.sandbox.apply(edit)
    story.append("  edit \(id) \(reset)")
  }

  private func delete() {
    let live = oracle.resets.filter { !$0.value.isDeleted }.keys.sorted()
    guard live.count > 2 else { return }
    let id = live[pick(live.count)]
    guard !touched.contains(id) else { return }
    oracle.resets[id]?.isDeleted = true
    hasDeleted = true
    shop.sandbox.deleteReset(id)
    story.append("  delete \(id)")
  }

  private func deliver() throws {
    // An export without rows is refused, which is another test's story.
    if rows.isEmpty { rows.append(Oracle.Row(raw: "1", cells: cells())) }
    try shop.deliver(
      rows.map { row in
        "\(row.raw);" + row.cells.map { $0 ?? "" }.joined(separator: ";")
          + ";\(row.isDeleted ? "X" : "");\(Self.mail(row))"
      })
    oracle.take(export: rows)
    story.append(
      "  export "
        + rows.map { "\($0.raw)\($0.cells.map { $0 ?? "-" })\($0.isDeleted ? "X" : "")" }
        .joined(separator: " "))
  }

  /// Somebody decides about a contested field.
  private func decide() async throws {
    let takes: [Oracle.Take] = [.source, .remote, .value("v"), .apart]
    let open = try await shop.mirror.conflicts(limit: 10_000).filter { $0.kind == .conflict }
    for conflict in open.sorted(by: { $0.id < $1.id }) where pick(2) == 0 {
      let name = Self.name(conflict)
      guard let facts = oracle.contested[name] else { continue }
      let take = takes[pick(4)]
      let real: Reconciliation.Take =
        switch take {
        case .source: .source
        case .remote: .remote
        case .value(let text): .value(.string(text))
        case .apart: .apart
        }
      let result = try await shop.mirror.decide(
        conflict.id, take: real, facts: conflict.facts,
        act: Act(by: "history", at: shop.time.now))
      guard result == .decided else { continue }
      oracle.decisions[name] = (take, facts)
      story.append("  decide \(name): \(take)")
    }
  }
}
