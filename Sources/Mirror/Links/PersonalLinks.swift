internal import Formats
public import Reconciliation
internal import SQLite

// Links that a person makes and takes apart at any time. What is to be written for them goes
// through the next run's plan and rails, as for a link that was decided with a conflict.
extension Mirror {
  /// Whether a record with this key stands.
  public func hasRecord(_ key: Key, of mapping: String) throws -> Bool {
    try read {
      guard let origin = try knownOriginID(key.origin) else { return false }
      let found = try database.first(
        """
        SELECT 1 FROM records WHERE mapping = (SELECT id FROM mappings WHERE name = ?)
          AND origin = ? AND key = ? AND deleted = 0 AND missing < ? LIMIT 1
        """, mapping, origin, key.reference, SourceRecord.missingExportsMax
      ) { _ in true }
      return found ?? false
    }
  }

  /// Links a reset to a record of this key; its reference is written by the next run.
  ///
  /// Throws `MirrorError` of kind `refused` where another reset is linked to the key and the
  /// mapping allows one, of kind `notFound` where there is no such reset.
  public func makeLink(_ resetID: String, to key: Key, of mapping: Mapping, act: Act) throws {
    try write {
      let reset = try self.reset(resetID)
      guard let row = try resetRow(resetID), !reset.isDeleted else {
        throw MirrorError(.notFound, "there is no reset \(resetID) in the mirror")
      }
      let new = StoredKey(
        mapping: try mappingID(mapping.name), origin: try originID(key.origin),
        text: key.reference)
      if mapping.cardinality == .oneToOne { try refuseRival(of: resetID, at: new, key) }
      let old = try groupKey(ofReset: row)
      try store(linkOf: row, to: new, act)
      if let old, old != new { try conflictStore.move(of: resetID, from: old, to: new) }
      if reset.key.key != key { try order(key, of: mapping, on: reset, at: new, act) }
      try mark(new)
      if let old { try mark(old) }
      try markGroups(ofReset: row)
      try journal("link.created", resetID, mapping.name, key, act)
    }
  }

  /// Takes a pair apart: nothing of it is written any more until somebody links it again.
  public func partLink(_ resetID: String, act: Act) throws {
    try write {
      let found = try database.first(
        """
        SELECT l.reset, m.name, o.name, l.key FROM links l JOIN resets r ON r.id = l.reset
        JOIN mappings m ON m.id = l.mapping JOIN origins o ON o.id = l.origin
        WHERE r.reset_id = ? AND l.state NOT IN ('closed', 'parted')
        """, resetID
      ) {
        (row: $0.int64(0), mapping: $0.text(1), key: Key(origin: $0.text(2), reference: $0.text(3)))
      }
      guard let link = found else {
        throw MirrorError(.notFound, "reset \(resetID) is linked to nothing")
      }
      try database.run(
        "UPDATE links SET state = 'parted', apart_kind = NULL, apart_facts = NULL WHERE reset = ?",
        link.row)
      try markGroups(ofReset: link.row)
      try journal("link.parted", resetID, link.mapping, link.key, act)
    }
  }

  private func refuseRival(of resetID: String, at place: StoredKey, _ key: Key) throws {
    let rival = try database.first(
      """
      SELECT r.reset_id FROM links l JOIN resets r ON r.id = l.reset
      WHERE l.state IN ('active', 'apart') AND l.mapping = ? AND l.origin = ? AND l.key = ?
        AND r.reset_id <> ? LIMIT 1
      """, place.mapping, place.origin, place.text, resetID
    ) { $0.text(0) }
    guard let rival else { return }
    throw MirrorError(
      .refused, "reset \(rival) is linked to \(key) already",
      hint: "take that pair apart first: resetsync unlink \(rival)")
  }

  private func store(linkOf row: Int64, to place: StoredKey, _ act: Act) throws {
    let maker = LinkText.text(.decision(by: act.by))
    // The pair as it was before keeps its base.
    let rejoined = try database.run(
      """
      UPDATE links SET state = 'active', apart_kind = NULL, apart_facts = NULL, made_by = ?5,
        made_at = ?6 WHERE reset = ?1 AND mapping = ?2 AND origin = ?3 AND key = ?4
      """, row, place.mapping, place.origin, place.text, maker, act.at.microseconds)
    guard rejoined == 0 else { return }
    let renewed = try database.run(
      """
      UPDATE links SET mapping = ?2, origin = ?3, key = ?4, state = 'active', made_by = ?5,
        made_at = ?6, run = NULL, base = '{}', apart_kind = NULL, apart_facts = NULL,
        accepted_identity = NULL, writes = NULL, own_updated = NULL, others_updated = NULL
      WHERE reset = ?1
      """, row, place.mapping, place.origin, place.text, maker, act.at.microseconds)
    guard renewed == 0 else { return }
    try database.run(
      """
      INSERT INTO links(reset, mapping, origin, key, state, made_by, made_at, base)
      VALUES(?, ?, ?, ?, 'active', ?, ?, '{}')
      """, row, place.mapping, place.origin, place.text, maker, act.at.microseconds)
    try database.run(
      """
      INSERT INTO link_counts(mapping, links) VALUES(?, 1)
      ON CONFLICT(mapping) DO UPDATE SET links = links + 1
      """, place.mapping)
  }

  /// The reset is to carry the key of its link: remembered as the decision of a conflict, so that
  /// it lapses when somebody else moves the reset first, and can be taken back.
  private func order(
    _ key: Key, of mapping: Mapping, on reset: RemoteReset, at place: StoredKey, _ act: Act
  ) throws {
    let finding = ConflictFinding(
      identity: ConflictIdentity(
        kind: .unreferenced, mapping: mapping.name, subject: .reset(reset.id, suggested: key)),
      key: key, resetID: reset.id, source: .text(key.description),
      remote: reset.key.key.map { .text($0.description) } ?? .absent,
      reason: "a person linked it to \(key)",
      factsDigest: ConflictFinding.suggestionFacts(reset, key))
    try conflictStore.reconcile(finding, at: place, Sighting(run: "", now: act.at, round: 0))
    guard var conflict = try conflict(finding.id) else { return }
    if conflict.life.after(.decide) == nil {
      try conflictStore.transition(&conflict, .reopen, run: nil, at: act.at, by: act.by)
    }
    try store(.link(resetID: reset.id), for: &conflict, act)
  }

  private func journal(
    _ kind: String, _ resetID: String, _ mapping: String, _ key: Key, _ act: Act
  ) throws {
    try append(
      JournalEntry(
        kind: kind, mapping: mapping, subject: resetID,
        payload: [
          "origin": .string(key.origin), "reference": .string(key.reference),
          "by": .string(act.by), "reason": act.reason.map { .string($0) } ?? .null,
        ]), run: "", at: act.at)
  }
}
