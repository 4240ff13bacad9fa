import CommerceLayer
import Effects
import Formats
import Sandbox
import TestKit
import Testing

@Suite struct IncrementalPullTests {
  @Test func `nothing changed costs one request`() async throws {
    let bench = Bench(rows: 500)
    bench.time.advance(seconds: 3_600)
    let client = try bench.client()
    let outcome = try await client.pullAll { _ in }
    let before = client.counters.requests
    let summary = try await client.pull(since: outcome.state) { _ in }
    #expect(client.counters.requests == before + 1)
    #expect(summary.pages == 1)
    #expect(summary.state.watermark == outcome.state.watermark)
  }

  @Test(arguments: [0, 1, 25, 26, 333])
  func `without a state everything comes, each row once`(_ count: Int) async throws {
    let bench = Bench(rows: count)
    let rows = Collector()
    let summary = try await bench.client().pull(since: PullState()) { rows.take($0) }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == count)
    #expect(summary.rows == count)
    #expect(rows.state == summary.state)
    // Each page after the first begins with the row that the last one ended with.
    #expect(summary.pages <= count / 24 + 2)
  }

  @Test func `changes come, and only those of the overlap come again`() async throws {
    let bench = Bench(rows: 300)
    bench.time.advance(seconds: 600)
    let client = try bench.client()
    let rows = Collector()
    let outcome = try await client.pullAll { rows.take($0) }
    let ids = bench.sandbox.resets().compactMap(\.id)
    for index in [5, 250, 77] { bench.sandbox.editReset(ids[index], metadata: "{\"n\":\(index)}") }
    bench.sandbox.createReset(SandboxReset(customerEmail: "new@example.com"))
    let summary = try await client.pull(since: outcome.state) { rows.take($0) }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(summary.rows <= 6)
  }

  @Test(arguments: [26, 60, 130])
  func `more rows than a page in one millisecond all come, each once`(_ count: Int) async throws {
    let bench = Bench()
    let times = [1_795_000_000_000_000, 1_795_000_001_000_000, 1_795_000_002_000_000]
    for (group, time) in times.enumerated() {
      for number in 0..<(group == 1 ? count : 30) {
        var reset = SandboxReset(customerEmail: "c\(group)-\(number)@example.com")
        // Stored finer than shown: all within one millisecond for the middle group.
        let step = group == 1 ? Int64(number * 7 % 1_000) : Int64(number) * 1_000
        reset.createdAt = Timestamp(microseconds: Int64(time) + step)
        bench.sandbox.createReset(reset)
      }
    }
    let rows = Collector()
    let summary = try await bench.client().pull(since: PullState()) { rows.take($0) }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == count + 60)
    #expect(summary.rows == count + 60)
  }

  @Test(arguments: 1...12)
  func `rows that are made, changed and deleted while paging are not lost`(
    _ seed: UInt64
  ) async throws {
    let bench = Bench(rows: 400)
    let random = SeededRandom(seed: seed)
    let client = try bench.client()
    let rows = Collector()
    var state = try await client.pullAll { page in
      rows.take(page)
      Self.disturb(bench.sandbox, random)
    }.state
    for _ in 0..<3 {
      _ = try await client.pull(since: state) { page in
        rows.take(page)
        state = page.state ?? state
        if random.below(3) > 0 { Self.disturb(bench.sandbox, random) }
      }
      bench.time.advance(seconds: Double(random.below(100)))
    }
    _ = try await client.pull(since: state) { rows.take($0) }
    // Deletions don't show; a full pull finds them.
    let gone = try await client.missing(among: Array(rows.rows.keys))
    rows.drop(gone)
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  private static func disturb(_ sandbox: Sandbox, _ random: SeededRandom) {
    for _ in 0..<3 {
      var change = SandboxChange(
        [.edit, .edit, .create, .delete][Int(random.below(4))], .random)
      change.metadata = "{\"v\":\(random.below(1_000))}"
      change.customerEmail = "d\(random.next())@example.com"
      sandbox.apply(change)
    }
  }

  @Test func `a pull that is stopped anywhere loses nothing`() async throws {
    struct Stop: Error {}
    let bench = Bench(rows: 300)
    let client = try bench.client()
    let rows = Collector()
    var state = PullState()
    for stopAfter in 1...40 {
      do {
        _ = try await client.pull(since: state) { page in
          if rows.count > stopAfter * 20 { throw Stop() }
          rows.take(page)
          state = page.state ?? state
        }
        break
      } catch is Stop {}
    }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  @Test func `rows that become visible late are found by the overlap`() async throws {
    let bench = Bench(rows: 100)
    let client = try bench.client()
    let rows = Collector()
    let state = try await client.pullAll { rows.take($0) }.state
    var late = SandboxReset(customerEmail: "late@example.com")
    late.createdAt = state.watermark?.time.adding(seconds: -50)
    bench.sandbox.createReset(late)
    _ = try await client.pull(since: state) { rows.take($0) }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  @Test func `a server clock that was ahead and went back hides nothing`() async throws {
    var bench = Bench(rows: 100)
    bench.sendsDate = true
    let client = try bench.client()
    let rows = Collector()
    bench.time.advance(seconds: 60)
    // For a while the server is an hour ahead, and a row gets such a time.
    bench.time.jump(to: bench.time.now.adding(seconds: 3_600))
    bench.sandbox.createReset(SandboxReset(customerEmail: "ahead@example.com"))
    var state = try await client.pull(since: PullState()) { rows.take($0) }.state
    bench.time.jump(to: bench.time.now.adding(seconds: -3_590))
    bench.sandbox.createReset(SandboxReset(customerEmail: "behind@example.com"))
    bench.time.advance(seconds: 5)
    state = try await client.pull(since: state) { rows.take($0) }.state
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    bench.sandbox.createReset(SandboxReset(customerEmail: "next@example.com"))
    _ = try await client.pull(since: state) { rows.take($0) }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  @Test func `our own clock has no say`() async throws {
    let bench = Bench(rows: 100)
    let client = try bench.client()
    let state = try await client.pullAll { _ in }.state
    #expect(
      state.watermark?.time
        == bench.sandbox.resets().compactMap(\.updatedAt).max().map {
          Timestamp(microseconds: $0.microseconds / 1_000 * 1_000)
        })
    var later = state
    later.ownTime = Timestamp(microseconds: 0)
    let rows = Collector()
    _ = try await client.pull(since: later) { rows.take($0) }
    #expect(rows.count < 25)
  }

  @Test func `a filter or sort that is ignored ends the pull`() async throws {
    let state = PullState(watermark: RemoteInstant("2026-06-01T00:00:00.000Z"))
    for times in [["2026-01-01T00:00:00Z"], ["2026-07-02T00:00:00Z", "2026-07-01T00:00:00Z"]] {
      let rows = times.enumerated().map { resource("r\($0.offset)", updated: $0.element) }
      let body = "{\"data\":[\(rows.joined(separator: ","))],\"meta\":{\"record_count\":2}}"
      let bench = ScriptedBench([.success(json(200, body))])
      let client = try bench.client()
      #expect(await failure { try await client.pull(since: state) { _ in } }?.kind == .incompatible)
    }
  }
}
