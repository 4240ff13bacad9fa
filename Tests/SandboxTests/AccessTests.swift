import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// Section 1 of the contract: hosts, authentication, permissions.
struct AccessTests {
  private static let admin: JSONObject = [
    "grant_type": "client_credentials", "client_id": "admin-test-client",
    "client_secret": "admin-test-secret",
  ]

  @Test func `a token request gives a bearer token for two hours`() async throws {
    let play = try Play()
    let answer = try await play.requestToken(Self.admin)
    #expect(answer.status == 200)
    #expect(answer["/token_type"]?.text == "bearer")
    #expect(answer["/expires_in"]?.int == 7_200)
    #expect(answer["/created_at"]?.int == 1_795_428_000)
    #expect(answer["/scope"]?.text != nil)
    #expect(answer["/refresh_token"] == nil)
  }

  @Test func `a token request may be a form`() async throws {
    let play = try Play()
    let answer = try await play.send(
      .post, play.address.tokenURL, [("Content-Type", "application/x-www-form-urlencoded")],
      body: "grant_type=client_credentials&client_id=admin-test-client"
        + "&client_secret=admin%2Dtest%2Dsecret")
    #expect(answer.status == 200)
  }

  @Test(arguments: [
    ("client_id", "nobody", 401, "invalid_client"),
    ("client_secret", "wrong", 401, "invalid_client"),
    ("grant_type", "password", 400, "unsupported_grant_type"),
    ("scope", "planet:id:earth", 400, "invalid_scope"),
  ])
  func `a refused token request says why with a numeric status`(
    member: String, value: String, status: Int, title: String
  ) async throws {
    let play = try Play()
    var members = Self.admin
    members[member] = .string(value)
    let answer = try await play.requestToken(members)
    #expect(answer.status == status)
    #expect(answer["/errors/0/title"]?.text == title)
    #expect(answer["/errors/0/status"]?.int == status)
    if status == 401 { #expect(answer["/errors/0/code"]?.text == "UNAUTHORIZED") }
  }

  @Test func `token errors can be one object`() async throws {
    let play = try Play { $0.tokenErrorsAsObject = true }
    let answer = try await play.requestToken(["grant_type": "client_credentials"])
    #expect(answer["/errors/title"]?.text == "invalid_client")
  }

  @Test func `a sales channel needs a market scope`() async throws {
    let play = try Play()
    let members: JSONObject = [
      "grant_type": "client_credentials", "client_id": "sales_channel-test-client",
    ]
    #expect(try await play.requestToken(members).status == 400)
    var scoped = members
    scoped["scope"] = "market:code:europe"
    let answer = try await play.requestToken(scoped)
    #expect(answer.status == 200)
    #expect(answer["/expires_in"]?.int == 14_400)
  }

  @Test func `the token tells organisation, application and mode`() async throws {
    let play = try Play { $0.organization = "acme" }
    for mode in ["test", "live"] {
      let claims = try Self.claims(try await play.token("admin", mode))
      #expect(claims["organization"]?["slug"]?.text == "acme")
      #expect(claims["organization"]?["id"]?.text == "xRRkjDFafe")
      #expect(claims["application"]?["kind"]?.text == "integration")
      #expect(claims["application"]?["client_id"]?.text == "admin-\(mode)-client")
      #expect(claims["test"]?.boolValue == (mode == "test"))
      #expect(claims["exp"]?.int == 1_795_428_000 + 7_200)
      #expect(claims["iat"]?.int == 1_795_428_000)
      #expect(claims["iss"]?.text == "https://auth.commercelayer.io")
    }
    let channel = try Self.claims(try await play.token("sales_channel"))
    #expect(channel["application"]?["kind"]?.text == "sales_channel")
  }

  private static func claims(_ token: String) throws -> JSONValue {
    let parts = token.split(separator: ".")
    try #require(parts.count == 3)
    return try JSONValue(parsing: decoded(String(parts[1])))
  }

  private static func decoded(_ text: String) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bits = 0
    var count = 0
    var bytes: [UInt8] = []
    for letter in text.utf8 {
      bits = (bits << 6 | (letters.firstIndex(of: letter) ?? 0)) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bytes
  }

  @Test func `an expired token is invalid`() async throws {
    let play = try Play()
    #expect(try await play.list().status == 200)
    play.time.advance(seconds: 7_200)
    let answer = try await play.list()
    #expect(answer.status == 401)
    #expect(answer.codes == ["INVALID_TOKEN"])
    #expect(answer["/errors/0/detail"]?.text == "The access token you provided is invalid.")
    #expect(answer["/errors/0/status"]?.text == "401")
  }

  @Test func `a revoked token is invalid`() async throws {
    let play = try Play()
    var members = Self.admin
    members["token"] = .string(try await play.token("admin"))
    let revoked = try await play.send(
      .post, play.address.tokenURL.replacing("/token", with: "/revoke"),
      [("Content-Type", "application/json")], body: members.written())
    #expect(revoked.status == 200)
    #expect(try await play.list().codes == ["INVALID_TOKEN"])
  }

  @Test func `a missing or malformed token is invalid`() async throws {
    let play = try Play()
    let url = play.address.baseURL + Play.resets
    for fields in [[], [("Authorization", "Bearer abc")], [("Authorization", "Basic abc")]] {
      let answer = try await play.send(.get, url, [("Accept", Play.mediaType)] + fields)
      #expect(answer.status == 401)
      #expect(answer.codes == ["INVALID_TOKEN"])
    }
  }

  @Test func `a second token does not end the first`() async throws {
    let play = try Play()
    let first = try await play.token("admin")
    play.forgetTokens()
    #expect(try await play.token("admin") != first)
    let answer = try await play.send(
      .get, play.address.baseURL + Play.resets,
      [("Accept", Play.mediaType), ("Authorization", "Bearer \(first)")])
    #expect(answer.status == 200)
  }

  @Test func `a repeated request can give the current token`() async throws {
    let play = try Play { $0.tokenReuseSecondsLeft = 900 }
    let first = try await play.token("admin")
    play.time.advance(seconds: 6_000)
    play.forgetTokens()
    #expect(try await play.token("admin") == first)
    play.time.advance(seconds: 400)
    play.forgetTokens()
    #expect(try await play.token("admin") != first)
  }

  @Test func `a sales channel may update and nothing else`() async throws {
    let play = try Play(resets: Play.rows(1))
    let id = play.id(0)
    let path = "\(Play.resets)/\(id)"
    for (method, path) in [
      (HTTPMethod.get, Play.resets), (.get, path), (.delete, path), (.get, "/customers"),
    ] {
      let answer = try await play.call(method, path, role: "sales_channel")
      #expect(answer.status == 401)
      #expect(answer.codes == ["UNAUTHORIZED"])
    }
    let patched = try await play.patch(id, "{\"reference\":\"new\"}", role: "sales_channel")
    #expect(patched.status == 200)
  }

  @Test func `a read-only credential reads but does not write`() async throws {
    let play = try Play(resets: Play.rows(1))
    #expect(try await play.call(.get, Play.resets, role: "read_only").status == 200)
    let answer = try await play.patch(play.id(0), "{\"reference\":\"x\"}", role: "read_only")
    #expect(answer.status == 401)
    #expect(answer.codes == ["UNAUTHORIZED"])
    #expect(play.sandbox.reset(play.id(0))?.reference == "ref-0")
  }

  @Test func `test and live data are apart`() async throws {
    let play = try Play(resets: Play.rows(2))
    play.sandbox.createReset(SandboxReset(customerEmail: "live@example.com"), mode: .live)
    let live = try await play.call(.get, Play.resets, mode: "live")
    #expect(live.recordCount == 1)
    #expect(live["/data/0/meta/mode"]?.text == "live")
    #expect(try await play.list().recordCount == 2)
    #expect(try await play.list()["/data/0/meta/mode"]?.text == "test")
    let foreign = try await play.call(.get, "\(Play.resets)/\(play.id(0))", mode: "live")
    #expect(foreign.status == 404)
  }

  @Test func `a version in the path answers too`() async throws {
    let play = try Play(resets: Play.rows(1))
    let answer = try await play.call(.get, "/2026-05" + Play.resets)
    #expect(answer.status == 200)
    #expect(answer["/data/0/links/self"]?.text?.contains("/api/2026-05/customer_pass") == true)
  }
}
