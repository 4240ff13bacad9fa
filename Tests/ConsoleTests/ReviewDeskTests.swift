import Console
import Effects
import Formats
import Foundation
import HTTP
import Reconciliation
import TestKit
import Testing

@Suite struct ReviewDeskTests {
  private let one = "/review/conflicts/\(SampleReport.group.id)"

  private func opened(_ views: [ConflictView] = SampleReport.model.conflicts) async throws
    -> Visitor
  {
    let visitor = Visitor(views)
    try await visitor.enter()
    return visitor
  }

  // MARK: - Safety

  @Test func `the printed address works once and for a while`() async throws {
    let visitor = Visitor()
    let path = visitor.desk.newEntryPath()
    let response = try await visitor.get(path)
    #expect(response.status == 303 && response.location == "/review")
    let cookie = try #require(response.fields["Set-Cookie"])
    #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
    #expect(!cookie.contains("Secure"))
    visitor.cookie = nil
    #expect(try await visitor.get(path).status == 403)
    let late = visitor.desk.newEntryPath()
    visitor.time.advance(seconds: 43_201)
    #expect(try await visitor.get(late).status == 403)
  }

  @Test func `without a session nothing is shown`() async throws {
    let visitor = Visitor()
    for path in ["/review", one, "/review/report", "/review/confirm?take=source", "/review/me"] {
      let response = try await visitor.get(path)
      #expect(response.status == 401 && !response.text.contains("K-000123"), "\(path)")
    }
    visitor.cookie = "resetsync=AAAA"
    #expect(try await visitor.get("/review").status == 401)
  }

  @Test func `a new configuration changes what is shown, and visits go on`() async throws {
    let visitor = Visitor()
    try await visitor.enter()
    #expect(try await visitor.get("/review").text.contains("K-000123"))
    let rome = try #require(TimeZone(identifier: "Europe/Rome"))
    visitor.desk = visitor.desk.following(FakeDesk([]), zone: rome)
    let page = try await visitor.get("/review")
    #expect(page.status == 200)
    #expect(!page.text.contains("K-000123"))
  }

  @Test func `a session ends when idle and at last`() async throws {
    let visitor = try await opened()
    visitor.time.advance(seconds: 3_500)
    #expect(try await visitor.get("/review").status == 200)
    visitor.time.advance(seconds: 3_700)
    #expect(try await visitor.get("/review").status == 401)
    try await visitor.enter()
    for _ in 0..<13 {
      _ = try await visitor.get("/review")
      visitor.time.advance(seconds: 3_500)
    }
    #expect(try await visitor.get("/review").status == 401)
  }

  @Test(arguments: [
    "evil.example", "127.0.0.1:9999", "127.0.0.1", "resetsync.attacker.example:8780",
  ])
  func `another host is refused`(host: String) async throws {
    let visitor = try await opened()
    visitor.fields = [("Host", host)]
    let response = try await visitor.get("/review")
    #expect(response.status == 403 && !response.text.contains("K-000123"))
  }

