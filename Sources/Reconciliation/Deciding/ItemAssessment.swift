/// A side.
public enum Side: String, Sendable, Hashable, CaseIterable {
  /// The ERP or CRM.
  case source
  /// Commerce Layer.
  case remote

  /// The other one.
  public var other: Side { self == .source ? .remote : .source }
}

/// What becomes of one managed field in one run.
public enum FieldResult: Sendable, Hashable {
  /// Both sides are equal.
  case agree
  /// This value is written to the remote.
  case write(FieldValue, WriteReason)
  /// The remote's value is accepted; nothing is written.
  case acceptRemote
  /// A person must decide.
  case contested
  /// Different on purpose, nothing moved since.
  case keptApart
  /// The source says nothing in this run.
  case ignored
  /// The cell can't become a value, or the target can't hold one.
  case invalid(String)
  /// This value would be written, but another field of its group or the item is held.
  case held(FieldValue)
  /// Frozen by a write fight until a person decides.
  case frozen

  /// The name of the result, as `explain` shows it.
  public var name: String {
    switch self {
    case .agree: "agree"
    case .write: "write"
    case .acceptRemote: "accept_remote"
    case .contested: "contested"
    case .keptApart: "kept_apart"
    case .ignored: "ignored"
    case .invalid: "invalid"
    case .held: "held"
    case .frozen: "frozen"
    }
  }
}

/// One managed field of an item: its three values and what becomes of them.
public struct FieldOutcome: Sendable, Hashable {
  /// The field, by its metadata spelling.
  public let field: String
  /// The base.
  public let base: BasePair
  /// What the source says.
  public let source: SourceValue
  /// What the remote holds.
  public let remote: FieldValue
  /// What becomes of it.
  public let outcome: FieldResult

  /// Takes all parts as they are.
  public init(
    field: String, base: BasePair, source: SourceValue, remote: FieldValue, outcome: FieldResult
  ) {
    self.field = field
    self.base = base
    self.source = source
    self.remote = remote
    self.outcome = outcome
  }
}

/// A value that a policy overwrote or ignored: kept in the journal, closed at birth in the log.
public struct Overruled: Sendable, Hashable {
  /// The field, by its metadata spelling.
  public let field: String
  /// The side that won.
  public let winner: Side
  /// The value that won.
  public let winning: FieldValue
  /// The value that lost.
  public let losing: FieldValue
  /// The policy.
  public let policy: Policy

  /// Takes all parts as they are.
  public init(
    field: String, winner: Side, winning: FieldValue, losing: FieldValue, policy: Policy
  ) {
    self.field = field
    self.winner = winner
    self.winning = winning
    self.losing = losing
    self.policy = policy
  }
}

/// Everything that one run decides about one item.
public struct ItemAssessment: Sendable {
  /// The item.
  public let item: ItemID
  /// The mapping; nil where none applies.
  public let mapping: String?
  /// The key: of the link, else the current one; nil where there is none.
  public let key: Key?
  /// The one situation.
  public let situation: Situation
  /// The situation of the last run.
  public let previous: Situation?
  /// What happens to links.
  public var linkChanges: [LinkChange] = []
  /// The managed fields, where they were looked at.
  public var fields: [FieldOutcome] = []
  /// The managed fields behind a question that comes first, where somebody was asked about one.
  public var fieldsBehind: [FieldOutcome] = []
  /// What would be found about them, also what nobody was asked about.
  public var findingsBehind: [ConflictFinding] = []
  /// What is to be sent; nil when nothing is.
  public var update: PlannedUpdate?
  /// The bases to store now: agreements and accepted differences; those of writes are in `update`.
  public var baseMoves = Base()
  /// The conflicts that this run finds.
  public var findings: [ConflictFinding] = []
  /// What policies overruled.
  public var autoResolved: [Overruled] = []
  /// Whether a person took the pair apart, so that nothing is asked about it.
  public var isParted = false
  /// Whether every push of the item is withheld.
  public var holds: Bool
  /// How many fields have a write that is withheld.
  public var heldFields: Int {
    fields.count { if case .held = $0.outcome { true } else { false } }
  }

  /// Whether the item has, or had before this run, a record or a reset but not both.
  public var isOneSided: Bool { situation.isOneSided || previous?.isOneSided ?? false }

  /// An assessment with nothing but its situation.
  public init(
    item: ItemID, mapping: String?, key: Key?, situation: Situation, previous: Situation?
  ) {
    self.item = item
    self.mapping = mapping
    self.key = key
    self.situation = situation
    self.previous = previous
    holds = situation.holds
  }
}
