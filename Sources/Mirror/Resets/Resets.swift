public import Formats
internal import Reconciliation
internal import SQLite

/// What storing pulled resets did.
public struct StoredPage: Sendable, Hashable {
  /// Resets that were handed in, unchanged ones included.
  public var rows = 0
  /// Resets that were new or different.
  public var changed = 0

  /// The count before the first page.
  public init() {}
}

/// What a pull runs once per reset.
struct ResetStatements {
  let find: Statement
  let insert: Statement
}

extension Mirror {
  /// Stores pulled resets, of one page or of many, and where the pull stands, in one transaction.
  ///
  /// Only what changed is written, and its keys are marked for the next reconcile. `watermark` is
  /// kept as the start of the next incremental pull; `cursor`, which every page of a full pull
  /// brings, continues it after a crash.
  public func storePage(
    _ rows: [ResetRow], watermark: String? = nil, cursor: String? = nil, run: String,
    at now: Timestamp
  ) throws -> StoredPage {
    try writeRelaxed {
      var page = StoredPage()
      var ids: [Int64] = []
      ids.reserveCapacity(rows.count)
      for row in rows {
        let stored = try store(row, at: now)
        page.rows += 1
        if stored.changed { page.changed += 1 }
        ids.append(stored.id)
      }
      if let watermark { try setFact("pull.watermark", watermark) }
      try notePage(ids, cursor: cursor)
      return page
    }
  }

  /// Stores one reset in the open transaction; says which row it is and whether it changed.
  func store(_ row: ResetRow, at now: Timestamp) throws -> (id: Int64, changed: Bool) {
    let key = try storedKey(of: row)
    guard let found = try found(row, key) else { return (try insert(row, key, at: now), true) }
    guard !found.same else { return (found.id, false) }
    if found.wasDeleted { dirtyKeys.resets += 1 }
    try update(found.id, row, key, at: now)
    return (found.id, true)
  }

  /// The stored row of a reset, and whether it says the same.
  private func found(
    _ row: ResetRow, _ key: StoredKey
  ) throws -> (id: Int64, same: Bool, wasDeleted: Bool)? {
    let statement = try prepared().find
    defer { statement.clear() }
    statement.bind(1, row.id)
    guard try statement.step() else { return nil }
    return (
      id: statement.int64(0), same: Self.equals(statement, row, key),
      wasDeleted: !statement.isNull(4)
    )
  }

  /// The statements that every pulled reset runs, prepared once.
  private func prepared() throws -> ResetStatements {
    if let resetStatements { return resetStatements }
    let made = ResetStatements(
      find: try database.statement(Self.findReset),
      insert: try database.statement(Self.insertReset))
    resetStatements = made
    return made
  }

  private static let findReset = """
    SELECT id, mapping, origin, key, deleted_at, reference, reference_origin, customer_email,
      reset_password_at, created_at, updated_at, metadata, email_hash, self_link,
      links, mode
    FROM resets WHERE reset_id = ?
    """

  private static func equals(_ stored: Statement, _ row: ResetRow, _ key: StoredKey) -> Bool {
    func same(_ column: Int, _ text: String?) -> Bool {
      guard let text else { return stored.isNull(column) }
      return !stored.isNull(column) && stored.textEquals(column, text)
    }
    // An e-mail that retention removed is not wanted back: only its hash stays.
    let emailIsGone = stored.isNull(7) && !stored.isNull(12)
    return stored.isNull(4) && stored.int64(1) == key.mapping && stored.int64(2) == key.origin
      && same(3, key.text) && same(5, row.reference) && same(6, row.referenceOrigin)
      && (emailIsGone || same(7, row.customerEmail)) && same(8, row.resetPasswordAt)
      && same(9, row.createdAt) && same(10, row.updatedAt) && same(11, row.metadata)
      && same(13, row.selfLink) && same(14, row.links) && same(15, row.mode)
  }

  private func storedKey(of row: ResetRow) throws -> StoredKey {
    guard case .known(let mapping, let key) = row.key else {
      return StoredKey(mapping: 0, origin: 0, text: row.id)
    }
    return StoredKey(
      mapping: try mappingID(mapping), origin: try originID(key.origin), text: key.reference)
  }

  private func insert(_ row: ResetRow, _ key: StoredKey, at now: Timestamp) throws -> Int64 {
    let statement = try prepared().insert
    defer { statement.clear() }
    bind(row, key, to: statement)
    statement.bind(17, now.microseconds)
    try statement.step()
    let id = database.lastInsertID
    dirtyKeys.resets += 1
    try mark(key)
    return id
  }

  private static let insertReset = """
    INSERT INTO resets(
      reset_id, mapping, origin, key, assignment, reference, reference_origin, customer_email,
      reset_password_at, created_at, updated_at, updated_us, metadata, self_link, links, mode,
      first_seen)
    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
    """

  private func update(
    _ id: Int64, _ row: ResetRow, _ key: StoredKey, at now: Timestamp
  ) throws {
    try releaseReturned(id, at: now)
    try markGroups(ofReset: id)
    try moveConflicts(ofUnlinked: id, row.id, to: key)
    let times = try fieldTimes(of: id, after: row)
    try database.with(Self.updateReset, []) { statement in
      bind(row, key, to: statement)
      statement.bind(17, id)
      statement.bind(18, times)
      try statement.step()
    }
    try mark(key)
  }

