import Formats

/// What the contract says must come of a history.
///
/// Dictionaries and tables, sharing no code with the core. Values are texts; nil is absent.
struct Oracle {
  /// One row of an export, as written.
  struct Row: Equatable {
    var raw: String
    var cells: [String?]
    var isDeleted = false
  }

  /// What stands at one key on the source's side.
  struct Source {
    var rows: [Row]
    /// Full exports in a row that lacked it.
    var missing = 0
    var live: [Row] { missing >= 2 ? [] : rows.filter { !$0.isDeleted } }
  }

  struct Reset {
    var reference: String?
    var origin: String?
    /// Managed values by place of the field.
    var values: [String?]
    /// Whether the parent of the last field is a text, so that it can't hold one.
    var isBlocked = false
    /// Pulled at least once.
    var isSeen = false
    /// Deleted at the remote; the mirror learns it from a full pull.
    var isDeleted = false
    var isKnownDeleted = false
  }

  struct Link {
    var key: String
    var base: [Base?]
    /// Facts under which a field is kept apart by decision.
    var apart: [Int: Facts] = [:]
  }

  struct Base: Equatable {
    var source: String?
    var remote: String?
  }

  struct Facts: Equatable {
    var base: Base?
    var source: String?
    var remote: String?
  }

  enum Take: Equatable {
    case source
    case remote
    case value(String)
    case apart
  }

  /// The fields of a mapping.
  struct Field {
    var policy: String
    var blank: String
  }

  /// What one run comes to.
  struct Outcome: Equatable {
    var situations: [String: Int] = [:]
    var updates = 0
    var conflicts: Set<String> = []
  }

  let fields: [Field]
  let groups: [[Int]]
  var sources: [String: Source] = [:]
  var resets: [String: Reset] = [:]
  var links: [String: Link] = [:]
  /// Decisions by conflict, with the facts that their author saw.
  var decisions: [String: (take: Take, facts: Facts)] = [:]
  /// Facts of the contested fields of the last run.
  private(set) var contested: [String: Facts] = [:]

  init(fields: [Field], groups: [[Int]]) {
    self.fields = fields
    self.groups = groups
  }

  static func normal(_ reference: String?) -> String {
    let text = reference ?? ""
    return String(text.drop { $0 == "0" })
  }

  /// A full export that was accepted.
  mutating func take(export rows: [Row]) {
    let byKey = Dictionary(grouping: rows) { Self.normal($0.raw) }
    for (key, rows) in byKey {
      var distinct: [Row] = []
      for row in rows where !distinct.contains(row) { distinct.append(row) }
      sources[key] = Source(rows: distinct)
    }
    for key in sources.keys where byKey[key] == nil { sources[key]?.missing += 1 }
  }

  // MARK: The table of situations

  /// One run of the line with a pull; `full` pulls prove deletions.
  mutating func run(full: Bool) -> Outcome {
    for (id, reset) in resets {
      if !reset.isDeleted { resets[id]?.isSeen = true }
      if reset.isDeleted, full { resets[id]?.isKnownDeleted = true }
      if reset.isDeleted, !reset.isSeen { resets[id] = nil }
    }
    var outcome = Outcome()
    contested = [:]
    var found: [String: Bool] = [:]
    let visible = resets.filter { !$0.value.isKnownDeleted }
    let byKey = Dictionary(grouping: visible.keys) { ownKey(visible[$0]) ?? "" }
    for id in resets.keys.sorted() {
      guard let situation = assess(id, byKey, &outcome, &found) else { continue }
      outcome.situations[situation, default: 0] += 1
    }
    let linkedKeys = Set(links.values.map(\.key))
    for (key, source) in sources where !source.live.isEmpty {
      guard byKey[key] == nil, !linkedKeys.contains(key) else { continue }
      let situation = trouble(at: key, resets: 0, &outcome) ?? "source_only"
      outcome.situations[situation, default: 0] += 1
    }
    // A decision about a field that was not looked at stands.
    for id in decisions.keys where found[id] == false { decisions[id] = nil }
    return outcome
  }

