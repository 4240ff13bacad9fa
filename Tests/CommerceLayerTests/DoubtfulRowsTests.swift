import Effects
import Formats
import HTTP
import Sandbox
import TestKit
import Testing

@testable import CommerceLayer

/// Full pulls that don't know of most rows whether they were handed on, and ask.
struct DoubtfulRowsTests {
  private static let tiny = CommerceLayerClient.tinyFilterBytes

  /// A pager over so many rows, one page or several at a time.
  private func pager(
    _ bench: Bench, atOnce: Int = 1, filterBytes: Int?, memory: WalkMemory, rows: Collector
  ) async throws -> FullPullOutcome {
    let client = try bench.client { $0.maxInFlight = atOnce }
    return try await SimulatedRun.run(on: bench.time) {
      try await client.pullAll(filterBytes: filterBytes, memory: memory) { rows.take($0) }
    }
  }

  @Test(arguments: [0, 1, 26, 100, 1_003], [1, 4])
  func `every row comes once where all are doubtful`(_ count: Int, _ atOnce: Int) async throws {
    let bench = Bench(rows: count, isSimulated: true)
    let (rows, memory) = (Collector(), WalkMemory())
    let outcome = try await pager(
      bench, atOnce: atOnce, filterBytes: Self.tiny, memory: memory, rows: rows)
    #expect(outcome.completeness == .complete(recordCount: count))
    #expect(outcome.rows == count && rows.count == count)
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    // Of 64 bits, two pages leave none.
    #expect(memory.asked.count >= count - 75)
    #expect(memory.asked.allSatisfy { !$0.wasThere })
  }

  @Test(arguments: [1, 4])
  func `nobody is asked for rows beyond doubt`(_ atOnce: Int) async throws {
    let bench = Bench(rows: 1_010, isSimulated: true)
    let (rows, memory) = (Collector(), WalkMemory())
    let outcome = try await pager(
      bench, atOnce: atOnce, filterBytes: nil, memory: memory, rows: rows)
    #expect(outcome.completeness == .complete(recordCount: 1_010))
    #expect(memory.asked.isEmpty)
  }

  @Test(arguments: [Self.tiny, nil])
  func `a repeated page is found by asking, and asked for again`(_ bytes: Int?) async throws {
    let bench = Bench(rows: 200, isSimulated: true)
    var fault = SandboxFault(.repeatPage, method: "GET", path: "customer_password_resets")
    fault.query = "id_gt"
    fault.skip = 2
    bench.sandbox.setFaults([fault])
    let (rows, memory) = (Collector(), WalkMemory())
    let outcome = try await pager(bench, filterBytes: bytes, memory: memory, rows: rows)
    #expect(outcome.completeness == .complete(recordCount: 200))
    #expect(outcome.pages == 10)
    #expect(rows.count == 200)
  }

  @Test(arguments: [Self.tiny, nil])
  func `a pager in a circle ends`(_ bytes: Int?) async throws {
    let bench = Bench(rows: 500, isSimulated: true)
    var fault = SandboxFault(
      .cyclePages(length: 3), method: "GET", path: "customer_password_resets")
    fault.query = "id_gt"
    fault.count = nil
    bench.sandbox.setFaults([fault])
    let (rows, memory) = (Collector(), WalkMemory())
    let error = await failure {
      try await pager(bench, filterBytes: bytes, memory: memory, rows: rows)
    }
    #expect(error?.kind == .incompatible)
    #expect(rows.count == rows.rows.count)
    #expect(memory.asked.contains { $0.wasThere })
  }

