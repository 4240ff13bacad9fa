public import Formats
public import Mirror
public import Reconciliation

/// A stored plan as people read it: alikes as one, with their number, in bounded length.
public struct PlanView: Sendable {
  /// One value that is written.
  public struct Write: Sendable, Hashable {
    /// The field, `reference` or `reference_origin`.
    public let name: String
    /// What Commerce Layer holds.
    public let old: FieldValue
    /// What it is to hold.
    public let new: FieldValue
    /// Why, in words.
    public let why: String
  }

  /// One update.
  public struct Entry: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// The key of its link.
    public let reference: String
    /// The mapping's name.
    public let mapping: String
    /// The reset.
    public let reset: String
    /// The row that it follows.
    public var place: PlanLine.Place?
    /// What is written.
    public let writes: [Write]
    /// The rails that hold it back.
    public let heldBy: [String]
    /// What became of it; nil while it was not queued.
    public let state: OutboxState?
  }

  /// Updates that write the same for the same reason.
  public struct Group: Sendable {
    /// The first of them.
    public var entries: [Entry]
    /// How many there are.
    public var count: Int
  }

  /// The plan.
  public let record: PlanRecord
  /// The account of its run; nil if that did not end.
  public let run: RunSummary?
  /// Whether the mirror has all of its updates, which it keeps of the last plan only.
  public let isLast: Bool
  /// Who approved it and when; nil where nobody has, or the approval is used up.
  public let approval: Approval?
  /// The groups, the largest first.
  public let groups: [Group]
  /// Updates that stand in none of them.
  public let more: Int

  /// The rails that it tripped.
  public var rails: [TrippedRail] {
    run.map { run in run.rails.filter(\.tripped).map { TrippedRail($0, of: run) } } ?? []
  }

  /// What to type to let it pass; nil where nothing holds it, or no approval helps.
  public var command: String? { rails.lazy.compactMap(\.command).first }
}

/// Reads stored plans for people.
public struct PlanLoader: Sendable {
  private let mirror: Mirror
  private let book: RuleBook
  private let masking: Masking

  /// Groups that a page or a terminal shows.
  public static let groupsMax = 50
  /// Single updates that a group shows.
  public static let entriesMax = 5
  /// Updates that are looked at for alikes; beyond, only their number is told.
  public static let scannedMax = 20_000
  private static let page = 500

  /// A loader over a mirror; `book` tells the policies.
  public init(mirror: Mirror, book: RuleBook, masking: Masking) {
    self.mirror = mirror
    self.book = book
    self.masking = masking
  }

  /// The plan with its first groups.
  public func view(_ record: PlanRecord, groups limit: Int, at now: Timestamp) async throws
    -> PlanView
  {
    var groups: [PlanView.Group] = []
    var places: [[PlanView.Write]: [Int]] = [:]
    var scanned = 0
    try await entries(of: record, scanned: Self.scannedMax, places: false) { entry in
      scanned += 1
      let alike = places[entry.writes, default: []].first {
        groups[$0].entries[0].mapping == entry.mapping
          && groups[$0].entries[0].heldBy == entry.heldBy
      }
      if let alike {
        groups[alike].count += 1
        if groups[alike].entries.count < Self.entriesMax { groups[alike].entries.append(entry) }
      } else {
        places[entry.writes, default: []].append(groups.count)
        groups.append(PlanView.Group(entries: [entry], count: 1))
      }
    }
    // The largest first, else as planned: a stable order, whatever the sort does.
    let ranked = groups.indices.sorted { (groups[$1].count, $0) < (groups[$0].count, $1) }
    var shown = ranked.prefix(limit).map { groups[$0] }
    for place in shown.indices {
      for number in shown[place].entries.indices {
        let entry = shown[place].entries[number]
        shown[place].entries[number].place = try await row(of: entry, in: record)
      }
    }
    let isLast = try await mirror.plans(limit: 1).first?.run == record.run
    let all = isLast ? record.updates : scanned
    return PlanView(
      record: record, run: try await run(record), isLast: isLast,
      approval: try await mirror.approvals(at: now).plans.first {
        $0.digest == record.digest && $0.spentBy == nil
      },
      groups: shown, more: max(0, all - shown.reduce(0) { $0 + $1.count }))
  }

  /// Each update of a plan in its order, in memory that does not grow with their number.
  public func entries(
    of record: PlanRecord, scanned limit: Int = .max, places: Bool = true,
    _ body: (PlanView.Entry) throws -> Void
  ) async throws {
    let verdicts = (record.verdicts.arrayValue ?? []).compactMap(RailVerdict.init(json:))
    var (last, left) = (Int64(0), limit)
    while left > 0 {
      let lines = try await mirror.planLines(
        of: record, after: last, limit: min(Self.page, left), places: places)
      guard let end = lines.last else { return }
      for line in lines { try body(entry(line, verdicts)) }
      (last, left) = (end.number, left - lines.count)
    }
  }

  private func row(
    of entry: PlanView.Entry, in record: PlanRecord
  ) async throws -> PlanLine.Place? {
    try await mirror.planLines(of: record, after: entry.number - 1, limit: 1).first?.place.map {
      PlanLine.Place(file: masking.text($0.file), line: $0.line)
    }
  }

  private func run(_ record: PlanRecord) async throws -> RunSummary? {
    try await mirror.run(record.run).summary.flatMap { RunSummary(json: $0) }
  }

  private func entry(_ line: PlanLine, _ verdicts: [RailVerdict]) -> PlanView.Entry {
    let update = line.update
    let mapping = book.mapping(update.mapping)
    var writes = update.fields.map { write in
      PlanView.Write(
        name: write.metadata, old: masking.value(write.expected) ?? .absent,
        new: masking.value(write.value) ?? .absent, why: why(write, mapping))
    }
    for (name, write) in [
      ("reference", update.reference), ("reference_origin", update.referenceOrigin),
    ] {
      guard let write else { continue }
      writes.append(
        PlanView.Write(
          name: name, old: masking.text(write.expected).map { .text($0) } ?? .absent,
          new: masking.text(write.value).map { .text($0) } ?? .absent,
          why: update.fields.contains { $0.reason == .undo } || update.decisions.isEmpty
            ? "it is taken back" : "a person linked them"))
    }
    return PlanView.Entry(
      number: line.number, reference: masking.text(update.key.reference), mapping: update.mapping,
      reset: update.resetID,
      place: line.place.map { PlanLine.Place(file: masking.text($0.file), line: $0.line) },
      writes: writes,
      heldBy: rails(holding: update, among: verdicts).map(\.name.rawValue), state: line.state)
  }

  private func why(_ write: FieldWrite, _ mapping: Mapping?) -> String {
    let source = SystemNames.source(mapping?.name)
    switch write.reason {
    case .decision: return "a person decided it"
    case .first: return "\(SystemNames.remote) had none yet"
    case .undo: return "it is taken back"
    case .policy: break
    }
    switch mapping?.fields.first(where: { $0.metadata == write.metadata })?.policy {
    case .source?: return "\(source) always counts here"
    case .fillBlank?: return "it was empty in \(SystemNames.remote)"
    case .newest?: return "the change in \(source) is the newer one"
    case .ask?, .remote?, nil: return "it changed in \(source)"
    }
  }
}