  private func ownKey(_ reset: Reset?) -> String? {
    guard let reset, reset.origin == "erp" else { return nil }
    let key = Self.normal(reset.reference)
    return key.isEmpty ? nil : key
  }

  /// The first three rows: what is wrong at a key.
  private func trouble(at key: String, resets: Int, _ outcome: inout Outcome) -> String? {
    let live = sources[key]?.live ?? []
    var values: [[String?]] = []
    for row in live where !values.contains(managed(row)) { values.append(managed(row)) }
    let raws = Set(live.map(\.raw))
    let situation: String? =
      values.count > 1
      ? "source_duplicate"
      : resets > 1 ? "remote_duplicate" : raws.count > 1 ? "key_collision" : nil
    if let situation { outcome.conflicts.insert("\(situation) \(key)") }
    return situation
  }

  /// What a row says, an ignored cell told apart from an absent value.
  private func managed(_ row: Row) -> [String?] {
    zip(row.cells, fields).map { cell, field in
      (cell ?? "").isEmpty ? "(\(field.blank))" : cell
    }
  }

  private mutating func assess(
    _ id: String, _ byKey: [String: [String]], _ outcome: inout Outcome,
    _ found: inout [String: Bool]
  ) -> String? {
    guard let reset = resets[id] else { return nil }
    let isGone = reset.isKnownDeleted
    if isGone, links[id] == nil { return nil }
    if isGone, let key = links[id]?.key {
      if let situation = trouble(at: key, resets: 0, &outcome) { return situation }
    } else if reset.reference == nil || reset.reference == "" {
      if links[id] != nil { outcome.conflicts.insert("unreferenced \(id)") }
      return "unreferenced"
    } else if reset.origin != "erp" {
      outcome.conflicts.insert("unknown_origin \(reset.origin ?? "null")")
      return "unknown_origin"
    } else if let key = ownKey(reset) {
      let count = byKey[key]?.count ?? 0
      if let situation = trouble(at: key, resets: count, &outcome) { return situation }
    } else {
      if links[id] != nil { outcome.conflicts.insert("unreferenced \(id)") }
      return "unreferenced"
    }
    if links[id] == nil, let key = ownKey(reset) {
      guard !(sources[key]?.live ?? []).isEmpty else {
        outcome.conflicts.insert("remote_only \(id)")
        return "remote_only"
      }
      links[id] = Link(key: key, base: fields.map { _ in nil })
    }
    guard let link = links[id] else { return nil }
    if !isGone, let own = ownKey(reset), own != link.key {
      outcome.conflicts.insert("rekeyed \(id)")
      return "rekeyed"
    }
    let hasRecord = !(sources[link.key]?.live ?? []).isEmpty
    if isGone, !hasRecord {
      links[id] = nil
      for place in fields.indices { found["conflict \(id) \(place)"] = false }
      return "both_deleted"
    }
    if isGone || !hasRecord {
      let situation = isGone ? "remote_deleted" : "source_deleted"
      outcome.conflicts.insert("\(situation) \(id)")
      return situation
    }
    return merge(id, link, reset, &outcome, &found)
  }

  // MARK: The table of merges

  /// What to do by (source moved, remote moved) and policy; `fill` looks at the remote.
  private static let table: [String: [String: String]] = [
    "moved same": [
      "ask": "write", "source": "write", "newest": "write", "remote": "accept",
      "fill_blank": "fill",
    ],
    "same moved": [
      "ask": "conflict", "source": "write", "remote": "accept", "fill_blank": "fill",
      "newest": "accept",
    ],
    // Times are unknown in these histories, so `newest` asks.
    "moved moved": [
      "ask": "conflict", "source": "write", "remote": "accept", "fill_blank": "fill",
      "newest": "conflict",
    ],
    "same same": [
      "ask": "apart", "source": "apart", "remote": "apart", "fill_blank": "apart",
      "newest": "apart",
    ],
    "first absent": [
      "ask": "write", "source": "write", "remote": "accept", "fill_blank": "write",
      "newest": "write",
    ],
  ]

