public import Reconciliation

/// What a reconcile did.
public struct ReconcileOutcome: Sendable {
  /// What it found.
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
  /// Updates withheld, for whatever reason.
  public let withheld: Int
  /// Updates that tripped rails hold back, in a dry run too; by verdict of `clearance`, and all.
  public let railed: (each: [Int], all: Int)
  /// Conflicts that opened.
  public let opened: Int
  /// Conflicts that closed.
  public let closed: Int
  /// Decisions that lapsed.
  public let lapsed: Int
}
