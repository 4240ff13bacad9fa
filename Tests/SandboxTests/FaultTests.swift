import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// Section 13 of the contract: what goes wrong on request.
struct FaultTests {
  private static func play(_ action: SandboxFault.Action, _ method: String = "GET") throws -> Play {
    try Play(
      resets: Play.rows(30),
      faults: [SandboxFault(action, method: method, path: "/customer_password_resets")])
  }

  @Test(arguments: SandboxErrorBody.allCases, [429, 500, 502, 503])
  func `refusals come in all body kinds, with and without Retry-After`(
    body: SandboxErrorBody, status: Int
  ) async throws {
    for retryAfter in [nil, "7"] {
      let play = try Self.play(.respond(status: status, body: body, retryAfter: retryAfter))
      let answer = try await play.list()
      #expect(answer.status == status)
      #expect(answer.fields["Retry-After"] == retryAfter)
      switch body {
      case .object: #expect(answer["/errors/status"]?.int == status)
      case .array: #expect(answer["/errors/0/status"]?.text == String(status))
      case .html: #expect(answer.text.hasPrefix("<html>"))
      case .empty: #expect(answer.text.isEmpty && answer.fields["Content-Type"] == nil)
      case .json: #expect(answer["/errors"] == nil && answer["/message"] != nil)
      }
      #expect(try await play.list().status == 200)
    }
  }

