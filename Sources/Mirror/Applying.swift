internal import Formats
internal import Reconciliation
internal import SQLite

/// Stores what was decided about one group.
extension Mirror {
  func apply(_ assessments: [ItemAssessment], to loaded: LoadedGroup, _ walk: WalkState) throws {
    walk.tally.groups += 1
    var assessed: Set<String> = []
    var keyIsItem = false
    for assessment in assessments {
      walk.tally.add(assessment)
      switch assessment.item {
      case .reset(let id):
        assessed.insert(id)
        try apply(assessment, reset: id, loaded, walk)
      case .key:
        keyIsItem = true
        try setKeySituation(assessment.situation, loaded, walk)
        try applyToNamed(assessment, loaded, walk)
      }
    }
    for (id, member) in loaded.members where member.belongs && !assessed.contains(id) {
      try unassign(member, walk)
    }
    for gone in loaded.gone { try unassign(gone.member, walk) }
    if !keyIsItem, loaded.keySituation != nil { try setKeySituation(nil, loaded, walk) }
    try applyFindings(assessments, loaded, walk)
    try storeDue(assessments, loaded, walk)
  }

  /// A pair that is in sync and says nothing else; its base stands in `bases`.
  func apply(_ pair: PlainPair, _ bases: [UInt8], _ walk: WalkState) throws {
    walk.tally.groups += 1
    walk.tally.items += 1
    guard let base = pair.base else { return }
    walk.plainPairs[pair.key.mapping, default: 0] += 1
    guard !walk.isDryRun else { return }
    try walk.plainLinks.add(pair, bases[base])
    // Where there were links before, a decision may concern any reset.
    if walk.hadLinks { try walk.plainLinks.finish() }
    walk.madeLinks[pair.key.mapping, default: 0] += 1
    try wakeWatchers(pair, walk)
  }

  // MARK: One reset

  /// Where a reset's link stands while the changes of this run are applied to it.
  private struct LinkSpot {
    var isLinked: Bool
    var isNew = false
    var key: StoredKey
    var base: Base
    /// What a new link starts with; nil where its reset is not assessed with it yet.
    var situation: Situation?
  }

  private func apply(
    _ assessment: ItemAssessment, reset id: String, _ loaded: LoadedGroup, _ walk: WalkState
  ) throws {
    guard let member = loaded.members[id] else { return }
    var spot = LinkSpot(
      isLinked: member.isLinked, key: member.isLinked ? loaded.key : member.own,
      base: member.base, situation: assessment.situation)
    for change in assessment.linkChanges {
      try apply(change, id, member, assessment, &spot, loaded, walk)
      if !walk.isDryRun { try wakeWatchers(loaded, walk) }
      if !walk.isDryRun, !change.isPlainMatch {
        // What a person decided has taken effect: the next run sees another state.
        try mark(loaded.key)
        try mark(member.own)
      }
    }
    if !spot.isNew, spot.isLinked, !assessment.baseMoves.isEmpty {
      try moveBase(of: member.row, spot.base.merging(assessment.baseMoves), walk)
    }
    try setSituation(
      assessment.situation, member, isLinked: spot.isLinked, isNewLink: spot.isNew,
      under: spot.isLinked ? spot.key.mapping : loaded.key.mapping, walk)
    noteTransition(assessment, spot.key.mapping, walk)
    if !walk.isDryRun { try journal(assessment, id, walk) }
    if let update = assessment.update {
      try plan(update, assessment.autoResolved, member.row, spot.key, walk)
    }
  }

