internal import Formats
public import Reconciliation
internal import SQLite

/// What a decision wrote to the remote before it was taken back.
public struct DecisionWrite: Sendable, Hashable {
  /// The run that planned it.
  public let run: String
  /// The managed field; nil for a reference.
  public let field: String?
  /// What the remote held before.
  public let before: FieldValue
  /// What was written.
  public let after: FieldValue
}

// Reopening puts back what a decision that was carried out had moved: the base of the field, an
// accepted identity, the key of a link. Nothing is written to the remote for that.
extension Mirror {
  /// The last write by which a decision about this conflict was carried out; nil if there was none.
  public func written(byDecisionOf id: String) throws -> DecisionWrite? {
    try read {
      let entries = try outbox(
        """
        state = 'applied' AND reset = (SELECT r.id FROM resets r JOIN conflicts c
          ON c.reset_id = r.reset_id WHERE c.id = ?) ORDER BY id DESC LIMIT \(Self.writesMax)
        """, [id])
      guard let entry = entries.first(where: { $0.update.decisions.contains(id) }) else {
        return nil
      }
      let field = try conflict(id: id).field
      if let field {
        return entry.update.fields.first { $0.metadata == field }.map {
          DecisionWrite(run: entry.run, field: field, before: $0.expected, after: $0.value)
        }
      }
      return entry.update.reference.map {
        DecisionWrite(run: entry.run, field: nil, before: .of($0.expected), after: .of($0.value))
      }
    }
  }

  /// Updates of one reset that are searched for what a decision wrote.
  private static let writesMax = 200

  /// What a conflict shows, as far as taking back its decision needs it.
  private struct Shown {
    let reset: Int64
    let field: String?
    let base: BasePair
    let source: FieldValue?
    let key: Key
  }

  func takeBack(_ conflict: StoredConflict) throws {
    guard conflict.state == .applied || conflict.state == .closed, let take = conflict.decision,
      let shown = try shown(conflict)
    else { return }
    switch (conflict.identity.kind, take) {
    // Kept apart without moving the base.
    case (.conflict, .apart), (.writeFight, .apart): break
    case (.conflict, _), (.writeFight, _): try takeBackBase(conflict, shown)
    case (.identityMismatch, .link):
      try database.run(
        "UPDATE links SET accepted_identity = NULL WHERE reset = ? AND accepted_identity = ?",
        shown.reset, conflict.decidedFacts)
    case (.rekeyed, .remote), (.rekeyed, .source):
      try takeBackKey(conflict, shown, wasSource: take == .source)
    default: break
    }
  }

  private func shown(_ conflict: StoredConflict) throws -> Shown? {
    try database.first(
      """
      SELECT r.id, c.field, c.base, c.source, c.reference, c.reference_origin
      FROM conflicts c JOIN resets r ON r.reset_id = c.reset_id WHERE c.number = ?
      """, conflict.number
    ) { row in
      Shown(
        reset: row.int64(0), field: row.optionalText(1),
        base: try ConflictText.base(row.optionalText(2), of: conflict.id),
        source: try ConflictText.value(row.optionalText(3), of: conflict.id),
        key: Key(origin: row.text(5), reference: row.text(4)))
    }
  }

  /// The base goes back to what its author saw, unless it has moved on since; the question is about
  /// what the remote is known to hold now.
  private func takeBackBase(_ conflict: StoredConflict, _ shown: Shown) throws {
    let stored = try database.first(
      "SELECT base FROM links WHERE reset = ? AND state <> 'closed'", shown.reset
    ) { try Base(decoding: $0.text(0)) }
    guard let field = shown.field, let source = shown.source, var base = stored,
      base[field].source == source, let remote = base[field].remote
    else { return }
    base[field] = shown.base
    try database.run("UPDATE links SET base = ? WHERE reset = ?", base.encoded(), shown.reset)
    try database.run(
      "UPDATE conflicts SET remote = ?, facts = ? WHERE number = ?", ConflictText.value(remote),
      ConflictFinding.fieldFacts(base: shown.base, source: source, remote: remote),
      conflict.number)
  }

  /// The link goes back to the key that it had; another mapping's is matched by its own runs.
  private func takeBackKey(_ conflict: StoredConflict, _ shown: Shown, wasSource: Bool) throws {
    let found = try database.first(
      """
      SELECT l.mapping, l.origin, l.key, o.name, m.name FROM links l
      JOIN origins o ON o.id = l.origin JOIN mappings m ON m.id = l.mapping
      WHERE l.reset = ? AND l.state <> 'closed'
      """, shown.reset
    ) { row in
      (
        place: StoredKey(mapping: row.int64(0), origin: row.int64(1), text: row.text(2)),
        key: Key(origin: row.text(3), reference: row.text(2)), mapping: row.text(4)
      )
    }
    guard let link = found, link.mapping == conflict.identity.mapping,
      let old = try wasSource ? keyBefore(conflict) : shown.key,
      let origin = try knownOriginID(old.origin),
      conflict.decidedFacts
        == ConflictFinding.rekeyedFacts(wasSource ? .source : .remote, from: old, to: link.key)
    else { return }
    let place = StoredKey(mapping: link.place.mapping, origin: origin, text: old.reference)
    try database.run(
      "UPDATE links SET origin = ?, key = ? WHERE reset = ?", place.origin, place.text,
      shown.reset)
    try conflictStore.move(of: resetID(of: conflict), from: link.place, to: place)
    try mark(place)
    try mark(link.place)
  }

  private func resetID(of conflict: StoredConflict) -> String {
    guard case .reset(let id, suggested: _) = conflict.identity.subject else { return "" }
    return id
  }

  /// The key of the link before a decision moved it to another record's: what the remote carried
  /// when it was decided.
  private func keyBefore(_ conflict: StoredConflict) throws -> Key? {
    let remote = try database.first(
      """
      SELECT remote FROM conflict_events WHERE conflict = ? AND kind = 'decided'
      ORDER BY id DESC LIMIT 1
      """, conflict.number
    ) { try ConflictText.value($0.optionalText(0), of: conflict.id) }
    guard let text = remote??.json?.text else { return nil }
    return try database.first(
      "SELECT name FROM origins WHERE substr(?1, 1, length(name) + 1) = name || '/'", text
    ) {
      Key(origin: $0.text(0), reference: String(text.dropFirst($0.text(0).count + 1)))
    }
  }
}

extension FieldValue {
  /// A text, or that there is none.
  fileprivate static func of(_ text: String?) -> FieldValue { text.map { .text($0) } ?? .absent }
}
