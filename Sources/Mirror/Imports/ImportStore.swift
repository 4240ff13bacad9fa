internal import Formats
internal import Reconciliation
internal import SQLite

/// The statements of an import, kept prepared; used inside one transaction of the mirror.
final class ImportStore {
  let mapping: Int64
  let presentBefore: Int
  /// Records of the mapping before the import, missing ones included.
  let storedRecords: Int
  var isFresh: Bool { storedRecords == 0 }
  /// The last record of any mapping before the import.
  let lastIDBefore: Int64
  /// Whether a key had several records before the import.
  let hasDuplicates: Bool
  private let marksAll: Bool

  let next: Statement
  let find: Statement
  let insert: Statement
  let update: Statement
  private let missing: Statement
  private let former: Statement
  private let stale: Statement
  private let file: MirrorDatabase
  private let database: Connection
  private let watchers: Bool
  /// Lists of columns that lack one which a key needs; their records can't be told any more.
  let unkeyed: Set<Int64>
  /// Hashes e-mails, while records stand that have hashes in their place.
  let hasher: EmailHasher?

  private static let columns = """
    id, mapping, origin, key, variant, missing, deleted, columns, raw_reference, raw_origin, cells,
    changed_us, receipt, line
    """

  init(
    _ file: MirrorDatabase, mapping: Int64, unkeyed: Set<Int64>, hasher: EmailHasher?
  ) throws {
    self.file = file
    database = file.database
    self.mapping = mapping
    self.unkeyed = unkeyed
    self.hasher = hasher
    marksAll = try file.walksAll(mapping)
    presentBefore =
      try database.first("SELECT records FROM mappings WHERE id = ?", mapping) { $0.int(0) } ?? 0
    storedRecords =
      try database.first("SELECT count(*) FROM records WHERE mapping = ?", mapping) { $0.int(0) }
      ?? 0
    lastIDBefore = try database.integer("SELECT max(id) FROM records") ?? 0
    hasDuplicates =
      try database.first(
        "SELECT 1 FROM records WHERE mapping = ? AND variant > 0 LIMIT 1", mapping
      ) { _ in true } ?? false
    watchers =
      try database.first("SELECT 1 FROM watched WHERE mapping = ? LIMIT 1", mapping) { _ in true }
      ?? false
    next = try database.statement(
      "SELECT \(Self.columns) FROM records WHERE id > ? ORDER BY id")
    let first = try database.first("SELECT min(id) FROM records WHERE mapping = ?", mapping) {
      $0.int64(0)
    }
    next.bind(1, (first ?? 1) - 1)
    find = try database.statement(
      "SELECT \(Self.columns) FROM records WHERE mapping = ? AND origin = ? AND key = ? "
        + "ORDER BY variant")
    insert = try database.statement(
      """
      INSERT INTO records(
        mapping, origin, key, variant, missing, deleted, columns, changed_us, receipt, line,
        first_seen, raw_reference, raw_origin, cells)
      VALUES(?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING
      """)
    update = try database.statement(
      """
      UPDATE records SET missing = 0, deleted = ?1, columns = ?2, changed_us = ?3, receipt = ?4,
        line = ?5, raw_reference = ?6, raw_origin = ?7, cells = ?8 WHERE id = ?9
      """)
    missing = try database.statement("UPDATE records SET missing = ?1 WHERE id = ?2")
    former = try database.statement("SELECT columns, cells FROM records WHERE id = ?")
    stale = try database.statement(
      "INSERT INTO stale_rows(receipt, line, origin, reference, changed_us) "
        + "VALUES(?1, ?2, ?3, ?4, ?5)")
  }

  var changes: Int { database.changes }
  var lastInsertID: Int64 { database.lastInsertID }

  func origin(_ name: String) throws -> Int64 { try file.originID(name) }
  func columnSet(_ names: [String]) throws -> Int64 { try file.columnSetID(names) }
  func columnNames(_ set: Int64) throws -> [String] { try file.columnSet(set) }

  /// Keeps everything.
  func commit() throws {
    try file.commit()
    sortInMemory()
  }

  /// Undoes everything; returns the error as the mirror tells it.
  func rollBack(after error: any Error) -> any Error {
    defer { sortInMemory() }
    return file.rollBack(after: error)
  }

  // It only fails where the next statement will too.
  private func sortInMemory() { try? database.sort(.inMemory) }

  /// Keys that were looked up one by one; beyond some, a filter of all that are stored saves most.
  private var lookups = 0
  private var filter: KeyFilter?
  private static let lookupsBeforeFilter = 1_000

  /// The records of a key, all its variants.
  func records(of key: String, origin: Int64) throws -> [Int64] {
    lookups += 1
    if lookups == Self.lookupsBeforeFilter { filter = try storedKeys() }
    if let filter, !filter.mayContain(origin, key.utf8) { return [] }
    return try database.all(
      "SELECT id FROM records WHERE mapping = ? AND origin = ? AND key = ?", mapping, origin, key
    ) { $0.int64(0) }
  }

  private func storedKeys() throws -> KeyFilter {
    var filter = KeyFilter(keys: storedRecords)
    try database.each("SELECT origin, key FROM records WHERE mapping = ?", mapping) { row in
      filter.insert(row.int64(0), row.utf8(1))
    }
    return filter
  }

  func mark(_ origin: Int64, _ key: String) throws {
    guard !marksAll else { return }
    try file.mark(StoredKey(mapping: mapping, origin: origin, text: key))
  }

