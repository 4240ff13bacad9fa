import Effects
import Formats
import Mirror
import Reconciliation
import Sandbox
import TestKit

// What people do between two runs.
extension History {
  static let foreign = #""f":{"n":1.0,"big":12345678901234567890,"é":["😀",1e3]}"#
  static let values = ["a", "b", "c", ""]
  private static let policies = ["ask", "ask", "source", "remote", "fill_blank", "newest"]

  /// `rail` is the one that is on.
  static func rules(_ random: SeededRandom, rail: RailName?) -> Oracle.Rules {
    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    var rules = Oracle.Rules()
    rules.fields = (0..<4).map { _ in
      Oracle.Field(policy: policies[pick(6)], blank: ["ignore", "clear", "value"][pick(3)])
    }
    rules.groups = pick(2) == 0 ? [[0, 1]] : []
    rules.isOneToOne = pick(4) > 0
    rules.verifies = pick(3) == 0
    rules.correlates = pick(2) == 0
    rules.isDelta = pick(4) == 0
    rules.grace = pick(2) == 0 ? 0 : 86_400
    if pick(2) == 0 {
      rules.reactions = [
        "remote_only": ["conflict", "count", "suggest"][pick(3)],
        "source_only": ["count", "conflict"][pick(2)],
        "unreferenced": ["suggest", "conflict", "count"][pick(3)],
        "source_deleted": ["conflict", "count"][pick(2)],
      ]
    }
    if let rail {
      rules.rail = Oracle.Rail(
        name: rail.rawValue, rows: pick(2), percent: [0, 0, 10, 30][pick(4)],
        hard: rail == .updates && pick(2) == 0 ? 1 + pick(3) : nil)
      if rail == .clears {
        // Else values are taken away too seldom to be seen.
        rules.rail = Oracle.Rail(name: rail.rawValue, rows: 0, percent: pick(2) * 20)
        for place in 0..<2 { rules.fields[place] = Oracle.Field(policy: "source", blank: "clear") }
      }
      if [.remoteDeleted, .rekeyed, .updates].contains(rail) {
        // Else too few of the few are concerned at once.
        rules.rail = Oracle.Rail(
          name: rail.rawValue, rows: 0, percent: pick(2) * 20, hard: rules.rail?.hard)
      }
    }
    return rules
  }

  /// Only the rail of the history is on.
  static func safety(_ rules: Oracle.Rules) -> SafetySettings {
    var safety = SafetySettings()
    safety.firstRun = rules.rail?.name == "first_run" ? .approve : .push
    for rail in RailName.allCases {
      guard let set = rules.rail, set.name == rail.rawValue else {
        safety.limits[rail] = RailLimit?.none
        continue
      }
      guard rail.standardLimit != nil else { continue }
      safety.limits[rail] = RailLimit(
        rows: set.rows, share: Double(set.percent) / 100, hard: set.hard)
    }
    return safety
  }

  static func mapping(_ rules: Oracle.Rules) -> String {
    let lines = rules.fields.enumerated().map { place, field in
      """
      {"column": "F\(place)", "metadata": "\(target(place))", "policy": "\(field.policy)",
       "blank": "\(field.blank)"}
      """
    }
    let pair =
      #"[{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}]"#
    let groups = rules.groups.map {
      "[" + $0.map { "\"\(target($0))\"" }.joined(separator: ",") + "]"
    }
    let reactions = rules.reactions.sorted { $0.key < $1.key }.map { "\"\($0)\": \"\($1)\"" }
    return """
      {"name": "erp", "origins": ["erp"],
       "export": {"path": "exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s",
         "mode": "\(rules.isDelta ? "delta" : "full")", "nulls": [""]},
       "reference": {"column": "ID", "normalize": ["trim", "strip_leading_zeros"]},
       "changed_at": {"column": "AT", "format": "yyyy-MM-dd HH:mm:ss", "time_zone": "UTC"},
       "cardinality": "\(rules.isOneToOne ? "one_to_one" : "many_to_one")",
       "verify": \(rules.verifies ? pair : "[]"), "correlate": \(rules.correlates ? pair : "[]"),
       "deleted": {"column": "DEL", "equals": ["X"]},
       "reactions": {\(reactions.joined(separator: ", "))},
       "fields": [\(lines.joined(separator: ",\n"))], "groups": [\(groups.joined(separator: ","))]}
      """
  }

