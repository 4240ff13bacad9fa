internal import Formats
internal import Reconciliation
internal import SQLite

/// A conflict as it stands in the store, as far as its life needs it.
struct StoredConflict {
  let number: Int64
  let id: String
  let identity: ConflictIdentity
  var state: ConflictState
  var substate: OpenSubstate?
  var facts: String
  let firstSeen: Timestamp
  let seenRun: String
  let snoozedUntil: Timestamp?
  let decision: Resolution?
  let decidedBy: String?
  let decidedAt: Timestamp?
  let decidedFacts: String?
  /// The decision before, which lapsed or was taken back.
  let previous: (take: Resolution?, at: Timestamp?)

  static let columns = """
    number, id, identity, state, substate, facts, first_seen, seen_run, snoozed_until, decision,
    decided_by, decided_at, decided_facts, previous_decision, group_mapping, group_origin,
    group_key
    """

  /// The place of `group_origin` in `columns`.
  static let originColumn = 15

  /// Throws `MirrorError.corrupt` for words that this version does not know.
  init(_ row: Statement) throws {
    number = row.int64(0)
    id = row.text(1)
    guard let identity = ConflictIdentity(text: row.text(2)) else {
      throw Stored.unknown(in: "conflicts", number)
    }
    self.identity = identity
    state = try Stored.word(row.text(3), in: "conflicts", number)
    substate = try Stored.word(row.text(4).isEmpty ? nil : row.text(4), in: "conflicts", number)
    facts = row.text(5)
    firstSeen = Timestamp(row.int64(6))
    seenRun = row.text(7)
    snoozedUntil = row.optionalInt64(8).map { Timestamp($0) }
    decision = try row.optionalText(9).map {
      try Stored.decision($0, in: "conflicts", row.int64(0))
    }
    decidedBy = row.optionalText(10)
    decidedAt = row.optionalInt64(11).map { Timestamp($0) }
    decidedFacts = row.optionalText(12)
    let former = try row.optionalText(13).map { try JSONValue(parsing: $0) }
    previous = (
      try former?["decision"]?.text.map { try Stored.decision($0, in: "conflicts", row.int64(0)) },
      former?["at"]?.int.map { Timestamp(microseconds: Int64($0)) }
    )
  }

  private var isRemembered: Bool { decision?.isRemembered(for: identity.kind) ?? false }

  var life: ConflictLife {
    ConflictLife(state, substate, isRemembered: isRemembered)
  }

  /// The decision, while it is in force: decided, applied, or closed and remembered.
  var standing: StandingDecision? {
    guard let decision, let decidedFacts, let decidedAt else { return nil }
    switch state {
    case .decided, .applied: break
    case .closed where isRemembered: break
    default: return nil
    }
    return StandingDecision(
      identity: identity, take: decision, factsDigest: decidedFacts, by: decidedBy, at: decidedAt)
  }

  /// `Conflict.version` of what the store shows.
  var version: String {
    decision.map { Conflict.version(facts, $0.text, decidedBy, decidedAt) } ?? facts
  }

  var known: KnownConflict {
    KnownConflict(
      identity: identity, state: state, factsDigest: facts, firstSeen: firstSeen,
      lastResolution: decision ?? previous.take, lastDecidedAt: decidedAt ?? previous.at,
      snoozedUntil: snoozedUntil, isReopened: substate == .reopened)
  }
}
