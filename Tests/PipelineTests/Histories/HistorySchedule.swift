import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation
import TestKit

// The daemon's rhythm: the scheduler starts pulls, imports and reconciles on a clock that jumps,
// sleeps and is started anew, while people work.
extension History {
  private static let jobs: [ScheduledJob: String] = [
    .pull: "5-59/20 * * * *", .import: "*/25 * * * *", .reconcile: "*/30 * * * *",
    .fullPull: "15 */2 * * *",
  ]
  /// The time between two ticks of the reconcile, in seconds.
  private static let reconcileSeconds = 1_800.0
  /// How many reconciles end a stay under the scheduler, and how many steps do at the latest.
  private static let reconcilesMax = 3
  private static let stepsMax = 500

  /// Some hours under the scheduler; each reconcile is judged, or only its promises are.
  func underSchedule(isJudged: Bool) async throws -> String? {
    tell("scheduler")
    let daemon = try SimulatedDaemon(self, plan(Self.jobs), isJudged: isJudged, seed: random.next())
    await daemon.start()
    var steps = 0
    while daemon.reconciles < Self.reconcilesMax, steps < Self.stepsMax, daemon.flaw == nil {
      steps += 1
      try await step(daemon)
      let silence = daemon.clock.monotonicSeconds - daemon.lastSign
      if silence > Self.reconcileSeconds + 180 { daemon.note("no reconcile for \(silence) s") }
    }
    await daemon.stop()
    if steps == Self.stepsMax { daemon.note("the scheduler does not get on") }
    return daemon.flaw.map { "scheduler: " + $0 }
  }

  /// Time passes, or something happens.
  private func step(_ daemon: SimulatedDaemon) async throws {
    switch pick(60) {
    case 0...3: edit()
    case 4: try await decide()
    case 5: if daemon.hasImported { try daemon.deliver() }
    case 6:
      let seconds = one(of: [-7_200.0, -600, -30, 30, 600, 7_200])
      tell("clock jumps", "by \(seconds) s")
      await daemon.jump(seconds: seconds)
    case 7:
      tell("suspended")
      await daemon.suspend(seconds: one(of: [120.0, 2_400, 9_000]))
    case 8:
      tell("restart")
      await daemon.restart(after: one(of: [10.0, 1_500, 9_000]))
    default: await daemon.pass()
    }
  }
}

/// The scheduler with the line behind it, on a clock that a test moves.
///
/// One thing at a time: the test goes on when the scheduler sleeps and nothing runs.
final class SimulatedDaemon {
  private let history: History
  private let plan: SchedulePlan
  private let isJudged: Bool
  private let seed: UInt64
  private let store = MemoryScheduleStore()
  let clock: ManualTime
  /// The one that runs; it holds this daemon, and with it the history and its files.
  private var scheduler: Scheduler?
  private var task: Task<Void, Never>?
  /// How far the world was when the clock began, and what passed while the machine slept, in
  /// seconds.
  private let start: Timestamp
  private var asleep = 0.0
  private let isRunning = Lock(false)
  private(set) var reconciles = 0
  private(set) var flaw: String?
  private(set) var hasImported = false
  /// When a reconcile ran last, or the clock or the daemon was tampered with.
  private(set) var lastSign = 0.0

  init(_ history: History, _ plan: SchedulePlan, isJudged: Bool, seed: UInt64) {
    self.history = history
    self.plan = plan
    self.isJudged = isJudged
    self.seed = seed
    start = history.shop.time.now
    clock = ManualTime(at: history.shop.now)
  }

  func note(_ flaw: String) { self.flaw = self.flaw ?? flaw }

  func start() async {
    // The test waits for the scheduler whenever it uses the daemon or the history.
    nonisolated(unsafe) let daemon = self
    let scheduler = Scheduler(
      plan: plan, time: clock, random: SeededRandom(seed: seed), store: store,
      log: Log(level: .error, time: clock, sink: MemorySink())
    ) { run in
      await unsafe daemon.perform(run)
    }
    self.scheduler = scheduler
    task = Task { await scheduler.run() }
    lastSign = clock.monotonicSeconds
    await settle()
  }

  func stop() async {
    await settle()
    await scheduler?.stop()
    await task?.value
    scheduler = nil
    catchUp()
  }

