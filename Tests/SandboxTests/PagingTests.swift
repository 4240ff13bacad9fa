import Formats
import Sandbox
import TestKit
import Testing

/// Section 5 of the contract: pages, order, walks.
struct PagingTests {
  @Test func `a page has ten rows by default and 25 at most`() async throws {
    let play = try Play(resets: Play.rows(30))
    let plain = try await play.list()
    #expect(plain.ids.count == 10)
    #expect(plain["/meta/record_count"]?.int == 30 && plain["/meta/page_count"]?.int == 3)
    let full = try await play.list([("page[size]", "25")])
    #expect(full.ids.count == 25)
    #expect(full["/meta/page_count"]?.int == 2)
  }

  @Test(arguments: [
    ("page[size]", "26", "INVALID_PAGE_VALUE"), ("page[size]", "0", "INVALID_PAGE_VALUE"),
    ("page[size]", "ten", "INVALID_PAGE_VALUE"), ("page[number]", "0", "INVALID_PAGE_VALUE"),
    ("page[number]", "-1", "INVALID_PAGE_VALUE"), ("page[offset]", "1", "PARAM_NOT_ALLOWED"),
    ("page", "2", "INVALID_PAGE_OBJECT"), ("foo", "1", "PARAM_NOT_ALLOWED"),
  ])
  func `bad pages are refused`(name: String, value: String, code: String) async throws {
    let answer = try await Play().list([(name, value)])
    #expect(answer.status == 400)
    #expect(answer.codes == [code])
  }

  @Test func `links are absolute, encoded, and repeat filters and order`() async throws {
    let play = try Play(resets: Play.rows(5))
    let answer = try await play.list([
      ("filter[q][reference_start]", "ref"), ("sort", "-id"), ("page[size]", "2"),
      ("page[number]", "2"),
    ])
    let start =
      "\(play.address.baseURL)\(Play.resets)?filter%5Bq%5D%5Breference_start%5D=ref"
      + "&sort=-id&"
    func link(_ number: Int) -> String { "\(start)page%5Bnumber%5D=\(number)&page%5Bsize%5D=2" }
    #expect(answer["/links/first"]?.text == link(1))
    #expect(answer["/links/prev"]?.text == link(1))
    #expect(answer["/links/next"]?.text == link(3))
    #expect(answer["/links/last"]?.text == link(3))
  }

  @Test func `prev and next are missing at the ends`() async throws {
    let play = try Play(resets: Play.rows(3))
    let only = try await play.list()
    #expect(only["/links/prev"] == nil && only["/links/next"] == nil)
    let empty = try await Play().list()
    #expect(empty.recordCount == 0 && empty["/meta/page_count"]?.int == 0)
    #expect(empty["/links/last"]?.text?.contains("number%5D=1&") == true)
  }

  @Test func `a page beyond the end is empty`() async throws {
    let play = try Play(resets: Play.rows(3))
    let answer = try await play.list([("page[number]", "9")])
    #expect(answer.status == 200)
    #expect(answer.ids.isEmpty && answer.recordCount == 3)
    #expect(answer["/links/prev"]?.text?.contains("number%5D=8&") == true)
    #expect(answer["/links/next"] == nil)
  }

  @Test func `ids are opaque and their text order is not their order`() async throws {
    let play = try Play(resets: Play.rows(25))
    let ids = try await play.list([("sort", "id"), ("page[size]", "25")]).ids
    #expect(ids == play.sandbox.resets().compactMap(\.id))
    #expect(ids != ids.sorted() && Set(ids).count == 25)
    #expect(try await play.list([("page[size]", "25")]).ids == ids)
  }

  @Test func `a key walk sees every row once while rows come and go`() async throws {
    let play = try Play(resets: Play.rows(60))
    let survivors = play.sandbox.resets().compactMap(\.id)
    var seen: [String] = []
    var query = [("sort", "id"), ("page[size]", "25"), ("page[number]", "1")]
    while true {
      let page = try await play.list(query)
      seen += page.ids
      guard page.ids.count == 25, let last = page.ids.last else { break }
      // The last row of each page goes, and a new one comes: the walk must not stumble.
      play.sandbox.deleteReset(last)
      play.sandbox.createReset(SandboxReset(customerEmail: "late@example.com"))
      query = query.filter { !$0.0.hasPrefix("filter") } + [("filter[q][id_gt]", last)]
    }
    #expect(Set(seen).count == seen.count)
    #expect(Set(survivors).isSubset(of: seen))
    #expect(seen.count == 62)
  }

  @Test(arguments: ["id", "created_at", "updated_at", "reference", "reference_origin"])
  func `documented attributes sort both ways`(name: String) async throws {
    let play = try Play(resets: Play.rows(4))
    let up = try await play.list([("sort", "\(name),id")]).ids
    let down = try await play.list([("sort", "-\(name),-id")]).ids
    #expect(up.count == 4 && down == up.reversed())
  }

  @Test(arguments: [
    "metadata", "customer_email", "reset_password_token", "id, reference", "foo", "",
  ])
  func `other attributes do not sort`(name: String) async throws {
    let answer = try await Play().list([("sort", name)])
    #expect(answer.status == 400)
    #expect(answer.codes == ["INVALID_SORT_CRITERIA"])
  }

  @Test func `an update moves a row to the end of the order of updates`() async throws {
    let play = try Play(resets: Play.rows(5))
    play.time.advance(seconds: 1)
    let id = play.id(1)
    _ = try await play.patch(id, "{\"reference\":\"moved\"}")
    let answer = try await play.list([("sort", "updated_at,id")])
    #expect(answer.ids.last == id)
    #expect(try await play.list([("sort", "-updated_at,-id")]).ids.first == id)
  }

  @Test func `nulls sort last`() async throws {
    var rows = Play.rows(3)
    rows[0].reference = nil
    let play = try Play(resets: rows)
    #expect(
      try await play.list([("sort", "reference")]).column("reference") == ["ref-1", "ref-2", nil])
    #expect(
      try await play.list([("sort", "-reference")]).column("reference") == [nil, "ref-2", "ref-1"])
  }

  @Test func `ties can be shuffled`() async throws {
    let play = try Play(resets: Play.rows(20)) { $0.shufflesTies = true }
    let query = [("sort", "reference_origin"), ("page[size]", "20")]
    let first = try await play.list(query).ids
    let second = try await play.list(query).ids
    #expect(first != second && Set(first) == Set(second))
    let total = [("sort", "reference_origin,id"), ("page[size]", "20")]
    #expect(try await play.list(total).ids == play.sandbox.resets().compactMap(\.id))
  }
}
