import Formats

// Links that correlate pairs suggest, and resets or records that stand alone.
extension ItemDraft {
  /// A reset without reference that has no link: suggestions, and the decision to take one.
  mutating func assessUnreferenced(_ reset: RemoteReset) -> ItemAssessment {
    for candidate in context.candidates(of: reset) {
      guard let home = context.rules.mapping(candidate.record.mapping) else { continue }
      let key = candidate.record.key
      let identity = ConflictIdentity(
        kind: .unreferenced, mapping: home.name, subject: .reset(reset.id, suggested: key))
      let digest = KeyFactsDigest.suggestion(reset, key)
      if let decision = context.standing(identity, facts: digest),
        decision.take == .link(resetID: reset.id)
      {
        return link(reset, to: candidate, by: decision, in: home)
      }
      switch home.reactions[.unreferenced] {
      case .count?, .ignore?, nil: continue
      case .conflict?, .suggest?: break
      }
      findings.append(
        ConflictFinding(
          identity: identity, key: key, resetID: reset.id, source: .text(key.description),
          reason: reason(candidate, mapping: home, of: reset), factsDigest: digest,
          effect: ignored(identity, digest)))
    }
    if findings.isEmpty { askAboutUnreferenced(reset) }
    return finish(.unreferenced)
  }

  /// Without a suggestion it is a conflict only where a mapping says so.
  private mutating func askAboutUnreferenced(_ reset: RemoteReset) {
    guard context.rules.mappings.contains(where: { $0.reactions[.unreferenced] == .conflict })
    else {
      return
    }
    let identity = ConflictIdentity(kind: .unreferenced, mapping: nil, subject: .reset(reset.id))
    let digest = Facts.texts(.unreferenced, [reset.reference, reset.referenceOrigin])
    findings.append(
      ConflictFinding(
        identity: identity, key: nil, resetID: reset.id, reason: "the reset has no reference",
        factsDigest: digest, effect: ignored(identity, digest)))
  }

  /// A linked reset that lost its reference: its own key is what to suggest.
  mutating func suggestOwnKey(_ reset: RemoteReset, _ link: Link, home: KeyFacts) {
    let identity = ConflictIdentity(
      kind: .unreferenced, mapping: link.mapping,
      subject: .reset(reset.id, suggested: link.key))
    let digest = KeyFactsDigest.suggestion(reset, link.key)
    note(
      ConflictFinding(
        identity: identity, key: link.key, resetID: reset.id,
        source: .text(link.key.description), reason: "it was linked to \(link.key) before",
        factsDigest: digest, effect: ignored(identity, digest)),
      for: .unreferenced)
  }

  /// A reset of a known origin without record.
  mutating func checkRemoteOnly(_ reset: RemoteReset) -> Situation {
    let candidates = context.candidates(of: reset)
    let identity = ConflictIdentity(
      kind: .remoteOnly, mapping: mapping?.name, subject: .reset(reset.id))
    let digest = KeyFactsDigest.remoteOnly(reset, candidates: candidates.map(\.record.key))
    let decision = context.standing(identity, facts: digest)
    if decision?.take == .link(resetID: reset.id), candidates.count == 1, let decision,
      let home = context.rules.mapping(candidates[0].record.mapping)
    {
      return adopt(reset, candidates[0], by: decision, in: home)
    }
    let reasons = candidates.compactMap { candidate in
      context.rules.mapping(candidate.record.mapping).map {
        "could be \(candidate.record.key): " + reason(candidate, mapping: $0, of: reset)
      }
    }
    note(
      ConflictFinding(
        identity: identity, key: key, resetID: reset.id, source: Self.texts(candidates),
        remote: key.map { .text($0.description) } ?? .absent,
        reason: reasons.isEmpty ? nil : reasons.joined(separator: "; "), factsDigest: digest,
        due: absenceDue(identity),
        effect: linkResolution(decision, identity, reset, candidates: candidates.count)),
      for: .remoteOnly)
    return .remoteOnly
  }

  /// Until when a missing record may still come: for the grace, and for as long as its source has
  /// not told of the time since it came, unless somebody was asked already.
  private func absenceDue(_ identity: ConflictIdentity) -> Timestamp {
    let known = context.known(identity)
    let since = known?.firstSeen ?? context.now
    let grace = context.rules.graceSeconds
    guard let mapping, known.map({ $0.state == .inFlight }) ?? true,
      context.group.isSilent(for: mapping, since: since)
    else { return since.adding(seconds: grace) }
    return context.now.adding(seconds: max(grace, Self.silentSecondsMin))
  }

  /// How soon a key without record is looked at again while its source is silent.
  private static let silentSecondsMin = 60.0

  /// The keys that a reset could belong to: a text for the one that a link would take.
  private static func texts(_ candidates: [CorrelationCandidate]) -> FieldValue {
    let keys = candidates.map { JSONValue.string($0.record.key.description) }
    return keys.count > 1 ? .present(.array(keys)) : keys.first.map { .present($0) } ?? .absent
  }

