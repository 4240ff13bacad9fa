internal import Formats
internal import Reconciliation
internal import SQLite

extension Mirror {
  /// Makes the conflicts urgent that a run opened about resets which are gone, too many at once:
  /// where the rail `remote_deleted` trips, something is wrong with the remote side as a whole.
  func raiseDeletions(of mappings: Set<String>, run: String, at now: Timestamp) throws {
    for mapping in mappings.sorted() {
      // State and severity lead through the index of the queue.
      try database.run(
        """
        UPDATE conflicts SET severity = ?1
        WHERE state = 'open' AND severity = ?2 AND kind = ?3 AND mapping = ?4 AND seen_run = ?5
          AND opened_at = ?6
        """, Severity.high.stored, ConflictKind.remoteDeleted.severity.stored,
        ConflictKind.remoteDeleted.rawValue, mapping, run, now.microseconds)
    }
  }
}
