public import Formats
public import Reconciliation
internal import SQLite

/// The state of an update in the outbox.
public enum OutboxState: String, Sendable, Hashable, CaseIterable {
  /// To be sent by the next push; nothing of it has left.
  case pending
  /// The intent is stored and the request may have left: unknown until settled.
  case sent
  /// The remote holds what was meant.
  case applied
  /// The remote had moved, or held it already in another way: left for the next run.
  case skipped
  /// The API refused it, or knows no such reset; planned anew when its values change, or when a
  /// person decides so of its conflict.
  case parked
  /// Parked, and no longer due.
  case dropped
}

/// One update in the outbox.
public struct OutboxEntry: Sendable, Hashable {
  /// Its number in the outbox; rises in the order of the plans.
  public let id: Int64
  /// The run that planned it.
  public let run: String
  /// How far it is on its way.
  public let state: OutboxState
  /// What is to be written.
  public let update: PlannedUpdate
  /// The metadata object that was sent, byte for byte; nil before the intent is stored.
  public let intent: String?
  /// The metadata object as it was before; nil before the intent is stored.
  public let before: String?
  /// Requests made for it so far.
  public let attempts: Int
  /// Why it was parked or skipped.
  public let reason: String?
  /// When it was planned.
  public let queuedAt: Timestamp
  /// When it was sent.
  public let sentAt: Timestamp?
  /// When it was settled.
  public let settledAt: Timestamp?
}

/// What became of a push.
public enum PushOutcome: Sendable {
  /// The answer, or a later look, shows what was meant.
  case applied
  /// Another run must look again, and why.
  case skipped(reason: String)
  /// The API refused it, with its words.
  case parked(reason: String)
  /// The API answered 404 for the reset: nothing more is planned for it until a full pull has
  /// proved that it is gone, or has seen it again.
  case gone
  /// Nothing was sent after all; it stays pending.
  case notSent
}

extension Mirror {
  /// Updates in the order of their plans, behind one of them: those in one state, those of one run.
  ///
  /// `pending` are the next to send; `sent` those whose request may have left without a known
  /// answer, to be settled by reading.
  public func updates(
    in state: OutboxState? = nil, ofRun run: String? = nil, after id: Int64 = 0, limit: Int
  ) throws -> [OutboxEntry] {
    // Spelled out, so that the index of what is open is taken; not for a run, which has its own.
    let inState = state.map { "\(run == nil ? "" : "+")state = '\($0.rawValue)'" } ?? "TRUE"
    let ofRun = run == nil ? "?1 IS NULL" : "run = ?1"
    return try read {
      try outbox("\(inState) AND \(ofRun) AND id > ?2 ORDER BY id LIMIT ?3", [run, id, limit])
    }
  }

  /// Number of updates by state: of a run as far as they are kept, else of those not settled.
  public func updateCounts(ofRun run: String? = nil) throws -> [OutboxState: Int] {
    try read {
      var counts: [OutboxState: Int] = run == nil ? [.pending: 0, .sent: 0, .parked: 0] : [:]
      try database.each(
        run == nil
          ? Self.openCounts : "SELECT state, count(*) FROM outbox WHERE run = ?1 GROUP BY 1",
        run
      ) { row in
        counts[try Stored.word(row.text(0), in: "outbox", "of a state")] = row.int(1)
      }
      return counts
    }
  }

  private static let openCounts = """
    SELECT state, count(*) FROM outbox INDEXED BY outbox_by_state
    WHERE state IN ('pending', 'sent', 'parked') AND ?1 IS NULL GROUP BY state
    """

  /// Stores that a request is about to leave: the metadata before and the metadata to be sent, and
  /// the reset as it was just read.
  public func markIntent(
    _ intents: [(id: Int64, before: String, intent: String)], fresh: ResetRow? = nil, run: String,
    at now: Timestamp
  ) throws {
    try write {
      if let fresh { _ = try store(fresh, at: now) }
      for (id, before, intent) in intents {
        try noteOthersUpdate(ofUpdate: id)
        let changed = try database.run(
          """
          UPDATE outbox SET state = 'sent', before = ?, intent = ?, attempts = attempts + 1,
            sent_at = ? WHERE id = ? AND state IN ('pending', 'sent')
          """, before, intent, now.microseconds, id)
        guard changed == 1 else {
          throw MirrorError(.refused, "update \(id) is not waiting to be sent")
        }
      }
    }
  }

