internal import CSQLite
internal import Glibc

/// A failure of SQLite: what it said and in which statement, never the values bound to it.
public struct SQLiteError: Error, Sendable, Hashable {
  /// What kind of failure it is, for callers that act on it.
  public enum Kind: Sendable, Hashable {
    /// Another connection held the lock for longer than the busy timeout.
    case busy
    /// The disk (or `max_page_count`) is full; the transaction was rolled back.
    case full
    /// The file or the connection is read-only.
    case readOnly
    /// The file is damaged.
    case corrupt
    /// The file is no SQLite database.
    case notADatabase
    /// The file can't be opened (missing, no permission).
    case cannotOpen
    /// The process may open no more files.
    case tooManyFiles
    /// A constraint or a trigger refused the change.
    case constraint
    /// `Connection.interrupter` stopped the statement.
    case interrupted
    /// The operating system failed to read or write.
    case inputOutput
    /// The file was made by a newer version of this program (see `Migrator`).
    case newerSchema
    /// Anything else, mostly a mistake in a statement.
    case other
  }

  /// The extended result code.
  public let code: Int32
  /// SQLite's message.
  public let message: String
  /// The statement's text with its parameters unfilled, if one was running.
  public let statement: String?
  /// The kind of failure.
  public let kind: Kind

  /// Makes an error from a result code; `kind` follows from the code unless given.
  public init(code: Int32, message: String, statement: String? = nil, kind: Kind? = nil) {
    self.code = code
    self.message = message
    self.statement = statement
    self.kind = kind ?? Self.kind(of: code & 0xff)
  }

  /// Makes an error with the words of the operating system, if it had any (`errno(3)`, else 0).
  init(code: Int32, message: String, statement: String?, errno: Int32) {
    let words = errno == 0 ? message : unsafe "\(message) (\(String(cString: strerror(errno))))"
    self.init(
      code: code, message: words, statement: statement,
      kind: Self.kind(of: code, errno: errno))
  }

  /// What the operating system said tells more than SQLite's own code, where both are known.
  static func kind(of code: Int32, errno: Int32) -> Kind {
    switch errno {
    case ENOSPC, EDQUOT: .full
    case EROFS, EACCES, EPERM: .readOnly
    case EMFILE, ENFILE: .tooManyFiles
    default: kind(of: code & 0xff)
    }
  }

  private static func kind(of primary: Int32) -> Kind {
    switch primary {
    // The last: the log has to be recovered, and somebody holds one of its locks.
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
    case SQLITE_FULL: .full
    case SQLITE_READONLY, SQLITE_PERM: .readOnly
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_CANTOPEN, SQLITE_AUTH: .cannotOpen
    case SQLITE_CONSTRAINT: .constraint
    case SQLITE_INTERRUPT: .interrupted
    case SQLITE_IOERR: .inputOutput
    default: .other
    }
  }
}

extension SQLiteError: CustomStringConvertible {
  /// One line for logs: code, message and the head of the statement.
  public var description: String {
    let head = statement.map { " in: \($0.prefix(Self.statementCharactersMax))" } ?? ""
    return "SQLite error \(code): \(message)\(head)"
  }

  /// Characters of a statement shown in a description.
  private static let statementCharactersMax = 200
}
