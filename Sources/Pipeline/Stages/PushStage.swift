import CommerceLayer
import Effects
import Formats
import Mirror
import Reconciliation

/// PUSH: the outbox goes to the API, one reset at a time, and a base moves only on proof.
///
///     read 25 fresh ─► moved? leave it ─► store the intent ─► PATCH ─► compare the answer ─► base
///
/// A lost answer is settled by reading, never by sending again blindly.
struct PushStage {
  let parts: RunParts
  let run: String
  let client: CommerceLayerClient

  /// What the push came to.
  struct Result {
    var push = RunSummary.Push()
    /// Updates whose request had no answer and, as a look showed, no effect; due again.
    var unsettled: Set<Int64> = []
    /// Why the push stopped early, in words.
    var stopped: String?
    /// An error of the API that ended it.
    var error: APIError?
  }

  /// Updates of a killed run that are settled at once: a run has a handful under way.
  private static let unsettledMax = 10_000
  /// How often one update is begun in one run; what is still open then is left for the next run.
  private static let attemptsPerRunMax = 2

  /// Sends what waits; updates of a run that was killed in between are settled first.
  func push() async throws -> Result {
    var result = Result()
    var breaker = PushBreaker()
    let depth = try await parts.mirror.updateCounts()
    let total = depth[.pending, default: 0] + depth[.sent, default: 0]
    guard total > 0 else { return result }
    let before = client.counters
    do {
      for batch in Self.batches(try await parts.mirror.updates(in: .sent, limit: Self.unsettledMax))
      {
        result.push.attempted += batch.count
        try await settleUnknown(batch, &result)
      }
      try await sendAll(total, &result, &breaker)
    } catch let error as APIError {
      result.error = error
      result.stopped = error.description
    } catch is CancellationError {
      result.stopped = "stopped by a signal"
    }
    let after = client.counters
    result.push.requests = after.requests - before.requests
    let left = try await parts.mirror.updateCounts()
    // Requests whose fate could not be read stay `sent` until a run can read it.
    result.push.failed += result.unsettled.count + left[.sent, default: 0]
    result.push.skipped += max(0, left[.pending, default: 0] - result.unsettled.count)
    return result
  }

  /// Reads what became of requests of a run that was killed; what had no effect is due again.
  ///
  /// Throws `APIError` when that can't be read: then they stay as they are.
  func settleSent() async throws -> RunSummary.Push {
    var result = Result()
    let before = client.counters
    for batch in Self.batches(try await parts.mirror.updates(in: .sent, limit: Self.unsettledMax)) {
      try await settleUnknown(batch, &result)
    }
    result.push.attempted = result.push.applied + result.push.skipped
    result.push.requests = client.counters.requests - before.requests
    return result.push
  }

  private func sendAll(
    _ total: Int, _ result: inout Result, _ breaker: inout PushBreaker
  ) async throws {
    for _ in 0..<Self.attemptsPerRunMax where breaker.reason == nil {
      try await sendOnce(total, &result, &breaker)
    }
  }

  /// Goes through what waits once, in the order of the plan.
  private func sendOnce(
    _ total: Int, _ result: inout Result, _ breaker: inout PushBreaker
  ) async throws {
    var last: Int64 = 0
    while true {
      try Task.checkCancellation()
      if let pause = parts.mirror.pause() { throw APIError(.paused, pause.words) }
      let batch = try await parts.mirror.updates(
        in: .pending, after: last, limit: APISettings.pageSizeMax)
      guard let end = batch.last else { return }
      last = end.id
      let fresh = try await readFresh(batch)
      var rest = batch[...]
      while !rest.isEmpty {
        try Task.checkCancellation()
        let group = Array(rest.prefix(client.requestsAtOnce))
        rest = rest.dropFirst(group.count)
        try await send(group, fresh, total, &result, &breaker)
        if let reason = breaker.reason {
          result.stopped = reason
          parts.log.error("push paused: \(reason)", ["run": .text(run)])
          return
        }
      }
    }
  }