  @Test(arguments: [
    (SandboxFault.Action.resetBefore, false), (.closeBefore, false), (.resetAfter, true),
    (.closeAfter, true),
  ])
  func `a lost connection loses the answer and maybe the write`(
    action: SandboxFault.Action, isApplied: Bool
  ) async throws {
    let play = try Self.play(action, "PATCH")
    let id = play.id(0)
    await #expect(throws: HTTPTransportError.self) {
      _ = try await play.patch(id, "{\"reference\":\"new\"}")
    }
    #expect((play.sandbox.reset(id)?.reference == "new") == isApplied)
    #expect(play.sandbox.requests.last?.status == 0)
    #expect(play.sandbox.requests.last?.wasApplied == isApplied)
  }

  @Test func `a body can be truncated, slow, broken, or of another type`() async throws {
    let cut = try Self.play(.truncate(afterBytes: 100, reset: false))
    await #expect(throws: HTTPTransportError.self) { _ = try await cut.list() }
    let slow = try Self.play(.trickle(bytes: 4_000, everySeconds: 0.001))
    #expect(try await slow.list().ids.count == 10)
    let broken = try await Self.play(.invalidJSON).list()
    #expect(broken.status == 200 && broken.json == .null && !broken.text.isEmpty)
    let typed = try await Self.play(.mediaType("text/html")).list()
    #expect(typed.fields["Content-Type"] == "text/html" && typed.ids.count == 10)
    let other = try await Self.play(.body("<p>hello", mediaType: nil)).list()
    #expect(other.text == "<p>hello" && other.fields["Content-Type"] == nil)
    let late = try Self.play(.delay(seconds: 0.01))
    #expect(try await late.list().status == 200)
  }

  @Test func `a hanging request ends when the sandbox stops`() async throws {
    for action in [SandboxFault.Action.hang, .hangAfter] {
      let play = try Self.play(action)
      _ = try await play.token("admin")
      let answer = Task { try await play.list() }
      while play.sandbox.requestCount < 2 { await Task.yield() }
      play.sandbox.stop(.immediately)
      await #expect(throws: HTTPTransportError.self) { _ = try await answer.value }
    }
  }

  @Test func `a page can repeat and pages can cycle`() async throws {
    func pages(_ action: SandboxFault.Action, skip: Int) async throws -> [String?] {
      var fault = SandboxFault(action, path: Play.resets)
      fault.count = nil
      fault.skip = skip
      let play = try Play(resets: Play.rows(30), faults: [fault])
      var firsts: [String?] = []
      for number in 1...6 {
        let page = try await play.list([("page[size]", "5"), ("page[number]", "\(number)")])
        firsts.append(page.column("reference").first ?? nil)
      }
      return firsts
    }
    #expect(
      try await pages(.repeatPage, skip: 2) == [
        "ref-0", "ref-5", "ref-5", "ref-5", "ref-5", "ref-5",
      ])
    #expect(
      try await pages(.cyclePages(length: 2), skip: 1) == [
        "ref-0", "ref-5", "ref-10", "ref-5", "ref-10", "ref-5",
      ])
  }

  @Test func `a token can be revoked in mid-run`() async throws {
    let play = try Self.play(.revokeToken)
    #expect(try await play.list().codes == ["INVALID_TOKEN"])
    play.forgetTokens()
    #expect(try await play.list().status == 200)
  }

  @Test func `somebody writes between read and write`() async throws {
    var change = SandboxChange(.edit, .path)
    change.metadata = "{\"other\":1}"
    let play = try Self.play(.change(change))
    let id = play.id(4)
    let read = try await play.retrieve(id)
    #expect(read["/data/attributes/metadata"]?.written() == "{\"number\":4}")
    #expect(play.sandbox.reset(id)?.metadata == "{\"other\":1}")
  }

  @Test func `rows change, vanish and appear between two pages`() async throws {
    var edit = SandboxChange(.edit, .answered)
    edit.metadata = "{\"x\":1}"
    edit.mergesMetadata = true
    let edited = try Self.play(.change(edit))
    _ = try await edited.list([("page[size]", "3")])
    #expect(edited.sandbox.resets().count { $0.metadata?.contains("\"x\":1") == true } == 3)

    for (target, missing) in [(SandboxChange.Target.first, 0), (.last, 9), (.next, 10)] {
      let play = try Self.play(.change(SandboxChange(.delete, target)))
      let id = play.id(missing)
      _ = try await play.list()
      #expect(play.sandbox.reset(id) == nil && play.sandbox.resets().count == 29)
    }
    let created = try Self.play(.change(SandboxChange(.create, .first)))
    _ = try await created.list()
    #expect(created.sandbox.resets().last?.customerEmail == "c0@example.com")
    let random = try Self.play(.change(SandboxChange(.delete, .random)))
    _ = try await random.list()
    #expect(random.sandbox.resets().count == 29)
    var before = SandboxChange(.delete, .path)
    before.isBefore = true
    let gone = try Self.play(.change(before))
    #expect(try await gone.retrieve(gone.id(0)).status == 404)
  }

  @Test func `an answer can leak the token and lie about its origin`() async throws {
    let fields = [("fields[customer_password_resets]", "reference")]
    let leaky = try Self.play(.leakToken)
    #expect(try await leaky.list(fields).text.contains("reset_password_token"))
    #expect(!(try await leaky.list(fields).text.contains("reset_password_token")))
    let wrong = try await Self.play(.meta(mode: "live", organizationID: "OtherOrgan")).list()
    #expect(wrong["/data/0/meta/mode"]?.text == "live")
    #expect(wrong["/data/0/meta/organization_id"]?.text == "OtherOrgan")
  }

  @Test func `rules count, skip, repeat and respect chance`() async throws {
    var rule = SandboxFault(.respond(status: 503, body: .empty, retryAfter: nil), method: "get")
    rule.skip = 1
    rule.every = 2
    rule.count = 2
    rule.query = "page[number]=1"
    let play = try Play(resets: Play.rows(1), faults: [rule])
    var statuses: [Int] = []
    for _ in 0..<7 { statuses.append(try await play.list([("page[number]", "1")]).status) }
    #expect(statuses == [200, 503, 200, 503, 200, 200, 200])
    #expect(try await play.list().status == 200)

    var chance = SandboxFault(.respond(status: 500, body: .empty, retryAfter: nil), path: "/api")
    chance.count = nil
    chance.probability = 0.5
    let dice = try Play(resets: Play.rows(1), faults: [chance])
    var failures = 0
    for _ in 0..<100 where try await dice.list().status == 500 { failures += 1 }
    #expect((25...75).contains(failures))
  }

  @Test func `canaries of a seed come out where secrets do`() async throws {
    var row = SandboxReset(customerEmail: "canary@example.com")
    row.token = "CANARY-TOKEN"
    let play = try Play(resets: [row])
    #expect(try await play.list().text.contains("CANARY-TOKEN"))
    let sparse = try await play.list([("fields[customer_password_resets]", "reference")])
    #expect(!sparse.text.contains("CANARY"))
  }
}
