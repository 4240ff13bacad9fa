public import Formats
public import Reconciliation
internal import SQLite

/// What a change of the rules did to the records of a mapping that stand.
public struct RedoneRecords: Sendable, Hashable {
  /// The mapping.
  public let mapping: String
  /// Records that have another key.
  public internal(set) var moved = 0
  /// Records whose deleted marker or time of change is another.
  public internal(set) var marked = 0
  /// Records that the rules leave aside now.
  public internal(set) var setAside = 0
  /// Records whose key can't be told: a column of it was never read.
  public internal(set) var unkeyed = 0
  /// The rules would have left nothing, and so were not applied.
  public internal(set) var isRefused = false

  /// Whether nothing came of it.
  public var isEmpty: Bool { moved + marked + setAside + unkeyed == 0 && !isRefused }
}

/// What a change of the rules did to all that stands.
public struct AppliedRules: Sendable, Hashable {
  /// The mappings of whose records anything became of it.
  public let records: [RedoneRecords]
  /// Resets that have another key.
  public let resetsMoved: Int
}

/// An export that what stands must be read from again, or the reason why only a new one helps.
public struct ExportToRead: Sendable, Hashable {
  /// The export; nil where to read it again would not help.
  public let receipt: ImportReceipt?
  /// Why.
  public let reasons: [RereadReason]
  /// Why it was refused when it was read again by these rules; nil if it was not.
  public let refusal: String?
}

/// A change of rules acts on what stands, and not only on the files to come.
///
///     mappings.keyed_rules    the rules by which its records have their keys and marks
///             .full_rules     those by which its last full export was read,
///             .delta_rules    and the last changes after it
///
/// What differs from the rules of today is what is left to do, whatever happened in between.
extension Mirror {
  /// Brings records, links and resets under the rules of today, as far as the cells that are kept
  /// tell.
  ///
  /// One transaction for each mapping, one for the resets. Costs nothing while no rule changes;
  /// else every record of the mapping is read.
  public func applyRules(
    _ book: RuleBook, run: String, at now: Timestamp
  ) throws -> AppliedRules {
    var redone: [RedoneRecords] = []
    for mapping in book.mappings {
      guard let state = try rulesState(of: mapping.name) else { continue }
      let today = mapping.recordRules.json.written()
      guard state.keyed != today, state.refused != today else { continue }
      do {
        redone.append(
          try writeSorting { try apply(mapping, state, today, book, run: run, at: now) })
      } catch is NothingLeft {
        try write { try refuse(today, mapping, run: run, at: now) }
        var refused = RedoneRecords(mapping: mapping.name)
        refused.isRefused = true
        redone.append(refused)
      }
    }
    return AppliedRules(
      records: redone.filter { !$0.isEmpty }, resetsMoved: try assignKeys(by: book))
  }

  /// The exports of a mapping that must be read again before what stands is what the rules of today
  /// make of it: the last full one and the last changes after it, in this order.
  public func exportsToRead(_ mapping: Mapping) throws -> [ExportToRead] {
    try read {
      guard let state = try rulesState(of: mapping.name) else { return [] }
      let today = mapping.recordRules.json.written()
      if let keyed = state.keyed, keyed != today {
        return [ExportToRead(receipt: nil, reasons: [.nothingLeft], refusal: nil)]
      }
      let full = try lastAccepted(of: mapping.name, .full, after: 0)
      let delta = try lastAccepted(of: mapping.name, .delta, after: full?.id ?? 0)
      var found = try [(full, state.full), (delta, state.delta)].compactMap { receipt, rules in
        try receipt.flatMap { try toRead($0, by: rules, mapping) }
      }
      if state.unkeyed > 0 {
        found.append(
          ExportToRead(receipt: nil, reasons: [.unkeyed(records: state.unkeyed)], refusal: nil))
      }
      return found
    }
  }

  // MARK: What stands by which rules

