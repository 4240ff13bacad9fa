import CommerceLayer
import HTTP
import TestKit
import Testing

private let good = json(200, "{\"data\":\(resource("abc"))}")

@Suite struct RetryTests {
  private static let transient: [Result<HTTPResponse, HTTPTransportError>] = [
    .success(json(500, "")), .success(json(502, "<html>")), .success(json(503, "{")),
    .success(json(504, "")), .failure(.cannotConnect("x")), .failure(.outcomeUnknown("x")),
    .failure(.malformedAnswer("x")), .success(json(200, "{\"data\":")),
  ]

  @Test(arguments: 0..<8)
  func `a read is tried again after what may pass`(_ index: Int) async throws {
    let bench = ScriptedBench([Self.transient[index], Self.transient[index], .success(good)])
    let client = try bench.client()
    #expect(try await client.retrieve("abc") != nil)
    #expect(client.counters.retries == 2)
  }

  @Test(arguments: 0..<8)
  func `and given up after the fifth time`(_ index: Int) async throws {
    let bench = ScriptedBench([Self.transient[index]])
    let client = try bench.client()
    let kind = await failure { try await client.retrieve("abc") }?.kind
    #expect(kind == (index == 7 ? .incompatible : .unreachable))
    #expect(bench.transport.calls.count == 5)
  }

  @Test(arguments: [0, 1, 2, 3, 5, 6, 7])
  func `a change whose outcome is unknown is not sent again`(_ index: Int) async throws {
    let bench = ScriptedBench([Self.transient[index], .success(good)])
    let client = try bench.client()
    let error = await failure {
      try await client.update("abc", try PatchAttributes(reference: .set("x")))
    }
    #expect(error?.kind == .outcomeUnknown)
    #expect(bench.transport.calls.count == 1)
  }

  @Test func `a server that can't prove who it is is asked once`() async throws {
    let bench = ScriptedBench([.failure(.untrustedServer("self-signed certificate"))])
    let client = try bench.client()
    let error = await failure { try await client.retrieve("abc") }
    #expect(error?.kind == .unreachable)
    #expect(error?.description.contains("certificate") == true)
    #expect(error?.advice.contains("ca-certificates") == true)
    #expect(bench.transport.calls.count == 1)
  }

  @Test func `a change that never left is sent again`() async throws {
    let bench = ScriptedBench([.failure(.cannotConnect("x")), .success(good)])
    let client = try bench.client()
    _ = try await client.update("abc", try PatchAttributes(reference: .set("x")))
    #expect(bench.transport.calls.count == 2)
  }

  @Test(arguments: [
    (400, APIError.Kind.refused), (404, .notFound), (405, .refused), (406, .refused),
    (409, .refused), (415, .refused), (422, .refused), (423, .refused), (403, .notPermitted),
    (302, .incompatible),
  ])
  func `what won't pass is not tried again`(_ status: Int, _ kind: APIError.Kind) async throws {
    let bench = ScriptedBench([.success(json(status, ""))])
    let client = try bench.client()
    let error = await failure {
      try await client.update("abc", try PatchAttributes(reference: .set("x")))
    }
    #expect(error?.kind == kind)
    #expect(error?.status == status)
    #expect(bench.transport.calls.count == 1)
  }

  @Test func `a missing record is nil, not an error`() async throws {
    let bench = ScriptedBench([
      .success(json(404, "{\"errors\":[{\"code\":\"RECORD_NOT_FOUND\"}]}"))
    ])
    #expect(try await bench.client().retrieve("abc") == nil)
  }

