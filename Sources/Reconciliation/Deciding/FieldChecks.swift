import Formats

/// One field being looked at.
struct FieldDraft {
  /// The place of the field in its mapping.
  let place: Int
  let base: BasePair
  let cell: Cell
  let source: SourceValue
  /// What the remote holds, as it is.
  let remote: FieldValue
  var result: FieldResult
  /// The write and its base, when the result is a write.
  var write: FieldWrite?
  /// The base to store now.
  var baseMove: BasePair?
  var overruled: Overruled?
  /// The id of the conflict whose decision is carried out.
  var decision: String?
  /// Both values where they differ and can be compared, in canonical form.
  var sides: (source: FieldValue, remote: FieldValue)?
  /// The decision that takes effect in this run, and its conflict.
  var fresh: (take: Resolution, conflict: ConflictIdentity)?
}

// The last rows of the table: the managed fields of a pair of which both sides are there.
extension ItemDraft {
  /// Merges every field and names the situation that follows.
  mutating func checkFields(_ pair: inout Pair) -> Situation {
    if pair.live.count > 1, pair.key != pair.reset.key.key {
      // The key that the reset carries was checked; this is the one that a decision prefers.
      let facts = KeyFacts(mapping: pair.mapping, key: pair.key, live: pair.live, resets: [])
      if let situation = checkRecords(facts) { return situation }
    }
    guard let record = pair.record else { return .sourceDeleted }
    if case .apart = pair.state { linkChanges.append(.rejoin) }
    var drafts: [FieldDraft] = []
    drafts.reserveCapacity(pair.mapping.fields.count)
    for place in pair.mapping.fields.indices {
      drafts.append(mergeField(at: place, of: pair, record))
    }
    decideGroups(&drafts, pair)
    return settle(drafts, pair)
  }

  private mutating func settle(_ drafts: [FieldDraft], _ pair: Pair) -> Situation {
    var writes: [FieldWrite] = []
    fields.reserveCapacity(drafts.count)
    for draft in drafts {
      let field = pair.mapping.managed[draft.place].rule.metadata
      fields.append(
        FieldOutcome(
          field: field, base: draft.base, source: draft.source,
          remote: draft.remote, outcome: draft.result))
      if let move = draft.baseMove { baseMoves[field] = move }
      if let overruled = draft.overruled { autoResolved.append(overruled) }
      if case .write = draft.result, let write = draft.write {
        writes.append(write)
        if let decision = draft.decision { decisions.append(decision) }
      }
    }
    let planned = PlannedUpdate(
      resetID: pair.reset.id, mapping: pair.mapping.name, key: pair.key, fields: writes,
      reference: reference, referenceOrigin: referenceOrigin, decisions: decisions)
    if !planned.isEmpty { update = planned }
    return situation(of: drafts)
  }

  private func situation(of drafts: [FieldDraft]) -> Situation {
    var isInvalid = false
    var isApart = false
    for draft in drafts {
      switch draft.result {
      case .contested, .frozen: return .conflict
      case .invalid: isInvalid = true
      case .keptApart, .acceptRemote: isApart = true
      case .agree, .write, .ignored, .held: break
      }
    }
    if isInvalid { return .invalid }
    if update != nil { return .update }
    return isApart ? .driftAccepted : .inSync
  }

  // MARK: - One field

  private mutating func mergeField(at place: Int, of pair: Pair, _ record: SourceRecord)
    -> FieldDraft
  {
    let managed = pair.mapping.managed[place]
    let cell = record.cell(managed.rule.column, expectedAt: pair.mapping.fieldPlaces[place])
    let reading = managed.rule.target.read(pair.reset.metadata)
    var draft = FieldDraft(
      place: place, base: managed.rule.canonical(pair.base[managed.rule.metadata]), cell: cell,
      source: managed.conversion.result(cell).sourceValue, remote: reading.value,
      result: .ignored)
    switch (draft.source, reading) {
    case (.ignored, _): break
    case (.invalid(let reason), _): cannotMap(&draft, pair, reason)
    case (.value, .blocked(let parent)):
      cannotMap(&draft, pair, "\(parent) in the metadata is no object, so it can't hold the value")
    case (.value(let source), .value(let remote)):
      let values = (managed.rule.canonical(source), managed.rule.canonical(remote))
      if values.0 != values.1 {
        mergeDifference(&draft, pair, record, source: values.0, remote: values.1)
      } else if !writesOtherValue(&draft, pair, agreed: values.0) {
        draft.result = .agree
        let agreed = BasePair(agreed: values.0)
        if draft.base != agreed { draft.baseMove = agreed }
      }
    }
    return draft
  }

