internal import Effects

/// Keeps the ledger that all requests from one address share.
///
/// Several processes on one mirror share one by an implementation over the mirror: read
/// `RateLedger(text:)`, run the step, write `text`, all in one exclusive transaction.
public protocol RateBudgetStore: Sendable {
  /// Runs one step on the ledger; nobody else sees or changes it meanwhile.
  func update<Value: Sendable>(
    _ step: @Sendable (inout RateLedger) -> Value
  ) async throws -> Value
}

/// A ledger in memory, for one process.
public final class MemoryRateBudget: RateBudgetStore {
  private let ledger = Lock(RateLedger())

  /// Makes an empty ledger.
  public init() {}

  /// Runs one step on the ledger.
  public func update<Value: Sendable>(
    _ step: @Sendable (inout RateLedger) -> Value
  ) async throws -> Value {
    ledger.withLock { step(&$0) }
  }
}