  @Test(arguments: [
    [("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "same-site")], [("Origin", "http://127.0.0.1:9999")],
    [("Origin", "https://127.0.0.1:8780")],
  ])
  func `a form from elsewhere is refused`(fields: [(String, String)]) async throws {
    let visitor = try await opened()
    let page = try await visitor.get(one)
    visitor.fields += fields
    let response = try await visitor.post("\(one)/decide", on: page, [("take", "source")])
    #expect(response.status == 403)
    #expect(try await visitor.fake.conflict(SampleReport.group.id)?.state == .open)
  }

  @Test(arguments: [
    [("Origin", "http://127.0.0.1:8780")], [("Origin", "null"), ("Sec-Fetch-Site", "same-origin")],
    [],
  ])
  func `a form from here is taken`(fields: [(String, String)]) async throws {
    let visitor = try await opened()
    let page = try await visitor.get(one)
    visitor.fields += fields
    #expect(try await visitor.post("\(one)/decide", on: page, [("take", "source")]).status == 303)
  }

  @Test func `a form without its token does nothing`() async throws {
    let visitor = try await opened()
    for body in ["take=source", "csrf=&take=source", "csrf=AAAA&take=source"] {
      #expect(try await visitor.send(.post, "\(one)/decide", body: body).status == 403)
    }
    let other = try await opened()
    let foreign = try await other.get(one)
    let stranger = try await opened()
    try await stranger.enter()
    #expect(
      try await stranger.post("\(one)/decide", on: foreign, [("take", "source")]).status == 403)
    let large = String(repeating: "a", count: 300_000)
    #expect(try await visitor.send(.post, "\(one)/decide", body: "csrf=\(large)").status == 413)
    #expect(try await visitor.fake.conflict(SampleReport.group.id)?.state == .open)
  }

  @Test func `every answer carries its policy`() async throws {
    let visitor = try await opened()
    for path in ["/review", one, "/review/report", "/review/nothing", "/review/me"] {
      let fields = try await visitor.get(path).fields
      let policy = try #require(fields["Content-Security-Policy"])
      #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
      #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
      #expect(fields["X-Content-Type-Options"] == "nosniff")
      #expect(fields["Referrer-Policy"] == "no-referrer")
      #expect(fields["Cache-Control"] == "no-store")
    }
  }

  @Test func `wrong tokens are slowed down`() async throws {
    let visitor = Visitor()
    for _ in 0..<20 { #expect(try await visitor.get("/review?token=x").status == 403) }
    #expect(try await visitor.get("/review?token=x").status == 429)
    visitor.time.advance(seconds: 61)
    #expect(try await visitor.get(visitor.desk.newEntryPath()).status == 303)
  }

  @Test func `a password lets in who knows it`() async throws {
    let line = PasswordFile.line(
      name: "marco", password: "s3cret:€", iterations: 10_000, random: SeededRandom(seed: 2))
    let file = try PasswordFile(parsing: "# desk\n\n\(line)\r\n")
    let visitor = Visitor(access: .passwords(file))
    #expect(try await visitor.get("/review").location == "/review/login")
    #expect(try await visitor.get(visitor.desk.newEntryPath()).status == 303)
    #expect(visitor.cookie == nil)
    let wrong = try await visitor.send(.post, "/review/login", body: "name=marco&password=x")
    #expect(wrong.status == 401 && visitor.cookie == nil)
    let body = "name=marco&password=\(PercentCoding.encoded("s3cret:€"))"
    #expect(try await visitor.send(.post, "/review/login", body: body).status == 303)
    #expect(try await visitor.get("/review").text.contains("marco"))
    #expect(throws: PasswordFile.Problem.self) { try PasswordFile(parsing: "marco:plain") }
  }

  @Test func `a proxy names the person, and only the proxy`() async throws {
    let visitor = Visitor(access: .proxy(header: "X-Remote-User", peers: ["127.0.0.1"]))
    #expect(try await visitor.get("/review").status == 401)
    visitor.fields.append(("X-Remote-User", "anna"))
    let page = try await visitor.get(one)
    #expect(page.status == 200 && visitor.cookie != nil)
    #expect(try await visitor.post("\(one)/decide", on: page, [("take", "source")]).status == 303)
    #expect(try await visitor.fake.conflict(SampleReport.group.id)?.decision?.by == "anna")
    let far = Visitor(access: .proxy(header: "X-Remote-User", peers: ["10.0.0.1"]))
    far.fields.append(("X-Remote-User", "anna"))
    #expect(try await far.get("/review").status == 401)
  }

  // MARK: - Looking

  @Test func `the queue filters by its address`() async throws {
    let visitor = try await opened()
    let all = try await visitor.get("/review").text
    #expect(all.contains("6 conflicts</h2>") && all.contains("K-000031"))
    let some = try await visitor.get("/review?kind=conflict&source=sap&q=K-0007").text
    #expect(some.contains("1 conflict</h2>") && !some.contains("K-000031"))
    #expect(some.contains("value=\"K-0007\"") && some.contains("value=\"conflict\" selected"))
    #expect(try await visitor.get("/review?state=closed").text.contains("Nothing here"))
  }

  @Test func `long queues come in pages`() async throws {
    let views = (0..<120).map { number in
      var view = SampleReport.view("c\(100_000 + number)", .conflict, hours: 2)
      view.reference = "K-\(number)"
      return view
    }
    let visitor = try await opened(views)
    let second = try await visitor.get("/review?page=2").text
    #expect(second.contains(">K-50<") && second.contains(">K-99<") && !second.contains(">K-100<"))
    #expect(second.contains("page 2 of 3"))
    let page = try await visitor.get("/review/conflicts/c100050?at=50").text
    #expect(page.contains("/review/conflicts/c100049?at=49"))
    #expect(page.contains("/review/conflicts/c100051?at=51"))
  }

  @Test func `one conflict shows values, results, history and both sides`() async throws {
    let visitor = try await opened()
    try await visitor.fake.comment(SampleReport.group.id, text: "ask <b>sales</b>", by: "marco")
    let page = try await visitor.get(one).text
    for word in [
      "customers-20261121.csv</bdi>, line 4,811", "Marketing flow", "Last agreed", "KUNNR",
      "ask &lt;b&gt;sales&lt;/b&gt;", "It is carried out by the next run, 07:15.",
    ] {
      #expect(page.contains(word), "\(word)")
    }
    #expect(
      page.contains(
        "<code><bdi>wholesale</bdi></code> to Commerce Layer (now <code><bdi>retail-plus"))
    #expect(try await visitor.get("/review/conflicts/nothing").status == 404)
  }

  // MARK: - Deciding

  @Test func `a decision redirects, says when, and can be taken back`() async throws {
    let visitor = try await opened()
    let page = try await visitor.get("\(one)?kind=conflict&at=1")
    let response = try await visitor.post(
      "\(one)/decide?kind=conflict&at=1", on: page,
      [("take", "source"), ("reason", "ERP is right")])
    #expect(response.status == 303 && response.location == "\(one)?kind=conflict&at=1")
    let decided = try await visitor.fake.conflict(SampleReport.group.id)
    #expect(decided?.state == .decided && decided?.decision?.take == "source")
    #expect(decided?.decision?.by == "giulia" && decided?.decision?.reason == "ERP is right")
    let after = try await visitor.get(one)
    #expect(after.text.contains("Decided. It is carried out by the next run, 07:15."))
    #expect(!(try await visitor.get(one)).text.contains("Decided. It is"))
    let undone = try await visitor.post("/review/undo", on: after, [])
    #expect(undone.location == one)
    #expect(try await visitor.fake.conflict(SampleReport.group.id)?.state == .open)
    let again = try await visitor.get(one)
    #expect(try await visitor.post("/review/undo", on: again, []).location == "/review")
  }

  @Test func `an empty box is no value; an empty text is chosen as such`() async throws {
    let visitor = try await opened()
    let page = try await visitor.get(one)
    for form in ["text", "json", ""] {
      let refused = try await visitor.post(
        "\(one)/decide", on: page, [("take", "value="), ("value", ""), ("form", form)])
      #expect(refused.status == 400 && refused.text.contains("the other value is missing"))
    }
    let both = try await visitor.post(
      "\(one)/decide", on: page, [("take", "value="), ("value", "x"), ("form", "empty")])
    #expect(both.status == 400)
    #expect(try await visitor.fake.conflict(SampleReport.group.id)?.decision == nil)
    let chosen = try await visitor.post(
      "\(one)/decide", on: page, [("take", "value="), ("value", ""), ("form", "empty")])
    #expect(chosen.status == 303)
    #expect(
      try await visitor.fake.conflict(SampleReport.group.id)?.decision?.take == "value=\"\"")
  }

