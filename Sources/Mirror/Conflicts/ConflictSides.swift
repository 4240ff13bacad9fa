public import Reconciliation
internal import SQLite

/// What stands on both sides of a conflict, as far as the mirror holds it.
public struct ConflictSides: Sendable {
  /// The record of its key; nil if there is none.
  public let record: SourceRecord?
  /// Its reset; nil if there is none.
  public let reset: RemoteReset?
  /// The records of its key, where several claim it, `rivalsMax` at most; else none.
  public var records: [SourceRecord] = []
  /// The resets of its key, where several claim it, `rivalsMax` at most; else none.
  public var resets: [RemoteReset] = []

  /// What a question about a field waits for.
  public var blocker: Blocker?
  /// The key that the other side has in the place of the one it lacks, in another spelling; nil if
  /// there is none, or several, and for conflicts behind the first `lookalikesMax`.
  public var lookalike: String?

  /// How many conflicts of one list are looked up in other spellings.
  public static let lookalikesMax = 500
  /// The most records and resets of one key that are given.
  public static let rivalsMax = 20
}

extension Mirror {
  /// Record and reset of each of these conflicts, in their order, from one consistent look.
  public func sides(of conflicts: [Conflict]) throws -> [ConflictSides] {
    try read {
      let rows = RowReader(database)
      var lookups = 0
      return try conflicts.map { conflict in
        var sides = ConflictSides(
          record: try record(of: conflict, rows), reset: try reset(of: conflict, rows))
        sides.blocker = try blocker(of: conflict)
        if conflict.kind.hasRivals { try addRivals(to: &sides, of: conflict, rows) }
        if let side = conflict.kind.onlySide, lookups < ConflictSides.lookalikesMax {
          lookups += 1
          sides.lookalike = try lookalike(of: conflict, at: side)
        }
        return sides
      }
    }
  }

  private func addRivals(
    to sides: inout ConflictSides, of conflict: Conflict, _ rows: RowReader
  ) throws {
    guard let mapping = conflict.mapping, let reference = conflict.reference else { return }
    let key = """
      WHERE mapping = (SELECT id FROM mappings WHERE name = ?)
        AND origin = (SELECT id FROM origins WHERE name = ?) AND key = ?
      """
    let origin = conflict.referenceOrigin ?? ""
    sides.records = try database.all(
      """
      SELECT \(RowReader.recordColumns) FROM records \(key) AND deleted = 0 AND missing < ?
      ORDER BY receipt, line, variant LIMIT ?
      """, mapping, origin, reference, SourceRecord.missingExportsMax, ConflictSides.rivalsMax,
      row: rows.record)
    sides.resets = try database.all(
      """
      SELECT \(RowReader.resetColumns) FROM resets r \(key) AND deleted_at IS NULL
      ORDER BY r.created_at, r.id LIMIT ?
      """, mapping, origin, reference, ConflictSides.rivalsMax, row: rows.reset)
  }

  private func lookalike(of conflict: Conflict, at side: Side) throws -> String? {
    guard let mapping = conflict.mapping, let reference = conflict.reference else { return nil }
    return try lookalike(
      of: reference, origin: conflict.referenceOrigin ?? "", mapping: mapping, at: side)
  }

  private func record(of conflict: Conflict, _ rows: RowReader) throws -> SourceRecord? {
    guard let mapping = conflict.mapping, let reference = conflict.reference else { return nil }
    return try database.first(
      """
      SELECT \(RowReader.recordColumns) FROM records
      WHERE mapping = (SELECT id FROM mappings WHERE name = ?)
        AND origin = (SELECT id FROM origins WHERE name = ?) AND key = ?
      ORDER BY variant LIMIT 1
      """, mapping, conflict.referenceOrigin ?? "", reference, row: rows.record)
  }

  private func reset(of conflict: Conflict, _ rows: RowReader) throws -> RemoteReset? {
    guard let id = conflict.resetID else { return nil }
    return try database.first(
      "SELECT \(RowReader.resetColumns) FROM resets r WHERE r.reset_id = ?", id, row: rows.reset)
  }
}

extension ConflictKind {
  /// The side that has the key where the other lacks it; nil for kinds that are about both.
  fileprivate var onlySide: Side? {
    switch self {
    case .remoteOnly, .sourceDeleted: .remote
    case .sourceOnly: .source
    default: nil
    }
  }
}
