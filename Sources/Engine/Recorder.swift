internal import Formats
internal import Mirror
internal import Reconciliation

/// Carries out effects: the only writer of a reconcile beside its plan.
///
/// A dry run has none.
final class Recorder {
  private let session: ReconcileSession
  private var sighting: Sighting { session.before.sighting }
  /// How conflicts moved so far.
  private(set) var moves = ConflictMoves()
  /// Resets whose link was made or moved in this run, with the group that they are in now.
  private var moved: [String: StoredKey] = [:]
  /// Conflicts that their group no longer shows; another group may still find them in this run.
  private var notSeen: [(id: String, reason: String?)] = []
  /// Conflicts of keys that this run has seen.
  private var seenAtKeys: Set<String> = []
  private var journaledTransitions = 0

  /// Single transitions in the journal per run; beyond, only their numbers are kept.
  private static let journaledTransitionsMax = 10_000

  init(_ session: ReconcileSession) { self.session = session }

  /// Takes what a scope looks at off the books; what this run touches is marked anew behind it.
  func begin(_ scope: Scope) throws {
    try session.plan.dropUnsent(of: scope.mapping.id, at: scope.keys)
    if scope.clearsDirtyKeys { try session.clearDirtyKeys(of: scope.mapping.id) }
  }

  /// A pair that agrees for the first time.
  func record(_ pair: AgreedPair, base: ArraySlice<UInt8>) throws {
    try session.links.create(pair, base: base)
    try session.waiting.markWaiting(pair)
  }

  func record(_ effect: Effect, in loaded: LoadedGroup) throws {
    switch effect {
    // The plan has it, and the places of links are known to whoever leads through them.
    case .update, .link: break
    case .base(let id, let base):
      if let member = loaded.member(id) { try session.links.setBase(member, base) }
    case .situation(let change): try record(change, in: loaded)
    case .overruled(let overruled, let id, let mapping, let key):
      try session.conflicts.autoResolve(
        overruled, reset: id, mapping: mapping, key: key, run: sighting.run, at: sighting.now)
    case .dropRefused(let id): try session.dropRefused(id)
    case .found(let finding): try record(finding, in: loaded)
    case .notSeen(let id, let reason): notSeen.append((id, reason))
    case .wake(let id): moves += try session.conflicts.wake(id, in: loaded, sighting)
    case .lookAgain(let id):
      try session.mark(loaded.key)
      if let id, let member = loaded.member(id) { try session.mark(member.own) }
    case .offersChanged: try session.waiting.markWaiting(loaded)
    case .due(let time): try session.setDue(loaded.key, at: time)
    }
  }

  // MARK: Links

  func record(
    _ link: LinkEffect, of member: LoadedGroup.Member, from old: StoredKey, to new: StoredKey
  ) throws {
    if case .create(_, _, let maker) = link.change {
      try session.links.create(
        member, to: new, base: link.base, maker: maker, situation: link.situation)
    } else {
      try session.links.change(member, link.change, to: new)
    }
    if link.moves, old != new { try follow(link.resetID, from: old, to: new) }
    if !link.change.isPlainMatch { try session.journal(link.entry) }
  }

  /// A reset went to another group: its conflicts go with it, and both are looked at again.
  private func follow(_ id: String, from old: StoredKey, to new: StoredKey) throws {
    moved[id] = new
    try session.conflicts.move(of: id, from: old, to: new)
    try session.mark(old)
    try session.mark(new)
  }

  // MARK: Situations

  private func record(_ change: SituationEffect, in loaded: LoadedGroup) throws {
    guard case .reset(let id) = change.item else {
      return try session.situations.set(change, ofKey: loaded.key)
    }
    guard let member = loaded.member(id) else { return }
    try session.situations.set(change, of: member)
    guard let (from, to) = change.transition,
      journaledTransitions < Self.journaledTransitionsMax
    else { return }
    journaledTransitions += 1
    try session.journal(
      JournalEntry(
        kind: "situation", mapping: to.mapping, subject: id,
        payload: ["from": .string(from.rawValue), "to": .string(to.situation.rawValue)]))
  }

  // MARK: Conflicts

  private func record(_ finding: ConflictFinding, in loaded: LoadedGroup) throws {
    // One of a key is found by resets that are linked elsewhere too: what was read of it before is
    // old then.
    if finding.kind.hasRivals, seenAtKeys.contains(finding.id) { return }
    let done = try session.conflicts.reconcile(
      finding, in: loaded, at: try group(of: finding, in: loaded), sighting)
    if finding.kind.hasRivals, !done.isNew { seenAtKeys.insert(finding.id) }
    moves += done.moves
    if done.isSettled { try session.mark(loaded.key) }
  }

  /// The group where a conflict's reset is looked at next.
  private func group(of finding: ConflictFinding, in loaded: LoadedGroup) throws -> StoredKey {
    // One of a key stands at the key, also when a reset that is linked elsewhere finds it.
    if case .key(let key) = finding.identity.subject, let mapping = finding.identity.mapping {
      return try session.key(mapping, key)
    }
    return finding.resetID.flatMap { moved[$0] } ?? loaded.key
  }

  // MARK: The end

  /// After the last group: what no group found is gone.
  func endGroups(closesOrigins: Bool) throws {
    moves += try session.conflicts.closeUnseen(
      notSeen, closesOrigins: closesOrigins, sighting)
  }

  func finishLinks() throws { try session.links.finish() }

  func queue(_ sending: Sending) throws -> Int { try session.plan.queue(sending) }

  /// What the run changed as a whole.
  func record(_ tally: Tally, _ clearance: Clearance) throws {
    try session.conflicts.raiseDeletions(of: clearance.emptied, sighting)
    try session.situations.add(tally, run: sighting.run)
    try session.keepHeld(clearance.verdicts)
  }
}

extension LinkEffect {
  /// Whether the reset is in another group afterwards.
  fileprivate var moves: Bool {
    switch change {
    case .create, .move: true
    case .close, .apart, .rejoin, .confirmIdentity: false
    }
  }

  fileprivate var entry: JournalEntry {
    let kind =
      switch change {
      case .create: "link.created"
      case .close: "link.closed"
      case .move: "link.moved"
      case .apart: "link.apart"
      case .rejoin: "link.rejoined"
      case .confirmIdentity: "link.confirmed"
      }
    var payload = JSONObject()
    if let key {
      payload = ["origin": .string(key.origin), "reference": .string(key.reference)]
    }
    return JournalEntry(
      kind: kind, mapping: mapping ?? "", subject: resetID, payload: .object(payload))
  }
}
