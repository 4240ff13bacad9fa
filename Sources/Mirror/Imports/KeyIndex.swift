internal import SQLite

/// The index of the records' keys, made behind the rows of a first export instead of with each.
///
/// Sorting all keys once costs less than finding the place of each, above all where the export has
/// no order. Everything is part of the import's transaction: what fails leaves the index as it was.
/// The transaction must sort in files, or the sorting has no bound of memory.
struct KeyIndex {
  /// Exports below this many bytes gain nothing.
  static let lateBytesMin: Int64 = 1 << 20
  /// Memory for sorting, in KiB; what is beyond it goes to a file.
  private static let sortingKibibytes = 8_192

  private let database: Connection

  /// Whether no mapping has a record.
  static func isEmpty(_ database: Connection) throws -> Bool {
    try database.integer("SELECT EXISTS(SELECT 1 FROM records)") == 0
  }

  /// Drops the index of an empty table.
  init(dropping database: Connection) throws {
    self.database = database
    try database.execute("DROP INDEX records_by_key")
  }

  /// Makes the index.
  ///
  /// Throws `ShortcutFailed` if a key stands there twice, or if there is no room to sort.
  func make() throws {
    do {
      try database.withCache(kibibytes: Self.sortingKibibytes) {
        try database.execute(Schema.recordsByKey)
      }
    } catch is SQLiteError {
      throw ShortcutFailed()
    }
  }
}
