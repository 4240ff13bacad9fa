internal import Formats
public import Reconciliation
internal import SQLite

/// A key of each side that the other side lacks, which are one but for their spelling.
public struct LookalikePair: Sendable, Hashable {
  /// The key that the remote has.
  public let remote: String
  /// The key that the source has.
  public let source: String
}

extension Mirror {
  /// Keys that one side lacks and the other has in another spelling, among the newest items of a
  /// mapping that have but one side: at most `limit` of each kind are looked at.
  ///
  /// Their spellings are looked up by index, so that the cost does not follow the mirror's size.
  public func lookalikes(
    of mapping: String, limit: Int
  ) throws -> (pairs: [LookalikePair], isWhole: Bool) {
    try read {
      let search = LookalikeSearch(database: database, mapping: try knownMappingID(mapping))
      let (remotes, sources) = (try search.remotes(limit), try search.sources(limit))
      var pairs: Set<LookalikePair> = []
      for place in remotes {
        guard let source = try search.source(like: place) else { continue }
        pairs.insert(LookalikePair(remote: place.key, source: source))
      }
      for place in sources {
        guard let remote = try search.remote(like: place) else { continue }
        pairs.insert(LookalikePair(remote: remote, source: place.key))
      }
      let sorted = pairs.sorted { ($0.remote, $0.source) < ($1.remote, $1.source) }
      return (sorted, max(remotes.count, sources.count) < limit)
    }
  }

  /// The key at the other side that is one with this but for its spelling; nil if there is none, or
  /// several.
  public func lookalike(
    of key: String, origin: String, mapping: String, at side: Side
  ) throws -> String? {
    try read {
      let search = LookalikeSearch(database: database, mapping: try knownMappingID(mapping))
      let id = try database.first("SELECT id FROM origins WHERE name = ?", origin) { $0.int64(0) }
      guard let id else { return nil }
      let place = LookalikeSearch.Place(origin: id, key: key)
      return side == .remote ? try search.source(like: place) : try search.remote(like: place)
    }
  }

  private func knownMappingID(_ name: String) throws -> Int64 {
    try database.first("SELECT id FROM mappings WHERE name = ?", name) { $0.int64(0) } ?? -1
  }
}

/// Looks up other spellings of keys.
struct LookalikeSearch {
  let database: Connection
  let mapping: Int64

  /// A key with its origin.
  struct Place {
    let origin: Int64
    let key: String
  }

  /// Keys of resets without a live record, the newest first.
  func remotes(_ limit: Int) throws -> [Place] {
    let only = try places(
      """
      SELECT origin, key FROM resets WHERE situation = 'remote_only' AND counted = ?
      ORDER BY id DESC LIMIT ?
      """, limit)
    let left = try places(
      """
      SELECT origin, key FROM links WHERE situation = 'source_deleted' AND mapping = ?
      ORDER BY id DESC LIMIT ?
      """, limit)
    return try only.isEmpty && left.isEmpty ? unassessed(limit) : only + left
  }

  /// Before the first run that stores situations: keys of the first resets that no record has.
  private func unassessed(_ limit: Int) throws -> [Place] {
    try places(
      """
      SELECT r.origin, r.key FROM
        (SELECT mapping, origin, key FROM resets WHERE mapping = ?1 AND situation IS NULL
          AND NOT EXISTS (SELECT 1 FROM situation_counts WHERE mapping = ?1) LIMIT ?2) r
      WHERE NOT EXISTS (SELECT 1 FROM records c
        WHERE c.mapping = r.mapping AND c.origin = r.origin AND c.key = r.key)
      """, limit)
  }

  /// Keys of records without a reset, the newest first.
  func sources(_ limit: Int) throws -> [Place] {
    try places(
      """
      SELECT origin, key FROM records WHERE situation = 'source_only' AND mapping = ?
      ORDER BY id DESC LIMIT ?
      """, limit)
  }

  private func places(_ sql: String, _ limit: Int) throws -> [Place] {
    try database.all(sql, mapping, limit) { Place(origin: $0.int64(0), key: $0.text(1)) }
  }

  /// The one key of records without a reset that is like that of a reset.
  func source(like place: Place) throws -> String? {
    try only(
      """
      SELECT DISTINCT c.key FROM records c
      WHERE c.mapping = ?1 AND c.origin = ?2 AND c.key IN (SELECT value FROM json_each(?3))
        AND c.missing = 0 AND c.deleted = 0
        AND (c.situation = 'source_only' OR c.situation IS NULL AND NOT EXISTS (
          SELECT 1 FROM resets r
          WHERE r.mapping = c.mapping AND r.origin = c.origin AND r.key = c.key)) LIMIT 2
      """, place)
  }

  /// The one key of resets that is like that of a record: of resets without one, or with one that
  /// the last full export lacks.
  func remote(like place: Place) throws -> String? {
    try only(
      """
      SELECT DISTINCT r.key FROM resets r LEFT JOIN links l ON l.reset = r.id
      WHERE r.mapping = ?1 AND r.origin = ?2 AND r.key IN (SELECT value FROM json_each(?3))
        AND r.deleted_at IS NULL
        AND (coalesce(l.situation, r.situation) IN ('remote_only', 'source_deleted')
          OR EXISTS (SELECT 1 FROM records c WHERE c.mapping = r.mapping AND c.origin = r.origin
            AND c.key = r.key AND c.missing > 0)) LIMIT 2
      """, place)
  }

  private func only(_ sql: String, _ place: Place) throws -> String? {
    let spellings = JSONValue.array(Lookalike.spellings(of: place.key).map { .string($0) })
    let found = try database.all(sql, mapping, place.origin, spellings.written()) { $0.text(0) }
    return found.count == 1 ? found[0] : nil
  }
}
