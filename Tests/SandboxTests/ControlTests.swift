import Effects
import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// The control endpoint, the log, and seeds.
struct ControlTests {
  private static func control(
    _ play: Play, _ method: HTTPMethod, _ path: String, _ body: String = ""
  ) async throws -> Play.Answer {
    let root = play.address.tokenURL.replacing("/oauth/token", with: "/__sandbox")
    return try await play.send(method, root + path, [], body: body)
  }

  @Test func `rows can be made, seen, edited and deleted from outside`() async throws {
    let play = try Play()
    let made = try await Self.control(
      play, .post, "/resets", "{\"customer_email\":\"a@x.y\",\"reset_password_token\":\"tok\"}")
    #expect(made.status == 201)
    let id = try #require(made["/id"]?.text)
    let edited = try await Self.control(
      play, .patch, "/resets/\(id)", "{\"metadata\":{\"k\":1.0},\"reference\":\"r\"}")
    #expect(edited["/metadata"]?.written() == "{\"k\":1.0}")
    let seen = try await Self.control(play, .get, "/resets/\(id)")
    #expect(seen["/reset_password_token"]?.text == "tok" && seen["/reference"]?.text == "r")
    #expect(try await Self.control(play, .get, "/resets").json.arrayValue?.count == 1)
    #expect(try await Self.control(play, .delete, "/resets/\(id)").status == 200)
    #expect(try await Self.control(play, .get, "/resets/\(id)").status == 404)
  }

  @Test func `faults, clock, options, limits and tokens are set from outside`() async throws {
    let play = try Play(resets: Play.rows(1))
    let set = try await Self.control(
      play, .put, "/faults",
      """
      [{"action":"respond","status":429,"body":"html","path":"/customer_password_resets"},
       {"action":"change","count":null,"change":{"kind":"edit","target":"path"}}]
      """)
    #expect(set["/faults"]?.int == 2)
    #expect(try await play.list().status == 429)
    #expect(try await Self.control(play, .get, "/faults")["/faults"]?.int == 1)
    #expect(try await Self.control(play, .delete, "/faults")["/faults"]?.int == 0)
    let clock = try await Self.control(play, .post, "/clock", "{\"advance_seconds\":60}")
    #expect(clock["/now"]?.text == "2026-11-23T10:01:00.000Z")
    _ = try await Self.control(play, .patch, "/options", "{\"meta\":\"none\"}")
    #expect(try await play.list()["/data/0/meta/mode"] == nil)
    _ = try await Self.control(
      play, .patch, "/limits", "{\"limited\":true,\"test\":{\"average\":1,\"burst\":1}}")
    #expect(try await play.list().status == 200)
    #expect(try await play.list().status == 429)
    _ = try await Self.control(play, .patch, "/limits", "{\"limited\":false}")
    _ = try await Self.control(play, .post, "/tokens/revoke")
    #expect(try await play.list().codes == ["INVALID_TOKEN"])
  }

  @Test func `the log tells what was served, without tokens`() async throws {
    let play = try Play(resets: Play.rows(1))
    _ = try await play.patch(play.id(0), "{\"reference\":\"x\"}")
    let log = try await Self.control(play, .get, "/requests?since=1")
    #expect(log["/0/method"]?.text == "PATCH")
    #expect(log["/0/status"]?.int == 200)
    #expect(log["/0/authorized"]?.boolValue == true)
    #expect(log["/0/body"]?.text?.contains("\"reference\":\"x\"") == true)
    #expect(!log.text.contains("Bearer"))
    #expect(play.sandbox.requests.map(\.number) == [1, 2])
    _ = try await Self.control(play, .delete, "/requests")
    #expect(play.sandbox.requests.isEmpty && play.sandbox.requestCount == 2)
    let state = try await Self.control(play, .get, "/state")
    #expect(state["/data/test/customer_password_resets"]?.int == 1)
    #expect(state["/requests"]?.int == 2)
  }

  @Test func `the log keeps the newest`() async throws {
    let play = try Play { $0.requestLogMax = 3 }
    for _ in 0..<5 { _ = try await play.list() }
    #expect(play.sandbox.requests.map(\.number) == [4, 5, 6])
  }

  @Test func `control can be switched off`() async throws {
    let play = try Play { $0.controlEndpoint = false }
    #expect(try await Self.control(play, .get, "/state").status == 404)
  }

  @Test(arguments: [
    ("{", ""), ("[]", ""), ("{\"organisation\":1}", "/organisation"),
    ("{\"resets\":[{}]}", "/resets/0/customer_email"),
    ("{\"resets\":[{\"customer_email\":\"a\",\"metadata\":7}]}", "/resets/0/metadata"),
    ("{\"resets\":[{\"customer_email\":\"a\",\"created_at\":\"x\"}]}", "/resets/0/created_at"),
    ("{\"faults\":[{\"action\":\"explode\"}]}", "/faults/0/action"),
    ("{\"limits\":{\"test\":{\"average\":-1}}}", "/limits/test/average"),
    ("{\"options\":{\"meta\":\"elsewhere\"}}", "/options/meta"), ("{\"mode\":\"dead\"}", "/mode"),
  ])
  func `a bad seed says where`(text: String, pointer: String) {
    let error = #expect(throws: SandboxSeedError.self) {
      try SandboxSeed(parsing: Array(text.utf8))
    }
    #expect(error?.pointer == pointer)
  }

  @Test func `a seed sets everything`() throws {
    let seed = try SandboxSeed(
      parsing: Array(
        """
        {"organization":"acme","organization_id":"OrganizatI","mode":"live",
         "credentials":[{"client_id":"i","client_secret":"s","role":"admin"}],
         "limits":{"limited":false,"retry_after":null},"options":{"merges_metadata":true},
         "customers":[{"email":"g@x.y","has_password":false}],
         "resets":[{"id":"AAAAAAAAAA","customer_email":"g@x.y","reference":"r"}],
         "generate":3,"faults":[{"action":"hang","count":null}]}
        """.utf8))
    #expect(seed.options.organization == "acme" && seed.options.mode == .live)
    #expect(seed.options.credentials.count == 1 && seed.options.credentials[0].mode == .live)
    #expect(!seed.options.limits.isLimited && seed.options.limits.retryAfter == nil)
    #expect(seed.options.mergesMetadata && seed.faults.first?.count == .none)
    let sandbox = Sandbox(seed: seed, time: ManualTime(), random: SeededRandom(seed: 1))
    #expect(sandbox.resets(mode: .live).count == 4)
    #expect(sandbox.reset("AAAAAAAAAA")?.reference == "r")
  }

  @Test func `the start line has what a client needs`() throws {
    let play = try Play()
    let line = try JSONValue(parsing: play.address.jsonLine)
    #expect(
      line.objectValue?.keys == [
        "base_url", "token_url", "client_id", "client_secret", "organization", "mode",
      ])
    #expect(line["base_url"]?.text?.hasPrefix("http://127.0.0.1:") == true)
    #expect(line["mode"]?.text == "test")
  }
}
