public import Formats
public import Reconciliation
internal import SQLite

/// What became of an import.
public struct ImportOutcome: Sendable, Hashable {
  /// The receipt.
  public let receipt: ImportReceipt
  /// What it did, or for a refused one would have done.
  public let tally: ImportTally
}

extension Mirror {
  /// Imports one export in one transaction: `feed` puts its rows, `judge` keeps or refuses it.
  ///
  /// A refused export leaves everything as it was, but for its receipt and its rejected rows. An
  /// error of `feed` leaves everything as it was and is passed on (see `refuseExport`). Where that
  /// is `ShortcutFailed`, the export is to be imported without `takesShortcuts`.
  public func importExport(
    _ head: ExportHead, mapping: Mapping, run: String, at now: Timestamp,
    takesShortcuts: Bool = true,
    feed: sending (ImportSession) throws -> Void,
    judge: sending (ImportTally) -> ImportVerdict
  ) throws -> ImportOutcome {
    var refused: (reason: String, verdicts: JSONValue)?
    var tally = ImportTally()
    var rejections: [Rejection] = []
    do {
      let receipt = try writeSorting {
        let (id, session) = try openSession(head, mapping, takesShortcuts, run: run, at: now)
        try feed(session)
        try session.finish()
        tally = try withHistory(session.tally, head, mapping, before: id)
        rejections = session.rejections
        if let columns = session.noted { try setColumns(columns, receipt: id) }
        switch judge(tally) {
        case .refuse(let reason, let verdicts):
          refused = (reason, verdicts)
          throw RefusedExport()
        case .accept(let verdicts):
          return try settle(id, head, session, tally, verdicts, mapping, run: run, at: now)
        case .acceptAnyway(let verdicts):
          try measure(mapping, from: id)
          return try settle(id, head, session, tally, verdicts, mapping, run: run, at: now)
        }
      }
      return ImportOutcome(receipt: receipt, tally: tally)
    } catch is RefusedExport {
      let receipt = try refuseExport(
        head, mapping: mapping, reason: refused?.reason ?? "", tally: tally,
        rejections: rejections, verdicts: refused?.verdicts ?? .object([:]), run: run, at: now)
      return ImportOutcome(receipt: receipt, tally: tally)
    }
  }

  private struct RefusedExport: Error {}

  private func openSession(
    _ head: ExportHead, _ mapping: Mapping, _ takesShortcuts: Bool, run: String, at now: Timestamp
  ) throws -> (Int64, ImportSession) {
    let id = try mappingID(mapping.name)
    let receipt =
      try head.rereads
      ?? insertReceipt(
        head, mapping, .accepted, nil, ImportTally(), .object([:]), run: run, at: now)
    if head.rereads != nil {
      try database.run("DELETE FROM stale_rows WHERE receipt = ?", receipt)
    }
    let store = try ImportStore(
      database, mapping: id, marksAll: try walksAll(id), mark: { try self.mark($0) },
      internOrigin: { try self.originID($0) }, internColumns: { try self.columnSetID($0) },
      namesOfColumns: { try self.columnSet($0) }, unkeyed: try unkeyedColumns(mapping),
      hasher: try hasHashes() ? activeHasher() : nil)
    let isPlain = head.mode == .full && head.rereads == nil && store.hasher == nil
    if !isPlain { try forgetStretches(id) }
    let stretches =
      isPlain
      ? try StretchStore(database, mapping: id, rules: mapping, isKnown: takesShortcuts) : nil
    let session = try ImportSession(
      store, stretches, mapping, head: head, receipt: receipt,
      later: try laterReceipts(than: head, of: mapping, at: now), at: now)
    session.formerMarks = try provedMarks(of: mapping)
    if takesShortcuts, isPlain, head.size >= KeyIndex.lateBytesMin, try KeyIndex.isEmpty(database) {
      session.lateIndex = try KeyIndex(dropping: database)
    }
    return (receipt, session)
  }

  private func setColumns(_ columns: [String], receipt: Int64) throws {
    let names = JSONValue.array(columns.map { .string($0) }).written()
    try database.run("UPDATE receipts SET columns = ? WHERE id = ?", names, receipt)
  }

  /// Accepted changes that were made after an export which comes late, or all that was taken after
  /// one that is read again: what they said stands.
  private func laterReceipts(
    than head: ExportHead, of mapping: Mapping, at now: Timestamp
  ) throws -> Set<Int64> {
    if let receipt = head.rereads {
      return Set(
        try database.all(
          "SELECT id FROM receipts WHERE mapping = ? AND state = 'accepted' AND id > ?",
          mapping.name, receipt
        ) { $0.int64(0) })
    }
    guard head.mode == .full || !head.isNumbered, let made = head.generatedAt else { return [] }
    let later = try database.all(
      """
      SELECT id FROM receipts WHERE mapping = ? AND state = 'accepted' AND mode = 'delta'
        AND \(Self.madeAt) > ?
      """, mapping.name, ImportReceipt.believed(made, importedAt: now).microseconds
    ) { $0.int64(0) }
    return Set(later)
  }

