internal import Formats
public import Reconciliation
internal import SQLite

/// Takes the rows of one export inside the transaction of `Mirror.importExport`.
///
/// Rows are compared with what stands, byte for byte. Exports mostly keep their order, so a cursor
/// walks the stored records beside the file and most rows are met without a search:
///
///     file     A B C D   F ...         D → next stored is D: compare, done
///     stored   A B C D E F ...         F → next stored is E: search F, go on behind it
public final class ImportSession {
  let store: ImportStore
  let mapping: Mapping
  private let mappingID: Int64
  let columns: Int64
  let receipt: Int64
  private let now: Int64
  private let marksAll: Bool
  /// Whether an export is read again that was taken before, by other rules.
  private let isReread: Bool
  /// Full or delta: only the rows of a full export say of their records that they are there.
  let mode: ExportMode
  /// Whether a row that changes nothing still makes its record one of this export: a full one that
  /// was made before and comes late must not change it.
  private let confirms: Bool
  let order: ChangeOrder
  /// Exports that are later than this one: what they said of a record stands.
  let later: Set<Int64>

  /// What the import has done so far.
  public internal(set) var tally = ImportTally()
  /// The rejected rows that are kept.
  public private(set) var rejections: [Rejection] = []

  /// All columns of the file, when they were not known before its rows.
  private(set) var noted: [String]?
  /// Records that a row of the file named.
  var seen = RecordBits()
  /// Of those, the ones that no row stands for: all that named them are older than what stands.
  var outdated = RecordBits()
  /// Present records that were counted in `ImportTally.inCommon` before a row stood for them.
  var matched = RecordBits()
  /// Records of a spelling that a delta has in other rows: none of them stands for these.
  var replaced = RecordBits()
  /// Times of change of records that a row without one has overwritten, by record.
  var timesBefore: [Int64: Timestamp] = [:]
  /// Whether a row took the place of another one of the same file.
  var hasSuperseded = false
  /// Stale rows that were noted for `explain`.
  var staleNoted = 0
  /// Records whose row is in the file but is not taken: they are not gone.
  private var untaken = RecordBits()
  /// Rows that were set aside, by the record that has their key; at most `rejectionsKeptMax`.
  private var asideRows: [Int64: SetAsideRow] = [:]
  /// Whether the last line of the export has an end, and the numbers of its delivery.
  private(set) var (endsWithNewline, sequence): (Bool?, ClosedRange<Int64>?) = (nil, nil)
  let stretchStore: StretchStore?
  /// The stretch that is noted at present.
  var open: OpenRecords?
  var reading: String?
  /// The decimal marks of the columns, by field: as this export proves them, and as they were.
  var (marks, formerMarks): ([String: ProvedMark], [String: ProvedMark]) = ([:], [:])
  /// Stored records met or made, each counted once.
  var met = 0
  /// By how many the records that are present have become more.
  var presentDelta = 0
  /// The marks by which numbers of records that this export lacks were kept, by field.
  var typedMarks: [String: DecimalMark] = [:]
  /// The columns whose e-mails retention may have replaced by hashes.
  private let emailPlaces: [Int]
  /// The row with its e-mails hashed, once it was asked for; nil if it has none.
  private var hashed: CellText??
  var march: March
  private var lastOrigin: (name: String, id: Int64) = ("", 0)
  /// The index of the keys, where it is made behind the last row.
  var lateIndex: KeyIndex?

  init(
    _ store: ImportStore, _ stretches: StretchStore?, _ mapping: Mapping, head: ExportHead,
    receipt: Int64, later: Set<Int64>, at now: Timestamp
  ) throws {
    self.store = store
    stretchStore = stretches
    self.mapping = mapping
    mappingID = store.mapping
    columns = try store.columnSet(head.keptColumns)
    let emails = mapping.emailColumns
    emailPlaces =
      store.hasher == nil
      ? [] : head.keptColumns.indices.filter { emails.contains(head.keptColumns[$0]) }
    self.receipt = receipt
    self.now = now.microseconds
    self.later = later
    mode = head.mode
    isReread = head.rereads != nil
    confirms = head.mode == .delta && mapping.exports.contains { $0.mode == .full }
    order = ChangeOrder(now: now)
    marksAll = store.marksAll
    tally.presentBefore = store.presentBefore
    // A delta drops what it replaces record by record, and so must search for all of them.
    march = March(
      isFresh: store.isFresh, mayMarch: head.mode == .full || !store.hasDuplicates)
  }

