import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// IMPORT: export files become records, each with a passport; all of a file or nothing of it.
struct ImportStage {
  let parts: RunParts
  let run: String
  /// The SHA-256 of an export that may pass its guards.
  let acceptedExport: String?

  /// What the stage did.
  struct Result {
    var imports: [RunSummary.Import] = []
    var waiting: [RunSummary.WaitingExport] = []
    var sources: [RunSummary.Source] = []
    var passedOver: [RunSummary.PassedOver] = []
    /// What else makes the input of this run one that is not trusted, in words.
    var untrusted: [String] = []
  }

  /// Imports what waits for these mappings, oldest first.
  func importWaiting(_ mappings: [Mapping]) async throws -> Result {
    var result = Result()
    for mapping in mappings {
      let passports = try await parts.mirror.passports(
        mapping: mapping.name, limit: Self.passportsMax)
      let found = try await SourceScan(parts: parts, run: run).scan(
        mapping, hasDelivered: passports.contains { $0.state == .accepted })
      result.take(found)
      result.imports += try await readAgain(mapping)
      var known = KnownExports(passports, at: parts.time.now)
      for export in found.look.exports {
        if let reason = export.readiness.reason {
          result.waiting.append(
            .init(mapping: mapping.name, file: FilePath.visible(export.path), reason: reason))
          continue
        }
        if let passport = known.passport(of: export, mapping), acceptedExport != passport.sha256 {
          if known.isPending(passport) {
            result.imports.append(
              try await summary(passport, rejectionsMax: Self.repeatedRejectionsMax))
          }
          continue
        }
        do {
          let summary = try await importFile(export, mapping)
          if summary.state == PassportState.accepted.rawValue { known.noteAccepted() }
          result.imports.append(summary)
        } catch let refusal as ExportRefusal {
          // Without its bytes there is no receipt to remember it by.
          result.untrusted.append("\(mapping.name): \(refusal.description)")
        }
      }
    }
    return result
  }

  /// Imports one file, whether it waits in its folder or not.
  func importFile(at path: String, for mapping: Mapping) async throws -> Result {
    guard let rule = mapping.rule(forFileNamed: FilePath.name(of: path)) else {
      throw StageError.unclearRule(path, mapping: mapping.name)
    }
    guard let export = try finder.look(path, rule) else { throw StageError.noSuchFile(path) }
    let again = try await readAgain(mapping)
    return Result(imports: again + [try await importFile(export, mapping)])
  }

  private var finder: WaitingExports { WaitingExports(files: parts.files, time: parts.time) }

  /// How many passports are remembered for the quick look; older files are hashed again.
  private static let passportsMax = 10_000

  private func importFile(
    _ export: WaitingExport, _ mapping: Mapping
  ) async throws -> RunSummary.Import {
    let now = parts.time.now
    let file = try ExportFile(path: export.path)
    let sha256 = try file.sha256()
    let head = ExportHead(
      file: FilePath.visible(export.name), path: export.path, sha256: sha256,
      size: Int64(export.size),
      mode: export.rule.mode, generatedAt: export.generatedAt, columns: [],
      keptColumns: mapping.columnsNeeded)
    if export.isAhead(of: now), !isForced(sha256) {
      return try await refuse(head, mapping, export.words(ofTimeAhead: sha256))
    }
    let known = try await parts.mirror.acceptedPassport(sha256: sha256, mapping: mapping.name)
    if let known, !(try await brings(export, news: known, to: mapping)) {
      let passport = try await parts.mirror.noteReplay(head, mapping: mapping, run: run, at: now)
      return try await summary(passport)
    }
    do {
      return try await take(file, head, try await parts.mirror.knowing(mapping), export.rule)
    } catch let refusal as ExportRefusal {
      return try await refuse(head, mapping, Self.words(refusal, head))
    }
  }

  /// Stores an export; once more from its beginning where a shortcut or a missing decimal mark
  /// makes that necessary.
  func take(
    _ file: ExportFile, _ head: ExportHead, _ mapping: Mapping, _ rule: ExportRule
  ) async throws -> RunSummary.Import {
    var (mapping, takesShortcuts) = (mapping, true)
    while true {
      do {
        return try await store(file, head, mapping, rule, takesShortcuts: takesShortcuts)
      } catch is ShortcutFailed where takesShortcuts {
        takesShortcuts = false
      } catch let proved as MarksProved {
        mapping = mapping.knowing(proved.marks)
      }
    }
  }

  static func words(_ refusal: ExportRefusal, _ head: ExportHead) -> String {
    guard refusal.code == .otherMark else { return refusal.description }
    return "\(refusal); `import --accept \(head.sha256)` goes by this file from now on"
  }

  func refuse(
    _ head: ExportHead, _ mapping: Mapping, _ reason: String
  ) async throws -> RunSummary.Import {
    let passport = try await parts.mirror.refuseExport(
      head, mapping: mapping, reason: reason, run: run, at: parts.time.now)
    tell(passport)
    return try await summary(passport)
  }

  func isForced(_ sha256: String) -> Bool { acceptedExport?.lowercased() == sha256 }