  /// When the parts of the metadata changed, once a reset is as it just came.
  private func fieldTimes(of id: Int64, after row: ResetRow) throws -> String? {
    let found = try database.first(
      "SELECT metadata, updated_us, field_times FROM resets WHERE id = ?", id
    ) { ($0.text(0), $0.optionalInt64(1).map { Timestamp($0) }, $0.optionalText(2)) }
    guard let (metadata, updated, stored) = found else { return nil }
    var times =
      try Stored.fieldTimes(stored, ofReset: id) ?? FieldTimes(firstSeen: updated)
    guard metadata != row.metadata else { return times.encoded() }
    times.note(
      from: try JSONValue(parsing: metadata).objectValue ?? [:],
      to: try JSONValue(parsing: row.metadata).objectValue ?? [:], after: updated,
      until: row.updatedAt.flatMap { Timestamp(rfc3339: $0) })
    return times.encoded()
  }

  private static let updateReset = """
    UPDATE resets SET reset_id = ?1, mapping = ?2, origin = ?3, key = ?4, assignment = ?5,
      reference = ?6, reference_origin = ?7,
      customer_email = CASE WHEN customer_email IS NULL AND email_hash IS NOT NULL
        THEN NULL ELSE ?8 END,
      reset_password_at = ?9, created_at = ?10, updated_at = ?11, updated_us = ?12,
      metadata = ?13, self_link = ?14, links = ?15, mode = ?16,
      deleted_at = NULL, field_times = ?18
    WHERE id = ?17
    """

  private func bind(_ row: ResetRow, _ key: StoredKey, to statement: Statement) {
    statement.bind(1, row.id)
    statement.bind(2, key.mapping)
    statement.bind(3, key.origin)
    statement.bind(4, key.text)
    statement.bind(5, row.key.stored)
    statement.bind(6, row.reference)
    statement.bind(7, row.referenceOrigin)
    statement.bind(8, row.customerEmail)
    statement.bind(9, row.resetPasswordAt)
    statement.bind(10, row.createdAt)
    statement.bind(11, row.updatedAt)
    statement.bind(12, row.updatedAt.flatMap { Timestamp(rfc3339: $0) }?.microseconds)
    statement.bind(13, row.metadata)
    statement.bind(14, row.selfLink)
    statement.bind(15, row.links)
    statement.bind(16, row.mode)
  }

  /// The conflicts of a reset that has no link follow it to its new key.
  private func moveConflicts(ofUnlinked id: Int64, _ resetID: String, to key: StoredKey) throws {
    guard let group = try groupKey(ofReset: id), group != key else { return }
    let isLinked = try database.first(
      "SELECT 1 FROM links WHERE reset = ? AND state <> 'closed'", id
    ) { _ in true }
    guard isLinked == nil else { return }
    try conflictStore.move(of: resetID, from: group, to: key)
  }

  // MARK: Where the pull stands

  /// The fact that tells when the last full pull ended.
  static let fullPullFact = "pull.full.finished"

  /// Notes that a pull ended well.
  public func notePull(full: Bool, recordCount: Int?, at now: Timestamp) throws {
    try write {
      try setFact("pull.finished", "\(now.microseconds)")
      if full { try setFact(Self.fullPullFact, "\(now.microseconds)") }
      if let recordCount { try setFact("pull.record_count", "\(recordCount)") }
    }
  }

  /// The references that resets carry, each with its origin, one for each reset, in no order.
  public func references(limit: Int) throws -> [(origin: String?, reference: String)] {
    try read {
      try database.all(
        """
        SELECT reference_origin, reference FROM resets
        WHERE reference IS NOT NULL AND deleted_at IS NULL LIMIT ?
        """, limit
      ) { ($0.optionalText(0), $0.text(1)) }
    }
  }

  /// Gives all resets their key anew if the rules that assign keys changed since the last time;
  /// returns how many moved.
  func assignKeys(by book: RuleBook) throws -> Int {
    let digest = book.keysDigest
    guard try fact("keys.digest") != digest else { return 0 }
    return try write {
      var moved = 0
      try database.each(
        "SELECT id, reset_id, reference, reference_origin, mapping, origin, key, assignment "
          + "FROM resets ORDER BY id"
      ) { row in
        let reset = ResetRow(
          id: row.text(1),
          key: book.assign(reference: row.optionalText(2), origin: row.optionalText(3)))
        let key = try storedKey(of: reset)
        let old = StoredKey(mapping: row.int64(4), origin: row.int64(5), text: row.text(6))
        guard key != old || !row.textEquals(7, reset.key.stored) else { return }
        try reassign(row.int64(0), reset, to: key)
        moved += 1
      }
      try setFact("keys.digest", digest)
      return moved
    }
  }

  private func reassign(_ id: Int64, _ reset: ResetRow, to key: StoredKey) throws {
    try markGroups(ofReset: id)
    try moveConflicts(ofUnlinked: id, reset.id, to: key)
    try database.run(
      "UPDATE resets SET mapping = ?, origin = ?, key = ?, assignment = ? WHERE id = ?",
      key.mapping, key.origin, key.text, reset.key.stored, id)
    try mark(key)
  }
}
