import Formats

// The rows of the table for a linked pair as a whole: whose it is, which key, who is gone.
extension ItemDraft {
  /// The pair of a reset: its link, or a first match made now; nil when it has no record.
  mutating func pair(_ reset: RemoteReset, _ link: Link?, home: KeyFacts) -> Pair? {
    if let link {
      return Pair(
        reset: reset, record: home.record,
        isSetAside: home.live.isEmpty && home.hasSetAside, live: home.live, mapping: home.mapping,
        key: link.key,
        base: link.base, state: link.state, acceptedIdentity: link.acceptedIdentity,
        writes: link.writes)
    }
    guard let record = home.record else { return nil }
    linkChanges.append(.create(resetID: reset.id, key: home.key, madeBy: .match))
    return Pair(
      reset: reset, record: record, live: home.live, mapping: home.mapping, key: home.key,
      base: Base(), state: .active, acceptedIdentity: nil, writes: [])
  }

  // MARK: - identity_mismatch

  private enum IdentityStatus {
    case agrees
    /// A value is blank on one side: neither agreement nor difference.
    case unknown
    case differs(source: JSONObject, remote: JSONObject)
  }

  private func identity(_ record: SourceRecord, _ reset: RemoteReset, _ mapping: Mapping)
    -> IdentityStatus
  {
    let found = mapping.differences(record, reset)
    if !found.source.isEmpty { return .differs(source: found.source, remote: found.remote) }
    return found.isUnknown ? .unknown : .agrees
  }

  /// Whether both ends still seem to be the same person.
  mutating func checkIdentity(_ pair: Pair) -> Situation? {
    guard !pair.mapping.verify.isEmpty, let record = pair.record, !pair.reset.isDeleted else {
      return nil
    }
    let status = identity(record, pair.reset, pair.mapping)
    if case .agrees = status { return nil }
    let conflict = ConflictIdentity(
      kind: .identityMismatch, mapping: pair.mapping.name, subject: .reset(pair.reset.id))
    switch status {
    case .agrees: return nil
    case .unknown:
      // A difference that was seen is not gone because one side can't be seen any more.
      if case .apart(.identityMismatch, let facts) = pair.state {
        return mismatch(pair, conflict, facts: facts, source: JSONObject(), remote: JSONObject())
      }
      guard let known = context.known(conflict), known.state.isPending else { return nil }
      return mismatch(
        pair, conflict, facts: known.factsDigest, source: JSONObject(), remote: JSONObject())
    case .differs(let source, let remote):
      let facts = Mapping.identityFacts(source, remote)
      return mismatch(pair, conflict, facts: facts, source: source, remote: remote)
    }
  }

  private mutating func mismatch(
    _ pair: Pair, _ conflict: ConflictIdentity, facts: String, source: JSONObject,
    remote: JSONObject
  ) -> Situation? {
    if pair.acceptedIdentity == facts { return nil }
    let finding = ConflictFinding(
      identity: conflict, key: pair.key, resetID: pair.reset.id, source: .present(.object(source)),
      remote: .present(.object(remote)), factsDigest: facts, holds: true)
    note(finding, for: .identityMismatch)
    switch context.standing(conflict, facts: facts)?.take {
    case .link(let id)?:
      guard id == pair.reset.id else {
        resolve(
          conflict, .refused(reason: "link=\(pair.reset.id) confirms this pair, \(id) is another"))
        return .identityMismatch
      }
      linkChanges.append(.confirmIdentity(digest: facts))
      resolve(conflict, .settled)
      return nil
    case .apart?: return setApart(.identityMismatch, pair, conflict, facts: facts)
    case .ignore?: resolve(conflict, context.effect(conflict))
    case .source?, .remote?, .value?, nil: break
    }
    rejoin(pair)
    return .identityMismatch
  }

