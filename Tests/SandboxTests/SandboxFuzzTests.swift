import Effects
import Formats
import Foundation
import HTTP
import Sandbox
import TestKit
import Testing

/// Random requests, half of them sensible: every one gets a documented answer.
struct SandboxFuzzTests {
  private static let names = [
    "filter[q][reference_eq]", "filter[q][id_gt]", "filter[q][updated_at_gteq]",
    "filter[q][metadata_jcont]", "filter[q][reference_matches]", "filter[q][created_at_in]",
    "filter[q][customer_email_or_reference_cont_any]", "filter[ids]", "filter[]", "filter[q][",
    "sort", "page[number]", "page[size]", "page[after]", "page[[]]", "include", "fields[customers]",
    "fields[customer_password_resets]", "fields", "filter[q][_or__eq]", "q", "X-y", "",
  ]
  private static let values = [
    "1", "25", "-1", "99999999999999999999", "id", "-updated_at,id", "customer", "customer.events",
    "reference,metadata", "2026-01-01", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+23:59",
    "{\"a\":1}", "[", "%", "%_%%\\", ",", ",,a", "true", "", "é", "a\u{0}b", "AAAAAAAAAA",
    "true,false",
  ]
  private static let bodies = [
    Play.document("{\"metadata\":{\"a\":1e999}}", id: "ID"),
    Play.document("{\"reference\":null}", id: "ID"),
    Play.document("{\"customer_email\":\"c0@example.com\"}"),
    Play.document("{\"email\":\"x@y.z\"}", id: "ID", type: "customers"),
    Play.document("{\"_trigger\":true,\"metadata\":{}}", id: "ID", type: "events"),
    "{\"data\":[]}", "{\"data\":{\"type\":1}}", "null", "", "{", "\"\\ud800\"",
  ]
  private static let documented: Set<Int> = [
    200, 201, 204, 400, 401, 404, 405, 406, 409, 415, 422, 423, 429,
  ]

  @Test func `random requests get documented answers`() throws {
    let rounds =
      ProcessInfo.processInfo.environment["RESETSYNC_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 2_000
    var options = SandboxOptions()
    options.limits = .unlimited
    var seed = SandboxSeed(options: options)
    seed.resets[.test] = Play.rows(40)
    let sandbox = Sandbox(seed: seed, time: ManualTime(), random: SeededRandom(seed: 3))
    let random = SeededRandom(seed: 99)
    let token = try Self.token(sandbox)
    for _ in 0..<rounds {
      guard let request = Self.request(sandbox, token, random) else { continue }
      let answer = sandbox.handle(request)
      #expect(
        Self.documented.contains(answer.status), "\(request.method) \(request.target)")
      if answer.status != 204 {
        #expect(throws: Never.self) { try JSONValue(parsing: answer.body) }
      }
    }
    #expect(sandbox.requestCount > rounds / 2)
  }

  private static func token(_ sandbox: Sandbox) throws -> String {
    let body =
      "grant_type=client_credentials&client_id=admin-test-client&client_secret=admin-test-secret"
    let request = try #require(
      HTTPServerRequest(
        .post, "/oauth/token",
        fields: HTTPFields([("Content-Type", "application/x-www-form-urlencoded")]),
        body: Array(body.utf8)))
    let document = try JSONValue(parsing: sandbox.handle(request).body)
    return try #require(document["access_token"]?.text)
  }

  private static func request(
    _ sandbox: Sandbox, _ token: String, _ random: SeededRandom
  ) -> HTTPServerRequest? {
    func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int(random.below(UInt64(elements.count)))]
    }
    let id = pick(sandbox.resets().compactMap(\.id) + ["AAAAAAAAAA", "x"])
    let path = pick([
      "", "/\(id)", "/\(id)", "/\(id)/customer", "/\(id)/events", "/\(id)/event_stores",
      "/\(id)/relationships/events", "/\(id)/nothing",
    ])
    let type = pick([
      "customer_password_resets", "customer_password_resets", "customers", "events",
      "event_stores", "orders",
    ])
    var items: [String] = []
    for _ in 0..<random.below(4) {
      let value = random.below(4) == 0 ? id : pick(values)
      items.append(PercentCoding.encoded(pick(names)) + "=" + PercentCoding.encoded(value))
    }
    let method = pick([HTTPMethod.get, .get, .get, .patch, .post, .head, .put, .options])
    let isWrite = method == .patch || method == .post
    let body = isWrite ? pick(bodies).replacing("ID", with: id) : ""
    return HTTPServerRequest(
      method, "/api/\(type)\(path)" + (items.isEmpty ? "" : "?" + items.joined(separator: "&")),
      fields: HTTPFields([
        ("Authorization", "Bearer \(token)"), ("Accept", Play.mediaType),
        ("Content-Type", Play.mediaType),
      ]), body: Array(body.utf8))
  }
}