  /// Sends updates at the same time: one, unless the API is too slow for its own limits.
  ///
  /// Each is of another reset. All that was sent is booked, in the order of the plan, before an
  /// error ends the push.
  private func send(
    _ entries: [OutboxEntry], _ fresh: [String: ResetResource], _ total: Int,
    _ result: inout Result, _ breaker: inout PushBreaker
  ) async throws {
    var begun: [BegunUpdate] = []
    var failure: (any Error)?
    for entry in entries where failure == nil {
      do {
        switch try await begin(entry, fresh[entry.update.resetID], &result) {
        case .over(let succeeded): breaker.note(succeeded: succeeded)
        case .begun(let update): begun.append(update)
        }
      } catch {
        // What was begun before it is sent all the same: its intent is stored.
        failure = error
      }
    }
    let answers = await client.update(
      begun.map { (id: $0.entry.update.resetID, attributes: $0.attributes) })
    for (update, answer) in zip(begun, answers) {
      do {
        breaker.note(succeeded: try await book(answer, of: update.entry, &result))
      } catch {
        failure = failure ?? error
      }
    }
    parts.progress(.pushed(updates: result.push.attempted, of: total))
    if let failure { throw failure }
  }

  /// The resets of a batch as they are now; those that are missing are gone or out of sight.
  private func readFresh(_ batch: [OutboxEntry]) async throws -> [String: ResetResource] {
    let ids = batch.map(\.update.resetID)
    let resets = try await client.retrieve(ids: ids)
    return Dictionary(resets.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
  }

  /// An update whose intent is stored, and what is to be sent for it.
  private struct BegunUpdate {
    let entry: OutboxEntry
    let attributes: PatchAttributes
  }

  private enum Beginning {
    /// Nothing is sent: there was no need, or no way; whether it counts as a success.
    case over(succeeded: Bool)
    case begun(BegunUpdate)
  }

  /// Decides by the fresh values what is sent, and stores the intent.
  private func begin(
    _ entry: OutboxEntry, _ fresh: ResetResource?, _ result: inout Result
  ) async throws -> Beginning {
    if result.unsettled.remove(entry.id) == nil { result.push.attempted += 1 }
    guard let fresh else { return .over(succeeded: try await lost(entry, &result)) }
    let metadata = fresh.metadataValue
    let row = ResetRow(fresh, book: parts.book)
    guard carriesKey(row, entry.update) else {
      result.push.skipped += 1
      try await settle(entry, .skipped(reason: "it carries another key than when planned"), row)
      return .over(succeeded: true)
    }
    guard fresh.hasObject else {
      result.push.skipped += 1
      try await settle(entry, .skipped(reason: "its metadata is no object any more"), row)
      return .over(succeeded: true)
    }
    let verdict = mergeForPush(
      fresh: metadata, reference: fresh.reference, referenceOrigin: fresh.referenceOrigin,
      update: entry.update)
    switch verdict {
    case .alreadyThere:
      result.push.applied += 1
      try await settle(entry, .applied, row)
      return .over(succeeded: true)
    case .moved(let fields):
      result.push.skipped += 1
      try await settle(
        entry, .skipped(reason: "moved since the plan: \(fields.joined(separator: ", "))"), row)
      return .over(succeeded: true)
    case .blocked(let field, let parent):
      result.push.failed += 1
      try await settle(
        entry, .parked(reason: "\(field): \(parent) in the metadata is no object"), row)
      return .over(succeeded: false)
    case .send(let merged, let reference, let origin):
      let attributes = try PatchAttributes(
        metadataText: merged.map { Array($0.written().utf8) }, reference: Self.change(reference),
        referenceOrigin: Self.change(origin))
      let intent = merged ?? metadata
      try await parts.mirror.markIntent(
        [(id: entry.id, before: row.metadata, intent: intent.written())], fresh: row, run: run,
        at: parts.time.now)
      return .begun(BegunUpdate(entry: entry, attributes: attributes))
    }
  }

  /// Whether the reset still carries the key that was planned for.
  ///
  /// Somebody may have given it another one since. An update that writes the key, or takes one
  /// back, compares what it replaces.
  private func carriesKey(_ row: ResetRow, _ update: PlannedUpdate) -> Bool {
    if update.reference != nil || update.referenceOrigin != nil { return true }
    if update.fields.contains(where: { $0.reason == .undo }) { return true }
    return row.key == .known(mapping: update.mapping, update.key)
  }

  /// A list that lacks a reset proves nothing: it is asked for by itself.
  private func lost(_ entry: OutboxEntry, _ result: inout Result) async throws -> Bool {
    guard let found = try await client.retrieve(entry.update.resetID) else {
      return try await gone(entry, &result)
    }
    try await settle(
      entry, .skipped(reason: "a list did not show it"), ResetRow(found, book: parts.book))
    result.push.skipped += 1
    return true
  }

  /// Not planned again before a full pull has had its say, or its values change.
  private func gone(_ entry: OutboxEntry, _ result: inout Result) async throws -> Bool {
    result.push.skipped += 1
    try await settle(entry, .gone)
    return true
  }

  /// Books what the API answered to an update; whether it counts as a success.
  private func book(
    _ answer: Swift.Result<ResetResource, APIError>, of entry: OutboxEntry, _ result: inout Result
  ) async throws -> Bool {
    switch answer {
    case .success(let reset): try await verify(entry, reset, &result)
    case .failure(let error): try await afterError(error, entry, &result)
    }
  }

  /// The write counts only when the answer shows it.
  private func verify(
    _ entry: OutboxEntry, _ answer: ResetResource, _ result: inout Result
  ) async throws -> Bool {
    let missing = unverified(
      answer: answer.metadataValue, reference: answer.reference,
      referenceOrigin: answer.referenceOrigin, update: entry.update)
    let row = ResetRow(answer, book: parts.book)
    guard missing.isEmpty else {
      result.push.failed += 1
      let fields = missing.joined(separator: ", ")
      try await settle(
        entry, .parked(reason: "the answer does not show what was written: \(fields)"), row)
      return false
    }
    result.push.applied += 1
    try await settle(entry, .applied, row)
    return true
  }

  private func afterError(
    _ error: APIError, _ entry: OutboxEntry, _ result: inout Result
  ) async throws -> Bool {
    switch error.kind {
    case .notFound: return try await gone(entry, &result)
    case .refused, .notPermitted:
      result.push.failed += 1
      parts.log.warning(
        "update refused by Commerce Layer",
        ["run": .text(run), "reset": .text(entry.update.resetID), "code": LogValue(error.code)])
      try await settle(entry, .parked(reason: error.description))
      return false
    case .outcomeUnknown:
      let settled = try await settleUnknown([entry], &result)
      return settled
    case .unreachable, .throttled, .refusedCredentials, .wrongOrganization, .wrongMode,
      .incompatible, .misconfigured, .cancelled, .paused:
      // Nothing was applied; the update stays pending, and the push ends here.
      try await settle(entry, .notSent)
      if error.kind != .cancelled, error.kind != .paused { result.unsettled.insert(entry.id) }
      throw error
    }
  }

  /// Reads what became of requests without an answer: as intended → applied, as before → due
  /// again, anything else → the next run decides.
  @discardableResult
  private func settleUnknown(
    _ batch: [OutboxEntry], _ result: inout Result
  ) async throws -> Bool {
    let fresh = try await readFresh(batch)
    var settled = true
    for entry in batch {
      guard let reset = fresh[entry.update.resetID] else {
        _ = try await lost(entry, &result)
        continue
      }
      let row = ResetRow(reset, book: parts.book)
      let missing = unverified(
        answer: reset.metadataValue, reference: reset.reference,
        referenceOrigin: reset.referenceOrigin, update: entry.update)
      if missing.isEmpty {
        result.push.applied += 1
        try await settle(entry, .applied, row)
      } else {
        settled = false
        result.unsettled.insert(entry.id)
        try await settle(entry, .notSent, row)
      }
    }
    return settled
  }

  private func settle(
    _ entry: OutboxEntry, _ outcome: PushOutcome, _ fresh: ResetRow? = nil
  ) async throws {
    try await parts.mirror.settle(entry.id, outcome, fresh: fresh, run: run, at: parts.time.now)
  }

  private static func change(_ write: TextWrite?) -> PatchAttributes.Change {
    guard let write else { return .leave }
    return write.value.map { .set($0) } ?? .clear
  }

  private static func batches(_ entries: [OutboxEntry]) -> [[OutboxEntry]] {
    stride(from: 0, to: entries.count, by: APISettings.pageSizeMax).map {
      Array(entries[$0..<min($0 + APISettings.pageSizeMax, entries.count)])
    }
  }
}

/// Stops a push that fails too often: something is wrong that the next record would meet too.
struct PushBreaker {
  /// Failures in a row that stop the push.
  static let failuresInARowMax = 5
  /// The last updates that are looked at for the share of failures.
  static let window = 50
  /// The share of failures among them that stops the push.
  static let failureShareMax = 0.2

  private var inARow = 0
  private var last: [Bool] = []

  mutating func note(succeeded: Bool) {
    inARow = succeeded ? 0 : inARow + 1
    last.append(succeeded)
    if last.count > Self.window { last.removeFirst() }
  }

  /// Why to stop, or nil.
  var reason: String? {
    if inARow >= Self.failuresInARowMax { return "\(inARow) updates failed in a row" }
    let failures = last.count { !$0 }
    guard last.count == Self.window, Double(failures) > Self.failureShareMax * Double(Self.window)
    else { return nil }
    return "\(failures) of the last \(Self.window) updates failed"
  }
}
