public import Formats
public import Mirror
internal import Reconciliation

/// The state of things: what `status` and `/status` say.
public struct StatusModel: Sendable {
  /// A job of the schedule.
  public struct Job: Sendable, Equatable {
    /// Its name, such as `pull` or `reconcile`.
    public var name: String
    /// When it runs next; nil if it is not scheduled.
    public var nextAt: Timestamp?

    /// Makes a job.
    public init(name: String, nextAt: Timestamp?) {
      self.name = name
      self.nextAt = nextAt
    }
  }

  /// The report without its conflicts.
  public var report: ReportModel
  /// The last runs, newest first.
  public var runs: [RunRecord]
  /// What runs next.
  public var jobs: [Job]
  /// Updates that wait, by state.
  public var outbox: [String: Int]
  /// Requests left in the windows, by class.
  public var rateBudget: [String: Int]
  /// The size of the mirror's file, in bytes.
  public var mirrorBytes = 0
  /// The size of its write-ahead log, in bytes.
  public var logBytes = 0

  /// Makes a state.
  public init(
    report: ReportModel, runs: [RunRecord], jobs: [Job], outbox: [String: Int],
    rateBudget: [String: Int]
  ) {
    self.report = report
    self.runs = runs
    self.jobs = jobs
    self.outbox = outbox
    self.rateBudget = rateBudget
  }

  /// Runs that are listed.
  public static let runsMax = 5

  /// Reads the state from the mirror; jobs and rate budget come from the schedule and the client.
  public static func load(
    _ mirror: Mirror, context: ReportContext, jobs: [Job], rateBudget: [String: Int] = [:],
    at now: Timestamp
  ) async throws -> StatusModel {
    let report = try await ReportLoader(mirror: mirror, context: context).facts(at: now)
    var outbox: [String: Int] = [:]
    for (state, count) in try await mirror.updateCounts() { outbox[state.rawValue] = count }
    var status = StatusModel(
      report: report, runs: try await mirror.runs(limit: runsMax), jobs: jobs, outbox: outbox,
      rateBudget: rateBudget)
    let sizes = try await mirror.sizes()
    (status.mirrorBytes, status.logBytes) = (Int(sizes.file), Int(sizes.log))
    return status
  }

  /// The state as JSON.
  public var json: JSONValue {
    let ages = AgeBucket.allCases.map { ($0.name, JSONValue.int(report.ages[$0, default: 0])) }
    let severities = Severity.allCases.map {
      ($0.rawValue, JSONValue.int(report.severities[$0, default: 0]))
    }
    return .object(
      JSONObject([
        ("as_of", .string(report.asOf.rfc3339)), ("organization", .string(report.organization)),
        ("mode", .string(report.mode)), ("paused", .bool(report.paused != nil)),
        ("pause_reason", ConflictView.text(report.paused?.reason)),
        ("runs", .array(runs.map(\.json))),
        (
          "next",
          .object(JSONObject(jobs.map { ($0.name, ConflictView.time($0.nextAt)) }))
        ),
        ("sources", .array(report.sources.map { ReportJSON.source($0, at: report.asOf) })),
        ("remote", ReportJSON.remote(report.remote, at: report.asOf)),
        (
          "conflicts",
          .object(
            JSONObject([
              ("open", .int(report.openCount)), ("ages", .object(JSONObject(ages))),
              ("severities", .object(JSONObject(severities))),
            ]))
        ),
        (
          "mirror", .object(["bytes": .int(mirrorBytes), "log_bytes": .int(logBytes)])
        ),
        ("queue", Self.counts(outbox)), ("rate_budget", Self.counts(rateBudget)),
        ("rails", .array(report.rails.map { .string($0.name) })),
      ]))
  }

  private static func counts(_ counts: [String: Int]) -> JSONValue {
    .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))
  }
}

extension RunRecord {
  /// The run as lists show it.
  public var json: JSONValue {
    .object(
      JSONObject([
        ("run", .string(id)), ("command", .string(command)),
        ("started_at", .string(startedAt.rfc3339)), ("ended_at", ConflictView.time(endedAt)),
        ("result", ConflictView.text(result)), ("exit", exit.map { .int($0) } ?? .null),
        ("dry_run", .bool(isDryRun)), ("requests", .int(requests)),
        ("applied", applied.map { .int($0) } ?? .null),
        ("failed", failed.map { .int($0) } ?? .null),
        ("open_conflicts", openConflicts.map { .int($0) } ?? .null),
      ]))
  }
}
