import Foundation
import Testing

/// Random histories against the oracle, and in bad weather.
///
/// `RESETSYNC_HISTORIES=10000` plays so many of each kind, of full length, instead of the few of
/// every test run; `RESETSYNC_HISTORY=SEED` plays that one, `RESETSYNC_HISTORIES_FROM=N` begins
/// there.
@Suite(.serialized) struct HistoryTests {
  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  private static let isLong =
    number("RESETSYNC_HISTORY") ?? number("RESETSYNC_HISTORIES") != nil

  private static let seeds: [UInt64] = {
    if let only = number("RESETSYNC_HISTORY") { return [only] }
    let first = number("RESETSYNC_HISTORIES_FROM") ?? 1
    return Array(first..<(first + (number("RESETSYNC_HISTORIES") ?? 150)))
  }()

  /// Rounds of a history; short ones meet the same mixture over all seeds.
  private static let rounds = isLong ? 8 : 4

  /// Failures after which the rest is not played any more.
  private static let failuresMax = 5
  /// Histories played side by side: each has its own clock, folder and simulator.
  private static let lanes = UInt64(min(4, ProcessInfo.processInfo.activeProcessorCount))

  /// What a lane of histories came to.
  private struct Came {
    var happened: Set<String> = []
    var differences: [String] = []
  }

  @Test(arguments: History.Kind.allCases)
  func `the line does what the contract says, whatever happened before`(
    kind: History.Kind
  ) async throws {
    let came = try await withThrowingTaskGroup(of: Came.self) { group in
      for lane in 0..<Self.lanes { group.addTask { try await Self.play(kind, lane: lane) } }
      return try await group.reduce(into: Came()) {
        $0.happened.formUnion($1.happened)
        $0.differences += $1.differences
      }
    }
    for difference in came.differences { Issue.record("\(difference)") }
    guard Self.seeds.count >= 150, came.differences.isEmpty else { return }
    let missing = History.mixture(kind).subtracting(came.happened)
    #expect(missing.isEmpty, "never came up: \(missing.sorted())")
  }

  private static func play(_ kind: History.Kind, lane: UInt64) async throws -> Came {
    var came = Came()
    for seed in seeds where seed % lanes == lane {
      if seed % 500 == 0 { print("\(kind.rawValue) histories: seed \(seed)") }
      let history = try History(seed: seed, kind: kind)
      if let difference = try await history.play(rounds: rounds, walkingWholeEach: isLong) {
        came.differences.append(difference)
      }
      came.happened.formUnion(history.happened)
      if came.differences.count == failuresMax { break }
    }
    return came
  }
}
