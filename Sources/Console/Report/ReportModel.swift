public import Formats
public import Reconciliation

/// Everything a report says, as values: filled in one place, written in five formats.
///
/// Texts in it are already masked; writers escape and lay out, and decide nothing.
public struct ReportModel: Sendable {
  /// The organisation at the API.
  public var organization: String
  /// `test` or `live`.
  public var mode: String
  /// The instant the report speaks of.
  public var asOf: Timestamp
  /// The run after which the report shows how things stood; nil for how they stand.
  public var pastRun: String?
  /// Whether somebody paused all writing, and why.
  public var paused: Pause?
  /// The last run, nil before the first.
  public var lastRun: LastRun?
  /// Every source with the age of what it delivered.
  public var sources: [SourceFreshness] = []
  /// How fresh the mirror of the remote side is.
  public var remote = RemoteFreshness()
  /// Items per situation; a missing one counts zero.
  public var situations: [Situation: Int] = [:]
  /// Conflicts that wait for a person, by age.
  public var ages: [AgeBucket: Int] = [:]
  /// Conflicts that wait for a person, by severity.
  public var severities: [Severity: Int] = [:]
  /// The last runs, oldest first.
  public var trend: [TrendPoint] = []
  /// Open conflicts by kind, also those that are not loaded; empty if all are.
  public var kinds: [ConflictKind: Int] = [:]
  /// How many conflicts wait for a person; `conflicts` may hold fewer.
  public var openCount = 0
  /// Decisions that wait for another conflict.
  public var waitingDecisions = 0
  /// Since when the oldest of them waits.
  public var oldestOpen: Timestamp?
  /// The conflicts that wait for a person, most severe and oldest first.
  public var conflicts: [ConflictView] = []
  /// What changed since the previous report, nil for the first one.
  public var delta: ReportDelta?
  /// Exports that were refused and not yet followed by an accepted one.
  public var refused: [RefusedExport] = []
  /// Rows that could not be used, the newest exports first; a bounded list.
  public var rejected: [RejectedRow] = []
  /// How many rows were rejected in all of the exports that stand.
  public var rejectedCount = 0
  /// Rails that hold updates back.
  public var rails: [TrippedRail] = []
  /// The plan that they hold; nil where none does.
  public var plan: PlanView?

  /// An empty report.
  public init(organization: String, mode: String, asOf: Timestamp) {
    self.organization = organization
    self.mode = mode
    self.asOf = asOf
  }

  /// Items in step: nothing differs, or what differs is meant to.
  public var inStepCount: Int {
    situations[.inSync, default: 0] + situations[.driftAccepted, default: 0]
  }
}

/// Writing was stopped by a person.
public struct Pause: Sendable, Equatable {
  /// Since when.
  public var since: Timestamp?
  /// Who did it, if known.
  public var by: String?
  /// The reason given.
  public var reason: String?

  /// Makes a pause.
  public init(since: Timestamp? = nil, by: String? = nil, reason: String? = nil) {
    self.since = since
    self.by = by
    self.reason = reason
  }
}

/// What the last run did.
public struct LastRun: Sendable, Equatable {
  /// The run's account.
  public var summary: RunSummary
  /// A short number of the run, for people.
  public var number: Int?

  /// Makes it from the account.
  public init(summary: RunSummary, number: Int? = nil) {
    self.summary = summary
    self.number = number
  }
}

/// How fresh one source is.
public struct SourceFreshness: Sendable, Equatable {
  /// The mapping's name.
  public var mapping: String
  /// When its last accepted export was accepted; nil for never.
  public var deliveredAt: Timestamp?
  /// Live records in the mirror.
  public var records = 0
  /// The greatest age that is expected, in seconds; nil where the mapping sets none.
  public var maxAgeSeconds: Double?
  /// The file that was accepted last.
  public var file: String?
  /// When a file came since that brought the same data again: nothing new, but a sign of life.
  public var repeatedAt: Timestamp?
  /// Of a source with several exports, each of them.
  public var kinds: [Kind] = []
  /// Since when its folders can't be looked into, and why; nil if they can.
  public var unreachable: Unreachable?

  /// One of several exports of a source.
  public struct Kind: Sendable, Equatable {
    /// Full or delta.
    public var mode: ExportMode
    /// When the last file of it came, with new data or not; nil for never.
    public var deliveredAt: Timestamp?
    /// The greatest age that is expected, in seconds; nil where none is set.
    public var maxAgeSeconds: Double?

    /// Whether nothing came for longer than expected.
    func isStale(at now: Timestamp) -> Bool {
      guard let maxAgeSeconds else { return false }
      guard let deliveredAt else { return true }
      return now.seconds(since: deliveredAt) > maxAgeSeconds
    }
  }

  /// Folders that can't be looked into.
  public struct Unreachable: Sendable, Equatable {
    /// Since when.
    public var since: Timestamp
    /// Why, in words.
    public var reason: String
  }

  /// Makes it; the source is called by its mapping.
  public init(
    mapping: String, deliveredAt: Timestamp?, records: Int = 0, maxAgeSeconds: Double? = nil,
    file: String? = nil
  ) {
    self.mapping = mapping
    self.deliveredAt = deliveredAt
    self.records = records
    self.maxAgeSeconds = maxAgeSeconds
    self.file = file
  }

  /// The name on a screen.
  public var name: String { SystemNames.source(mapping) }