  @Test func `a typed value is a text unless it was said to be JSON`() async throws {
    let visitor = try await opened()
    let page = try await visitor.get(one)
    _ = try await visitor.post(
      "\(one)/decide", on: page, [("take", "value="), ("value", "12"), ("form", "text")])
    #expect(
      try await visitor.fake.conflict(SampleReport.group.id)?.decision?.take == "value=\"12\"")
    _ = try await visitor.post(
      "\(one)/decide", on: page, [("take", "value="), ("value", "12"), ("form", "json")])
    #expect(try await visitor.fake.conflict(SampleReport.group.id)?.decision?.take == "value=12")
    let bad = try await visitor.post(
      "\(one)/decide", on: page, [("take", "value="), ("value", "{"), ("form", "json")])
    #expect(bad.status == 400 && bad.text.contains("JSON"))
  }

  @Test func `a decision on moved values is refused with both versions`() async throws {
    let visitor = try await opened()
    let page = try await visitor.get(one)
    visitor.fake.change(SampleReport.group.id) {
      $0.factsDigest = "other"
      $0.remote = .text("retail-max")
    }
    let response = try await visitor.post(
      "\(one)/decide", on: page, [("take", "source"), ("seen", SampleReport.group.json.written())])
    #expect(response.status == 409)
    #expect(response.text.contains("retail-plus") && response.text.contains("max"))
    #expect(response.text.contains("Nothing was decided"))
    #expect(try await visitor.fake.conflict(SampleReport.group.id)?.state == .open)
  }

  @Test func `many are decided after their list was shown`() async throws {
    let views = (0..<60).map { number in
      var view = SampleReport.group
      view.id = "c\(100_000 + number)"
      view.reference = "K-\(number)"
      view.factsDigest = "f\(number)"
      return view
    }
    let visitor = try await opened(views + [SampleReport.deleted])
    let confirm = try await visitor.get("/review/confirm?take=source&page=1")
    #expect(confirm.text.contains("50 decisions to be taken"))
    #expect(confirm.text.contains("50 resets will be written, 52 requests in the next run."))
    #expect(try await visitor.fake.queue(DeskFilter(), limit: 1, offset: 0).total == 61)
    let items = confirm.text.matches(of: #/name="item" value="([^"]*)"/#).map { String($0.1) }
    visitor.fake.change("c100003") { $0.factsDigest = "moved" }
    let response = try await visitor.post(
      "/review/bulk", on: confirm, [("take", "source")] + items.map { ("item", $0) })
    #expect(response.status == 303)
    #expect(try await visitor.fake.queue(DeskFilter(), limit: 1, offset: 0).total == 12)
    let text = try await visitor.get("/review").text
    #expect(text.contains("49 conflicts decided. 1 moved meanwhile and stay open."))
  }

  @Test func `what can't be decided so is named and left`() async throws {
    let visitor = try await opened()
    let ids = "id=\(SampleReport.group.id)&id=\(SampleReport.deleted.id)"
    let text = try await visitor.get("/review/confirm?take=source&\(ids)").text
    #expect(text.contains("1 decision to be taken"))
    #expect(text.contains("1 can&#39;t be decided so and are left") && text.contains("K-009001"))
  }

  @Test func `the rest of the life cycle`() async throws {
    let visitor = try await opened()
    let page = try await visitor.get(one)
    _ = try await visitor.post("\(one)/snooze", on: page, [("days", "3")])
    var view = try await visitor.fake.conflict(SampleReport.group.id)
    #expect(view?.state == .snoozed)
    #expect(view?.snoozedUntil == SampleReport.now.adding(seconds: 3 * 86_400))
    _ = try await visitor.post("\(one)/reopen", on: page, [])
    _ = try await visitor.post("\(one)/assign", on: page, [("assignee", "marco")])
    _ = try await visitor.post("\(one)/comment", on: page, [("comment", "checked")])
    view = try await visitor.fake.conflict(SampleReport.group.id)
    #expect(view?.state == .open && view?.assignee == "marco")
    #expect(try await visitor.get(one).text.contains("checked"))
    #expect(try await visitor.post("\(one)/explode", on: page, []).status == 404)
  }

  @Test func `one can take another name and leave`() async throws {
    let visitor = try await opened()
    let page = try await visitor.get("/review/me")
    _ = try await visitor.post("/review/me", on: page, [("name", "<b>Ada</b>")])
    #expect(try await visitor.get("/review").text.contains("&lt;b&gt;Ada&lt;/b&gt;"))
    let cookie = visitor.cookie
    _ = try await visitor.post("/review/leave", on: page, [])
    visitor.cookie = cookie
    #expect(try await visitor.get("/review").status == 401)
  }

  @Test(arguments: ["PUT", "DELETE", "PATCH", "OPTIONS"])
  func `other methods are not served`(method: String) async throws {
    let visitor = try await opened()
    let method = try #require(HTTPMethod(rawValue: method))
    #expect(try await visitor.send(method, "/review").status == 405)
  }
}
