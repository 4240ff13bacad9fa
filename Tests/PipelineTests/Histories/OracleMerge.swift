// The table of Contract#Merge.
extension Oracle {
  /// What to do by (source moved, remote moved) and policy; `fill` looks at the remote, `later` at
  /// the times.
  private static let table: [String: [String: String]] = [
    "moved same": [
      "ask": "write", "source": "write", "newest": "write", "remote": "accept",
      "fill_blank": "fill",
    ],
    // Only the remote moved, so its change is the later one.
    "same moved": [
      "ask": "conflict", "source": "write", "remote": "accept", "fill_blank": "fill",
      "newest": "accept",
    ],
    "moved moved": [
      "ask": "conflict", "source": "write", "remote": "accept", "fill_blank": "fill",
      "newest": "later",
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

  /// Two changes closer than this can't be told apart, in seconds.
  private static let skew = 120.0
  static let day = 86_400.0

  mutating func merge(_ id: String, _ draft: inout Draft) -> String {
    guard let key = links[id]?.key else { return "?" }
    // The key that the reset carries was checked; this is the one that a decision prefers.
    if ownKey(id) != key, let situation = trouble(at: key, for: nil, &draft) { return situation }
    guard let row = live(key).last, let reset = resets[id] else { return "?" }
    links[id]?.isApart = false
    draft.lookedAtFields = true
    var steps: [String] = []
    for place in rules.fields.indices {
      steps.append(step(place, id, row, reset, &draft))
    }
    decideGroups(&steps, id, &draft)
    holdGroups(&steps, id, &draft)
    if steps.contains("contested") { return "conflict" }
    if steps.contains("invalid") { return "invalid" }
    if !draft.update.isEmpty { return "update" }
    return steps.contains("apart") || steps.contains("accept") ? "drift_accepted" : "in_sync"
  }

  private mutating func step(
    _ place: Int, _ id: String, _ row: Row, _ reset: Reset, _ draft: inout Draft
  ) -> String {
    let (cell, blank) = (row.cells[place] ?? "", rules.fields[place].blank)
    guard !cell.isEmpty || blank != "ignore" else {
      draft.ignored.insert(place)
      return "ignored"
    }
    guard !(reset.isBlocked && place == rules.fields.count - 1) else {
      return invalid(place, id, cell, &draft)
    }
    let source: String? = cell.isEmpty && blank == "clear" ? nil : cell
    let remote = reset.values[place]
    let seen = Values(base: links[id]?.base[place], source: source, remote: remote)
    guard source != remote else {
      for name in ["conflict \(id) \(place)", "write_fight \(id) \(place)"] {
        guard case .value(let value)? = standing(name, seen.facts, ["value"]), value != source
        else { continue }
        return contest(name, seen, place, id, &draft)
      }
      links[id]?.base[place] = Base(source: source, remote: source)
      return "agree"
    }
    let base = seen.base
    draft.differing[place] = seen
    var step = verdict(place, base, source, remote, row.changedAt, reset.seen)
    let name = "conflict \(id) \(place)"
    let ticket = tickets[name]
    let isDecided = ticket?.standing != nil && ticket?.decidedFacts == seen.facts
    let wasApart = ticket?.lastResolution == .apart && ticket?.state != .autoClosed
    if step == "conflict" || isDecided || wasApart || ticket?.isReopened == true {
      return contest(name, seen, place, id, &draft)
    }
    if step == "write", isFought(place, id, source, remote) {
      return contest("write_fight \(id) \(place)", seen, place, id, &draft)
    }
    if step == "fill" { step = (remote ?? "").isEmpty ? "write" : "accept" }
    if step == "write" {
      draft.update.values[place] = .some(source)
      draft.update.bases[place] = Base(source: source, remote: source)
    }
    if step == "accept" { links[id]?.base[place] = Base(source: source, remote: remote) }
    return step
  }

  private func verdict(
    _ place: Int, _ base: Base?, _ source: String?, _ remote: String?, _ changedAt: Double?,
    _ seen: Seen
  ) -> String {
    let row =
      base.map {
        ($0.source == source ? "same" : "moved") + ($0.remote == remote ? " same" : " moved")
      } ?? (remote == nil ? "first absent" : "moved moved")
    let step = Self.table[row]?[rules.fields[place].policy] ?? "?"
    if step == "fill" { return (remote ?? "").isEmpty ? "write" : "accept" }
    guard step == "later" else { return step }
    guard let changedAt else { return "conflict" }
    if changedAt - (seen.spans[place]?.until ?? seen.first) >= Self.skew { return "write" }
    guard let after = seen.spans[place]?.after else { return "conflict" }
    return after - changedAt >= Self.skew ? "accept" : "conflict"
  }

  /// Whether this write would go on with a fight: the last three writes of a day went to and fro
  /// between the same two values, or a person has not yet settled the last fight.
  private func isFought(
    _ place: Int, _ id: String, _ source: String?, _ remote: String?
  ) -> Bool {
    let ticket = tickets["write_fight \(id) \(place)"]
    if let ticket {
      if ticket.isPending || ticket.state == .decided { return true }
      if ticket.lastResolution == .apart, ticket.state != .autoClosed { return true }
    }
    let start = max(now - Self.day, ticket?.lastDecidedAt ?? -.infinity)
    let writes = links[id]?.writes.filter { $0.place == place && $0.at >= start } ?? []
    let last = writes.suffix(3)
    return last.count == 3 && last.allSatisfy { $0.pair == [source, remote] }
  }

  private mutating func invalid(
    _ place: Int, _ id: String, _ cell: String, _ draft: inout Draft
  ) -> String {
    let name = "invalid \(id) \(place)"
    draft.invalid.insert(place)
    find(name, cell, ["remote", "apart"], &draft)
    return draft.findings[name]?.isSettled == true ? "apart" : "invalid"
  }

  private mutating func contest(
    _ name: String, _ seen: Values, _ place: Int, _ id: String, _ draft: inout Draft
  ) -> String {
    let (source, remote) = (seen.source, seen.remote)
    draft.findings[name] = Finding(facts: seen.facts, values: seen)
    if tickets[name]?.state == .decided {
      let take = standing(name, seen.facts, ["source", "remote", "value", "apart"])
      draft.fresh[place] = take?.form
    }
    switch standing(name, seen.facts, ["source", "remote", "value", "apart"]) {
    case .source?:
      draft.update.values[place] = .some(source)
      draft.update.bases[place] = Base(source: source, remote: source)
      draft.update.decisions.append(name)
      return "write"
    case .value(let value)? where value != remote:
      draft.update.values[place] = value
      draft.update.bases[place] = Base(source: source, remote: value)
      draft.update.decisions.append(name)
      return "write"
    case .remote?, .value?:
      links[id]?.base[place] = Base(source: source, remote: remote)
      draft.findings[name]?.isSettled = true
      return "accept"
    case .apart?:
      draft.findings[name]?.isSettled = true
      return "apart"
    default: return "contested"
    }
  }

  /// A group is written whole: a decision about one field takes all of them, and a value of the
  /// source beside one of the remote that stays is asked about.
  private mutating func decideGroups(_ steps: inout [String], _ id: String, _ draft: inout Draft) {
    for group in rules.groups {
      let decided = group.filter { draft.fresh[$0] != nil }
      let forms = Set(decided.compactMap { draft.fresh[$0] }).subtracting(["value"])
      if forms.count > 1 {
        for place in decided where draft.fresh[place] != "value" {
          withdraw(place, id, &draft)
          steps[place] = "contested"
          for name in names(place, id) where draft.findings[name] != nil {
            draft.findings[name]?.isSettled = false
            draft.findings[name]?.isRefused = true
          }
        }
      } else if let form = forms.first {
        for place in group where draft.fresh[place] == nil {
          follow(form, place, id, &steps, &draft)
        }
      } else if decided.isEmpty, group.contains(where: { ["accept", "apart"].contains(steps[$0]) })
      {
        for place in group where steps[place] == "write" {
          guard let seen = draft.differing[place] else { continue }
          withdraw(place, id, &draft)
          steps[place] = contest(names(place, id)[0], seen, place, id, &draft)
        }
      }
    }
  }

  private mutating func follow(
    _ form: String, _ place: Int, _ id: String, _ steps: inout [String], _ draft: inout Draft
  ) {
    guard let seen = draft.differing[place] else { return }
    if form == "source" {
      guard steps[place] != "write" else { return }
      withdraw(place, id, &draft)
      draft.update.values[place] = .some(seen.source)
      draft.update.bases[place] = Base(source: seen.source, remote: seen.source)
      steps[place] = "write"
    } else if steps[place] != "apart" {
      withdraw(place, id, &draft)
      for name in names(place, id) { draft.findings[name] = nil }
      links[id]?.base[place] = Base(source: seen.source, remote: seen.remote)
      steps[place] = "accept"
    }
  }

  private func names(_ place: Int, _ id: String) -> [String] {
    ["conflict", "write_fight"].map { "\($0) \(id) \(place)" }
  }

  /// Takes what is planned for a field out of the update, and its base back to what it was.
  private mutating func withdraw(_ place: Int, _ id: String, _ draft: inout Draft) {
    draft.update.values[place] = nil
    draft.update.bases[place] = nil
    draft.update.decisions.removeAll { names(place, id).contains($0) }
    if let seen = draft.differing[place] { links[id]?.base[place] = seen.base }
  }

  /// A contested or invalid field holds the writes of its group.
  private mutating func holdGroups(_ steps: inout [String], _ id: String, _ draft: inout Draft) {
    let holding: Set<String> = ["contested", "invalid"]
    for group in rules.groups where group.contains(where: { holding.contains(steps[$0]) }) {
      for place in group where steps[place] == "write" {
        steps[place] = "held"
        draft.update.values[place] = nil
        draft.update.bases[place] = nil
        draft.update.decisions.removeAll { names(place, id).contains($0) }
      }
    }
  }
}
