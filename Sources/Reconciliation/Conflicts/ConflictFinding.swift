public import Formats

/// What a standing decision does to a finding in this run.
public enum DecisionEffect: Sendable, Hashable {
  /// Nobody has decided, or the decision lapsed.
  case open
  /// A decision stands, and its writes are in the plan.
  case planned
  /// A decision stands, but its writes are withheld in this run.
  case waiting
  /// A decision stands, and took effect in this run without a write.
  case settled
  /// A decision took effect earlier and is still in force.
  case standing
  /// A decision stands but can't be carried out, and why.
  case refused(reason: String)
}

/// A conflict as one run finds it.
public struct ConflictFinding: Sendable, Hashable {
  /// Which conflict it is.
  public let identity: ConflictIdentity
  /// How urgent it is.
  public let severity: Severity
  /// The key that it belongs to.
  public let key: Key?
  /// The reset that it belongs to.
  public let resetID: String?
  /// The base of the field.
  public let base: BasePair
  /// What the source has; for kinds without a field the facts of the source.
  public let source: FieldValue
  /// What the remote has; for kinds without a field the facts of the remote.
  public let remote: FieldValue
  /// Why, in words: a reason of conversion, a suggestion with its rivals.
  public let reason: String?
  /// The digest of the facts; a decision applies only to the one that its author saw.
  public let factsDigest: String
  /// Whether it withholds pushes.
  public let holds: Bool
  /// Until when it counts as in flight; nil or past when it is due.
  public let due: Timestamp?
  /// What a standing decision does.
  public var effect: DecisionEffect

  /// The short id, `c` and 12 hex digits.
  public var id: String { identity.id }
  /// The kind.
  public var kind: ConflictKind { identity.kind }
  /// The field, by its metadata spelling.
  public var field: String? { identity.field }

  /// Takes all parts as they are; the severity is that of the kind.
  public init(
    identity: ConflictIdentity, key: Key?, resetID: String?, base: BasePair = .none,
    source: FieldValue = .absent, remote: FieldValue = .absent, reason: String? = nil,
    factsDigest: String, holds: Bool = false, due: Timestamp? = nil,
    effect: DecisionEffect = .open
  ) {
    self.identity = identity
    self.severity = identity.kind.severity
    self.key = key
    self.resetID = resetID
    self.base = base
    self.source = source
    self.remote = remote
    self.reason = reason
    self.factsDigest = factsDigest
    self.holds = holds
    self.due = due
    self.effect = effect
  }
}
