import CommerceLayer
import Effects
import Engine
import Mirror
public import Reconciliation

/// One run of the line: the stages in order, each starting from what the mirror holds.
///
///     PULL ─► IMPORT ─► SETTLE ─► RECONCILE ─► CLEAR ─► RECORD ─► PUSH ─► AUTHORS ─► account
///
/// An error of one stage is noted, and the stages that don't depend on it go on: nothing is
/// concluded from data that did not come, and what stands is still reconciled and pushed.
public struct SyncRun: Sendable {
  private let parts: RunParts
  private let request: RunRequest

  /// A run of these parts.
  public init(_ parts: RunParts, _ request: RunRequest) {
    self.parts = parts
    self.request = request
  }

  /// Runs the line and gives its account, which the mirror keeps too.
  ///
  /// Throws what makes a run pointless from the start: a mirror that can't be used, a request that
  /// names something unknown. Everything else is told in the account.
  public func run() async throws -> RunSummary {
    let named = try await RequestNames(mirror: parts.mirror, book: parts.book).resolved(request)
    return try await SyncRun(parts, named).runStages()
  }

  private func runStages() async throws -> RunSummary {
    var account = try await RunAccount.begin(parts, request)
    do {
      try await applyRules(&account)
      try await pull(&account)
      try await importExports(&account)
      try await tellNeeds(&account)
      try await settle(&account)
      try await reconcile(&account)
      try await push(&account)
      try await askForAuthors(account)
    } catch let stop as RunStop {
      account.note(stop.result, stop.message)
    } catch let error as MirrorError where error.kind == .wrongOrganization {
      account.note(.inputNotTrusted, "\(error)")
    } catch is CancellationError {
      account.note(.stopped, "stopped by a signal")
    }
    return try await account.end()
  }

  // MARK: The stages

  /// By rules that changed, records get keys and marks anew, and links and resets of the mirror
  /// their keys.
  private func applyRules(_ account: inout RunAccount) async throws {
    let book = parts.book
    let applied = try await parts.mirror.applyRules(book, run: account.id, at: parts.time.now)
    for records in applied.records {
      account.tell(RuleWords.told(records))
      parts.log.info(
        "rules applied to records",
        [
          "mapping": .text(records.mapping), "moved": .int(records.moved),
          "set_aside": .int(records.setAside),
        ])
    }
    guard applied.resetsMoved > 0 else { return }
    parts.log.info(
      "resets got another key by the rules of today", ["resets": .int(applied.resetsMoved)])
  }

  private func pull(_ account: inout RunAccount) async throws {
    guard request.pull != .none else { return }
    try await account.attempt { account in
      let client = try await parts.client()
      account.use(client)
      try await PullStage(parts: parts, run: account.id, client: client)
        .pull(full: request.pull == .full, &account.summary.pull)
    }
  }

  private func importExports(_ account: inout RunAccount) async throws {
    let stage = ImportStage(
      parts: parts, run: account.id, acceptedExport: request.acceptedExport)
    let result: ImportStage.Result
    switch request.imports {
    case .none: return
    case .waiting(let names):
      let mappings = try names.isEmpty ? parts.book.mappings : names.map(mapping)
      result = try await stage.importWaiting(mappings)
    case .file(let path, let name):
      result = try await stage.importFile(at: path, for: try mapping(name))
    }
    account.summary.imports = result.imports
    account.summary.waiting = result.waiting
    account.summary.sources = result.sources
    account.summary.passedOver = result.passedOver
    for words in result.untrusted { account.note(.inputNotTrusted, words) }
    for refused in account.summary.imports where refused.state == "refused" {
      account.note(.inputNotTrusted, refused.reason ?? "an export was refused")
    }
    guard let accepted = request.acceptedExport,
      !result.imports.contains(where: { $0.sha256 == accepted })
    else { return }
    let refused = try await RequestNames(mirror: parts.mirror, book: parts.book).refusedExports()
    account.noteMissing("no export that waits has the SHA-256 \(accepted)", there: refused)
  }

  /// Whether all references that the request names are there; only now, since what was pulled and
  /// imported with this run counts.
  private func knowsReferences(_ account: inout RunAccount) async throws -> Bool {
    guard case .references(let names) = request.scope else { return true }
    let unknown = try await parts.mirror.unknownReferences(names)
    guard !unknown.isEmpty else { return true }
    let list = unknown.map { "“\($0)”" }.joined(separator: ", ")
    account.noteMissing("nothing is known of \(list): no record, no reset, no link", there: [])
    return false
  }

