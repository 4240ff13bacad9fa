public import Effects
public import Formats

/// A clock that moves only when a test says so.
///
/// Sleepers wake when the clock passes their time. With `autoAdvance` a sleep moves the clock by
/// its length and returns at once, which suits code that does one thing at a time.
public final class ManualTime: TimeSource {
  private struct Sleeper {
    let wakesAt: Double
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var now: Timestamp
    var monotonic: Double = 0
    var lastNumber = 0
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var slept: [Double] = []
  }

  private let state: Lock<State>
  private let autoAdvance: Bool

  /// Starts the clock at 2026-11-23T10:00:00Z unless told otherwise.
  public init(
    at start: Timestamp = Timestamp(microseconds: 1_795_428_000_000_000),
    autoAdvance: Bool = false
  ) {
    state = Lock(State(now: start))
    self.autoAdvance = autoAdvance
  }

  /// The wall clock.
  public var now: Timestamp { state.withLock { $0.now } }
  /// Seconds since the start.
  public var monotonicSeconds: Double { state.withLock { $0.monotonic } }
  /// The lengths of all sleeps that were asked for, in order, in seconds.
  public var slept: [Double] { state.withLock { $0.slept } }
  /// How many tasks are asleep.
  public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  /// Moves both clocks, and wakes who slept long enough.
  public func advance(seconds: Double) {
    let woken = state.withLock { state in
      Self.move(&state, by: seconds)
      return Self.takeDue(&state)
    }
    for sleeper in woken { sleeper.continuation.resume(returning: true) }
  }

  /// Sets the wall clock, as an operator or a time server would; nobody wakes.
  public func jump(to now: Timestamp) {
    state.withLock { $0.now = now }
  }

  /// Moves to the time of the sleeper that is due next and wakes it; false when nobody sleeps.
  @discardableResult
  public func wakeNext() -> Bool {
    let sleeper: Sleeper? = state.withLock { state in
      let next = state.sleepers.min { left, right in
        (left.value.wakesAt, left.key) < (right.value.wakesAt, right.key)
      }
      guard let next else { return nil }
      Self.move(&state, by: max(0, next.value.wakesAt - state.monotonic))
      return state.sleepers.removeValue(forKey: next.key)
    }
    sleeper?.continuation.resume(returning: true)
    return sleeper != nil
  }

  /// Waits until that many tasks are asleep.
  public func untilAsleep(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isReached = state.withLock { state in
        guard state.sleepers.count < count else { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isReached { continuation.resume() }
    }
  }

  /// Sleeps until the clock was moved far enough.
  public func sleep(seconds: Double) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    state.withLock { $0.slept.append(seconds) }
    guard seconds > 0 else { return }
    if autoAdvance {
      advance(seconds: seconds)
      return await Task.yield()
    }
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let isAwake = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        fallAsleep(number, seconds, continuation)
      }
    } onCancel: {
      cancel(number)
    }
    guard isAwake else { throw CancellationError() }
  }

  private func fallAsleep(
    _ number: Int, _ seconds: Double, _ continuation: CheckedContinuation<Bool, Never>
  ) {
    let (isCancelled, watchers) = state.withLock { state in
      if state.cancelled.remove(number) != nil {
        return (true, [CheckedContinuation<Void, Never>]())
      }
      state.sleepers[number] = Sleeper(
        wakesAt: state.monotonic + seconds, continuation: continuation)
      let asleep = state.sleepers.count
      let reached = state.watchers.filter { $0.count <= asleep }.map(\.continuation)
      state.watchers.removeAll { $0.count <= asleep }
      return (false, reached)
    }
    if isCancelled { continuation.resume(returning: false) }
    for watcher in watchers { watcher.resume() }
  }

  private func cancel(_ number: Int) {
    let sleeper: Sleeper? = state.withLock { state in
      guard let sleeper = state.sleepers.removeValue(forKey: number) else {
        state.cancelled.insert(number)
        return nil
      }
      return sleeper
    }
    sleeper?.continuation.resume(returning: false)
  }

  private static func move(_ state: inout State, by seconds: Double) {
    state.monotonic += seconds
    state.now = state.now.adding(seconds: seconds)
  }

  private static func takeDue(_ state: inout State) -> [Sleeper] {
    let due = state.sleepers.filter { $0.value.wakesAt <= state.monotonic + 1e-9 }
    for key in due.keys { state.sleepers.removeValue(forKey: key) }
    return due.sorted { $0.key < $1.key }.map(\.value)
  }
}
