public import Formats
public import Reconciliation

/// What a reconcile is to look at, and how.
public struct ReconcileRequest: Sendable {
  /// The run.
  public var run: String
  /// The time that rules, graces and stamps go by.
  public var now: Timestamp
  /// The rules.
  public var book: RuleBook
  /// Store the plan and change nothing else.
  public var isDryRun: Bool
  /// Only these mappings (and no reset without mapping); nil for all.
  public var mappings: Set<String>?
  /// Only keys and resets with one of these references (raw or normal form) or reset ids; nil for
  /// all.
  public var references: [String]?
  /// Look at every key, not only at those that changed.
  public var walksAll: Bool

  /// Takes all parts as they are.
  public init(
    run: String, now: Timestamp, book: RuleBook, isDryRun: Bool = false,
    mappings: Set<String>? = nil, references: [String]? = nil, walksAll: Bool = false
  ) {
    self.run = run
    self.now = now
    self.book = book
    self.isDryRun = isDryRun
    self.mappings = mappings
    self.references = references
    self.walksAll = walksAll
  }
}

/// What a walk over the keys found; the rails are judged on it and on what was assessed.
public struct WalkTally: Sendable, Hashable {
  /// Key groups looked at.
  public var groups = 0
  /// Items assessed.
  public var items = 0
  /// Updates planned.
  public var updates = 0
  /// Values in those updates.
  public var fields = 0
  /// Items or fields whose pushes are withheld for a conflict.
  public var held = 0
  /// Conflicts found that nobody has decided.
  public var conflicts = 0
  /// Links that are not closed, by mapping, this run's new ones included.
  public var linked: [String: Int] = [:]
  /// Mappings that were walked whole.
  public var walkedWhole: Set<String> = []
  /// Open `source_deleted` conflicts that this walk did not look at, by mapping.
  public var sourceDeletedElsewhere: [String: Int] = [:]
  /// Mappings with an item that has, or had before, but one side: these may be near misses.
  public var oneSided: Set<String> = []
  /// Open `rekeyed` conflicts that this walk did not look at, by mapping.
  public var rekeyedElsewhere: [String: Int] = [:]

  /// Nothing yet.
  public init() {}
}

/// What may leave for the remote.
public enum Sending {
  /// All planned updates.
  case all
  /// None: withheld by a rail, a pause, or a dry run.
  case none
  /// Those that pass.
  case only((PlannedUpdate) -> Bool)
}

/// The word of the rails on a plan.
public struct Clearance {
  /// The digest of the plan.
  public var digest: String
  /// What the rails measured, for the stored plan.
  public var verdicts: JSONValue
  /// What may leave.
  public var sending: Sending
  /// Mappings of which too many resets are newly gone.
  public var emptied: Set<String>

  /// Takes all parts as they are.
  public init(
    digest: String, verdicts: JSONValue = .array([]), sending: Sending, emptied: Set<String> = []
  ) {
    self.digest = digest
    self.verdicts = verdicts
    self.sending = sending
    self.emptied = emptied
  }
}

/// What a reconcile did.
public struct ReconcileOutcome: Sendable, Hashable {
  /// What the walk found.
  public let tally: WalkTally
  /// Items by situation, all of them and not only those looked at.
  public let situations: [Situation: Int]
  /// The same by mapping, without zeros; resets of no mapping under "".
  public let situationsByMapping: [String: [Situation: Int]]
  /// The stored plan.
  public let plan: Int64
  /// Updates put into the outbox.
  public let queued: Int
  /// Updates withheld.
  public let withheld: Int
  /// Conflicts that opened.
  public let opened: Int
  /// Conflicts that closed.
  public let closed: Int
  /// Decisions that lapsed.
  public let lapsed: Int
}