  @Test func `an error carries code, pointer, detail and trace`() async throws {
    let body = """
      {"errors":[{"title":"can't be blank","detail":"name - can't be blank",
      "code":"VALIDATION_ERROR","source":{"pointer":"/data/attributes/metadata"},"status":"422","meta":{"trace_id":"t9"}}]}
      """
    let bench = ScriptedBench([.success(json(422, body))])
    let client = try bench.client()
    let error = await failure {
      try await client.update("abc", try PatchAttributes(reference: .set("x")))
    }
    #expect(error?.code == "VALIDATION_ERROR")
    #expect(error?.pointer == "/data/attributes/metadata")
    #expect(error?.detail == "name - can't be blank")
    #expect(error?.traceID == "t9")
    #expect(
      error?.description
        == "PATCH /customer_password_resets/abc: 422 VALIDATION_ERROR: name - can't be blank "
        + "(at /data/attributes/metadata) [trace t9]; correct the value that the API names")
  }

  @Test(arguments: [
    ("", "the answer has no body"), ("<html>x</html>", "the answer is not JSON"),
    ("{\"errors\":", "the answer is not JSON"), ("{}", "the answer gives no reason"),
    ("[]", "the answer gives no reason"), ("{\"errors\":null}", "the answer gives no reason"),
    ("{\"errors\":[]}", "the answer gives no reason"),
    ("{\"errors\":{\"title\":\"a\",\"status\":422}}", "a"),
  ])
  func `error bodies of any kind are handled`(_ body: String, _ detail: String) async throws {
    let bench = ScriptedBench([.success(json(422, body))])
    let client = try bench.client()
    #expect(await failure { try await client.retrieve("abc") }?.detail == detail)
  }
}

@Suite struct ThrottlingTests {
  private func throttled(_ fields: [(String, String)]) -> HTTPResponse {
    json(429, "{\"errors\":{\"title\":\"x\",\"code\":\"THROTTLED\",\"status\":429}}", fields)
  }

  @Test(arguments: [
    (
      [
        ("Retry-After", "0"), ("X-Ratelimit-Limit", "100"), ("X-Ratelimit-Interval", "60"),
        ("X-Ratelimit-Remaining", "0"),
      ], 60.0
    ),
    (
      [
        ("Retry-After", "0"), ("X-Ratelimit-Limit", "100"), ("X-Ratelimit-Interval", "60"),
        ("X-Ratelimit-Remaining", "40"),
      ], 10.0
    ),
    ([("Retry-After", "90")], 90.0), ([], 60.0),
    ([("Retry-After", "Mon, 23 Nov 2026 10:02:00 GMT")], 119.0), ([("Retry-After", "soon")], 60.0),
  ])
  func `after 429 at least the window passes, whatever Retry-After says`(
    _ fields: [(String, String)], _ seconds: Double
  ) async throws {
    let bench = ScriptedBench([.success(throttled(fields)), .success(good)])
    let client = try bench.client()
    let start = bench.time.monotonicSeconds
    _ = try await client.retrieve("abc")
    let passed = bench.time.monotonicSeconds - start
    #expect(passed >= seconds && passed <= seconds + 2)
    #expect(client.counters.throttled == 1)
    #expect(client.counters.waitedMilliseconds >= Int(seconds * 1_000) - 1)
  }

  @Test func `a change that was throttled is sent again, since it was refused`() async throws {
    let bench = ScriptedBench([.success(throttled([])), .success(good)])
    let client = try bench.client()
    _ = try await client.update("abc", try PatchAttributes(reference: .set("x")))
    #expect(bench.transport.calls.count == 2)
  }

  @Test func `a server that keeps limiting ends the run`() async throws {
    let bench = ScriptedBench([.success(throttled([]))])
    let client = try bench.client()
    #expect(await failure { try await client.retrieve("abc") }?.kind == .throttled)
    #expect(bench.transport.calls.count == 7)
  }

  @Test(arguments: [
    ([("X-Ratelimit-Limit", "100"), ("X-Ratelimit-Remaining", "0")], "were not ours"),
    ([("X-Ratelimit-Limit", "100"), ("X-Ratelimit-Remaining", "40")], "burst limit"),
    ([], "don't tell the limits"), ([("Retry-After", "86400")], "wait 86400 s"),
    ([("Retry-After", "99999999999999999999")], "the server asks to wait"),
  ])
  func `what to do about a limit follows from what is known of it`(
    _ fields: [(String, String)], _ words: String
  ) async throws {
    let client = try ScriptedBench([.success(throttled(fields))]).client()
    let error = await failure { try await client.retrieve("abc") }
    #expect(error?.advice.contains(words) == true, "\(error?.advice ?? "")")
  }

  @Test func `a Retry-After of hours ends the run at once`() async throws {
    let bench = ScriptedBench([.success(throttled([("Retry-After", "86400")]))])
    let client = try bench.client()
    #expect(await failure { try await client.retrieve("abc") }?.kind == .throttled)
    #expect(bench.transport.calls.count == 1)
  }
}
