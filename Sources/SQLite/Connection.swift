internal import CSQLite

/// One connection to a database file, with a cache of prepared statements.
///
/// Not Sendable: an actor (on a `DatabaseExecutor`) or a single thread owns it. Every connection is
/// opened defensively: foreign keys on, schema not trusted, double-quoted strings off.
@safe public final class Connection {
  /// How a connection is opened.
  public struct Options: Sendable {
    /// What may be done with the file.
    public enum Access: Sendable {
      /// Read only; the file must exist.
      case readOnly
      /// Read and write; the file must exist.
      case readWrite
      /// Read and write; the file is made if it doesn't exist.
      case create
    }

    /// When a commit waits for the disk.
    public enum Synchronous: String, Sendable {
      /// Safe against a crash of the process; a power cut may undo the last commits.
      case normal = "NORMAL"
      /// Safe against a power cut too.
      case full = "FULL"
    }

    /// What may be done with the file.
    public var access = Access.create
    /// How long a statement waits for a lock, in milliseconds.
    public var busyTimeoutMilliseconds = 5_000
    /// When a commit waits for the disk.
    public var synchronous = Synchronous.full
    /// Size of the page cache, in KiB.
    public var cacheKibibytes = 2_048
    /// The number in the file's header that says which program it belongs to; 0 leaves it alone.
    public var applicationID: Int32 = 0
    /// Write-ahead log (readers never block the writer); only for connections that may write.
    public var writeAheadLog = true

    /// The defaults.
    public init() {}
  }

  let base: OpenDatabase
  var handle: OpaquePointer { unsafe base.handle }
  private var cache: [String: Statement] = [:]
  private let interruption: Interruption
  /// The path it was opened with.
  public let path: String

  /// Statements kept prepared; beyond it the cache starts anew.
  private static let cachedStatementsMax = 300

  /// SQLite without its counting of memory, set up once before the first database is opened.
  private static let libraryIsSetUp: Bool = shim_sqlite3_config_no_memory_status() == SQLITE_OK

