public import Reconciliation

extension ImportSession {
  /// What is known of the export before, for its reader.
  ///
  /// nil where chunks are of no use: a delta says nothing of the rows that it lacks, a reread
  /// wants other columns, and hashed e-mails stand for cells that the file still has.
  public var knownChunks: KnownStretches? { chunks?.known }

  /// The rows from here on may become a chunk.
  public func beginChunk() { openChunk = chunks.map { _ in OpenChunk() } }

  /// The rows since `beginChunk` are a chunk, and known from now on if each of them became a record
  /// of its own.
  public func endChunk(_ chunk: RowStretch) throws {
    guard var ended = openChunk else { return }
    openChunk = nil
    guard ended.areDistinct, ended.records.count == chunk.rows else { return }
    ended.records.flush()
    try chunks?.add(chunk, ended.records)
  }

  /// Takes the rows of a known chunk: their records are unchanged.
  ///
  /// Throws `ShortcutFailed` if one of them was named before in this export, but by a row that is
  /// older than what stands.
  public func pass(_ chunk: RowStretch, number: Int64) throws {
    openChunk = nil
    guard let chunks else { throw ShortcutFailed() }
    let records = try chunks.records(of: number)
    guard records.count == chunk.rows else { throw ShortcutFailed() }
    var (last, named): (Int64, Int) = (0, 0)
    try records.each { first, count in
      for id in first..<first + count {
        if try met.takeUnread(id) { named += 1 }
      }
      last = first + count - 1
    }
    chunks.keep(number)
    try takeUnchanged(chunk.rows, named: named, upTo: last)
  }
}

/// The records of the rows of a chunk while it is read.
struct OpenChunk {
  var records = RecordRuns()
  /// Whether no two rows are the same record.
  var areDistinct = true
}