  /// Sleeps to the next look at the clock.
  func pass() async {
    clock.wakeNext()
    await settle()
    catchUp()
  }

  /// Somebody sets the clock of the machine.
  func jump(seconds: Double) async {
    history.shop.clockOffset += seconds
    clock.jump(to: clock.now.adding(seconds: seconds))
    lastSign = clock.monotonicSeconds
    await pass()
  }

  /// The machine sleeps: time goes by, and the clock that counts seconds stands still.
  func suspend(seconds: Double) async {
    asleep += seconds
    clock.jump(to: clock.now.adding(seconds: seconds))
    catchUp()
    await pass()
  }

  /// The daemon ends and comes back: what it missed is made up for once.
  func restart(after seconds: Double) async {
    await stop()
    clock.advance(seconds: seconds)
    catchUp()
    let (before, due) = (reconciles, await store.time(of: .reconcile) ?? clock.now)
    let ticks = Self.ticks(from: due, to: clock.now)
    let back = clock.now
    await start()
    let (made, missed) = (reconciles - before, min(ticks, 1))
    // Runs take their time, so that a tick of today may come while they go on.
    let fresh = Self.ticks(from: back, to: clock.now)
    if made < missed || made > missed + fresh {
      note("\(made) reconciles made up for \(ticks) ticks")
    }
  }

  /// Half hours in a time, its end included.
  private static func ticks(from start: Timestamp, to end: Timestamp) -> Int {
    let half: Int64 = 1_800_000_000
    return max(0, Int(end.microseconds / half - start.microseconds / half))
  }

  func deliver() throws {
    hasImported = false
    try history.deliver()
  }

  /// Waits until the scheduler sleeps and nothing runs.
  private func settle() async {
    repeat {
      while await isBusy { await Task.yield() }
      await clock.untilAsleep(1)
    } while await isBusy
  }

  private var isBusy: Bool {
    get async {
      if isRunning.withLock({ $0 }) { return true }
      return await scheduler?.status.contains {
        $0.isRunning || ($0.next.map { $0 <= clock.now } ?? false)
      } ?? false
    }
  }

  /// The world goes on with the clock.
  private func catchUp() {
    let elapsed = history.shop.time.now.seconds(since: start)
    let behind = clock.monotonicSeconds + asleep - elapsed
    if behind > 0 { history.shop.time.advance(seconds: behind) }
  }

  // MARK: Runs

  private func perform(_ run: ScheduledRun) async {
    let isAlone = isRunning.withLock { isRunning in
      defer { isRunning = true }
      return !isRunning
    }
    if !isAlone { note("two runs at once") }
    catchUp()
    let begun = history.shop.time.now
    do {
      try await perform(run.job)
    } catch {
      note("\(run.job): \(error)")
    }
    // It took its time for the scheduler too.
    clock.advance(seconds: history.shop.time.now.seconds(since: begun))
    isRunning.withLock { $0 = false }
  }

  private func perform(_ job: ScheduledJob) async throws {
    var request = RunRequest(command: job.rawValue, by: "daemon")
    history.touched = job == .import ? history.touched : []
    switch job {
    case .pull, .fullPull:
      request.pull = job == .pull ? .changes : .full
      history.oracle.pull(full: job == .fullPull)
      try expectOK(try await history.shop.run(request), job)
    case .import:
      request.imports = .waiting(mappings: [])
      hasImported = true
      try expectOK(try await history.shop.run(request), job)
    case .reconcile: try await reconcile(&request)
    case .report: break
    }
  }

  private func expectOK(_ summary: RunSummary, _ job: ScheduledJob) throws {
    guard isJudged, summary.result != .ok else { return }
    note("\(job) ends \(summary.result): \(summary.messages)")
  }

  private func reconcile(_ request: inout RunRequest) async throws {
    request.pull = .changes
    request.imports = .waiting(mappings: [])
    request.scope = .changes
    (hasImported, lastSign) = (true, clock.monotonicSeconds)
    reconciles += 1
    let expected = history.oracle.run(full: false, at: history.programSeconds + 1)
    history.story.append("  scheduled run")
    let summary = try await history.shop.run(request)
    guard isJudged else {
      if summary.push.failed > 0, summary.result == .ok { note("failed, and yet ok") }
      return
    }
    if let difference = try await history.compare(summary, expected) { note(difference) }
  }
}
