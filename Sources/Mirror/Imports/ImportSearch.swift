internal import Formats
internal import Reconciliation
internal import SQLite

/// A row on its way into the mirror.
struct IncomingRow {
  var row: ImportRow
  let origin: Int64
  /// The reference and origin as spelled, where they differ from the key.
  var rawReference: String? { row.rawReference == row.key.reference ? nil : row.rawReference }
  var rawOrigin: String? { row.rawOrigin == row.key.origin ? nil : row.rawOrigin }

  /// Whether a stored record has reference and origin in the same spelling.
  func isSpelled(as stored: Statement) -> Bool {
    func same(_ column: Int, _ text: String?) -> Bool {
      guard let text else { return stored.isNull(column) }
      return !stored.isNull(column) && stored.textEquals(column, text)
    }
    return same(8, rawReference) && same(9, rawOrigin)
  }
}

/// A stored record that has the key of a row.
struct StoredVariant {
  let id: Int64
  let number: Int
  let missing: Int
  let changedAt: Timestamp?
  let receipt: Int64
  let line: Int
  /// Whether its reference and origin are spelled as those of the row.
  let isSpelledAlike: Bool
  /// Whether the rules set it aside: it says nothing about rows that they take.
  var isSetAside: Bool { missing >= SourceRecord.setAsideMark }

  init(_ row: Statement, isSpelledAlike: Bool) {
    id = row.int64(0)
    number = row.int(4)
    missing = row.int(5)
    changedAt = row.optionalInt64(11).map { Timestamp($0) }
    receipt = row.int64(12)
    line = row.int(13)
    self.isSpelledAlike = isSpelledAlike
  }
}

/// Rows that the cursor beside the file did not meet.
///
/// Each spelling of a key is a record of its own, or several where its rows say different things
/// and no time of change orders them:
///
///     key 7   spelling "007"   gold      09:00
///             spelling "7"     silver    09:00
///                              bronze    09:00      source_duplicate
extension ImportSession {
  /// Stale rows noted per file; their number is always exact in the receipt.
  private static let staleNotedMax = 50_000
  /// Overwritten times of change that are remembered; beyond, rows without a time take the place of
  /// a record for good as soon as they are read.
  private static let timesBeforeMax = 100_000

  /// Finds all variants of the key: the same one, else one to overwrite, else a new one.
  func search(_ incoming: IncomingRow) throws {
    let find = store.find
    find.bind(1, store.mapping)
    find.bind(2, incoming.origin)
    find.bind(3, incoming.row.key.reference)
    defer { find.reset() }
    var variants: [StoredVariant] = []
    var same: StoredVariant?
    while try find.step() {
      let isAlike = incoming.isSpelled(as: find)
      let variant = StoredVariant(find, isSpelledAlike: isAlike)
      if same == nil, isAlike, try isSame(find, incoming) { same = variant }
      if let same, mode == .full, same.number == 0, !store.hasDuplicates { break }
      variants.append(variant)
    }
    find.reset()
    if let same {
      try takeSame(same, incoming, variants)
    } else {
      try take(incoming, variants)
    }
  }

  private func takeSame(
    _ same: StoredVariant, _ incoming: IncomingRow, _ variants: [StoredVariant]
  ) throws {
    let later = variants.first {
      $0.isSpelledAlike && met.isTaken($0.id)
        && changeOrder.isEarlier(same.changedAt, than: $0.changedAt)
    }
    if let later { return try passOver(incoming, variants.filter(\.isSpelledAlike), later) }
    if met.isTaken(same.id) {
      tally.collapsed += 1
      openChunk?.areDistinct = false
    } else {
      try meetUnchanged(same.id, wasMissing: same.missing > 0, incoming)
    }
    replace(variants, but: same.id)
    try cursor.goOn(behind: same.id, store)
  }

  private func take(_ incoming: IncomingRow, _ variants: [StoredVariant]) throws {
    let alike = variants.filter(\.isSpelledAlike)
    if let standing = alike.first(where: { outdates($0, incoming) }) {
      return try passOver(incoming, alike, standing)
    }
    let former = alike.filter {
      met.isTaken($0.id) && changeOrder.isEarlier($0.changedAt, than: incoming.row.changedAt)
    }
    for variant in former.dropFirst() { try dismiss(variant, incoming) }
    if let first = former.first {
      try supersede(first, incoming)
      replace(alike, but: first.id)
    } else if let free = alike.first(where: { !met.isTaken($0.id) }) {
      remember(free, incoming)
      try overwrite(free, incoming)
      replace(alike, but: free.id)
      try cursor.goOn(behind: free.id, store)
    } else if let id = try insert(incoming, variant: (variants.last?.number ?? -1) + 1) {
      try added(id, incoming)
      matchKey(variants)
    }
  }