  private static func target(_ place: Int) -> String { place == 3 ? "/erp/f3" : "f\(place)" }

  // MARK: The source

  func row(key: String, raw: String) -> Oracle.Row {
    let known = rows.first { Oracle.normal($0.raw) == key }
    return Oracle.Row(
      raw: raw, cells: (0..<4).map { _ in Self.values[pick(4)] },
      mail: known?.mail ?? "p\(pick(5) == 0 ? "\(1 + pick(6))" : key)@example.com",
      changedAt: known?.changedAt)
  }

  func edit() {
    // These rails would else be met too seldom.
    let wanted = [
      "rekeyed": 9, "remote_deleted": 11, "source_deleted": 6, "mapping_changed": 0, "updates": 0,
    ]
    let rail = oracle.rules.rail.flatMap { wanted[$0.name] }
    let kind = rail.flatMap { pick(3) == 0 ? $0 : nil } ?? pick(15)
    happened.insert("edit \(kind)")
    switch kind {
    case 0...3: editRow()
    case 4:
      let key = "\(1 + pick(6))"
      rows.append(row(key: key, raw: (pick(3) == 0 ? "00" : "") + key))
      changedKeys.insert(key)
    case 5: if !rows.isEmpty { rows.remove(at: pick(rows.count)) }
    case 6:
      guard !rows.isEmpty else { return }
      let place = pick(rows.count)
      rows[place].isDeleted.toggle()
      changedKeys.insert(Oracle.normal(rows[place].raw))
    case 7: removeDuplicates()
    case 8: create()
    case 9: editReset { $0.reference = self.pick(5) == 0 ? nil : "\(1 + self.pick(6))" }
    case 10: editReset { $0.origin = self.pick(3) == 0 ? "elsewhere" : "erp" }
    case 11: delete()
    case 12: editReset { $0.isBlocked.toggle() }
    case 13: editMail()
    default:
      editReset { $0.values[self.pick(4)] = self.pick(4) == 0 ? nil : Self.values[self.pick(4)] }
    }
  }

  private func editRow() {
    guard !rows.isEmpty else { return }
    let place = pick(rows.count)
    rows[place].cells[pick(4)] = Self.values[pick(4)]
    let key = Oracle.normal(rows[place].raw)
    let stamps: [Double?] = [nil, 0, 60, 600, 600]
    let time = one(of: stamps).map { seconds.rounded(.down) - $0 }
    changeAll(key) { $0.changedAt = time }
  }

  /// Whose rows of a key are: the same for all of them.
  private func editMail() {
    guard !rows.isEmpty else { return }
    let key = Oracle.normal(one(of: rows).raw)
    let mail = "\(one(of: ["p", "p", "P"]))\(1 + pick(6))@example.com"
    changeAll(key) { $0.mail = mail }
  }

  private func changeAll(_ key: String, _ change: (inout Oracle.Row) -> Void) {
    for place in rows.indices where Oracle.normal(rows[place].raw) == key { change(&rows[place]) }
    changedKeys.insert(key)
  }

  private func removeDuplicates() {
    var seen: Set<String> = []
    rows.removeAll { row in
      let key = Oracle.normal(row.raw)
      if seen.insert(key).inserted { return false }
      changedKeys.insert(key)
      return true
    }
  }

