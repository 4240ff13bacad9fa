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

/// What one import is to do.
struct ImportOrder {
  let head: ExportHead
  let mapping: Mapping
  let run: String
  let now: Timestamp
  /// The number of its receipt.
  let receipt: Int64
}

/// What an import knows of the time before it.
struct KnownBefore {
  /// The chunks of the export before; nil where none are of use.
  let chunks: ChunkStore?
  /// Exports that are later than this one.
  let later: Set<Int64>
  /// The decimal marks that exports proved, by field.
  let marks: [String: ProvedMark]
  /// The index of the keys, where it is made behind the last row.
  let lateIndex: KeyIndex?
  /// The rows and times of former exports, and nothing done so far.
  let tally: ImportTally
}

extension Mirror {
  /// Begins the import of one export: a transaction that is open until `endImport`, or until its
  /// session is rolled back.
  ///
  /// Where the import throws `ShortcutFailed`, it is to be begun again without `takesShortcuts`.
  /// Throws `MirrorError`, and leaves no transaction open then.
  public func beginImport(
    _ head: ExportHead, mapping: Mapping, takesShortcuts: Bool = true, run: String,
    at now: Timestamp
  ) throws -> ImportSession {
    do {
      try database.sort(.inFiles)
      try file.begin()
      return try session(head, mapping, takesShortcuts, run: run, at: now)
    } catch {
      try? database.sort(.inMemory)
      throw file.rollBack(after: error)
    }
  }

  /// Ends an import that is finished: keeps what it did, or leaves everything as it was but for the
  /// receipt and the rejected rows of a refused one.
  public func endImport(
    _ session: ImportSession, _ verdict: ImportVerdict
  ) throws -> ImportOutcome {
    let receipt: ImportReceipt
    switch verdict {
    case .accept(let verdicts): receipt = try settle(session, verdicts)
    case .acceptAnyway(let verdicts):
      try measure(session.mapping, from: session.receipt)
      receipt = try settle(session, verdicts)
    case .refuse(let reason, let verdicts):
      struct Refused: Error {}
      _ = session.rollBack(after: Refused())
      let order = session.order
      receipt = try refuseExport(
        order.head, mapping: order.mapping, reason: reason, tally: session.tally,
        rejections: session.skipped.rejections, verdicts: verdicts, run: order.run, at: order.now)
    }
    return ImportOutcome(receipt: receipt, tally: session.tally)
  }

  private func session(
    _ head: ExportHead, _ mapping: Mapping, _ takesShortcuts: Bool, run: String, at now: Timestamp
  ) throws -> ImportSession {
    let id = try mappingID(mapping.name)
    let receipt =
      try head.rereads
      ?? insertReceipt(
        head, mapping, .accepted, nil, ImportTally(), .object([:]), run: run, at: now)
    if head.rereads != nil {
      try database.run("DELETE FROM stale_rows WHERE receipt = ?", receipt)
    }
    let order = ImportOrder(head: head, mapping: mapping, run: run, now: now, receipt: receipt)
    let store = try ImportStore(
      file, mapping: id, unkeyed: try unkeyedColumns(mapping),
      hasher: try hasHashes() ? activeHasher() : nil)
    return try ImportSession(
      order, store, try knownBefore(order, mappingID: id, takesShortcuts, hashes: store.hasher))
  }

  private func knownBefore(
    _ order: ImportOrder, mappingID id: Int64, _ takesShortcuts: Bool, hashes hasher: EmailHasher?
  ) throws -> KnownBefore {
    let (head, mapping) = (order.head, order.mapping)
    let isPlain = head.mode == .full && head.rereads == nil && hasher == nil
    if !isPlain { try forgetChunks(id) }
    let chunks =
      isPlain ? try ChunkStore(database, mapping: id, rules: mapping, isKnown: takesShortcuts) : nil
    let isIndexedLate =
      try takesShortcuts && isPlain && head.size >= KeyIndex.lateBytesMin
      && KeyIndex.isEmpty(database)
    return KnownBefore(
      chunks: chunks, later: try laterReceipts(than: head, of: mapping, at: order.now),
      marks: try provedMarks(of: mapping),
      lateIndex: isIndexedLate ? try KeyIndex(dropping: database) : nil,
      tally: try withHistory(ImportTally(), head, mapping, before: order.receipt))
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

  /// Stores what an accepted export brought, and ends its transaction.
  private func settle(_ session: ImportSession, _ verdicts: JSONValue) throws -> ImportReceipt {
    let (order, tally, facts) = (session.order, session.tally, session.facts)
    let (id, mapping) = (order.receipt, order.mapping)
    if order.head.rereads != nil {
      try database.run("DELETE FROM rejections WHERE receipt = ?", id)
    }
    if let columns = facts.columns { try setColumns(columns, receipt: id) }
    try database.run(
      """
      UPDATE receipts SET rows = ?, accepted = ?, rejected = ?, added = ?, changed = ?,
        removed = ?, unchanged = ?, stale = ?, verdicts = ?, set_aside = ?, columns_digest = ?,
        ends_line = ?, sequence_first = ?, sequence_last = ?
      WHERE id = ?
      """, tally.rows, tally.accepted, tally.rejected, tally.added, tally.changed, tally.removed,
      tally.unchanged, tally.stale, verdicts.written(), tally.setAside.json.written(),
      mapping.recordsDigest, facts.endsWithNewline.map { $0 ? 1 : 0 },
      facts.sequence?.lowerBound, facts.sequence?.upperBound, id)
    try insert(session.skipped.rejections, receipt: id)
    try keep(facts.marks, typed: session.typedMarks, of: mapping, receipt: id)
    try database.run(
      "UPDATE mappings SET records = records + ? WHERE id = ?", session.presentDelta,
      try mappingID(mapping.name))
    try noteRules(mapping, order.head, receipt: id)
    let receipt = try receipt(id)
    if try wasSilent(before: receipt) { try markWaiting(for: mapping.name) }
    try journal(receipt, tally, order)
    try session.store.commit()
    return receipt
  }

  private func journal(
    _ receipt: ImportReceipt, _ tally: ImportTally, _ order: ImportOrder
  ) throws {
    try append(
      JournalEntry(
        kind: order.head.rereads == nil ? "export.accepted" : "export.reread",
        mapping: receipt.mapping, subject: receipt.sha256,
        payload: [
          "file": .string(receipt.file), "mode": .string(receipt.mode.rawValue),
          "rows": .int(tally.rows), "rejected": .int(tally.rejected), "added": .int(tally.added),
          "changed": .int(tally.changed), "removed": .int(tally.removed),
          "stale": .int(tally.stale),
        ]), run: order.run, at: order.now)
  }
}
