import Effects
import Formats
import TestKit
import Testing

@testable import Pipeline

/// A store in memory that can be told to fail.
actor MemoryScheduleStore: ScheduleStore {
  struct Broken: Error {}
  private var times: [ScheduledJob: Timestamp]
  private let isBroken: Bool
  private(set) var records: [ScheduledJob] = []

  init(_ times: [ScheduledJob: Timestamp] = [:], isBroken: Bool = false) {
    self.times = times
    self.isBroken = isBroken
  }

  func lastFired() throws -> [ScheduledJob: Timestamp] {
    if isBroken { throw Broken() }
    return times
  }

  func record(_ job: ScheduledJob, firedAt due: Timestamp) throws {
    if isBroken { throw Broken() }
    times[job] = due
    records.append(job)
  }

  func time(of job: ScheduledJob) -> Timestamp? { times[job] }
}

/// A scheduler on a manual clock, with its runs written down.
struct SchedulerBench: Sendable {
  let time: ManualTime
  let store: MemoryScheduleStore
  let sink = MemorySink()
  let runs = Lock<[ScheduledRun]>([])
  let scheduler: Scheduler

  init(
    _ plan: SchedulePlan, at start: String, store: MemoryScheduleStore = MemoryScheduleStore(),
    perform: @escaping Scheduler.Perform = { _ in }
  ) throws {
    time = ManualTime(at: try timestamp(start))
    self.store = store
    let runs = runs
    scheduler = Scheduler(
      plan: plan, time: time, random: SeededRandom(seed: 3), store: store,
      log: Log(time: time, sink: sink)
    ) { run in
      runs.withLock { $0.append(run) }
      await perform(run)
    }
  }

  /// Waits until the scheduler sleeps and nothing runs.
  func settle() async {
    while await isBusy { await Task.yield() }
    await time.untilAsleep(1)
  }

  private var isBusy: Bool {
    get async {
      await scheduler.status.contains { $0.isRunning || ($0.next.map { $0 <= time.now } ?? false) }
    }
  }

  /// Lets time pass from sleep to sleep.
  func pass(until end: String) async throws {
    let end = try timestamp(end)
    await settle()
    while time.now < end {
      time.wakeNext()
      await settle()
    }
  }

  var jobs: [ScheduledJob] { runs.withLock { $0.map(\.job) } }
}

@Suite struct `Scheduler runs` {
  @Test(arguments: [
    ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
    ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
  ])
  func `runs the jobs of a day with a clock change`(
    _ start: String, _ end: String, _ hours: Int
  ) async throws {
    let bench = try SchedulerBench(
      plan(
        [.pull: "*/5 * * * *", .fullPull: "30 2 * * *", .import: "@every 1m"],
        zone: "Europe/Rome"), at: start)
    let task = Task { await bench.scheduler.run() }
    try await bench.pass(until: end)
    await bench.scheduler.stop()
    await task.value
    #expect(bench.jobs.count { $0 == .pull } == hours * 12)
    #expect(bench.jobs.count { $0 == .import } == hours * 60)
    #expect(bench.jobs.count { $0 == .fullPull } == 1)
    #expect(await bench.store.time(of: .pull) == (try timestamp(end)))
  }

  @Test func `catches up after a start and remembers what it starts`() async throws {
    let store = MemoryScheduleStore([.report: try timestamp("2026-11-20T07:00:00Z")])
    let bench = try SchedulerBench(
      plan([.report: "0 7 * * *"]), at: "2026-11-23T10:00:00Z", store: store)
    let task = Task { await bench.scheduler.run() }
    try await bench.pass(until: "2026-11-23T10:01:00Z")
    await bench.scheduler.stop()
    await task.value
    #expect(bench.runs.withLock { $0.map(\.cause) } == [.catchUp])
    #expect(await store.time(of: .report) == (try timestamp("2026-11-23T07:00:00Z")))
  }

  @Test func `counts a new job from its first sight, also over a restart`() async throws {
    let store = MemoryScheduleStore()
    let plan = try plan([.fullPull: "@every 24h"])
    let first = try SchedulerBench(plan, at: "2026-11-23T10:00:00Z", store: store)
    let task = Task { await first.scheduler.run() }
    await first.settle()
    await first.scheduler.stop()
    await task.value
    let second = try SchedulerBench(plan, at: "2026-11-24T11:00:00Z", store: store)
    let again = Task { await second.scheduler.run() }
    try await second.pass(until: "2026-11-24T11:00:30Z")
    await second.scheduler.stop()
    await again.value
    #expect(second.jobs == [.fullPull])
  }