  /// A mapping whose records are not what its rules make of them waits, and says for what.
  private func tellNeeds(_ account: inout RunAccount) async throws {
    let imports = request.imports != .none
    guard imports || request.scope != .nothing else { return }
    for mapping in parts.book.mappings {
      for export in try await parts.mirror.exportsToRead(mapping) {
        let words = RuleWords.needed(export, of: mapping.name, imports: imports)
        account.note(export.refusal == nil ? .railTripped : .inputNotTrusted, words)
      }
    }
  }

  /// What became of requests that a killed run sent is known before anything is decided: else a
  /// decision that was carried out would seem to have lapsed.
  private func settle(_ account: inout RunAccount) async throws {
    guard request.scope != .nothing, request.pull != .none || request.pushes else { return }
    guard try await parts.mirror.updateCounts()[.sent, default: 0] > 0 else { return }
    try await account.attempt { account in
      let client = try await parts.client()
      account.use(client)
      account.add(try await PushStage(parts: parts, run: account.id, client: client).settleSent())
    }
  }

  private func reconcile(_ account: inout RunAccount) async throws {
    guard request.scope != .nothing, try await knowsReferences(&account) else { return }
    let result =
      if case .undo(let run) = request.scope {
        try await UndoStage(
          parts: parts, run: account.id, request: request, client: account.client
        ).plan(undoing: run)
      } else {
        try await ReconcileStage(parts: parts, run: account.id, request: request).reconcile()
      }
    account.take(result)
    try await compareKeys(result, &account)
    try await followConflicts(&account)
  }

  /// Tells which keys would meet but for their spelling, and of a first run that met next to none.
  private func compareKeys(
    _ result: ReconcileStage.Result, _ account: inout RunAccount
  ) async throws {
    guard case .changes = request.scope else { return }
    account.summary.nearMisses = try await NearMissStage(parts: parts).find(
      changed: result.outcome.tally.oneSided, before: account.nearMissesBefore)
    let first = result.firstRuns.filter {
      request.mappings.isEmpty || request.mappings.contains($0)
    }
    let match = FirstMatch(parts: parts, nearMisses: account.summary.nearMisses)
    let headline = try await match.headline(
      of: first, situations: result.outcome.situationsByMapping)
    if let headline { account.begin(with: headline) }
  }

  /// The conflict log follows the mirror's own: what it can't take now it takes with the next run.
  private func followConflicts(_ account: inout RunAccount) async throws {
    do {
      let repair = try await parts.conflictLog.follow(parts.mirror)
      if !repair.isEmpty { parts.log.warning(repair.words) }
    } catch let error as FileError {
      account.note(
        .mirrorNeedsPerson,
        "the conflict log lacks what is new: \(error); the next run that can write adds it")
    }
  }

  private func push(_ account: inout RunAccount) async throws {
    guard request.scope != .nothing, request.pushes, !request.isDryRun, account.mayPush else {
      return
    }
    if let pause = parts.mirror.pause() {
      account.leaveAll()
      return account.tell(pausedBy: pause.words)
    }
    guard parts.safety.push else { return }
    let depth = try await parts.mirror.updateCounts()
    guard depth[.pending, default: 0] + depth[.sent, default: 0] > 0 else { return }
    try await account.attempt { account in
      let client = try await parts.client()
      account.use(client)
      let result = try await PushStage(parts: parts, run: account.id, client: client).push()
      account.take(result)
    }
    try await followConflicts(&account)
  }

  /// Only where conflicts opened and the API answered so far: an unchanged run asks nothing.
  private func askForAuthors(_ account: RunAccount) async throws {
    guard !request.isDryRun, account.summary.conflicts.opened > 0, account.mayAsk,
      let client = account.client
    else { return }
    try await AuthorStage(parts: parts, run: account.id, client: client).ask()
  }

  private func mapping(_ name: String) throws -> Mapping {
    guard let mapping = parts.book.mapping(name) else {
      throw StageError.unknownMapping(name, known: parts.book.mappings.map(\.name))
    }
    return mapping
  }
}

/// Ends a run early, with the result that it has for that.
struct RunStop: Error {
  let result: RunResult
  let message: String
}
