import Console
import Formats
import Foundation
import HTTP
import Mirror
import Reconciliation
import TestKit
import Testing

@Suite struct DeskListsTests {
  private let mail = "anna@rossi.example"

  /// Something in many situations, with a row that can't be used, and two reports.
  private func filled() async throws -> MirrorFixture {
    let fixture = try MirrorFixture()
    try await fixture.pull([
      ("a", "1", mail, #"{"group":"vip","note":"x"}"#),
      ("b", "2", "bob@rossi.example", #"{"group":"retail"}"#), ("c", "9", "c@x.example", "{}"),
      ("d", "3", "d@x.example", #"{"group":"retail","note":"n"}"#),
      ("e", "4", "e@x.example", #"{"group":"a","tags":["x"]}"#),
      ("f", "4", "f@x.example", #"{"group":"b"}"#), ("g", "5", "g@x.example", "{}"),
    ])
    try await fixture.load([
      ["1", mail, "retail", "y"], ["2", "ben@rossi.example", "retail", ""],
      ["3", "d@x.example", "retail", "n"], ["4", "e@x.example", "retail", ""],
      ["5", "g@x.example", "retail", "same"], ["5", "g@x.example", "wholesale", "same"],
      ["6", "h@x.example", "retail", ""], ["broken"],
    ])
    try await fixture.reconcile()
    try await fixture.mirror.setNote(
      ReportLoader.reportNote, fixture.time.now.adding(seconds: -3_600).rfc3339)
    return fixture
  }

  /// Follows every link from these pages; each must lead to a page, and its anchor to a place.
  private func crawl(_ visitor: Visitor, _ start: [String]) async throws -> [String: String] {
    var (pages, waiting, anchors): ([String: String], [String], [(String, String)]) =
      ([:], start, [])
    while let path = waiting.popLast() {
      guard pages[path] == nil, pages.count < 400 else { continue }
      let response = try await visitor.get(path)
      #expect(response.status == 200, "\(path)")
      pages[path] = response.text
      for match in response.text.matches(of: #/href="([^"]+)"/#) {
        let parts = String(match.1).replacing("&amp;", with: "&")
          .split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let target = parts[0].isEmpty ? path : String(parts[0])
        if parts.count == 2 { anchors.append((target, String(parts[1]))) }
        waiting.append(target)
      }
    }
    for (page, anchor) in anchors {
      #expect(pages[page]?.contains(" id=\"\(anchor)\"") == true, "\(page)#\(anchor)")
    }
    return pages
  }

  @Test func `every link of the desk leads to a page, and every anchor to its place`() async throws
  {
    let fixture = try await filled()
    let visitor = Visitor(over: fixture.desk)
    try await visitor.enter()
    let pages = try await crawl(visitor, ["/review"])
    for path in ["/review/report", "/review/runs/r3", "/review/exports/1", "/review/items"] {
      #expect(pages[path] != nil, "\(path)")
    }
    #expect(pages.keys.contains { $0.hasPrefix("/review/items?situation=in_step") } == false)
    #expect(pages.values.allSatisfy { !$0.contains(mail) })
  }

  @Test func `in the report at the desk each number leads to as many as it says`() async throws {
    let fixture = try await filled()
    let visitor = Visitor(over: fixture.desk)
    try await visitor.enter()
    let report = try await visitor.get("/review/report").text
    var followed = 0
    for match in report.matches(of: #/<a [^>]*href="([^"]+)"[^>]*>([^<]*[0-9]+)<\/a>/#) {
      let target = String(match.1).replacing("&amp;", with: "&")
      let number = try #require(String(match.2).split(separator: " ").last)
      guard target.hasPrefix("/review?") || target.contains("items?situation") else { continue }
      let page = try await visitor.get(target).text
      let says =
        page.contains("<h2 id=\"list-h\">\(number) conflict")
        || page.contains("<h1>\(number) · ")
      #expect(says, "\(number) \(target)")
      followed += 1
    }
    #expect(followed > 15, "\(followed)")
  }

  @Test func `a list goes on page by page and shows each item once`() async throws {
    let fixture = try MirrorFixture()
    try await fixture.load((0..<120).map { ["K\($0)", "", "retail", ""] })
    try await fixture.reconcile()
    let visitor = Visitor(over: fixture.desk)
    try await visitor.enter()
    for list in ["situation=source_only", "of=records&source=sap"] {
      var target: String? = "/review/items?\(list)"
      var (found, pages): ([String], Int) = ([], 0)
      while let path = target {
        let page = try await visitor.get(path).text
        found += page.matches(of: #/items\?name=(K[0-9]+)"/#).map { String($0.1) }
        target = page.firstMatch(of: #/href="([^"]+)" rel="next"/#)
          .map { String($0.1).replacing("&amp;", with: "&") }
        pages += 1
      }
      #expect(pages == 3 && found.count == 120 && Set(found).count == 120, "\(list)")
    }
    #expect(try await visitor.get("/review/items?situation=source_only&after=x").status == 200)
    #expect(try await visitor.get("/review/runs/nothing").status == 404)
    #expect(try await visitor.get("/review/exports/77").status == 404)
  }

  @Test func `what claims one key stands in a row each, with only what differs`() async throws {
    let fixture = try await filled()
    let report = try await ReportLoader(mirror: fixture.mirror, context: fixture.context)
      .load(at: fixture.time.now)
    let records = try #require(report.conflicts.first { $0.kind == .sourceDuplicate })
    let rivals = try #require(records.rivals)
    #expect(rivals.names == ["group"] && rivals.rows.map(\.line) == [6, 7])
    #expect(
      rivals.rows.map(\.members) == [[.value(.text("retail"))], [.value(.text("wholesale"))]])
    let resets = try #require(report.conflicts.first { $0.kind == .remoteDuplicate }?.rivals)
    #expect(resets.rows.map(\.reset) == ["e", "f"])
    #expect(resets.names == ["e-mail", "group", "tags"] && resets.alikeCount > 0)
    #expect(resets.rows[0].members[0] == .text("e•••@x.example"))
    let times = TimeWords(now: fixture.time.now, zone: .gmt)
    let text = ConflictText.one(records, times: times, style: TextStyle(width: 80))
    #expect(text.contains("customers-2.csv, line 6  retail"))
    #expect(!text.contains("same") && !text.contains("{"))
    let page = String(decoding: ReportHTML(report, times: times).bytes(), as: UTF8.self)
    #expect(page.contains("customers-2.csv</bdi>, line 7"))
    #expect(records.reportJSON["rivals"]?.arrayValue?.count == 2)
  }

  @Test func `what differs only in its hidden part says so`() async throws {
    let fixture = try MirrorFixture()
    try await fixture.pull([
      ("e", "4", "anna@x.example", "{}"), ("f", "4", "anne@x.example", "{}"),
    ])
    try await fixture.load([["4", "anna@x.example", "retail", ""]])
    try await fixture.reconcile()
    let report = try await ReportLoader(mirror: fixture.mirror, context: fixture.context)
      .load(at: fixture.time.now)
    let rivals = try #require(report.conflicts.first { $0.kind == .remoteDuplicate }?.rivals)
    #expect(rivals.hidden == ["e-mail"])
  }
}
