public import Formats
public import Reconciliation

/// What a reconcile is to look at, and how.
public struct ReconcileRequest: Sendable {
  /// The run.
  public var run: String
  /// The time that rules, graces and stamps go by.
  public var now: Timestamp
  /// All mappings, by whose rules keys are assigned and items assessed.
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
