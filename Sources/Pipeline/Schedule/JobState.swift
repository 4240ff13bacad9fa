import Formats

/// What the scheduler knows of one job: its next tick, a run that waits, and counts.
struct JobState: Sendable {
  /// A run that is to start as soon as its time has come and nothing else runs.
  struct Waiting: Sendable, Equatable {
    let due: Timestamp
    var startsAt: Timestamp
    var cause: ScheduledRun.Cause
    var isHeld = false
  }

  let job: ScheduledJob
  private(set) var expression: CronExpression?
  private(set) var zone: ScheduleZone
  /// The next tick, in seconds since 1970.
  private(set) var tick: Int64?
  var waiting: Waiting?
  var isRunning = false
  /// A wake-up came during a run, whose result may be older than what woke.
  var isWokenWhileRunning = false
  var lastFired: Timestamp?
  var counts = ScheduleCounts()

  /// Ticks that are counted one by one after a suspension; more are counted as that many.
  static let ticksCountedMax = 10_000
  /// How far a clock may be set back before fixed times are fired again, in seconds.
  ///
  /// Three hours, as in Vixie cron: beyond that the clock was plainly wrong before.
  static let setBackSecondsMax: Int64 = 3 * 3_600

  init(job: ScheduledJob, expression: CronExpression?, zone: ScheduleZone) {
    self.job = job
    self.expression = expression
    self.zone = zone
  }

  /// Begins after a start of the daemon; returns the missed tick to catch up, if any.
  mutating func begin(lastFired last: Timestamp?, now: Int64) -> Int64? {
    guard let last, last.wholeSeconds <= now + Self.setBackSecondsMax else {
      plan(after: now)
      return nil
    }
    lastFired = last
    guard last.wholeSeconds <= now else {
      // The clock was set back: fixed times are not fired twice, rhythms go on.
      plan(after: expression?.isFixedTime == true ? last.wholeSeconds : now)
      return nil
    }
    plan(after: last.wholeSeconds)
    guard let missed = takeTicks(through: now) else { return nil }
    counts.skipped += missed.count - 1
    return missed.last
  }

  /// Follows a new configuration.
  mutating func adopt(_ expression: CronExpression?, zone: ScheduleZone, now: Int64) {
    guard expression != self.expression || zone != self.zone else { return }
    self.expression = expression
    self.zone = zone
    plan(after: now)
    if expression == nil, waiting?.cause == .tick || waiting?.cause == .catchUp { waiting = nil }
  }

  /// The latest tick through `now` and how many there were; moves on to the next one.
  mutating func takeTicks(through now: Int64) -> (last: Int64, count: Int)? {
    guard let expression, var last = tick, last <= now else { return nil }
    var count = 1
    if case .every(let seconds) = expression.rule {
      let more = (now - last) / seconds
      last += more * seconds
      count += Int(more)
      tick = last + seconds
      return (last, count)
    }
    var next = expression.next(afterSeconds: last, in: zone)
    while let found = next, found <= now {
      guard count < Self.ticksCountedMax else {
        next = expression.next(afterSeconds: now, in: zone)
        break
      }
      last = found
      count += 1
      next = expression.next(afterSeconds: found, in: zone)
    }
    tick = next
    return (last, count)
  }

  /// The wall clock was set back by `seconds` against elapsed time.
  mutating func clockWentBack(bySeconds seconds: Int64, now: Int64) {
    if let waiting { self.waiting?.startsAt = waiting.startsAt.adding(seconds: -Double(seconds)) }
    guard let expression, let tick else { return }
    if expression.isInterval {
      self.tick = tick - seconds
    } else if !expression.isFixedTime || seconds > Self.setBackSecondsMax {
      plan(after: now)
    }
  }

  private mutating func plan(after instant: Int64) {
    tick = expression?.next(afterSeconds: instant, in: zone)
  }
}
