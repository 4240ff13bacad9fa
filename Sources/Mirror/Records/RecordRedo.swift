internal import Formats
internal import Reconciliation
internal import SQLite

/// The records of a mapping on their way under the rules of today, inside one transaction.
struct RecordRedo {
  let mapping: Mapping
  let id: Int64
  /// What changed; nil where nobody knows.
  let change: RuleChange?
  let book: RuleBook
  let order: ChangeOrder
  var done: RedoneRecords
  /// By how many the records that are present have become more.
  var presentDelta = 0
  /// Where the needed columns stand in the cells of each list of columns.
  private var places: [Int64: Places] = [:]

  struct Places {
    let needed: [Int?]
    /// Whether a column is lacking without which no key can be told.
    let lacksKey: Bool
  }

  init(
    _ mapping: Mapping, _ id: Int64, _ change: RuleChange?, _ book: RuleBook, at now: Timestamp
  ) {
    order = ChangeOrder(now: now)
    self.mapping = mapping
    self.id = id
    self.change = change
    self.book = book
    done = RedoneRecords(mapping: mapping.name)
  }

  /// What the rules of today make of a record; nil where its key can't be told.
  mutating func reading(
    _ cells: CellText, columns: Int64, spelling: String, names: (Int64) throws -> [String]
  ) throws -> (reading: RecordReading, cells: [Cell])? {
    let places = try places(of: columns, names)
    guard !places.lacksKey else { return nil }
    let stored = try cells.cells()
    let cells = places.needed.map { place in
      place.map { $0 < stored.count ? stored[$0] : .absent } ?? .absent
    }
    let respells = change?.respellsReferences ?? false
    // Where retention put a hash in the place of an e-mail, the spelling is all that is left.
    if respells, mapping.referenceCells(cells).contains(where: { EmailHasher.isToken($0) }) {
      return nil
    }
    return (mapping.reread(cells, spelling: respells ? nil : spelling), cells)
  }

  private mutating func places(
    of columns: Int64, _ names: (Int64) throws -> [String]
  ) throws -> Places {
    if let known = places[columns] { return known }
    let names = try names(columns)
    let found = Places(
      needed: mapping.columnsNeeded.map { names.firstIndex(ofExactly: $0) },
      lacksKey: mapping.recordRules.keyColumns.contains {
        names.firstIndex(ofExactly: $0) == nil
      })
    places[columns] = found
    return found
  }
}

/// Gives records their keys, marks and times anew from the cells that are kept, and has their links
/// go with them:
///
///     record  007   key "007" ──► key "7"       now with strip_leading_zeros
///     link          key "007" ──► key "7"
///     reset   7     key "7"                     `assignKeys` comes behind this
extension Mirror {
  private static let redonePerPage = 1_000
  /// Records that can't have their number among the variants of a key yet wait behind this one.
  private static let waitingVariant: Int64 = 1 << 40

  /// Redoes all records of a mapping.
  func redo(_ redo: inout RecordRedo) throws {
    let before = try keySituations(redo.id)
    if redo.change?.movesKeys ?? true { try moveLinks(&redo) }
    let correlates = redo.change?.correlatesAnew ?? true
    if correlates { try database.run("DELETE FROM correlates WHERE mapping = ?", redo.id) }
    var last: Int64 = 0
    while true {
      let page = try standing(redo.id, after: last)
      for record in page { try self.redo(record, &redo, correlates: correlates) }
      guard page.count == Self.redonePerPage, let end = page.last else { break }
      last = end.id
    }
    try settleVariants(redo.id)
    try dropOutdated(&redo)
    try adjustSituations(redo.id, from: before)
  }

  // MARK: Records

  private struct Standing {
    let id: Int64
    let key: StoredKey
    let missing: Int
    let isDeleted: Bool
    let columns: Int64
    let changedAt: Int64?
    let rawReference: String?
    let rawOrigin: String?
    let cells: CellText
  }

  private static let standingColumns = """
    id, mapping, origin, key, missing, deleted, columns, changed_us, raw_reference, raw_origin,
    cells
    """

  private static func standing(_ row: Statement) -> Standing {
    Standing(
      id: row.int64(0),
      key: StoredKey(mapping: row.int64(1), origin: row.int64(2), text: row.text(3)),
      missing: row.int(4), isDeleted: row.bool(5), columns: row.int64(6),
      changedAt: row.optionalInt64(7), rawReference: row.optionalText(8),
      rawOrigin: row.optionalText(9), cells: CellText(bytes: row.utf8(10)[...]))
  }

  private func standing(_ mapping: Int64, after last: Int64) throws -> [Standing] {
    try database.all(
      """
      SELECT \(Self.standingColumns) FROM records NOT INDEXED
      WHERE mapping = ? AND id > ? ORDER BY id LIMIT ?
      """, mapping, last, Self.redonePerPage, row: Self.standing)
  }

