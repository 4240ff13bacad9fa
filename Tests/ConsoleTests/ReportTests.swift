import Console
import Formats
import Reconciliation
import TestKit
import Testing

@Suite struct ReportTests {
  private func html(_ model: ReportModel) -> String {
    String(decoding: ReportHTML(model, times: SampleReport.times).bytes(), as: UTF8.self)
  }

  /// The sample with this many more conflicts of one kind.
  private func large(_ count: Int) -> ReportModel {
    var model = SampleReport.model
    model.conflicts = (0..<count).map { number in
      var view = SampleReport.group
      let digits = String(number, radix: 16)
      view.id = "c" + String(repeating: "0", count: 12 - digits.count) + digits
      view.reference = "K-\(number)"
      view.remote = .text("retail-plus \(number)")
      return view
    }
    model.openCount = count
    return model
  }

  @Test func `the text is as agreed`() throws {
    let text = ReportText(
      SampleReport.model, times: SampleReport.times, style: TextStyle(width: 100))
    try Golden().check(text.text(), is: "report.txt")
  }

  @Test func `the JSON is as agreed`() throws {
    let document = ReportJSON.document(SampleReport.model, times: SampleReport.times)
    try Golden().check(document.written(indent: 2) + "\n", is: "report.json")
  }

  @Test func `the page is as agreed`() throws {
    let page = html(SampleReport.model)
    let body = try #require(page.split(separator: "<body>").last)
    try Golden().check(String(body).replacing("><", with: ">\n<"), is: "report-body.html")
  }

  @Test func `the page needs no network and no script`() {
    let page = html(SampleReport.model)
    for word in ["<script", "src=", "http://", "https://", "url(", "@import", " style=", "onclick"]
    {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("Content-Security-Policy"))
  }

  @Test func `headings follow each other in order and landmarks are there`() {
    let page = html(SampleReport.model)
    #expect(page.ranges(of: "<h1>").count == 1)
    for (place, word) in ["<html lang=\"en\">", "<main id=\"main\">", "class=\"skip\""].enumerated()
    {
      #expect(page.contains(word), "\(place)")
    }
    var last = 0
    for match in page.matches(of: #/<h([1-6])/#) {
      let level = Int(match.1) ?? 0
      #expect(level <= last + 1)
      last = level
    }
  }

  @Test func `ids are unique and anchors lead somewhere`() {
    let page = html(SampleReport.model)
    let ids = page.matches(of: #/ id="([^"]+)"/#).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    for match in page.matches(of: #/href="#([^"]+)"/#) { #expect(ids.contains(String(match.1))) }
  }

  @Test func `sizes stay within bounds`() {
    let page = html(large(100))
    #expect(page.utf8.count < 300_000, "\(page.utf8.count)")
    var full = ReportLimits()
    full.blocksPerKindMax = 100
    let all = ReportHTML(large(100), times: SampleReport.times, limits: full).bytes()
    #expect(all.count < 300_000, "\(all.count)")
    let style = page.split(separator: "<style>")[1].split(separator: "</style>")[0]
    #expect(style.utf8.count < 15_000, "\(style.utf8.count)")
    #expect(html(large(10_000)).utf8.count < 600_000)
  }

  @Test func `a long list is bounded and says where the rest is`() {
    let page = html(large(10_000))
    #expect(page.contains("9,950 more"))
    #expect(page.contains("9,450 further ones"))
    #expect(page.contains("report --format csv"))
    #expect(page.contains("--all --kind conflict --mapping sap --field customer_group"))
  }

  @Test func `situations are all there, zeros too`() {
    let json = ReportJSON.document(SampleReport.model, times: SampleReport.times)
    #expect(json["situations"]?.objectValue?.keys == Situation.allCases.map(\.rawValue))
    #expect(json["situations"]?["both_deleted"] == 0)
    let page = html(SampleReport.model)
    for situation in Situation.allCases {
      #expect(page.contains(">\(situation.words)</th>"))
    }
  }

  @Test func `no conflict is a good thing, with the time it was checked`() {
    var model = SampleReport.model
    (model.conflicts, model.openCount) = ([], 0)
    #expect(html(model).contains("None is open; last looked "))
  }

  @Test func `lines are one JSON object each`() throws {
    let lines = ReportJSON.lines(SampleReport.model.conflicts).split(separator: "\n")
    #expect(lines.count == 6)
    for line in lines { #expect(try JSONValue(parsing: String(line))["id"] != nil) }
  }
}
