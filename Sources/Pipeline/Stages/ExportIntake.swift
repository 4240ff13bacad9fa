import Exports
import Formats
import Mirror
import Reconciliation

/// One export on its way into the mirror: read, judged, and kept or refused, in one transaction.
struct ExportIntake: Sendable {
  let export: ExportToTake
  let mapping: Mapping
  let judgement: ImportJudgement
  /// Whether a person lets exactly this file through.
  let isForced: Bool
  let run: String
  let now: Timestamp
  let progress: @Sendable (RunProgress) -> Void

  /// Takes the export; what its reader throws is passed on, and everything is as before then.
  ///
  /// Throws `ShortcutFailed` where it is to be taken again without `takesShortcuts`.
  func take(into mirror: isolated Mirror, takesShortcuts: Bool) throws -> ImportOutcome {
    let session = try mirror.beginImport(
      export.head, mapping: mapping, takesShortcuts: takesShortcuts, run: run, at: now)
    do {
      let tally = try session.finish(try read(into: session))
      return try mirror.endImport(session, judgement.verdict(on: tally, isForced: isForced))
    } catch {
      throw session.rollBack(after: error)
    }
  }

  private func read(into session: ImportSession) throws -> ReadFacts {
    let head = export.head
    let reader = ExportReader(
      export.files[0], by: mapping, rule: export.rule, mayBeEmpty: isForced, mayGoOn: isForced,
      learnsAnew: isForced, stretches: session.knownChunks)
    let facts = try reader.reading(parts: export.files, of: head.file)
      .read(into: SessionSink(session)) { [progress] bytes in
        progress(.importing(file: head.file, bytes: bytes, of: Int(head.size)))
      }
    try export.proof?.check(facts, session)
    return ReadFacts(
      facts, sequence: export.proof?.sequence(facts) ?? facts.sequence ?? export.number)
  }
}

extension ReadFacts {
  /// What a reader found, with the numbers of its delivery.
  init(_ facts: ExportFacts, sequence: ClosedRange<Int64>?) {
    self.init()
    columns = facts.columns
    reading = facts.reading
    setAside = facts.setAside
    marks = facts.marks
    endsWithNewline = facts.endsWithNewline
    self.sequence = sequence
  }
}

/// Hands the rows of an export to an import session.
final class SessionSink: RecordSink {
  private let session: ImportSession

  init(_ session: ImportSession) { self.session = session }

  func put(_ row: ImportedRow) throws {
    try session.put(ImportRow(row.record, cells: row.cellText, line: row.line))
  }

  func setAside(_ row: SetAsideRow) throws { try session.setAside(row) }

  func openStretch() { session.beginChunk() }

  func note(_ stretch: RowStretch) throws { try session.endChunk(stretch) }

  func pass(_ stretch: RowStretch, number: Int64) throws {
    try session.pass(stretch, number: number)
  }

  func reject(_ rejection: RowRejection) throws {
    try session.reject(
      line: rejection.line, column: rejection.column, reason: rejection.reason, key: rejection.key)
  }
}