  /// Stores what became of an update, with the fresh reset if there is one.
  ///
  /// Applied: the base moves, the write is remembered, the conflicts that it carries out close.
  /// Skipped: the key is looked at again by the next run. Parked: a `push_failed` conflict opens.
  public func settle(
    _ id: Int64, _ outcome: PushOutcome, fresh: ResetRow? = nil, run: String, at now: Timestamp
  ) throws {
    try write {
      guard let entry = try outbox("id = ?", [id]).first,
        entry.state == .pending || entry.state == .sent
      else { throw MirrorError(.refused, "update \(id) is settled already") }
      guard let reset = try resetRow(entry.update.resetID) else { return }
      if let fresh { _ = try store(fresh, at: now) }
      if case .applied = outcome, entry.state == .sent {
        try noteOwnUpdate(reset)
      }
      try markGroups(ofReset: reset)
      switch outcome {
      case .applied: try applied(entry, reset, run: run, at: now)
      case .skipped(let reason): try close(entry, .skipped, reason, run: run, at: now)
      case .parked(let reason):
        try close(entry, .parked, reason, run: run, at: now)
        try reportParked(entry, reset, reason, run: run, at: now)
      case .gone: try close(entry, .parked, Self.goneReason, run: run, at: now)
      case .notSent:
        try database.run("UPDATE outbox SET state = 'pending' WHERE id = ?", entry.id)
      }
    }
  }

  // MARK: Outcomes

  /// Before our write: the time of the reset is somebody else's, unless we wrote last.
  private func noteOthersUpdate(ofUpdate id: Int64) throws {
    try database.run(
      """
      UPDATE links SET others_updated = r.updated_us
      FROM outbox o JOIN resets r ON r.id = o.reset
      WHERE o.id = ? AND links.reset = r.id AND links.own_updated IS NOT r.updated_us
      """, id)
  }

  /// After our write: the time of the reset is ours.
  private func noteOwnUpdate(_ reset: Int64) throws {
    try database.run(
      """
      UPDATE links SET own_updated = (SELECT updated_us FROM resets WHERE id = ?1)
      WHERE reset = ?1 AND state <> 'closed'
      """, reset)
  }

  /// Why an update to a reset that is gone is parked.
  static let goneReason = "the reset is gone at Commerce Layer"

  /// A reset that met a 404 in a push was seen again: what is due for it is planned anew.
  func releaseReturned(_ reset: Int64, at now: Timestamp) throws {
    let released = try database.run(
      """
      UPDATE outbox SET state = 'dropped', settled_at = ?
      WHERE reset = ? AND state = 'parked' AND reason = ?
      """, now.microseconds, reset, Self.goneReason)
    if released > 0 { try markGroups(ofReset: reset) }
  }

  private func applied(
    _ entry: OutboxEntry, _ reset: Int64, run: String, at now: Timestamp
  ) throws {
    try close(entry, .applied, nil, run: run, at: now)
    try spendApproval(of: entry.update)
    try moveBase(entry.update, reset, at: now)
    let isUndo = try isUndo(entry)
    for id in entry.update.decisions {
      guard var conflict = try conflict(id) else { continue }
      if isUndo {
        try reopenUndone(&conflict, entry.update, run: run, at: now)
      } else {
        try conflictStore.transition(&conflict, .settle, run: run, at: now)
      }
    }
    for overruled in try overruled(entry.id) {
      try conflictStore.autoResolve(
        overruled, reset: entry.update.resetID, mapping: entry.update.mapping,
        key: entry.update.key, run: run, at: now)
    }
  }

  private func isUndo(_ entry: OutboxEntry) throws -> Bool {
    try database.first("SELECT command = 'undo' FROM runs WHERE id = ?", entry.run) { $0.bool(0) }
      ?? false
  }

  /// A remembered decision would write the key of its link again with the next run: who undid that
  /// is asked anew.
  private func reopenUndone(
    _ conflict: inout StoredConflict, _ update: PlannedUpdate, run: String, at now: Timestamp
  ) throws {
    guard update.reference != nil || update.referenceOrigin != nil,
      conflict.identity.field == nil, conflict.state == .applied || conflict.state == .closed
    else { return }
    try conflictStore.transition(
      &conflict, .reopen, run: run, at: now, reason: "what it wrote was undone")
  }

  private func moveBase(_ update: PlannedUpdate, _ reset: Int64, at now: Timestamp) throws {
    let found = try database.first(
      "SELECT base, writes FROM links WHERE reset = ? AND state <> 'closed'", reset
    ) { (try Base(decoding: $0.text(0)), try LinkText.writes($0.optionalText(1))) }
    guard var (base, writes) = found else { return }
    for write in update.fields {
      base[write.metadata] = write.afterBase
      writes.append(
        FieldWriteMemory(
          field: write.metadata, replaced: write.expected.digest, written: write.value.digest,
          at: now))
    }
    writes.removeAll { now.seconds(since: $0.at) > WriteFight.windowSeconds }
    try database.run(
      "UPDATE links SET base = ?, writes = ? WHERE reset = ?", base.encoded(),
      LinkText.text(writes), reset)
  }

