import CommerceLayer
import Formats
import HTTP
import Sandbox
import TestKit
import Testing

@Suite struct AuditTests {
  @Test func `who changed what and when is told, without secrets`() async throws {
    let bench = Bench(rows: 3) {
      $0.limits = .unlimited
      $0.eventStoresShowToken = true
    }
    let id = try #require(bench.sandbox.resets().first?.id)
    let client = try bench.client()
    for number in 0..<40 {
      bench.time.advance(seconds: 1)
      _ = try await client.update(id, PatchAttributes(metadata: ["n": .int(number)]))
    }
    let changes = try await client.eventStores(of: id)
    let values = changes.filter { $0.field == "metadata" }.map { $0.to["n"]?.int }
    #expect(values.suffix(40) == (0..<40).map(Optional.some))
    #expect(changes.last { $0.field == "metadata" }?.from["n"]?.int == 38)
    #expect(changes.last?.who.contains("integration") == true)
    #expect(changes.last?.at != nil)
    #expect(!changes.contains { $0.field.contains("token") || $0.field.contains("password") })
  }

  @Test func `payloads of both published forms are read, and paging ends`() async throws {
    let entry = """
      {"id":"1-0","type":"event_stores","attributes":{"event":"update",
      "payload":{"reference":["a","b"],"metadata":{"from":{},"to":{"x":1}},
      "reset_password_token":{"from":null,"to":"t0p"}},
      "who":{"application":{"id":"A","kind":"sales_channel"},"owner":{"id":"O","type":"Customer"}},
      "created_at":"2025-08-01T13:31:34.000+00:00","reference":{}}}
      """
    let next = "https://x/y?page%5Bsize%5D=25&page%5Bafter%5D=a%2Bb"
    let bench = ScriptedBench([
      .success(json(200, "{\"data\":[\(entry)],\"links\":{\"self\":null,\"next\":\"\(next)\"}}"))
    ])
    let changes = try await bench.client().eventStores(of: "abc")
    #expect(changes.count == 4)
    #expect(changes[0].from == "a" && changes[0].to == "b")
    #expect(changes[1].to == ["x": 1])
    #expect(changes[0].who == "Customer O via sales_channel A")
    #expect(bench.transport.calls.count == 2)
    #expect(bench.transport.calls[1].url.hasSuffix("page%5Bafter%5D=a%2Bb"))
  }

  @Test func `the customer and the events of a reset are read`() async throws {
    let bench = Bench()
    let id = try #require(
      bench.sandbox.createReset(SandboxReset(customerEmail: "john@example.com")))
    let client = try bench.client()
    #expect(try await client.customer(of: id)?.email == "john@example.com")
    #expect(
      try await client.events(of: id).map(\.name).contains("customer_password_resets.create"))
    #expect(try await client.customer(of: "nobody") == nil)
  }

  @Test func `many ids are read 25 at a time, and deleted ones left out`() async throws {
    let bench = Bench(rows: 130)
    let ids = bench.sandbox.resets().compactMap(\.id)
    bench.sandbox.deleteReset(ids[40])
    let client = try bench.client()
    let found = try await client.retrieveMany(ids)
    #expect(Set(found.map(\.id)) == Set(ids).subtracting([ids[40]]))
    #expect(client.counters.requests == 6 + 1)
    #expect(try await client.retrieve(ids: []).isEmpty)
    #expect(await failure { try await client.retrieve(ids: ids) }?.kind == .misconfigured)
  }

  @Test func `metadata comes back as it was sent, to the byte`() async throws {
    let bench = Bench(rows: 1)
    let id = try #require(bench.sandbox.resets().first?.id)
    let text = "{\"z\":1.0,\"a\":12345678901234567890,\"n\":{\"e\":1E+2,\"s\":\"\\u00e9\\/\"}}"
    let reset = try await bench.client().update(
      id, try PatchAttributes(metadataText: Array(text.utf8)))
    #expect(String(decoding: reset.metadata, as: UTF8.self) == text)
  }
}