  /// Kept apart by a decision for exactly these facts.
  private mutating func setApart(
    _ kind: ConflictKind, _ pair: Pair, _ conflict: ConflictIdentity, facts: String
  ) -> Situation {
    if case .apart(kind, facts) = pair.state {
      // Asked anew and answered alike before a run came by: the link knows already.
      resolve(conflict, context.effect(conflict))
    } else {
      linkChanges.append(.apart(kind: kind, facts: facts))
      resolve(conflict, .settled)
    }
    return .driftAccepted
  }

  /// What was kept apart moved, or a person thought again: it is asked anew.
  private mutating func rejoin(_ pair: Pair) {
    if case .apart = pair.state { linkChanges.append(.rejoin) }
  }

  // MARK: - rekeyed

  /// Whether one side of the link carries another key now.
  mutating func checkRekeyed(_ pair: inout Pair) -> Situation? {
    guard !pair.reset.isDeleted else { return nil }
    if case .known(let name, let current) = pair.reset.key,
      current != pair.key || name != pair.mapping.name
    {
      return resetRekeyed(&pair, current: current, mapping: name)
    }
    guard pair.record == nil, !pair.isSetAside, let candidate = successor(of: pair) else {
      return nil
    }
    return recordRekeyed(&pair, candidate)
  }

  /// The one live record without reset that the reset's person has now, where the linked one is
  /// gone.
  private func successor(of pair: Pair) -> SourceRecord? {
    let others = context.candidates(of: pair.reset).filter {
      $0.record.mapping == pair.mapping.name && $0.record.key != pair.key && $0.linkedTo.isEmpty
        && $0.carriedBy.isEmpty
    }
    let keys = Set(others.map(\.record.key))
    return keys.count == 1 ? others[0].record : nil
  }

  private mutating func resetRekeyed(
    _ pair: inout Pair, current: Key, mapping name: String
  ) -> Situation? {
    let link = Link(
      id: 0, mapping: pair.mapping.name, resetID: pair.reset.id, key: pair.key, base: pair.base,
      madeBy: .match, state: pair.state)
    if let order = keyOrder(pair.reset, link) {
      carryOut(
        order.decision, key: pair.key, record: pair.record, mapping: pair.mapping, on: pair.reset)
      return nil
    }
    let facts = KeyFactsDigest.rekeyed(.remote, from: pair.key, to: current)
    let conflict = noteRekeyed(pair, facts: facts, source: pair.key, remote: current)
    switch context.standing(conflict, facts: facts)?.take {
    case .remote?:
      resolve(conflict, .settled)
      return follow(&pair, to: current, mapping: name)
    case .apart?: return setApart(.rekeyed, pair, conflict, facts: facts)
    case .ignore?: resolve(conflict, context.effect(conflict))
    case .source?, .value?, .link?, nil: break
    }
    rejoin(pair)
    return .rekeyed
  }

  /// The link goes with the reset to its new key.
  private mutating func follow(_ pair: inout Pair, to current: Key, mapping name: String)
    -> Situation?
  {
    guard name == pair.mapping.name else {
      // The new key is another source's: the old link ends, the next run matches afresh.
      linkChanges.append(.close)
      return .rekeyed
    }
    linkChanges.append(.move(to: current))
    let there = context.group.neighbours.first { $0.key == current && $0.mapping == name }
    pair.live = there?.records.filter { !$0.isDeleted } ?? []
    pair.record = pair.live.max { $0.mirrorID < $1.mirrorID }
    pair.key = current
    key = current
    return nil
  }

  private mutating func recordRekeyed(_ pair: inout Pair, _ successor: SourceRecord) -> Situation? {
    let facts = KeyFactsDigest.rekeyed(.source, from: pair.key, to: successor.key)
    let conflict = noteRekeyed(pair, facts: facts, source: successor.key, remote: pair.key)
    switch context.standing(conflict, facts: facts)?.take {
    case .source?:
      findings.removeAll { $0.identity == conflict }
      linkChanges.append(.move(to: successor.key))
      if let decision = context.standing(conflict, facts: facts) {
        carryOut(
          decision, key: successor.key, record: successor, mapping: pair.mapping, on: pair.reset)
      }
      pair.record = successor
      pair.live = variants(of: successor, for: pair.reset)
      pair.key = successor.key
      key = successor.key
      return nil
    case .remote?:
      // The other record is somebody else: the linked one is simply gone.
      resolve(conflict, context.effect(conflict))
      return nil
    case .apart?: return setApart(.rekeyed, pair, conflict, facts: facts)
    case .ignore?: resolve(conflict, context.effect(conflict))
    case .value?, .link?, nil: break
    }
    rejoin(pair)
    return .rekeyed
  }

