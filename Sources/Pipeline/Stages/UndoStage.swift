import Effects
import Engine
import Formats
import Mirror
import Reconciliation

/// Plans the inverse of what a run wrote, field by field, where the remote still holds it.
///
/// It passes the rails and the outbox like any other plan, and can be undone in turn.
struct UndoStage {
  let parts: RunParts
  let run: String
  let request: RunRequest

  func plan(undoing other: String) async throws -> ReconcileStage.Result {
    let now = parts.time.now
    let written = try await parts.mirror.updates(in: .applied, ofRun: other, limit: .max)
    var updates: [PlannedUpdate] = []
    for entry in written {
      guard let facts = try await parts.mirror.undoFacts(of: entry.update.resetID),
        !facts.reset.isDeleted
      else { continue }
      let undo = inverse(
        of: entry.update, metadata: facts.reset.metadata, reference: facts.reset.reference,
        referenceOrigin: facts.reset.referenceOrigin, base: facts.base)
      if let update = undo.update { updates.append(update) }
    }
    let stage = ReconcileStage(parts: parts, run: run, request: request)
    let approvals = try await stage.approvals(now)
    let rails = try await stage.rails(approvals, now)
    let order = ReconcileRequest(
      run: run, now: now, book: parts.book, isDryRun: request.isDryRun)
    let outcome = try await Reconciler(order, check: stage.check(approvals), rails: rails)
      .plan(updates, in: parts.mirror)
    return stage.result(outcome, rails)
  }
}
