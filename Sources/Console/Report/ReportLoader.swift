public import Formats
public import Mirror
public import Reconciliation

/// What a report needs to know besides the mirror.
public struct ReportContext: Sendable {
  /// A source as the configuration has it.
  public struct Source: Sendable {
    /// The mapping's name.
    public var mapping: String
    /// The greatest age of an export that is expected, in seconds; nil for none.
    public var maxAgeSeconds: Double?
    /// Of a source with several exports, the mode of each and the age that it allows, in seconds.
    public var kinds: [(mode: ExportMode, maxAgeSeconds: Double?)] = []

    /// Makes a source with one export.
    public init(mapping: String, maxAgeSeconds: Double?) {
      self.mapping = mapping
      self.maxAgeSeconds = maxAgeSeconds
    }

    /// Makes the source of a mapping.
    public init(_ mapping: Mapping) {
      self.init(mapping: mapping.name, maxAgeSeconds: mapping.maxAgeSeconds)
      guard mapping.exports.count > 1 else { return }
      kinds = mapping.exports.map { ($0.mode, $0.maxAgeSeconds) }
    }
  }

  /// The organisation at the API.
  public var organization: String
  /// `test` or `live`.
  public var mode: String
  /// The sources in the order of the configuration.
  public var sources: [Source]
  /// The greatest age of a pull that is expected, in seconds; nil for none.
  public var remoteMaxAgeSeconds: Double?
  /// Whether e-mail addresses are shown.
  public var masking: Masking
  /// The mappings, by which records are read.
  public var book = RuleBook([])
  /// Whether writing is paused; nil asks the mirror.
  public var paused: Pause?
  /// When the previous report was made; nil takes what the mirror notes of the last one.
  public var previousReport: Timestamp?
  /// Whether conflicts are loaded; a report that streams them reads them with `each`.
  public var listsConflicts = true
  /// The most conflicts that are loaded; the whole numbers are always told.
  public var conflictsMax = 5_000
  /// The same for forms that other programs read.
  public static let dataConflictsMax = 200_000

  /// Makes a context.
  public init(organization: String, mode: String, sources: [Source], masking: Masking) {
    self.organization = organization
    self.mode = mode
    self.sources = sources
    self.masking = masking
  }
}

/// Fills the report from the mirror: the one place where its read models become report values.
public struct ReportLoader: Sendable {
  let mirror: Mirror
  let context: ReportContext

  /// Runs that the trend shows.
  static let trendRuns = 30
  /// Alikes of a plan that a rail holds, in the report.
  static let planGroupsMax = 20
  /// Rejected rows that are loaded per export.
  static let rejectionsMax = 200
  /// Conflicts that are named among those no longer open.
  static let goneMax = 200
  /// The note of the mirror with the time of the last report that was written to a file.
  public static let reportNote = "report.at"

  /// A loader.
  public init(mirror: Mirror, context: ReportContext) {
    self.mirror = mirror
    self.context = context
  }

  /// The report as of now.
  public func load(at now: Timestamp) async throws -> ReportModel {
    var model = try await facts(at: now)
    try await loadOpen(&model)
    model.delta = try await delta(model, now)
    if !model.rails.isEmpty, let plan = try await plan(at: now, groups: Self.planGroupsMax),
      plan.record.run == model.lastRun?.summary.run
    {
      model.plan = plan
    }
    return model
  }

  /// The open conflicts; where there are too many, the first of each kind.
  private func loadOpen(_ model: inout ReportModel) async throws {
    for open in try await mirror.openConflicts() {
      model.kinds[open.kind, default: 0] += open.count
    }
    guard context.listsConflicts else { return }
    guard model.openCount > context.conflictsMax else {
      model.conflicts = try await views(.open, limit: context.conflictsMax)
      return
    }
    let kinds = model.kinds.keys.sorted { $0.rawValue < $1.rawValue }
    for kind in kinds {
      var filter = ConflictFilter.open
      filter.kinds = [kind]
      model.conflicts += try await views(filter, limit: context.conflictsMax / kinds.count)
    }
  }

