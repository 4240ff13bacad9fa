public import Formats
public import Reconciliation
internal import SQLite

/// How long things are kept; nil keeps them for ever.
public struct Retention: Sendable, Hashable {
  /// Journal entries, runs and settled updates before this time go.
  public var journalBefore: Timestamp?
  /// Conflicts closed before this time go, unless their decision is still in force.
  public var closedConflictsBefore: Timestamp?
  /// E-mails of resets that were finished before this time go; a keyed hash stays.
  public var emailBefore: Timestamp?

  /// A retention that removes nothing.
  public init() {}
}

/// How many things of each kind retention removed.
public struct RetentionTally: Sendable, Hashable {
  /// Journal entries before the new anchor.
  public var journalEntries = 0
  /// Runs that ended, or began and were killed, before the time.
  public var runs = 0
  /// Updates of the outbox that were applied, skipped or dropped.
  public var updates = 0
  /// Closed conflicts, with their history.
  public var conflicts = 0
  /// Resets and records whose e-mail became a hash.
  public var emails = 0

  /// Nothing.
  public init() {}
}

extension Mirror {
  /// Removes what is no longer to be kept; the journal stays provable from its anchor on.
  ///
  /// `emailKey` keys the hashes of removed e-mails: keep it outside of the mirror. `mappings` say
  /// which columns of records hold e-mails.
  public func retain(
    _ retention: Retention, emailKey: [UInt8] = [], mappings: [Mapping] = [], at now: Timestamp
  ) throws -> RetentionTally {
    var tally = RetentionTally()
    try write {
      if let before = retention.journalBefore { try dropHistory(before, &tally) }
      if let before = retention.closedConflictsBefore { try dropConflicts(before, &tally) }
    }
    if let before = retention.emailBefore {
      tally.emails = try removeEmails(before: before, key: emailKey, mappings: mappings)
    }
    if tally != RetentionTally() {
      try journal(
        [
          JournalEntry(
            kind: "retention",
            payload: [
              "journal": .int(tally.journalEntries), "conflicts": .int(tally.conflicts),
              "emails": .int(tally.emails),
            ])
        ], run: "", at: now)
    }
    return tally
  }

  private func dropHistory(_ before: Timestamp, _ tally: inout RetentionTally) throws {
    // The last entry is never dropped: the chain goes on from it.
    let last = try database.first(
      """
      SELECT seq, seal FROM journal WHERE seq < (
        SELECT coalesce((SELECT min(seq) FROM journal WHERE time >= ?), (SELECT max(seq) FROM journal)))
      ORDER BY seq DESC LIMIT 1
      """, before.microseconds
    ) { JournalEnd(sequence: $0.int64(0), seal: $0.blob(1)) }
    if let last {
      try database.run(
        "UPDATE journal_anchor SET seq = ?, seal = ?", last.sequence, last.seal)
      tally.journalEntries = try database.run(
        "DELETE FROM journal WHERE seq <= ?", last.sequence)
    }
    tally.runs = try database.run(
      "DELETE FROM runs WHERE ended_at < ? OR (ended_at IS NULL AND started_at < ?)",
      before.microseconds, before.microseconds)
    try database.run("DELETE FROM transitions WHERE run NOT IN (SELECT id FROM runs)")
    tally.updates = try database.run(
      "DELETE FROM outbox WHERE settled_at < ? AND state IN ('applied', 'skipped', 'dropped')",
      before.microseconds)
    try database.run(
      "DELETE FROM plans WHERE made_at < ? AND id < (SELECT max(id) FROM plans)",
      before.microseconds)
    try database.run(
      "DELETE FROM rejections WHERE receipt IN (SELECT id FROM receipts WHERE imported_at < ?)",
      before.microseconds)
    try database.run(
      "DELETE FROM stale_rows WHERE receipt IN (SELECT id FROM receipts WHERE imported_at < ?)",
      before.microseconds)
    try database.run("DELETE FROM approvals WHERE expires_at < ?", before.microseconds)
  }

  private func dropConflicts(_ before: Timestamp, _ tally: inout RetentionTally) throws {
    // Lines that the log file lacks must stay until it has them.
    let mark = try fact(Self.conflictLogMark).flatMap { Int64($0) } ?? 0
    tally.conflicts = try database.run(
      """
      DELETE FROM conflicts WHERE closed_at < ?1
        AND (state = 'auto_closed' OR (state = 'closed'
          AND (decision IN ('source', 'remote') OR decision LIKE 'value=%')))
        AND NOT EXISTS (
          SELECT 1 FROM conflict_events e WHERE e.conflict = conflicts.number AND e.id > ?2)
      """, before.microseconds, mark)
    try database.run(
      "DELETE FROM conflict_events WHERE conflict IS NULL AND time < ? AND id <= ?",
      before.microseconds, mark)
  }
}
