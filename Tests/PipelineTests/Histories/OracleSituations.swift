// The table of Contract#Situations, in its order.
extension Oracle {
  /// The one situation of a reset; nil when it is no item.
  mutating func assess(_ id: String, _ draft: inout Draft) -> String? {
    guard let reset = resets[id] else { return nil }
    var isNewLink = false
    if reset.isKnownDeleted {
      guard let key = links[id]?.key else { return nil }
      if let situation = trouble(at: key, for: nil, &draft) { return situation }
    } else if Self.normal(reset.reference).isEmpty || reset.origin != "erp" {
      if let situation = keyless(id, reset, &isNewLink, &draft) {
        if links[id].map({ live($0.key).count }) == 1 { lookBehind(id, &draft) }
        return situation
      }
    } else if let key = ownKey(id) {
      if let situation = trouble(at: key, for: id, &draft) {
        if links[id].map({ live($0.key).count }) == 1 { lookBehind(id, &draft) }
        return situation
      }
      if links[id] == nil {
        if live(key).isEmpty {
          if let situation = remoteOnly(id, key, &isNewLink, &draft) { return situation }
        } else {
          links[id] = Link(key: key, base: rules.fields.map { _ in nil })
          isNewLink = true
        }
      }
    }
    if let situation = identity(id, &draft) {
      lookBehind(id, &draft)
      return situation
    }
    // A link that was just made by decision carries another key than its reset by intention.
    if let situation = isNewLink ? nil : rekeyed(id, &draft) {
      lookBehind(id, &draft)
      return situation
    }
    if let situation = deletions(id, &draft) { return situation }
    return merge(id, &draft)
  }

  /// Another question comes first: what is pending or decided about fields is seen with the values
  /// of today, and waits.
  private func lookBehind(_ id: String, _ draft: inout Draft) {
    guard let link = links[id], !live(link.key).isEmpty, resets[id]?.isKnownDeleted == false
    else { return }
    let waiting = tickets.filter { name, ticket in
      let words = name.split(separator: " ").map(String.init)
      return ["conflict", "invalid", "write_fight"].contains(words[0]) && words[1] == id
        && (ticket.isPending || ticket.state == .decided)
    }
    guard !waiting.isEmpty else { return }
    var (trial, behind) = (self, Draft(id: id))
    _ = trial.merge(id, &behind)
    (draft.ignored, draft.invalid) = (behind.ignored, behind.invalid)
    draft.lookedAtFields = behind.lookedAtFields
    for (name, finding) in behind.findings where waiting[name] != nil {
      draft.findings[name] = Finding(facts: finding.facts, values: finding.values)
    }
  }

  /// The first three rows: what is wrong at a key.
  mutating func trouble(at key: String, for id: String?, _ draft: inout Draft) -> String? {
    let rows = live(key)
    let ids = id == nil ? [] : carriers[key] ?? []
    var values: [[String?]] = []
    for row in rows where !values.contains(managed(row)) { values.append(managed(row)) }
    if values.count > 1 {
      let facts = values.map { "\($0)" }.sorted()
      find("source_duplicate \(key)", "\(facts)", ["ignore"], &draft)
      return "source_duplicate"
    }
    if rules.isOneToOne, ids.count > 1 {
      let name = "remote_duplicate \(key)"
      find(name, "\(ids)", ["ignore"], &draft)
      guard case .link(let chosen)? = standing(name, "\(ids)", ["link"]) else {
        return "remote_duplicate"
      }
      guard ids.contains(chosen) else {
        draft.findings[name]?.isRefused = true
        return "remote_duplicate"
      }
      draft.findings[name]?.isSettled = true
      if chosen != id { return "drift_accepted" }
    }
    let raws = Set(rows.map(\.raw)).sorted()
    let remote = rules.isOneToOne ? [] : Set(ids.compactMap { resets[$0]?.reference }).sorted()
    guard raws.count > 1 || remote.count > 1 else { return nil }
    let seen = remote.count > 1 ? remote : []
    find("key_collision \(key)", "\(raws) \(seen)", ["ignore"], &draft)
    return "key_collision"
  }

  /// A reset that carries no known key.
  private mutating func keyless(
    _ id: String, _ reset: Reset, _ isNewLink: inout Bool, _ draft: inout Draft
  ) -> String? {
    let isBare = Self.normal(reset.reference).isEmpty
    if let link = links[id] {
      if order(id, link, &draft) { return nil }
      guard isBare else { return unknownOrigin(reset, &draft) }
      if rules.reaction("unreferenced") != "count" {
        find(
          "unreferenced \(id) \(link.key)", suggestion(reset, link.key), ["ignore"], &draft)
      }
      return "unreferenced"
    }
    guard isBare else { return unknownOrigin(reset, &draft) }
    let rows = candidates(id, besides: nil)
    for (key, row) in rows {
      let name = "unreferenced \(id) \(key)"
      let facts = suggestion(reset, key)
      if standing(name, facts, ["link"]) == .link(id) {
        draft.findings = [:]
        adopt(id, key, row, name, facts, &draft)
        isNewLink = true
        return nil
      }
      if rules.reaction("unreferenced") != "count" { find(name, facts, ["ignore"], &draft) }
    }
    if rows.isEmpty, rules.reaction("unreferenced") == "conflict" {
      find(
        "unreferenced \(id)", "\(reset.reference ?? "-") \(reset.origin ?? "-")", ["ignore"], &draft
      )
    }
    return "unreferenced"
  }

