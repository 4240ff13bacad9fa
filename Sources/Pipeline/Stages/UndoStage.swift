import CommerceLayer
import Effects
import Engine
import Formats
import Mirror
import Reconciliation

/// Plans the inverse of what a run wrote, field by field, where the remote still holds it, and
/// tells what it leaves as it is.
///
/// It passes the rails and the outbox like any other plan, and can be undone in turn.
struct UndoStage {
  let parts: RunParts
  let run: String
  let request: RunRequest
  /// Asks who moved what is left, as a courtesy; nil where the run has no client.
  let client: CommerceLayerClient?

  /// What is left in detail; beyond, only the number is kept.
  private static let leftMax = 1_000
  /// Resets of which it is asked who moved them.
  private static let authorsMax = 20

  func plan(undoing other: String) async throws -> ReconcileStage.Result {
    let now = parts.time.now
    var undo = RunSummary.Undo(run: other)
    var updates: [PlannedUpdate] = []
    var asked = 0
    for entry in try await parts.mirror.updates(in: .applied, ofRun: other, limit: .max) {
      undo.wrote += 1
      guard let facts = try await parts.mirror.undoFacts(of: entry.update.resetID) else {
        undo.leave(entry.update, "it is linked no more")
        continue
      }
      guard !facts.reset.isDeleted else {
        undo.leave(entry.update, "the reset is gone in Commerce Layer")
        continue
      }
      let inverse = inverse(
        of: entry.update, metadata: facts.reset.metadata, reference: facts.reset.reference,
        referenceOrigin: facts.reset.referenceOrigin, base: facts.base,
        before: entry.before.flatMap { try? JSONValue(parsing: $0) }?.objectValue)
      if let update = inverse.update { updates.append(update) }
      for field in inverse.asBefore {
        undo.leave(entry.update, field: field, "it holds what it held before that run")
      }
      guard !inverse.movedSince.isEmpty else { continue }
      let runs = try await parts.mirror.rewriters(after: entry)
      var changes: [RemoteChange]?
      for field in inverse.movedSince {
        if let run = runs[field] {
          undo.leave(entry.update, field: field, "written again by run \(run)")
          continue
        }
        if changes == nil, asked < Self.authorsMax {
          asked += 1
          changes = try? await client?.eventStores(of: entry.update.resetID)
        }
        undo.leave(
          entry.update, field: field, Self.moved(field, facts.reset, by: changes ?? []))
      }
    }
    undo.left = Array(undo.left.prefix(Self.leftMax))
    let stage = ReconcileStage(parts: parts, run: run, request: request)
    let approvals = try await stage.approvals(now)
    let rails = try await stage.rails(approvals, now)
    let order = ReconcileRequest(
      run: run, now: now, book: parts.book, isDryRun: request.isDryRun)
    let outcome = try await Reconciler(order, check: stage.check(approvals), rails: rails)
      .plan(updates, in: parts.mirror)
    try await stage.withdrawApproval(unlessDue: outcome)
    var result = stage.result(outcome, rails)
    result.undo = undo
    return result
  }

  private static func moved(
    _ field: String, _ reset: RemoteReset, by changes: [RemoteChange]
  ) -> String {
    var held: FieldValue?
    if case .value(let value)? = FieldTarget(field)?.read(reset.metadata) { held = value }
    let who = AuthorStage.author(ofField: field, holding: held, in: changes)
    return "changed since in Commerce Layer" + (who.map { " by \($0)" } ?? "")
  }
}

extension RunSummary.Undo {
  fileprivate mutating func leave(
    _ update: PlannedUpdate, field: String? = nil, _ reason: String
  ) {
    leftCount += 1
    left.append(
      Left(
        reset: update.resetID, mapping: update.mapping, reference: update.key.reference,
        field: field, reason: reason))
  }
}
