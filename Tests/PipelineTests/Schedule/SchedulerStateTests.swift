import Formats
import Testing

@testable import Pipeline

@Suite struct `Scheduler decisions` {
  static let everything: [ScheduledJob: String] = [
    .pull: "*/5 * * * *", .fullPull: "30 2 * * *", .import: "@every 1m",
    .reconcile: "*/15 * * * *", .report: "0 7 * * 1-5",
  ]

  @Test(arguments: [
    // March has 743 hours in Rome, October 745; both have 31 days and 22 weekdays.
    ("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", 743, 31, 22),
    ("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", 745, 31, 22),
  ])
  func `fire exactly as often as a month has times`(
    _ start: String, _ end: String, _ hours: Int, _ days: Int, _ weekdays: Int
  ) throws {
    var month = try SimulatedSchedule(plan(Self.everything, zone: "Europe/Rome"), at: start)
    try month.run(until: end)
    #expect(month.started(.pull) == hours * 12)
    #expect(month.started(.import) == hours * 60)
    #expect(month.started(.reconcile) == hours * 4)
    #expect(month.started(.fullPull) == days)
    #expect(month.started(.report) == weekdays)
    #expect(month.counts.values.allSatisfy { $0.skipped == 0 && $0.held == 0 })
  }

  @Test func `start every run of a month on time, within the jitter, and never two at once`() throws
  {
    let jitter: Int64 = 10
    var month = try SimulatedSchedule(
      plan(
        Self.everything.merging([.import: "@every 10m"]) { $1 }, zone: "Europe/Rome",
        jitterSeconds: jitter),
      at: "2026-09-30T22:00:00Z")
    month.runSeconds = [.pull: 1, .import: 1, .reconcile: 3, .fullPull: 2, .report: 1]
    try month.run(until: "2026-10-31T23:00:30Z")
    #expect(month.started(.pull) == 745 * 12)
    #expect(month.started(.fullPull) == 31)
    var delays: Set<Int> = []
    for (index, (run, start)) in zip(month.runs, month.starts).enumerated() {
      let delay = start.seconds(since: run.due)
      delays.insert(Int(delay))
      // Five runs of at most 8 seconds together may stand before it.
      #expect(delay >= 0 && delay < Double(jitter) + 8, "\(run)")
      guard index > 0 else { continue }
      let before = month.runs[index - 1]
      #expect(
        start.seconds(since: month.starts[index - 1]) >= (month.runSeconds[before.job] ?? 0))
    }
    #expect(delays.count > 5)
  }

  @Test func `put jobs that are due together in order of precedence`() throws {
    var day = try SimulatedSchedule(plan(Self.everything), at: "2026-11-23T06:59:30Z")
    try day.run(until: "2026-11-23T07:00:00Z")
    #expect(day.runs.map(\.job) == [.pull, .reconcile, .report])
    try day.run(until: "2026-11-24T02:30:00Z")
    #expect(day.runs.suffix(3).map(\.job) == [.fullPull, .pull, .reconcile])
  }

  @Test func `skip and count the ticks of a job that still runs`() throws {
    var hour = try SimulatedSchedule(
      plan([.pull: "*/5 * * * *"]), at: "2026-11-23T10:00:00Z")
    hour.runSeconds = [.pull: 7 * 60]
    try hour.run(until: "2026-11-23T11:00:00Z")
    // :05 runs to :12 over :10, :15 to :22 over :20, and so on.
    #expect(hour.started(.pull) == 6)
    #expect(hour.counts[.pull]?.skipped == 6)
    #expect(
      hour.starts.map { $0.seconds(since: hour.runs[0].due) } == [
        0, 600, 1_200, 1_800, 2_400, 3_000,
      ])
  }

  @Test func `account for every tick while jobs get in each other's way`() throws {
    var day = try SimulatedSchedule(
      plan(Self.everything, jitterSeconds: 30), at: "2026-11-23T00:00:00Z", seed: 7)
    day.runSeconds = [.pull: 50, .import: 20, .reconcile: 400, .fullPull: 3_000, .report: 10]
    try day.run(until: "2026-11-24T00:00:00Z")
    let ticks: [ScheduledJob: Int] = [
      .pull: 288, .import: 1_440, .reconcile: 96, .fullPull: 1, .report: 1,
    ]
    for status in day.state.status {
      let pending = status.isWaiting ? 1 : 0
      #expect(
        status.counts.started + status.counts.skipped + pending == ticks[status.job] ?? 0,
        "\(status.job)")
      #expect(status.counts.started == day.started(status.job))
      #expect(status.counts.started > 0)
    }
    #expect((day.counts[.import]?.skipped ?? 0) > 0)
  }

  @Test func `make a job that is due during another run wait for its end`() throws {
    var hour = try SimulatedSchedule(
      plan([.fullPull: "0 3 * * *", .pull: "5 3 * * *"]), at: "2026-11-23T02:59:00Z")
    hour.runSeconds = [.fullPull: 1_000]
    try hour.run(until: "2026-11-23T04:00:00Z")
    #expect(hour.runs.map(\.job) == [.fullPull, .pull])
    #expect(hour.starts[1] == (try timestamp("2026-11-23T03:16:40Z")))
    #expect(hour.counts[.pull]?.skipped == 0)
  }

  @Test func `catch up one missed run per job after a start`() throws {
    let last = try timestamp("2026-11-20T03:15:00Z")
    var state = try SimulatedSchedule(
      plan([
        .fullPull: "15 3 * * *", .pull: "*/5 * * * *", .report: "0 7 * * *", .import: "@every 1h",
      ]),
      at: "2026-11-23T05:02:00Z",
      lastFired: [
        .fullPull: last, .pull: last, .report: try timestamp("2026-11-22T07:00:00Z"),
        .import: last,
      ])
    try state.run(until: "2026-11-23T05:04:00Z")
    #expect(state.runs.map(\.job) == [.fullPull, .import, .pull])
    #expect(state.runs.allSatisfy { $0.cause == .catchUp })
    #expect(
      state.runs.map(\.due) == [
        try timestamp("2026-11-23T03:15:00Z"), try timestamp("2026-11-23T04:15:00Z"),
        try timestamp("2026-11-23T05:00:00Z"),
      ])
    #expect(state.counts[.fullPull]?.caughtUp == 1)
    #expect(state.counts[.fullPull]?.skipped == 2)
    #expect(state.counts[.import]?.skipped == 72)
    try state.run(until: "2026-11-23T05:15:00Z")
    #expect(state.runs.suffix(4).map(\.job) == [.pull, .pull, .pull, .import])
  }

  @Test func `catch up nothing when nothing was missed or nothing is known`() throws {
    var state = try SimulatedSchedule(
      plan([.fullPull: "15 3 * * *", .report: "0 7 * * *"]), at: "2026-11-23T05:00:00Z",
      lastFired: [.fullPull: try timestamp("2026-11-23T03:15:00Z")])
    try state.run(until: "2026-11-23T06:59:00Z")
    #expect(state.runs.isEmpty)
  }

  @Test func `count years of missed ticks in bounded work`() throws {
    var state = try SimulatedSchedule(
      plan([.pull: "* * * * *"]), at: "2026-11-23T05:00:30Z",
      lastFired: [.pull: try timestamp("2006-11-23T05:00:00Z")])
    #expect(state.counts[.pull]?.skipped == JobState.ticksCountedMax - 1)
    try state.run(until: "2026-11-23T05:02:30Z")
    #expect(state.runs.map(\.cause) == [.catchUp, .tick, .tick])
  }

  @Test func `run once after a suspension of the machine`() throws {
    var state = try SimulatedSchedule(
      plan([.pull: "*/5 * * * *", .fullPull: "15 3 * * *", .import: "@every 1m"]),
      at: "2026-11-23T01:00:00Z")
    try state.run(until: "2026-11-23T01:05:00Z")
    let before = state.runs.count
    state.jump(seconds: 3 * 3_600 + 30)
    let decision = state.state.advance(to: state.now, monotonic: state.monotonic)
    #expect(decision.clockJumpSeconds.map { Int($0) } == 10_830)
    #expect(decision.skipped[.pull] == 35)
    #expect(decision.start?.job == .fullPull)
    state.state.finished(.fullPull, at: state.now)
    try state.run(until: "2026-11-23T04:05:30Z")
    #expect(Set(state.runs.dropFirst(before).map(\.job)) == [.pull, .import])
    #expect(state.runs.dropFirst(before).count { $0.job == .pull } == 1)
  }

  @Test func `fire nothing twice when the clock is set back, and keep rhythms going`() throws {
    var state = try SimulatedSchedule(
      plan([.pull: "*/5 * * * *", .fullPull: "15 3 * * *", .import: "@every 10m"]),
      at: "2026-11-23T03:00:00Z")
    try state.run(until: "2026-11-23T03:16:00Z")
    #expect(state.started(.fullPull) == 1)
    state.jump(seconds: -3_600)
    try state.run(until: "2026-11-23T03:16:00Z")
    #expect(state.started(.fullPull) == 1)
    // 02:20, 02:25 … 03:15 after the three of before.
    #expect(state.started(.pull) == 3 + 12)
    #expect(state.started(.import) == 1 + 6)
    try state.run(until: "2026-11-24T03:16:00Z")
    #expect(state.started(.fullPull) == 2)
  }

  @Test func `believe a clock that is set back by days`() throws {
    var state = try SimulatedSchedule(
      plan([.fullPull: "15 3 * * *"]), at: "2026-11-23T03:00:00Z")
    try state.run(until: "2026-11-23T04:00:00Z")
    state.jump(seconds: -2 * 86_400)
    try state.run(until: "2026-11-22T04:00:00Z")
    #expect(state.started(.fullPull) == 2)
  }

  @Test func `ignore a stored time that lies in the future`() throws {
    var state = try SimulatedSchedule(
      plan([.fullPull: "15 3 * * *", .pull: "*/5 * * * *"]), at: "2026-11-23T03:00:00Z",
      lastFired: [
        .fullPull: try timestamp("2027-11-23T03:15:00Z"),
        .pull: try timestamp("2026-11-23T03:30:00Z"),
      ])
    try state.run(until: "2026-11-23T03:16:00Z")
    #expect(state.started(.fullPull) == 1)
    #expect(state.started(.pull) == 3)
  }

  @Test func `hold what is due while a window is closed and make up for it once`() throws {
    let deny = try ScheduleWindow(.deny, parsing: "0 20 * * * for 2h")
    var day = try SimulatedSchedule(
      plan([.pull: "*/5 * * * *", .report: "30 20 * * *"], windows: [deny]),
      at: "2026-11-23T19:57:00Z")
    try day.run(until: "2026-11-23T21:59:59Z")
    #expect(day.runs.isEmpty)
    let next = day.state.status.first { $0.job == .report }?.next
    #expect(next == (try timestamp("2026-11-23T22:00:00Z")))
    try day.run(until: "2026-11-23T22:05:00Z")
    #expect(day.runs.map(\.job) == [.pull, .report, .pull])
    #expect(day.counts[.report]?.held == 1)
    // 20:00 … 22:00: the tick at the opening is the one that is made up for.
    #expect(day.counts[.pull]?.held == 25)
  }

  @Test func `let a request through a closed window, ahead of its time`() throws {
    let deny = try ScheduleWindow(.deny, parsing: "0 20 * * * for 2h")
    var state = try SimulatedSchedule(
      plan([.reconcile: "0 23 * * *"], jitterSeconds: 600, windows: [deny]),
      at: "2026-11-23T20:30:00Z")
    state.state.request(.reconcile, at: state.now)
    try state.run(until: "2026-11-23T20:30:00Z")
    #expect(state.runs.map(\.cause) == [.request])
  }

  @Test func `make one run of many wake-ups, and one more of those during it`() throws {
    var state = try SimulatedSchedule(plan([.import: "0 0 1 1 *"]), at: "2026-11-23T10:00:00Z")
    state.runSeconds = [.import: 10]
    for _ in 0..<50 { state.state.wake(.import, at: state.now) }
    try state.run(until: "2026-11-23T10:00:05Z")
    #expect(state.runs.map(\.cause) == [.wakeUp])
    for _ in 0..<50 { state.state.wake(.import, at: state.now) }
    try state.run(until: "2026-11-23T11:00:00Z")
    #expect(state.runs.map(\.cause) == [.wakeUp, .wakeUp])
    #expect(state.starts[1] == (try timestamp("2026-11-23T10:00:14Z")))
  }

  @Test func `wake a job that has no expression`() throws {
    var state = try SimulatedSchedule(plan([:]), at: "2026-11-23T10:00:00Z")
    state.state.wake(.import, at: state.now)
    try state.run(until: "2026-11-23T10:01:00Z")
    #expect(state.runs.map(\.job) == [.import])
  }

  @Test func `follow a new plan without losing what runs`() throws {
    var state = try SimulatedSchedule(
      plan([.pull: "*/5 * * * *", .report: "0 11 * * *"]), at: "2026-11-23T10:00:00Z")
    state.runSeconds = [.pull: 100]
    try state.run(until: "2026-11-23T10:05:10Z")
    let new = try plan([.pull: "*/10 * * * *", .reconcile: "7 * * * *"])
    state.state.adopt(new, at: state.now)
    #expect(state.state.running == .pull)
    try state.run(until: "2026-11-23T11:06:00Z")
    #expect(state.runs.map(\.job) == [.pull, .reconcile] + Array(repeating: .pull, count: 6))
    #expect(state.started(.report) == 0)
  }

  @Test func `keep jitter below half of the time to the next tick`() throws {
    var state = try SimulatedSchedule(
      plan([.import: "@every 4s"], jitterSeconds: 60), at: "2026-11-23T10:00:00Z")
    try state.run(until: "2026-11-23T10:10:00Z")
    #expect(state.counts[.import]?.skipped == 0)
    #expect(zip(state.runs, state.starts).allSatisfy { $1.seconds(since: $0.due) <= 2 })
    #expect(state.started(.import) >= 149)
  }

  @Test func `say when each job comes next`() throws {
    let state = try SimulatedSchedule(
      plan(Self.everything, zone: "Europe/Rome"), at: "2026-11-23T10:02:00Z")
    let next = state.state.status.map { status in
      status.next.map { ScheduleZone.utc.text(of: $0).prefix(16) } ?? "never"
    }
    #expect(
      next == [
        "2026-11-24T01:30", "2026-11-23T10:05", "2026-11-23T10:03", "2026-11-23T10:15",
        "2026-11-24T06:00",
      ])
  }
}