  /// SQL for when an export was made, as `ImportReceipt.madeAt`.
  private static let madeAt = """
    CASE WHEN generated_at <= imported_at + \(Int64(ImportReceipt.aheadSecondsMax) * 1_000_000)
      THEN generated_at ELSE imported_at END
    """

  /// The lists of columns of records that the rules of today can't tell.
  private func unkeyedColumns(_ mapping: Mapping) throws -> Set<Int64> {
    let count = try database.first("SELECT unkeyed FROM mappings WHERE name = ?", mapping.name) {
      $0.int(0)
    }
    return count ?? 0 > 0 ? try columnSets(lacking: mapping).ids : []
  }

  /// Exports before this one are no measure any more.
  func measure(_ mapping: Mapping, from receipt: Int64) throws {
    try database.run(
      "UPDATE mappings SET measured_from = ? WHERE id = ?", receipt, try mappingID(mapping.name))
  }

  /// Adds what was before the import of this receipt.
  private func withHistory(
    _ tally: ImportTally, _ head: ExportHead, _ mapping: Mapping, before receipt: Int64
  ) throws -> ImportTally {
    var tally = tally
    tally.formerRows = try database.all(
      """
      SELECT accepted FROM receipts WHERE mapping = ?1 AND state = 'accepted' AND mode = 'full'
        AND id < ?2 AND id >= (SELECT measured_from FROM mappings WHERE name = ?1)
      ORDER BY id DESC LIMIT 5
      """, mapping.name, receipt
    ) { $0.int(0) }
    // A full export says what the changes before it did not: it is compared with full ones alone.
    var modes: [ExportMode] = head.mode == .full ? [.full] : [.full, .delta]
    if head.isNumbered { modes.removeAll { $0 == head.mode } }
    tally.lastMadeAt = try modes.flatMap { mode in
      try database.all(
        """
        SELECT \(Self.madeAt) FROM receipts
        WHERE mapping = ? AND state = 'accepted' AND mode = ? AND id < ? ORDER BY id DESC LIMIT ?
        """, mapping.name, mode.rawValue, receipt, head.mode == mode ? 1 : Self.othersLookedAt
      ) { Timestamp($0.int64(0)) }
    }.max()
    return tally
  }

  /// How many of the last exports of the other mode are asked for their time: one that came late is
  /// not the latest of them.
  private static let othersLookedAt = 5

  private func settle(
    _ id: Int64, _ head: ExportHead, _ session: ImportSession, _ tally: ImportTally,
    _ verdicts: JSONValue, _ mapping: Mapping, run: String, at now: Timestamp
  ) throws -> ImportReceipt {
    let isReread = head.rereads != nil
    if isReread { try database.run("DELETE FROM rejections WHERE receipt = ?", id) }
    try database.run(
      """
      UPDATE receipts SET rows = ?, accepted = ?, rejected = ?, added = ?, changed = ?,
        removed = ?, unchanged = ?, stale = ?, verdicts = ?, set_aside = ?, columns_digest = ?,
        ends_line = ?, sequence_first = ?, sequence_last = ?
      WHERE id = ?
      """, tally.rows, tally.accepted, tally.rejected, tally.added, tally.changed, tally.removed,
      tally.unchanged, tally.stale, verdicts.written(), tally.setAside.json.written(),
      mapping.recordsDigest, session.endsWithNewline.map { $0 ? 1 : 0 },
      session.sequence?.lowerBound, session.sequence?.upperBound, id)
    try insert(session.rejections, receipt: id)
    try keep(session.marks, typed: session.typedMarks, of: mapping, receipt: id)
    try database.run(
      "UPDATE mappings SET records = records + ? WHERE id = ?", session.presentDelta,
      try mappingID(mapping.name))
    try noteRules(mapping, head, receipt: id)
    let receipt = try receipt(id)
    if try wasSilent(before: receipt) { try markWaiting(for: mapping.name) }
    try append(
      JournalEntry(
        kind: isReread ? "export.reread" : "export.accepted", mapping: mapping.name,
        subject: receipt.sha256,
        payload: [
          "file": .string(receipt.file), "mode": .string(receipt.mode.rawValue),
          "rows": .int(tally.rows), "rejected": .int(tally.rejected), "added": .int(tally.added),
          "changed": .int(tally.changed), "removed": .int(tally.removed),
          "stale": .int(tally.stale),
        ]), run: run, at: now)
    return receipt
  }
}
