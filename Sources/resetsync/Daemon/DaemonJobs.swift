import CommerceLayer
import Console
import Effects
import Formats
import HTTP
import Mirror
import Pipeline
import Reconciliation

/// What the daemon's jobs do, and what it counts and tells of them.
final class DaemonJobs: Sendable {
  /// Tells people when something begins to be wrong, and when it ends.
  let alerts: Alerts
  /// The mirror as desk and endpoints see it: over a connection of its own, so that neither they
  /// nor the runs wait for one another.
  let viewed: Mirror
  private let world: World
  private let manager: ServiceManager
  private let shared: Lock<Workbench>
  private let recorder = MetricsRecorder()
  private let counted = Lock(RateCounters())
  private let apiFailures = Lock(0)
  private let isConnected = Lock(false)
  private let told = Lock<[ScheduledJob: [String]]>([:])
  private let failing = Lock<[ScheduledJob: Failure]>([:])

  /// Seconds that a scheduled run waits for a run of another process to end.
  private static let lockSeconds = 60.0

  init(_ bench: Workbench, _ world: World, _ manager: ServiceManager, viewed: Mirror) {
    self.viewed = viewed
    self.world = world
    self.manager = manager
    shared = Lock(bench)
    alerts = Alerts(
      store: MirrorAlertStore(mirror: bench.mirror),
      channels: AlertChannels(bench.site.configuration, world).all, time: world.time,
      random: world.random, log: bench.log)
  }

  /// What runs are made of, by the configuration in force.
  var bench: Workbench { shared.withLock { $0 } }

  /// Follows a new configuration; a run under way ends by the old one.
  func adopt(_ site: Site) async {
    await countRequests()
    shared.withLock { $0 = Workbench(site, world, mirror: $0.mirror, isService: true) }
    counted.withLock { $0 = RateCounters() }
    await alerts.adopt(
      channels: AlertChannels(site.configuration, world).all, log: bench.log)
  }

  /// Proves credentials, organisation and mode; throws `APIError` or the words of a `Failure`.
  func connect() async throws {
    try await bench.commerceLayer().connect()
    isConnected.withLock { $0 = true }
  }

  // MARK: Runs

  /// Does a job; what goes wrong is told, and never ends the daemon.
  func perform(_ run: ScheduledRun) async {
    let bench = bench
    do {
      try await Workbench.withLock(
        bench.site, world, command: run.job.rawValue, waitSeconds: Self.lockSeconds
      ) {
        manager.status("\(run.job.rawValue) runs")
        if run.job == .report {
          try await report(bench)
        } else {
          let summary = try await SyncRun(bench.parts(), Self.request(run.job)).run()
          await note(summary, run.job, bench)
          if run.job == .fullPull, summary.result == .ok { try await retain(bench) }
        }
      }
      noteSuccess(run.job, bench)
    } catch RunLockError.held(let path, let holder, let waited) {
      let held = RunLockError.held(path: path, by: holder, waitedSeconds: waited)
      bench.log.notice(
        "job left out: \(Failure(describing: held).message)", ["job": .text(run.job.rawValue)])
    } catch {
      let failure = Failure(describing: error)
      note(failure, run.job, bench)
      var summary = RunSummary(
        run: "", command: run.job.rawValue, dryRun: false, startedAt: world.time.now)
      summary.result = failure.exit == .mirrorNeedsPerson ? .mirrorNeedsPerson : .internalError
      recorder.note(run: summary)
      manager.status("\(run.job.rawValue) failed: \(failure.message)")
    }
    await countRequests()
  }

  /// Tells a failure when it begins, not with every attempt.
  private func note(_ failure: Failure, _ job: ScheduledJob, _ bench: Workbench) {
    let before = failing.withLock { $0.updateValue(failure, forKey: job) }
    let isNews = before?.message != failure.message
    let hint = failure.hint.map { ": \($0)" } ?? ""
    bench.log.write(
      isNews ? .error : .debug, "job failed: \(failure.message)\(hint)",
      ["job": .text(job.rawValue)])
  }

  private func noteSuccess(_ job: ScheduledJob, _ bench: Workbench) {
    guard failing.withLock({ $0.removeValue(forKey: job) }) != nil else { return }
    bench.log.notice("job does its work again", ["job": .text(job.rawValue)])
  }

  private static func request(_ job: ScheduledJob) -> RunRequest {
    var request = RunRequest(command: job.rawValue, by: "daemon")
    switch job {
    case .pull: request.pull = .changes
    case .fullPull: request.pull = .full
    case .import: request.imports = .waiting(mappings: [])
    case .reconcile:
      request.pull = .changes
      request.imports = .waiting(mappings: [])
      request.scope = .changes
    case .report: break
    }
    return request
  }

