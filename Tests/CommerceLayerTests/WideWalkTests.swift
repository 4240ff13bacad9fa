import CommerceLayer
import Effects
import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// Pulls of an API that is too slow to be read one page at a time.
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
      $0.maxInFlight = 4
      $0.limits =
        mode == .live ? .custom(averagePerMinute: 200, burstPer10Seconds: 50) : .published
    }
  }

  private static let slow = [(APIMode.live, 0.5), (.live, 0.8), (.live, 1.0), (.test, 1.5)]

  /// Pulls so many rows for each page and sees how much of the granted average was used.
  private func expectGrantedRate(
    _ mode: APIMode, _ latency: Double, rowsPerPage: Int, requestsBeside: ClosedRange<Int>,
    _ pull: @escaping @Sendable (CommerceLayerClient, Collector) async throws -> Void
  ) async throws {
    let perMinute = mode == .live ? 200 : 100
    let pages = perMinute + 10
    let bench = bench(rows: pages * rowsPerPage, mode: mode, latency: latency)
    let client = try client(bench, mode: mode)
    let rows = Collector()
    try await SimulatedRun.run(on: bench.time) { try await pull(client, rows) }
    let times = bench.sandbox.requests.filter { $0.target.hasPrefix("/api") }.map(\.microseconds)
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == pages * rowsPerPage)
    #expect(client.counters.throttled == 0)
    #expect(requestsBeside.contains(times.count - pages), "\(times.count) of \(pages)")
    // Whole windows only.
    let minutes = (times.count - 1) / perMinute
    let used = Double(minutes) / (Double(times[minutes * perMinute] - times[0]) / 60e6)
    #expect(used >= 0.97)
  }

  @Test(arguments: Self.slow)
  func `a slow API is read at the granted rate, in the fewest requests`(
    _ mode: APIMode, _ latency: Double
  ) async throws {
    try await expectGrantedRate(mode, latency, rowsPerPage: 25, requestsBeside: 1...1) {
      client, rows in
      let outcome = try await client.pullAll { rows.take($0) }
      #expect(outcome.completeness == .complete(recordCount: rows.count))
    }
  }

  // MARK: Servers that don't play along

  /// A client that asks for several pages at a time, and is never kept waiting.
  private func hasty(
    _ bench: Bench, overlapSeconds: Double = 60
  ) throws -> CommerceLayerClient {
    try bench.client {
      $0.overlapSeconds = overlapSeconds
      $0.maxInFlight = 4
    }
  }

  @Test(arguments: [0, 1, 24, 25, 26, 50, 99, 100, 101, 333, 1_003])
  func `without limits several places are read at once`(
    _ count: Int
  ) async throws {
    let bench = Bench(rows: count, isSimulated: true)
    let client = try hasty(bench)
    let rows = Collector()
    let outcome = try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll { rows.take($0) }
    }
    #expect(outcome.completeness == .complete(recordCount: count))
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == count)
    // A range that was split under a page on its way may be asked once more where it ends.
    #expect((1...4).contains(outcome.pages - max(1, (count + 24) / 25)), "\(outcome.pages)")
  }

  /// The request without the parameters that contain a text.
  private static func dropping(_ name: String, from target: String) -> String {
    let parts = target.split(separator: "?", maxSplits: 1)
    guard parts.count == 2 else { return target }
    let kept = parts[1].split(separator: "&").filter { !$0.contains(name) }
    return parts[0] + "?" + kept.joined(separator: "&")
  }

  /// A server that reads its requests in another way.
  private func stubborn(_ rewrite: @escaping @Sendable (String) -> String) -> Bench {
    var bench = Bench(rows: 1_010, isSimulated: true) { $0.limits = .unlimited }
    bench.rewrite = rewrite
    return bench
  }

  /// A server that refuses what contains a text, or every page but the first.
  private func refusing(_ refused: String) -> Bench {
    stubborn { target in
      let isFirst = target.contains("page%5Bnumber%5D=1&")
      let isRefused = refused == "another page" ? !isFirst : target.contains(refused)
      return isRefused && target.hasPrefix("/api") ? target + "&sort=nonsense" : target
    }
  }

  /// Pulls all changes and sees that each row came once, as it is.
  private func pullChanges(_ bench: Bench) async throws -> PullSummary {
    let client = try hasty(bench)
    let rows = Collector()
    let summary = try await SimulatedRun.run(on: bench.time) {
      try await client.pull(since: PullState()) { rows.take($0) }
    }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == bench.sandbox.resets().count)
    return summary
  }

  @Test(arguments: ["id_lt", "page%5Bnumber%5D", "-id"])
  func `what a server ignores is noticed, and the pager stays whole`(
    _ ignored: String
  ) async throws {
    let bench = stubborn { target in
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
    let bench = refusing(refused)
    let client = try hasty(bench)
    let rows = Collector()
    let outcome = try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll { rows.take($0) }
    }
    #expect(outcome.completeness == .complete(recordCount: 1_010))
    #expect(rows.count == 1_010)
  }

  @Test(arguments: 1...6)
  func `a pager that is stopped at any page goes on from its cursor`(_ part: Int) async throws {
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

  // MARK: Changes

  @Test(arguments: Self.slow)
  func `the changes of a slow API are read at the granted rate`(
    _ mode: APIMode, _ latency: Double
  ) async throws {
    // Each page begins with the row that the one before ended with; a split costs one at most.
    try await expectGrantedRate(mode, latency, rowsPerPage: 24, requestsBeside: 0...8) {
      client, rows in
      let summary = try await client.pull(since: PullState()) { rows.take($0) }
      #expect(rows.state == summary.state && rows.count == summary.rows)
    }
  }

  @Test(arguments: ["updated_at_lt", "page%5Bnumber%5D"])
  func `what a server ignores leaves no change out`(_ ignored: String) async throws {
    let summary = try await pullChanges(stubborn { Self.dropping(ignored, from: $0) })
    #expect((43...60).contains(summary.pages), "\(summary.pages)")
  }

  @Test(arguments: ["updated_at_lt", "another page"])
  func `what a server refuses leaves no change out`(_ refused: String) async throws {
    _ = try await pullChanges(refusing(refused))
  }

  /// Several questions with a border are on the way when the first of them is refused.
  @Test(arguments: ["updated_at_lt", "id_lt"])
  func `a server that begins to refuse borders is walked without`(_ refused: String) async throws {
    let borders = Lock(0)
    let bench = stubborn { target in
      guard target.contains(refused) else { return target }
      let number = borders.withLock { count in
        count += 1
        return count
      }
      return number > 2 ? target + "&sort=nonsense" : target
    }
    guard refused == "id_lt" else {
      _ = try await pullChanges(bench)
      return
    }
    let client = try hasty(bench)
    let rows = Collector()
    let outcome = try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll { rows.take($0) }
    }
    #expect(outcome.completeness == .complete(recordCount: 1_010))
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  /// A reset of that millisecond; what is stored is finer than what is shown.
  private func make(_ bench: Bench, _ name: String, _ milliseconds: Int, _ number: Int) {
    var reset = SandboxReset(customerEmail: "\(name)@example.com")
    let start: Int64 = 1_795_000_000_000_000
    reset.createdAt = Timestamp(
      microseconds: start + Int64(milliseconds) * 1_000 + Int64(number * 7 % 1_000))
    bench.sandbox.createReset(reset)
  }

  @Test func `pages of one millisecond are read beside the others`() async throws {
    let bench = Bench(isSimulated: true) { $0.limits = .unlimited }
    for group in 0..<12 {
      // All within one millisecond in each third group, and else seven of them.
      let isLong = group % 3 == 1
      for number in 0..<(isLong ? 70 : 140) {
        let milliseconds = group * 1_000 + (isLong ? 0 : number / 7)
        make(bench, "c\(group)-\(number)", milliseconds, number)
      }
    }
    _ = try await pullChanges(bench)
  }

  /// A server some of whose answers are on their way for so long that others overtake them.
  private func staleAnswers(seed: UInt64) -> Bench {
    var bench = Bench(isSimulated: true) { $0.limits = .unlimited }
    let delays = SeededRandom(seed: seed + 1_000)
    bench.lateSeconds = { delays.below(5) == 0 ? 3 * delays.unit() : 0 }
    return bench
  }

  /// Stops at any page, while people change, make and delete resets all the time, and answers
  /// overtake one another.
  @Test(arguments: 1...30)
  func `a pager over changes that is stopped and disturbed loses nothing`(
    _ seed: UInt64
  ) async throws {
    struct Stop: Error {}
    let bench = staleAnswers(seed: seed)
    let random = SeededRandom(seed: seed)
    for number in 0..<700 {
      make(bench, "c\(number)", number / (1 + Int(seed % 5)) * 10, number)
    }
    // Without an overlap nothing is read twice that was not unread.
    let client = try hasty(bench, overlapSeconds: 0)
    let rows = Collector()
    let disturbances = Lock(60)
    try await SimulatedRun.run(on: bench.time) {
      var state = PullState()
      var isDone = false
      while !isDone {
        let stopsAfter = Int(random.below(30))
        var pages = 0
        do {
          _ = try await client.pull(since: state) { page in
            pages += 1
            if pages > stopsAfter && seed % 2 == 0 { throw Stop() }
            rows.take(page)
            state = page.state ?? state
            let isDisturbed = disturbances.withLock { left in
              left -= 1
              return left >= 0
            }
            guard isDisturbed else { return }
            for _ in 0..<random.below(6) {
              var change = SandboxChange(
                [.edit, .edit, .create, .delete][Int(random.below(4))], .random)
              change.metadata = "{\"v\":\(random.below(1_000))}"
              change.customerEmail = "d\(random.next())@example.com"
              bench.sandbox.apply(change)
            }
          }
          isDone = true
        } catch is Stop {}
      }
      // What changed with the last page.
      _ = try await client.pull(since: state) { rows.take($0) }
      let gone = try await client.missing(among: Array(rows.rows.keys))
      rows.drop(gone)
    }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }
}
