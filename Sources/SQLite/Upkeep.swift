internal import CSQLite

extension Connection {
  /// What `PRAGMA integrity_check` finds, one text per problem; empty if all is well.
  public func integrityProblems(limit: Int = 100) throws -> [String] {
    let found = try all("PRAGMA integrity_check(\(limit))") { $0.text(0) }
    return found == ["ok"] ? [] : found
  }

  /// Rows that refer to rows that don't exist, as "table row → table"; empty if all is well.
  public func foreignKeyProblems() throws -> [String] {
    try all("PRAGMA foreign_key_check") { "\($0.text(0)) row \($0.int64(1)) → \($0.text(2))" }
  }

  /// Copies the whole database to `path` while it stays in use.
  ///
  /// `pagesPerStep` pages are copied at a time, and `progress(done, all)` is called in between.
  public func backUp(
    to path: String, pagesPerStep: Int = 4_096, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(SQLiteError) {
    var options = Options()
    options.writeAheadLog = false
    let target = try Connection(path: path, options: options)
    guard let backup = unsafe sqlite3_backup_init(target.handle, "main", handle, "main") else {
      throw target.error(SQLITE_ERROR, nil)
    }
    var code = SQLITE_OK
    repeat {
      code = unsafe sqlite3_backup_step(backup, Int32(pagesPerStep))
      let all = unsafe Int(sqlite3_backup_pagecount(backup))
      let left = unsafe Int(sqlite3_backup_remaining(backup))
      progress(all - left, all)
      // Another process writes: wait a little for it, the copy then starts over by itself.
      if code == SQLITE_BUSY || code == SQLITE_LOCKED { sqlite3_sleep(10) }
    } while code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED
    let finished = unsafe sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE, finished == SQLITE_OK else {
      throw target.error(code == SQLITE_DONE ? finished : code, nil)
    }
    // The copy carries the source's WAL mark; a backup is to be one file that needs no other.
    try target.execute("PRAGMA journal_mode = DELETE")
  }

  /// Where a connection sorts what is larger than its page cache.
  public enum Sorting: Sendable {
    /// In memory, as from the start.
    case inMemory
    /// In files that stand without a name in the folder of the database.
    case inFiles
  }

  /// Says where later statements sort; must not be called within a transaction.
  ///
  /// Folders like /tmp are not used: what is sorted may be private, and they may be memory
  /// themselves.
  public func sort(_ place: Sorting) throws(SQLiteError) {
    guard place == .inFiles else { return try execute("PRAGMA temp_store = MEMORY") }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    // SQLite calls this pragma deprecated since it holds for the whole process: here all that
    // matters is that it names a folder of a database.
    try execute("PRAGMA temp_store_directory = '\(folder.replacing("'", with: "''"))'")
    try execute("PRAGMA temp_store = FILE")
  }

  /// Runs `body` with a page cache of another size, which also bounds the memory for sorting.
  public func withCache(kibibytes: Int, _ body: () throws -> Void) throws {
    let size = try integer("PRAGMA cache_size") ?? 0
    try execute("PRAGMA cache_size = -\(kibibytes)")
    // It only fails where the next statement will too.
    defer { try? execute("PRAGMA cache_size = \(size)") }
    try body()
  }

  /// Moves the write-ahead log into the database file and empties it, as far as readers allow.
  public func checkpoint() throws(SQLiteError) {
    try execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// Size of the database in bytes, without its write-ahead log.
  public var sizeBytes: Int64 {
    get throws(SQLiteError) {
      try (integer("PRAGMA page_count") ?? 0) * (integer("PRAGMA page_size") ?? 0)
    }
  }

  /// SQLite's version, as "3.40.1".
  public static var libraryVersion: String { unsafe String(cString: sqlite3_libversion()) }
}