  /// A key without reset that a person linked to a reset which stands elsewhere.
  private func applyToNamed(
    _ assessment: ItemAssessment, _ loaded: LoadedGroup, _ walk: WalkState
  ) throws {
    for change in assessment.linkChanges {
      guard case .create(let id, _, _) = change, let member = loaded.named[id] else { continue }
      var spot = LinkSpot(isLinked: false, key: member.own, base: Base())
      try apply(change, id, member, assessment, &spot, loaded, walk)
      if let update = assessment.update, update.resetID == id {
        try plan(update, assessment.autoResolved, member.row, loaded.key, walk)
      }
      guard !walk.isDryRun else { continue }
      // The reset is assessed with its link from the next run on.
      try mark(loaded.key)
      try journalRemoteWinners(assessment, id, walk)
    }
  }

  private func apply(
    _ change: LinkChange, _ id: String, _ member: LoadedGroup.Member,
    _ assessment: ItemAssessment, _ spot: inout LinkSpot, _ loaded: LoadedGroup, _ walk: WalkState
  ) throws {
    switch change {
    case .create(let resetID, let key, let maker):
      guard resetID == id, let mapping = assessment.mapping else { return }
      spot.base = assessment.baseMoves
      (spot.isLinked, spot.isNew) = (true, true)
      guard !walk.isDryRun else { return }
      let old = spot.key
      spot.key = StoredKey(
        mapping: try mappingID(mapping), origin: try originID(key.origin), text: key.reference)
      try insertLink(member.row, spot, maker, walk)
      if old != spot.key { try follow(id, from: old, to: spot.key, walk) }
      if maker != .match { try journalLink(change, id, mapping, key, walk) }
    case .close:
      spot.isLinked = false
      guard !walk.isDryRun else { return }
      try database.run(
        "UPDATE links SET state = 'closed', situation = NULL WHERE reset = ?", member.row)
      // No item any more from the next run on.
      try mark(member.own)
      try mark(loaded.key)
      try journalLink(change, id, assessment.mapping, assessment.key, walk)
    case .move(let key):
      guard !walk.isDryRun else { return }
      let old = spot.key
      spot.key = StoredKey(
        mapping: old.mapping, origin: try originID(key.origin), text: key.reference)
      try database.run(
        "UPDATE links SET origin = ?, key = ? WHERE reset = ?",
        spot.key.origin, spot.key.text, member.row)
      try follow(id, from: old, to: spot.key, walk)
      try journalLink(change, id, assessment.mapping, key, walk)
    case .apart(let kind, let facts):
      try update(
        member.row, "state = 'apart', apart_kind = ?, apart_facts = ?", [kind.rawValue, facts],
        walk)
      if !walk.isDryRun { try journalLink(change, id, assessment.mapping, assessment.key, walk) }
    case .rejoin:
      try update(
        member.row, "state = 'active', apart_kind = NULL, apart_facts = NULL", [], walk)
      if !walk.isDryRun { try journalLink(change, id, assessment.mapping, assessment.key, walk) }
    case .confirmIdentity(let digest):
      try update(member.row, "accepted_identity = ?", [digest], walk)
      if !walk.isDryRun { try journalLink(change, id, assessment.mapping, assessment.key, walk) }
    }
  }

  private func update(
    _ link: Int64, _ assignments: String, _ values: [any Bindable], _ walk: WalkState
  ) throws {
    guard !walk.isDryRun else { return }
    try database.with("UPDATE links SET \(assignments) WHERE reset = ?", values + [link]) {
      _ = try $0.step()
    }
  }

  private func insertLink(
    _ row: Int64, _ spot: LinkSpot, _ maker: LinkMaker, _ walk: WalkState
  ) throws {
    let situation = spot.situation.flatMap { $0.standsInLink ? $0.rawValue : nil }
    let base = spot.base.encoded()
    func run(_ statement: Statement) throws {
      statement.bind(1, row)
      statement.bind(2, spot.key.mapping)
      statement.bind(3, spot.key.origin)
      statement.bind(4, spot.key.text)
      statement.bind(5, LinkText.text(maker))
      statement.bind(6, walk.request.now.microseconds)
      statement.bind(7, walk.request.run)
      statement.bind(8, base)
      statement.bind(9, situation)
      try statement.run()
    }
    // A reset that was linked before has its row still; a trigger counts how that changes.
    if walk.hadLinks {
      try run(walk.renewLink)
      guard database.changes == 0 else { return }
    }
    try run(walk.insertLink)
    walk.madeLinks[spot.key.mapping, default: 0] += 1
  }

