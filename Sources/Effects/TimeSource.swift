public import Formats
internal import Foundation

/// The clocks and the only way to wait; everything that asks for the time gets one of these.
public protocol TimeSource: Sendable {
  /// The wall clock; may jump in both directions.
  var now: Timestamp { get }
  /// Seconds since an arbitrary start; never goes back.
  var monotonicSeconds: Double { get }
  /// Waits at least that long; returns at once for zero and less, throws when the task is
  /// cancelled.
  func sleep(seconds: Double) async throws(CancellationError)
}

/// The clocks of the machine.
public struct SystemTime: TimeSource {
  /// Makes a source; it holds nothing.
  public init() {}

  /// The wall clock, to the microsecond.
  public var now: Timestamp {
    let time = Self.read(CLOCK_REALTIME)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// Seconds since the machine started.
  public var monotonicSeconds: Double {
    let time = Self.read(CLOCK_MONOTONIC)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Suspends the task; longer waits than a century end after a century.
  public func sleep(seconds: Double) async throws(CancellationError) {
    guard seconds > 0 else {
      if Task.isCancelled { throw CancellationError() }
      return
    }
    do {
      try await Task.sleep(nanoseconds: UInt64(min(seconds, 3.2e9) * 1e9))
    } catch {
      throw CancellationError()
    }
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return time
  }
}
