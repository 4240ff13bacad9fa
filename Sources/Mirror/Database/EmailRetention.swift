internal import Formats
internal import Reconciliation
internal import SQLite

/// Removes the e-mails of finished resets, wherever the mirror has them.
///
/// A reset is finished when its password was reset, or when it is deleted, and no conflict of it
/// waits for a person. Its e-mail goes from the reset, from the identity columns of its record,
/// from what candidates are found by, and from its settled conflicts and their history. What keeps
/// it: values that are managed fields or foreign metadata, which are data of their own, and the
/// journal, whose chain doesn't allow changes and whose entries go after `retention.journal`.
extension Mirror {
  /// Resets looked at per transaction.
  private static let resetsPerStep = 2_000

  /// Returns how many resets lost their e-mail.
  ///
  /// Throws `MirrorError.refused` if the mirror has hashes of another key.
  func removeEmails(before: Timestamp, key: [UInt8], mappings: [Mapping]) throws -> Int {
    let hasher = EmailHasher(key: key)
    try write {
      if let known = try fact(Self.emailKeyFact), known != hasher.id {
        throw MirrorError(
          .refused, "the e-mails of \(path) were hashed with another key",
          hint: "put back the file \(path).email-key that belongs to this mirror")
      }
      try setFact(Self.emailKeyFact, hasher.id)
    }
    emailHasher = hasher
    // What was removed must not stand on in free space or in the write-ahead log.
    try database.execute("PRAGMA secure_delete = ON")
    defer { try? database.execute("PRAGMA secure_delete = OFF") }
    let work = EmailRemoval(
      hasher: hasher, before: before,
      mappings: Dictionary(mappings.map { ($0.name, $0) }) { first, _ in first })
    var (after, total, changed) = (Int64(0), 0, 0)
    while true {
      let step = try write { try removeEmails(work, after: after) }
      total += step.emails
      changed += step.changed
      guard let last = step.last else { break }
      after = last
    }
    changed += try write { try removeOverruledEmails(work) }
    if total + changed > 0 { try database.checkpoint() }
    return total
  }

  private struct EmailRemoval {
    let hasher: EmailHasher
    let before: Timestamp
    let mappings: [String: Mapping]

    func text(_ text: String) -> String { EmailReplacement { hasher.token($0) }.text(text) }

    /// A text that is JSON, with the addresses in its strings replaced.
    func json(_ text: String) -> String {
      guard let value = try? JSONValue(parsing: text) else { return self.text(text) }
      return EmailReplacement { hasher.token($0) }.value(value).written()
    }
  }

  private struct Finished {
    let row: Int64
    let id: String
    let email: String?
    let key: StoredKey?
    let hasAcceptance: Bool
  }

  private func removeEmails(
    _ work: EmailRemoval, after: Int64
  ) throws -> (last: Int64?, emails: Int, changed: Int) {
    let found = try database.all(
      """
      SELECT r.id, r.reset_id, r.customer_email, l.mapping, l.origin, l.key,
        l.accepted_identity IS NOT NULL OR l.apart_kind = 'identity_mismatch'
      FROM resets r LEFT JOIN links l ON l.reset = r.id AND l.state <> 'closed'
      WHERE r.id > ? AND (r.customer_email IS NOT NULL OR r.email_hash IS NOT NULL)
        AND (r.reset_password_at IS NOT NULL OR r.deleted_at IS NOT NULL)
        AND coalesce(r.deleted_at, r.updated_us, r.first_seen) < ?
        AND NOT EXISTS (SELECT 1 FROM conflicts c WHERE c.reset_id = r.reset_id
          AND c.state NOT IN ('closed', 'auto_closed'))
      ORDER BY r.id LIMIT ?
      """, after, work.before.microseconds, Self.resetsPerStep
    ) { row in
      Finished(
        row: row.int64(0), id: row.text(1), email: row.optionalText(2),
        key: row.isNull(3)
          ? nil : StoredKey(mapping: row.int64(3), origin: row.int64(4), text: row.text(5)),
        hasAcceptance: row.bool(6))
    }
    var (emails, changed) = (0, 0)
    for reset in found {
      if let email = reset.email {
        emails += 1
        try database.run(
          "UPDATE resets SET customer_email = NULL, email_hash = ? WHERE id = ?",
          work.hasher.hash(email), reset.row)
        try database.run("DELETE FROM watched WHERE reset = ?", reset.row)
      }
      if let key = reset.key { changed += try hashRecords(at: key, of: reset, work) }
      if reset.hasAcceptance, let key = reset.key { try keepAcceptance(of: reset, at: key, work) }
      changed += try hashConflicts(of: reset, work)
    }
    if emails + changed > 0 { try setFact(Self.emailHashedFact, "1") }
    return (found.count < Self.resetsPerStep ? nil : found.last?.row, emails, changed)
  }

  // MARK: Records

  /// The records of a key, unless another reset of it still needs them.
  private func hashRecords(
    at key: StoredKey, of reset: Finished, _ work: EmailRemoval
  ) throws -> Int {
    guard let mapping = work.mappings[try mappingName(key.mapping)] else { return 0 }
    let columns = mapping.emailColumns
    guard !columns.isEmpty else { return 0 }
    let isNeeded = try database.first(
      """
      SELECT 1 FROM links l JOIN resets r ON r.id = l.reset
      WHERE l.state <> 'closed' AND l.mapping = ? AND l.origin = ? AND l.key = ? AND r.id <> ?
        AND r.customer_email IS NOT NULL LIMIT 1
      """, key.mapping, key.origin, key.text, reset.row
    ) { _ in true }
    guard isNeeded == nil else { return 0 }
    let records = try database.all(
      "SELECT id, columns, cells FROM records WHERE mapping = ? AND origin = ? AND key = ?",
      key.mapping, key.origin, key.text
    ) { (id: $0.int64(0), columns: $0.int64(1), cells: $0.utf8(2)) }
    var changed = 0
    for record in records where record.cells.contains(UInt8(ascii: "@")) {
      let names = try columnSet(record.columns)
      let places = names.indices.filter { columns.contains(names[$0]) }
      let cells = try CellText(bytes: record.cells[...]).cells()
      guard let hashed = work.hasher.hashed(cells, at: places) else { continue }
      let text = String(decoding: CellText(hashed).bytes, as: UTF8.self)
      try database.run("UPDATE records SET cells = ? WHERE id = ?", text, record.id)
      try forgetChunks(key.mapping)
      try recorrelate(record.id, mapping, key.mapping, names, from: cells, to: hashed)
      changed += 1
    }
    return changed
  }

