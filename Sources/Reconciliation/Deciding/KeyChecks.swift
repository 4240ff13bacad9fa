public import Formats

/// What stands at one key on both sides.
struct KeyFacts {
  let mapping: Mapping
  let key: Key
  /// The records that are not deleted.
  let live: [SourceRecord]
  /// The resets that carry the key now.
  let resets: [RemoteReset]
  /// Whether the rules leave a record of the key aside.
  var hasSetAside = false

  /// The live record, once duplicates are excluded: of equal variants the last one stored.
  var record: SourceRecord? { live.max { $0.mirrorID < $1.mirrorID } }

  var managedDigests: [String] {
    guard live.count > 1 else { return [] }
    return Set(live.map { $0.managedDigest(by: mapping) }).sorted()
  }

  var rawSourceReferences: [String] {
    live.count == 1 ? [live[0].rawReference] : Set(live.map(\.rawReference)).sorted()
  }

  var rawRemoteReferences: [String] { Set(resets.compactMap(\.reference)).sorted() }
}

// The first five rows of the table: they look at the key that a reset carries now.
extension ItemDraft {
  /// The situation that the key calls for; nil when it is in order, or put in order by a decision.
  mutating func checkKey(of reset: RemoteReset, link: Link?, home: KeyFacts) -> Situation? {
    if reset.isDeleted {
      // It carries no key any more, but its link still points to the records.
      return checkRecords(
        KeyFacts(mapping: home.mapping, key: home.key, live: home.live, resets: []))
    }
    switch reset.key {
    case .known(let name, let key):
      guard let facts = facts(at: key, mapping: name, home: home) else { return nil }
      return checkRecords(facts, for: reset)
    case .unknownOrigin(let origin):
      guard let link, let order = keyOrder(reset, link) else {
        findUnknownOrigin(origin)
        return .unknownOrigin
      }
      carryOut(order, link: link, home: home, on: reset)
      return nil
    case .unreferenced:
      guard let link else { return nil }
      guard let order = keyOrder(reset, link) else {
        suggestOwnKey(reset, link, home: home)
        return .unreferenced
      }
      carryOut(order, link: link, home: home, on: reset)
      return nil
    }
  }

  /// Whether there is no object in which values could stand: then nothing is looked at.
  mutating func checkMetadata(of reset: RemoteReset) -> Situation? {
    guard let odd = reset.oddMetadata, !reset.isDeleted else { return nil }
    let facts = Facts.digest([.string(ConflictKind.invalid.rawValue), odd])
    note(
      ConflictFinding(
        identity: ConflictIdentity(
          kind: .invalid, mapping: mapping?.name, subject: .reset(reset.id)),
        key: key ?? reset.key.key, resetID: reset.id, remote: .present(odd),
        reason: "its metadata is no object, so that nothing can be read from it or written to it;"
          + " correct it in Commerce Layer, and this closes itself",
        factsDigest: facts, holds: true),
      for: .invalid)
    return .invalid
  }

  private func facts(at key: Key, mapping name: String, home: KeyFacts) -> KeyFacts? {
    if key == home.key, name == home.mapping.name { return home }
    guard let mapping = context.rules.mapping(name),
      let place = context.group.neighbours.first(where: { $0.key == key && $0.mapping == name })
    else { return nil }
    return KeyFacts(
      mapping: mapping, key: key, live: place.records.filter { !$0.isDeleted },
      resets: place.resets)
  }