  /// All records of the mapping.
  func allRecords() throws -> [Int64] {
    try database.all("SELECT id FROM records WHERE mapping = ?", mapping) { $0.int64(0) }
  }

  func setCells(_ cells: CellText, of id: Int64) throws {
    try database.run(
      "UPDATE records SET cells = ? WHERE id = ?", String(decoding: cells.bytes, as: UTF8.self), id)
  }

  /// A record is as an export says, which it had from another one until now.
  func confirm(_ id: Int64, receipt: Int64, line: Int) throws {
    try database.run(
      "UPDATE records SET receipt = ?, line = ? WHERE id = ?", receipt, line, id)
  }

  func setMissing(_ id: Int64, _ exports: Int) throws {
    missing.bind(1, exports)
    missing.bind(2, id)
    try missing.run()
  }

  /// The columns and cells that a record had before.
  struct Former {
    let columns: Int64
    let cells: CellText
  }

  func formerCells(_ id: Int64) throws -> Former {
    former.bind(1, id)
    defer { former.reset() }
    guard try former.step() else { return Former(columns: 0, cells: CellText([])) }
    return Former(columns: former.int64(0), cells: CellText(bytes: former.utf8(1)[...]))
  }

  func dropRecord(_ id: Int64) throws -> Bool { try database.dropRecord(id) }

  func place(of id: Int64) throws -> RecordPlace? {
    try database.first("SELECT origin, key FROM records WHERE id = ?", id) {
      RecordPlace(origin: $0.int64(0), key: $0.text(1))
    }
  }

  func eachDuplicated(_ body: (RecordPlace, [DuplicateRecord]) throws -> Void) throws {
    try database.eachDuplicated(of: mapping, body)
  }

  /// A record that the file does not have.
  struct Unseen {
    let id: Int64
    let missing: Int
    let place: RecordPlace
    let receipt: Int64
    let columns: Int64
  }

  /// Calls `body` for each record that the file does not have and that is not gone yet.
  func eachUnseen(_ seen: RecordBits, _ body: (Unseen) throws -> Void) throws {
    try database.each(
      """
      SELECT id, missing, origin, key, receipt, columns FROM records NOT INDEXED
      WHERE mapping = ? AND missing < ?
      """, mapping, SourceRecord.missingExportsMax
    ) { row in
      let id = row.int64(0)
      guard !seen.contains(id) else { return }
      try body(
        Unseen(
          id: id, missing: row.int(1), place: RecordPlace(origin: row.int64(2), key: row.text(3)),
          receipt: row.int64(4), columns: row.int64(5)))
    }
  }

  /// How many exports in a row lacked a record.
  func missing(_ id: Int64) throws -> Int {
    try database.first("SELECT missing FROM records WHERE id = ?", id) { $0.int(0) } ?? 0
  }

  func noteStale(_ row: StaleRow, receipt: Int64) throws {
    stale.bind(1, receipt)
    stale.bind(2, row.line)
    stale.bind(3, row.key.origin)
    stale.bind(4, row.key.reference)
    stale.bind(5, row.changedAt?.microseconds)
    try stale.run()
  }

  // MARK: Correlation

  /// The normal forms of the correlate columns, by the place of their pair.
  func correlates(
    _ mapping: Mapping, _ columns: Int64, _ cells: CellText
  ) throws -> [(pair: Int, value: String)] {
    guard !mapping.correlate.isEmpty else { return [] }
    let names = try columnNames(columns)
    let cells = try cells.cells()
    return mapping.correlate.enumerated().compactMap { place, pair in
      guard let column = names.firstIndex(of: pair.column), column < cells.count,
        let value = pair.normal(cells[column].text)
      else { return nil }
      return (place, value)
    }
  }

  func correlate(_ record: Int64, _ values: [(pair: Int, value: String)]) throws {
    for (pair, value) in values {
      try database.run(
        "INSERT INTO correlates(mapping, pair, value, record) VALUES(?, ?, ?, ?) "
          + "ON CONFLICT DO NOTHING", mapping, pair, value, record)
      try wake(pair, value)
    }
  }

  func uncorrelate(_ record: Int64, _ values: [(pair: Int, value: String)]) throws {
    for (pair, value) in values {
      try database.run(
        "DELETE FROM correlates WHERE mapping = ? AND pair = ? AND value = ? AND record = ?",
        mapping, pair, value, record)
      try wake(pair, value)
    }
  }

  /// A record that counts as deleted from now on, or no more, changes what its watchers are
  /// offered.
  func wakeWatchers(_ record: Int64, _ mapping: Mapping) throws {
    guard watchers, !mapping.correlate.isEmpty else { return }
    let former = try formerCells(record)
    for (pair, value) in try correlates(mapping, former.columns, former.cells) {
      try wake(pair, value)
    }
  }

  private func wake(_ pair: Int, _ value: String) throws {
    guard watchers else { return }
    try markWatchers(pair, value)
    guard let hasher, value.contains("@") else { return }
    try markWatchers(pair, hasher.token(value))
  }

  /// Resets that wait for a record with this value must be looked at again.
  private func markWatchers(_ pair: Int, _ value: String) throws {
    let keys = try database.all(
      """
      SELECT coalesce(l.mapping, r.mapping), coalesce(l.origin, r.origin), coalesce(l.key, r.key)
      FROM watched w JOIN resets r ON r.id = w.reset
        LEFT JOIN links l ON l.reset = r.id AND l.state <> 'closed'
      WHERE w.mapping = ? AND w.pair = ? AND w.value = ?
      """, mapping, pair, value
    ) { StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2)) }
    for key in keys { try file.mark(key) }
  }
}
