internal import Formats
public import Reconciliation
internal import SQLite

/// The open transaction of one import: it takes the rows of the export.
///
/// Rows are compared with what stands, byte for byte. Exports mostly keep their order, so a cursor
/// goes through the stored records beside the file and most rows are met without a search:
///
///     file     A B C D   F ...         D → next stored is D: compare, done
///     stored   A B C D E F ...         F → next stored is E: search F, go on behind it
///
/// Whoever began it must end it, by `Mirror.endImport` or `rollBack`, and use it on the mirror's
/// thread.
public final class ImportSession {
  let order: ImportOrder
  let store: ImportStore
  let mapping: Mapping
  let receipt: Int64
  /// Full or delta: only the rows of a full export say of their records that they are there.
  let mode: ExportMode
  /// Whether an export is read again that was taken before, by other rules.
  private let isReread: Bool
  let columns: Int64
  let chunks: ChunkStore?
  let changeOrder: ChangeOrder
  /// Exports that are later than this one: what they said of a record stands.
  let later: Set<Int64>
  /// The decimal marks of its fields as they were before.
  let formerMarks: [String: ProvedMark]
  /// The index of the keys, where it is made behind the last row.
  private let lateIndex: KeyIndex?
  private let now: Int64
  /// Whether a row that changes nothing still makes its record one of this export: a full one that
  /// was made before and comes late must not change it.
  private let confirms: Bool

  /// What the import has done so far.
  var tally: ImportTally
  /// By how many the records that are present have become more.
  var presentDelta = 0
  var met = MetRecords()
  var skipped = SkippedRows()
  var outdated = OutdatedRows()
  var cursor: OrderedCursor
  /// The chunk of rows that is read at present.
  var openChunk: OpenChunk?
  /// What the reader knew at the end.
  var facts = ReadFacts()
  /// The marks by which numbers of records that this export lacks were kept, by field.
  var typedMarks: [String: DecimalMark] = [:]
  private var emails: HashedEmails
  private var lastOrigin: (name: String, id: Int64) = ("", 0)

  init(_ order: ImportOrder, _ store: ImportStore, _ known: KnownBefore) throws {
    let head = order.head
    self.order = order
    self.store = store
    mapping = order.mapping
    receipt = order.receipt
    mode = head.mode
    isReread = head.rereads != nil
    chunks = known.chunks
    later = known.later
    formerMarks = known.marks
    lateIndex = known.lateIndex
    columns = try store.columnSet(head.keptColumns)
    now = order.now.microseconds
    confirms = head.mode == .delta && order.mapping.exports.contains { $0.mode == .full }
    changeOrder = ChangeOrder(now: order.now)
    emails = HashedEmails(head.keptColumns, of: order.mapping, by: store.hasher)
    tally = known.tally
    tally.presentBefore = store.presentBefore
    // A delta drops what it replaces record by record, and so must search for all of them.
    cursor = OrderedCursor(
      isFresh: store.isFresh, mayBeOrdered: head.mode == .full || !store.hasDuplicates)
  }

  /// Undoes everything; returns the error as the mirror tells it.
  public func rollBack(after error: any Error) -> any Error { store.rollBack(after: error) }

  /// Takes a row; one that says that it was changed in the future is rejected.
  public func put(_ row: ImportRow) throws {
    if let time = row.changedAt, !changeOrder.believes(time) {
      return try reject(
        line: row.line, column: mapping.changedAt?.column,
        reason: changeOrder.reason(rejecting: time),
        key: row.key)
    }
    tally.rows += 1
    tally.accepted += 1
    emails.forget()
    let origin = try originID(row.key.origin)
    let incoming = IncomingRow(row: row, origin: origin)
    if cursor.isFresh {
      if try insertFresh(incoming) { return }
    } else if cursor.isOrdered, try meetNext(incoming) {
      return
    }
    try search(incoming)
  }

  /// Notes a row that can't be used; the records of its key keep their last values.
  public func reject(line: Int, column: String?, reason: String, key: Key? = nil) throws {
    tally.rows += 1
    tally.rejected += 1
    if let key, !store.isFresh {
      for id in try store.records(of: key.reference, origin: try originID(key.origin)) {
        met.untaken.insert(id)
      }
    }
    skipped.note(Rejection(line: line, column: column, reason: reason, key: key))
  }

  /// Notes a row that `where` set aside: its records are neither gone nor written for any more.
  public func setAside(_ row: SetAsideRow) throws {
    guard !store.isFresh else { return }
    for id in try store.records(of: row.key.reference, origin: try originID(row.key.origin)) {
      met.untaken.insert(id)
      skipped.note(row, of: id)
    }
  }

  /// Whether a row of this export stands for the record of a reference, in normal form.
  public func holds(reference: String) throws -> Bool {
    try mapping.origins.contains { origin in
      try store.records(of: reference, origin: try originID(origin)).contains(where: met.isTaken)
    }
  }

  private func originID(_ name: String) throws -> Int64 {
    if lastOrigin.id != 0, lastOrigin.name == name { return lastOrigin.id }
    lastOrigin = (name, try store.origin(name))
    return lastOrigin.id
  }

