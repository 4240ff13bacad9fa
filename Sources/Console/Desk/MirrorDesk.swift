public import Effects
public import Formats
public import Mirror
internal import Reconciliation

/// The desk over the mirror.
public struct MirrorDesk: DeskActions {
  let mirror: Mirror
  let loader: ReportLoader
  let time: any TimeSource
  private let offered: DeskOffers
  private let scheduled: @Sendable () async -> Timestamp?
  private let changed: @Sendable () async -> Void

  /// Other conflicts of a key that are listed beside one.
  static let relatedMax = 20

  /// A desk that reads and decides in a mirror; `nextRun` says when decisions are carried out,
  /// `changed` is called after each change.
  public init(
    mirror: Mirror, context: ReportContext, offers: DeskOffers, time: any TimeSource,
    nextRun: @escaping @Sendable () async -> Timestamp?,
    changed: @escaping @Sendable () async -> Void = {}
  ) {
    self.mirror = mirror
    loader = ReportLoader(mirror: mirror, context: context)
    self.time = time
    offered = offers
    scheduled = nextRun
    self.changed = changed
  }

  var masking: Masking { loader.context.masking }

  /// A page of the queue.
  public func queue(_ filter: DeskFilter, limit: Int, offset: Int) async throws -> DeskQueue {
    let filter = ConflictFilter(filter, at: time.now)
    let page = try await mirror.conflictPage(filter, limit: limit, offset: offset)
    return DeskQueue(views: try await loader.views(page.conflicts), total: page.total)
  }

  /// One conflict.
  public func conflict(_ id: String) async throws -> ConflictView? {
    try await found(id).map { loader.view($0.0, $0.1) }
  }

  private func found(_ id: String) async throws -> (Conflict, ConflictSides)? {
    do {
      let conflict = try await mirror.conflict(id: id)
      let sides = try await mirror.sides(of: [conflict])
      return sides.first.map { (conflict, $0) }
    } catch let error as MirrorError where error.kind == .notFound {
      return nil
    }
  }

  /// The history of a conflict.
  public func history(_ id: String) async throws -> [HistoryLine] {
    try await mirror.history(ofConflict: id).map { HistoryLine($0, masking: masking) }
  }

  /// Other open conflicts of the same key or reset.
  public func related(to view: ConflictView) async throws -> [ConflictView] {
    guard let conflict = try await found(view.id)?.0 else { return [] }
    var filters: [ConflictFilter] = []
    if let reset = conflict.resetID {
      var filter = ConflictFilter.open
      filter.resetID = reset
      filters.append(filter)
    }
    if let reference = conflict.reference {
      var filter = ConflictFilter.open
      filter.mapping = conflict.mapping
      filter.reference = reference
      filters.append(filter)
    }
    var related: [ConflictView] = []
    for filter in filters {
      for other in try await loader.views(filter, limit: Self.relatedMax)
      where other.id != view.id && !related.contains(where: { $0.id == other.id }) {
        related.append(other)
      }
    }
    return related
  }

  /// What both sides hold.
  public func sides(of view: ConflictView) async throws -> DeskSides {
    guard let sides = try await found(view.id)?.1 else {
      return DeskSides(source: nil, remote: nil)
    }
    return DeskSides(
      source: sides.record.map { masking.value($0.json) },
      remote: sides.reset.map { masking.value($0.json) })
  }

  /// Decides conflicts.
  public func decide(
    _ items: [DeskDecision], by person: String, reason: String?
  ) async throws -> [DeskOutcome] {
    let results = try await mirror.decide(
      items.map { ($0.id, $0.facts, $0.take) },
      act: Act(by: person, at: time.now, reason: reason))
    await changed()
    var outcomes: [DeskOutcome] = []
    for result in results {
      switch result {
      case .decided: outcomes.append(.decided)
      case .refused(let why): outcomes.append(.refused(why))
      case .moved(let now):
        let sides = try await mirror.sides(of: [now])
        outcomes.append(.moved(loader.view(now, sides.first)))
      }
    }
    return outcomes
  }