  private mutating func unknownOrigin(_ reset: Reset, _ draft: inout Draft) -> String {
    find("unknown_origin \(reset.origin ?? "null")", "", ["ignore"], &draft)
    return "unknown_origin"
  }

  private mutating func remoteOnly(
    _ id: String, _ key: String, _ isNewLink: inout Bool, _ draft: inout Draft
  ) -> String? {
    guard let reset = resets[id] else { return nil }
    let rows = candidates(id, besides: nil)
    let name = "remote_only \(id)"
    let facts = remoteFacts(reset, rows.map(\.key))
    let take = standing(name, facts, ["link", "ignore"])
    if take == .link(id), rows.count == 1 {
      adopt(id, rows[0].key, rows[0].row, name, facts, &draft)
      isNewLink = true
      return nil
    }
    let reaction = rules.reaction("remote_only")
    guard reaction == "conflict" || (reaction == "suggest" && !rows.isEmpty) else {
      return "remote_only"
    }
    let since = tickets[name]?.firstSeen ?? now
    let waits = !hasDelivered && tickets[name].map { $0.state == .inFlight } ?? true
    draft.findings[name] = Finding(
      facts: facts, due: waits && !hasDelivered ? now + max(rules.grace, 60) : since + rules.grace,
      isSettled: take == .ignore,
      isRefused: take != nil && take != .ignore)
    return "remote_only"
  }

  mutating func sourceOnly(_ key: String, _ draft: inout Draft) -> String {
    let name = "source_only \(key)"
    if case .link(let id)? = standing(name, key, ["link"]), let row = live(key).last {
      if isFree(id) {
        draft.target = id
        adopt(id, key, row, name, key, &draft)
        return identity(id, &draft) ?? merge(id, &draft)
      }
      find(name, key, ["ignore"], &draft)
      draft.findings[name]?.isRefused = true
      return "source_only"
    }
    if rules.reaction("source_only") == "conflict" {
      find("source_only \(key)", key, ["ignore"], &draft)
    }
    return "source_only"
  }

  /// Whether a reset belongs to no record: not linked as the run began, and with none at its key.
  private func isFree(_ id: String) -> Bool {
    guard let reset = resets[id], !reset.isKnownDeleted, linksBefore[id] == nil else {
      return false
    }
    return ownKey(id).map { live($0).isEmpty } ?? true
  }

  private mutating func identity(_ id: String, _ draft: inout Draft) -> String? {
    guard rules.verifies, let reset = resets[id], !reset.isKnownDeleted, let key = links[id]?.key,
      let row = live(key).last
    else { return nil }
    let (ours, theirs) = (row.mail.lowercased(), reset.mail.lowercased())
    let facts = "\(ours) \(theirs)"
    guard ours != theirs, links[id]?.confirmed != facts else { return nil }
    let name = "identity_mismatch \(id)"
    find(name, facts, ["ignore"], &draft)
    switch standing(name, facts, ["link", "apart"]) {
    case .link(let chosen)?:
      guard chosen == id else {
        draft.findings[name]?.isRefused = true
        return "identity_mismatch"
      }
      links[id]?.confirmed = facts
      draft.findings[name]?.isSettled = true
      return nil
    case .apart?:
      draft.findings[name]?.isSettled = true
      links[id]?.isApart = true
      return "drift_accepted"
    default:
      links[id]?.isApart = false
      return "identity_mismatch"
    }
  }

  // MARK: Keys that moved

  private mutating func rekeyed(_ id: String, _ draft: inout Draft) -> String? {
    guard let link = links[id], let reset = resets[id], !reset.isKnownDeleted else { return nil }
    let name = "rekeyed \(id)"
    if let own = ownKey(id), own != link.key {
      if order(id, link, &draft) { return nil }
      let facts = "remote \(link.key) \(own)"
      find(name, facts, ["ignore"], &draft)
      switch standing(name, facts, ["remote", "apart"]) {
      case .remote?:
        draft.findings[name]?.isSettled = true
        links[id]?.key = own
        return nil
      case .apart?: return apart(name, id, &draft)
      default:
        links[id]?.isApart = false
        return "rekeyed"
      }
    }
    guard live(link.key).isEmpty else { return nil }
    let rows = candidates(id, besides: link.key)
    guard Set(rows.map(\.key)).count == 1, let (key, row) = rows.first else { return nil }
    let facts = "source \(link.key) \(key)"
    find(name, facts, ["ignore"], &draft)
    switch standing(name, facts, ["source", "remote", "apart"]) {
    case .source?:
      draft.findings[name] = Finding(facts: facts)
      links[id]?.key = key
      writeKey(key, row.raw, id, &draft)
      draft.update.decisions.append(name)
      return nil
    case .remote?:
      draft.findings[name]?.isSettled = true
      return nil
    case .apart?: return apart(name, id, &draft)
    default:
      links[id]?.isApart = false
      return "rekeyed"
    }
  }

