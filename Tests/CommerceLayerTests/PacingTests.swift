import CommerceLayer
import Effects
import Formats
import HTTP
import Sandbox
import TestKit
import Testing

@Suite struct PacingTests {
  /// The arrival times of the API requests, in microseconds, by the sandbox's clock.
  private func arrivals(_ sandbox: Sandbox) -> [Int64] {
    sandbox.requests.filter { $0.target.hasPrefix("/api") }.map(\.microseconds)
  }

  /// Counts requests in both windows by its own means, refuses what exceeds them, and takes a
  /// while to be reached and to answer.
  private struct LimitedServer: HTTPTransport {
    let time: ManualTime
    let average: Int
    let burst: Int
    let latencySeconds: Double
    let arrivals = Lock<[Int64]>([])

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
      try await pass()
      if request.url.hasSuffix("token") { return tokenAnswer(life: 1_000_000) }
      let now = Int64(time.monotonicSeconds * 1e6)
      let (minute, moment) = arrivals.withLock { arrivals in
        arrivals.append(now)
        let recent = arrivals.suffix(1_000).map { Double(now - $0) / 1e6 }
        return (recent.count { $0 < 60 }, recent.count { $0 < 10 })
      }
      try await pass()
      let fields = [
        ("X-Ratelimit-Limit", "\(average)"), ("X-Ratelimit-Interval", "60"),
        ("X-Ratelimit-Remaining", "\(max(0, average - minute))"),
      ]
      if minute > average || moment > burst { return json(429, "", fields) }
      return json(200, "{\"data\":\(resource("abc"))}", fields)
    }

    private func pass() async throws(HTTPTransportError) {
      do {
        try await time.sleep(seconds: latencySeconds / 2)
      } catch {
        throw .cancelled
      }
    }
  }

  @Test(arguments: [
    (APIMode.test, 1.0, 100, 25, 0.2), (.test, 0.5, 50, 12, 0.3), (.live, 1.0, 200, 50, 0.15),
    // As slow as one request after the other may be at that budget.
    (.live, 1.0, 200, 50, 0.3), (.live, 0.25, 50, 12, 0.9),
  ])
  func `a quarter of an hour of work uses the budget, exceeds no window and provokes no 429`(
    _ mode: APIMode, _ share: Double, _ average: Int, _ burst: Int, _ latency: Double
  ) async throws {
    let time = ManualTime(autoAdvance: true)
    let server = LimitedServer(
      time: time, average: mode == .test ? 100 : 200, burst: mode == .test ? 25 : 50,
      latencySeconds: latency)
    var settings = APISettings(
      baseURL: "https://acme.example/api", tokenURL: "https://auth.example/token",
      clientID: Secret("a"), clientSecret: Secret("b"), organization: "acme", mode: .test)
    settings.limits = .published
    settings.rateShare = share
    // The answers are of test data; the figures are those of the mode.
    if mode == .live {
      settings.limits = .custom(averagePerMinute: 200, burstPer10Seconds: 50)
    }
    let client = try CommerceLayerClient(
      settings: settings, transport: server, time: time, random: SeededRandom(seed: 2),
      budget: MemoryRateBudget(), log: Log(time: time, sink: NoSink()))
    let count = average * 15
    for _ in 0..<count { _ = try await client.retrieve("abc") }
    let times = server.arrivals.withLock { $0 }
    #expect(client.counters.throttled == 0)
    #expect(times.count == count)
    #expect(mostInWindow(times, seconds: 60) <= average)
    #expect(mostInWindow(times, seconds: 10) <= burst)
    // From the first request to the first one of the last window: whole windows only.
    let seconds = Double(times[count - average] - times[0]) / 1e6
    let used = Double(count - average) / (Double(average) * seconds / 60)
    #expect(used >= 0.97, "\(used)")
  }

  @Test func `a pull of 5,000 rows at the sandbox's limits provokes no 429`() async throws {
    let bench = Bench(rows: 5_000)
    bench.sandbox.options.limits = SandboxRateLimits()
    let client = try bench.client { $0.limits = .published }
    let outcome = try await client.pullAll { _ in }
    let times = arrivals(bench.sandbox)
    #expect(outcome.completeness == .complete(recordCount: 5_000))
    #expect(client.counters.throttled == 0)
    #expect(times.count == 5_000 / 25 + 1)
    #expect(mostInWindow(times, seconds: 60) <= 100)
    #expect(mostInWindow(times, seconds: 10) <= 25)
    let seconds = Double(times[200] - times[0]) / 1e6
    #expect(200 / (100 * seconds / 60) >= 0.97)
  }

  @Test func `two processes on one budget stay inside it together`() async throws {
    let bench = Bench(rows: 2_000)
    bench.sandbox.options.limits = SandboxRateLimits()
    let budget = MemoryRateBudget()
    let clients = try (0..<2).map { _ in
      try bench.client(budget: budget) { $0.limits = .published }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in clients { group.addTask { _ = try await client.pullAll { _ in } } }
      try await group.waitForAll()
    }
    #expect(clients.map(\.counters.throttled) == [0, 0])
    #expect(mostInWindow(arrivals(bench.sandbox), seconds: 60) <= 100)
  }

  @Test func `a new process learns from the answers what the last one used`() async throws {
    let bench = Bench(rows: 1_500)
    bench.sandbox.options.limits = SandboxRateLimits()
    bench.sandbox.options.limits.test.burst = 1_000
    for _ in 0..<2 {
      let client = try bench.client {
        $0.limits = .custom(averagePerMinute: 100, burstPer10Seconds: 1_000)
      }
      _ = try await client.pullAll { _ in }
      #expect(client.counters.throttled == 0)
    }
  }

  @Test func `reads and changes draw on one budget`() async throws {
    let bench = Bench(rows: 100)
    bench.sandbox.options.limits = SandboxRateLimits()
    let client = try bench.client { $0.limits = .published }
    let rows = Collector()
    _ = try await client.pullAll { rows.take($0) }
    for (number, id) in rows.rows.keys.enumerated() {
      _ = try await client.update(id, try PatchAttributes(reference: .set("n\(number)")))
      _ = try await client.retrieve(id)
    }
    #expect(client.counters.throttled == 0)
    #expect(mostInWindow(arrivals(bench.sandbox), seconds: 10) <= 25)
    #expect(mostInWindow(arrivals(bench.sandbox), seconds: 60) <= 100)
  }

  @Test func `a wall clock that jumps changes nothing`() async throws {
    let bench = Bench(rows: 2_500)
    bench.sandbox.options.limits = SandboxRateLimits()
    let client = try bench.client { $0.limits = .published }
    let pages = Lock(0)
    _ = try await client.pullAll { _ in
      let page = pages.withLock {
        $0 += 1
        return $0
      }
      if page == 30 { bench.time.jump(to: bench.time.now.adding(seconds: 3_600)) }
    }
    #expect(client.counters.throttled == 0)
  }

  @Test func `many requests at once go in order of the budget, never more than allowed`()
    async throws
  {
    let bench = Bench(rows: 400)
    bench.sandbox.options.limits = SandboxRateLimits()
    let client = try bench.client {
      $0.limits = .published
      $0.maxInFlight = 8
    }
    let rows = Collector()
    _ = try await client.pullAll { rows.take($0) }
    let gone = try await client.missing(among: Array(rows.rows.keys.prefix(150)) + ["nobody"])
    #expect(gone == ["nobody"])
    #expect(client.counters.throttled == 0)
    #expect(mostInWindow(arrivals(bench.sandbox), seconds: 60) <= 100)
  }
}
