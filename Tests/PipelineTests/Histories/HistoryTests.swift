import Foundation
import Testing

/// Random histories against the oracle.
///
/// `RESETSYNC_HISTORIES=10000` plays so many instead of the few of every test run, and
/// `RESETSYNC_HISTORY=SEED` plays that one.
@Suite(.serialized) struct HistoryTests {
  private static let count =
    ProcessInfo.processInfo.environment["RESETSYNC_HISTORIES"].flatMap { Int($0) } ?? 12
  private static let only =
    ProcessInfo.processInfo.environment["RESETSYNC_HISTORY"].flatMap { UInt64($0) }

  @Test(arguments: [false, true])
  func `the line does what the contract says, whatever happened before`(
    correlates: Bool
  ) async throws {
    let seeds = Self.only.map { [$0] } ?? (1...Self.count).map { UInt64($0) }
    var failures = 0
    for seed in seeds {
      guard let difference = try await History(seed: seed, correlates: correlates).play(rounds: 8)
      else { continue }
      Issue.record("\(difference)")
      failures += 1
      if failures == 3 { return }
    }
  }
}
