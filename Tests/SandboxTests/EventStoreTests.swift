import Formats
import HTTP
import Sandbox
import TestKit
import Testing

/// Section 9.3 of the contract: the audit trail.
struct EventStoreTests {
  private static func stores(_ play: Play, _ query: [(String, String)] = []) async throws
    -> Play.Answer
  {
    try await play.call(.get, "\(Play.resets)/\(play.id(0))/event_stores", query: query)
  }

  @Test func `a change tells who changed which attribute from what to what`() async throws {
    let play = try Play(resets: Play.rows(1))
    play.time.advance(seconds: 3)
    _ = try await play.patch(play.id(0), "{\"metadata\":{\"a\":1.0},\"reference\":\"new\"}")
    let answer = try await Self.stores(play)
    let base = "/data/0/attributes"
    #expect(answer["\(base)/resource_type"]?.text == "customer_password_resets")
    #expect(answer["\(base)/resource_id"]?.text == play.id(0))
    #expect(answer["\(base)/event"]?.text == "update")
    #expect(answer["\(base)/payload/reference"]?.written() == "{\"from\":\"ref-0\",\"to\":\"new\"}")
    #expect(
      answer["\(base)/payload/metadata"]?.written()
        == "{\"from\":{\"number\":0},\"to\":{\"a\":1.0}}")
    #expect(answer["\(base)/payload/updated_at/to"]?.text == "2026-11-23T10:00:03.000Z")
    #expect(answer["\(base)/who/application/kind"]?.text == "integration")
    #expect(answer["\(base)/who/application/public"]?.boolValue == false)
  }

  @Test func `the recorded quirks are there`() async throws {
    let play = try Play(resets: Play.rows(1))
    _ = try await play.patch(play.id(0), "{\"reference\":\"new\"}")
    let answer = try await Self.stores(play)
    #expect(answer["/data/0/id"]?.text == "1795428000000-0")
    #expect(answer["/data/0/links/self"] == .null)
    #expect(answer["/data/0/attributes/reference"]?.written() == "{}")
    #expect(answer["/data/0/attributes/created_at"]?.text == "2026-11-23T10:00:00.000+00:00")
    #expect(answer["/meta/record_count"] == nil && answer["/meta/page_count"] == nil)
  }

  @Test func `a cursor pages through them`() async throws {
    let play = try Play(resets: Play.rows(1))
    for number in 0..<7 { _ = try await play.patch(play.id(0), "{\"reference\":\"r\(number)\"}") }
    var ids: [String] = []
    var query = [("page[size]", "3")]
    for _ in 0..<5 {
      let page = try await Self.stores(play, query)
      ids += page.ids
      guard let next = page["/links/next"]?.text else { break }
      #expect(next.contains("page%5Bafter%5D=\(ids.last ?? "")"))
      query = [("page[size]", "3"), ("page[after]", ids.last ?? "")]
    }
    #expect(ids.count == 7 && Set(ids).count == 7)
    #expect(try await Self.stores(play, [("sort", "-id")]).ids == ids.reversed())
    #expect(try await Self.stores(play, [("page[number]", "2")]).codes == ["PARAM_NOT_ALLOWED"])
    #expect(try await Self.stores(play, [("page[after]", "x")]).codes == ["INVALID_PAGE_VALUE"])
  }

  @Test func `there is no collection, but single entries`() async throws {
    let play = try Play(resets: Play.rows(1))
    _ = try await play.patch(play.id(0), "{\"reference\":\"new\"}")
    #expect(try await play.call(.get, "/event_stores").status == 404)
    #expect(try await play.call(.get, "/event_stores/1795428000000-0").status == 200)
    #expect(try await play.call(.get, "/event_stores/1-0").status == 404)
  }

  @Test func `a create is an entry, its token shown only on request`() async throws {
    for shows in [false, true] {
      let play = try Play(resets: Play.rows(1)) { $0.eventStoresShowToken = shows }
      let created = try await play.create("{\"customer_email\":\"c0@example.com\"}")
      let id = try #require(created["/data/id"]?.text)
      let answer = try await play.call(.get, "\(Play.resets)/\(id)/event_stores")
      #expect(answer["/data/0/attributes/event"]?.text == "create")
      #expect(answer.text.contains("reset_password_token") == shows)
    }
  }

  @Test func `another writer is told apart`() async throws {
    let play = try Play(resets: Play.rows(1))
    play.sandbox.editReset(play.id(0), metadata: "{\"x\":1}")
    let answer = try await Self.stores(play)
    #expect(answer["/data/0/attributes/who/application/kind"]?.text == "webapp")
    #expect(answer["/data/0/attributes/who/owner/type"]?.text == "User")
  }

  @Test func `old entries are dropped beyond the limit`() async throws {
    let play = try Play(resets: Play.rows(1)) { $0.eventStoresMax = 5 }
    for number in 0..<9 { _ = try await play.patch(play.id(0), "{\"reference\":\"r\(number)\"}") }
    let answer = try await Self.stores(play)
    #expect(answer.ids.count == 5)
    #expect(answer["/data/0/attributes/payload/reference/to"]?.text == "r4")
  }
}
