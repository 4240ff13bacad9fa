import CommerceLayer
import Effects
import HTTP
import Sandbox
import TestKit
import Testing

@Suite struct FullPullTests {
  @Test(arguments: [0, 1, 24, 25, 26, 50, 1_003])
  func `every row comes once, in the fewest requests`(_ count: Int) async throws {
    let bench = Bench(rows: count)
    let client = try bench.client()
    let rows = Collector()
    let outcome = try await client.pullAll { rows.take($0) }
    #expect(outcome.completeness == .complete(recordCount: count))
    #expect(rows.differences(from: bench.sandbox).isEmpty)
    #expect(rows.count == count)
    // The newest change and the pages; the last of them counts.
    #expect(outcome.pages == max(1, (count + 24) / 25) + 1)
    #expect(client.counters.requests == outcome.pages + 1)
  }

  @Test func `rows made during the pager are walked to`() async throws {
    let bench = Bench(rows: 100)
    let rows = Collector()
    let outcome = try await bench.client().pullAll { page in
      rows.take(page)
      if rows.count < 100 {
        bench.sandbox.createReset(SandboxReset(customerEmail: "n\(rows.count)@example.com"))
      }
    }
    #expect(outcome.completeness == .complete(recordCount: bench.sandbox.resets().count))
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  @Test func `rows deleted ahead of the pager change nothing`() async throws {
    let bench = Bench(rows: 100)
    let ids = bench.sandbox.resets().compactMap(\.id)
    let rows = Collector()
    let outcome = try await bench.client().pullAll { page in
      rows.take(page)
      if rows.count == 25 { bench.sandbox.deleteReset(ids[80]) }
    }
    #expect(outcome.completeness == .complete(recordCount: 99))
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  @Test func `rows deleted behind the pager leave it without proof`() async throws {
    let bench = Bench(rows: 100)
    let ids = bench.sandbox.resets().compactMap(\.id)
    let rows = Collector()
    let outcome = try await bench.client().pullAll { page in
      rows.take(page)
      // The last row of a page is also where the next page starts.
      if rows.count == 50 { for index in [0, 49] { bench.sandbox.deleteReset(ids[index]) } }
    }
    guard case .incomplete(let reason) = outcome.completeness else {
      Issue.record("\(outcome.completeness)")
      return
    }
    #expect(reason.contains("2 of 100"))
    #expect(rows.count == 100)
  }

  @Test func `rows that change behind the pager come with the next incremental pull`() async throws
  {
    let bench = Bench(rows: 200)
    let ids = bench.sandbox.resets().compactMap(\.id)
    let client = try bench.client()
    let rows = Collector()
    let outcome = try await client.pullAll { page in
      rows.take(page)
      if rows.count == 100 { bench.sandbox.editReset(ids[3], metadata: "{\"x\":1}") }
    }
    #expect(rows.differences(from: bench.sandbox) == ["stale \(ids[3])"])
    _ = try await client.pull(since: outcome.state) { rows.take($0) }
    #expect(rows.differences(from: bench.sandbox).isEmpty)
  }

  @Test func `a stopped pager goes on from its cursor`() async throws {
    struct Stop: Error {}
    let bench = Bench(rows: 200)
    let client = try bench.client()
    let rows = Collector()
    await #expect(throws: Stop.self) {
      try await client.pullAll { page in
        rows.take(page)
        if rows.count == 75 { throw Stop() }
      }
    }
    let cursor = try #require(rows.page?.cursor)
    let outcome = try await client.pullAll(resuming: cursor) { rows.take($0) }
    #expect(outcome.completeness == .complete(recordCount: 200))
    #expect(rows.count == 200)
    #expect(outcome.state == cursor.stateBefore)
  }

  @Test func `one repeated page is asked for again`() async throws {
    let bench = Bench(rows: 200)
    var fault = SandboxFault(.repeatPage, method: "GET", path: "customer_password_resets")
    fault.query = "id_gt"
    fault.skip = 2
    bench.sandbox.setFaults([fault])
    let rows = Collector()
    let outcome = try await bench.client().pullAll { rows.take($0) }
    #expect(outcome.completeness == .complete(recordCount: 200))
    #expect(rows.count == 200)
  }

  @Test(arguments: [SandboxFault.Action.repeatPage, .cyclePages(length: 3)])
  func `a pager that doesn't move ends, and hands nothing on twice`(
    _ action: SandboxFault.Action
  ) async throws {
    let bench = Bench(rows: 500)
    var fault = SandboxFault(action, method: "GET", path: "customer_password_resets")
    fault.query = "id_gt"
    fault.count = nil
    bench.sandbox.setFaults([fault])
    let client = try bench.client()
    let rows = Collector()
    let error = await failure { try await client.pullAll { rows.take($0) } }
    #expect(error?.kind == .incompatible)
    #expect(rows.count == rows.rows.count)
    #expect(client.counters.requests < 20)
  }

  @Test func `a filter that is ignored ends the pager`() async throws {
    let page = "{\"data\":[\((0..<25).map { resource("r\($0)") }.joined(separator: ","))],"
    let bench = ScriptedBench([.success(json(200, page + "\"meta\":{\"record_count\":99}}"))])
    let client = try bench.client()
    #expect(await failure { try await client.pullAll { _ in } }?.kind == .incompatible)
  }

  @Test func `an empty page in the middle is noticed by the count`() async throws {
    let bench = Bench(rows: 200)
    var fault = SandboxFault(
      .body("{\"data\":[],\"meta\":{\"record_count\":0}}", mediaType: nil), method: "GET")
    fault.query = "id_gt"
    fault.skip = 3
    bench.sandbox.setFaults([fault])
    let rows = Collector()
    let outcome = try await bench.client().pullAll { rows.take($0) }
    #expect(outcome.completeness == .complete(recordCount: 200))
  }

  @Test func `a count that comes as text proves too`() async throws {
    let page = "{\"data\":[\(resource("abc"))],\"meta\":{\"record_count\":\"1\"}}"
    let client = try ScriptedBench([.success(json(200, page))]).client()
    #expect(try await client.pullAll { _ in }.completeness == .complete(recordCount: 1))
  }

  @Test func `without a count there is no proof`() async throws {
    let bench = ScriptedBench([.success(json(200, "{\"data\":[]}"))])
    let outcome = try await bench.client().pullAll { _ in }
    #expect(outcome.completeness == .incomplete(reason: "the API gave no count"))
  }

  @Test(arguments: [10, 30, 60, 75])
  func `a count of all rows on every page proves too`(_ count: Int) async throws {
    // A server that counts without the filter.
    let ids = (0..<count).map { "r\(100 + $0)" }
    let bench = ScriptedBench { _, request in
      if request.url.hasSuffix("token") { return tokenAnswer() }
      let after = ids.firstIndex { request.url.contains("id_gt%5D=\($0)") }.map { $0 + 1 } ?? 0
      let isBackwards = request.url.contains("sort=-id")
      let page = isBackwards ? ids.suffix(25).reversed() : Array(ids[after...].prefix(25))
      let data = page.map { resource($0) }.joined(separator: ",")
      return json(200, "{\"data\":[\(data)],\"meta\":{\"record_count\":\(count)}}")
    }
    let rows = Collector()
    let outcome = try await bench.client().pullAll { rows.take($0) }
    #expect(outcome.completeness == .complete(recordCount: count))
    #expect(rows.count == count && rows.rows.count == count)
    #expect(outcome.pages <= (count + 24) / 25 + 4)
  }

  @Test func `a page of one row works too, where the server gives fewer than asked`() async throws {
    // Two rows, one per page, whatever size is asked for.
    let bench = ScriptedBench { _, request in
      if request.url.hasSuffix("token") { return tokenAnswer() }
      let rows = request.url.contains("id_gt%5D=a") ? "b" : request.url.contains("id_gt") ? "" : "a"
      let data = rows.isEmpty ? "" : resource(rows)
      return json(200, "{\"data\":[\(data)],\"meta\":{\"record_count\":2}}")
    }
    let outcome = try await bench.client().pullAll { _ in }
    #expect(outcome.completeness == .complete(recordCount: 2))
  }
}
