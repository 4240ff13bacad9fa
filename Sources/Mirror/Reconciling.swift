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

/// What a reconcile did.
public struct ReconcileOutcome: Sendable, Hashable {
  /// What the walk found.
  public let tally: Tally
  /// What the rails said.
  public let clearance: Clearance
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
