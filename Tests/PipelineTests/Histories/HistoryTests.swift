import Foundation
import Testing

/// Random histories against the oracle, and in bad weather.
///
/// `RESETSYNC_HISTORIES=10000` plays so many of each kind instead of the few of every test run,
/// `RESETSYNC_HISTORY=SEED` plays that one, and `RESETSYNC_HISTORIES_FROM=N` begins there.
@Suite(.serialized) struct HistoryTests {
  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  private static let seeds: ClosedRange<UInt64> = {
    if let only = number("RESETSYNC_HISTORY") { return only...only }
    let first = number("RESETSYNC_HISTORIES_FROM") ?? 1
    return first...(first + (number("RESETSYNC_HISTORIES") ?? 12) - 1)
  }()

  /// Failures after which the rest is not played any more.
  private static let failuresMax = 5

  @Test(arguments: History.Kind.allCases)
  func `the line does what the contract says, whatever happened before`(
    kind: History.Kind
  ) async throws {
    var failures = 0
    for seed in Self.seeds {
      if seed % 500 == 0 { print("\(kind.rawValue) histories: seed \(seed)") }
      guard let difference = try await History(seed: seed, kind: kind).play(rounds: 8)
      else { continue }
      Issue.record("\(difference)")
      failures += 1
      if failures == Self.failuresMax { return }
    }
  }
}