  /// Somebody changes a policy in the mapping.
  func changePolicy() throws {
    let place = pick(oracle.rules.fields.count)
    oracle.rules.fields[place].policy = Self.policies[pick(6)]
    try shop.use(rules: Self.mapping(oracle.rules), grace: oracle.rules.grace)
    tell("policy", "of field \(place) is \(oracle.rules.fields[place].policy) now")
  }

  func deliver() throws {
    // An export without rows is refused, which is another test's story.
    if rows.isEmpty { rows.append(row(key: "1", raw: "1")) }
    var sent = rows
    if oracle.rules.isDelta {
      sent = rows.filter { changedKeys.contains(Oracle.normal($0.raw)) }
      if sent.isEmpty { sent = rows.filter { $0.raw == rows[0].raw } }
      let keys = Set(sent.map { Oracle.normal($0.raw) })
      sent = rows.filter { keys.contains(Oracle.normal($0.raw)) }
    }
    changedKeys = []
    try shop.deliver(sent.map(Self.line))
    oracle.take(export: sent)
    tell(
      "export",
      sent.map { "\($0.raw)\($0.cells.map { $0 ?? "-" })\($0.isDeleted ? "X" : "") \($0.mail)" }
        .joined(separator: ", "))
  }

  static func line(_ row: Oracle.Row) -> String {
    let time = row.changedAt.map {
      Timestamp(microseconds: Int64($0) * 1_000_000).rfc3339.prefix(19).replacing("T", with: " ")
    }
    let cells = row.cells.map { $0 ?? "" }.joined(separator: ";")
    return "\(row.raw);\(cells);\(row.isDeleted ? "X" : "");\(row.mail);\(time ?? "")"
  }

  // MARK: The remote

  func create() {
    names += 1
    let id = "reset\(names)"
    let key = "\(1 + pick(6))"
    var reset = Oracle.Reset(
      reference: key, origin: "erp",
      values: (0..<4).map { _ in pick(2) == 0 ? nil : Self.values[pick(4)] })
    reset.mail = "p\(pick(6) == 0 ? "\(1 + pick(6))" : key)@example.com"
    if pick(6) == 0 { reset.origin = "elsewhere" }
    if pick(8) == 0 { (reset.reference, reset.origin) = (nil, nil) }
    var created = SandboxReset(
      customerEmail: reset.mail, reference: reset.reference, referenceOrigin: reset.origin,
      metadata: Self.metadata(reset))
    created.id = id
    shop.sandbox.createReset(created)
    reset.updatedAt = seconds
    oracle.resets[id] = reset
    tell("create", "\(id) \(reset)")
  }

