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
      let known = KnownExports(passports)
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
          result.imports.append(try await importFile(export, mapping))
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
    return Result(imports: [try await importFile(export, mapping)])
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
    let known = try await parts.mirror.acceptedPassport(sha256: sha256, mapping: mapping.name)
    var head = ExportHead(
      file: FilePath.visible(export.name), path: export.path, sha256: sha256, size: Int64(export.size),
      mode: export.rule.mode, generatedAt: export.generatedAt, columns: [],
      keptColumns: mapping.columnsNeeded)
    if let known, known.columnsDigest == mapping.columnsDigest {
      let passport = try await parts.mirror.noteReplay(head, mapping: mapping, run: run, at: now)
      return try await summary(passport)
    }
    head.isReread = known != nil
    do {
      do {
        return try await store(file, head, mapping, export.rule)
      } catch is ShortcutFailed {
        return try await store(file, head, mapping, export.rule, takesShortcuts: false)
      }
    } catch let refusal as ExportRefusal {
      let passport = try await parts.mirror.refuseExport(
        head, mapping: mapping, reason: refusal.description, run: run, at: now)
      tell(passport)
      return try await summary(passport)
    }
  }

  private func store(
    _ file: ExportFile, _ head: ExportHead, _ mapping: Mapping, _ rule: ExportRule,
    takesShortcuts: Bool = true
  ) async throws -> RunSummary.Import {
    let now = parts.time.now
    let progress = parts.progress
    let isForced = acceptedExport?.lowercased() == head.sha256
    let judgement = ImportJudgement(
      guards: .of(mapping, rule, configuration: parts.guards), mapping: mapping, head: head,
      now: now)
    let outcome = try await parts.mirror.importExport(
      head, mapping: mapping, run: run, at: now, takesShortcuts: takesShortcuts,
      feed: { session in
        let reader = ExportReader(
          file, by: mapping, rule: rule, mayBeEmpty: isForced, mayGoOn: isForced,
          stretches: session.stretches)
        let facts = try reader.read(into: SessionSink(session)) { bytes in
          progress(.importing(file: head.file, bytes: bytes, of: Int(head.size)))
        }
        session.note(columns: facts.columns)
        session.note(reading: facts.reading)
        session.note(setAside: facts.setAside)
      },
      judge: { judgement.verdict(on: $0, isForced: isForced) })
    tell(outcome.passport)
    return try await summary(outcome.passport)
  }

  /// How many rejected rows a summary lists again for a refused export that still waits.
  private static let repeatedRejectionsMax = 20

  private func summary(
    _ passport: Passport, rejectionsMax: Int = RunSummary.Import.rejectionsMax
  ) async throws -> RunSummary.Import {
    var summary = passport.summary
    guard passport.rejected > 0 else { return summary }
    summary.rejections = try await parts.mirror.rejections(of: passport.id, limit: rejectionsMax)
      .map { RunSummary.RejectedRow(line: $0.line, column: $0.column, reason: $0.reason) }
    return summary
  }

  private func tell(_ passport: Passport) {
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

/// What the passports tell of files that still lie in their folder.
///
/// A file of the same path, size and time that was not touched since its passport was made needs no
/// second look (a newer one may carry an older time: copies keep it). A refused one is reported
/// again in every run until somebody deals with it, or until a newer export is accepted: then it is
/// history.
struct KnownExports {
  private let newest: [String: Passport]
  private let lastAccepted: Timestamp?

  /// Takes passports, the newest first.
  init(_ passports: [Passport]) {
    newest = Dictionary(passports.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    lastAccepted = passports.filter { $0.state == .accepted }.compactMap(\.generatedAt).max()
  }

  /// The passport of this very file, if it was read by the rules of today.
  func passport(of export: WaitingExport, _ mapping: Mapping) -> Passport? {
    guard let passport = newest[export.path], passport.size == Int64(export.size),
      export.modified < passport.importedAt, export.generatedAt == passport.generatedAt,
      passport.columnsDigest == mapping.columnsDigest
    else { return nil }
    return passport
  }

  /// Whether a refused export still wants somebody to look.
  func isPending(_ passport: Passport) -> Bool {
    guard passport.state == .refused else { return false }
    guard let lastAccepted, let generatedAt = passport.generatedAt else { return true }
    return generatedAt > lastAccepted
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

extension Passport {
  /// The passport as the run summary tells it.
  var summary: RunSummary.Import {
    var summary = RunSummary.Import(
      mapping: mapping, file: FilePath.visible(path), sha256: sha256, mode: mode.rawValue, state: state.rawValue)
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
