import Testing

@testable import Exports

@Suite struct PageSignsTests {
  static func reason(_ notes: [([String], PageSigns.Value)], rows: Int = 2) -> String? {
    var signs = PageSigns()
    for (names, value) in notes { signs.note(names, value) }
    return signs.reason(rows: rows)
  }

  @Test(
    arguments: [
      (["@odata.nextLink"], .text("https://x/?$skiptoken=1")), (["odata.nextLink"], .text("x")),
      (["__next"], .text("x")), (["paging", "next", "after"], .text("30")),
      (["paging", "next"], .something), (["next_page"], .text("2")),
      (["nextPageToken"], .text("t")),
      (["next"], .text("/q?page=2")), (["links", "next"], .text("x")),
      (["_links", "next", "href"], .text("x")), (["meta", "next_cursor"], .text("c")),
      (["meta", "pagination", "links", "next"], .text("x")), (["has_more"], .flag(true)),
      (["hasMore"], .text("TRUE")), (["pageInfo", "hasNextPage"], .flag(true)),
      (["info", "more_records"], .flag(true)), (["done"], .flag(false)), (["last"], .flag(false)),
      (["nextRecordsUrl"], .text("/services/1")), (["@odata.count"], .text("3")),
      (["__count"], .text("40")), (["totalSize"], .text("3")), (["meta", "total"], .text("3")),
      (["total", "value"], .text("3")), (["page", "totalElements"], .text("3")),
      (["incomplete_results"], .flag(true)), (["next_page_url"], .text("x")),
    ] as [([String], PageSigns.Value)])
  func `tells that more is elsewhere`(_ names: [String], _ value: PageSigns.Value) {
    let reason = Self.reason([(names, value)])
    #expect(reason?.contains("“\(names.joined(separator: "."))”") == true, "\(reason ?? "nothing")")
    #expect(reason?.contains("https") != true)
  }

  @Test(
    arguments: [
      (["@odata.nextLink"], .text("")), (["next"], .text("null")), (["next"], .flag(false)),
      (["nextPageToken"], .text(" ".trimmingBlanks)), (["has_more"], .flag(false)),
      (["done"], .flag(true)), (["done"], .text("false?")), (["@odata.count"], .text("2")),
      (["count"], .text("1")), (["total"], .text("99.5")), (["summary", "total"], .text("500")),
      (["config", "next"], .text("2027-01-01")), (["last"], .text("/q?page=9")),
      (["nextRun"], .text("x")), (["context"], .text("x")), (["@odata.context"], .text("x")),
      (["@odata.deltaLink"], .text("x")), (["page"], .text("1")),
      (["total", "relation"], .text("9")),
      (["offset"], .text("40")), (["links", "self"], .text("x")), (["first"], .flag(false)),
    ] as [([String], PageSigns.Value)])
  func `is quiet about everything else`(_ names: [String], _ value: PageSigns.Value) {
    #expect(Self.reason([(names, value)]) == nil)
  }

  @Test func `counts pages`() {
    #expect(
      Self.reason([(["page"], .text("1")), (["pages"], .text("3"))]) == "it is page 1 of 3")
    #expect(Self.reason([(["page"], .text("3")), (["pages"], .text("3"))]) == nil)
    #expect(Self.reason([(["page"], .text("1")), (["pages"], .text("1"))]) == nil)
    #expect(
      Self.reason([(["meta", "current_page"], .text("1")), (["meta", "last_page"], .text("2"))])
        != nil)
    // Put together from all pages, with the counts of the first.
    #expect(
      Self.reason([
        (["page"], .text("1")), (["pages"], .text("3")), (["total"], .text("2")),
      ]) == nil)
  }
}

extension String {
  fileprivate var trimmingBlanks: String { filter { $0 != " " } }
}
