import Effects
import HTTP

/// Answers each request by a closure that is told how many came before it.
final class ScriptedTransport: HTTPTransport {
  private let seen = Lock<[HTTPRequest]>([])
  private let script: @Sendable (Int, HTTPRequest) throws(HTTPTransportError) -> HTTPResponse

  init(
    _ script: @escaping @Sendable (Int, HTTPRequest) throws(HTTPTransportError) -> HTTPResponse
  ) {
    self.script = script
  }

  var requests: [HTTPRequest] { seen.withLock { $0 } }
  /// Those that were not for a token.
  var calls: [HTTPRequest] { requests.filter { !$0.url.hasSuffix("/oauth/token") } }

  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    let number = seen.withLock { seen in
      seen.append(request)
      return seen.count - 1
    }
    return try script(number, request)
  }
}

/// A JSON answer.
func json(_ status: Int, _ text: String, _ fields: [(String, String)] = []) -> HTTPResponse {
  HTTPResponse(
    status: status,
    fields: HTTPFields([("Content-Type", "application/vnd.api+json")] + fields),
    body: Array(text.utf8))
}

/// An unsigned token with the given claims.
func token(_ claims: String) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  func encoded(_ text: String) -> String {
    var out: [UInt8] = []
    var (buffer, bits) = (0, 0)
    for byte in text.utf8 {
      (buffer, bits) = (buffer << 8 | Int(byte), bits + 8)
      while bits >= 6 {
        bits -= 6
        out.append(alphabet[buffer >> bits & 63])
      }
    }
    if bits > 0 { out.append(alphabet[buffer << (6 - bits) & 63]) }
    return String(decoding: out, as: UTF8.self)
  }
  return "\(encoded("{\"alg\":\"none\"}")).\(encoded(claims)).sig"
}

let goodClaims = """
  {"organization":{"slug":"acme","id":"org1"},"application":{"kind":"integration"},"test":true}
  """

/// The answer of a token endpoint.
func tokenAnswer(_ claims: String = goodClaims, life: Int = 7_200, salt: Int = 0) -> HTTPResponse {
  json(
    200,
    "{\"access_token\":\"\(token(claims + String(repeating: " ", count: salt)))\","
      + "\"token_type\":\"bearer\",\"expires_in\":\(life)}")
}

/// One resource as the API shows it.
func resource(
  _ id: String, updated: String = "2026-01-01T12:00:00.000Z", extra: String = "",
  meta: String = "{\"mode\":\"test\",\"organization_id\":\"org1\",\"trace_id\":\"t1\"}"
) -> String {
  """
  {"id":"\(id)","type":"customer_password_resets","links":{"self":"https://x/\(id)"},
  "attributes":{"customer_email":"john@example.com","reset_password_at":null,
  "created_at":"2026-01-01T12:00:00.000Z","updated_at":"\(updated)","reference":"crm-1",
  "reference_origin":"crm","metadata":{"b":1.0,"a":12345678901234567890}\(extra)},
  "relationships":{"customer":{"links":{"self":"s","related":"r"}}},"meta":\(meta)}
  """
}
