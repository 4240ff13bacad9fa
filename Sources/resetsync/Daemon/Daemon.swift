import CommerceLayer
import Console
import Effects
import Formats
import HTTP
import Mirror
import Pipeline
import Reconciliation

/// The program as a service: scheduler, endpoints, alerts, signals.
///
///     ready ─► tick ─► run ─► account ─► metrics, alerts ─► sleep      until SIGTERM or SIGINT
///
/// SIGHUP reads the configuration again; a bad file is refused and the old one stays in force.
final class Daemon: Sendable {
  private let world: World
  private let reload: @Sendable () throws -> Site
  private let bench: Lock<Workbench>
  private let recorder = MetricsRecorder()
  private let alerts: Alerts
  private let manager: ServiceManager
  private let apiFailures = Lock(0)
  private let isConnected = Lock(false)

  /// Seconds that a run may take to wind down after a signal.
  private static let stopSeconds = 10.0
  /// Seconds that a scheduled run waits for a run of another process to end.
  private static let lockSeconds = 60.0

  init(_ site: Site, _ world: World, reload: @escaping @Sendable () throws -> Site) throws {
    self.world = world
    self.reload = reload
    let bench = Workbench(site, world, mirror: try site.openMirror())
    self.bench = Lock(bench)
    manager = ServiceManager(environment: world.environment)
    alerts = Alerts(
      store: MirrorAlertStore(mirror: bench.mirror),
      channels: AlertChannels(site.configuration, world).all, time: world.time,
      random: world.random, log: bench.log)
  }

  private var current: Workbench { bench.withLock { $0 } }

  func run() async throws -> ExitCode {
    let signals = Signals()
    let bench = current
    let scheduler = Scheduler(
      plan: try bench.site.daemonSchedule(), time: world.time, random: world.random,
      store: MirrorScheduleStore(mirror: bench.mirror), log: bench.log,
      perform: { [self] in await perform($0) })
    let server = DeskServer(world: world) { [self] desk, request in
      await consoleServer(desk, scheduler).answer(request)
    }
    let site = bench.site
    let address = try server.start(
      site.configuration.listen, site,
      desk: site.desk(
        bench.mirror, world, nextRun: { await Self.nextReconcile(scheduler) }))
    bench.log.notice("listening", ["address": .text(address.url)])
    world.errors.line("resetsync: review desk: \(address.url)\(address.entry)")
    try await connect(bench)
    manager.ready(status: "waiting for the next job")
    let tasks = background(scheduler, site)
    let code = await serve(signals, scheduler)
    manager.stopping()
    for task in tasks { task.cancel() }
    server.stop()
    return code
  }

  /// Readiness needs credentials and organisation once; the API may be away later.
  private func connect(_ bench: Workbench) async throws {
    do {
      try await bench.commerceLayer().connect()
      isConnected.withLock { $0 = true }
    } catch let error as APIError where error.kind == .unreachable || error.kind == .throttled {
      bench.log.warning("Commerce Layer did not answer; the first job tries again")
    }
  }

  private func background(_ scheduler: Scheduler, _ site: Site) -> [Task<Void, Never>] {
    let folders = site.book.mappings.map { mapping in
      FilePath.folder(
        of: FilePath.resolve(mapping.export.path, in: site.mappingFolders[mapping.name] ?? "."))
    }
    let watch = FolderWatch(folders: folders, time: world.time, log: current.log) { _ in
      Task { await scheduler.wake(.import) }
    }
    var tasks = [
      Task { await scheduler.run() }, Task { await watch.run() },
      Task { [alerts] in await alerts.run() },
    ]
    if let seconds = manager.watchdogSeconds {
      tasks.append(
        Task { [manager, time = world.time] in
          while (try? await time.sleep(seconds: seconds / 2)) != nil { manager.watchdog() }
        })
    }
    return tasks
  }

  /// Waits for signals; returns when one asked for an end and the run under way has stopped.
  private func serve(_ signals: Signals, _ scheduler: Scheduler) async -> ExitCode {
    for await arrival in signals.arrivals {
      switch arrival.signal {
      case .hangUp: await readAgain(scheduler)
      case .interrupt, .terminate:
        let code: ExitCode = arrival.signal == .interrupt ? .interrupted : .terminated
        current.log.notice(
          "stopping", ["signal": .text(arrival.signal == .interrupt ? "INT" : "TERM")])
        await scheduler.stop(cancellingRun: true)
        await settle(scheduler, signals)
        return code
      }
    }
    return .done
  }