  @Test(arguments: [Self.tiny, nil])
  func `a pager that goes on knows the rows from before its stop`(_ bytes: Int?) async throws {
    struct Stop: Error {}
    let bench = Bench(rows: 500, isSimulated: true)
    let client = try bench.client { $0.maxInFlight = 4 }
    let (rows, memory) = (Collector(), WalkMemory())
    try await SimulatedRun.run(on: bench.time) {
      await #expect(throws: Stop.self) {
        try await client.pullAll(filterBytes: bytes, memory: memory) { page in
          rows.take(page)
          if rows.count >= 200 { throw Stop() }
        }
      }
      // What was thrown at was kept all the same.
      let before = WalkMemory(Set(rows.rows.keys))
      let outcome = try await client.pullAll(
        resuming: rows.page?.cursor, filterBytes: bytes, memory: before
      ) { rows.take($0) }
      #expect(outcome.completeness == .complete(recordCount: 500))
      #expect(outcome.rows == 500)
      #expect(before.asked.allSatisfy { !$0.wasThere })
    }
    #expect(rows.count == 500)
  }

  // MARK: The pager by itself

  private func page(_ ids: [String], count: Int) throws -> ResetPage {
    let data = ids.map { resource($0) }.joined(separator: ",")
    return try ResetDecoder.page(
      json(200, "{\"data\":[\(data)],\"meta\":{\"record_count\":\(count)}}"))
  }

  private func pager(_ ranges: [WalkBounds]) -> IDPager {
    let cursor = FullPullCursor(ranges: ranges, rows: 7, stateBefore: PullState())
    return IDPager(from: cursor, seen: SeenFilter(seed: 1, expecting: 1_000))
  }

  private func next(_ pager: IDPager, _ number: Int = 0) throws -> KeyQuestion {
    let range = try #require(pager.range(number))
    return KeyQuestion(kind: .next, range: number, bounds: pager.borders(of: range))
  }

  @Test func `a page that is not taken leaves nothing behind`() throws {
    var pager = pager([WalkBounds(after: "a", before: nil)])
    let question = try next(pager)
    let good = try page(["b", "c"], count: 9)
    for ids in [["b", "c", "b"], ["b", "a"]] {
      let wrong = try page(ids, count: 9)
      #expect(pager.doubtful(wrong, to: question).isEmpty)
      let verdict = pager.take(wrong, to: question, repeated: [])
      #expect(verdict == .wrong)
      #expect(pager.rows == 7)
      #expect(pager.doubtful(good, to: question).isEmpty)
    }
    let refused = pager.take(good, to: question, repeated: ["c"])
    #expect(refused == .wrong)
    #expect(pager.rows == 7)
    #expect(pager.doubtful(good, to: question).isEmpty)
    let taken = pager.take(good, to: question, repeated: [])
    #expect(taken == .rows(good.rows))
    #expect(pager.rows == 9)
    #expect(pager.doubtful(try page(["b", "d", "a2"], count: 9), to: question) == ["b"])
    // The last row of the page before says by itself that it comes twice.
    #expect(pager.doubtful(try page(["b", "c"], count: 9), to: question).isEmpty)
  }

  @Test func `only rows inside of the range are doubted`() throws {
    var pager = pager([WalkBounds(after: nil, before: "m"), WalkBounds(after: "m", before: nil)])
    let upper = try page(["n", "o", "p"], count: 30)
    let taken = pager.take(upper, to: try next(pager, 1), repeated: [])
    #expect(taken == .rows(upper.rows))
    let lower = try next(pager)
    #expect(pager.doubtful(try page(["k", "o", "m", "n"], count: 2), to: lower) == ["o"])
    // The newest rows first, down to the last one of the range.
    let closing = KeyQuestion(kind: .closing, range: 1, bounds: try next(pager, 1).bounds)
    #expect(pager.doubtful(try page(["q", "n", "p", "o"], count: 30), to: closing) == ["n"])
    let split = KeyQuestion(
      kind: .split(pageNumber: 2), range: 1, bounds: try next(pager, 1).bounds)
    #expect(pager.doubtful(try page(["o", "q"], count: 30), to: split) == ["o"])
    // An answer to a range that was read to its end changes nothing.
    let late = KeyQuestion(kind: .next, range: 9, bounds: lower.bounds)
    #expect(pager.doubtful(upper, to: late).isEmpty)
  }
}