  /// What of a spelling no row stands for when a delta ends is over.
  private func replace(_ variants: [StoredVariant], but id: Int64) {
    guard mode == .delta else { return }
    for variant in variants where variant.isSpelledAlike && variant.id != id {
      met.replaced.insert(variant.id)
    }
  }

  /// A key in another spelling is the same key for the guard that asks how many are still there.
  private func matchKey(_ variants: [StoredVariant]) {
    let match = variants.first {
      $0.missing == 0 && !met.named.contains($0.id) && !met.matched.contains($0.id)
    }
    guard let match else { return }
    met.matched.insert(match.id)
    tally.inCommon += 1
  }

  // MARK: Which change is the latest

  /// Whether what stands is later than a row: by their own times, else by those of their exports.
  private func outdates(_ variant: StoredVariant, _ incoming: IncomingRow) -> Bool {
    guard !variant.isSetAside else { return false }
    let (row, stands) = (
      incoming.row.changedAt, variant.changedAt ?? outdated.timesBefore[variant.id]
    )
    if changeOrder.isEarlier(row, than: stands) { return true }
    return later.contains(variant.receipt) && !changeOrder.isEarlier(stands, than: row)
  }

  /// A stale row changes nothing; that of a full export still says that its record is there.
  private func passOver(
    _ incoming: IncomingRow, _ alike: [StoredVariant], _ standing: StoredVariant
  ) throws {
    tally.stale += 1
    openChunk?.areDistinct = false
    for variant in alike where !met.named.contains(variant.id) && !variant.isSetAside {
      met.takeStale(variant.id)
      if variant.missing == 0 {
        tally.inCommon += 1
      } else if mode == .full {
        try returned(variant.id, incoming)
      }
    }
    try note(stale: incoming.row.line, incoming, changedAt: incoming.row.changedAt)
    try cursor.goOn(behind: standing.id, store)
  }

  /// A later row of the same file takes the place of one that was read before it.
  private func supersede(_ former: StoredVariant, _ incoming: IncomingRow) throws {
    guard chunks?.hasPassed != true else { throw ShortcutFailed() }
    outdated.haveSuperseded = true
    openChunk?.areDistinct = false
    tally.stale += 1
    let wasUnchanged = former.receipt != receipt
    if wasUnchanged {
      tally.unchanged -= 1
      tally.changed += 1
    } else {
      try note(stale: former.line, incoming, changedAt: former.changedAt)
    }
    try write(incoming, over: former.id, countsColumns: wasUnchanged)
  }

  /// One more of the rows that a later one outdates: no row stands for its record any more.
  private func dismiss(_ former: StoredVariant, _ incoming: IncomingRow) throws {
    try uncount(former.id, receipt: former.receipt)
    if former.receipt == receipt {
      try note(stale: former.line, incoming, changedAt: former.changedAt)
    }
  }

  /// The row that stands for a record is stale after all.
  func uncount(_ id: Int64, receipt written: Int64) throws {
    guard chunks?.hasPassed != true else { throw ShortcutFailed() }
    outdated.haveSuperseded = true
    met.outdate(id)
    tally.stale += 1
    if id > store.lastIDBefore {
      tally.added -= 1
      met.count -= 1
    } else if written == receipt {
      tally.changed -= 1
    } else {
      tally.unchanged -= 1
    }
  }

  /// The order of the rows must not decide what an earlier time of the same record outdates.
  private func remember(_ variant: StoredVariant, _ incoming: IncomingRow) {
    guard incoming.row.changedAt == nil, !variant.isSetAside, let time = variant.changedAt,
      outdated.timesBefore.count < Self.timesBeforeMax
    else { return }
    outdated.timesBefore[variant.id] = time
  }

  private func note(stale line: Int, _ incoming: IncomingRow, changedAt: Timestamp?) throws {
    guard outdated.noted < Self.staleNotedMax else { return }
    outdated.noted += 1
    try store.noteStale(
      StaleRow(line: line, key: incoming.row.key, changedAt: changedAt), receipt: receipt)
  }
}