  /// The last plan with its updates; nil before the first.
  public func plan(at now: Timestamp, groups: Int = PlanLoader.groupsMax) async throws -> PlanView?
  {
    guard let record = try await mirror.plans(limit: 1).first else { return nil }
    return try await PlanLoader(mirror: mirror, book: context.book, masking: context.masking)
      .view(record, groups: groups, at: now)
  }

  /// The report without its lists of conflicts.
  public func facts(at now: Timestamp) async throws -> ReportModel {
    var model = try await headline(at: now)
    for ages in try await mirror.openConflictAges(at: model.asOf).values {
      model.ages.merge(ages) { $0 + $1 }
    }
    return model
  }

  /// What a headline needs, whatever the number of conflicts.
  public func headline(at now: Timestamp) async throws -> ReportModel {
    var model = ReportModel(
      organization: context.organization, mode: context.mode, asOf: now)
    model.paused = context.paused
    if model.paused == nil, let note = mirror.pause() {
      let by: String = context.masking.text(note.by)
      model.paused = Pause(
        since: note.since, by: by,
        reason: context.masking.text(note.reason))
    }
    try await loadRuns(&model)
    try await loadFreshness(&model)
    try await loadCounts(&model)
    return model
  }

  /// Conflicts as people see them.
  public func views(
    _ filter: ConflictFilter, limit: Int, offset: Int = 0
  ) async throws -> [ConflictView] {
    try await views(try await mirror.conflicts(filter, limit: limit, offset: offset))
  }

  /// The conflicts of a filter as people see them, one by one, in memory that does not grow with
  /// their number.
  public func each(
    _ filter: ConflictFilter, limit: Int = .max, _ body: (ConflictView) throws -> Void
  ) async throws {
    var (last, left): (Conflict?, Int) = (nil, limit)
    while left > 0 {
      let page = try await mirror.conflicts(
        filter, after: last, limit: min(Self.conflictsPerPage, left))
      for view in try await views(page) { try body(view) }
      guard let end = page.last else { return }
      (last, left) = (end, left - page.count)
    }
  }

  /// Conflicts that are in memory at a time where all are read.
  private static let conflictsPerPage = 1_000

  /// These conflicts as people see them, in their order.
  func views(_ conflicts: [Conflict]) async throws -> [ConflictView] {
    let sides = try await mirror.sides(of: conflicts)
    return zip(conflicts, sides).map(view)
  }

  /// A conflict as people see it.
  func view(_ conflict: Conflict, _ sides: ConflictSides?) -> ConflictView {
    ConflictView(
      conflict, sides: sides, masking: context.masking,
      by: conflict.mapping.flatMap { context.book.mapping($0) })
  }

  private func loadRuns(_ model: inout ReportModel) async throws {
    let runs = try await mirror.runs(command: "reconcile", limit: Self.trendRuns)
    model.trend = trend(runs)
    let ended = runs.first { $0.summary != nil }
    guard let ended, let summary = ended.summary.flatMap({ RunSummary(json: $0) }) else { return }
    tell(summary, &model)
  }

  /// The points of these runs, newest first, in the order of time.
  func trend(_ runs: [RunRecord]) -> [TrendPoint] {
    runs.reversed().compactMap { run in
      run.openConflicts.map {
        TrendPoint(run: run.id, at: run.startedAt, open: $0, written: run.applied ?? 0)
      }
    }
  }

  /// What a run did, and the rails that it tripped.
  func tell(_ summary: RunSummary, _ model: inout ReportModel) {
    var summary = summary
    summary.messages = summary.messages.map { context.masking.text($0) }
    model.lastRun = LastRun(summary: summary)
    model.rails = summary.rails.filter(\.tripped).map { TrippedRail($0, of: summary) }
  }