  private mutating func apart(_ name: String, _ id: String, _ draft: inout Draft) -> String {
    draft.findings[name]?.isSettled = true
    links[id]?.isApart = true
    return "drift_accepted"
  }

  private mutating func deletions(_ id: String, _ draft: inout Draft) -> String? {
    guard let link = links[id], let reset = resets[id] else { return nil }
    let hasRecord = !live(link.key).isEmpty
    switch (hasRecord, reset.isKnownDeleted) {
    case (true, false): return nil
    case (false, true):
      links[id] = nil
      return "both_deleted"
    default: break
    }
    let situation = hasRecord ? "remote_deleted" : "source_deleted"
    // Never a write: what a decision wants to write waits.
    draft.update = Update()
    guard rules.reaction(situation) == "conflict" else { return situation }
    let name = "\(situation) \(id)"
    find(name, link.key, ["ignore"], &draft)
    if standing(name, link.key, ["apart"]) != nil { return apart(name, id, &draft) }
    links[id]?.isApart = false
    return situation
  }

  // MARK: Links by decision

  /// A decision wants the link's key on a reset that carries another: it is written (again).
  private mutating func order(_ id: String, _ link: Link, _ draft: inout Draft) -> Bool {
    guard let reset = resets[id] else { return false }
    let own = ownKey(id) ?? "-"
    let orders: [(String, String, Set<String>)] = [
      ("source_only \(link.key)", link.key, ["link"]),
      ("unreferenced \(id) \(link.key)", suggestion(reset, link.key), ["link"]),
      ("remote_only \(id)", remoteFacts(reset, [link.key]), ["link"]),
      ("rekeyed \(id)", "remote \(link.key) \(own)", ["source"]),
      ("rekeyed \(id)", "source \(own) \(link.key)", ["source"]),
    ]
    for (name, facts, takes) in orders {
      guard let take = standing(name, facts, takes) else { continue }
      if case .link(let chosen) = take, chosen != id { continue }
      draft.findings[name] = Finding(facts: facts)
      writeKey(link.key, live(link.key).last?.raw ?? link.key, id, &draft)
      draft.update.decisions.append(name)
      return true
    }
    return false
  }

  private mutating func adopt(
    _ id: String, _ key: String, _ row: Row, _ name: String, _ facts: String,
    _ draft: inout Draft
  ) {
    links[id] = Link(key: key, base: rules.fields.map { _ in nil })
    draft.findings[name] = Finding(facts: facts)
    writeKey(key, row.raw, id, &draft)
    draft.update.decisions.append(name)
  }

  private func writeKey(_ key: String, _ raw: String, _ id: String, _ draft: inout Draft) {
    guard let reset = resets[id], ownKey(id) != key else { return }
    if reset.reference != raw { draft.update.reference = raw }
    if reset.origin != "erp" { draft.update.origin = "erp" }
  }

  /// The live records of the reset's person, in the order of their keys; besides that of a key only
  /// those that nobody else has.
  private func candidates(_ id: String, besides key: String?) -> [(key: String, row: Row)] {
    guard rules.correlates, let mail = resets[id]?.mail.lowercased() else { return [] }
    var taken = Set(linksBefore.values.filter { !$0.isApart }.map(\.key))
    for (key, ids) in carriers where ids.contains(where: { linksBefore[$0] == nil }) {
      taken.insert(key)
    }
    return sources.keys.sorted().flatMap { other -> [(key: String, row: Row)] in
      if let key, other == key || taken.contains(other) { return [] }
      return live(other).filter { $0.mail.lowercased() == mail }.map { (other, $0) }
    }
  }

  private func suggestion(_ reset: Reset, _ key: String) -> String {
    "\(reset.reference ?? "-") \(reset.origin ?? "-") \(key)"
  }

  private func remoteFacts(_ reset: Reset, _ keys: [String]) -> String {
    "\(reset.reference ?? "-") \(reset.origin ?? "-") \(keys)"
  }

  /// Adds a finding that can at least be ignored.
  func find(_ name: String, _ facts: String, _ takes: Set<String>, _ draft: inout Draft) {
    draft.findings[name] = Finding(
      facts: facts, isSettled: standing(name, facts, takes) != nil)
  }
}
