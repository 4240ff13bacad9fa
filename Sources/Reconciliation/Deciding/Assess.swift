public import Formats

/// Decides about every item of a group: its one situation, what to write, what to ask.
///
/// Pure and total: the same group, rules and time give the same answer, and nothing else is read.
/// A finding about a key or an origin is returned with each item that it holds; they share one
/// identity, and the store keeps one conflict for it.
public func assess(_ group: KeyGroup, rules: RuleBook, at now: Timestamp) -> [ItemAssessment] {
  let context = AssessmentContext(group: group, rules: rules, now: now)
  guard let name = group.mapping, let key = group.key, let mapping = rules.mapping(name) else {
    return (group.resets + group.linkedResets).map { assessStray($0, context) }
  }
  let live = group.records.filter { !$0.isDeleted }
  let home = KeyFacts(
    mapping: mapping, key: key, live: live, resets: group.resets,
    hasSetAside: group.records.contains(where: \.isSetAside))
  let members = members(of: group, mapping: name, key: key)
  if members.isEmpty, group.resets.isEmpty {
    return live.isEmpty ? [] : [assessKey(home, context)]
  }
  return members.compactMap { reset, link in
    if link == nil, reset.isDeleted { return nil }
    return assessMember(reset, link, home: home, context)
  }
}

/// The resets that are assessed in this group, with their links: those linked to its key, and those
/// that carry it and are linked to no other.
private func members(
  of group: KeyGroup, mapping: String, key: Key
) -> [(RemoteReset, Link?)] {
  var found: [(RemoteReset, Link?)] = []
  for reset in group.resets {
    let link = group.links.first { $0.resetID == reset.id && $0.state != .closed }
    if let link, link.key != key || link.mapping != mapping { continue }
    found.append((reset, link))
  }
  for reset in group.linkedResets {
    let link = group.links.first {
      $0.resetID == reset.id && $0.state != .closed && $0.key == key && $0.mapping == mapping
    }
    if let link { found.append((reset, link)) }
  }
  return found
}

/// The rows of the table in Contract#Situations, in its order, for a reset with a key or a link.
private func assessMember(
  _ reset: RemoteReset, _ link: Link?, home: KeyFacts, _ context: AssessmentContext
) -> ItemAssessment {
  var draft = ItemDraft(
    item: .reset(reset.id), mapping: home.mapping, key: home.key, context: context)
  if case .parted? = link?.state {
    if reset.isDeleted { draft.linkChanges = [.close] }
    return draft.finish(reset.isDeleted ? .bothDeleted : .driftAccepted, isParted: true)
  }
  if let situation = draft.checkMetadata(of: reset) { return draft.finish(situation) }
  if let situation = draft.checkKey(of: reset, link: link, home: home) {
    if let link, home.live.count == 1, let pair = draft.pair(reset, link, home: home) {
      draft.lookBehind(pair)
    }
    return draft.finish(situation)
  }
  guard var pair = draft.pair(reset, link, home: home) else {
    let situation = draft.checkRemoteOnly(reset)
    return draft.finish(situation)
  }
  if let situation = draft.checkIdentity(pair) {
    draft.lookBehind(pair)
    return draft.finish(situation)
  }
  if let situation = draft.checkRekeyed(&pair) {
    draft.lookBehind(pair)
    return draft.finish(situation)
  }
  if let situation = draft.checkDeletions(pair) { return draft.finish(situation) }
  // A call of its own: as an argument it would finish the draft as it stood before.
  let situation = draft.checkFields(&pair)
  return draft.finish(situation)
}

/// A key that has records and no reset.
private func assessKey(_ home: KeyFacts, _ context: AssessmentContext) -> ItemAssessment {
  var draft = ItemDraft(
    item: .key(mapping: home.mapping.name, home.key), mapping: home.mapping, key: home.key,
    context: context)
  if let situation = draft.checkRecords(home) { return draft.finish(situation) }
  let situation = draft.checkSourceOnly(home)
  return draft.finish(situation)
}

/// A reset that no mapping of the book can claim.
private func assessStray(_ reset: RemoteReset, _ context: AssessmentContext) -> ItemAssessment {
  var draft = ItemDraft(item: .reset(reset.id), mapping: nil, key: nil, context: context)
  if reset.isDeleted {
    draft.linkChanges = [.close]
    return draft.finish(.bothDeleted)
  }
  if let situation = draft.checkMetadata(of: reset) { return draft.finish(situation) }
  switch reset.key {
  case .unknownOrigin(let origin):
    draft.findUnknownOrigin(origin)
    return draft.finish(.unknownOrigin)
  case .unreferenced: return draft.assessUnreferenced(reset)
  case .known:
    // Its link belongs to a mapping that is gone, its key to one that is there.
    return draft.finish(.rekeyed)
  }
}

/// The group on the table, with lookups.
struct AssessmentContext {
  let group: KeyGroup
  let rules: RuleBook
  let now: Timestamp

  func known(_ identity: ConflictIdentity) -> KnownConflict? {
    group.known.first { $0.identity == identity }
  }

  /// The decision about this conflict, if its author saw exactly these facts.
  func standing(_ identity: ConflictIdentity, facts: String) -> StandingDecision? {
    group.decisions.last {
      $0.identity == identity && $0.factsDigest == facts && $0.take.isAllowed(for: identity.kind)
    }
  }

  /// Whether a decision that needs no write takes effect now or did so earlier.
  func effect(_ identity: ConflictIdentity) -> DecisionEffect {
    known(identity)?.state == .closed ? .standing : .settled
  }

  /// The candidates of a reset whose correlate pairs really agree.
  func candidates(of reset: RemoteReset) -> [CorrelationCandidate] {
    group.candidates.filter { candidate in
      guard candidate.resetID == reset.id, !candidate.record.isDeleted,
        let mapping = rules.mapping(candidate.record.mapping)
      else { return false }
      return mapping.correlates(candidate.record, reset)
    }
  }
}

extension Mapping {
  /// Whether every correlate pair agrees and none is blank; false without pairs.
  public func correlates(_ record: SourceRecord, _ reset: RemoteReset) -> Bool {
    !correlate.isEmpty
      && correlate.allSatisfy { pair in
        guard let source = pair.sourceValue(record) else { return false }
        return source == pair.remoteValue(reset)
      }
  }
}
