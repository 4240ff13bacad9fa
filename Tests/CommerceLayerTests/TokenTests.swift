import CommerceLayer
import Effects
import HTTP
import TestKit
import Testing

private let good = json(200, "{\"data\":\(resource("abc"))}")
private let invalidToken = json(
  401, "{\"errors\":[{\"title\":\"Invalid token\",\"code\":\"INVALID_TOKEN\",\"status\":\"401\"}]}")

@Suite struct TokenTests {
  /// A bench whose token endpoint gives a new token each time.
  private func bench(
    life: Int = 7_200, _ answer: @escaping @Sendable (Int, HTTPRequest) -> HTTPResponse
  ) -> ScriptedBench {
    let tokens = Lock(0)
    return ScriptedBench { number, request in
      guard request.url.hasSuffix("/oauth/token") else { return answer(number, request) }
      return tokenAnswer(
        life: life,
        salt: tokens.withLock {
          $0 += 1
          return $0
        })
    }
  }

  @Test func `one token serves many requests until shortly before its end`() async throws {
    let bench = bench { _, _ in good }
    let client = try bench.client()
    for _ in 0..<3 { _ = try await client.retrieve("abc") }
    #expect(client.counters.tokens == 1)
    bench.time.advance(seconds: 7_200 - 61)
    _ = try await client.retrieve("abc")
    #expect(client.counters.tokens == 1)
    bench.time.advance(seconds: 2)
    _ = try await client.retrieve("abc")
    #expect(client.counters.tokens == 2)
  }

  @Test func `the credentials go into the body, once, and into no log`() async throws {
    let bench = bench { _, _ in good }
    _ = try await bench.client { $0.scope = "market:id:x" }.retrieve("abc")
    let request = bench.transport.requests[0]
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "{\"grant_type\":\"client_credentials\",\"client_id\":\"the-client\","
        + "\"client_secret\":\"the-secret\",\"scope\":\"market:id:x\"}")
    #expect(!bench.sink.lines.joined().contains("the-secret"))
  }

  @Test func `requests that start together ask for one token`() async throws {
    let bench = bench { _, _ in good }
    let client = try bench.client()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { _ = try await client.retrieve("abc") } }
      try await group.waitForAll()
    }
    #expect(client.counters.tokens == 1)
  }

  @Test func `a refused token is renewed once and the request replayed`() async throws {
    let bench = bench { number, _ in number == 1 ? invalidToken : good }
    let client = try bench.client()
    #expect(try await client.retrieve("abc") != nil)
    #expect(client.counters.tokens == 2)
    let sent = bench.transport.calls.map { $0.fields["Authorization"] }
    #expect(sent.count == 2 && sent[0] != sent[1])
  }

  @Test func `a change is replayed too, since it was refused`() async throws {
    let bench = bench { number, _ in number == 1 ? invalidToken : good }
    let client = try bench.client()
    _ = try await client.update("abc", try PatchAttributes(reference: .set("x")))
    #expect(bench.transport.calls.count == 2)
  }

  @Test func `a second refusal is about the credentials`() async throws {
    let bench = bench { _, _ in invalidToken }
    let client = try bench.client()
    #expect(await failure { try await client.retrieve("abc") }?.kind == .refusedCredentials)
    #expect(client.counters.tokens == 2)
  }

  @Test func `missing permission never renews`() async throws {
    let bench = bench { _, _ in json(401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}") }
    let client = try bench.client()
    #expect(await failure { try await client.retrieve("abc") }?.kind == .notPermitted)
    #expect(client.counters.tokens == 1)
    #expect(bench.transport.calls.count == 1)
  }

  @Test(arguments: [
    ("{\"organization\":{\"slug\":\"other\"},\"test\":true}", APIError.Kind.wrongOrganization),
    ("{\"organization\":{\"slug\":\"acme\"},\"test\":false}", .wrongMode),
    ("{\"application\":{\"kind\":\"sales_channel\"}}", .notPermitted),
  ])
  func `a token from elsewhere stops before the first request`(
    _ claims: String, _ kind: APIError.Kind
  ) async throws {
    let bench = ScriptedBench { _, request in
      request.url.hasSuffix("token") ? tokenAnswer(claims) : good
    }
    let client = try bench.client()
    #expect(await failure { try await client.retrieve("abc") }?.kind == kind)
    #expect(bench.transport.calls.isEmpty)
  }

  @Test(arguments: [
    "{\"organization\":{\"slug\":\"ACME\"},\"test\":true}", "{}",
    "{\"organization\":{\"slug\":\"acme\"}}",
  ])
  func `claims that don't contradict are enough`(_ claims: String) async throws {
    let bench = ScriptedBench { _, request in
      request.url.hasSuffix("token") ? tokenAnswer(claims) : good
    }
    #expect(try await bench.client().retrieve("abc") != nil)
  }

  @Test func `a token that says nothing is used with a warning`() async throws {
    let bench = ScriptedBench { _, request in
      request.url.hasSuffix("token") ? json(200, "{\"access_token\":\"opaque\"}") : good
    }
    #expect(try await bench.client().retrieve("abc") != nil)
    #expect(bench.sink.lines.contains { $0.contains("warning") })
  }

  @Test(arguments: [
    "{\"errors\":[{\"title\":\"invalid_client\",\"code\":\"UNAUTHORIZED\",\"status\":401}]}",
    "{\"errors\":{\"title\":\"invalid_client\",\"code\":\"UNAUTHORIZED\",\"status\":401}}",
    "{\"error\":\"invalid_client\",\"error_description\":\"invalid_client\"}",
  ])
  func `refused credentials say so, in all forms`(_ body: String) async throws {
    let bench = ScriptedBench { _, _ in json(401, body) }
    let client = try bench.client()
    let error = await failure { try await client.connect() }
    #expect(error?.kind == .refusedCredentials)
    #expect(error?.description.contains("invalid_client") == true)
    #expect(error?.description.contains("the-secret") == false)
    #expect(bench.transport.requests.count == 1)
  }

  @Test(arguments: ["", "{}", "{\"access_token\":\"\"}", "{\"access_token\":\"a\\nb\"}", "<p>"])
  func `an answer without a token is not one`(_ body: String) async throws {
    let bench = ScriptedBench { _, _ in json(200, body) }
    let client = try bench.client()
    #expect(await failure { try await client.connect() }?.kind == .incompatible)
  }
}
