import Formats
import Foundation
import MirrorKit
import Reconciliation
import SQLite
import TestKit
import Testing

@testable import Mirror

/// The n-th read, write, sync, truncation or sharing of memory fails, once or from then on: the
/// mirror says so, nothing is lost, and the work goes on where it was.
///
/// `RESETSYNC_DISK_FAULTS=all` fails every single call instead of a few of each kind.
@Suite(.serialized) struct FaultyDiskTests {
  private static let failsAll =
    ProcessInfo.processInfo.environment["RESETSYNC_DISK_FAULTS"] == "all"
  /// So many places of each kind fail in every test run.
  private static let placesTried = 8

  /// A pull, an import, a plan, a push and the look afterwards; can be repeated at any point.
  private func work(_ bench: MirrorBench) async throws {
    var resets: [ResetRow] = []
    for number in 1...6 {
      // The remote holds what was settled as applied, and nothing else.
      let known = try? await bench.mirror.reset("r\(number)").metadata.written()
      resets.append(bench.reset("r\(number)", "\(number)", metadata: known ?? "{}"))
    }
    try await bench.pull(resets)
    try await bench.load((1...6).map { ["\($0)", "group \($0)", ""] })
    try await bench.reconcile()
    for unknown in try await bench.mirror.updates(in: .sent, limit: 100) {
      try await bench.mirror.settle(unknown.id, .notSent, run: bench.nextRun(), at: bench.now)
    }
    try await bench.push()
    try await bench.reconcile()
    try await bench.mirror.checkpoint()
  }

  /// What has to be the same in the end, whatever failed on the way.
  private func end(_ bench: MirrorBench) async throws -> [String: Int] {
    var end = Dictionary(
      uniqueKeysWithValues: Situation.totals(of: try await bench.mirror.situations()).map {
        ($0.rawValue, $1)
      })
    end["applied"] = try await bench.mirror.journalLines(kind: "push.applied").count
    end["links"] = try bench.count("SELECT count(*) FROM links")
    end["open"] = try await bench.mirror.updateCounts().values.reduce(0, +)
    return end
  }

  private func played(
    _ call: FaultyDisk.Call, failing numbers: ClosedRange<Int>?
  ) async throws -> (end: [String: Int], calls: Int, error: (any Error)?) {
    let bench = try MirrorBench()
    var failure: (any Error)?
    FaultyDisk.shared.watch(bench.folder.path, call, failing: numbers)
    do {
      bench.mirror = try Mirror.open(path: bench.path)
      try await work(bench)
    } catch {
      failure = error
    }
    let calls = FaultyDisk.shared.stop()
    if failure != nil {
      bench.mirror = try Mirror.open(path: bench.path)
      let flaws = try await bench.mirror.verify()
      #expect(flaws.isEmpty, "\(call) \(String(describing: numbers)): \(flaws)")
      try await work(bench)
    }
    #expect(try await bench.mirror.verify().isEmpty)
    return (try await end(bench), calls, failure)
  }

  @Test(arguments: FaultyDisk.Call.allCases, [true, false])
  func `a call that fails loses nothing`(call: FaultyDisk.Call, once: Bool) async throws {
    let twin = try await played(call, failing: nil)
    #expect(twin.error == nil)
    try #require(twin.calls > 0)
    #expect(twin.end["applied"] == 6)
    let step = Self.failsAll ? 1 : max(1, twin.calls / Self.placesTried)
    var failed = 0
    for number in stride(from: 1, through: twin.calls, by: step) {
      let run = try await played(call, failing: number...(once ? number : .max))
      #expect(run.end == twin.end, "\(call) \(number) of \(twin.calls)")
      guard let error = run.error else { continue }
      failed += 1
      let kind = (error as? MirrorError)?.kind
      #expect(kind == .cannotOpen || kind == .diskFull, "\(call) \(number): \(error)")
    }
    #expect(failed > 0)
  }
}