  func rule(_ draft: FieldDraft, _ pair: Pair) -> FieldRule {
    pair.mapping.managed[draft.place].rule
  }

  func conflict(_ kind: ConflictKind, _ rule: FieldRule, _ pair: Pair) -> ConflictIdentity {
    ConflictIdentity(
      kind: kind, mapping: pair.mapping.name, subject: .reset(pair.reset.id), field: rule.metadata)
  }

  private mutating func cannotMap(_ draft: inout FieldDraft, _ pair: Pair, _ reason: String) {
    let identity = conflict(.invalid, rule(draft, pair), pair)
    let facts = Facts.invalid(cell: draft.cell, reason: reason, remote: draft.remote)
    let finding = ConflictFinding(
      identity: identity, key: pair.key, resetID: pair.reset.id, base: draft.base,
      source: draft.cell.text.map { .text($0) } ?? .absent, remote: draft.remote, reason: reason,
      factsDigest: facts, holds: true)
    note(finding, for: .invalid)
    switch (context.standing(identity, facts: facts) ?? passedOver(identity, facts))?.take {
    case .remote?, .apart?:
      draft.result = .keptApart
      resolve(identity, context.effect(identity))
    case .source?, .value?, .link?, .ignore?, nil: draft.result = .invalid(reason)
    }
  }

  /// The decision to keep the remote's value, whichever that is, for as long as the cell stays.
  private func passedOver(_ identity: ConflictIdentity, _ facts: String) -> StandingDecision? {
    guard context.known(identity)?.state == .closed else { return nil }
    return context.group.decisions.last {
      $0.identity == identity && $0.take == .remote && Facts.isSameCell($0.factsDigest, facts)
    }
  }

  /// Whether a person, who took back what had made the sides equal, wants another value than both
  /// have.
  private mutating func writesOtherValue(
    _ draft: inout FieldDraft, _ pair: Pair, agreed: FieldValue
  ) -> Bool {
    guard !context.group.decisions.isEmpty else { return false }
    let rule = rule(draft, pair)
    let facts = Facts.field(base: draft.base, source: agreed, remote: agreed)
    for kind in [ConflictKind.conflict, .writeFight] {
      let identity = conflict(kind, rule, pair)
      guard case .value(let value)? = context.standing(identity, facts: facts)?.take,
        rule.canonical(.present(value)) != agreed
      else { continue }
      contest(&draft, pair, kind, agreed, agreed)
      return true
    }
    return false
  }

  private mutating func mergeDifference(
    _ draft: inout FieldDraft, _ pair: Pair, _ record: SourceRecord, source: FieldValue,
    remote: FieldValue
  ) {
    let rule = rule(draft, pair)
    draft.sides = (source, remote)
    let times = ChangeTimes(
      source: record.changedAt,
      remote: rule.policy == .newest ? pair.reset.span(of: rule.target) : ChangeSpan(at: nil))
    let verdict = merge(
      source: source, remote: remote, base: draft.base, policy: rule.policy, times: times)
    switch verdict.step {
    case .agree, .conflict: contest(&draft, pair, .conflict, source, remote)
    case _ where asksAnyway(draft, pair, source: source, remote: remote):
      contest(&draft, pair, .conflict, source, remote)
    case .keptApart: draft.result = .keptApart
    case .acceptRemote:
      draft.result = .acceptRemote
      draft.baseMove = BasePair(source: source, remote: remote)
      draft.overruled = overruled(verdict, rule, source: source, remote: remote)
    case .writeSource:
      if isFought(rule, pair, source: source, remote: remote) {
        contest(&draft, pair, .writeFight, source, remote)
        return
      }
      let reason: WriteReason = draft.base == .none ? .first : .policy
      plan(source, reason, afterBase: BasePair(agreed: source), for: rule, in: &draft)
      draft.overruled = overruled(verdict, rule, source: source, remote: remote)
    }
  }

  func plan(
    _ value: FieldValue, _ reason: WriteReason, afterBase: BasePair, for rule: FieldRule,
    in draft: inout FieldDraft
  ) {
    draft.result = .write(value, reason)
    draft.write = FieldWrite(
      metadata: rule.metadata, expected: draft.remote, value: value, reason: reason,
      afterBase: afterBase)
  }

