import Formats

/// A decision by which the key of a link is to be written to its reset.
struct KeyOrder {
  let decision: StandingDecision
  var identity: ConflictIdentity { decision.identity }
}

// Links that a person decided take effect at once; the reset carries the key only after a verified
// write. In between, every run finds the decision here and plans the write again.
extension ItemDraft {
  /// The standing decision that wants the link's key on this reset, if there is one.
  func keyOrder(_ reset: RemoteReset, _ link: Link) -> KeyOrder? {
    let home = link.mapping
    let wanted: [(ConflictIdentity, String)] = [
      (
        ConflictIdentity(
          kind: .unreferenced, mapping: home, subject: .reset(reset.id, suggested: link.key)),
        KeyFactsDigest.suggestion(reset, link.key)
      ),
      (
        ConflictIdentity(kind: .sourceOnly, mapping: home, subject: .key(link.key)),
        KeyFactsDigest.sourceOnly(link.key)
      ),
      (
        ConflictIdentity(
          kind: .remoteOnly, mapping: reset.key.mapping, subject: .reset(reset.id)),
        KeyFactsDigest.remoteOnly(reset, candidates: [link.key])
      ),
      (
        ConflictIdentity(kind: .rekeyed, mapping: home, subject: .reset(reset.id)),
        KeyFactsDigest.rekeyed(.remote, from: link.key, to: reset.key.key)
      ),
      (
        ConflictIdentity(kind: .rekeyed, mapping: home, subject: .reset(reset.id)),
        KeyFactsDigest.rekeyed(.source, from: reset.key.key, to: link.key)
      ),
    ]
    for (identity, facts) in wanted {
      guard let decision = context.standing(identity, facts: facts) else { continue }
      if decision.take == .link(resetID: reset.id) || decision.take == .source {
        return KeyOrder(decision: decision)
      }
    }
    return nil
  }

  /// Plans the write of the link's key and keeps the conflict in sight until it is verified.
  mutating func carryOut(_ order: KeyOrder, link: Link, home: KeyFacts, on reset: RemoteReset) {
    carryOut(
      order.decision, key: link.key, record: home.record, mapping: home.mapping, on: reset)
  }

  /// Plans the write of a key that a decision wants on a reset.
  mutating func carryOut(
    _ decision: StandingDecision, key: Key, record: SourceRecord?, mapping: Mapping,
    on reset: RemoteReset
  ) {
    planKey(key, record: record, mapping: mapping, on: reset)
    decisions.append(decision.identity.id)
    findings.append(
      ConflictFinding(
        identity: decision.identity, key: key, resetID: reset.id,
        source: .text(key.description),
        remote: reset.key.key.map { .text($0.description) } ?? .absent,
        factsDigest: decision.factsDigest, effect: .planned))
  }
}

/// The facts of conflicts about keys.
enum KeyFactsDigest {
  static func suggestion(_ reset: RemoteReset, _ key: Key) -> String {
    Facts.texts(
      .unreferenced, [reset.reference, reset.referenceOrigin, key.origin, key.reference])
  }

  static func sourceOnly(_ key: Key) -> String {
    Facts.texts(.sourceOnly, [key.origin, key.reference])
  }

  static func remoteOnly(_ reset: RemoteReset, candidates: [Key]) -> String {
    let keys = candidates.sorted().flatMap { [$0.origin, $0.reference] }
    return Facts.texts(.remoteOnly, [reset.reference, reset.referenceOrigin] + keys)
  }

  /// One side went from one key to another.
  static func rekeyed(_ side: Side, from old: Key?, to new: Key?) -> String {
    Facts.texts(
      .rekeyed, [side.rawValue, old?.origin, old?.reference, new?.origin, new?.reference])
  }
}
