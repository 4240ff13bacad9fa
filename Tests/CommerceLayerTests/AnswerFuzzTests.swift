import CommerceLayer
import Effects
import Formats
import Foundation
import HTTP
import Testing

/// Good answers, damaged: the client gives a value or an error, and never crashes or hangs.
@Suite struct AnswerFuzzTests {
  /// Rounds of mutation; `RESETSYNC_FUZZ_ROUNDS` sets another number, `RESETSYNC_FUZZ_SEED` other
  /// mutations.
  private static let rounds =
    ProcessInfo.processInfo.environment["RESETSYNC_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 400

  private static let seed =
    ProcessInfo.processInfo.environment["RESETSYNC_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1_123

  private static let answers: [String] = {
    let own = resource("abc", extra: ",\"reset_password_token\":\"t0p\"")
    let entry = """
      {"id":"1-0","type":"event_stores","attributes":{"event":"update","payload":{
      "metadata":{"from":{},"to":{"x":[1,{"y":null}]}},"reset_password_token":["t0p","b"]},
      "who":{"application":{"id":"A","kind":"k"},"owner":null},"created_at":"2026-01-01T00:00:00Z"}}
      """
    return [
      "{\"data\":\(own)}", "{\"data\":[\(own)],\"meta\":{\"record_count\":1}}",
      "{\"data\":[\(entry)],\"links\":{\"next\":\"https://x/y?page%5Bafter%5D=a\"}}",
      "{\"data\":{\"id\":\"c\",\"attributes\":{\"email\":\"a@b.c\",\"has_password\":true}}}",
      "{\"errors\":[{\"title\":\"a\",\"code\":\"B\",\"source\":{\"pointer\":\"/data\"}}]}",
    ]
  }()
  private static let pieces = [
    "\"", "{", "}", "[", "]", ",", ":", "null", "1e999", "-", "\\ud800", "\\", "\u{0}", "{\"a\":",
    "\"id\":\"abc\"", "\"data\":", "[[[[[[[[", "true", "99999999999999999999999999",
  ]
  private static let headers = [
    ("Retry-After", "-1"), ("Retry-After", "99999999999999999999"), ("Retry-After", "soon"),
    ("X-Ratelimit-Limit", "0"), ("X-Ratelimit-Interval", "-5"), ("X-Ratelimit-Remaining", "1e9"),
    ("Date", "Thu, 99 Foo 0000 25:61:61 GMT"), ("Content-Type", "text/html"), ("Location", "//x"),
  ]
  private static let statuses = [200, 200, 200, 200, 201, 204, 302, 400, 401, 404, 422, 429, 503]

  private static func damaged(_ random: SeededRandom) -> [UInt8] {
    var bytes = Array(answers[Int(random.below(UInt64(answers.count)))].utf8)
    for _ in 0..<random.below(5) {
      let place = Int(random.below(UInt64(bytes.count + 1)))
      switch random.below(5) {
      case 0 where place < bytes.count: bytes[place] = UInt8(random.below(256))
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.below(40))))
      case 2: bytes.removeLast(bytes.count - place)
      case 3: bytes.insert(contentsOf: bytes.prefix(Int(random.below(200))), at: place)
      default:
        let piece = pieces[Int(random.below(UInt64(pieces.count)))]
        bytes.insert(contentsOf: Array(piece.utf8), at: place)
      }
    }
    return bytes
  }

  private static func answer(_ random: SeededRandom) -> HTTPResponse {
    var fields = HTTPFields([("Content-Type", "application/vnd.api+json")])
    for _ in 0..<random.below(3) {
      let (name, value) = headers[Int(random.below(UInt64(headers.count)))]
      fields.append(name, value)
    }
    let status = statuses[Int(random.below(UInt64(statuses.count)))]
    return HTTPResponse(status: status, fields: fields, body: damaged(random))
  }

  private static func bench(_ random: SeededRandom) -> ScriptedBench {
    ScriptedBench((0..<8).map { _ in .success(answer(random)) })
  }

  /// Whether a value came; an error says something.
  private static func isAnswered(_ number: Int, _ client: CommerceLayerClient) async -> Bool {
    do throws(APIError) {
      switch number % 5 {
      case 0: _ = try await client.retrieve("abc")
      case 1: _ = try await client.retrieve(ids: ["abc"])
      case 2: _ = try await client.eventStores(of: "abc")
      case 3: _ = try await client.customer(of: "abc")
      default: _ = try await client.update("abc", PatchAttributes(metadata: ["a": 1]))
      }
      return true
    } catch {
      #expect(!error.description.isEmpty)
      return false
    }
  }

  @Test func `damaged answers end in a value or an error`() async throws {
    let random = SeededRandom(seed: Self.seed)
    var values = 0
    for number in 0..<Self.rounds {
      let client = try Self.bench(random).client()
      if await Self.isAnswered(number, client) { values += 1 }
    }
    // Some survive the damage, most do not.
    #expect(values > 0 && values < Self.rounds)
  }
}