  private func linkResolution(
    _ decision: StandingDecision?, _ identity: ConflictIdentity, _ reset: RemoteReset,
    candidates: Int
  ) -> DecisionEffect {
    switch decision?.take {
    case .ignore?: context.effect(identity)
    case .link(let id)? where id != reset.id:
      .refused(reason: "link=\(reset.id) links this reset, \(id) is another")
    case .link?:
      .refused(reason: "there are \(candidates) records that it could be; one is needed")
    case .source?, .remote?, .value?, .apart?, nil: .open
    }
  }

  /// A record without reset.
  mutating func checkSourceOnly(_ home: KeyFacts) -> Situation {
    let identity = ConflictIdentity(
      kind: .sourceOnly, mapping: home.mapping.name, subject: .key(home.key))
    let digest = KeyFactsDigest.sourceOnly(home.key)
    let decision = context.standing(identity, facts: digest)
    var effect = ignored(identity, digest)
    if let decision, case .link(let id) = decision.take {
      if let obstacle = obstacle(to: id) {
        effect = .refused(reason: obstacle)
      } else if let reset = context.group.decisionResets.first(where: { $0.id == id }) {
        return adopt(reset, by: decision, home)
      }
    }
    note(
      ConflictFinding(
        identity: identity, key: home.key, resetID: nil, source: .text(home.key.description),
        factsDigest: digest, effect: effect),
      for: .sourceOnly)
    return .sourceOnly
  }

  /// Why a key without reset can't be linked to this one; nil where it can.
  private func obstacle(to id: String) -> String? {
    guard let reset = context.group.decisionResets.first(where: { $0.id == id && !$0.isDeleted })
    else { return "the mirror holds no reset \(id)" }
    if let link = context.group.decisionLinks.first(where: { $0.resetID == id }) {
      return "reset \(id) is linked to \(link.key) already"
    }
    if context.group.orderedElsewhere.contains(id) {
      return "another decision links reset \(id) elsewhere"
    }
    guard case .known(let mapping, let key) = reset.key,
      let place = context.group.neighbours.first(where: { $0.key == key && $0.mapping == mapping }),
      place.records.contains(where: { !$0.isDeleted })
    else { return nil }
    return "reset \(id) carries \(key), which has a record of its own"
  }

  // MARK: - Links by decision

  /// Links a key without reset to the one that a person named, and goes on as with any pair.
  private mutating func adopt(
    _ reset: RemoteReset, by decision: StandingDecision, _ home: KeyFacts
  ) -> Situation {
    linkChanges.append(
      .create(resetID: reset.id, key: home.key, madeBy: .decision(by: decision.by)))
    carryOut(decision, key: home.key, record: home.record, mapping: home.mapping, on: reset)
    var pair = Pair(
      reset: reset, record: home.record, live: home.live, mapping: home.mapping, key: home.key,
      base: Base(), state: .active, acceptedIdentity: nil, writes: [])
    return checkIdentity(pair) ?? checkFields(&pair)
  }

  private mutating func link(
    _ reset: RemoteReset, to candidate: CorrelationCandidate, by decision: StandingDecision,
    in home: Mapping
  ) -> ItemAssessment {
    mapping = home
    key = candidate.record.key
    // The other suggestions are moot.
    findings = []
    let situation = adopt(reset, candidate, by: decision, in: home)
    return finish(situation)
  }

  /// Links the reset to a suggested record and goes on as with any linked pair.
  private mutating func adopt(
    _ reset: RemoteReset, _ candidate: CorrelationCandidate, by decision: StandingDecision,
    in home: Mapping
  ) -> Situation {
    let record = candidate.record
    linkChanges.append(
      .create(resetID: reset.id, key: record.key, madeBy: .decision(by: decision.by)))
    carryOut(decision, key: record.key, record: record, mapping: home, on: reset)
    mapping = home
    key = record.key
    var pair = Pair(
      reset: reset, record: record, live: variants(of: record, for: reset), mapping: home,
      key: record.key, base: Base(),
      state: .active, acceptedIdentity: nil, writes: [])
    return checkIdentity(pair) ?? checkFields(&pair)
  }

  /// All records of the reset's person with the key of this one: several that differ hold it.
  func variants(of record: SourceRecord, for reset: RemoteReset) -> [SourceRecord] {
    context.candidates(of: reset).map(\.record).filter {
      $0.mapping == record.mapping && $0.key == record.key
    }
  }

  /// What agrees, and who else it agrees with.
  private func reason(
    _ candidate: CorrelationCandidate, mapping: Mapping, of reset: RemoteReset
  ) -> String {
    let pairs = mapping.correlate.map { "\($0.column) equals \($0.attribute.name)" }
    let records = context.candidates(of: reset).map(\.record.key)
      .filter { $0 != candidate.record.key }.map(\.description)
    let linked = candidate.linkedTo.map { "already linked to reset \($0)" }
    let resets = candidate.otherResets.map { "reset \($0)" }
    let rivals = records + resets + linked
    return pairs.joined(separator: ", ")
      + (rivals.isEmpty ? "" : "; rivals: " + rivals.joined(separator: ", "))
  }
}
