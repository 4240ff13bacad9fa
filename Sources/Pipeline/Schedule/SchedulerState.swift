internal import Effects
public import Formats

/// What the scheduler decides, without a clock, a task or a file of its own.
///
/// One run at a time. A job that becomes due while another runs waits for it; a job that becomes
/// due while it runs or waits itself skips that tick, which is counted. Ticks missed while the
/// daemon was not running are made up for by one run.
///
///     tick ──► waiting (jitter, window, other run) ──► running ──► idle
///                ▲ wake-up, request, catch-up
public struct SchedulerState: Sendable {
  /// What to do after a turn.
  public struct Decision: Sendable, Equatable {
    /// The run to start, nil if none.
    public var start: ScheduledRun?
    /// When to take the next turn at the latest, nil if only an event can bring one.
    public var wakeAt: Timestamp?
    /// Seconds by which the wall clock left elapsed time since the last turn, if by more than
    /// `jumpSecondsMin`; positive after a suspension of the machine too.
    public var clockJumpSeconds: Double?
    /// Jobs that skipped ticks in this turn, with how many.
    public var skipped: [ScheduledJob: Int] = [:]
  }

  private(set) var plan: SchedulePlan
  private var jobs: [JobState]
  private var lastTurn: (wall: Timestamp, monotonic: Double)
  private var skippedSinceTurn: [ScheduledJob: Int] = [:]
  private let random: any RandomSource

  /// Differences between wall clock and elapsed time that count as a jump, in seconds.
  public static let jumpSecondsMin = 5.0
  /// How long after a wake-up the run starts, in seconds, so that many wake-ups make one run.
  public static let wakeDelaySeconds = 2.0

  /// The job that runs, nil if none.
  public var running: ScheduledJob? { jobs.first { $0.isRunning }?.job }

  /// Begins after a start; `lastFired` is what the store remembers.
  init(
    plan: SchedulePlan, lastFired: [ScheduledJob: Timestamp], now: Timestamp, monotonic: Double,
    random: any RandomSource
  ) {
    self.plan = plan
    self.random = random
    lastTurn = (now, monotonic)
    jobs = ScheduledJob.allCases.map {
      JobState(job: $0, expression: plan.jobs[$0], zone: plan.zone)
    }
    for index in jobs.indices {
      let last = lastFired[jobs[index].job]
      guard let missed = jobs[index].begin(lastFired: last, now: now.wholeSeconds) else { continue }
      jobs[index].counts.caughtUp += 1
      enqueue(index, due: Timestamp(wholeSeconds: missed), from: now, cause: .catchUp)
    }
  }

  /// Takes a turn: collects ticks and picks at most one run to start.
  mutating func advance(to now: Timestamp, monotonic: Double) -> Decision {
    var decision = Decision()
    decision.clockJumpSeconds = followClock(now, monotonic)
    collectTicks(now)
    decision.skipped = skippedSinceTurn
    skippedSinceTurn = [:]
    if running == nil { decision.start = pick(now) }
    decision.wakeAt = nextTurn
    return decision
  }

  /// A run has ended; the next turn may start another.
  mutating func finished(_ job: ScheduledJob, at now: Timestamp) {
    guard let index = jobs.firstIndex(where: { $0.job == job && $0.isRunning }) else { return }
    // Ticks through now came during the run and are skipped.
    collectTicks(now)
    jobs[index].isRunning = false
    if jobs[index].isWokenWhileRunning {
      jobs[index].isWokenWhileRunning = false
      wake(job, at: now)
    }
  }

  /// Something changed that the job would see; several wake-ups make one run.
  mutating func wake(_ job: ScheduledJob, at now: Timestamp) {
    guard let index = jobs.firstIndex(where: { $0.job == job }) else { return }
    if jobs[index].isRunning {
      jobs[index].isWokenWhileRunning = true
      return
    }
    let start = now.adding(seconds: Self.wakeDelaySeconds)
    if let waiting = jobs[index].waiting {
      if !waiting.isHeld { jobs[index].waiting?.startsAt = min(waiting.startsAt, start) }
    } else {
      jobs[index].waiting = .init(due: now, startsAt: start, cause: .wakeUp)
    }
  }

  /// Somebody wants a run now; it starts as soon as nothing else runs.
  mutating func request(_ job: ScheduledJob, at now: Timestamp) {
    guard let index = jobs.firstIndex(where: { $0.job == job }) else { return }
    jobs[index].waiting = .init(due: now, startsAt: now, cause: .request)
  }

  /// Follows a new configuration; what runs goes on.
  mutating func adopt(_ plan: SchedulePlan, at now: Timestamp) {
    self.plan = plan
    for index in jobs.indices {
      let expression = plan.jobs[jobs[index].job]
      jobs[index].adopt(expression, zone: plan.zone, now: now.wholeSeconds)
      // A changed window may permit what the old one held.
      if jobs[index].waiting?.isHeld == true { jobs[index].waiting?.startsAt = now }
    }
  }

