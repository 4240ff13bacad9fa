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
  private let store: ImportStore
  private let mapping: Mapping
  private let mappingID: Int64
  private let columns: Int64
  private let passport: Int64
  private let now: Int64
  private let marksAll: Bool

  /// What the import has done so far.
  public private(set) var tally = ImportTally()
  /// The rejected rows that are kept.
  public private(set) var rejections: [Rejection] = []

  /// All columns of the file, when they were not known before its rows.
  private(set) var noted: [String]?
  var seen = RecordBits()
  /// Records whose row is in the file but is not taken: they are not gone.
  private var untaken = RecordBits()
  /// Rows that were set aside, by the record that has their key; at most `rejectionsKeptMax`.
  private var asideRows: [Int64: SetAsideRow] = [:]
  let stretchStore: StretchStore?
  /// The stretch that is noted at present.
  var open: OpenRecords?
  var reading: String?
  /// Stored records met or made, each counted once.
  private var met = 0
  /// By how many the records that are present have become more.
  private(set) var presentDelta = 0
  /// The columns whose e-mails retention may have replaced by hashes.
  private let emailPlaces: [Int]
  /// The row with its e-mails hashed, once it was asked for; nil if it has none.
  private var hashed: CellText??
  private var march: March
  private var lastOrigin: (name: String, id: Int64) = ("", 0)
  /// The index of the keys, where it is made behind the last row.
  var lateIndex: KeyIndex?

  init(
    _ store: ImportStore, _ stretches: StretchStore?, _ mapping: Mapping, head: ExportHead,
    passport: Int64, at now: Int64
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
    self.passport = passport
    self.now = now
    marksAll = store.marksAll
    tally.presentBefore = store.presentBefore
    march = March(isFresh: store.isFresh)
  }

  /// Takes a row.
  public func put(_ row: ImportRow) throws {
    tally.rows += 1
    tally.accepted += 1
    if !emailPlaces.isEmpty { hashed = nil }
    let origin = try originID(row.key.origin)
    let incoming = Incoming(row: row, origin: origin)
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

  /// Notes a row that `where` set aside; the records of its key keep their last values.
  public func setAside(_ row: SetAsideRow) throws {
    guard !store.isFresh else { return }
    for id in try store.records(of: row.key.reference, origin: try originID(row.key.origin)) {
      untaken.insert(id)
      if asideRows.count < Mirror.rejectionsKeptMax { asideRows[id] = row }
    }
  }

  /// Says which columns the file has, once they are known.
  public func note(columns: [String]) { noted = columns }

  /// Says what `where` set aside, once all rows are read.
  public func note(setAside: SetAside) { tally.setAside = setAside }

  private func originID(_ name: String) throws -> Int64 {
    if lastOrigin.id != 0, lastOrigin.name == name { return lastOrigin.id }
    lastOrigin = (name, try store.origin(name))
    return lastOrigin.id
  }

  // MARK: Meeting stored records

  private struct Incoming {
    var row: ImportRow
    let origin: Int64
    var rawReference: String? { row.rawReference == row.key.reference ? nil : row.rawReference }
    var rawOrigin: String? { row.rawOrigin == row.key.origin ? nil : row.rawOrigin }
  }

  /// In a mapping without records: one insert, no search, unless the file repeats a key.
  private func insertFresh(_ incoming: Incoming) throws -> Bool {
    guard let id = try insert(incoming, variant: 0) else { return false }
    try added(id, incoming)
    return true
  }

  /// The next stored record is the one: no search needed.
  private func meetNext(_ incoming: Incoming) throws -> Bool {
    let row = store.next
    guard try march.advance(store), row.int64(1) == mappingID, row.int64(2) == incoming.origin,
      row.textEquals(3, incoming.row.key.reference)
    else { return false }
    let id = row.int64(0)
    guard !seen.contains(id), try isSame(row, incoming) else { return false }
    try meetUnchanged(id, wasMissing: row.int(5) > 0, incoming)
    march.stepped()
    return true
  }

  private func isSame(_ stored: Statement, _ incoming: Incoming) throws -> Bool {
    func same(_ column: Int, _ text: String?) -> Bool {
      guard let text else { return stored.isNull(column) }
      return !stored.isNull(column) && stored.textEquals(column, text)
    }
    return try stored.int64(7) == columns && hasSameCells(stored, incoming)
      && stored.bool(6) == incoming.row.isDeleted && same(8, incoming.rawReference)
      && same(9, incoming.rawOrigin)
  }

  private func hasSameCells(_ stored: Statement, _ incoming: Incoming) throws -> Bool {
    if stored.textEquals(10, incoming.row.cells.bytes) { return true }
    guard !emailPlaces.isEmpty, let hashed = try hashedRow(incoming) else { return false }
    return stored.textEquals(10, hashed.bytes)
  }

  private func hashedRow(_ incoming: Incoming) throws -> CellText? {
    if let hashed { return hashed }
    let cells = try incoming.row.cells.cells()
    let found = store.hasher?.hashed(cells, at: emailPlaces).map { CellText($0) }
    hashed = .some(found)
    return found
  }

  /// Finds all variants of the key: the same one, else one to overwrite, else a new one.
  private func search(_ incoming: Incoming) throws {
    let find = store.find
    find.bind(1, mappingID)
    find.bind(2, incoming.origin)
    find.bind(3, incoming.row.key.reference)
    defer { find.reset() }
    var variants: [(id: Int64, variant: Int, missing: Int)] = []
    while try find.step() {
      let id = find.int64(0)
      if try isSame(find, incoming) {
        let missing = find.int(5)
        if seen.contains(id) {
          tally.collapsed += 1
          open?.areDistinct = false
        } else {
          find.reset()
          try meetUnchanged(id, wasMissing: missing > 0, incoming)
        }
        try march.goOn(behind: id, store)
        return
      }
      variants.append((id, find.int(4), find.int(5)))
    }
    find.reset()
    try take(incoming, variants)
  }

  private func take(
    _ incoming: Incoming, _ variants: [(id: Int64, variant: Int, missing: Int)]
  ) throws {
    if let free = variants.first(where: { !seen.contains($0.id) }) {
      try overwrite(free.id, wasMissing: free.missing > 0, incoming)
      try march.goOn(behind: free.id, store)
    } else if let id = try insert(incoming, variant: (variants.last?.variant ?? -1) + 1) {
      try added(id, incoming)
    }
  }

  // MARK: Writing

  private func meet(_ id: Int64) {
    seen.insert(id)
    met += 1
    open?.records.append(id)
  }

  /// Counts rows that are as they were.
  func takeUnchanged(_ rows: Int, upTo last: Int64) throws {
    tally.rows += rows
    tally.accepted += rows
    tally.compared += rows
    tally.unchanged += rows
    tally.inCommon += rows
    met += rows
    try march.skip(behind: last, store)
  }

  private func meetUnchanged(_ id: Int64, wasMissing: Bool, _ incoming: Incoming) throws {
    meet(id)
    tally.compared += 1
    if wasMissing {
      tally.changed += 1
      presentDelta += 1
      try store.setMissing(id, 0)
      try store.wakeWatchers(id, mapping)
      try store.mark(incoming.origin, incoming.row.key.reference)
    } else {
      tally.unchanged += 1
      tally.inCommon += 1
    }
  }

  private func overwrite(_ id: Int64, wasMissing: Bool, _ incoming: Incoming) throws {
    let former = try store.formerCells(id)
    var incoming = incoming
    if !emailPlaces.isEmpty, EmailHasher.isIn(former.cells), let hashed = try hashedRow(incoming) {
      // What retention removed does not come back with a change of something else.
      incoming.row.cells = hashed
    }
    meet(id)
    tally.compared += 1
    tally.changed += 1
    if wasMissing { presentDelta += 1 } else { tally.inCommon += 1 }
    try countColumns(former, incoming)
    try store.uncorrelate(id, try store.correlates(mapping, former.columns, former.cells))
    let update = store.update
    update.bind(1, incoming.row.isDeleted ? 1 : 0)
    update.bind(2, columns)
    update.bind(3, incoming.row.changedAt?.microseconds)
    update.bind(4, passport)
    update.bind(5, incoming.row.line)
    update.bind(6, incoming.rawReference)
    update.bind(7, incoming.rawOrigin)
    update.bind(9, id)
    try update.run(8, borrowing: incoming.row.cells.bytes)
    try wrote(id, incoming)
  }

  private func insert(_ incoming: Incoming, variant: Int) throws -> Int64? {
    let insert = store.insert
    insert.bind(1, mappingID)
    insert.bind(2, incoming.origin)
    insert.bind(3, incoming.row.key.reference)
    insert.bind(4, variant)
    insert.bind(5, incoming.row.isDeleted ? 1 : 0)
    insert.bind(6, columns)
    insert.bind(7, incoming.row.changedAt?.microseconds)
    insert.bind(8, passport)
    insert.bind(9, incoming.row.line)
    insert.bind(10, now)
    insert.bind(11, incoming.rawReference)
    insert.bind(12, incoming.rawOrigin)
    try insert.run(13, borrowing: incoming.row.cells.bytes)
    return store.changes > 0 ? store.lastInsertID : nil
  }

  private func added(_ id: Int64, _ incoming: Incoming) throws {
    meet(id)
    tally.added += 1
    presentDelta += 1
    try wrote(id, incoming)
  }

  private func wrote(_ id: Int64, _ incoming: Incoming) throws {
    try store.mark(incoming.origin, incoming.row.key.reference)
    guard !mapping.correlate.isEmpty else { return }
    try store.correlate(
      id, try store.correlates(mapping, columns, incoming.row.cells))
  }

  /// Which columns differ, by name: the former cells may belong to another list of columns.
  private func countColumns(_ former: ImportStore.Former, _ incoming: Incoming) throws {
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

  /// Drops variants that are gone and counts what a full export lacks.
  ///
  /// Throws `ShortcutFailed` where the index of the keys can't be made now.
  func finish(countsAbsence: Bool) throws {
    try lateIndex?.make()
    keepSetAside()
    try dropStaleVariants()
    try stretchStore?.finish(reading: reading)
    guard countsAbsence, met < store.storedRecords + tally.added else { return }
    try store.eachUnseen(seen) { id, missing, origin, key in
      guard !untaken.contains(id) else { return }
      if missing == 0 {
        tally.removed += 1
        presentDelta -= 1
      }
      guard missing < SourceRecord.missingExportsMax else { return }
      try store.setMissing(id, missing + 1)
      if missing + 1 == SourceRecord.missingExportsMax { try store.wakeWatchers(id, mapping) }
      try store.mark(origin, key)
    }
  }

  /// Of records whose every row was set aside, the rows are told.
  private func keepSetAside() {
    for (id, row) in asideRows where !seen.contains(id) {
      tally.setAside.records += 1
      guard rejections.count < Mirror.rejectionsKeptMax else { continue }
      rejections.append(
        Rejection(
          line: row.line, column: mapping.rows?.column, reason: row.reason, key: row.key,
          isSetAside: true))
    }
  }

  /// Of a key that this file has, variants that it has no more are over.
  private func dropStaleVariants() throws {
    try store.eachDuplicated { origin, key, ids in
      guard ids.contains(where: { seen.contains($0.id) }) else { return }
      for variant in ids where !seen.contains(variant.id) && !untaken.contains(variant.id) {
        let former = try store.formerCells(variant.id)
        try store.uncorrelate(
          variant.id, try store.correlates(mapping, former.columns, former.cells))
        if try store.dropRecord(variant.id) { presentDelta -= 1 }
        try store.mark(origin, key)
      }
    }
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

  init(isFresh: Bool) {
    self.isFresh = isFresh
    isMarching = !isFresh
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
