import Effects
import Formats
import TestKit
import Testing

@Suite struct TimeSourceTests {
  @Test func `the system's clocks move on and agree on the century`() {
    let time = SystemTime()
    let (now, monotonic) = (time.now, time.monotonicSeconds)
    #expect(time.monotonicSeconds >= monotonic)
    #expect(now > Timestamp(microseconds: 1_700_000_000_000_000))
  }

  @Test func `sleeping can be cancelled`() async {
    let task = Task { try await SystemTime().sleep(seconds: 3_600) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `sleeping for nothing returns at once, but not in a cancelled task`() async throws {
    try await SystemTime().sleep(seconds: 0)
    try await SystemTime().sleep(seconds: -1)
    let task = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      try await SystemTime().sleep(seconds: 0)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

@Suite struct ManualTimeTests {
  @Test func `sleepers wake when the clock passes their time`() async throws {
    let time = ManualTime()
    let early = Task { try await time.sleep(seconds: 5) }
    let late = Task { try await time.sleep(seconds: 10) }
    await time.untilAsleep(2)
    time.advance(seconds: 5)
    try await early.value
    #expect(time.sleeperCount == 1)
    #expect(time.wakeNext())
    try await late.value
    #expect(time.monotonicSeconds == 10)
    #expect(!time.wakeNext())
  }

  @Test func `a cancelled sleeper is told so`() async {
    let time = ManualTime()
    let task = Task { try await time.sleep(seconds: 5) }
    await time.untilAsleep(1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(time.sleeperCount == 0)
  }

  @Test func `by itself the clock moves as far as one sleeps`() async throws {
    let time = ManualTime(autoAdvance: true)
    let start = time.now
    try await time.sleep(seconds: 90)
    #expect(time.now.seconds(since: start) == 90)
    #expect(time.slept == [90])
  }

  @Test func `the wall clock can jump without the other`() {
    let time = ManualTime()
    time.jump(to: Timestamp(microseconds: 0))
    #expect(time.now == Timestamp(microseconds: 0))
    #expect(time.monotonicSeconds == 0)
  }
}