  private func report(_ bench: Workbench) async throws {
    let now = world.time.now
    let model = try await bench.site.reportLoader(bench.mirror).load(at: now)
    let writer = ReportFile(times: bench.site.times(world), style: TextStyle())
    try Files().makeFolder(FilePath.folder(of: bench.site.configuration.reportPath))
    try Files().deliver(writer.bytes(model, .html), to: bench.site.configuration.reportPath)
    try await bench.mirror.setNote(ReportLoader.reportNote, now.rfc3339Microseconds)
    bench.log.info("report written", ["path": .text(bench.site.configuration.reportPath)])
  }

  private func retain(_ bench: Workbench) async throws {
    let (now, kept) = (world.time.now, bench.site.configuration.retention)
    var retention = Retention()
    retention.journalBefore = kept.journal.map { now.adding(seconds: -$0) }
    retention.closedConflictsBefore = kept.closedConflicts.map { now.adding(seconds: -$0) }
    retention.emailBefore = kept.email.map { now.adding(seconds: -$0) }
    let tally = try await bench.mirror.retain(
      retention, emailKey: try EmailKey(bench.site).bytes(world.random),
      mappings: bench.site.book.mappings, at: now)
    bench.log.info(
      "retention",
      [
        "journal": .int(tally.journalEntries), "conflicts": .int(tally.conflicts),
        "emails": .int(tally.emails),
      ])
  }

  private func note(_ summary: RunSummary, _ job: ScheduledJob, _ bench: Workbench) async {
    recorder.note(run: summary)
    // What the last run of this job said already is no news.
    let known = told.withLock { told in
      defer { told[job] = summary.messages }
      return told[job] ?? []
    }
    for message in summary.messages where !known.contains(message) {
      bench.log.warning(message, ["run": .text(summary.run)])
    }
    // An import asks nothing of the API, and says nothing of it.
    let inARow = apiFailures.withLock { count -> Int in
      if job != .import { count = summary.result == .apiUnavailable ? count + 1 : 0 }
      return count
    }
    if summary.pull.complete { isConnected.withLock { $0 = true } }
    // Rails are judged by a reconcile only: other runs must not clear what it raised.
    var kinds = Set(AlertKind.allCases)
    if job != .reconcile || summary.result == .stopped { kinds.remove(.trippedRail) }
    do {
      let facts = try await DaemonFacts(bench, world).alertFacts(summary, apiFailures: inARow)
      await alerts.observe(facts.conditions.filter { kinds.contains($0.key.kind) }, of: kinds)
    } catch {
      bench.log.warning("alerts could not be looked at: \(Failure(describing: error).message)")
    }
    manager.status("last run \(summary.run) (\(summary.command)): \(summary.result.rawValue)")
  }

  // MARK: Facts for the endpoints

  /// Whether the daemon can do its work.
  func readiness() async -> Readiness {
    // What a job can't write, a look at the mirror would not find out.
    let trouble = failing.withLock { $0 }.filter { $0.key != .report }
      .sorted { $0.key < $1.key }.map(\.value).first { $0.exit == .mirrorNeedsPerson }
    return await DaemonFacts(bench, world).readiness(
      viewed, isConnected: isConnected.withLock { $0 }, trouble: trouble?.message)
  }

  /// The metrics page.
  func metrics() async throws -> String {
    let (bench, now) = (bench, world.time.now)
    await countRequests()
    var gauges = try await MetricsGauges.measure(
      viewed, sources: bench.site.book.mappings.map(\.name), version: Version.text,
      rateBudget: try await bench.site.rateBudget(viewed, at: now), at: now)
    gauges.isReady = await readiness().isReady
    return MetricsPage.text(recorder, gauges)
  }

  /// How things stand; with what the scheduler knows of its jobs, where it runs.
  func status(next: [StatusModel.Job]?) async throws -> StatusModel {
    try await bench.site.status(viewed, world, jobs: next)
  }

  /// Moves what the client has counted since the last time into the metrics.
  private func countRequests() async {
    guard let now = await bench.requestsCounted() else { return }
    let before = counted.withLock { counted in
      defer { counted = now }
      return counted
    }
    for (outcome, count) in now.byOutcome {
      let words = outcome.split(separator: " ").map(String.init)
      let new = count - before.byOutcome[outcome, default: 0]
      guard new > 0, words.count == 2 else { continue }
      recorder.noteRequest(
        className: Self.classNames[words[0]] ?? words[0].lowercased(),
        status: words[1] == "error" ? "0" : words[1], count: new)
    }
  }

  private static let classNames = ["GET": "read", "PATCH": "write", "POST": "token"]
}