  /// A reset went to another group: its conflicts go with it, and both are looked at again.
  private func follow(
    _ id: String, from old: StoredKey, to new: StoredKey, _ walk: WalkState
  ) throws {
    walk.moved[id] = new
    try moveConflicts(of: id, from: old, to: new)
    try mark(old)
    try mark(new)
  }

  private func moveBase(of row: Int64, _ base: Base, _ walk: WalkState) throws {
    guard !walk.isDryRun else { return }
    walk.setLinkBase.bind(1, base.encoded())
    walk.setLinkBase.bind(2, row)
    try walk.setLinkBase.run()
  }

  func plan(
    _ update: PlannedUpdate, _ overruled: [Overruled], _ row: Int64, _ key: StoredKey,
    _ walk: WalkState
  ) throws {
    walk.planned += 1
    let written = overruled.filter { $0.winner == .source }
    let insert = walk.insertUpdate
    insert.bind(1, walk.plan)
    insert.bind(2, walk.planned)
    insert.bind(3, row)
    insert.bind(4, update.resetID)
    insert.bind(5, key.mapping)
    insert.bind(6, key.origin)
    insert.bind(7, key.text)
    insert.bind(8, UpdateText.encode(update))
    insert.bind(9, written.isEmpty ? nil : JSONValue.array(written.map(\.json)).written())
    try insert.run()
  }

  // MARK: Situations

  private func setSituation(
    _ situation: Situation, _ member: LoadedGroup.Member, isLinked: Bool, isNewLink: Bool,
    under mapping: Int64, _ walk: WalkState
  ) throws {
    if situation == .sourceDeleted || situation == .rekeyed {
      walk.counted[.init(mapping: mapping, situation: situation), default: 0] += 1
    }
    // Resets of an unknown origin are found by index, so theirs always stands in `resets`.
    let goesToLink = isLinked && situation.standsInLink
    let isThere =
      !isNewLink && member.situation == situation && member.counted == mapping
      && member.isInLink == goesToLink
    guard !isThere else { return }
    if let old = member.situation {
      walk.counts[.init(mapping: member.counted, situation: old), default: 0] -= 1
    }
    walk.counts[.init(mapping: mapping, situation: situation), default: 0] += 1
    guard !walk.isDryRun else { return }
    // A new link was made with its situation.
    if !isNewLink, goesToLink || (member.isInLink && isLinked) {
      walk.setLinkSituation.bind(1, goesToLink ? situation.rawValue : nil)
      walk.setLinkSituation.bind(2, member.row)
      try walk.setLinkSituation.run()
    }
    if !goesToLink || (member.situation != nil && !member.isInLink) {
      try database.run(
        "UPDATE resets SET situation = ?, counted = ? WHERE id = ?",
        goesToLink ? String?.none : situation.rawValue, goesToLink ? Int64?.none : mapping,
        member.row)
    }
  }

  /// No item any more.
  private func unassign(_ member: LoadedGroup.Member, _ walk: WalkState) throws {
    guard let old = member.situation else { return }
    walk.counts[.init(mapping: member.counted, situation: old), default: 0] -= 1
    guard !walk.isDryRun else { return }
    try database.run(
      "UPDATE resets SET situation = NULL, counted = NULL WHERE id = ?", member.row)
    try database.run("UPDATE links SET situation = NULL WHERE reset = ?", member.row)
  }

