import CommerceLayer
import Console
import Effects
import Formats
import HTTP
import Mirror
import Pipeline
import Reconciliation

/// The program as a service: scheduler, endpoints, signals, and what the service manager is told.
///
///     listen ─► connect ─► READY ─► jobs by the clock ─► STOPPING      SIGTERM or SIGINT ends it
///
/// Everything that happens to it arrives as one stream of events and is dealt with in order.
/// SIGHUP reads the configuration again; a bad file is refused and the old one stays in force.
final class Daemon: Sendable {
  private enum Event: Sendable {
    /// A signal came.
    case signal(Signals.Arrival)
    /// Credentials, organisation and mode were checked.
    case connected
    /// Commerce Layer does not answer; jobs begin, readiness waits.
    case away
    /// Commerce Layer or the configuration refuses this program.
    case refused(any Error)
    /// The scheduler has ended, and with it the run under way.
    case ended
    /// The run under way did not end in time.
    case tooLate
  }

  private let world: World
  private let reload: @Sendable () throws -> Site
  private let jobs: DaemonJobs
  private let manager: ServiceManager
  private let scheduler: Scheduler
  private let tasks = Lock<[Task<Void, Never>]>([])
  private let folderWatch = Lock<Task<Void, Never>?>(nil)
  private let deskServer = Lock<DeskServer?>(nil)

  /// Seconds that a run may take to wind down after a signal.
  private static let stopSeconds = 8.0
  /// Seconds between two attempts to reach Commerce Layer before it has answered once.
  private static let connectSeconds = 15.0

  init(_ site: Site, _ world: World, reload: @escaping @Sendable () throws -> Site) throws {
    self.world = world
    self.reload = reload
    manager = ServiceManager(environment: world.environment)
    let mirror = try site.openMirror()
    let jobs = DaemonJobs(
      Workbench(site, world, mirror: mirror, isService: true), world, manager,
      viewed: try site.openMirror())
    self.jobs = jobs
    scheduler = Scheduler(
      plan: try site.daemonSchedule(), time: world.time, random: world.random,
      store: MirrorScheduleStore(mirror: mirror), log: jobs.bench.log,
      perform: { await jobs.perform($0) })
  }

  /// Serves until a signal ends it; throws what makes a service pointless from the start.
  func run() async throws -> ExitCode {
    let (events, input) = AsyncStream<Event>.makeStream()
    let signals = Signals()
    start { for await arrival in signals.arrivals { input.yield(.signal(arrival)) } }
    let server = try listen()
    defer {
      tasks.withLock { for task in $0 { task.cancel() } }
      folderWatch.withLock { $0?.cancel() }
    }
    start { [self] in await connect(input) }
    let (code, isHurried) = try await serve(events, input)
    if !isHurried { server.stop() }
    return code
  }

  private func start(_ work: @escaping @Sendable () async -> Void) {
    let task = Task { await work() }
    tasks.withLock { $0.append(task) }
  }

  // MARK: Events

  /// Deals with events until the end; says too whether a second signal wants it at once.
  private func serve(
    _ events: AsyncStream<Event>, _ input: AsyncStream<Event>.Continuation
  ) async throws -> (ExitCode, isHurried: Bool) {
    var code: ExitCode?
    var isWorking = false
    for await event in events {
      switch event {
      case .signal(let arrival) where arrival.signal == .hangUp:
        if code == nil { await readAgain() }
      case .signal(let arrival):
        if let code { return (code, true) }
        let chosen: ExitCode = arrival.signal == .interrupt ? .interrupted : .terminated
        code = chosen
        guard await windDown(arrival.signal, isWorking, input) else { return (chosen, false) }
      case .connected, .away:
        if case .connected = event { manager.ready(status: "waiting for the next job") }
        if !isWorking { work(input) }
        isWorking = true
      case .refused(let error): throw error
      case .ended: if let code { return (code, false) }
      case .tooLate:
        jobs.bench.log.warning("the run under way did not end in time; the next one goes on")
        return (code ?? .terminated, false)
      }
    }
    return (code ?? .done, false)
  }

  /// Tells the run under way to end; false if there is nothing to wait for.
  private func windDown(
    _ signal: Signals.Signal, _ isWorking: Bool, _ input: AsyncStream<Event>.Continuation
  ) async -> Bool {
    jobs.bench.log.notice(
      "stopping", ["signal": .text(signal == .interrupt ? "SIGINT" : "SIGTERM")])
    manager.stopping()
    guard isWorking else { return false }
    await scheduler.stop(cancellingRun: true)
    start { [time = world.time] in
      if (try? await time.sleep(seconds: Self.stopSeconds)) != nil { input.yield(.tooLate) }
    }
    return true
  }

