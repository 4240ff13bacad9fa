import Effects
import Formats
import Synchronization

/// The clock of a demo: it runs as the machine's does, but can be set back by whole days.
///
/// The nights of the story lie as far apart on it as in the story, and the last one is today: so
/// the report has ages, trends and what is new since the night before, and a demo that is kept is
/// fresh.
final class DemoClock: TimeSource {
  private let base: any TimeSource
  private let daysBack = Atomic(0)

  /// A clock that shows the time of another one.
  init(_ base: any TimeSource) { self.base = base }

  /// Sets the clock so many days before its base.
  func set(daysBack days: Int) { daysBack.store(days, ordering: .relaxed) }

  var now: Timestamp {
    base.now.adding(seconds: -86_400 * Double(daysBack.load(ordering: .relaxed)))
  }

  var monotonicSeconds: Double { base.monotonicSeconds }

  func sleep(seconds: Double) async throws(CancellationError) {
    try await base.sleep(seconds: seconds)
  }
}