  private func overruled(
    _ verdict: MergeVerdict, _ rule: FieldRule, source: FieldValue, remote: FieldValue
  ) -> Overruled? {
    guard let loser = verdict.loser else { return nil }
    let (winning, losing) = loser == .remote ? (source, remote) : (remote, source)
    return Overruled(
      field: rule.metadata, winner: loser.other, winning: winning, losing: losing,
      policy: rule.policy)
  }

  /// Whether the difference is a person's, whatever base and policy say of it.
  private func asksAnyway(
    _ draft: FieldDraft, _ pair: Pair, source: FieldValue, remote: FieldValue
  ) -> Bool {
    keptApartBefore(rule(draft, pair), pair)
      || isDecided(draft, pair, source: source, remote: remote)
  }

  /// Whether a person decided about exactly these values: that goes before the table, which knows
  /// nothing of what was kept apart when the question came up.
  private func isDecided(
    _ draft: FieldDraft, _ pair: Pair, source: FieldValue, remote: FieldValue
  ) -> Bool {
    guard !context.group.decisions.isEmpty else { return false }
    let facts = Facts.field(base: draft.base, source: source, remote: remote)
    return context.standing(conflict(.conflict, rule(draft, pair), pair), facts: facts) != nil
  }

  /// Whether the sides were kept apart by decision, or one was taken back: what became of them
  /// since is a person's to judge.
  private func keptApartBefore(_ rule: FieldRule, _ pair: Pair) -> Bool {
    guard !context.group.known.isEmpty, let known = context.known(conflict(.conflict, rule, pair))
    else { return false }
    return known.isReopened || known.lastResolution == .apart && known.state != .autoClosed
  }

  private func isFought(
    _ rule: FieldRule, _ pair: Pair, source: FieldValue, remote: FieldValue
  ) -> Bool {
    let identity = conflict(.writeFight, rule, pair)
    let known = context.group.known.isEmpty ? nil : context.known(identity)
    if let known {
      if known.state.isPending || known.state == .decided { return true }
      // Kept apart by decision: its facts tell whether that still stands.
      if known.lastResolution == .apart, known.state != .autoClosed { return true }
    }
    return WriteFight.isFight(
      field: rule.metadata, replacing: remote, with: source, memory: pair.writes,
      since: known?.lastDecidedAt, now: context.now)
  }

  // MARK: - Contested fields

  /// Asks a person, or does what one decided for exactly these values.
  mutating func contest(
    _ draft: inout FieldDraft, _ pair: Pair, _ kind: ConflictKind, _ source: FieldValue,
    _ remote: FieldValue
  ) {
    let rule = rule(draft, pair)
    let identity = conflict(kind, rule, pair)
    let facts = Facts.field(base: draft.base, source: source, remote: remote)
    note(
      ConflictFinding(
        identity: identity, key: pair.key, resetID: pair.reset.id, base: draft.base,
        source: source, remote: draft.remote, factsDigest: facts, holds: true),
      for: .conflict)
    guard let decision = context.standing(identity, facts: facts) else {
      draft.result = kind == .writeFight ? .frozen : .contested
      return
    }
    if context.known(identity)?.state != .closed { draft.fresh = (decision.take, identity) }
    switch decision.take {
    case .source:
      order(source, afterBase: BasePair(agreed: source), identity, for: rule, in: &draft)
    case .value(let value) where rule.canonical(.present(value)) != remote:
      let wanted = rule.canonical(.present(value))
      order(
        wanted, afterBase: BasePair(source: source, remote: wanted), identity, for: rule,
        in: &draft)
    case .remote, .value:
      draft.result = .acceptRemote
      draft.baseMove = BasePair(source: source, remote: remote)
      resolve(identity, .settled)
    case .apart:
      draft.result = .keptApart
      resolve(identity, context.effect(identity))
    case .link, .ignore: draft.result = .contested
    }
  }

  private mutating func order(
    _ value: FieldValue, afterBase: BasePair, _ identity: ConflictIdentity,
    for rule: FieldRule, in draft: inout FieldDraft
  ) {
    plan(value, .decision, afterBase: afterBase, for: rule, in: &draft)
    draft.decision = identity.id
    resolve(identity, .planned)
  }
}

extension TargetReading {
  /// The value; absent where the target can't be reached.
  var value: FieldValue {
    switch self {
    case .value(let value): value
    case .blocked: .absent
    }
  }
}
