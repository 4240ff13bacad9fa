internal import Formats
internal import Reconciliation
internal import SQLite

/// The key of a record within its mapping.
struct RecordPlace {
  let origin: Int64
  let key: String
}

/// One of several records of a key, with a number of its spelling.
struct DuplicateRecord {
  let id: Int64
  let spelling: Int
  let changedAt: Timestamp?
  let receipt: Int64
  /// Whether the rules set it aside.
  let isSetAside: Bool
}

extension Connection {
  /// Keys with several records that are read at a time.
  private static let duplicatedKeysPerPage = 1_000

  /// Calls `body` with all records of each key of a mapping that has several; `body` may drop them.
  func eachDuplicated(
    of mapping: Int64, _ body: (RecordPlace, [DuplicateRecord]) throws -> Void
  ) throws {
    var last = RecordPlace(origin: -1, key: "")
    while true {
      let keys = try all(
        """
        SELECT DISTINCT origin, key FROM records
        WHERE mapping = ?1 AND variant > 0 AND (origin, key) > (?2, ?3)
        ORDER BY origin, key LIMIT ?4
        """, mapping, last.origin, last.key, Self.duplicatedKeysPerPage
      ) { RecordPlace(origin: $0.int64(0), key: $0.text(1)) }
      for place in keys { try body(place, duplicates(of: mapping, at: place)) }
      guard keys.count == Self.duplicatedKeysPerPage, let end = keys.last else { return }
      last = end
    }
  }

  private func duplicates(
    of mapping: Int64, at place: RecordPlace
  ) throws -> [DuplicateRecord] {
    try all(
      """
      SELECT id, dense_rank() OVER (ORDER BY raw_reference, raw_origin), changed_us, receipt,
        missing
      FROM records WHERE mapping = ? AND origin = ? AND key = ?
      """, mapping, place.origin, place.key
    ) { row in
      DuplicateRecord(
        id: row.int64(0), spelling: row.int(1),
        changedAt: row.optionalInt64(2).map { Timestamp($0) }, receipt: row.int64(3),
        isSetAside: row.int(4) >= SourceRecord.setAsideMark)
    }
  }

  /// Deletes a variant; true if it was present, not missing already.
  func dropRecord(_ id: Int64) throws -> Bool {
    let wasPresent = try first("SELECT missing = 0 FROM records WHERE id = ?", id) {
      $0.bool(0)
    }
    // The situation of a key is counted once: those that came since the last walk take it over.
    try run(
      """
      UPDATE records SET situation = gone.situation FROM records AS gone
      WHERE gone.id = ? AND gone.situation IS NOT NULL AND records.situation IS NULL
        AND records.mapping = gone.mapping AND records.origin = gone.origin
        AND records.key = gone.key
      """, id)
    try run("DELETE FROM records WHERE id = ?", id)
    return wasPresent ?? false
  }
}