  struct RulesState {
    let id: Int64
    let keyed: String?
    let full: String?
    let delta: String?
    let refused: String?
    let unkeyed: Int
    let records: Int
  }

  private func rulesState(of mapping: String) throws -> RulesState? {
    try database.first(
      """
      SELECT id, keyed_rules, full_rules, delta_rules, refused_rules, unkeyed, records
      FROM mappings WHERE name = ?
      """, mapping
    ) { row in
      RulesState(
        id: row.int64(0), keyed: row.optionalText(1), full: row.optionalText(2),
        delta: row.optionalText(3), refused: row.optionalText(4), unkeyed: row.int(5),
        records: row.int(6))
    }
  }

  static func rules(_ text: String?) throws -> RecordRules? {
    try text.flatMap { RecordRules(json: try JSONValue(parsing: $0)) }
  }

  private func lastAccepted(
    of mapping: String, _ mode: ExportMode, after id: Int64
  ) throws -> ImportReceipt? {
    try database.first(
      "\(Self.receiptColumns) WHERE mapping = ? AND state = 'accepted' AND mode = ? AND id > ? "
        + "ORDER BY id DESC LIMIT 1", mapping, mode.rawValue, id, row: Self.receipt)
  }

  private func toRead(
    _ receipt: ImportReceipt, by rules: String?, _ mapping: Mapping
  ) throws -> ExportToRead? {
    guard let old = try Self.rules(rules), old != mapping.recordRules else { return nil }
    let rejected = try database.all(
      """
      SELECT DISTINCT column_name FROM rejections
      WHERE receipt = ? AND set_aside = 0 AND column_name IS NOT NULL
      """, receipt.id
    ) { $0.text(0) }
    let reasons = RuleChange(from: old, to: mapping.recordRules)
      .rereads(
        receipt.mode, rejected: Set(rejected), hasStale: receipt.stale > 0,
        typed: try columnsTypedOtherwise(mapping))
    guard !reasons.isEmpty else { return nil }
    let refusal = try database.first(
      """
      SELECT reason FROM receipts WHERE sha256 = ? AND mapping = ? AND state = 'refused'
        AND columns_digest = ? AND id > ? ORDER BY id DESC LIMIT 1
      """, receipt.sha256, mapping.name, mapping.recordsDigest, receipt.id
    ) { $0.text(0) }
    return ExportToRead(receipt: receipt, reasons: reasons, refusal: refusal)
  }

  /// An export was read by the rules of today.
  func noteRules(
    _ mapping: Mapping, _ head: ExportHead, receipt: Int64
  ) throws {
    let today = mapping.recordRules.json.written()
    let id = try mappingID(mapping.name)
    try database.run(
      """
      UPDATE mappings SET keyed_rules = coalesce(keyed_rules, ?1),
        \(head.mode == .full ? "full_rules" : "delta_rules") = ?1 WHERE id = ?2
      """, today, id)
    guard head.mode == .full else { return }
    try database.run(
      """
      UPDATE mappings SET unkeyed = CASE WHEN unkeyed = 0 THEN 0 ELSE (
        SELECT count(*) FROM records NOT INDEXED
        WHERE mapping = ?1 AND missing < ?2 AND columns IN (SELECT value FROM json_each(?3))) END
      WHERE id = ?1
      """, id, SourceRecord.missingExportsMax, try columnSets(lacking: mapping).text)
    if head.rereads == nil {
      // What was not there to be read again is told anew by everything there is.
      try database.run(
        "UPDATE mappings SET delta_rules = NULL, refused_rules = NULL WHERE id = ?", id)
    } else {
      try measure(mapping, from: receipt)
    }
  }

  /// The lists of columns that lack one which a key needs, as JSON.
  func columnSets(lacking mapping: Mapping) throws -> (ids: Set<Int64>, text: String) {
    let needed = mapping.recordRules.keyColumns
    let sets = try database.all("SELECT id FROM column_sets") { $0.int64(0) }
    let lacking = try sets.filter { id in
      let columns = try columnSet(id)
      return needed.contains { columns.firstIndex(ofExactly: $0) == nil }
    }
    return (Set(lacking), JSONValue.array(lacking.map { .int(Int($0)) }).written())
  }

