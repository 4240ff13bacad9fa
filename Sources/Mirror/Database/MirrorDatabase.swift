internal import Formats
internal import Reconciliation
internal import SQLite

/// The writing connection, with what is remembered beside it: small numbers for names, and what the
/// open transaction has still to store at its end.
///
/// The stores of the nouns work on it; whoever holds it is on the mirror's thread.
final class MirrorDatabase {
  let database: Connection
  /// The file.
  let path: String
  /// Hashes e-mails with the key of this mirror; nil while there is none.
  var emailHasher: EmailHasher?

  // Caches of rows that are only ever added; emptied when a transaction rolls back.
  var mappingIDs: [String: Int64] = [:]
  var originIDs: [String: Int64] = [:]
  var names = StoredNames()
  var columnSetIDs: [[String]: Int64] = [:]
  /// The end of the journal as the open transaction knows it.
  var journalEnd: JournalEnd?
  /// The marks that the open transaction has made.
  var dirtyKeys = DirtyKeys()

  init(_ database: Connection, path: String, emailHasher: EmailHasher?) {
    self.database = database
    self.path = path
    self.emailHasher = emailHasher
  }

  // MARK: Transactions

  /// Begins a transaction that may write.
  func begin() throws {
    journalEnd = nil
    dirtyKeys = DirtyKeys()
    do { try database.begin(.immediate) } catch { throw translated(error) }
  }

  /// Stores what the transaction has kept back, and ends it.
  func commit() throws {
    try storeDirtyKeys()
    try noteJournalEnd()
    try database.commit()
  }

  /// Undoes the open transaction; returns the error as the mirror tells it.
  func rollBack(after error: any Error) -> any Error {
    database.rollBack()
    mappingIDs = [:]
    originIDs = [:]
    names = StoredNames()
    columnSetIDs = [:]
    return translated(error)
  }

  func translated(_ error: any Error) -> any Error {
    guard let error = error as? SQLiteError else { return error }
    return MirrorError(error, path: path)
  }

  // MARK: Facts that exist once

  func fact(_ name: String) throws -> String? {
    try database.first("SELECT value FROM facts WHERE name = ?", name) { $0.text(0) }
  }

  func setFact(_ name: String, _ value: String?) throws {
    if let value {
      try database.run("INSERT OR REPLACE INTO facts(name, value) VALUES(?, ?)", name, value)
    } else {
      try database.run("DELETE FROM facts WHERE name = ?", name)
    }
  }

  func factTime(_ name: String) throws -> Timestamp? {
    try fact(name).flatMap { Int64($0) }.map { Timestamp(microseconds: $0) }
  }
}