  private mutating func noteRekeyed(
    _ pair: Pair, facts: String, source: Key, remote: Key
  ) -> ConflictIdentity {
    let conflict = ConflictIdentity(
      kind: .rekeyed, mapping: pair.mapping.name, subject: .reset(pair.reset.id))
    note(
      ConflictFinding(
        identity: conflict, key: pair.key, resetID: pair.reset.id,
        source: .text(source.description), remote: .text(remote.description), factsDigest: facts,
        holds: true),
      for: .rekeyed)
    return conflict
  }

  // MARK: - Deletions

  /// Whether one side is gone, or both.
  mutating func checkDeletions(_ pair: Pair) -> Situation? {
    switch (pair.record == nil, pair.reset.isDeleted) {
    case (true, true):
      linkChanges.append(.close)
      return .bothDeleted
    case (false, true): return gone(.remoteDeleted, .remoteDeleted, pair)
    // Neither deleted nor to be written to: the link waits for the rules to take it up again.
    case (true, false) where pair.isSetAside: return .driftAccepted
    case (true, false): return gone(.sourceDeleted, .sourceDeleted, pair)
    case (false, false): return nil
    }
  }

  private mutating func gone(_ kind: ConflictKind, _ situation: Situation, _ pair: Pair)
    -> Situation
  {
    let conflict = ConflictIdentity(
      kind: kind, mapping: pair.mapping.name, subject: .reset(pair.reset.id))
    let facts = Facts.texts(kind, [pair.key.origin, pair.key.reference])
    let there = FieldValue.text(pair.key.description)
    note(
      ConflictFinding(
        identity: conflict, key: pair.key, resetID: pair.reset.id,
        source: kind == .remoteDeleted ? there : .absent,
        remote: kind == .sourceDeleted ? there : .absent, factsDigest: facts),
      for: situation)
    switch context.standing(conflict, facts: facts)?.take {
    case .apart?: return setApart(kind, pair, conflict, facts: facts)
    case .ignore?: resolve(conflict, context.effect(conflict))
    case .source?, .remote?, .value?, .link?, nil: break
    }
    rejoin(pair)
    return situation
  }
}

extension Mapping {
  /// The verify pairs that differ, by column and by attribute, and whether one has a blank side.
  fileprivate func differences(
    _ record: SourceRecord, _ reset: RemoteReset
  ) -> (source: JSONObject, remote: JSONObject, isUnknown: Bool) {
    var isUnknown = false
    var source = JSONObject()
    var remote = JSONObject()
    for pair in verify {
      guard let ours = pair.sourceValue(record), let theirs = pair.remoteValue(reset) else {
        isUnknown = true
        continue
      }
      guard ours != theirs else { continue }
      source[pair.column] = .string(ours)
      remote[pair.attribute.name] = .string(theirs)
    }
    return (source, remote, isUnknown)
  }

  fileprivate static func identityFacts(_ source: JSONObject, _ remote: JSONObject) -> String {
    Facts.digest([
      .string(ConflictKind.identityMismatch.rawValue), .object(source), .object(remote),
    ])
  }

  /// The digest of how record and reset differ in the verify pairs; nil if they don't.
  public func identityFacts(_ record: SourceRecord, _ reset: RemoteReset) -> String? {
    let found = differences(record, reset)
    return found.source.isEmpty ? nil : Mapping.identityFacts(found.source, found.remote)
  }
}
