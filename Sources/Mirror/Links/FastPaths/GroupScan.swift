public import Formats
public import Reconciliation
internal import SQLite

/// A pair on which both sides agree in everything and that is `in_sync` for the first time, or
/// still.
public struct AgreedPair: Sendable {
  /// The row of the reset.
  let reset: Int64
  let key: StoredKey
  /// Where in `ScanBatch.bases` stands what a link that is to be made starts with; nil when it is
  /// there with the same base.
  public let base: Range<Int>?
  /// The record's columns and cells, where somebody may wait for its link.
  var record: (columns: Int64, cells: [UInt8])?
}

/// What a scan comes to: an agreed pair, or a group with its assessment where that needs no more.
public enum ScanItem: Sendable {
  /// Nothing but a link with its base is to be stored, and not even that if it is there.
  case agreed(AgreedPair)
  /// A group; its assessments are nil until somebody has made them.
  indirect case group(LoadedGroup, [ItemAssessment]?)
}

/// Items that are handed on together.
public struct ScanBatch: Sendable {
  /// In the order of their keys.
  public private(set) var items: [ScanItem] = []
  private var groups = 0
  /// The bases of plain pairs, one after the other: memory of its own for each would be given back
  /// by another thread than took it, which costs more than the rest.
  public internal(set) var bases: [UInt8] = []

  /// The most items.
  private static let itemsMax = 128
  /// The most groups among them: each holds all values of both sides.
  private static let groupsMax = 32

  init() { items.reserveCapacity(Self.itemsMax) }

  var isFull: Bool { items.count == Self.itemsMax || groups == Self.groupsMax }

  mutating func append(_ item: ScanItem) {
    if case .group = item { groups += 1 }
    items.append(item)
  }

  /// Assesses the groups, but for those that first need candidates.
  public mutating func assess(by book: RuleBook, at now: Timestamp) {
    let isCorrelating = book.mappings.contains { !$0.correlate.isEmpty }
    for place in items.indices {
      guard case .group(let loaded, nil) = items[place],
        !isCorrelating || loaded.group.records.contains(where: { !$0.isDeleted })
      else { continue }
      items[place] = .group(
        loaded, Reconciliation.assess(loaded.group, rules: book, at: now))
    }
  }
}

/// Scans all keys of a mapping in order, over cursors that read no more than agreed pairs need.
///
/// Serves the benchmark's line of the first reconcile. May assume that every cursor is in the order
/// of keys; `ReconcileTests` holds a run over all keys equal to runs over single ones.
///
///     records  ──┐
///     resets   ──┤
///     links    ──┼─ merged by (origin, key) ──► an agreed pair, or a key to be loaded
///     conflicts ─┤
///     due      ──┘
public final class GroupScan {
  /// What stands at the next key.
  private enum Stop {
    case agreed(AgreedPair)
    case key(StoredKey)
  }

  private let reader: GroupReader
  private let mapping: Int64
  private let records: KeyCursor
  private let resets: KeyCursor
  private let links: KeyCursor
  private let conflicts: KeyCursor
  private let due: KeyCursor
  private let cursors: [KeyCursor]
  private let linkOfReset: Statement
  private let watchOfReset: Statement
  private let hasLinks: Bool
  private let hasWatched: Bool
  private var plain: AgreementFastPath?
  /// Whether a record may be a candidate for resets that wait for one.
  private let correlates: Bool
  /// Resets with an update that the API refused: they are always looked at in full.
  private let refused: Set<Int64>
  private var columns: Int64 = -1
  private var batch = ScanBatch()

  init(
    _ reader: GroupReader, _ mapping: Int64, _ book: RuleBook, refused: Set<Int64>
  ) throws {
    let database = reader.database
    func cursor(_ sql: String) throws -> KeyCursor {
      try KeyCursor(database.statement(sql), mapping)
    }
    self.reader = reader
    self.mapping = mapping
    self.refused = refused
    records = try cursor(
      "SELECT origin, key, deleted, missing, situation, columns, cells FROM records "
        + "WHERE mapping = ? ORDER BY origin, key, variant")
    resets = try cursor(
      "SELECT origin, key, id, situation, deleted_at, "
        + "coalesce(customer_email, '\(EmailHasher.prefix)' || email_hash), metadata "
        + "FROM resets WHERE mapping = ? ORDER BY origin, key")
    links = try cursor(
      "SELECT origin, key, reset, state, situation, base FROM links "
        + "WHERE state <> 'closed' AND mapping = ? ORDER BY origin, key")
    conflicts = try cursor(
      "SELECT group_origin, group_key FROM conflicts WHERE group_mapping = ? ORDER BY 1, 2")
    due = try cursor("SELECT origin, key FROM due WHERE mapping = ? ORDER BY 1, 2")
    cursors = [records, resets, links, conflicts, due]
    linkOfReset = try database.statement("SELECT 1 FROM links WHERE reset = ?")
    watchOfReset = try database.statement("SELECT 1 FROM watched WHERE reset = ?")
    hasLinks = reader.hasLinks
    hasWatched = try database.integer("SELECT EXISTS(SELECT 1 FROM watched)") == 1
    let rules = book.mapping(try reader.rows.mapping(mapping))
    plain = rules.map { AgreementFastPath($0) }
    correlates = rules.map { !$0.correlate.isEmpty } ?? false
  }

