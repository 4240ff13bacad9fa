import CommerceLayer
import Effects
import HTTP
import Sandbox
import TestKit
import Testing

/// Full pulls of an API that is too slow to be read one page at a time.
@Suite struct WideWalkTests {
  /// A sandbox at the live or test limits on a clock that moves when everybody waits.
  private func bench(rows: Int, mode: APIMode = .test, latency: Double) -> Bench {
    var bench = Bench(rows: rows, isSimulated: true) { options in
      options.limits = SandboxRateLimits()
      // The data are those of test mode; the figures are the mode's.
      if mode == .live { options.limits.test = options.limits.live }
    }
    bench.latencySeconds = latency
    return bench
  }

  private func client(_ bench: Bench, mode: APIMode = .test) throws -> CommerceLayerClient {
    try bench.client {
      $0.limits =
        mode == .live ? .custom(averagePerMinute: 200, burstPer10Seconds: 50) : .published
    }
  }

  /// The part of the granted average that was used, whole windows only.
  private func used(_ times: [Int64], perMinute: Int) -> Double {
    let minutes = (times.count - 1) / perMinute
    return Double(minutes) / (Double(times[minutes * perMinute] - times[0]) / 60e6)
  }

  private func arrivals(_ bench: Bench) -> [Int64] {
    bench.sandbox.requests.filter { $0.target.hasPrefix("/api") }.map(\.microseconds)
  }

  @Test(arguments: [
    (APIMode.live, 0.5), (.live, 0.8), (.live, 1.0), (.test, 1.5),
  ])
  func `a slow API is read at the granted rate, in the fewest requests`(
    _ mode: APIMode, _ latency: Double
  ) async throws {
    let perMinute = mode == .live ? 200 : 100
    let pages = perMinute + 10
    let bench = bench(rows: pages * 25, mode: mode, latency: latency)
    let client = try client(bench, mode: mode)
    let rows = Collector()
    let outcome = try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll { rows.take($0) }
    }
    let times = arrivals(bench)
    #expect(outcome.completeness == .complete(recordCount: pages * 25))
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == rows.rows.count)
    #expect(client.counters.throttled == 0)
    #expect(times.count == pages + 1)
    #expect(used(times, perMinute: perMinute) >= 0.97, "\(used(times, perMinute: perMinute))")
  }

  // MARK: Servers that don't play along

  /// A client that asks for several pages at a time, and is never kept waiting.
  private func hasty(_ bench: Bench) throws -> CommerceLayerClient {
    try bench.client {
      $0.limits = .custom(averagePerMinute: 60_000, burstPer10Seconds: 60_000)
    }
  }

  /// The request without the parameters that contain a text.
  private static func dropping(_ name: String, from target: String) -> String {
    let parts = target.split(separator: "?", maxSplits: 1)
    guard parts.count == 2 else { return target }
    let kept = parts[1].split(separator: "&").filter { !$0.contains(name) }
    return parts[0] + "?" + kept.joined(separator: "&")
  }

  @Test(arguments: ["id_lt", "page%5Bnumber%5D", "-id"])
  func `what a server ignores is noticed, and the walk stays whole`(
    _ ignored: String
  ) async throws {
    var bench = Bench(rows: 1_010, isSimulated: true) { $0.limits = .unlimited }
    bench.rewrite = { target in
      guard ignored == "-id" else { return Self.dropping(ignored, from: target) }
      return target.replacing("sort=-id", with: "sort=id")
    }
    let client = try hasty(bench)
    let rows = Collector()
    let outcome = try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll { rows.take($0) }
    }
    #expect(outcome.completeness == .complete(recordCount: 1_010))
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == 1_010)
    // The pages, and a few that were not what was asked for.
    #expect((42...60).contains(outcome.pages), "\(outcome.pages)")
  }

  @Test(arguments: ["id_lt", "another page", "sort=-id"])
  func `what a server refuses is done without`(_ refused: String) async throws {
    var bench = Bench(rows: 1_010, isSimulated: true) { $0.limits = .unlimited }
    bench.rewrite = { target in
      let isFirst = target.contains("page%5Bnumber%5D=1&")
      let isRefused = refused == "another page" ? !isFirst : target.contains(refused)
      return isRefused && target.hasPrefix("/api") ? target + "&sort=nonsense" : target
    }
    let client = try hasty(bench)
    let rows = Collector()
    let outcome = try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll { rows.take($0) }
    }
    #expect(outcome.completeness == .complete(recordCount: 1_010))
    #expect(rows.count == 1_010)
  }

  @Test(arguments: 1...6)
  func `a walk that is stopped at any page goes on from its cursor`(_ part: Int) async throws {
    struct Stop: Error {}
    let bench = Bench(rows: 1_010, isSimulated: true) { $0.limits = .unlimited }
    let client = try hasty(bench)
    let rows = Collector()
    try await SimulatedRun.run(on: bench.time) {
      var cursor: FullPullCursor?
      var outcome: FullPullOutcome?
      while outcome == nil {
        let start = rows.count
        do {
          outcome = try await client.pullAll(resuming: cursor) { page in
            if rows.count - start >= part * 150 { throw Stop() }
            rows.take(page)
          }
        } catch is Stop {
          cursor = rows.page?.cursor
        }
      }
      #expect(outcome?.completeness == .complete(recordCount: 1_010))
    }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == 1_010)
  }

  @Test(arguments: 1...5)
  func `rows that come and go meanwhile are never lost or doubled`(_ seed: UInt64) async throws {
    let bench = Bench(rows: 500, isSimulated: true) { $0.limits = .unlimited }
    let client = try hasty(bench)
    let random = SeededRandom(seed: seed)
    let rows = Collector()
    let first = Set(bench.sandbox.resets().compactMap(\.id))
    let outcome = try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll { page in
        rows.take(page)
        let ids = bench.sandbox.resets().compactMap(\.id)
        for _ in 0..<random.below(4) {
          bench.sandbox.deleteReset(ids[Int(random.below(UInt64(ids.count)))])
        }
        bench.sandbox.editReset(ids[Int(random.below(UInt64(ids.count)))], metadata: "{\"x\":1}")
        if random.below(3) == 0 {
          bench.sandbox.createReset(SandboxReset(customerEmail: "n\(rows.count)@example.com"))
        }
      }
    }
    #expect(rows.count == rows.rows.count)
    // Whatever was there all the time was read.
    let stayed = bench.sandbox.resets().compactMap(\.id).filter { first.contains($0) }
    #expect(stayed.allSatisfy { rows.rows[$0] != nil })
    if case .complete = outcome.completeness {
      #expect(bench.sandbox.resets().count <= rows.count)
    }
    try await SimulatedRun.run(on: bench.time) {
      _ = try await client.pull(since: outcome.state) { rows.take($0) }
    }
    #expect(rows.differences(from: bench.sandbox).allSatisfy { $0.hasSuffix("too many") })
  }
}