  private func close(
    _ entry: OutboxEntry, _ state: OutboxState, _ reason: String?, run: String, at now: Timestamp
  ) throws {
    try database.run(
      "UPDATE outbox SET state = ?, reason = ?, settled_at = ? WHERE id = ?", state.rawValue,
      reason, now.microseconds, entry.id)
    var payload: [(String, JSONValue)] = [
      ("update", .int(Int(entry.id))), ("planned_by", .string(entry.run)),
    ]
    if let reason { payload.append(("reason", .string(reason))) }
    if state == .applied {
      payload.append(("fields", .array(entry.update.fields.map(Self.journalWrite))))
      if let record = try provenance(of: entry.update) { payload.append(("record", record)) }
    }
    try append(
      JournalEntry(
        kind: "push.\(state.rawValue)", mapping: entry.update.mapping,
        subject: entry.update.resetID, payload: .object(JSONObject(payload))), run: run, at: now)
  }

  /// Which row delivered the values that were written.
  func provenance(of update: PlannedUpdate) throws -> JSONValue? {
    // What an undo puts back was there before, and came from no row.
    guard !update.fields.contains(where: { $0.reason == .undo }) else { return nil }
    guard let origin = try knownOriginID(update.key.origin) else { return nil }
    return try database.first(
      """
      SELECT \(ExportPart.place(record: "r", receipt: "p")), p.sha256
      FROM records r JOIN receipts p ON p.id = r.receipt
      WHERE r.mapping = ? AND r.origin = ? AND r.key = ? ORDER BY r.variant LIMIT 1
      """, try mappingID(update.mapping), origin, update.key.reference
    ) { ["file": .string($0.text(0)), "line": .int($0.int(1)), "sha256": .string($0.text(2))] }
  }

  private static func journalWrite(_ write: FieldWrite) -> JSONValue {
    [
      "field": .string(write.metadata), "before": write.expected.boxed,
      "after": write.value.boxed, "reason": .string(write.reason.rawValue),
    ]
  }

  private func overruled(_ entry: Int64) throws -> [Overruled] {
    let text = try database.first("SELECT overruled FROM outbox WHERE id = ?", entry) {
      $0.optionalText(0)
    }
    guard let text, let text else { return [] }
    let list = try JSONValue(parsing: text).arrayValue ?? []
    return try list.map { json in
      guard let overruled = Overruled(json: json) else { throw Stored.unknown(in: "outbox", entry) }
      return overruled
    }
  }

  /// A refused push is a conflict of its own until it is no longer due.
  private func reportParked(
    _ entry: OutboxEntry, _ reset: Int64, _ reason: String, run: String, at now: Timestamp
  ) throws {
    let update = entry.update
    let finding = ConflictFinding(
      identity: ConflictIdentity(
        kind: .pushFailed, mapping: update.mapping, subject: .reset(update.resetID)),
      key: update.key, resetID: update.resetID, source: Self.object(update) { $0.value },
      remote: Self.object(update) { $0.expected }, reason: reason,
      factsDigest: SHA256.hex(of: update.intent))
    let group =
      try groupKey(ofReset: reset)
      ?? StoredKey(mapping: 0, origin: 0, text: update.resetID)
    try conflictStore.reconcile(finding, at: group, Sighting(run: run, now: now, round: 0))
    // Sent once more as somebody decided, and refused again.
    guard var known = try conflict(finding.id), known.state == .decided else { return }
    try conflictStore.transition(
      &known, .reopen, run: run, at: now, finding: finding, reason: "refused again: \(reason)")
  }

  /// One side of an update, by field.
  private static func object(
    _ update: PlannedUpdate, _ side: (FieldWrite) -> FieldValue
  ) -> FieldValue {
    .present(
      .object(JSONObject(update.fields.map { ($0.metadata, side($0).json ?? .null) })))
  }

  // MARK: Rows

  func outbox(_ clause: String, _ values: [any Bindable]) throws -> [OutboxEntry] {
    try database.with(
      """
      SELECT id, run, state, payload, intent, before, attempts, reason, queued_at, sent_at,
        settled_at FROM outbox WHERE \(clause)
      """, values
    ) { row in
      var entries: [OutboxEntry] = []
      while try row.step() { entries.append(try Self.outboxEntry(row)) }
      return entries
    }
  }

  private static func outboxEntry(_ row: Statement) throws -> OutboxEntry {
    OutboxEntry(
      id: row.int64(0), run: row.text(1),
      state: try Stored.word(row.text(2), in: "outbox", row.int64(0)),
      update: try UpdateText.decode(row.text(3)), intent: row.optionalText(4),
      before: row.optionalText(5), attempts: row.int(6), reason: row.optionalText(7),
      queuedAt: Timestamp(row.int64(8)), sentAt: row.optionalInt64(9).map { Timestamp($0) },
      settledAt: row.optionalInt64(10).map { Timestamp($0) })
  }
}

extension Overruled {
  init?(json: JSONValue) {
    guard let field = json["field"]?.text, let winner = json["winner"]?.text.flatMap(Side.init),
      let winning = UpdateText.unboxed(json["winning"]),
      let losing = UpdateText.unboxed(json["losing"]),
      let policy = json["policy"]?.text.flatMap(Policy.init)
    else { return nil }
    self.init(field: field, winner: winner, winning: winning, losing: losing, policy: policy)
  }
}