  /// What is known of each job.
  public var status: [ScheduledJobStatus] {
    jobs.map { job in
      let tick = job.tick.flatMap { tick in
        plan.windows.nextPermitted(fromSeconds: tick, in: plan.zone)
      }
      return ScheduledJobStatus(
        job: job.job, expression: job.expression, lastFired: job.lastFired,
        next: job.waiting?.startsAt ?? tick.map(Timestamp.init(wholeSeconds:)),
        isRunning: job.isRunning, isWaiting: job.waiting != nil, counts: job.counts)
    }
  }
}

extension SchedulerState {
  /// Notices jumps; a clock set back moves what is planned, one set forward just makes it due.
  private mutating func followClock(_ now: Timestamp, _ monotonic: Double) -> Double? {
    let jump = now.seconds(since: lastTurn.wall) - (monotonic - lastTurn.monotonic)
    lastTurn = (now, monotonic)
    guard abs(jump) >= Self.jumpSecondsMin else { return nil }
    if jump < 0 {
      for index in jobs.indices {
        jobs[index].clockWentBack(bySeconds: Int64(-jump), now: now.wholeSeconds)
      }
    }
    return jump
  }

  private mutating func collectTicks(_ now: Timestamp) {
    for index in jobs.indices {
      guard let ticks = jobs[index].takeTicks(through: now.wholeSeconds) else { continue }
      var skipped = ticks.count
      if jobs[index].waiting?.isHeld == true {
        jobs[index].counts.held += ticks.count
        continue
      }
      if !jobs[index].isRunning, jobs[index].waiting == nil {
        skipped -= 1
        let due = Timestamp(wholeSeconds: ticks.last)
        enqueue(index, due: due, from: due, cause: .tick)
      }
      jobs[index].counts.skipped += skipped
      if skipped > 0 { skippedSinceTurn[jobs[index].job, default: 0] += skipped }
    }
  }

  /// Puts a run in the queue after a random delay, which stays below half of the time to the
  /// next tick so that a job never overtakes itself.
  private mutating func enqueue(
    _ index: Int, due: Timestamp, from start: Timestamp, cause: ScheduledRun.Cause
  ) {
    let spacing = jobs[index].tick.map { Timestamp(wholeSeconds: $0).seconds(since: start) }
    let jitterMax = min(Double(plan.jitterSeconds), max(0, spacing ?? .infinity) / 2)
    let delay = jitterMax > 0 ? random.unit() * jitterMax : 0
    jobs[index].waiting = .init(due: due, startsAt: start.adding(seconds: delay), cause: cause)
  }

  /// The run that has waited longest for a time that has come; holds those whose window is shut.
  private mutating func pick(_ now: Timestamp) -> ScheduledRun? {
    let isOpen = plan.windows.permits(at: now, in: plan.zone)
    if !isOpen { hold(now) }
    let ready = jobs.indices.filter { index in
      guard let waiting = jobs[index].waiting, waiting.startsAt <= now else { return false }
      return isOpen || waiting.cause == .request
    }
    let first = ready.min { left, right in
      let (a, b) = (jobs[left].waiting?.due, jobs[right].waiting?.due)
      return a == b ? jobs[left].job < jobs[right].job : (a ?? now) < (b ?? now)
    }
    guard let first, let waiting = jobs[first].waiting else { return nil }
    jobs[first].waiting = nil
    jobs[first].isRunning = true
    jobs[first].lastFired = max(waiting.due, jobs[first].lastFired ?? waiting.due)
    jobs[first].counts.started += 1
    return ScheduledRun(job: jobs[first].job, due: waiting.due, cause: waiting.cause)
  }

  /// Moves what would start now to the next opening; drops it when no window opens again.
  private mutating func hold(_ now: Timestamp) {
    let opening = plan.windows.nextPermitted(fromSeconds: now.wholeSeconds, in: plan.zone)
    for index in jobs.indices {
      guard let waiting = jobs[index].waiting, waiting.startsAt <= now,
        waiting.cause != .request
      else { continue }
      if !waiting.isHeld { jobs[index].counts.held += 1 }
      jobs[index].waiting?.isHeld = true
      if let opening {
        jobs[index].waiting?.startsAt = Timestamp(wholeSeconds: opening)
      } else {
        jobs[index].waiting = nil
      }
    }
  }

  /// When something will be due; while a run goes on only ticks are of interest.
  private var nextTurn: Timestamp? {
    let ticks = jobs.compactMap(\.tick).map(Timestamp.init(wholeSeconds:))
    let starts = running == nil ? jobs.compactMap(\.waiting?.startsAt) : []
    return (ticks + starts).min()
  }
}