  /// Whether changes with the bytes of changes that were taken before are others all the same.
  ///
  /// Nothing may change two days in a row, and a value may change back: then the name tells a later
  /// time than all that was taken.
  private func brings(
    _ export: WaitingExport, news known: Passport, to mapping: Mapping
  ) async throws -> Bool {
    guard export.rule.mode == .delta, known.mode == .delta else { return false }
    if known.rows == 0 { return true }
    guard export.name != FilePath.name(of: known.path), FileNameTime(in: export.name) != nil,
      let last = try await parts.mirror.lastDelivery(of: mapping.name).madeAt
    else { return false }
    return export.generatedAt > last
  }

  func store(
    _ file: ExportFile, _ head: ExportHead, _ mapping: Mapping, _ rule: ExportRule,
    takesShortcuts: Bool
  ) async throws -> RunSummary.Import {
    let now = parts.time.now
    let progress = parts.progress
    let isForced = isForced(head.sha256)
    let judgement = ImportJudgement(
      guards: .of(mapping, rule, configuration: parts.guards), mapping: mapping, head: head,
      now: now)
    let outcome = try await parts.mirror.importExport(
      head, mapping: mapping, run: run, at: now, takesShortcuts: takesShortcuts,
      feed: { session in
        let reader = ExportReader(
          file, by: mapping, rule: rule, mayBeEmpty: isForced, mayGoOn: isForced,
          learnsAnew: isForced, stretches: session.stretches)
        let facts = try reader.read(into: SessionSink(session)) { bytes in
          progress(.importing(file: head.file, bytes: bytes, of: Int(head.size)))
        }
        session.note(columns: facts.columns)
        session.note(reading: facts.reading)
        session.note(setAside: facts.setAside)
        session.note(marks: facts.marks)
      },
      judge: { judgement.verdict(on: $0, isForced: isForced) })
    tell(outcome.passport)
    return try await summary(outcome.passport)
  }

  /// How many rejected rows a summary lists again for a refused export that still waits.
  private static let repeatedRejectionsMax = 20

  func summary(
    _ passport: Passport, rejectionsMax: Int = RunSummary.Import.rejectionsMax
  ) async throws -> RunSummary.Import {
    var summary = passport.summary
    guard passport.rejected > 0 else { return summary }
    summary.rejections = try await parts.mirror.rejections(of: passport.id, limit: rejectionsMax)
      .map { RunSummary.RejectedRow(line: $0.line, column: $0.column, reason: $0.reason) }
    return summary
  }

  func tell(_ passport: Passport) {
    let fields: Log.Fields = [
      "run": .text(run), "mapping": .text(passport.mapping), "file": .text(passport.file),
      "rows": .int(passport.rows), "rejected": .int(passport.rejected),
      "changed": .int(passport.added + passport.changed + passport.removed),
    ]
    if passport.state == .refused {
      parts.log.warning("export refused: \(passport.reason ?? "")", fields)
    } else {
      parts.log.info("export accepted", fields)
    }
  }
}

extension ImportStage.Result {
  fileprivate mutating func take(_ found: SourceScan.Found) {
    sources.append(found.source)
    passedOver += found.passedOver
    untrusted += found.untrusted
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

  func openStretch() { session.openStretch() }

  func note(_ stretch: RowStretch) throws { try session.note(stretch) }

  func pass(_ stretch: RowStretch, number: Int64) throws {
    try session.pass(stretch, number: number)
  }

  func reject(_ rejection: RowRejection) throws {
    try session.reject(
      line: rejection.line, column: rejection.column, reason: rejection.reason, key: rejection.key)
  }
}

extension WaitingExport.Readiness {
  /// Why the export is left for later, in words; nil if it may be read.
  fileprivate var reason: String? {
    switch self {
    case .ready: nil
    case .settling(let seconds):
      "it changed a moment ago; it is taken once it rests for another "
        + "\(Int(seconds.rounded(.up))) s (\"settle\")"
    case .waiting(let marker, isOlder: false):
      "\(marker), which tells that it is whole, is not there yet"
    case .waiting(let marker, isOlder: true):
      "\(marker) is older than the file: it was left by the one before"
    }
  }
}

extension WaitingExport {
  /// Why an export is refused whose time lies too far ahead.
  fileprivate func words(ofTimeAhead sha256: String) -> String {
    let told =
      generatedAt > modified
      ? "its name tells \(generatedAt.rfc3339)" : "it was last changed at \(modified.rfc3339)"
    return "\(FilePath.visible(name)): \(told), more than a day ahead of this machine's clock; "
      + "correct the name, the time of the file or the clock, or let it pass with import --accept "
      + sha256
  }
}

extension Passport {
  /// Whether it was refused for what its mapping made of it: it could not be read, or too many of
  /// its rows could not be used.
  var wasRefusedByRules: Bool {
    state == .refused
      && !(verdicts.objectValue ?? [:]).contains { name, verdict in
        name.value != ExportGuard.rejects.rawValue && verdict["refused"] == true
      }
  }

  /// The passport as the run summary tells it.
  var summary: RunSummary.Import {
    var summary = RunSummary.Import(
      mapping: mapping, file: FilePath.visible(path), sha256: sha256, mode: mode.rawValue,
      state: state.rawValue)
    summary.reason = reason
    summary.rows = rows
    summary.accepted = accepted
    summary.rejected = rejected
    summary.added = added
    summary.changed = changed
    summary.removed = removed
    summary.unchanged = unchanged
    summary.setAside = setAside
    summary.stale = stale
    return summary
  }
}