  /// Puts a conflict off.
  public func snooze(
    _ id: String, until: Timestamp, by person: String, reason: String?
  ) async throws {
    try await change(id, .snooze(until: until), act(person, reason))
  }

  /// Says who looks after a conflict.
  public func assign(_ id: String, to assignee: String?, by person: String) async throws {
    try await change(id, .assign(to: assignee), act(person))
  }

  /// Adds a comment.
  public func comment(_ id: String, text: String, by person: String) async throws {
    try await change(id, .comment(text), act(person))
  }

  /// Opens a conflict again; what its decision had written, in words.
  public func reopen(_ id: String, by person: String, reason: String?) async throws -> String? {
    try await change(id, .reopen, act(person, reason))
    let conflict = try await mirror.conflict(id: id)
    guard conflict.substate == .reopened, let written = try await mirror.written(byDecisionOf: id)
    else { return nil }
    return ConflictView(conflict, sides: nil, masking: masking)
      .words(of: written, masking: masking) + "."
  }

  private func change(_ id: String, _ change: ConflictChange, _ act: Act) async throws {
    if let problem = try await mirror.change([id], change, act: act).first ?? nil {
      throw MirrorError(.refused, problem)
    }
    await changed()
  }

  /// Takes back the last decision of a person, one or many.
  public func undoLast(by person: String) async throws -> [String] {
    let undone = try await mirror.undoLastDecision(by: person, at: time.now)
    await changed()
    return undone
  }

  /// Lets the last plan pass its rails, if it is the one that was shown.
  public func approve(plan digest: String, by person: String) async throws -> Bool {
    guard try await mirror.plans(limit: 1).first?.digest == digest else { return false }
    try await mirror.approve(digest: digest, by: person, at: time.now)
    return true
  }

  /// The report as it stands now.
  public func report() async throws -> ReportModel { try await loader.load(at: time.now) }

  /// The first line of the report, without its lists.
  public func headline() async throws -> ReportModel { try await loader.headline(at: time.now) }

  /// When decisions will be carried out.
  public func nextRun() async throws -> Timestamp? { await scheduled() }

  /// What filters offer.
  public func offers() async throws -> DeskOffers { offered }

  private func act(_ person: String, _ reason: String? = nil) -> Act {
    Act(by: person, at: time.now, reason: reason)
  }
}

extension ConflictFilter {
  /// The filter of the desk as the mirror reads it.
  init(_ filter: DeskFilter, at now: Timestamp) {
    self.init()
    states = filter.state.map { [$0] }
    severities = filter.severity.map { [$0] }
    kinds = filter.kind.map { [$0] }
    mapping = filter.mapping
    field = filter.field
    assignee = filter.assignee == "-" ? "" : filter.assignee
    text = filter.text
    if let change = filter.change {
      switch change.kind {
      case .new: openedAfter = change.since
      case .unchanged: openedUntil = change.since
      case .gone:
        states = Set(ConflictState.allCases).subtracting([.open])
        openAt = change.since
      }
    }
    guard let age = filter.age else { return }
    let bounds = age.boundsDays
    if bounds.from > 0 {
      // An age of exactly the bound belongs to the older bucket.
      firstSeenBefore = now.adding(seconds: -Double(bounds.from) * 86_400 + 0.000_001)
    }
    firstSeenSince = bounds.to.map { now.adding(seconds: -Double($0) * 86_400 + 0.000_001) }
  }
}

extension SourceRecord {
  /// The record for people: its cells by column, and where they came from.
  var json: JSONValue {
    var columns = JSONObject()
    for (column, cell) in zip(self.columns, cells) { columns[column] = cell.json }
    return .object(
      JSONObject([
        ("columns", .object(columns)), ("file", .string(provenance.file)),
        ("line", .int(provenance.line)), ("sha256", .string(provenance.sha256)),
      ]))
  }
}

extension Cell {
  /// The cell as JSON: text or null.
  var json: JSONValue {
    switch self {
    case .absent, .null: .null
    case .text(let text): .string(text)
    case .json(let value): value
    }
  }
}
