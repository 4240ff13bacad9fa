internal import Formats
internal import Reconciliation
internal import SQLite

/// An origin that no mapping names, with some of the resets that carry it.
public struct UnknownOrigin: Sendable, Hashable {
  /// The origin; nil for resets that have a reference and no origin.
  public let name: String?
  /// How many resets carry it.
  public let resets: Int
  /// The references of some of them.
  public let references: [String]
}

/// What a first run that matched next to nothing is explained by.
extension Mirror {
  /// The origin without a mapping that most resets carry; nil if there is none.
  ///
  /// Reads all resets that belong to no mapping, and up to `limit` references.
  public func commonestUnknownOrigin(limit: Int) throws -> UnknownOrigin? {
    try read {
      let found = try database.first(
        """
        SELECT reference_origin, count(*) FROM resets
        WHERE mapping = 0 AND assignment = ?1 AND deleted_at IS NULL
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1
        """, KeyAssignment.unknownOrigin(nil).stored
      ) { (name: $0.optionalText(0), resets: $0.int(1)) }
      guard let found else { return nil }
      let references = try database.all(
        """
        SELECT reference FROM resets WHERE mapping = 0 AND assignment = ?1 AND deleted_at IS NULL
          AND reference_origin IS ?2 LIMIT ?3
        """, KeyAssignment.unknownOrigin(nil).stored, found.name, limit
      ) { $0.text(0) }
      return UnknownOrigin(name: found.name, resets: found.resets, references: references)
    }
  }

  /// How many of these keys a live record of a mapping has, whatever its origin.
  public func recordsFound(_ keys: [String], of mapping: String) throws -> Int {
    try read {
      let list = JSONValue.array(keys.map { .string($0) }).written()
      return try database.first(
        """
        SELECT count(DISTINCT c.key) FROM mappings m JOIN origins o
        JOIN records c ON c.mapping = m.id AND c.origin = o.id
          AND c.key IN (SELECT value FROM json_each(?2))
        WHERE m.name = ?1 AND c.deleted = 0 AND c.missing < ?3
        """, mapping, list, SourceRecord.missingExportsMax
      ) { $0.int(0) } ?? 0
    }
  }

  /// A key of a reset and one of a record of a mapping, to be shown side by side.
  public func sampleKeys(of mapping: String) throws -> LookalikePair? {
    try read {
      try database.first(
        """
        SELECT r.key, c.key FROM mappings m
        JOIN (SELECT mapping, key FROM resets WHERE deleted_at IS NULL) r ON r.mapping = m.id
        JOIN (SELECT mapping, key FROM records WHERE missing = 0) c ON c.mapping = m.id
        WHERE m.name = ?1 LIMIT 1
        """, mapping
      ) { LookalikePair(remote: $0.text(0), source: $0.text(1)) }
    }
  }
}