  private func setKeySituation(
    _ situation: Situation?, _ loaded: LoadedGroup, _ walk: WalkState
  ) throws {
    let mapping = loaded.key.mapping
    let isSame = situation == loaded.keySituation
    if !isSame {
      if let old = loaded.keySituation {
        walk.counts[.init(mapping: mapping, situation: old), default: 0] -= 1
        if let new = situation {
          walk.transitions[.init(mapping: mapping, from: old, to: new), default: 0] += 1
        }
      }
      if let situation {
        walk.counts[.init(mapping: mapping, situation: situation), default: 0] += 1
      }
    }
    guard !walk.isDryRun, !isSame else { return }
    try database.run(
      "UPDATE records SET situation = ? WHERE mapping = ? AND origin = ? AND key = ?",
      situation?.rawValue, mapping, loaded.key.origin, loaded.key.text)
  }

  private func noteTransition(_ assessment: ItemAssessment, _ mapping: Int64, _ walk: WalkState) {
    guard let old = assessment.previous, old != assessment.situation else { return }
    walk.transitions[.init(mapping: mapping, from: old, to: assessment.situation), default: 0] += 1
  }

  // MARK: Journal

  private func journal(_ assessment: ItemAssessment, _ id: String, _ walk: WalkState) throws {
    let (run, now) = (walk.request.run, walk.request.now)
    if let old = assessment.previous, old != assessment.situation,
      walk.journaledTransitions < WalkState.journaledTransitionsMax
    {
      walk.journaledTransitions += 1
      try append(
        JournalEntry(
          kind: "situation", mapping: assessment.mapping ?? "", subject: id,
          payload: [
            "from": .string(old.rawValue), "to": .string(assessment.situation.rawValue),
          ]), run: run, at: now)
    }
    try journalRemoteWinners(assessment, id, walk)
  }

  /// The source's values that a policy overruled without a write.
  private func journalRemoteWinners(
    _ assessment: ItemAssessment, _ id: String, _ walk: WalkState
  ) throws {
    for overruled in assessment.autoResolved where overruled.winner == .remote {
      try autoResolve(
        overruled, reset: id, mapping: assessment.mapping, key: assessment.key,
        run: walk.request.run, at: walk.request.now)
    }
  }

  private func journalLink(
    _ change: LinkChange, _ id: String, _ mapping: String?, _ key: Key?, _ walk: WalkState
  ) throws {
    let kind =
      switch change {
      case .create: "link.created"
      case .close: "link.closed"
      case .move: "link.moved"
      case .apart: "link.apart"
      case .rejoin: "link.rejoined"
      case .confirmIdentity: "link.confirmed"
      }
    var payload: [(String, JSONValue)] = []
    if let key {
      payload = [("origin", .string(key.origin)), ("reference", .string(key.reference))]
    }
    try append(
      JournalEntry(
        kind: kind, mapping: mapping ?? "", subject: id, payload: .object(JSONObject(payload))),
      run: walk.request.run, at: walk.request.now)
  }

  // MARK: Time

  private func storeDue(
    _ assessments: [ItemAssessment], _ loaded: LoadedGroup, _ walk: WalkState
  ) throws {
    guard !walk.isDryRun else { return }
    let now = walk.request.now
    let graces = assessments.flatMap(\.findings).compactMap(\.due)
    let snoozes = loaded.conflicts.filter { $0.state == .snoozed }.compactMap(\.snoozedUntil)
    let next = (graces + snoozes).filter { $0 > now }.min()
    guard next != nil || walk.hasDue else { return }
    try setDue(loaded.key, at: next)
  }
}

extension LinkChange {
  /// A link of equal keys, which was assessed as linked in the same run.
  var isPlainMatch: Bool {
    if case .create(_, _, .match) = self { true } else { false }
  }
}

extension Situation {
  /// Whether it stands in the row of the link, where there is one.
  fileprivate var standsInLink: Bool { self != .unknownOrigin }
}

extension Overruled {
  /// For journal and outbox.
  var json: JSONValue {
    [
      "field": .string(field), "winner": .string(winner.rawValue), "winning": winning.boxed,
      "losing": losing.boxed, "policy": .string(policy.rawValue),
    ]
  }
}