  private func redo(
    _ record: Standing, _ redo: inout RecordRedo, correlates: Bool
  ) throws {
    let read = try redo.reading(
      record.cells, columns: record.columns, spelling: record.rawReference ?? record.key.text,
      names: columnSet)
    guard let read else {
      if record.missing < SourceRecord.missingExportsMax { redo.done.unkeyed += 1 }
      return
    }
    if correlates { try correlate(record.id, read.cells, redo) }
    switch read.reading {
    case .unusable: try leaveAside(record, &redo)
    case .record(let new):
      let marked = try write(new, over: record, redo)
      if marked.moved { redo.done.moved += 1 } else if marked.marked { redo.done.marked += 1 }
      if new.isSetAside { try leaveAside(record, &redo) }
    }
  }

  private func leaveAside(_ record: Standing, _ redo: inout RecordRedo) throws {
    guard record.missing < SourceRecord.setAsideMark else { return }
    try database.run(
      "UPDATE records SET missing = ? WHERE id = ?", SourceRecord.setAsideMark, record.id)
    if record.missing == 0 { redo.presentDelta -= 1 }
    redo.done.setAside += 1
  }

  private func write(
    _ new: RereadRecord, over record: Standing, _ redo: RecordRedo
  ) throws -> (moved: Bool, marked: Bool) {
    let key = StoredKey(
      mapping: redo.id, origin: try originID(new.key.origin), text: new.key.reference)
    let reference = new.rawReference == new.key.reference ? nil : new.rawReference
    let origin = new.rawOrigin == new.key.origin ? nil : new.rawOrigin
    let isDeleted = new.isDeleted ?? record.isDeleted
    let changedAt = new.changedAt?.microseconds
    let isMarked = isDeleted != record.isDeleted || changedAt != record.changedAt
    let isMoved = key != record.key
    guard isMoved || isMarked || reference != record.rawReference || origin != record.rawOrigin
    else { return (false, false) }
    try database.run(
      """
      UPDATE records SET deleted = ?, changed_us = ?, raw_reference = ?, raw_origin = ?
      WHERE id = ?
      """, isDeleted, changedAt, reference, origin, record.id)
    if isMoved { try move(record.id, to: key) }
    return (isMoved, isMarked)
  }

  private func move(_ record: Int64, to key: StoredKey) throws {
    for variant in [0, Self.waitingVariant + record] {
      let moved = try database.run(
        "UPDATE OR IGNORE records SET origin = ?, key = ?, variant = ?, situation = NULL "
          + "WHERE id = ?", key.origin, key.text, variant, record)
      if moved > 0 { return }
    }
  }

  /// Records that came to a key where others were get numbers behind theirs.
  private func settleVariants(_ mapping: Int64) throws {
    while true {
      let waiting = try database.all(
        """
        SELECT id, origin, key FROM records
        WHERE mapping = ? AND variant > 0 AND variant >= ? ORDER BY id LIMIT ?
        """, mapping, Self.waitingVariant, Self.redonePerPage
      ) { (id: $0.int64(0), origin: $0.int64(1), key: $0.text(2)) }
      for record in waiting {
        try database.run(
          """
          UPDATE records SET variant = (SELECT coalesce(max(variant) + 1, 0) FROM records
            WHERE mapping = ?1 AND origin = ?2 AND key = ?3 AND variant < ?4)
          WHERE id = ?5
          """, mapping, record.origin, record.key, Self.waitingVariant, record.id)
      }
      guard waiting.count == Self.redonePerPage else { return }
    }
  }

  /// Of records of one spelling, those that a later change of it outdates are over.
  ///
  /// Nobody knew which is the later before. Their exports count them as stale, as they would have
  /// then.
  private func dropOutdated(_ redo: inout RecordRedo) throws {
    let order = redo.order
    try database.eachDuplicated(of: redo.id) { _, records in
      let standing = records.filter { !$0.isSetAside }
      for record in standing {
        let isOutdated = standing.contains {
          $0.spelling == record.spelling
            && order.isEarlier(record.changedAt, than: $0.changedAt)
        }
        guard isOutdated else { continue }
        try uncorrelate(record.id, redo)
        if try database.dropRecord(record.id) { redo.presentDelta -= 1 }
        try database.run("UPDATE receipts SET stale = stale + 1 WHERE id = ?", record.receipt)
        redo.done.marked += 1
      }
    }
  }

  private func uncorrelate(_ record: Int64, _ redo: RecordRedo) throws {
    let found = try database.first("SELECT columns, cells FROM records WHERE id = ?", record) {
      (columns: $0.int64(0), cells: CellText(bytes: $0.utf8(1)[...]))
    }
    guard let found, !redo.mapping.correlate.isEmpty else { return }
    let names = try columnSet(found.columns)
    let cells = try found.cells.cells()
    for (place, pair) in redo.mapping.correlate.enumerated() {
      guard let column = names.firstIndex(ofExactly: pair.column), column < cells.count,
        let value = pair.normal(cells[column].text)
      else { continue }
      try database.run(
        "DELETE FROM correlates WHERE mapping = ? AND pair = ? AND value = ? AND record = ?",
        redo.id, place, value, record)
    }
  }

