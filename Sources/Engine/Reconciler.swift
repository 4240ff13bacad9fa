public import Mirror
public import Reconciliation

/// RECONCILE, CLEAR and RECORD: one run's loop over the mirror.
///
///     scope ─► load ─► assess ─► effects ─┬─► tally, rail check, plan
///                                         └─► recorder   (a dry run has none)
///     plan ─► clear ─► recorder, outbox
///
/// Everything is one transaction over one snapshot. Data flows one way: no room below is handed a
/// closure, and nothing that is decided stands anywhere but in values of the core.
public struct Reconciler: Sendable {
  private let request: ReconcileRequest
  private let check: RailCheck
  private let rails: Rails

  /// A reconcile of this request.
  ///
  /// - Parameters:
  ///   - request: which keys, by which rules
  ///   - check: what approvals cover already, and a saved plan to compare with
  ///   - rails: what the plan must pass
  public init(_ request: ReconcileRequest, check: RailCheck = RailCheck(), rails: Rails) {
    self.request = request
    self.check = check
    self.rails = rails
  }

  /// Looks at the keys that changed since the last run, or at all of a mapping that asks for it.
  ///
  /// Links, bases, situations, conflicts, transitions, plan and outbox are stored together; a dry
  /// run stores the plan and nothing else. Throws `MirrorError`; the mirror is as before then.
  public func run(in mirror: isolated Mirror) throws -> ReconcileOutcome {
    let session = try mirror.beginReconcile(request)
    do {
      let outcome = try reconcile(session, mirror)
      try session.commit()
      return outcome
    } catch {
      throw session.rollBack(after: error)
    }
  }

  /// Plans updates that no assessment asked for, such as the inverse of what a run wrote.
  ///
  /// They go through the rails and the outbox like any others; a dry run stores only the plan.
  public func plan(_ updates: [PlannedUpdate], in mirror: isolated Mirror) throws
    -> ReconcileOutcome
  {
    let session = try mirror.beginReconcile(request)
    do {
      var planner = Planner(session, check: check)
      for update in updates { try planner.plan(update) }
      let outcome = try finish(planner, session)
      try session.commit()
      return outcome
    } catch {
      throw session.rollBack(after: error)
    }
  }

  private func reconcile(
    _ session: ReconcileSession, _ mirror: isolated Mirror
  ) throws -> ReconcileOutcome {
    var planner = Planner(session, check: check)
    let scopes = try Scope.all(of: session)
    if scopes.allSatisfy({ $0.keys != nil }) { session.keepReader() }
    // All begin before the first is looked at: what one of them marks for another stays marked.
    for scope in scopes { try planner.begin(scope) }
    for scope in scopes {
      if let keys = scope.keys {
        for key in keys { try planner.plan(try session.load(key), nil) }
      } else {
        try FullScan(session: session, mapping: scope.mapping).run(&planner)
      }
    }
    try planner.recorder?.endGroups(closesOrigins: request.mappings == nil)
    let outcome = try finish(planner, session)
    if let recorder = planner.recorder {
      try recorder.record(planner.tally, outcome.clearance)
      try mirror.noteRules(
        session, whole: planner.tally.walkedWhole, outcome.clearance.sending)
    }
    return outcome
  }

  /// Clears the plan, and fills the outbox with what may leave.
  private func finish(
    _ planner: Planner, _ session: ReconcileSession
  ) throws -> ReconcileOutcome {
    let plan = try planner.finished()
    let clearance = clear(plan, by: rails)
    let queued = try planner.recorder?.queue(clearance.sending) ?? 0
    let withheld = try session.plan.finish(plan.tally, clearance, queued: queued)
    let railed = try session.plan.held(by: clearance.verdicts)
    let items = plan.tally.situations(after: session.before.items)
    let moves = planner.recorder?.moves ?? ConflictMoves()
    return ReconcileOutcome(
      tally: plan.tally, clearance: clearance, situations: Situation.totals(of: items),
      situationsByMapping: items, plan: session.plan.number, queued: queued, withheld: withheld,
      railed: railed,
      opened: moves.opened, closed: moves.closed, lapsed: moves.lapsed)
  }
}
