import Effects
import Engine
import Formats
import Mirror
import Reconciliation

/// RECONCILE, CLEAR and RECORD: what is, compared with what should be, becomes a plan; the rails
/// say what of it may leave; all of it is stored in one transaction.
struct ReconcileStage {
  let parts: RunParts
  let run: String
  let request: RunRequest

  /// What came of it.
  struct Result {
    var outcome: ReconcileOutcome
    var plan: RunSummary.Plan
    var verdicts: [RailVerdict]
    /// What a saved plan and this one differ in; nil when they agree or none was asked for.
    var stale: String?
    /// The run that used up the approval of this very plan.
    var spentBy: String?
    /// Mappings whose first plan since a restore this is.
    var restored: Set<String> = []
    /// What an undo left as it is.
    var undo: RunSummary.Undo?
    /// Mappings whose plan waits for an export.
    var needing: Set<String> = []
    /// Mappings whose first reconcile this is, and nobody has approved its plan.
    var firstRuns: Set<String> = []
  }

  func reconcile() async throws -> Result {
    let now = parts.time.now
    let book = try await parts.mirror.knowing(parts.book)
    var order = ReconcileRequest(run: run, now: now, book: book, isDryRun: request.isDryRun)
    if !request.mappings.isEmpty { order.mappings = Set(request.mappings) }
    if case .references(let references) = request.scope { order.references = references }
    let approvals = try await approvals(now)
    let rails = try await rails(approvals, now)
    let outcome = try await Reconciler(order, check: check(approvals), rails: rails)
      .run(in: parts.mirror)
    try await withdrawApproval(unlessDue: outcome)
    return result(outcome, rails)
  }

  /// What rails must see of this run, and a saved plan that it is compared with.
  func check(_ approvals: GivenApprovals) -> RailCheck {
    RailCheck(approved: approvals.updates, saved: request.savedPlan)
  }

  /// The rails of this run.
  func rails(_ approvals: GivenApprovals, _ now: Timestamp) async throws -> Rails {
    let isPaused = parts.mirror.pause() != nil
    return Rails(
      settings: parts.safety, mappings: try await parts.mirror.mappingFacts(book: parts.book),
      approvals: approvals.plans, sends: request.pushes && !isPaused, now: now)
  }

  /// The approvals that were given with this run or before and have not expired.
  ///
  /// A dry run is judged as if its own were given, and leaves none behind.
  func approvals(_ now: Timestamp) async throws -> GivenApprovals {
    guard let digest = request.approvedDigest else {
      return try await parts.mirror.approvals(at: now)
    }
    guard !request.isDryRun else {
      let given = try await parts.mirror.approvals(at: now)
      return GivenApprovals(
        plans: given.plans.filter { $0.digest != digest } + [Approval(digest: digest, at: now)],
        updates: given.updates)
    }
    try await parts.mirror.approve(digest: digest, by: request.by, at: now)
    return try await parts.mirror.approvals(at: now)
  }

  /// Takes back the approval of this run where its plan is not due: it was told so, and must not
  /// pass unseen when it is due again.
  func withdrawApproval(unlessDue outcome: ReconcileOutcome) async throws {
    guard let digest = request.approvedDigest, !request.isDryRun,
      digest != outcome.clearance.digest, !outcome.clearance.verdicts.contains(where: \.approved)
    else { return }
    try await parts.mirror.withdrawApproval(digest)
  }

  /// The outcome with what the account tells beside it.
  func result(_ outcome: ReconcileOutcome, _ rails: Rails) -> Result {
    let verdicts = outcome.clearance.verdicts
    let facts = rails.mappings
    return Result(
      outcome: outcome, plan: plan(outcome), verdicts: verdicts, stale: outcome.clearance.stale,
      spentBy: rails.approvals.first { $0.digest == outcome.clearance.digest }?.spentBy,
      restored: Set(facts.filter(\.value.wasRestored).keys),
      needing: Set(facts.filter(\.value.needsExport).keys),
      firstRuns: Set(facts.filter(\.value.isFirstRun).keys).subtracting(
        verdicts.filter { $0.name == .firstRun && $0.approved }.map(\.mapping)))
  }

  private func plan(_ outcome: ReconcileOutcome) -> RunSummary.Plan {
    var plan = RunSummary.Plan()
    plan.digest = outcome.clearance.digest
    plan.updates = outcome.tally.updates
    plan.fields = outcome.tally.fields
    plan.conflicts = outcome.tally.conflicts
    plan.held = outcome.tally.held
    plan.withheld = outcome.railed.all
    plan.assessed = outcome.tally.groups
    let cost = PlanCost(updates: outcome.tally.updates)
    plan.requests = cost.requests
    if let pace = parts.pace {
      let seconds = cost.expectedSeconds(perMinute: pace.perMinute, burst: pace.burst)
      plan.seconds = Int(seconds.rounded(.up))
    }
    return plan
  }
}

extension RailVerdict {
  /// The rail as the run summary tells it, with how many updates it holds back.
  func summary(holding updates: Int) -> RunSummary.Rail {
    var rail = RunSummary.Rail(
      name: name.rawValue, mapping: mapping, measured: measured, limit: limit, tripped: blocks)
    if case .field(_, let metadata) = concerns, blocks { rail.field = metadata }
    rail.held = updates
    return rail
  }
}
