public import Reconciliation

extension ImportSession {
  /// What is known of the export before, for its reader.
  ///
  /// nil where stretches are of no use: a delta says nothing of the rows that it lacks, a reread
  /// wants other columns, and hashed e-mails stand for cells that the file still has.
  public var stretches: KnownStretches? { stretchStore?.known }

  /// The rows from here on may become a stretch.
  public func openStretch() { open = stretchStore.map { _ in OpenRecords() } }

  /// The rows since a stretch was opened are one, and known from now on if each of them became a
  /// record of its own.
  public func note(_ stretch: RowStretch) throws {
    guard var ended = open else { return }
    open = nil
    guard ended.areDistinct, ended.records.count == stretch.rows else { return }
    ended.records.flush()
    try stretchStore?.add(stretch, ended.records)
  }

  /// Takes the rows of a known stretch: their records are unchanged.
  ///
  /// Throws `ShortcutFailed` if one of them was named before in this export, but by a row that is
  /// older than what stands.
  public func pass(_ stretch: RowStretch, number: Int64) throws {
    open = nil
    guard let stretchStore else { throw ShortcutFailed() }
    let records = try stretchStore.records(of: number)
    guard records.count == stretch.rows else { throw ShortcutFailed() }
    var (last, named): (Int64, Int) = (0, 0)
    try records.each { first, count in
      for id in first..<first + count {
        if seen.contains(id) {
          guard outdated.contains(id) else { throw ShortcutFailed() }
          outdated.remove(id)
          named += 1
        }
        seen.insert(id)
      }
      last = first + count - 1
    }
    stretchStore.keep(number)
    try takeUnchanged(stretch.rows, named: named, upTo: last)
  }

  /// Says how the rows were read, once all are; nil where that was not noted.
  public func note(reading: String?) { self.reading = reading }
}

/// The records of the rows of a stretch while it is read.
struct OpenRecords {
  var records = RecordRuns()
  /// Whether no two rows are the same record.
  var areDistinct = true
}