  /// Starts the scheduler, the watch over the export folders and the alerts.
  private func work(_ input: AsyncStream<Event>.Continuation) {
    start { [scheduler] in
      await scheduler.run()
      input.yield(.ended)
    }
    start { [alerts = jobs.alerts] in await alerts.run() }
    watchFolders()
    guard let seconds = manager.watchdogSeconds else { return }
    start { [manager, scheduler, time = world.time] in
      while (try? await time.sleep(seconds: seconds / 2)) != nil {
        // A scheduler that no longer answers is a daemon that has to be started again.
        _ = await scheduler.status
        manager.watchdog()
      }
    }
  }

  /// Asks Commerce Layer once for a token, which proves credentials, organisation and mode; goes
  /// on asking while it is away.
  private func connect(_ input: AsyncStream<Event>.Continuation) async {
    var isAway = false
    while !Task.isCancelled {
      do {
        try await jobs.connect()
        if isAway { jobs.bench.log.notice("Commerce Layer answers") }
        input.yield(.connected)
        return
      } catch let error as APIError where error.kind == .unreachable || error.kind == .throttled {
        if !isAway {
          jobs.bench.log.warning(
            "Commerce Layer does not answer; jobs begin, readiness waits: \(error.description)")
          input.yield(.away)
        }
        isAway = true
        manager.waiting(
          seconds: Self.connectSeconds * 8, status: "Commerce Layer does not answer yet")
      } catch let error as APIError where error.kind == .cancelled {
        return
      } catch {
        input.yield(.refused(error))
        return
      }
      guard (try? await world.time.sleep(seconds: Self.connectSeconds)) != nil else { return }
    }
  }

  // MARK: Configuration

  private func watchFolders() {
    let site = jobs.bench.site
    let folders = site.book.mappings.flatMap { mapping in
      mapping.exports.map { rule in
        FilePath.folder(
          of: FilePath.resolve(rule.path, in: site.mappingFolders[mapping.name] ?? "."))
      }
    }
    let watch = FolderWatch(
      folders: folders, time: world.time, log: jobs.bench.log
    ) { [scheduler] _ in
      Task { await scheduler.wake(.import) }
    }
    folderWatch.withLock { task in
      task?.cancel()
      task = Task { await watch.run() }
    }
  }

  private func readAgain() async {
    manager.reloading(monotonicSeconds: world.time.monotonicSeconds)
    let log = jobs.bench.log
    do {
      let site = try reload()
      try checkFixed(site)
      let plan = try site.daemonSchedule()
      await jobs.adopt(site)
      await scheduler.adopt(plan, log: jobs.bench.log)
      deskServer.withLock { $0 }?.adopt(site, desk: deskActions())
      watchFolders()
      log.notice("configuration read again", ["file": .text(site.configuration.file)])
    } catch {
      for line in Failure(describing: error).message.split(separator: "\n") {
        log.error("configuration refused: \(line)")
      }
      log.notice("the old configuration stays in force")
    }
    manager.ready(status: "waiting for the next job")
  }

  /// Throws for what only a new start can change.
  private func checkFixed(_ site: Site) throws {
    let (old, new) = (jobs.bench.site.configuration, site.configuration)
    for (key, isSame) in [
      ("mirror.path", old.mirrorPath == new.mirrorPath), ("listen", old.listen == new.listen),
      ("review", old.review == new.review),
      ("api.organization", old.api.organization == new.api.organization),
      ("api.mode", old.api.mode == new.api.mode),
    ] where !isSame {
      throw Failure(.configuration, "\(new.file): \(key) changed, which needs a new start")
    }
  }

  // MARK: Endpoints

  private func listen() throws -> DeskServer {
    let bench = jobs.bench
    let server = DeskServer(world: world) { [self] desk, request in
      await consoleServer(desk).answer(request)
    }
    let address = try server.start(
      bench.site.configuration.listen, bench.site, desk: deskActions())
    deskServer.withLock { $0 = server }
    bench.log.notice("listening", ["address": .text(address.url)])
    world.errors.line("resetsync: review desk: \(address.url)\(address.entry)")
    return server
  }

  /// What the desk shows and does by the configuration in force.
  private func deskActions() -> MirrorDesk {
    let bench = jobs.bench
    return bench.site.desk(
      jobs.viewed, world,
      nextRun: { [scheduler] in
        await scheduler.status.first { $0.job == .reconcile }?.next
      })
  }

  private func consoleServer(_ desk: ReviewDesk) -> ConsoleServer {
    ConsoleServer(
      desk: desk,
      sources: ConsoleServer.Sources(
        readiness: { [jobs] in await jobs.readiness() },
        metrics: { [jobs] in try await jobs.metrics() },
        status: { [jobs, scheduler] in
          let known = await scheduler.status
          let next = known.filter { $0.expression != nil || $0.isWaiting }
            .map { StatusModel.Job(name: $0.job.rawValue, nextAt: $0.next) }
          return try await jobs.status(next: known.isEmpty ? nil : next)
        }))
  }
}