  static func metadata(_ reset: Oracle.Reset) -> String {
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

  var live: [String] { oracle.resets.filter { !$0.value.isDeleted }.keys.sorted() }

  private func editReset(_ change: (inout Oracle.Reset) -> Void) {
    guard !live.isEmpty else { return }
    edit(one(of: live), change)
  }

  /// Somebody changes this reset; `more` are members of the metadata that no mapping knows.
  func edit(_ id: String, more: String = "", _ change: (inout Oracle.Reset) -> Void) {
    guard var reset = oracle.resets[id], !reset.isDeleted else { return }
    let wasBlocked = reset.isBlocked
    change(&reset)
    if wasBlocked != reset.isBlocked || reset.isBlocked { reset.values[3] = nil }
    let before = shop.sandbox.reset(id)?.updatedAt
    shop.sandbox.apply(Self.change(id, reset, more: more))
    // An edit that changes nothing leaves the time of the last write, which may be our own.
    if let after = shop.sandbox.reset(id)?.updatedAt, after != before {
      reset.updatedAt = Double(after.microseconds) / 1_000_000
    }
    oracle.resets[id] = reset
    touched.insert(id)
    tell("edit", "\(id) \(reset)")
  }

  static func change(
    _ id: String, _ reset: Oracle.Reset, more: String = ""
  ) -> SandboxChange {
    var edit = SandboxChange(.edit, .id(id))
    edit.metadata = String(metadata(reset).dropLast()) + more + "}"
    edit.reference = .some(reset.reference)
    edit.referenceOrigin = .some(reset.origin)
    return edit
  }

  private func delete() {
    guard live.count > 2 else { return }
    let id = one(of: live)
    guard !touched.contains(id) else { return }
    oracle.resets[id]?.isDeleted = true
    shop.sandbox.deleteReset(id)
    tell("delete", id)
  }

  // MARK: Decisions

  /// Somebody decides about what is open.
  func decide() async throws {
    let real = try await shop.mirror.conflicts(ConflictFilter(), limit: 10_000)
    for conflict in real.sorted(by: { $0.id < $1.id }) {
      let act = Act(by: "history", at: shop.now)
      let name = Self.name(conflict)
      guard conflict.state.isPending else {
        guard pick(12) == 0 else { continue }
        _ = try await shop.mirror.change([conflict.id], .reopen, act: act)
        oracle.reopen(name)
        tell("reopen", name)
        continue
      }
      if pick(8) == 0 {
        let hours = Double(1 + pick(40))
        _ = try await shop.mirror.change(
          [conflict.id], .snooze(until: shop.now.adding(seconds: hours * 3_600)), act: act)
        oracle.tickets[name]?.snooze(until: programSeconds + hours * 3_600)
        tell("snooze", "\(name) for \(hours) h")
        continue
      }
      guard pick(2) == 0, let take = take(for: conflict) else { continue }
      let result = try await shop.mirror.decide(
        [(conflict.id, conflict.version, Self.real(take))], act: act)
      guard result == [.decided] else { continue }
      oracle.tickets[name]?.decide(take, at: programSeconds)
      tell("decide \(conflict.kind.rawValue) \(take.form)", "\(name): \(take)")
    }
  }

  /// A reset that a person could mean for a record without one.
  private var chosen: Oracle.Resolution {
    let ordered = live.filter { !isOrdered($0) }
    return ordered.isEmpty ? .ignore : .link(one(of: ordered))
  }

  /// Whether a decision that is still to be carried out names this reset.
  private func isOrdered(_ id: String) -> Bool {
    oracle.tickets.values.contains { $0.state == .decided && $0.take == .link(id) }
  }

  private func take(for conflict: Conflict) -> Oracle.Resolution? {
    let id = conflict.resetID ?? ""
    switch conflict.kind {
    case .conflict, .writeFight: return one(of: [.source, .remote, .value("v"), .apart])
    case .invalid: return one(of: [.remote, .apart])
    case .rekeyed: return one(of: [.source, .remote, .apart, .apart, .ignore])
    case .identityMismatch:
      return one(of: [.link(id), .link(id), .link(live[0]), .apart, .ignore])
    case .remoteDuplicate:
      let carriers = live.filter { oracle.ownKey($0) == conflict.reference }
      return carriers.isEmpty ? .ignore : one(of: [.link(one(of: carriers)), .ignore])
    case .sourceOnly: return one(of: [chosen, chosen, .ignore])
    case .unreferenced where isOrdered(id), .remoteOnly where isOrdered(id): return .ignore
    case .unreferenced:
      return conflict.reference == nil ? .ignore : one(of: [.link(id), .link(id), .ignore])
    case .remoteOnly: return one(of: [.link(id), .ignore])
    case .remoteDeleted, .sourceDeleted: return one(of: [.apart, .ignore])
    case .sourceDuplicate, .keyCollision, .unknownOrigin: return .ignore
    case .pushFailed: return nil
    }
  }

  private static func real(_ take: Oracle.Resolution) -> Resolution {
    switch take {
    case .source: .source
    case .remote: .remote
    case .value(let text): .value(.string(text))
    case .apart: .apart
    case .link(let id): .link(resetID: id)
    case .ignore: .ignore
    }
  }
}
