/// One step of a schema: brings a database from `version - 1` to `version`.
public struct SchemaStep: Sendable {
  /// The version it leads to, from 1.
  public let version: Int
  /// The statements.
  public let sql: String

  /// Makes a step.
  public init(version: Int, sql: String) {
    self.version = version
    self.sql = sql
  }
}

/// Brings a database's schema up to date: forward only, one transaction for all steps.
public struct Migrator: Sendable {
  private let steps: [SchemaStep]

  /// Makes a migrator; the steps must be numbered 1, 2, 3, ….
  public init(_ steps: [SchemaStep]) {
    precondition(steps.map(\.version) == Array(1...max(1, steps.count)), "steps out of order")
    self.steps = steps
  }

  /// The version that this program writes.
  public var latest: Int { steps.count }

  /// The version a database has; 0 for a new one.
  public func version(of database: Connection) throws(SQLiteError) -> Int {
    Int(try database.integer("PRAGMA user_version") ?? 0)
  }

  /// Applies the missing steps; `before` runs first if a database with data is to change.
  ///
  /// Throws `SQLiteError` of kind `newerSchema` if the database is newer than this program.
  /// Returns the versions before and after.
  @discardableResult
  public func migrate(
    _ database: Connection, before: (_ from: Int) throws -> Void = { _ in }
  ) throws -> (from: Int, to: Int) {
    let found = try checked(database)
    guard found < latest else { return (found, found) }
    if found > 0 { try before(found) }
    return try database.transaction {
      // Asked again under the lock: another process may have done the work meanwhile.
      let from = try checked(database)
      for step in steps where step.version > from { try database.execute(step.sql) }
      try database.execute("PRAGMA user_version = \(latest)")
      return (from, latest)
    }
  }

  /// The database's version, unless it is newer than this program.
  public func checked(_ database: Connection) throws(SQLiteError) -> Int {
    let found = try version(of: database)
    guard found <= latest else {
      throw SQLiteError(
        code: 1,
        message: "\(database.path) has schema version \(found), this program knows \(latest)",
        kind: .newerSchema)
    }
    return found
  }
}
