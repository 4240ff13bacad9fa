import CommerceLayer
import Effects
import Formats
import Mirror
import Reconciliation

/// PULL: pages of resets into the mirror, each with the place to go on from in one transaction.
struct PullStage {
  let parts: RunParts
  let run: String
  let client: CommerceLayerClient

  /// How long a full pull that was cut off may be gone on with, in seconds.
  private static let resumeSecondsMax = 3_600.0
  /// How many resets are asked for directly between two looks at the list of suspects.
  private static let suspectsBatch = 25

  /// Pulls what changed, or everything: also where nothing was pulled before.
  func pull(full: Bool, _ account: inout RunSummary.Pull) async throws {
    // Only what the credentials prove: a mirror bound to a name that was mistyped would be lost.
    try await client.connect()
    try await parts.mirror.bind(
      organization: client.settings.organization, mode: client.settings.mode.rawValue)
    let state = try await parts.mirror.remoteState().watermark.flatMap { PullState(text: $0) }
    if !full, let state {
      try await pullChanges(since: state, &account)
    } else {
      try await pullAll(&account)
    }
  }

  private func pullChanges(
    since state: PullState, _ account: inout RunSummary.Pull
  ) async throws {
    let summary = try await storing(&account) { store in
      try await client.pull(since: state) { try await store.add($0) }
    }
    account.requests += summary.pages
    account.complete = true
    try await parts.mirror.notePull(full: false, recordCount: nil, at: parts.time.now)
  }

  private func pullAll(_ account: inout RunSummary.Pull) async throws {
    account.full = true
    let cursor = try await cursorToGoOn()
    if cursor == nil { try await parts.mirror.beginFullPull(run: run, at: parts.time.now) }
    let outcome = try await storing(&account) { store in
      try await client.pullAll(resuming: cursor, into: &store)
    }
    account.requests += outcome.pages
    account.recordCount = outcome.completeness.recordCount
    account.complete = outcome.completeness.recordCount != nil
    _ = try await parts.mirror.storePage(
      [], watermark: outcome.state.text, run: run, at: parts.time.now)
    let suspects = try await parts.mirror.finishFullPull(
      complete: account.complete, at: parts.time.now)
    if case .incomplete(let reason) = outcome.completeness {
      parts.log.warning(
        "full pull is not complete, so nothing counts as deleted: \(reason)", ["run": .text(run)])
    }
    if suspects > 0 { try await ask(&account) }
    try await parts.mirror.notePull(
      full: true, recordCount: account.recordCount, at: parts.time.now)
  }

  private func cursorToGoOn() async throws -> FullPullCursor? {
    guard let walk = try await parts.mirror.remoteState().fullPull, let text = walk.cursor,
      parts.time.now.seconds(since: walk.startedAt) < Self.resumeSecondsMax
    else { return nil }
    return FullPullCursor(text: text)
  }

  /// Runs a pull over a store of pages; what came is kept also where the pull breaks off.
  private func storing<Outcome>(
    _ account: inout RunSummary.Pull,
    _ pull: (inout PageStore) async throws -> Outcome
  ) async throws -> Outcome {
    var store = PageStore(parts, run: run)
    defer {
      account.rows += store.stored.rows
      account.changed += store.stored.changed
    }
    do {
      let outcome = try await pull(&store)
      try await store.finish()
      return outcome
    } catch {
      try? await store.finish()
      throw error
    }
  }

  /// Asks for each reset that a complete pull did not show: only a 404 proves that it is gone.
  private func ask(_ account: inout RunSummary.Pull) async throws {
    while true {
      let suspects = try await parts.mirror.suspects(limit: Self.suspectsBatch)
      guard !suspects.isEmpty else { return }
      for (id, answer) in zip(suspects, await client.retrieveEach(suspects)) {
        account.requests += 1
        try await parts.mirror.settleSuspect(
          id, found: try answer.get().map { ResetRow($0, book: parts.book) }, run: run,
          at: parts.time.now)
      }
    }
  }
}

extension Completeness {
  /// The proved number of resets; nil without proof.
  fileprivate var recordCount: Int? {
    if case .complete(let count) = self { count } else { nil }
  }
}