  /// Waits until no job runs any more; a second signal or ten seconds end the wait.
  private func settle(_ scheduler: Scheduler, _ signals: Signals) async {
    let second = Task {
      for await arrival in signals.arrivals where arrival.stopCount > 1 { return }
    }
    defer { second.cancel() }
    let end = world.time.monotonicSeconds + Self.stopSeconds
    while world.time.monotonicSeconds < end {
      let isRunning = await scheduler.status.contains(where: \.isRunning)
      if !isRunning || second.isCancelled { return }
      try? await world.time.sleep(seconds: 0.05)
    }
  }

  private func readAgain(_ scheduler: Scheduler) async {
    manager.reloading(monotonicSeconds: world.time.monotonicSeconds)
    do {
      let site = try reload()
      let plan = try site.daemonSchedule()
      guard site.configuration.mirrorPath == current.site.configuration.mirrorPath else {
        throw Failure(
          .configuration, "mirror.path changed", hint: "stop the daemon and start it again")
      }
      bench.withLock { $0 = Workbench(site, world, mirror: $0.mirror) }
      await scheduler.adopt(plan)
      current.log.notice("configuration read again")
    } catch {
      current.log.error(
        "the new configuration is refused, the old one stays: \(Failure(describing: error).message)"
      )
    }
    manager.ready(status: "waiting for the next job")
  }

  // MARK: Jobs

  private func perform(_ run: ScheduledRun) async {
    let bench = current
    do {
      try await Workbench.withLock(
        bench.site, world, command: run.job.rawValue, waitSeconds: Self.lockSeconds
      ) {
        if run.job == .report { return try await report(bench) }
        let summary = try await SyncRun(bench.parts(), Self.request(run.job)).run()
        await note(summary, bench)
        if run.job == .fullPull { try await retain(bench) }
      }
    } catch {
      bench.log.error(
        "job failed: \(Failure(describing: error).message)", ["job": .text(run.job.rawValue)])
    }
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
    try Files().write(writer.bytes(model, .html), to: bench.site.configuration.reportPath)
    try await bench.mirror.setNote("report.at", now.rfc3339Microseconds)
    bench.log.info("report written", ["path": .text(bench.site.configuration.reportPath)])
  }

  private func retain(_ bench: Workbench) async throws {
    let (now, kept) = (world.time.now, bench.site.configuration.retention)
    var retention = Retention()
    retention.journalBefore = kept.journal.map { now.adding(seconds: -$0) }
    retention.closedConflictsBefore = kept.closedConflicts.map { now.adding(seconds: -$0) }
    retention.emailBefore = kept.email.map { now.adding(seconds: -$0) }
    let tally = try await bench.mirror.retain(
      retention, emailKey: try EmailKey(bench.site, world).bytes(), at: now)
    bench.log.info(
      "retention",
      [
        "journal": .int(tally.journalEntries), "conflicts": .int(tally.conflicts),
        "emails": .int(tally.emails),
      ])
  }

  private func note(_ summary: RunSummary, _ bench: Workbench) async {
    recorder.note(run: summary)
    let failed = summary.result == .apiUnavailable
    let inARow = apiFailures.withLock { count -> Int in
      count = failed ? count + 1 : 0
      return count
    }
    if !failed, summary.pull.complete { isConnected.withLock { $0 = true } }
    do {
      let facts = try await DaemonFacts(bench, world).alertFacts(summary, apiFailures: inARow)
      await alerts.observe(facts.conditions)
    } catch {
      bench.log.warning("alerts could not be looked at: \(Failure(describing: error).message)")
    }
    manager.status("last run \(summary.run): \(summary.result.rawValue)")
  }

  // MARK: Endpoints

  private func consoleServer(_ desk: ReviewDesk, _ scheduler: Scheduler) -> ConsoleServer {
    ConsoleServer(
      desk: desk,
      sources: ConsoleServer.Sources(
        readiness: { [self] in await readiness() },
        metrics: { [self] in
          let bench = current
          let gauges = try await MetricsGauges.measure(
            bench.mirror, sources: bench.site.book.mappings.map(\.name), version: Version.text,
            at: world.time.now)
          return MetricsPage.text(recorder, gauges)
        },
        status: { [self] in
          let bench = current
          return try await bench.site.status(bench.mirror, world)
        }))
  }

  private func readiness() async -> Readiness {
    let bench = current
    let isReached = isConnected.withLock { $0 }
    return await DaemonFacts(bench, world).readiness(isConnected: isReached)
  }

  private static func nextReconcile(_ scheduler: Scheduler) async -> Timestamp? {
    await scheduler.status.first { $0.job == .reconcile }?.next
  }
}
