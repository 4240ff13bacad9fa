internal import Formats
internal import Reconciliation
internal import SQLite

/// The memory of the program: what both sides said, what they agreed on, what is to be done.
///
/// The only place that talks SQL. An actor on a thread of its own; each method is one transaction
/// and never waits for anything but the disk. Times come in as arguments. Closures handed to it run
/// on its thread, inside the transaction, and must not call it.
public actor Mirror {
  private let executor: DatabaseExecutor
  let file: MirrorDatabase
  /// The path of the file, as it was opened.
  public nonisolated let path: String
  /// True if it was opened for reading only.
  public nonisolated let isReadOnly: Bool

  /// What the running full pull has seen, as far as it is in memory.
  var seen: SeenResets?
  /// Prepared when the first reset is stored.
  var resetStatements: ResetStatements?

  /// The byte of the file `-shm` that SQLite locks for whoever writes (`WAL_WRITE_LOCK`).
  public static let writeLockByte = 120

  /// How a mirror is opened.
  public enum Access: Sendable {
    /// Read and write; made if it doesn't exist, its schema brought up to date.
    case readWrite
    /// Read only, beside a process that writes.
    case readOnly
  }

  /// Memory for pages of the writing connection, in KiB.
  static let cacheKibibytes = 36_864
  /// Memory for pages of a connection that reads beside it, in KiB.
  static let readerCacheKibibytes = 4_096

  /// Runs on a thread of its own, where waiting for the disk is allowed.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe executor.asUnownedSerialExecutor()
  }

  private init(
    _ database: sending Connection, path: String, isReadOnly: Bool, emailKey: [UInt8]?
  ) {
    file = MirrorDatabase(
      database, path: path, emailHasher: emailKey.map { EmailHasher(key: $0) })
    self.path = path
    self.isReadOnly = isReadOnly
    executor = DatabaseExecutor(label: isReadOnly ? "mirror.reader" : "mirror")
  }

  /// Opens a mirror; a new one is a file of mode 0600 in a folder of mode 0700.
  ///
  /// A database of an older version is saved as `PATH.vN.bak` before its schema moves on.
  /// `emailKey` keys the hashes that stand in the place of e-mails that retention removed; it is
  /// kept outside of the mirror. Throws `MirrorError`.
  public static func open(
    path: String, access: Access = .readWrite, emailKey: [UInt8]? = nil
  ) throws -> Mirror {
    do {
      try PrivateFiles.refuseFolder(path)
      if access == .readWrite { try PrivateFiles.prepare(path) }
      let database = try Connection(path: path, options: options(access))
      if access == .readWrite {
        try Schema.migrator.migrate(database) { from in
          try database.backUp(to: PrivateFiles.fresh("\(path).v\(from).bak"))
        }
      } else if try Schema.migrator.checked(database) < Schema.migrator.latest {
        throw MirrorError(
          .cannotOpen, "mirror \(path) has an older schema",
          hint: "run a command that writes, e.g. `resetsync verify`, to bring it up to date")
      }
      return Mirror(
        database, path: path, isReadOnly: access == .readOnly, emailKey: emailKey)
    } catch let error as SQLiteError {
      if error.kind == .notADatabase, isOfEarlierProgram(path) {
        throw MirrorError(
          .corrupt, "mirror \(path) was written by a program before the first version",
          hint: "its tables are others, and nothing of them is read: move the file away, keep its "
            + "conflict log, and let the next run make a new mirror", path: path)
      }
      throw MirrorError(error, path: path)
    }
  }

  private static func isOfEarlierProgram(_ path: String) -> Bool {
    var options = Connection.Options()
    options.access = .readOnly
    let found = try? Connection(path: path, options: options).integer("PRAGMA application_id")
    return found == Int64(Schema.earlierApplicationID)
  }

  static func options(_ access: Access) -> Connection.Options {
    var options = Connection.Options()
    options.applicationID = Schema.applicationID
    options.access = access == .readWrite ? .readWrite : .readOnly
    options.cacheKibibytes = access == .readWrite ? cacheKibibytes : readerCacheKibibytes
    // Full: decisions of people and intents to send must survive a power cut. Pulls and imports,
    // which can be repeated, go through `relaxed` where they commit often.
    options.synchronous = .full
    return options
  }

  // MARK: Transactions

  /// One transaction that may write; `MirrorError` for what SQLite refuses.
  func write<R>(_ body: () throws -> R) throws -> R {
    try file.begin()
    do {
      let result = try body()
      try file.commit()
      return result
    } catch {
      seen = nil
      throw file.rollBack(after: error)
    }
  }

  /// One consistent look.
  func read<R>(_ body: () throws -> R) throws -> R {
    do {
      return try database.isInTransaction ? body() : database.transaction(.deferred, body)
    } catch {
      throw translated(error)
    }
  }

  /// Writes of work that a power cut may undo, because repeating it is harmless and it commits
  /// often.
  ///
  /// The next full commit flushes the log with everything before it.
  func writeRelaxed<R>(_ body: () throws -> R) throws -> R {
    do {
      try database.execute("PRAGMA synchronous = NORMAL")
      defer { try? database.execute("PRAGMA synchronous = FULL") }
      return try write(body)
    } catch {
      throw translated(error)
    }
  }

  /// Writes of work that may sort more than memory should hold.
  func writeSorting<R>(_ body: () throws -> R) throws -> R {
    do {
      try database.sort(.inFiles)
      // It only fails where the next statement will too.
      defer { try? database.sort(.inMemory) }
      return try write(body)
    } catch {
      throw translated(error)
    }
  }
}

extension Timestamp {
  /// The time in an integer column.
  init(_ microseconds: Int64) { self.init(microseconds: microseconds) }
}
