import CommerceLayer
import Effects
import Formats
import HTTP
import Sandbox
import Testing

@Suite struct RequestTests {
  @Test func `every read asks for the fields it needs and never for the token`() async throws {
    let bench = Bench(rows: 30)
    let client = try bench.client()
    let page = Collector()
    _ = try await client.pullAll { page.take($0) }
    let id = try #require(page.rows.keys.first)
    _ = try await client.pull(since: PullState()) { _ in }
    _ = try await client.retrieve(id)
    _ = try await client.retrieve(ids: [id])
    _ = try await client.update(id, try PatchAttributes(reference: .set("x")))
    _ = try await client.customer(of: id)
    _ = try await client.events(of: id)
    for request in bench.sandbox.requests where request.target.hasPrefix("/api") {
      #expect(!request.target.contains("reset_password_token"))
      #expect(
        request.target.contains("fields%5B") || request.target.contains("event_stores"),
        "\(request.target)")
      #expect(!request.target.contains("["))
    }
    #expect(bench.sandbox.requests.allSatisfy { $0.status < 400 })
  }

  @Test func `requests carry media type and bearer token, and the base address`() async throws {
    let bench = ScriptedBench([.success(json(200, "{\"data\":\(resource("abc"))}"))])
    _ = try await bench.client { $0.baseURL = "https://acme.example/api/2026-05/" }
      .retrieve("abc")
    let request = try #require(bench.transport.calls.first)
    #expect(request.fields["Accept"] == "application/vnd.api+json")
    #expect(request.fields["Authorization"]?.hasPrefix("Bearer ") == true)
    #expect(
      request.url.hasPrefix(
        "https://acme.example/api/2026-05/customer_password_resets/abc?fields%5B"))
  }

  @Test(arguments: [
    "id_gt", "id_in", "updated_at_gteq", "updated_at_lt", "customer_email_eq", "reference_null",
    "metadata_jcont", "reference_or_customer_reference_eq", "reference_origin_not_eq_or_null",
    "events_name_start", "updated_at_lt_any",
  ])
  func `documented filters are known`(_ predicate: String) throws {
    #expect(try ResetFilter(predicate, "x").predicate == predicate)
  }

  @Test(arguments: [
    "", "id", "id_", "_eq", "foo_eq", "id_foo", "reset_password_token_eq", "updated_at_gte",
    "customer_password_eq", "reference_or_eq", "reference_or_foo_eq", "updatedat_gteq",
  ])
  func `anything else is refused before it is sent`(_ predicate: String) async {
    #expect(await failure { try ResetFilter(predicate, "x") }?.kind == .misconfigured)
  }

  @Test func `the predicates of the pulls are documented ones`() throws {
    for predicate in ["id_gt", "id_in", "updated_at_gteq", "updated_at_lt"] {
      _ = try ResetFilter(predicate, "")
    }
  }

  @Test(arguments: [
    "../x", "..", ".", "a,b", "a%2Fb", "a/b", "a?b", "", "a b", "é",
    String(repeating: "a", count: 129),
  ])
  func `an id can't name another path`(_ id: String) async throws {
    let bench = ScriptedBench([.success(json(200, "{}"))])
    let client = try bench.client()
    #expect(await failure { try await client.retrieve(id) }?.kind == .misconfigured)
    #expect(await failure { try await client.retrieve(ids: [id]) }?.kind == .misconfigured)
    #expect(bench.transport.requests.isEmpty)
  }

  @Test func `a change sends the allowed members and nothing else, byte for byte`() async throws {
    let bench = ScriptedBench([.success(json(200, "{\"data\":\(resource("abc"))}"))])
    let metadata = "{\"z\": 1.0,\"a\":12345678901234567890,\"s\":\"\\u00e9\"}"
    let attributes = try PatchAttributes(
      metadataText: Array(metadata.utf8), reference: .set("a\"b"), referenceOrigin: .clear)
    _ = try await bench.client().update("abc", attributes)
    let request = try #require(bench.transport.calls.first)
    #expect(request.method == .patch)
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "{\"data\":{\"type\":\"customer_password_resets\",\"id\":\"abc\",\"attributes\":"
        + "{\"metadata\":\(metadata),\"reference\":\"a\\\"b\",\"reference_origin\":null}}}")
  }

  @Test(arguments: ["", "[]", "1", "{", "{\"a\":1,\"a\":2}", "{}{}", "{}},\"customer_password\":1"])
  func `metadata that is no object is refused`(_ text: String) async {
    let error = await failure { try PatchAttributes(metadataText: Array(text.utf8)) }
    #expect(error?.kind == .misconfigured)
  }

  @Test(arguments: [
    ("http://acme.example/api", 0.5), ("acme.example", 0.5), ("https://a/api?x=1", 0.5),
    ("https://acme.example/api", 0), ("https://acme.example/api", 1.1),
    ("https://acme.example/api", .nan),
  ])
  func `settings that can't work are refused`(_ url: String, _ share: Double) async {
    let bench = ScriptedBench([.success(json(200, "{}"))])
    let error = await failure {
      try bench.client {
        $0.baseURL = url
        $0.rateShare = share
      }
    }
    #expect(error?.kind == .misconfigured)
  }

  @Test func `pacing can't be switched off for a remote server`() async {
    let bench = ScriptedBench([.success(json(200, "{}"))])
    #expect(await failure { try bench.client { $0.limits = .none } }?.kind == .misconfigured)
  }
}