  // MARK: Applying them

  struct NothingLeft: Error {}

  private func apply(
    _ mapping: Mapping, _ state: RulesState, _ today: String, _ book: RuleBook, run: String,
    at now: Timestamp
  ) throws -> RedoneRecords {
    let old = try Self.rules(state.keyed)
    var done = RedoneRecords(mapping: mapping.name)
    let holds =
      try database.first(
        "SELECT 1 FROM records WHERE mapping = ? LIMIT 1", state.id
      ) { _ in true } ?? false
    let change = old.map { RuleChange(from: $0, to: mapping.recordRules) }
    if holds, change.map({ $0.redoesRecords || $0.correlatesAnew }) ?? true {
      var redo = RecordRedo(mapping, state.id, change, book, at: now)
      try self.redo(&redo)
      done = redo.done
      if state.records > 0, state.records + redo.presentDelta == 0 { throw NothingLeft() }
      try database.run(
        "UPDATE mappings SET records = records + ?, unkeyed = ? WHERE id = ?", redo.presentDelta,
        done.unkeyed, state.id)
      try forgetChunks(state.id)
      try walkAll(state.id)
    }
    try database.run(
      "UPDATE mappings SET keyed_rules = ?, refused_rules = NULL WHERE id = ?", today, state.id)
    if change?.leavesAside ?? false {
      try noteLeftAside(by: mapping.recordRules, state, of: mapping.name)
    }
    if old == nil, holds { try noteRulesOfOlderVersion(mapping, state.id) }
    if !done.isEmpty {
      try append(
        JournalEntry(
          kind: "rules.applied", mapping: mapping.name,
          payload: [
            "moved": .int(done.moved), "marked": .int(done.marked),
            "set_aside": .int(done.setAside), "unkeyed": .int(done.unkeyed),
          ]), run: run, at: now)
    }
    return done
  }

  /// What the filter of today leaves aside is not kept as its export had it; and what the rows that
  /// it leaves aside outdated was not kept at all.
  private func noteLeftAside(by rules: RecordRules, _ state: RulesState, of mapping: String) throws
  {
    let full = try lastAccepted(of: mapping, .full, after: 0)
    let delta = try lastAccepted(of: mapping, .delta, after: full?.id ?? 0)
    for (column, read, export) in [
      ("full_rules", state.full, full), ("delta_rules", state.delta, delta),
    ] {
      guard let read = try Self.rules(read) else { continue }
      let left = read.leaving(whatTake: rules.filters, isOrderLost: (export?.stale ?? 0) > 0)
      try database.run(
        "UPDATE mappings SET \(column) = ? WHERE id = ?", left.json.written(), state.id)
    }
  }

  private func refuse(
    _ today: String, _ mapping: Mapping, run: String, at now: Timestamp
  ) throws {
    try database.run(
      "UPDATE mappings SET refused_rules = ? WHERE name = ?", today, mapping.name)
    try append(
      JournalEntry(
        kind: "rules.refused", mapping: mapping.name,
        payload: ["reason": "they leave no record"]), run: run, at: now)
  }

  /// A mirror of an older version doesn't say by which rules its exports were read: by those of
  /// today, but for columns that none of its records has.
  private func noteRulesOfOlderVersion(_ mapping: Mapping, _ id: Int64) throws {
    let sets = try database.all("SELECT DISTINCT columns FROM records WHERE mapping = ?", id) {
      $0.int64(0)
    }
    let rules = mapping.recordRules.having(columns: try sets.flatMap { try columnSet($0) }).json
      .written()
    try database.run(
      "UPDATE mappings SET full_rules = coalesce(full_rules, ?1), "
        + "delta_rules = coalesce(delta_rules, ?1) WHERE id = ?2", rules, id)
  }
}