  // MARK: Meeting stored records

  /// In a mapping without records: one insert, no search, unless the file repeats a key.
  private func insertFresh(_ incoming: IncomingRow) throws -> Bool {
    guard let id = try insert(incoming, variant: 0) else { return false }
    try added(id, incoming)
    return true
  }

  /// The next stored record is the one: no search needed.
  private func meetNext(_ incoming: IncomingRow) throws -> Bool {
    let row = store.next
    guard try cursor.advance(store), row.int64(1) == store.mapping, row.int64(2) == incoming.origin,
      row.textEquals(3, incoming.row.key.reference)
    else { return false }
    let id = row.int64(0)
    guard !met.isTaken(id), try isSame(row, incoming) else { return false }
    try meetUnchanged(id, wasMissing: row.int(5) > 0, incoming)
    cursor.stepped()
    return true
  }

  func isSame(_ stored: Statement, _ incoming: IncomingRow) throws -> Bool {
    try stored.int64(7) == columns && hasSameCells(stored, incoming)
      && stored.bool(6) == incoming.row.isDeleted && incoming.isSpelled(as: stored)
  }

  private func hasSameCells(_ stored: Statement, _ incoming: IncomingRow) throws -> Bool {
    if stored.textEquals(10, incoming.row.cells.bytes) { return true }
    guard let hashed = try emails.hashed(incoming.row.cells) else { return false }
    return stored.textEquals(10, hashed.bytes)
  }

  /// From now on a row of the file stands for a record.
  private func meet(_ id: Int64, wasPresent: Bool) {
    met.take(id)
    if wasPresent, !met.matched.contains(id) { tally.inCommon += 1 }
    openChunk?.records.append(id)
  }

  // MARK: Writing

  /// Counts rows that are as they were; `named` of their records were named by stale rows before.
  func takeUnchanged(_ rows: Int, named: Int, upTo last: Int64) throws {
    tally.rows += rows
    tally.accepted += rows
    tally.compared += rows
    tally.unchanged += rows
    tally.inCommon += rows - named
    met.count += rows - named
    try cursor.skip(behind: last, store)
  }

  func meetUnchanged(_ id: Int64, wasMissing: Bool, _ incoming: IncomingRow) throws {
    meet(id, wasPresent: !wasMissing)
    tally.compared += 1
    if confirms { try store.confirm(id, receipt: receipt, line: incoming.row.line) }
    guard wasMissing else {
      tally.unchanged += 1
      return
    }
    tally.changed += 1
    try returned(id, incoming)
  }

  /// A record that was missing is there again.
  func returned(_ id: Int64, _ incoming: IncomingRow) throws {
    presentDelta += 1
    try store.setMissing(id, 0)
    try store.wakeWatchers(id, mapping)
    try store.mark(incoming.origin, incoming.row.key.reference)
  }

  /// A row takes the place of what stood.
  func overwrite(_ variant: StoredVariant, _ incoming: IncomingRow) throws {
    meet(variant.id, wasPresent: variant.missing == 0)
    tally.compared += 1
    tally.changed += 1
    if variant.missing > 0 { presentDelta += 1 }
    try write(incoming, over: variant.id, countsColumns: true)
  }

  /// Writes a row over a record.
  func write(_ incoming: IncomingRow, over id: Int64, countsColumns: Bool) throws {
    let former = try store.formerCells(id)
    var incoming = incoming
    if emails.isAny, EmailHasher.isIn(former.cells),
      let hashed = try emails.hashed(incoming.row.cells)
    {
      // What retention removed does not come back with a change of something else.
      incoming.row.cells = hashed
    }
    if countsColumns { try countColumns(former, incoming) }
    try store.uncorrelate(id, try store.correlates(mapping, former.columns, former.cells))
    let update = store.update
    update.bind(1, incoming.row.isDeleted ? 1 : 0)
    update.bind(2, columns)
    update.bind(3, incoming.row.changedAt?.microseconds)
    update.bind(4, receipt)
    update.bind(5, incoming.row.line)
    update.bind(6, incoming.rawReference)
    update.bind(7, incoming.rawOrigin)
    update.bind(9, id)
    try update.run(8, borrowing: incoming.row.cells.bytes)
    try wrote(id, incoming)
  }

  func insert(_ incoming: IncomingRow, variant: Int) throws -> Int64? {
    let insert = store.insert
    insert.bind(1, store.mapping)
    insert.bind(2, incoming.origin)
    insert.bind(3, incoming.row.key.reference)
    insert.bind(4, variant)
    insert.bind(5, incoming.row.isDeleted ? 1 : 0)
    insert.bind(6, columns)
    insert.bind(7, incoming.row.changedAt?.microseconds)
    insert.bind(8, receipt)
    insert.bind(9, incoming.row.line)
    insert.bind(10, now)
    insert.bind(11, incoming.rawReference)
    insert.bind(12, incoming.rawOrigin)
    try insert.run(13, borrowing: incoming.row.cells.bytes)
    return store.changes > 0 ? store.lastInsertID : nil
  }

