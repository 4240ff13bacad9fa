internal import Formats
internal import Reconciliation
internal import SQLite

/// What a source has not said so far: from its silence nothing is concluded.
struct SourceSilence {
  /// Whether no full export of it was accepted.
  let lacksFullExport: Bool
  /// Since when its folder is out of reach or its exports are refused; the beginning of time where
  /// nothing was ever accepted.
  let since: Timestamp?

  /// The sources of which something is not known, by the number of the mapping.
  static func all(in database: Connection) throws -> [Int64: SourceSilence] {
    var silences: [Int64: SourceSilence] = [:]
    try database.each(
      """
      SELECT m.id,
        EXISTS(SELECT 1 FROM receipts WHERE mapping = m.name AND state = 'accepted'
          AND mode = 'full'),
        coalesce(
          (SELECT max(id) FROM receipts WHERE mapping = m.name AND state = 'accepted'), 0),
        (SELECT unreachable_since FROM source_states WHERE mapping = m.name), m.name
      FROM mappings m WHERE m.id <> 0
      """
    ) { row in
      let (hasFull, last) = (row.bool(1), row.int64(2))
      let refused = try database.first(
        "SELECT min(imported_at) FROM receipts WHERE mapping = ? AND state = 'refused' AND id > ?",
        row.text(4), last
      ) { $0.optionalInt64(0) }
      let silent = [row.optionalInt64(3), refused ?? nil].compactMap { $0 }.min()
      let since = last == 0 ? Int64.min : silent
      guard !hasFull || since != nil else { return }
      silences[row.int64(0)] = SourceSilence(
        lacksFullExport: !hasFull, since: since.map { Timestamp($0) })
    }
    return silences
  }
}

extension Mirror {
  /// A source speaks again: what waited for it is looked at by the next run.
  func markWaiting(for mapping: String) throws {
    let groups = try database.all(
      """
      SELECT group_mapping, group_origin, group_key FROM conflicts
      WHERE state = 'in_flight' AND kind = 'remote_only' AND mapping = ?
      """, mapping
    ) { StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2)) }
    for group in groups { try mark(group) }
  }

  /// Whether all accepted exports of a mapping but this came before one that was refused, or none
  /// of its mode was accepted.
  func wasSilent(before receipt: ImportReceipt) throws -> Bool {
    let before = try database.first(
      """
      SELECT (SELECT max(id) FROM receipts WHERE mapping = ?1 AND state = 'accepted'
          AND mode = ?2 AND id < ?3),
        (SELECT max(id) FROM receipts WHERE mapping = ?1 AND state = 'refused' AND id < ?3)
      """, receipt.mapping, receipt.mode.rawValue, receipt.id
    ) { ($0.optionalInt64(0), $0.int64(1)) }
    guard let (accepted, refused) = before, let accepted else { return true }
    return refused > accepted
  }
}
