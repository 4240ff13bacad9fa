import Effects
import Formats

@testable import Pipeline

/// Drives the scheduler's decisions through simulated time: from turn to turn, with runs that
/// take as long as the test says.
struct SimulatedSchedule {
  var state: SchedulerState
  var now: Timestamp
  var monotonic = 0.0
  var runs: [ScheduledRun] = []
  /// When each run started.
  var starts: [Timestamp] = []
  var runSeconds: [ScheduledJob: Double] = [:]
  var endsAt: Timestamp?

  init(
    _ plan: SchedulePlan, at start: String, lastFired: [ScheduledJob: Timestamp] = [:],
    seed: UInt64 = 1
  ) throws {
    now = try timestamp(start)
    state = SchedulerState(
      plan: plan, lastFired: lastFired, now: now, monotonic: 0, random: SeededRandom(seed: seed))
  }

  var counts: [ScheduledJob: ScheduleCounts] {
    Dictionary(uniqueKeysWithValues: state.status.map { ($0.job, $0.counts) })
  }

  func started(_ job: ScheduledJob) -> Int { runs.count { $0.job == job } }

  /// Moves time on to `end`, taking every turn that is due on the way, `end` included.
  mutating func run(until end: String) throws {
    let end = try timestamp(end)
    while true {
      if let endsAt, endsAt <= now, let job = state.running {
        state.finished(job, at: now)
        self.endsAt = nil
      }
      let decision = state.advance(to: now, monotonic: monotonic)
      if let run = decision.start {
        runs.append(run)
        starts.append(now)
        endsAt = now.adding(seconds: runSeconds[run.job] ?? 0)
        continue
      }
      let next = min(decision.wakeAt ?? end, endsAt ?? end, end)
      if next >= end, now >= end { return }
      move(to: next)
    }
  }

  /// Moves both clocks.
  private mutating func move(to next: Timestamp) {
    monotonic += max(0, next.seconds(since: now))
    now = max(now, next)
  }

  /// Sets the wall clock only, as a time server or a suspension does.
  mutating func jump(seconds: Double) {
    now = now.adding(seconds: seconds)
  }
}

/// An instant of an RFC 3339 text.
func timestamp(_ text: String) throws -> Timestamp {
  Timestamp(wholeSeconds: try instant(text))
}

/// A plan with the jobs named, in a zone.
func plan(
  _ jobs: [ScheduledJob: String], zone: String = "UTC", jitterSeconds: Int64 = 0,
  windows: [ScheduleWindow] = []
) throws -> SchedulePlan {
  SchedulePlan(
    zone: try ScheduleZone(zone), jobs: try jobs.mapValues { try CronExpression(parsing: $0) },
    jitterSeconds: jitterSeconds, windows: ScheduleWindows(windows))
}
