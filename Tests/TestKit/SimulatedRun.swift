internal import Effects
internal import Foundation

/// Runs tasks one at a time on a manual clock that moves when all of them are asleep.
///
/// So requests that are under way at the same time take the time of one, and every run takes the
/// same course as long as no work leaves the executor, as unstructured tasks do.
public final class SimulatedRun: TaskExecutor, @unchecked Sendable {
  /// How often the loop looks whether work outside the executor fell asleep, in seconds.
  private static let lookSeconds = 0.002

  private let time: ManualTime
  /// Guards what follows.
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var isOver = false

  private init(time: ManualTime) {
    self.time = time
  }

  /// Runs work and what it starts on that clock, and returns its value.
  public static func run<Value: Sendable>(
    on time: ManualTime, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let run = SimulatedRun(time: time)
    let thread = Thread { run.loop() }
    thread.start()
    defer { run.end() }
    return try await Task(executorPreference: run) { try await work() }.value
  }

  /// Takes a job; the loop's thread runs it.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.withLock {
      jobs.append(job)
      condition.signal()
    }
  }

  private func end() {
    condition.withLock {
      isOver = true
      condition.signal()
    }
  }

  private func loop() {
    while true {
      condition.lock()
      while jobs.isEmpty && !isOver {
        condition.unlock()
        let isMoved = time.wakeNext()
        condition.lock()
        if !isMoved && jobs.isEmpty && !isOver {
          // Somebody outside works for us, and may fall asleep on the clock without a word.
          _ = condition.wait(until: Date(timeIntervalSinceNow: Self.lookSeconds))
        }
      }
      if isOver && jobs.isEmpty { return condition.unlock() }
      let job = jobs.removeFirst()
      condition.unlock()
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
