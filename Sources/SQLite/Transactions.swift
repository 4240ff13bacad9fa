/// How a transaction takes its lock.
public enum TransactionKind: String, Sendable {
  /// At the first statement, and only as far as that needs; for consistent reads.
  case deferred = "DEFERRED"
  /// At once for writing, so that it never fails half-way for lack of a lock.
  case immediate = "IMMEDIATE"
}

extension Connection {
  /// Runs `body` in a transaction: commits if it returns, rolls back if it (or the commit) throws.
  public func transaction<R>(
    _ kind: TransactionKind = .immediate, _ body: () throws -> R
  ) throws -> R {
    try begin(kind)
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Begins a transaction; whoever does must `commit` or `rollBack`.
  public func begin(_ kind: TransactionKind) throws(SQLiteError) {
    try execute("BEGIN \(kind.rawValue)")
  }

  /// Ends the open transaction and keeps its work.
  public func commit() throws(SQLiteError) { try execute("COMMIT") }

  /// Runs `body` in a savepoint of the open transaction; on an error only its work is undone.
  public func savepoint<R>(_ body: () throws -> R) throws -> R {
    try execute("SAVEPOINT step")
    do {
      let result = try body()
      try execute("RELEASE step")
      return result
    } catch {
      // After SQLITE_FULL and its like the whole transaction may be gone already.
      if isInTransaction { try execute("ROLLBACK TO step; RELEASE step") }
      throw error
    }
  }

  /// Rolls back the open transaction, if SQLite has not done so by itself.
  public func rollBack() {
    guard isInTransaction else { return }
    // A failing ROLLBACK leaves nothing to do: closing the connection undoes the transaction.
    try? execute("ROLLBACK")
  }
}