  /// Gives everything to `put`, in order, no group assessed yet.
  public func batches(_ put: (ScanBatch) throws -> Void) throws {
    while let stop = try next() {
      switch stop {
      case .agreed(let pair): batch.append(.agreed(pair))
      case .key(let key): batch.append(.group(try reader.load(key), nil))
      }
      guard batch.isFull else { continue }
      try put(batch)
      batch = ScanBatch()
    }
    if !batch.items.isEmpty { try put(batch) }
  }

  /// The next key; nil behind the last one.
  private func next() throws -> Stop? {
    while true {
      if let pair = try plainPair() { return try leave(pair) }
      guard let first = KeyCursor.first(of: cursors) else { return nil }
      let key = StoredKey(mapping: mapping, origin: first.origin, text: first.text)
      try pass(key)
      // Conflicts of an origin have a key of their own and are settled at the end of the run.
      if !key.text.hasPrefix(StoredKey.originPrefix) { return .key(key) }
    }
  }

  private func leave(_ pair: AgreedPair) throws -> Stop {
    try records.step()
    try resets.step()
    if pair.base == nil { try links.step() }
    // Several records or resets of one key are no pair.
    if !records.matches(pair.key), !resets.matches(pair.key), !links.matches(pair.key) {
      return .agreed(pair)
    }
    try pass(pair.key)
    return .key(pair.key)
  }

  private func pass(_ key: StoredKey) throws {
    for cursor in cursors { while cursor.matches(key) { try cursor.step() } }
  }

  /// The pair on which the cursors stand, unless there is more to it.
  private func plainPair() throws -> AgreedPair? {
    guard plain != nil, records.isOnRow, resets.isOnRow, records.order(against: resets) == 0,
      conflicts.isBehind(records), due.isBehind(records)
    else { return nil }
    let (record, reset) = (records.row, resets.row)
    guard !record.bool(2), record.int(3) < SourceRecord.missingExportsMax, record.isNull(4),
      reset.isNull(3), reset.isNull(4), !refused.contains(reset.int64(2))
    else { return nil }
    let isLinked = links.isOnRow && links.order(against: records) == 0
    guard isLinked ? isAtRest(reset) : try isUnlinked(reset), try !isWatched(reset) else {
      return nil
    }
    if record.int64(5) != columns {
      columns = record.int64(5)
      plain?.take(columns: try reader.rows.columns(columns))
    }
    guard agree(record, reset), let base = plain?.base,
      !isLinked || links.row.textEquals(5, base)
    else { return nil }
    let key = StoredKey(mapping: mapping, origin: records.origin, text: records.text)
    guard !isLinked else { return AgreedPair(reset: reset.int64(2), key: key, base: nil) }
    let first = batch.bases.count
    batch.bases.append(contentsOf: base)
    var pair = AgreedPair(reset: reset.int64(2), key: key, base: first..<batch.bases.count)
    if correlates { pair.record = (columns, record.utf8(6)) }
    return pair
  }

  private func isAtRest(_ reset: Statement) -> Bool {
    let link = links.row
    return link.int64(2) == reset.int64(2) && link.textEquals(3, "active")
      && link.textEquals(4, Situation.inSync.rawValue)
  }

  /// Neither linked at another key nor ever linked before.
  private func isUnlinked(_ reset: Statement) throws -> Bool {
    guard links.isBehind(records) else { return false }
    guard hasLinks else { return true }
    linkOfReset.bind(1, reset.int64(2))
    defer { linkOfReset.reset() }
    return try !linkOfReset.step()
  }

  /// Whether it waited for a record: that is over now.
  private func isWatched(_ reset: Statement) throws -> Bool {
    guard hasWatched else { return false }
    watchOfReset.bind(1, reset.int64(2))
    defer { watchOfReset.reset() }
    return try watchOfReset.step()
  }

  private func agree(_ record: Statement, _ reset: Statement) -> Bool {
    // The bytes belong to rows that the cursors stand on until the next step.
    unsafe record.withText(6) { cells in
      unsafe reset.withText(6) { metadata in
        unsafe reset.withText(5) { email in
          unsafe plain?.agree(cells: cells.span, metadata: metadata.span, email: email.span)
            ?? false
        }
      }
    }
  }
}

/// A statement ordered by (origin, key), its first two columns, standing on its next row.
final class KeyCursor {
  /// The row that it stands on; valid until the next step.
  let row: Statement
  private(set) var isOnRow: Bool

  init(_ statement: Statement, _ mapping: Int64) throws {
    row = statement
    row.bind(1, mapping)
    isOnRow = try row.step()
  }

  var origin: Int64 { row.int64(0) }
  var text: String { row.text(1) }

  func step() throws { isOnRow = try row.step() }

  /// Negative, 0 or positive, as this one's key comes before, with or after the other's.
  func order(against other: KeyCursor) -> Int {
    let (one, two) = (origin, other.origin)
    if one != two { return one < two ? -1 : 1 }
    return row.textOrder(1, against: other.row, 1)
  }

  /// Whether it has nothing at or before the other's key.
  func isBehind(_ other: KeyCursor) -> Bool { !isOnRow || order(against: other) > 0 }

  /// Whether it stands on this key.
  func matches(_ key: StoredKey) -> Bool {
    isOnRow && origin == key.origin && row.textEquals(1, key.text)
  }

  /// The cursor with the lowest key; nil when all are at their end.
  static func first(of cursors: [KeyCursor]) -> KeyCursor? {
    var best: KeyCursor?
    for cursor in cursors where cursor.isOnRow {
      if let found = best, cursor.order(against: found) >= 0 { continue }
      best = cursor
    }
    return best
  }
}