  /// Opens a database file.
  ///
  /// Throws `SQLiteError` if the file can't be opened, is no database or belongs to another
  /// program.
  public init(path: String, options: Options = Options()) throws(SQLiteError) {
    _ = Self.libraryIsSetUp
    var opened: OpaquePointer?
    let flags =
      switch options.access {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    let code = unsafe sqlite3_open_v2(
      path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let handle = unsafe opened else {
      throw SQLiteError(code: code, message: "out of memory")
    }
    unsafe base = OpenDatabase(handle)
    self.path = path
    unsafe interruption = Interruption(handle)
    guard code == SQLITE_OK else {
      let failure = error(code, nil)
      throw SQLiteError(
        code: failure.code, message: "\(failure.message): \(path)", kind: failure.kind)
    }
    try configure(options)
  }

  deinit {
    interruption.end()
  }

  private func configure(_ options: Options) throws(SQLiteError) {
    unsafe sqlite3_busy_timeout(handle, Int32(options.busyTimeoutMilliseconds))
    for (flag, on) in [
      (SQLITE_DBCONFIG_DEFENSIVE, Int32(1)), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
      (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
      (SQLITE_DBCONFIG_ENABLE_FKEY, 1),
    ] {
      let code = unsafe shim_sqlite3_db_config_flag(handle, flag, on)
      guard code == SQLITE_OK else { throw error(code, nil) }
    }
    try claim(options)
    try execute("PRAGMA cache_size = -\(options.cacheKibibytes)")
    // Sorting and temporary tables may hold e-mail addresses: they stay out of shared /tmp.
    try execute("PRAGMA temp_store = MEMORY")
    guard options.access != .readOnly else { return }
    if options.writeAheadLog { try execute("PRAGMA journal_mode = WAL") }
    try execute("PRAGMA synchronous = \(options.synchronous.rawValue)")
  }

  /// Refuses a file of another program, and marks a new one as ours.
  private func claim(_ options: Options) throws(SQLiteError) {
    guard options.applicationID != 0 else { return }
    let found = try integer("PRAGMA application_id") ?? 0
    guard found != Int64(options.applicationID) else { return }
    let tables = try integer("SELECT count(*) FROM sqlite_schema") ?? 0
    guard found == 0, tables == 0 else {
      throw SQLiteError(
        code: SQLITE_NOTADB, message: "\(path) is a database of another program")
    }
    guard options.access != .readOnly else { return }
    try execute("PRAGMA application_id = \(options.applicationID)")
  }

  // MARK: Statements

  /// Runs one or several statements without parameters.
  public func execute(_ sql: String) throws(SQLiteError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql) }
  }

  /// Prepares a statement that the caller keeps; for loops that bind and run it many times.
  public func statement(_ sql: String) throws(SQLiteError) -> Statement {
    try Statement(sql, on: self)
  }

  /// Lends a cached statement to `body`, bound to `values`; reset afterwards.
  public func with<R>(
    _ sql: String, _ values: [any Bindable], _ body: (Statement) throws -> R
  ) throws -> R {
    // Taken out of the cache while in use, so that a nested use of the same text gets its own.
    let statement = try cache.removeValue(forKey: sql) ?? Statement(sql, on: self)
    statement.bind(all: values)
    defer { giveBack(statement) }
    return try body(statement)
  }

  private func giveBack(_ statement: Statement) {
    statement.clear()
    if cache.count >= Self.cachedStatementsMax { cache.removeAll() }
    cache[statement.sql] = statement
  }

  /// Runs a statement to its end; returns the number of rows it changed.
  @discardableResult
  public func run(_ sql: String, _ values: any Bindable...) throws -> Int {
    try with(sql, values) { statement in
      while try statement.step() {}
      return changes
    }
  }

  /// Calls `body` for each row.
  public func each(
    _ sql: String, _ values: any Bindable..., body: (Statement) throws -> Void
  ) throws {
    try with(sql, values) { statement in
      while try statement.step() { try body(statement) }
    }
  }

  /// The rows, each made into a value by `row`.
  public func all<R>(
    _ sql: String, _ values: any Bindable..., row: (Statement) throws -> R
  ) throws -> [R] {
    try with(sql, values) { statement in
      var rows: [R] = []
      while try statement.step() { rows.append(try row(statement)) }
      return rows
    }
  }

  /// The first row made into a value by `row`, or nil if there is none.
  public func first<R>(
    _ sql: String, _ values: any Bindable..., row: (Statement) throws -> R
  ) throws -> R? {
    try with(sql, values) { statement in
      try statement.step() ? try row(statement) : nil
    }
  }

  /// The first column of the first row of a statement without parameters.
  public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    let statement = try Statement(sql, on: self)
    return try statement.step() ? statement.int64(0) : nil
  }

  /// Rows changed by the last INSERT, UPDATE or DELETE.
  public var changes: Int { unsafe Int(sqlite3_changes64(handle)) }

  /// The rowid of the last INSERT.
  public var lastInsertID: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// True while a transaction is open.
  public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Changes when another connection committed to the file.
  public var dataVersion: Int64 {
    get throws(SQLiteError) { try integer("PRAGMA data_version") ?? 0 }
  }

  /// Stops the running statement from another thread.
  public var interrupter: Interruption { interruption }

  func error(_ code: Int32, _ sql: String?) -> SQLiteError { base.error(code, sql) }
}

/// The open database behind a connection, closed when neither that nor a statement needs it.
///
/// Statements hold this and not the connection, which keeps some of them: they would keep each
/// other, and the file, open for ever.
@safe final class OpenDatabase {
  let handle: OpaquePointer

  init(_ handle: OpaquePointer) { unsafe self.handle = handle }

  deinit { unsafe sqlite3_close_v2(handle) }

  /// The error number of the operating system behind a failure to open, read or write; else 0.
  private func systemError(_ code: Int32) -> Int32 {
    [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xff)
      ? unsafe sqlite3_system_errno(handle) : 0
  }

  func error(_ code: Int32, _ sql: String?) -> SQLiteError {
    let extended = unsafe sqlite3_extended_errcode(handle)
    let same = extended & 0xff == code & 0xff
    let message =
      same
      ? unsafe String(cString: sqlite3_errmsg(handle))
      : unsafe String(cString: sqlite3_errstr(code))
    return SQLiteError(
      code: same ? extended : code, message: message, statement: sql, errno: systemError(code))
  }
}