  /// Duplicates and collisions at a key; for a key without reset, `reset` is nil.
  mutating func checkRecords(_ facts: KeyFacts, for reset: RemoteReset? = nil) -> Situation? {
    let digests = facts.managedDigests
    if digests.count > 1 {
      let values = facts.live.map { $0.managedValues(by: facts.mapping) }
      findAtKey(
        .sourceDuplicate, facts, digest: Facts.texts(.sourceDuplicate, digests),
        source: .present(.array(values)), remote: .absent)
      return .sourceDuplicate
    }
    if facts.mapping.cardinality == .oneToOne, facts.resets.count > 1,
      let situation = checkRemoteDuplicate(facts, for: reset)
    {
      return situation
    }
    if facts.live.count < 2, facts.resets.count < 2 { return nil }
    let source = facts.rawSourceReferences
    let remote = facts.rawRemoteReferences
    // A picked reset among duplicates was picked with its reference in view.
    let remoteCollides = remote.count > 1 && facts.mapping.cardinality == .manyToOne
    guard source.count > 1 || remoteCollides else { return nil }
    findAtKey(
      .keyCollision, facts,
      digest: Facts.texts(.keyCollision, source + [nil] + (remoteCollides ? remote : [])),
      source: .present(.array(source.map { .string($0) })),
      remote: .present(.array(remote.map { .string($0) })))
    return .keyCollision
  }

  private mutating func checkRemoteDuplicate(
    _ facts: KeyFacts, for reset: RemoteReset?
  ) -> Situation? {
    let ids = facts.resets.map(\.id).sorted()
    let digest = Facts.texts(.remoteDuplicate, ids)
    findAtKey(
      .remoteDuplicate, facts, digest: digest, source: .absent,
      remote: .present(.array(ids.map { .string($0) })))
    let identity = ConflictIdentity(
      kind: .remoteDuplicate, mapping: facts.mapping.name, subject: .key(facts.key))
    guard let decision = context.standing(identity, facts: digest),
      case .link(let chosen) = decision.take
    else { return .remoteDuplicate }
    guard ids.contains(chosen) else {
      resolve(identity, .refused(reason: "reset \(chosen) does not carry this key"))
      return .remoteDuplicate
    }
    resolve(identity, context.effect(identity))
    return chosen == reset?.id ? nil : .driftAccepted
  }

  /// Sets what a decision does to a finding that was just noted.
  mutating func resolve(_ identity: ConflictIdentity, _ effect: DecisionEffect) {
    guard let place = findings.lastIndex(where: { $0.identity == identity }) else { return }
    findings[place].effect = effect
  }

  private mutating func findAtKey(
    _ kind: ConflictKind, _ facts: KeyFacts, digest: String, source: FieldValue,
    remote: FieldValue
  ) {
    guard let situation = Situation(rawValue: kind.rawValue) else { return }
    let identity = ConflictIdentity(
      kind: kind, mapping: facts.mapping.name, subject: .key(facts.key))
    note(
      ConflictFinding(
        identity: identity, key: facts.key, resetID: nil, source: source, remote: remote,
        factsDigest: digest, holds: true, effect: ignored(identity, digest)),
      for: situation)
  }

  /// The effect of a conflict that is only ignored here.
  ///
  /// A link that a person wants and that was not carried out so far names the wrong reset.
  func ignored(_ identity: ConflictIdentity, _ digest: String) -> DecisionEffect {
    switch context.standing(identity, facts: digest)?.take {
    case .ignore?: context.effect(identity)
    case .link(let id)?: .refused(reason: "reset \(id) can't be linked here")
    case .source?, .remote?, .value?, .apart?, nil: .open
    }
  }

  /// One conflict for all resets with this origin.
  mutating func findUnknownOrigin(_ origin: String?) {
    let identity = ConflictIdentity(kind: .unknownOrigin, mapping: nil, subject: .origin(origin))
    let digest = Facts.texts(.unknownOrigin, [origin])
    note(
      ConflictFinding(
        identity: identity, key: nil, resetID: nil,
        remote: .present(origin.map { .string($0) } ?? .null),
        reason: origin.map { "no mapping names the origin \"\($0)\"" }
          ?? "the resets have a reference but no origin",
        factsDigest: digest, effect: ignored(identity, digest)),
      for: .unknownOrigin)
  }
}

extension SourceRecord {
  /// The managed values as one object, for people.
  public func managedValues(by mapping: Mapping) -> JSONValue {
    var values = JSONObject()
    for field in mapping.fields {
      switch convert(cell(field.column), by: field) {
      case .value(.present(let value)): values[field.metadata] = value
      case .invalid(let reason): values[field.metadata] = .string("(\(reason))")
      case .ignored, .value(.absent): break
      }
    }
    return .object(values)
  }
}
