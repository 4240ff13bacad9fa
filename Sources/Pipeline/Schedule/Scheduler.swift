public import Effects
internal import Formats

/// Starts runs at their times, one after the other, until it is stopped.
///
/// Decisions are made by `SchedulerState`; this actor brings it the time, runs what it picks and
/// remembers in the store when each job was due.
public actor Scheduler {
  /// What a run does; its task is cancelled when the scheduler is told to wind down.
  ///
  /// It runs outside of the scheduler, which stays able to answer.
  public typealias Perform = @concurrent @Sendable (ScheduledRun) async -> Void

  private let time: any TimeSource
  private let random: any RandomSource
  private let store: any ScheduleStore
  private var log: Log
  private let perform: Perform

  private var plan: SchedulePlan
  private var state: SchedulerState?
  private var current: Task<Void, Never>?
  private var sleeper: Task<Void, Never>?
  /// Jobs that skipped ticks since they last started; a long run is told once, not every tick.
  private var late: Set<ScheduledJob> = []
  /// Whether the store took the last time; what it can't take is told once.
  private var isStored = true
  private var isPoked = false
  private var isStopping = false

  /// The longest sleep between two looks at the clock, in seconds: a clock that was set and a
  /// machine that was suspended are noticed within this time.
  public static let sleepSecondsMax = 60.0

  /// Prepares a scheduler; `run` starts it.
  public init(
    plan: SchedulePlan, time: any TimeSource, random: any RandomSource,
    store: any ScheduleStore, log: Log, perform: @escaping Perform
  ) {
    self.plan = plan
    self.time = time
    self.random = random
    self.store = store
    self.log = log
    self.perform = perform
  }

  /// Runs jobs until `stop` is called or the task is cancelled, then waits for the run that is
  /// under way.
  public func run() async {
    await begin()
    while !isStopping, !Task.isCancelled {
      let decision = turn()
      if let run = decision.start { start(run) }
      await pause(until: decision.wakeAt)
    }
    if Task.isCancelled { current?.cancel() }
    await current?.value
  }

  /// Starts nothing more; `run` returns when the run under way has ended, which is cancelled
  /// (told to finish its request, store and return) if `cancellingRun` says so.
  public func stop(cancellingRun: Bool = true) {
    isStopping = true
    if cancellingRun { current?.cancel() }
    poke()
  }

  /// Something changed that the job would see; several wake-ups make one run.
  public func wake(_ job: ScheduledJob) {
    state?.wake(job, at: time.now)
    poke()
  }

  /// Somebody wants a run now; it starts as soon as nothing else runs, whatever the windows say.
  public func request(_ job: ScheduledJob) {
    state?.request(job, at: time.now)
    poke()
  }

  /// Follows a new configuration, and tells of it in another log if one is given; what runs goes
  /// on.
  public func adopt(_ plan: SchedulePlan, log: Log? = nil) {
    self.plan = plan
    self.log = log ?? self.log
    state?.adopt(plan, at: time.now)
    poke()
  }

  /// What is known of each job; empty before `run` has begun.
  public var status: [ScheduledJobStatus] { state?.status ?? [] }

  private func begin() async {
    var lastFired: [ScheduledJob: Timestamp] = [:]
    do {
      lastFired = try await store.lastFired()
      // A job seen for the first time is counted from now, so that a stop before its first run
      // does not start the count again.
      for job in plan.jobs.keys.sorted() where lastFired[job] == nil {
        await remember(job, due: time.now)
      }
    } catch {
      log.warning("schedule: last times unknown, nothing is caught up", ["error": "\(error)"])
    }
    state = SchedulerState(
      plan: plan, lastFired: lastFired, now: time.now, monotonic: time.monotonicSeconds,
      random: random)
  }

  private func turn() -> SchedulerState.Decision {
    isPoked = false
    guard var state else { return .init() }
    let decision = state.advance(to: time.now, monotonic: time.monotonicSeconds)
    self.state = state
    if let jump = decision.clockJumpSeconds {
      log.notice("schedule: the clock jumped", ["seconds": .double(jump)])
    }
    for job in decision.skipped.keys.sorted() where late.insert(job).inserted {
      log.notice(
        "schedule: ticks are late and skipped until the job has run again",
        ["job": .text(job.rawValue)])
    }
    return decision
  }

  private func start(_ run: ScheduledRun) {
    late.remove(run.job)
    log.debug(
      "schedule: run starts",
      ["job": .text(run.job.rawValue), "due": .init(run.due), "cause": .text(run.cause.rawValue)])
    current = Task {
      if !Task.isCancelled {
        await remember(run.job, due: run.due)
        await perform(run)
      }
      finished(run.job)
    }
  }

  private func finished(_ job: ScheduledJob) {
    state?.finished(job, at: time.now)
    current = nil
    poke()
  }

  /// Stored before the run starts: a run that kills the daemon must not start it over and over.
  private func remember(_ job: ScheduledJob, due: Timestamp) async {
    do {
      try await store.record(job, firedAt: due)
      isStored = true
    } catch {
      log.write(
        isStored ? .warning : .debug, "schedule: time not stored",
        ["job": .text(job.rawValue), "error": "\(error)"])
      isStored = false
    }
  }

  /// Sleeps until a time, an event, or `sleepSecondsMax`, whichever comes first.
  private func pause(until wakeAt: Timestamp?) async {
    guard !isPoked, !isStopping else { return }
    let wanted = wakeAt?.seconds(since: time.now) ?? Self.sleepSecondsMax
    let seconds = min(max(wanted, 0), Self.sleepSecondsMax)
    let sleeper = Task { [time] in
      do { try await time.sleep(seconds: seconds) } catch {}
    }
    self.sleeper = sleeper
    await withTaskCancellationHandler {
      await sleeper.value
    } onCancel: {
      sleeper.cancel()
    }
    self.sleeper = nil
  }

  private func poke() {
    isPoked = true
    sleeper?.cancel()
  }
}