  /// Takes a row; one that says that it was changed in the future is rejected.
  public func put(_ row: ImportRow) throws {
    if let time = row.changedAt, !order.believes(time) {
      return try reject(
        line: row.line, column: mapping.changedAt?.column, reason: order.reason(rejecting: time),
        key: row.key)
    }
    tally.rows += 1
    tally.accepted += 1
    if !emailPlaces.isEmpty { hashed = nil }
    let origin = try originID(row.key.origin)
    let incoming = IncomingRow(row: row, origin: origin)
    if march.isFresh {
      if try insertFresh(incoming) { return }
    } else if march.isMarching, try meetNext(incoming) {
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
        untaken.insert(id)
      }
    }
    guard rejections.count < Mirror.rejectionsKeptMax else { return }
    rejections.append(Rejection(line: line, column: column, reason: reason, key: key))
  }

  /// Notes a row that `where` set aside: its records are neither gone nor written for any more.
  public func setAside(_ row: SetAsideRow) throws {
    guard !store.isFresh else { return }
    for id in try store.records(of: row.key.reference, origin: try originID(row.key.origin)) {
      untaken.insert(id)
      if asideRows.count < Mirror.rejectionsKeptMax { asideRows[id] = row }
    }
  }

  /// Says which columns the file has, once they are known.
  public func note(columns: [String]) { noted = columns }

  /// Says how the text ends (nil for formats without lines) and which numbers the delivery has,
  /// once all rows are read.
  public func note(endsWithNewline: Bool?, sequence: ClosedRange<Int64>?) {
    (self.endsWithNewline, self.sequence) = (endsWithNewline, sequence)
  }

  /// Whether a row of this export stands for the record of a reference, in normal form.
  public func holds(reference: String) throws -> Bool {
    try mapping.origins.contains { origin in
      try store.records(of: reference, origin: try originID(origin)).contains(where: isTaken)
    }
  }

  /// Says what `where` set aside, once all rows are read.
  public func note(setAside: SetAside) { tally.setAside = setAside }

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
    guard try march.advance(store), row.int64(1) == mappingID, row.int64(2) == incoming.origin,
      row.textEquals(3, incoming.row.key.reference)
    else { return false }
    let id = row.int64(0)
    guard !isTaken(id), try isSame(row, incoming) else { return false }
    try meetUnchanged(id, wasMissing: row.int(5) > 0, incoming)
    march.stepped()
    return true
  }

  func isSame(_ stored: Statement, _ incoming: IncomingRow) throws -> Bool {
    try stored.int64(7) == columns && hasSameCells(stored, incoming)
      && stored.bool(6) == incoming.row.isDeleted && incoming.isSpelled(as: stored)
  }

  private func hasSameCells(_ stored: Statement, _ incoming: IncomingRow) throws -> Bool {
    if stored.textEquals(10, incoming.row.cells.bytes) { return true }
    guard !emailPlaces.isEmpty, let hashed = try hashedRow(incoming) else { return false }
    return stored.textEquals(10, hashed.bytes)
  }

  private func hashedRow(_ incoming: IncomingRow) throws -> CellText? {
    if let hashed { return hashed }
    let cells = try incoming.row.cells.cells()
    let found = store.hasher?.hashed(cells, at: emailPlaces).map { CellText($0) }
    hashed = .some(found)
    return found
  }

  /// Whether a row of the file stands for a record.
  func isTaken(_ id: Int64) -> Bool { seen.contains(id) && !outdated.contains(id) }

  /// From now on a row of the file stands for a record.
  private func meet(_ id: Int64, wasPresent: Bool) {
    if outdated.contains(id) {
      outdated.remove(id)
    } else {
      seen.insert(id)
      met += 1
    }
    if wasPresent, !matched.contains(id) { tally.inCommon += 1 }
    open?.records.append(id)
  }

  // MARK: Writing

  /// Counts rows that are as they were; `named` of their records were named by stale rows before.
  func takeUnchanged(_ rows: Int, named: Int, upTo last: Int64) throws {
    tally.rows += rows
    tally.accepted += rows
    tally.compared += rows
    tally.unchanged += rows
    tally.inCommon += rows - named
    met += rows - named
    try march.skip(behind: last, store)
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
    if !emailPlaces.isEmpty, EmailHasher.isIn(former.cells), let hashed = try hashedRow(incoming) {
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
    insert.bind(1, mappingID)
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

  /// Drops what the file replaced and counts what a full export lacks.
  ///
  /// Throws `ShortcutFailed` where the index of the keys can't be made now.
  func finish() throws {
    try lateIndex?.make()
    try keepSetAside()
    try dropReplaced()
    try keepNumbers()
    // Where rows of one file outdated others, its stretches don't tell what their records are.
    try stretchStore?.finish(
      reading: hasSuperseded ? nil : reading, rules: mapping.knowing(marks))
    tally.keys = met
    guard mode == .full, met < store.storedRecords + tally.added else { return }
    try store.eachUnseen(seen) { record in
      guard !untaken.contains(record.id), !later.contains(record.receipt) else { return }
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
    for (id, row) in asideRows where !seen.contains(id) {
      let place = RecordPlace(
        origin: try originID(row.key.origin), key: row.key.reference)
      try leaveAside(id, missing: try store.missing(id), at: place)
      guard rejections.count < Mirror.rejectionsKeptMax else { continue }
      rejections.append(
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
        let taken = Dictionary(grouping: variants.filter { isTaken($0.id) }, by: \.spelling)
        for variant in variants {
          guard let standing = taken[variant.spelling] else { continue }
          if isTaken(variant.id) {
            // The cursor met it without a look at the others.
            guard
              standing.contains(where: { order.isEarlier(variant.changedAt, than: $0.changedAt) })
            else { continue }
            try uncount(variant.id, receipt: variant.receipt)
          }
          try drop(variant.id, at: place)
        }
      }
    }
    try replaced.each { id in
      guard !isTaken(id), let place = try store.place(of: id) else { return }
      try drop(id, at: place)
    }
  }

  private func drop(_ id: Int64, at place: RecordPlace) throws {
    guard seen.contains(id) || !untaken.contains(id) else { return }
    let former = try store.formerCells(id)
    try store.uncorrelate(id, try store.correlates(mapping, former.columns, former.cells))
    if try store.dropRecord(id) { presentDelta -= 1 }
    try store.mark(place.origin, place.key)
  }
}

/// One bit per record, by row number.
struct RecordBits {
  private var words: [UInt64] = []

  func contains(_ id: Int64) -> Bool {
    let word = Int(id >> 6)
    return word < words.count && words[word] & (1 << UInt64(id & 63)) != 0
  }

  mutating func insert(_ id: Int64) {
    let word = Int(id >> 6)
    if word >= words.count {
      words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
    words[word] |= 1 << UInt64(id & 63)
  }

  mutating func remove(_ id: Int64) {
    let word = Int(id >> 6)
    if word < words.count { words[word] &= ~(1 << UInt64(id & 63)) }
  }

  /// Calls `body` with each record, in the order of their numbers.
  func each(_ body: (Int64) throws -> Void) rethrows {
    for (place, bits) in words.enumerated() {
      var bits = bits
      while bits != 0 {
        try body(Int64(place) << 6 + Int64(bits.trailingZeroBitCount))
        bits &= bits - 1
      }
    }
  }
}

/// The cursor that walks the stored records beside the file.
struct March {
  /// Mismatches in a row after which the file is taken to have another order.
  private static let missesMax = 1_000
  /// No records stood before: nothing to walk beside.
  let isFresh: Bool
  private(set) var isMarching: Bool
  private var isOnRow = false
  private var misses = 0

  init(isFresh: Bool, mayMarch: Bool) {
    self.isFresh = isFresh
    isMarching = !isFresh && mayMarch
  }

  /// Stands on the next stored record; false at the end.
  mutating func advance(_ store: ImportStore) throws -> Bool {
    if !isOnRow { isOnRow = try store.next.step() }
    if !isOnRow { isMarching = false }
    return isOnRow
  }

  /// The record was met; the next one is due.
  mutating func stepped() {
    isOnRow = false
    misses = 0
  }

  /// Records up to this one were met without looking at them.
  mutating func skip(behind id: Int64, _ store: ImportStore) throws {
    guard isMarching else { return }
    store.next.reset()
    store.next.bind(1, id)
    isOnRow = false
  }

  /// A search found this record: go on behind it.
  mutating func goOn(behind id: Int64, _ store: ImportStore) throws {
    guard isMarching else { return }
    misses += 1
    guard misses < Self.missesMax else {
      isMarching = false
      store.next.reset()
      return
    }
    store.next.reset()
    store.next.bind(1, id)
    isOnRow = false
  }
}