  private func loadFreshness(_ model: inout ReportModel) async throws {
    let statuses = try await mirror.sources(context.sources.map(\.mapping))
    for (source, status) in zip(context.sources, statuses) {
      let last = status.last
      let accepted = last.accepted
      var freshness = SourceFreshness(
        mapping: source.mapping, deliveredAt: accepted?.importedAt,
        records: status.records, maxAgeSeconds: source.maxAgeSeconds,
        file: context.masking.text(accepted?.file))
      freshness.repeatedAt = last.repeated?.importedAt
      for (mode, maxAge) in source.kinds {
        freshness.kinds.append(
          .init(mode: mode, deliveredAt: status.deliveries[mode]?.at, maxAgeSeconds: maxAge))
      }
      if let state = status.state, let since = state.unreachableSince {
        freshness.unreachable = .init(
          since: since, reason: context.masking.text(state.reason ?? ""))
      }
      model.sources.append(freshness)
      if let accepted { try await addRejections(of: accepted, to: &model) }
      try await addRefusals(of: source.mapping, after: accepted, to: &model)
    }
    let remote = try await mirror.remoteState()
    model.remote.pulledAt = remote.pulledAt
    model.remote.isComplete =
      model.lastRun?.summary.pull.complete ?? (remote.fullyPulledAt != nil)
    model.remote.resets = remote.resets
    model.remote.maxAgeSeconds = context.remoteMaxAgeSeconds
  }

  private func addRefusals(
    of mapping: String, after accepted: ImportReceipt?, to model: inout ReportModel
  ) async throws {
    let refused = try await mirror.receipts(
      ReceiptFilter(mapping: mapping, state: .refused), limit: 10)
    for receipt in refused where receipt.id > accepted?.id ?? 0 {
      try await add(receipt, to: &model)
    }
  }

  /// A refused export with its rejected rows.
  func add(_ receipt: ImportReceipt, to model: inout ReportModel) async throws {
    model.refused.append(
      RefusedExport(
        mapping: receipt.mapping, file: context.masking.text(receipt.file),
        sha256: receipt.sha256, at: receipt.importedAt,
        reason: context.masking.text(receipt.reason ?? "")))
    try await addRejections(of: receipt, to: &model)
  }

  func addRejections(of receipt: ImportReceipt, to model: inout ReportModel) async throws {
    guard receipt.rejected > 0 else { return }
    model.rejectedCount += receipt.rejected
    for row in try await mirror.rejections(of: receipt.id, limit: Self.rejectionsMax) {
      let place = receipt.place(of: row.line)
      model.rejected.append(
        RejectedRow(
          mapping: receipt.mapping, file: context.masking.text(place.file), line: place.line,
          column: row.column, reason: context.masking.text(row.reason)))
    }
  }

  private func loadCounts(_ model: inout ReportModel) async throws {
    for counts in try await mirror.situations().values {
      model.situations.merge(counts) { $0 + $1 }
    }
    for open in try await mirror.openConflicts() {
      model.severities[open.severity, default: 0] += open.count
    }
    model.openCount = model.severities.values.reduce(0, +)
    model.waitingDecisions = try await mirror.waitingDecisions()
    for severity in Severity.allCases {
      var filter = ConflictFilter.open
      filter.severities = [severity]
      guard let first = try await mirror.conflicts(filter, limit: 1).first else { continue }
      model.oldestOpen = min(model.oldestOpen ?? first.firstSeen, first.firstSeen)
    }
  }

  private func delta(_ model: ReportModel, _ now: Timestamp) async throws -> ReportDelta? {
    var since = context.previousReport
    if since == nil {
      since = try await mirror.note(Self.reportNote).flatMap { Timestamp(rfc3339: $0) }
    }
    guard let since else { return nil }
    var delta = ReportDelta(since: since)
    (delta.new, delta.newCount) = try await mirror.opened(
      since: since, limit: context.conflictsMax)
    delta.unchangedCount = model.openCount - delta.newCount
    var filter = ConflictFilter()
    filter.states = Set(ConflictState.allCases).subtracting([.open])
    filter.openAt = since
    let gone = try await mirror.conflictPage(filter, limit: Self.goneMax)
    delta.goneCount = gone.total
    delta.gone = gone.conflicts.map(self.gone)
    return delta
  }

  /// The line for a conflict that is no longer open.
  func gone(_ conflict: Conflict) -> ReportDelta.Gone {
    let view = ConflictView(conflict, sides: nil, masking: context.masking)
    let field = view.field.map { " \($0)" } ?? ""
    return .init(id: view.id, subject: view.subject + field, state: view.state)
  }
}