  private func correlate(_ record: Int64, _ cells: [Cell], _ redo: RecordRedo) throws {
    for (place, pair) in redo.mapping.correlate.enumerated() {
      guard let column = redo.mapping.columnsNeeded.firstIndex(ofExactly: pair.column),
        let value = pair.normal(cells[column].text)
      else { continue }
      try database.run(
        "INSERT INTO correlates(mapping, pair, value, record) VALUES(?, ?, ?, ?) "
          + "ON CONFLICT DO NOTHING", redo.id, place, value, record)
    }
  }

  // MARK: Links

  private struct LinkPlace {
    let id: Int64
    let key: StoredKey
    let resetID: String
    /// The key that its reset carries by the rules until now, and by those of today.
    let carried: StoredKey
    let reference: String?
    let origin: String?
  }

  private func moveLinks(_ redo: inout RecordRedo) throws {
    var last: Int64 = 0
    while true {
      let page = try database.all(
        """
        SELECT l.id, l.origin, l.key, r.reset_id, r.mapping, r.origin, r.key, r.reference,
          r.reference_origin
        FROM links l CROSS JOIN resets r ON r.id = l.reset
        WHERE l.id > ? AND +l.mapping = ? AND l.state <> 'closed' ORDER BY l.id LIMIT ?
        """, last, redo.id, Self.redonePerPage
      ) { [id = redo.id] row in
        LinkPlace(
          id: row.int64(0),
          key: StoredKey(mapping: id, origin: row.int64(1), text: row.text(2)),
          resetID: row.text(3),
          carried: StoredKey(mapping: row.int64(4), origin: row.int64(5), text: row.text(6)),
          reference: row.optionalText(7), origin: row.optionalText(8))
      }
      for link in page { try move(link, &redo) }
      guard page.count == Self.redonePerPage, let end = page.last else { return }
      last = end.id
    }
  }

  private func move(_ link: LinkPlace, _ redo: inout RecordRedo) throws {
    guard let key = try newKey(of: link, &redo), key != link.key else { return }
    try database.run(
      "UPDATE links SET origin = ?, key = ? WHERE id = ?", key.origin, key.text, link.id)
    try moveConflicts(of: link.resetID, from: link.key, to: key)
  }

  /// Where the records go that stand at the key of a link; where they part, the one that its reset
  /// carries, else that of the newest live one.
  private func newKey(of link: LinkPlace, _ redo: inout RecordRedo) throws -> StoredKey? {
    let records = try database.all(
      """
      SELECT \(Self.standingColumns) FROM records WHERE mapping = ? AND origin = ? AND key = ?
      ORDER BY missing < \(SourceRecord.missingExportsMax) AND NOT deleted DESC, id DESC
      """, link.key.mapping, link.key.origin, link.key.text, row: Self.standing)
    var keys: [StoredKey] = []
    for record in records {
      let read = try redo.reading(
        record.cells, columns: record.columns, spelling: record.rawReference ?? record.key.text,
        names: columnSet)
      guard case .record(let new)? = read?.reading else { continue }
      keys.append(
        StoredKey(
          mapping: redo.id, origin: try originID(new.key.origin), text: new.key.reference))
    }
    var carried: StoredKey?
    if case .known(redo.mapping.name, let key) = redo.book.assign(
      reference: link.reference, origin: link.origin)
    {
      carried = StoredKey(
        mapping: redo.id, origin: try originID(key.origin), text: key.reference)
    }
    if let carried, keys.contains(carried) || (keys.isEmpty && link.carried == link.key) {
      return carried
    }
    return keys.first
  }

  // MARK: Situations

  /// How many keys of a mapping are counted in each situation.
  private func keySituations(_ mapping: Int64) throws -> [String: Int] {
    let counted = try database.all(
      """
      SELECT situation, count(*) FROM (
        SELECT DISTINCT origin, key, situation FROM records
        WHERE mapping = ? AND situation IS NOT NULL)
      GROUP BY situation
      """, mapping
    ) { ($0.text(0), $0.int(1)) }
    return Dictionary(counted) { first, _ in first }
  }

  /// Keys that are no more are no items either; the next reconcile counts the new ones.
  private func adjustSituations(_ mapping: Int64, from before: [String: Int]) throws {
    let after = try keySituations(mapping)
    for (situation, count) in before where after[situation, default: 0] != count {
      try database.run(
        "UPDATE situation_counts SET items = items + ? WHERE mapping = ? AND situation = ?",
        after[situation, default: 0] - count, mapping, situation)
    }
  }
}
