public import Formats

/// A decision that is in force as long as the facts are those its author saw.
public struct StandingDecision: Sendable, Hashable {
  /// The conflict that it decides.
  public let identity: ConflictIdentity
  /// What was decided.
  public let take: Resolution
  /// The digest of the facts that its author saw.
  public let factsDigest: String
  /// Who decided.
  public let by: String?
  /// When.
  public let at: Timestamp

  /// Takes all parts as they are.
  public init(
    identity: ConflictIdentity, take: Resolution, factsDigest: String, by: String?, at: Timestamp
  ) {
    self.identity = identity
    self.take = take
    self.factsDigest = factsDigest
    self.by = by
    self.at = at
  }
}

/// What the conflict store knows of a conflict.
public struct KnownConflict: Sendable, Hashable {
  /// The conflict.
  public let identity: ConflictIdentity
  /// Its state.
  public let state: ConflictState
  /// The digest of the facts when it was last seen.
  public let factsDigest: String
  /// When it was first seen.
  public let firstSeen: Timestamp
  /// What was decided last, standing or lapsed.
  public let lastResolution: Resolution?
  /// When that was.
  public let lastDecidedAt: Timestamp?
  /// Until when it is put off; nil when it is not.
  public let snoozedUntil: Timestamp?
  /// Whether a person took back a decision that was carried out, and nothing settled it since.
  public let isReopened: Bool

  /// Takes all parts as they are.
  public init(
    identity: ConflictIdentity, state: ConflictState, factsDigest: String, firstSeen: Timestamp,
    lastResolution: Resolution? = nil, lastDecidedAt: Timestamp? = nil,
    snoozedUntil: Timestamp? = nil, isReopened: Bool = false
  ) {
    self.identity = identity
    self.state = state
    self.factsDigest = factsDigest
    self.firstSeen = firstSeen
    self.lastResolution = lastResolution
    self.lastDecidedAt = lastDecidedAt
    self.snoozedUntil = snoozedUntil
    self.isReopened = isReopened
  }
}