  private func recorrelate(
    _ record: Int64, _ mapping: Mapping, _ id: Int64, _ names: [String], from old: [Cell],
    to new: [Cell]
  ) throws {
    for (place, pair) in mapping.correlate.enumerated() {
      guard let column = names.firstIndex(of: pair.column), column < old.count,
        let before = pair.normal(old[column].text), let after = pair.normal(new[column].text),
        before != after
      else { continue }
      try database.run(
        "DELETE FROM correlates WHERE mapping = ? AND pair = ? AND value = ? AND record = ?",
        id, place, before, record)
      try database.run(
        "INSERT INTO correlates(mapping, pair, value, record) VALUES(?, ?, ?, ?) "
          + "ON CONFLICT DO NOTHING", id, place, after, record)
    }
  }

  // MARK: Decisions in force

  /// Two different e-mails that a person accepted stay accepted as hashes.
  private func keepAcceptance(
    of reset: Finished, at key: StoredKey, _ work: EmailRemoval
  ) throws {
    guard let mapping = work.mappings[try mappingName(key.mapping)] else { return }
    let group = try GroupReader(database, hasher: work.hasher).load(key).group
    let record = group.records.filter { !$0.isDeleted }.max { $0.mirrorID < $1.mirrorID }
    guard let record,
      let remote = (group.resets + group.linkedResets).first(where: { $0.id == reset.id }),
      let facts = mapping.identityFacts(record, remote)
    else { return }
    let former = try database.first(
      "SELECT coalesce(accepted_identity, apart_facts) FROM links WHERE reset = ?", reset.row
    ) { $0.optionalText(0) }
    guard case .some(.some(let former)) = former, former != facts else { return }
    try database.run(
      """
      UPDATE links SET
        accepted_identity = CASE WHEN accepted_identity = ?1 THEN ?2 ELSE accepted_identity END,
        apart_facts = CASE WHEN apart_facts = ?1 THEN ?2 ELSE apart_facts END WHERE reset = ?3
      """, former, facts, reset.row)
    try database.run(
      """
      UPDATE conflicts SET facts = CASE WHEN facts = ?1 THEN ?2 ELSE facts END,
        decided_facts = CASE WHEN decided_facts = ?1 THEN ?2 ELSE decided_facts END
      WHERE reset_id = ?3 AND kind = 'identity_mismatch'
      """, former, facts, reset.id)
  }

  // MARK: Conflicts

  private static let conflictJSON = ["base", "source", "remote", "previous_decision"]
  private static let conflictTexts = ["detail", "decision", "decision_reason"]
  private static let eventJSON = ["base", "source", "remote"]
  private static let eventTexts = ["decision", "reason"]

  private func hashConflicts(of reset: Finished, _ work: EmailRemoval) throws -> Int {
    let numbers = try database.all(
      "SELECT number FROM conflicts WHERE reset_id = ?", reset.id
    ) { $0.int64(0) }
    var changed = 0
    for number in numbers {
      changed += try rewrite(
        "conflicts", "number = ?", number, Self.conflictJSON, Self.conflictTexts, work)
      let events = try database.all(
        "SELECT id FROM conflict_events WHERE conflict = ?", number
      ) { $0.int64(0) }
      for event in events {
        changed += try rewrite(
          "conflict_events", "id = ?", event, Self.eventJSON, Self.eventTexts, work)
      }
    }
    return changed
  }

  /// Values that policies overruled belong to no conflict.
  private func removeOverruledEmails(_ work: EmailRemoval) throws -> Int {
    let events = try database.all(
      """
      SELECT e.id FROM conflict_events e JOIN resets r ON r.reset_id = e.reset_id
      WHERE e.conflict IS NULL AND r.customer_email IS NULL AND r.email_hash IS NOT NULL
        AND (e.base LIKE '%@%' OR e.source LIKE '%@%' OR e.remote LIKE '%@%')
      """
    ) { $0.int64(0) }
    for event in events {
      _ = try rewrite("conflict_events", "id = ?", event, Self.eventJSON, Self.eventTexts, work)
    }
    return events.count
  }

  /// Replaces the addresses in the columns of one row; 1 if there were any.
  private func rewrite(
    _ table: String, _ which: String, _ row: Int64, _ json: [String], _ texts: [String],
    _ work: EmailRemoval
  ) throws -> Int {
    let columns = json + texts
    let former = try database.first(
      "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(which)", row
    ) { row in columns.indices.map { row.optionalText($0) } }
    guard let former else { return 0 }
    var isChanged = 0
    for (place, text) in former.enumerated() {
      guard let text, text.utf8.contains(where: EmailReplacement.isSign) else { continue }
      let replaced = place < json.count ? work.json(text) : work.text(text)
      guard replaced != text else { continue }
      try database.run(
        "UPDATE \(table) SET \(columns[place]) = ? WHERE \(which)", replaced, row)
      isChanged = 1
    }
    return isChanged
  }
}