  @Test func `goes on without its store and says so`() async throws {
    let bench = try SchedulerBench(
      plan([.pull: "* * * * *"]), at: "2026-11-23T10:00:30Z",
      store: MemoryScheduleStore(isBroken: true))
    let task = Task { await bench.scheduler.run() }
    try await bench.pass(until: "2026-11-23T10:02:00Z")
    await bench.scheduler.stop()
    await task.value
    #expect(bench.jobs == [.pull, .pull])
    #expect(bench.sink.lines.contains { $0.contains("last times unknown") })
    #expect(bench.sink.lines.count { $0.contains("warning schedule: time not stored") } == 1)
  }

  @Test func `wakes for a changed folder and for a request`() async throws {
    let bench = try SchedulerBench(plan([:]), at: "2026-11-23T10:00:00Z")
    let task = Task { await bench.scheduler.run() }
    await bench.settle()
    for _ in 0..<20 { await bench.scheduler.wake(.import) }
    try await bench.pass(until: "2026-11-23T10:00:03Z")
    await bench.scheduler.request(.report)
    try await bench.pass(until: "2026-11-23T10:02:00Z")
    await bench.scheduler.stop()
    await task.value
    #expect(bench.jobs == [.import, .report])
  }

  @Test func `lets the run under way finish when told to drain`() async throws {
    let gate = Gate()
    let bench = try SchedulerBench(
      plan([.pull: "* * * * *"]), at: "2026-11-23T10:00:30Z",
      perform: { _ in
        await gate.pass()
        #expect(!Task.isCancelled)
      })
    let task = Task { await bench.scheduler.run() }
    await bench.time.untilAsleep(1)
    bench.time.wakeNext()
    await gate.untilReached()
    await bench.scheduler.stop(cancellingRun: false)
    await gate.open()
    await task.value
    #expect(bench.jobs == [.pull])
  }

  @Test func `cancels the run under way when told to wind down`() async throws {
    let gate = Gate()
    let wasCancelled = Lock(false)
    let bench = try SchedulerBench(
      plan([.pull: "* * * * *"]), at: "2026-11-23T10:00:30Z",
      perform: { _ in
        await gate.pass()
        wasCancelled.withLock { $0 = Task.isCancelled }
      })
    let task = Task { await bench.scheduler.run() }
    await bench.time.untilAsleep(1)
    bench.time.wakeNext()
    await gate.untilReached()
    await bench.scheduler.stop()
    await gate.open()
    await task.value
    #expect(wasCancelled.withLock { $0 })
  }

  @Test func `ends when its task is cancelled while it sleeps`() async throws {
    let bench = try SchedulerBench(plan([.report: "0 0 1 1 *"]), at: "2026-11-23T10:00:00Z")
    let task = Task { await bench.scheduler.run() }
    await bench.settle()
    task.cancel()
    await task.value
    #expect(bench.jobs.isEmpty)
  }

  @Test func `notices a clock that was set`() async throws {
    let bench = try SchedulerBench(
      plan([.fullPull: "15 3 * * *"]), at: "2026-11-23T01:00:00Z")
    let task = Task { await bench.scheduler.run() }
    await bench.settle()
    bench.time.jump(to: try timestamp("2026-11-23T05:00:00Z"))
    bench.time.wakeNext()
    try await bench.pass(until: "2026-11-23T05:02:00Z")
    await bench.scheduler.stop()
    await task.value
    #expect(bench.jobs == [.fullPull])
    #expect(bench.sink.lines.contains { $0.contains("the clock jumped") })
  }

  @Test func `answers with the new times after a reload`() async throws {
    let bench = try SchedulerBench(plan([.pull: "0 * * * *"]), at: "2026-11-23T10:00:00Z")
    let task = Task { await bench.scheduler.run() }
    await bench.settle()
    await bench.scheduler.adopt(try plan([.pull: "30 * * * *"]))
    let next = await bench.scheduler.status.first { $0.job == .pull }?.next
    #expect(next == (try timestamp("2026-11-23T10:30:00Z")))
    await bench.scheduler.stop()
    await task.value
  }
}

/// A place where a run waits until the test lets it go on; deaf to cancellation.
actor Gate {
  private var isOpen = false
  private var isReached = false
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private var watchers: [CheckedContinuation<Void, Never>] = []

  func pass() async {
    isReached = true
    for watcher in watchers { watcher.resume() }
    watchers = []
    guard !isOpen else { return }
    await withCheckedContinuation { waiters.append($0) }
  }

  func untilReached() async {
    guard !isReached else { return }
    await withCheckedContinuation { watchers.append($0) }
  }

  func open() {
    isOpen = true
    for waiter in waiters { waiter.resume() }
    waiters = []
  }
}
