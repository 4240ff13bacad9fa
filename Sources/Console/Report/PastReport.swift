internal import Formats
public import Mirror
internal import Reconciliation

// The report as it would have been after an earlier run, from the history of conflicts and runs.
extension ReportLoader {
  /// The most runs that are looked through.
  private static let pastRunsMax = 10_000
  /// The most exports of one source that are looked through.
  private static let pastExportsMax = 5_000

  /// The report as of the end of a run: its account, the situations it found, the conflicts that
  /// were open then with the values they showed, compared with the run before it.
  ///
  /// Records are what the exports accepted by then added. Conflicts that retention dropped since
  /// are counted in a message.
  public func load(asOf run: RunRecord) async throws -> ReportModel {
    let end = run.endedAt ?? run.startedAt
    var model = ReportModel(organization: context.organization, mode: context.mode, asOf: end)
    model.pastRun = run.id
    model.situations = run.situations
    let runs = try await mirror.runs(limit: Self.pastRunsMax)
      .filter { ($0.endedAt ?? $0.startedAt) <= end }
    fill(&model, from: runs, run)
    try await loadExports(&model, at: end)
    try await loadConflicts(&model, runs, at: end)
    if let then = run.openConflicts, then > model.openCount {
      let dropped = Words.count(then - model.openCount, "conflict")
      model.lastRun?.summary.messages.append(
        "\(dropped) that were open then are no longer kept (retention.closed_conflicts)")
    }
    if let before = runs.first(where: { $0.id != run.id && $0.command == run.command }),
      let since = before.endedAt
    {
      model.delta = try await delta(model, since: since)
    }
    return model
  }

  private func fill(_ model: inout ReportModel, from runs: [RunRecord], _ run: RunRecord) {
    let reconciled = runs.filter { $0.command == "reconcile" }
    model.trend = trend(Array(reconciled.prefix(Self.trendRuns)))
    if let summary = run.summary.flatMap({ RunSummary(json: $0) }) { tell(summary, &model) }
    let pulls = runs.lazy.filter { ($0.summary?["pull"]?["requests"]?.int ?? 0) > 0 }
    guard let pull = pulls.first, let summary = pull.summary.flatMap({ RunSummary(json: $0) })
    else { return }
    model.remote.pulledAt = pull.endedAt
    model.remote.isComplete = summary.pull.complete
    model.remote.resets = summary.pull.recordCount ?? 0
  }

  private func loadExports(_ model: inout ReportModel, at end: Timestamp) async throws {
    for source in context.sources {
      let receipts = try await mirror.receipts(
        ReceiptFilter(mapping: source.mapping), limit: Self.pastExportsMax
      ).filter { $0.importedAt <= end }
      let accepted = receipts.first { $0.state == .accepted }
      let records = receipts.filter { $0.state == .accepted }
        .reduce(0) { $0 + $1.added - $1.removed }
      model.sources.append(
        SourceFreshness(
          mapping: source.mapping, deliveredAt: accepted?.importedAt,
          records: max(0, records), maxAgeSeconds: source.maxAgeSeconds,
          file: context.masking.text(accepted?.file)))
      if let accepted { try await addRejections(of: accepted, to: &model) }
      for refused in receipts where refused.state == .refused && refused.id > accepted?.id ?? 0 {
        try await add(refused, to: &model)
      }
    }
  }

  private func loadConflicts(
    _ model: inout ReportModel, _ runs: [RunRecord], at end: Timestamp
  ) async throws {
    var filter = ConflictFilter()
    filter.openAt = end
    let open = try await mirror.conflictPage(filter, limit: context.conflictsMax)
    model.openCount = open.total
    let starts = runs.filter { $0.command == "reconcile" && !$0.isDryRun }.map(\.startedAt)
    for conflict in open.conflicts {
      let steps = try await mirror.history(ofConflict: conflict.id).filter { $0.time <= end }
      guard let last = steps.last else { continue }
      var view = ConflictView(conflict, asOf: last, of: steps, masking: context.masking)
      view.lastSeen = min(conflict.lastSeen, end)
      view.occurrences = max(1, starts.count { $0 >= conflict.firstSeen })
      view.isRegressed = steps.contains { $0.state == "closed" || $0.state == "auto_closed" }
      model.conflicts.append(view)
      model.severities[view.severity, default: 0] += 1
      model.ages[AgeBucket(firstSeen: view.firstSeen, now: end), default: 0] += 1
      model.oldestOpen = min(model.oldestOpen ?? view.firstSeen, view.firstSeen)
    }
  }

  private func delta(_ model: ReportModel, since: Timestamp) async throws -> ReportDelta {
    var filter = ConflictFilter()
    filter.openAt = since
    let before = try await mirror.conflicts(filter, limit: context.conflictsMax)
    let (old, now) = (Set(before.map(\.id)), Set(model.conflicts.map(\.id)))
    var delta = ReportDelta(since: since)
    delta.new = model.conflicts.map(\.id).filter { !old.contains($0) }
    delta.newCount = delta.new.count
    delta.unchangedCount = model.conflicts.count - delta.newCount
    let gone = before.filter { !now.contains($0.id) }
    delta.goneCount = gone.count
    for conflict in gone.prefix(Self.goneMax) {
      let then = try await mirror.history(ofConflict: conflict.id)
        .last { $0.time <= model.asOf }
      var line = self.gone(conflict)
      line.state = then.flatMap { ConflictState(rawValue: $0.state) } ?? line.state
      delta.gone.append(line)
    }
    return delta
  }
}

extension ConflictView {
  /// A conflict as one step of its history left it; it can't be decided from there.
  init(
    _ conflict: Conflict, asOf step: ConflictStep, of steps: [ConflictStep], masking: Masking
  ) {
    self.init(conflict, sides: nil, masking: masking)
    isPast = true
    state = ConflictState(rawValue: step.state) ?? conflict.state
    snoozedUntil = nil
    let assigned = steps.last { $0.kind == "assigned" }?.reason
    assignee = assigned.flatMap { $0.hasPrefix("to ") && $0 != "to nobody" ? $0 : nil }
      .map { masking.text(String($0.dropFirst(3))) }
    decision = steps.last { $0.kind == "decided" && $0.decision != nil }.map { decided in
      DecisionView(
        take: masking.text(decided.decision ?? ""), by: masking.text(decided.by),
        at: decided.time, reason: masking.text(decided.reason))
    }
    // Who changed it is known of the value that stands now.
    if step.remote != conflict.remote { remoteChangedBy = nil }
    baseSource = masking.value(step.base.source)
    baseRemote = masking.value(step.base.remote)
    source = masking.value(step.source)
    remote = masking.value(step.remote)
    differsInHiddenPart = source != nil && source == remote && step.source != step.remote
    if kind == .identityMismatch { unwrapIdentity() }
  }
}
