import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// IMPORT: export files become records, each with a receipt; all of a file or nothing of it.
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
      let receipts = try await parts.mirror.receipts(
        ReceiptFilter(mapping: mapping.name), limit: Self.receiptsMax)
      let found = try await SourceScan(parts: parts, run: run).scan(
        mapping, hasDelivered: receipts.contains { $0.state == .accepted })
      result.take(found)
      result.imports += try await readAgain(mapping)
      var known = KnownExports(receipts, files: parts.files, at: parts.time.now)
      let deliveries = found.look.deliveries
      let new = deliveries.filter { known.receipt(of: $0, mapping) == nil }.map(\.path)
      let suspicion = PartsSuspicion(deliveries, new: Set(new), mapping)
      for delivery in deliveries {
        if let reason = delivery.readiness.reason {
          // What a full export has said since is missed no more.
          if known.isOvertaken(delivery) { continue }
          result.wait(delivery, mapping, for: reason)
          continue
        }
        if let receipt = known.receipt(of: delivery, mapping), acceptedExport != receipt.sha256 {
          if known.isPending(receipt) {
            result.imports.append(
              try await summary(receipt, rejectionsMax: Self.repeatedRejectionsMax))
          }
          continue
        }
        let isAccepted = try await take(delivery, mapping, suspicion, into: &result)
        if isAccepted { known.noteAccepted() }
      }
    }
    return result
  }

  /// Imports one delivery, or tells why it has to wait; whether it was accepted.
  private func take(
    _ delivery: Delivery, _ mapping: Mapping, _ suspicion: PartsSuspicion?,
    into result: inout Result
  ) async throws -> Bool {
    do {
      let summary = try await importDelivery(delivery, mapping, suspicion)
      result.imports.append(summary)
      return summary.state == ReceiptState.accepted.rawValue
    } catch let later as LeftForLater {
      result.wait(delivery, mapping, for: later.reason)
    } catch let refusal as ExportRefusal {
      // Without its bytes there is no receipt to remember it by.
      result.untrusted.append("\(mapping.name): \(refusal.description)")
    }
    return false
  }

  /// Imports one file, whether it waits in its folder or not.
  func importFile(at path: String, for mapping: Mapping) async throws -> Result {
    guard let rule = mapping.rule(forFileNamed: FilePath.name(of: path)) else {
      throw StageError.unclearRule(path, mapping: mapping.name)
    }
    guard let delivery = try finder.delivery(of: path, rule) else {
      throw StageError.noSuchFile(path)
    }
    var result = Result(imports: try await readAgain(mapping))
    if case .incomplete(let reason) = delivery.readiness {
      result.wait(delivery, mapping, for: reason)
    } else {
      _ = try await take(delivery, mapping, nil, into: &result)
    }
    return result
  }

  private var finder: WaitingExports { WaitingExports(files: parts.files, time: parts.time) }

  /// How many receipts are remembered for the quick look; older files are hashed again.
  private static let receiptsMax = 10_000

  private func importDelivery(
    _ delivery: Delivery, _ mapping: Mapping, _ suspicion: PartsSuspicion?
  ) async throws -> RunSummary.Import {
    let now = parts.time.now
    let files = try delivery.files.map { try ExportFile(path: $0.path) }
    let members = try zip(delivery.files, files).map {
      BesideProof.Member($0, sha256: try $1.sha256())
    }
    let head = ExportHead(delivery, members, mapping, files: parts.files)
    let sha256 = head.sha256
    if delivery.isAhead(of: now), !isForced(sha256) {
      return try await refuse(head, mapping, delivery.words(ofTimeAhead: sha256, now))
    }
    let known = try await parts.mirror.receipts(
      ReceiptFilter(mapping: mapping.name, state: .accepted, sha256: sha256), limit: 1
    ).first
    if let known, !(try await brings(delivery, news: known, to: mapping)) {
      let receipt = try await parts.mirror.noteReplay(head, mapping: mapping, run: run, at: now)
      return try await summary(receipt)
    }
    do {
      var proof: DeliveryProof?
      if !isForced(sha256) {
        if let reason = suspicion?.reason(delivery) {
          throw ExportRefusal(.parts, reason, file: head.file, advice: "")
        }
        proof = try await DeliveryProof(delivery, members, mapping, parts)
      }
      let export = ExportToTake(
        files: files, head: head, rule: delivery.rule, proof: proof,
        hint: suspicion?.hint(delivery))
      return try await take(export, try await knowing(mapping))
    } catch let refusal as ExportRefusal {
      return try await refuse(head, mapping, Self.words(refusal, head))
    } catch let missing as ProofMissing {
      let rest = (delivery.rule.proof?.waitSeconds ?? 0) - now.seconds(since: delivery.modified)
      guard rest <= 0 else { throw LeftForLater(reason: Self.words(missing, rest)) }
      return try await refuse(head, mapping, Self.words(missing, head))
    }
  }

  /// The mapping with the decimal marks that its exports proved.
  func knowing(_ mapping: Mapping) async throws -> Mapping {
    try await parts.mirror.knowing(RuleBook([mapping])).mappings[0]
  }

  /// Stores an export; once more from its beginning where a shortcut or a missing decimal mark
  /// makes that necessary.
  func take(_ export: ExportToTake, _ mapping: Mapping) async throws -> RunSummary.Import {
    var (mapping, takesShortcuts) = (mapping, true)
    while true {
      do {
        return try await store(export, mapping, takesShortcuts: takesShortcuts)
      } catch is ShortcutFailed where takesShortcuts {
        takesShortcuts = false
      } catch let proved as MarksProved {
        mapping = mapping.knowing(proved.marks)
      }
    }
  }

  static func words(_ refusal: ExportRefusal, _ head: ExportHead) -> String {
    switch refusal.code {
    case .otherMark:
      "\(refusal); `import --accept \(head.sha256)` goes by this file from now on"
    case .unproved: "\(refusal); \(accepting(head))"
    case .parts: "\(refusal.problem); \(accepting(head))"
    default: refusal.description
    }
  }

  private static func accepting(_ head: ExportHead) -> String {
    "`import --accept \(head.sha256)` lets exactly this \(head.parts.isEmpty ? "file" : "set") "
      + "through"
  }

  private static func words(_ missing: ProofMissing, _ rest: Double) -> String {
    let minutes = DurationText.written(seconds: rest.rounded(.up))
    return "\(missing.reason); without it the export is refused in \(minutes) (\"proof_wait\")"
  }

  private static func words(_ missing: ProofMissing, _ head: ExportHead) -> String {
    "\(head.file): \(missing.reason), and it was waited for long enough (\"proof_wait\"); have the "
      + "source deliver it again with its proof; \(accepting(head))"
  }

  func refuse(
    _ head: ExportHead, _ mapping: Mapping, _ reason: String
  ) async throws -> RunSummary.Import {
    let receipt = try await parts.mirror.refuseExport(
      head, mapping: mapping, reason: reason, run: run, at: parts.time.now)
    tell(receipt)
    return try await summary(receipt)
  }

  func isForced(_ sha256: String) -> Bool { acceptedExport?.lowercased() == sha256 }

  /// Whether changes with the bytes of changes that were taken before are others all the same.
  ///
  /// Nothing may change two days in a row, and a value may change back: then the name tells a later
  /// time than all that was taken.
  private func brings(
    _ export: Delivery, news known: ImportReceipt, to mapping: Mapping
  ) async throws -> Bool {
    guard export.rule.mode == .delta, known.mode == .delta else { return false }
    if known.rows == 0 { return true }
    let name = FilePath.name(of: export.path)
    if let number = export.sequenceNumber, let before = known.sequence?.upperBound {
      return number > before
    }
    guard name != FilePath.name(of: known.path), FileNameTime(in: name) != nil,
      let last = try await parts.mirror.sources([mapping.name]).first?.last.madeAt
    else { return false }
    return export.generatedAt > last
  }

  private func store(
    _ export: ExportToTake, _ mapping: Mapping, takesShortcuts: Bool
  ) async throws -> RunSummary.Import {
    let now = parts.time.now
    let head = export.head
    let judgement = ImportJudgement(
      guards: .of(mapping, export.rule, configuration: parts.guards), mapping: mapping, head: head,
      now: now, hint: export.hint)
    let intake = ExportIntake(
      export: export, mapping: mapping, judgement: judgement, isForced: isForced(head.sha256),
      run: run, now: now, progress: parts.progress)
    let outcome = try await intake.take(into: parts.mirror, takesShortcuts: takesShortcuts)
    tell(outcome.receipt)
    return try await summary(outcome.receipt)
  }

  /// How many rejected rows a summary lists again for a refused export that still waits.
  private static let repeatedRejectionsMax = 20

  func summary(
    _ receipt: ImportReceipt, rejectionsMax: Int = RunSummary.Import.rejectionsMax
  ) async throws -> RunSummary.Import {
    var summary = receipt.summary
    guard receipt.rejected > 0 else { return summary }
    summary.rejections = try await parts.mirror.rejections(of: receipt.id, limit: rejectionsMax)
      .map { row in
        let place = receipt.place(of: row.line)
        return RunSummary.RejectedRow(
          file: receipt.parts.isEmpty ? nil : place.file, line: place.line, column: row.column,
          reason: row.reason)
      }
    return summary
  }

  func tell(_ receipt: ImportReceipt) {
    let fields: Log.Fields = [
      "run": .text(run), "mapping": .text(receipt.mapping), "file": .text(receipt.file),
      "rows": .int(receipt.rows), "rejected": .int(receipt.rejected),
      "changed": .int(receipt.added + receipt.changed + receipt.removed),
    ]
    if receipt.state == .refused {
      parts.log.warning("export refused: \(receipt.reason ?? "")", fields)
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

  fileprivate mutating func wait(_ delivery: Delivery, _ mapping: Mapping, for reason: String) {
    let place = FilePath.resolve(delivery.name, in: FilePath.folder(of: delivery.path))
    waiting.append(
      .init(mapping: mapping.name, file: FilePath.visible(place), reason: reason))
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
    case .incomplete(let reason): reason
    }
  }
}

extension ImportReceipt {
  /// Whether it was refused for what its mapping made of it: it could not be read, or too many of
  /// its rows could not be used.
  var wasRefusedByRules: Bool {
    state == .refused
      && !(verdicts.objectValue ?? [:]).contains { name, verdict in
        name.value != ExportGuard.rejects.rawValue && verdict["refused"] == true
      }
  }

  /// The receipt as the run summary tells it.
  var summary: RunSummary.Import {
    let place = parts.isEmpty ? path : FilePath.resolve(file, in: FilePath.folder(of: path))
    var summary = RunSummary.Import(
      mapping: mapping, file: FilePath.visible(place), sha256: sha256, mode: mode.rawValue,
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
    summary.parts = parts.map(\.file)
    return summary
  }
}