  /// When the source last gave a sign of life, with new data or not; nil for never.
  public var aliveAt: Timestamp? { [deliveredAt, repeatedAt].compactMap(\.self).max() }

  /// Whether nothing came for longer than expected; of several exports, of one of them.
  public func isStale(at now: Timestamp) -> Bool {
    guard kinds.isEmpty else { return kinds.contains { $0.isStale(at: now) } }
    return Kind(mode: .full, deliveredAt: aliveAt, maxAgeSeconds: maxAgeSeconds).isStale(at: now)
  }
}

/// How fresh the mirror of Commerce Layer is.
public struct RemoteFreshness: Sendable, Equatable {
  /// When a pull last ended well; nil for never.
  public var pulledAt: Timestamp?
  /// Whether that pull reached its end with its count proved.
  public var isComplete = false
  /// Resets in the mirror.
  public var resets = 0
  /// The greatest age that is expected, in seconds; nil for none.
  public var maxAgeSeconds: Double?

  /// Nothing pulled yet.
  public init() {}

  /// Whether the last pull is older than expected.
  public func isStale(at now: Timestamp) -> Bool {
    guard let maxAgeSeconds else { return false }
    guard let pulledAt else { return true }
    return now.seconds(since: pulledAt) > maxAgeSeconds
  }
}

/// One run of the trend.
public struct TrendPoint: Sendable, Equatable {
  /// The run.
  public var run: String
  /// When it began.
  public var at: Timestamp
  /// Conflicts open after it.
  public var open: Int
  /// Updates it wrote.
  public var written: Int

  /// Makes a point.
  public init(run: String, at: Timestamp, open: Int, written: Int) {
    self.run = run
    self.at = at
    self.open = open
    self.written = written
  }
}

/// What changed since the previous report.
public struct ReportDelta: Sendable, Equatable {
  /// A conflict that is no longer open.
  public struct Gone: Sendable, Equatable {
    /// Its identity.
    public var id: String
    /// What it was about, in words.
    public var subject: String
    /// The state it is in now.
    public var state: ConflictState

    /// Makes an entry.
    public init(id: String, subject: String, state: ConflictState) {
      self.id = id
      self.subject = subject
      self.state = state
    }
  }

  /// When the previous report was made.
  public var since: Timestamp
  /// Conflicts that opened since, by identity.
  public var new: [String] = []
  /// Conflicts that are no longer open; a bounded list.
  public var gone: [Gone] = []
  /// How many are no longer open.
  public var goneCount = 0
  /// How many were open then and are open now.
  public var unchangedCount = 0
  /// How many opened since.
  public var newCount = 0

  /// Nothing changed since then.
  public init(since: Timestamp) { self.since = since }
}

/// An export that was not trusted.
public struct RefusedExport: Sendable, Equatable {
  /// The mapping's name.
  public var mapping: String
  /// The file.
  public var file: String
  /// Its SHA-256 in hex: what `import --accept` wants.
  public var sha256: String
  /// When it was refused.
  public var at: Timestamp
  /// Why, in words.
  public var reason: String

  /// Makes an entry.
  public init(mapping: String, file: String, sha256: String, at: Timestamp, reason: String) {
    self.mapping = mapping
    self.file = file
    self.sha256 = sha256
    self.at = at
    self.reason = reason
  }

  /// What to type to let exactly this file through.
  public var command: String {
    "resetsync import \(ShellWord.of(mapping)) --accept \(ShellWord.of(sha256))"
  }
}

/// A row that could not be used.
public struct RejectedRow: Sendable, Equatable {
  /// The mapping's name.
  public var mapping: String
  /// The file.
  public var file: String
  /// The line in it, from 1.
  public var line: Int
  /// The column, if one is at fault.
  public var column: String?
  /// Why, in words.
  public var reason: String

  /// Makes an entry.
  public init(mapping: String, file: String, line: Int, column: String?, reason: String) {
    self.mapping = mapping
    self.file = file
    self.line = line
    self.column = column
    self.reason = reason
  }
}

/// A rail that holds updates back.
public struct TrippedRail: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// The mapping it concerns, nil for all.
  public var mapping: String?
  /// What was measured.
  public var measured: Int
  /// What it allows.
  public var limit: Int
  /// The field whose updates it withholds; nil for all of the mapping.
  public var field: String?
  /// How many updates it withholds.
  public var held: Int
  /// The digest of the plan that an approval would let through.
  public var planDigest: String
  /// What to type to let this plan through; nil where no approval does that.
  public var command: String?

  /// The rail as a run told it.
  public init(_ rail: RunSummary.Rail, of run: RunSummary) {
    name = rail.name
    mapping = rail.mapping
    measured = rail.measured
    limit = rail.limit
    field = rail.field
    held = rail.held
    planDigest = run.plan.digest
    guard RailName(rawValue: name)?.canBeApproved ?? true else { return }
    command =
      run.plan.approval ?? "resetsync reconcile --approve \(ShellWord.of(run.plan.digest))"
  }

  /// `: holds 15 updates that write group`, or nothing.
  var holds: String {
    guard held > 0 else { return "" }
    let field = field.map { " that write “\(VisibleText.of($0))”" } ?? ""
    return ": holds \(Words.count(held, "update"))\(field)"
  }

  /// What to do about it.
  public var advice: String {
    command.map { "to let exactly this plan through: \($0)" }
      ?? "look at \(SystemNames.remote) before you believe it; the next run goes on"
  }
}