  private mutating func merge(
    _ id: String, _ link: Link, _ reset: Reset, _ outcome: inout Outcome,
    _ found: inout [String: Bool]
  ) -> String {
    guard let row = sources[link.key]?.live.first else { return "?" }
    var link = link
    var steps: [String] = []
    var writes: [Int: (value: String?, base: Base, decision: String?)] = [:]
    for place in fields.indices {
      let name = "conflict \(id) \(place)"
      let cell = row.cells[place] ?? ""
      let blank = fields[place].blank
      guard !cell.isEmpty || blank != "ignore" else {
        steps.append("ignored")
        continue
      }
      let source: String? = cell.isEmpty && blank == "clear" ? nil : cell
      guard !(reset.isBlocked && place == fields.count - 1) else {
        outcome.conflicts.insert("invalid \(id) \(place)")
        steps.append("invalid")
        continue
      }
      found[name] = false
      let remote = reset.values[place]
      guard source != remote else {
        link.base[place] = Base(source: source, remote: source)
        link.apart[place] = nil
        steps.append("agree")
        continue
      }
      let base = link.base[place]
      let facts = Facts(base: base, source: source, remote: remote)
      let row =
        base.map {
          ($0.source == source ? "same" : "moved") + ($0.remote == remote ? " same" : " moved")
        } ?? (remote == nil ? "first absent" : "moved moved")
      var step = Self.table[row]?[fields[place].policy] ?? "?"
      if step == "fill" { step = (remote ?? "").isEmpty ? "write" : "accept" }
      if link.apart[place] != nil { step = "conflict" }
      guard step == "conflict" else {
        if step == "accept" { link.base[place] = Base(source: source, remote: remote) }
        if step == "write" {
          writes[place] = (source, Base(source: source, remote: source), nil)
        }
        steps.append(step)
        continue
      }
      found[name] = true
      if link.apart[place] == facts, decisions[name] == nil {
        steps.append("apart")
        continue
      }
      guard let decision = decisions[name], decision.facts == facts else {
        decisions[name] = nil
        contested[name] = facts
        steps.append("contested")
        continue
      }
      steps.append(
        decide(decision.take, facts, place, name, &link, &writes))
    }
    holdGroups(&steps, &writes)
    for (place, step) in steps.enumerated() where step == "contested" {
      outcome.conflicts.insert("conflict \(id) \(place)")
    }
    for (place, write) in writes {
      resets[id]?.values[place] = write.value
      link.base[place] = write.base
      if let decision = write.decision {
        decisions[decision] = nil
        link.apart[place] = nil
      }
    }
    links[id] = link
    if !writes.isEmpty { outcome.updates += 1 }
    if steps.contains("contested") { return "conflict" }
    if steps.contains("invalid") { return "invalid" }
    if !writes.isEmpty { return "update" }
    return steps.contains("apart") || steps.contains("accept") ? "drift_accepted" : "in_sync"
  }

  private mutating func decide(
    _ take: Take, _ facts: Facts, _ place: Int, _ name: String, _ link: inout Link,
    _ writes: inout [Int: (value: String?, base: Base, decision: String?)]
  ) -> String {
    switch take {
    case .source:
      writes[place] = (facts.source, Base(source: facts.source, remote: facts.source), name)
      return "write"
    case .value(let value) where value != facts.remote:
      writes[place] = (value, Base(source: facts.source, remote: value), name)
      return "write"
    case .remote, .value:
      link.base[place] = Base(source: facts.source, remote: facts.remote)
      link.apart[place] = nil
      decisions[name] = nil
      return "accept"
    case .apart:
      link.apart[place] = facts
      decisions[name] = nil
      return "apart"
    }
  }

  /// A contested or invalid field holds the writes of its group.
  private func holdGroups(
    _ steps: inout [String],
    _ writes: inout [Int: (value: String?, base: Base, decision: String?)]
  ) {
    for group in groups where group.contains(where: { Self.holding.contains(steps[$0]) }) {
      for place in group where steps[place] == "write" {
        steps[place] = "held"
        writes[place] = nil
      }
    }
  }

  private static let holding: Set<String> = ["contested", "invalid"]
}
