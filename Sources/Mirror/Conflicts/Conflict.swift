public import Formats
public import Reconciliation

/// One conflict as people see it.
public struct Conflict: Sendable, Hashable {
  /// The short id that people type.
  public let id: String
  /// What it is about.
  public let kind: ConflictKind
  /// How urgent it is.
  public let severity: Severity
  /// The state of its life; never `lapsed`, which passes at once into `open`.
  public let state: ConflictState
  /// For open ones, whether it is new, ongoing or regressed.
  public let substate: OpenSubstate?
  /// The mapping; nil for resets that belong to none.
  public let mapping: String?
  /// The reference of its key, in normal form.
  public let reference: String?
  /// The origin of its key; nil where the kind has no key.
  public let referenceOrigin: String?
  /// The id of the reset that it is about; nil for records without one.
  public let resetID: String?
  /// The managed field as the mapping spells it; nil for conflicts of a whole item.
  public let field: String?
  /// What both sides last agreed on.
  public let base: BasePair
  /// What the source has.
  public let source: FieldValue?
  /// What the remote has.
  public let remote: FieldValue?
  /// Why it is one, in words for people; nil where the kind says all.
  public let detail: String?
  /// The digest of these facts.
  public let facts: String
  /// When a run first found it.
  public let firstSeen: Timestamp
  /// When it opened last.
  public let openedAt: Timestamp?
  /// When a run last found it.
  public let lastSeen: Timestamp
  /// In how many runs.
  public let occurrences: Int
  /// Until when it counts as in flight.
  public let due: Timestamp?
  /// Who looks after it.
  public let assignee: String?
  /// Until when it is put off.
  public let snoozedUntil: Timestamp?
  /// What was decided and is in force or under way.
  public let decision: Decision?
  /// The decision before, which lapsed or was taken back.
  public let previousDecision: Decision?
  /// Who changed the remote side, from the event store.
  public let changedBy: String?
  /// When it closed, by a decision or by itself; nil while it asks something.
  public let closedAt: Timestamp?

  /// What is shown here, facts and decision: who decides names it (`decide`), in whole or by a
  /// beginning of `versionLength` digits or more.
  public var version: String {
    decision.map { Self.version(facts, $0.take, $0.by, $0.at) } ?? facts
  }

  /// The digits of a version that are printed.
  public static let versionLength = 8

  static func version(_ facts: String, _ take: String, _ by: String?, _ at: Timestamp?) -> String {
    SHA256.hex(
      of: JSONValue.array([
        .string(facts), .string(take), .string(by ?? ""), .int(Int(at?.microseconds ?? 0)),
      ]).written())
  }

  /// What a person decided.
  public struct Decision: Sendable, Hashable {
    /// The decision as it is typed.
    public let take: String
    /// Who.
    public let by: String?
    /// When.
    public let at: Timestamp?
    /// Why.
    public let reason: String?
    /// The digest of the facts that its author saw.
    public let facts: String?
  }
}

/// One line of a conflict's history.
public struct ConflictStep: Sendable, Hashable {
  /// When.
  public let time: Timestamp
  /// The run, or nil for a person's act.
  public let run: String?
  /// What happened: `found`, `seen`, `moved`, `gone`, `decided`, `settled`, `snoozed`, `woke`,
  /// `reopened`, `assigned`, `commented`, `undone`.
  public let kind: String
  /// The state after it, as `ConflictState` spells it, or `auto_resolved`.
  public let state: String
  /// The state before it; empty at its birth.
  public let previousState: String
  /// Who.
  public let by: String?
  /// Why, or the comment.
  public let reason: String?
  /// The decision as it is typed; nil for steps that decide nothing.
  public let decision: String?
  /// What both sides had last agreed on at that time.
  public let base: BasePair
  /// The source's value then.
  public let source: FieldValue?
  /// The remote's value then.
  public let remote: FieldValue?
}

/// How many conflicts of one sort are open.
public struct OpenConflicts: Sendable, Hashable {
  /// How urgent they are.
  public let severity: Severity
  /// What they are about.
  public let kind: ConflictKind
  /// Their mapping; empty for those of none.
  public let mapping: String
  /// How many, at least one.
  public let count: Int
}

/// Which conflicts are asked for.
public struct ConflictFilter: Sendable, Hashable {
  /// In one of these states; nil for any.
  public var states: Set<ConflictState>?
  /// Of one of these kinds.
  public var kinds: Set<ConflictKind>?
  /// Of one of these severities.
  public var severities: Set<Severity>?
  /// Of the mapping with this name; nil for any.
  public var mapping: String?
  /// About this managed field, as the mapping spells it; nil for any.
  public var field: String?
  /// Whose key has this reference, in normal form; nil for any.
  public var reference: String?
  /// About the reset with this id; nil for any.
  public var resetID: String?
  /// First seen before this time.
  public var firstSeenBefore: Timestamp?
  /// First seen at this time or later.
  public var firstSeenSince: Timestamp?
  /// Opened last after this time.
  public var openedAfter: Timestamp?
  /// Opened last at this time or before.
  public var openedUntil: Timestamp?
  /// Open at this time, as their history tells.
  public var openAt: Timestamp?
  /// Looked after by this person; "" for nobody.
  public var assignee: String?
  /// With this text in id, reference, reset, field or one of the values, without regard to case
  /// of ASCII letters.
  public var text: String?

  /// A filter that every conflict passes, whatever its state.
  public init() {}

  /// A filter that the open ones pass, of any kind.
  public static var open: ConflictFilter {
    var filter = ConflictFilter()
    filter.states = [.open]
    return filter
  }
}
