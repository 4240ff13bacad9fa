public import Formats

/// Who made a link.
public enum LinkMaker: Sendable, Hashable {
  /// The keys were equal.
  case match
  /// A person decided it.
  case decision(by: String?)
}

/// The state of a link.
public enum LinkState: Sendable, Hashable {
  /// Record and reset belong together.
  case active
  /// Kept apart on purpose while the facts of that kind of conflict have this digest.
  case apart(kind: ConflictKind, facts: String)
  /// Taken apart by a person, whatever both sides hold, until one links them again.
  case parted
  /// Over; kept for history.
  case closed
}

/// One write that went to a field, remembered for `write_fight`.
public struct FieldWriteMemory: Sendable, Hashable {
  /// The field, by its metadata spelling.
  public let field: String
  /// The digest of the value that the write replaced (`FieldValue.digest`).
  public let replaced: String
  /// The digest of the value that was written.
  public let written: String
  /// When the write was verified.
  public let at: Timestamp

  /// Takes all parts as they are.
  public init(field: String, replaced: String, written: String, at: Timestamp) {
    self.field = field
    self.replaced = replaced
    self.written = written
    self.at = at
  }
}

/// The last write of our own to a reset, which moved its time as anybody's does.
public struct OwnUpdate: Sendable, Hashable {
  /// When the remote says that the reset was updated by it.
  public let at: Timestamp
  /// When the remote said that it was updated before, by somebody else.
  public let before: Timestamp?

  /// Takes both as they are.
  public init(at: Timestamp, before: Timestamp?) {
    self.at = at
    self.before = before
  }
}

/// A remembered pairing of a record and a reset.
public struct Link: Sendable {
  /// Its row in the mirror.
  public let id: Int64
  /// The mapping.
  public let mapping: String
  /// The id of the reset.
  public let resetID: String
  /// The key of the record; it stays when the reset's own key changes.
  public let key: Key
  /// What both sides last agreed on.
  public let base: Base
  /// Who made it.
  public let madeBy: LinkMaker
  /// Its state.
  public let state: LinkState
  /// The digest of the verify values that a person confirmed.
  public let acceptedIdentity: String?
  /// Recent writes; those older than `WriteFight.windowSeconds` may be left out.
  public let writes: [FieldWriteMemory]
  /// The last write of our own; nil before the first.
  public let ownUpdate: OwnUpdate?

  /// Takes all parts as they are.
  public init(
    id: Int64, mapping: String, resetID: String, key: Key, base: Base, madeBy: LinkMaker,
    state: LinkState, acceptedIdentity: String? = nil, writes: [FieldWriteMemory] = [],
    ownUpdate: OwnUpdate? = nil
  ) {
    self.id = id
    self.mapping = mapping
    self.resetID = resetID
    self.key = key
    self.base = base
    self.madeBy = madeBy
    self.state = state
    self.acceptedIdentity = acceptedIdentity
    self.writes = writes
    self.ownUpdate = ownUpdate
  }
}

/// What a run does to links.
public enum LinkChange: Sendable, Hashable {
  /// A new link.
  case create(resetID: String, key: Key, madeBy: LinkMaker)
  /// Both sides are gone.
  case close
  /// The record carries another key now; the base stays.
  case move(to: Key)
  /// Kept apart on purpose while the facts have this digest.
  case apart(kind: ConflictKind, facts: String)
  /// No longer apart.
  case rejoin
  /// A person confirmed the pair for verify values of this digest.
  case confirmIdentity(digest: String)
}