  func added(_ id: Int64, _ incoming: IncomingRow) throws {
    meet(id, wasPresent: false)
    tally.added += 1
    presentDelta += 1
    try wrote(id, incoming)
  }

  private func wrote(_ id: Int64, _ incoming: IncomingRow) throws {
    try store.mark(incoming.origin, incoming.row.key.reference)
    guard !mapping.correlate.isEmpty else { return }
    try store.correlate(
      id, try store.correlates(mapping, columns, incoming.row.cells))
  }

  /// Which columns differ, by name: the former cells may belong to another list of columns.
  private func countColumns(_ former: ImportStore.Former, _ incoming: IncomingRow) throws {
    let cells = incoming.row.cells.bytes
    let old = former.cells.parts
    let new = incoming.row.cells.parts
    let oldNames = try store.columnNames(former.columns)
    let newNames = try store.columnNames(columns)
    for (place, name) in newNames.enumerated() where place < new.count {
      let before = former.columns == columns ? place : oldNames.firstIndex(ofExactly: name) ?? -1
      guard before >= 0, before < old.count else { continue }
      if !former.cells.bytes[old[before]].elementsEqual(cells[new[place]]) {
        tally.changedByColumn[name, default: 0] += 1
      }
    }
  }

  // MARK: The end

  /// Takes what the reader knows once all rows are read, drops what the file replaced and counts
  /// what a full export lacks; says what the import has done, to be judged.
  ///
  /// Throws `ShortcutFailed` where the index of the keys can't be made now.
  public func finish(_ facts: ReadFacts) throws -> ImportTally {
    self.facts = facts
    tally.setAside = facts.setAside
    try lateIndex?.make()
    try keepSetAside()
    try dropReplaced()
    try keepNumbers()
    // Where rows of one file outdated others, its chunks don't tell what their records are.
    try chunks?.finish(
      reading: outdated.haveSuperseded ? nil : facts.reading, rules: mapping.knowing(facts.marks))
    tally.keys = met.count
    if mode == .full, met.count < store.storedRecords + tally.added { try countUnseen() }
    return tally
  }

  private func countUnseen() throws {
    try store.eachUnseen(met.named) { record in
      guard !met.untaken.contains(record.id), !later.contains(record.receipt) else { return }
      // What was in the file and is no record of it by the rules of today is not deleted.
      if store.unkeyed.contains(record.columns) || isReread && record.missing == 0 {
        return try leaveAside(record.id, missing: record.missing, at: record.place)
      }
      guard !isReread else { return }
      if record.missing == 0 {
        tally.removed += 1
        presentDelta -= 1
      }
      let missing = record.missing + 1
      try store.setMissing(record.id, missing)
      if missing == SourceRecord.missingExportsMax { try store.wakeWatchers(record.id, mapping) }
      try store.mark(record.place.origin, record.place.key)
    }
  }

  private func leaveAside(_ id: Int64, missing: Int, at place: RecordPlace) throws {
    if missing == 0 { presentDelta -= 1 }
    tally.setAside.records += 1
    guard missing < SourceRecord.setAsideMark else { return }
    try store.setMissing(id, SourceRecord.setAsideMark)
    try store.wakeWatchers(id, mapping)
    try store.mark(place.origin, place.key)
  }

  /// Of records whose every row was set aside, the rows are told.
  private func keepSetAside() throws {
    for (id, row) in skipped.aside where !met.named.contains(id) {
      let place = RecordPlace(
        origin: try originID(row.key.origin), key: row.key.reference)
      try leaveAside(id, missing: try store.missing(id), at: place)
      skipped.note(
        Rejection(
          line: row.line, column: mapping.rows?.column, reason: row.reason, key: row.key,
          isSetAside: true))
    }
  }

  /// Of a spelling that this file has, records that no row stands for are over; those of spellings
  /// that it lacks stay.
  private func dropReplaced() throws {
    if mode == .full {
      try store.eachDuplicated { place, variants in
        let taken = Dictionary(grouping: variants.filter { met.isTaken($0.id) }, by: \.spelling)
        for variant in variants {
          guard let standing = taken[variant.spelling] else { continue }
          if met.isTaken(variant.id) {
            // The cursor met it without a look at the others.
            guard
              standing.contains(where: {
                changeOrder.isEarlier(variant.changedAt, than: $0.changedAt)
              })
            else { continue }
            try uncount(variant.id, receipt: variant.receipt)
          }
          try drop(variant.id, at: place)
        }
      }
    }
    try met.replaced.each { id in
      guard !met.isTaken(id), let place = try store.place(of: id) else { return }
      try drop(id, at: place)
    }
  }

  private func drop(_ id: Int64, at place: RecordPlace) throws {
    guard met.named.contains(id) || !met.untaken.contains(id) else { return }
    let former = try store.formerCells(id)
    try store.uncorrelate(id, try store.correlates(mapping, former.columns, former.cells))
    if try store.dropRecord(id) { presentDelta -= 1 }
    try store.mark(place.origin, place.key)
  }
}
