import Console
import Effects
import Formats
import Foundation
import HTTP
import Mirror
import Reconciliation
import TestKit
import Testing

@Suite struct MirrorDeskTests {
  private let mail = "anna@rossi.example"

  /// Two contested fields, one pair of different customers, one reset without record.
  private func filled() async throws -> MirrorFixture {
    let fixture = try MirrorFixture()
    try await fixture.pull([
      ("a", "1", mail, #"{"group":"vip","note":"x \#(mail)"}"#),
      ("b", "2", "bob@rossi.example", #"{"group":"retail"}"#),
      ("c", "9", "c@x.example", "{}"),
    ])
    try await fixture.load([
      ["1", mail, "retail", "y"], ["2", "ben@rossi.example", "retail", ""], ["broken"],
    ])
    try await fixture.reconcile()
    return fixture
  }

  @Test func `the report is filled from the mirror`() async throws {
    let fixture = try await filled()
    let loader = ReportLoader(mirror: fixture.mirror, context: fixture.context)
    let report = try await loader.load(at: fixture.time.now)
    #expect(report.openCount == 4 && report.conflicts.count == 4)
    #expect(report.severities == [.critical: 1, .high: 2, .medium: 1])
    #expect(report.ages.filter { $0.value > 0 } == [.upToOneDay: 4])
    #expect(report.sources.map(\.records) == [2] && report.remote.resets == 3)
    #expect(report.situations.values.reduce(0, +) == 3)
    #expect(report.trend.map(\.open) == [4] && report.lastRun?.summary.push.applied == 1)
    #expect(report.rejectedCount == 1 && report.rejected[0].line == 4)
    #expect(report.delta == nil)
    let group = try #require(report.conflicts.first { $0.field == "group" })
    #expect(group.file == "customers-2.csv" && group.line == 2 && group.reset == "a")
    #expect(group.source == .text("retail") && group.remote == .text("vip"))
    #expect(group.remoteChangedAt == Timestamp(rfc3339: "2026-11-22T08:15:00Z"))
    let identity = try #require(report.conflicts.first)
    #expect(identity.kind == .identityMismatch && identity.differsInHiddenPart)
    #expect(identity.source == .text("b•••@rossi.example"))
    let text = ReportJSON.document(report, times: TimeWords(now: report.asOf, zone: .gmt)).written()
    #expect(!text.contains("anna@") && !text.contains("bob@") && !text.contains("ben@"))
    #expect(text.contains("x a•••@rossi.example"))
  }

  @Test func `what is new and gone since the last report`() async throws {
    let fixture = try await filled()
    var context = fixture.context
    context.previousReport = fixture.time.now
    try await fixture.load([["1", mail, "vip", "y"], ["2", "ben@rossi.example", "big", ""]])
    try await fixture.reconcile()
    let report = try await ReportLoader(mirror: fixture.mirror, context: context)
      .load(at: fixture.time.now)
    let delta = try #require(report.delta)
    #expect(delta.goneCount == 1 && delta.gone.map(\.subject) == ["1 group"])
    #expect(delta.unchangedCount + delta.newCount == report.openCount)
  }

  @Test func `what closed after a long pause is gone since the last report`() async throws {
    let fixture = try await filled()
    fixture.time.advance(seconds: 40 * 86_400)
    try await fixture.mirror.setNote(
      ReportLoader.reportNote, fixture.time.now.rfc3339Microseconds)
    try await fixture.load([["1", mail, "vip", "y"], ["2", "ben@rossi.example", "retail", ""]])
    try await fixture.reconcile()
    let report = try await ReportLoader(mirror: fixture.mirror, context: fixture.context)
      .load(at: fixture.time.now)
    let delta = try #require(report.delta)
    #expect(delta.goneCount == 1 && delta.gone.map(\.subject) == ["1 group"])
    #expect(delta.newCount == 0 && delta.unchangedCount == 3)
  }

  @Test func `each version of the facts stays in the history, and in the report of its run`()
    async throws
  {
    let fixture = try await filled()
    let first = try #require(try await fixture.mirror.runs(limit: 1).first)
    try await fixture.load([
      ["1", mail, "wholesale", "y"], ["2", "ben@rossi.example", "retail", ""],
    ])
    try await fixture.reconcile()
    let loader = ReportLoader(mirror: fixture.mirror, context: fixture.context)
    let now = try await loader.load(at: fixture.time.now)
    let moved = try #require(now.conflicts.first { $0.field == "group" })
    #expect(moved.source == .text("wholesale"))
    let steps = try await fixture.mirror.history(ofConflict: moved.id)
    #expect(steps.map(\.source) == [.text("retail"), .text("wholesale")])
    let past = try await loader.load(asOf: first)
    let old = try #require(past.conflicts.first { $0.id == moved.id })
    #expect(old.source == .text("retail") && !old.isDecidable && past.pastRun == first.id)
    #expect(past.openCount == 4 && past.sources.map(\.records) == [2])
    let html = ReportHTML(past, times: TimeWords(now: past.asOf, zone: .gmt)).bytes()
    let page = String(decoding: html, as: UTF8.self)
    let heading = page.matches(of: #/<h1>.*?<\/h1>/#).map { String($0.0) }.joined()
    #expect(
      heading == "<h1>As it stood after run \(first.id): "
        + "<a href=\"#conflicts\">4 conflicts</a> were open.</h1>")
    #expect(!page.contains("--take"))
  }

  @Test func `the desk decides for the facts that were shown`() async throws {
    let fixture = try await filled()
    let desk = fixture.desk
    var filter = DeskFilter()
    filter.field = "group"
    let queue = try await desk.queue(filter, limit: 50, offset: 0)
    #expect(queue.total == 1)
    let view = try #require(queue.views.first)
    #expect(try await desk.related(to: view).map(\.field) == ["note"])
    let sides = try await desk.sides(of: view)
    #expect(sides.remote?["customer_email"] == "a•••@rossi.example")
    #expect(sides.source?["columns"]?["GROUP"] == "retail")
    let old = DeskDecision(id: view.id, facts: "old", take: .source)
    guard case .moved(let now)? = try await desk.decide([old], by: "g", reason: nil).first else {
      Issue.record("a decision on other facts was taken")
      return
    }
    #expect(now.id == view.id)
    let link = DeskDecision(id: view.id, facts: view.factsDigest, take: .ignore)
    guard case .refused? = try await desk.decide([link], by: "g", reason: nil).first else {
      Issue.record("a field was ignored")
      return
    }
    let good = DeskDecision(id: view.id, facts: view.factsDigest, take: .source)
    guard case .decided? = try await desk.decide([good], by: "g", reason: "so").first else {
      Issue.record("a decision was not taken")
      return
    }
    #expect(try await desk.conflict(view.id)?.decision?.by == "g")
    #expect(try await desk.undoLast(by: "g") == [view.id])
    #expect(try await desk.conflict(view.id)?.state == .open)
    #expect(try await desk.history(view.id).count >= 3)
    #expect(try await desk.conflict("c000000000000") == nil)
  }

  @Test func `the plan is read at the desk, and the one that was shown is approved`() async throws {
    let fixture = try MirrorFixture()
    try await fixture.pull([("a", "1", mail, "{}")])
    try await fixture.load([["1", mail, "retail", "y"]])
    try await fixture.reconcile()
    let visitor = Visitor(over: fixture.desk)
    #expect(try await visitor.get("/review/plan").status == 401)
    try await visitor.enter()
    let page = try await visitor.get("/review/plan")
    #expect(page.status == 200 && page.text.contains("What is to be written to Commerce Layer"))
    let plan = try #require(try await fixture.mirror.plans(limit: 1).first)
    let view = try #require(try await fixture.desk.plan())
    #expect(view.groups.count == 1 && view.more == 0 && view.record.digest == plan.digest)
    let entry = try #require(view.groups.first?.entries.first)
    #expect(entry.place?.file == "customers-2.csv" && entry.heldBy == [])
    for write in entry.writes { #expect(page.text.contains(write.name)) }
    // Nothing holds this plan, so that its page has no form.
    let me = try await visitor.get("/review/me")
    func approve(_ digest: String) async throws -> Int {
      try await visitor.post("/review/plan/approve", on: me, [("digest", digest)]).status
    }
    let now = fixture.time.now
    #expect(try await approve(String(repeating: "0", count: 64)) == 409)
    #expect(try await fixture.mirror.approvals(at: now).plans.isEmpty)
    #expect(try await approve(plan.digest) == 303)
    let given = try await fixture.mirror.approvals(at: now).plans
    #expect(given.map(\.digest) == [plan.digest])
    let line = try await fixture.mirror.journalLines(kind: "approval").last
    #expect(line?.entry.payload["by"] == "giulia")
  }

  @Test func `a pause is told`() async throws {
    let fixture = try await filled()
    try fixture.mirror.pauseMark.pause(Act(by: "g", at: fixture.time.now, reason: "audit"))
    let status = try await StatusModel.load(
      fixture.mirror, context: fixture.context, jobs: [], at: fixture.time.now)
    #expect(status.json["paused"] == true && status.json["pause_reason"] == "audit")
    let text = StatusText.text(
      status, times: TimeWords(now: fixture.time.now, zone: .gmt), style: TextStyle(width: 200))
    #expect(text.contains("Writing is paused by g: audit; `resetsync resume` ends it."))
  }

  @Test func `the age filter has both bounds`() async throws {
    let fixture = try await filled()
    fixture.time.advance(seconds: 2 * 86_400)
    for (age, expected) in [(AgeBucket.upToOneDay, 0), (.upToThreeDays, 4), (.upToOneWeek, 0)] {
      var filter = DeskFilter()
      filter.age = age
      #expect(try await fixture.desk.queue(filter, limit: 5, offset: 0).total == expected)
    }
  }

  @Test func `the desk runs over a real server from the printed address to a decision`()
    async throws
  {
    let fixture = try await filled()
    var settings = DeskSettings(hosts: [], person: "g", organization: "acme", mode: "test")
    settings.hosts = ["desk.test"]
    let desk = ReviewDesk(
      actions: fixture.desk, settings: settings, time: fixture.time, zone: .gmt,
      random: SeededRandom(seed: 3))
    let gauges = try await MetricsGauges.measure(
      fixture.mirror, sources: ["sap"], version: "1", at: fixture.time.now)
    #expect(gauges.openConflicts[.critical]?[.upToOneDay] == 1)
    #expect(gauges.items["sap"]?.values.reduce(0, +) == 3)
    let status = try await StatusModel.load(
      fixture.mirror, context: fixture.context, jobs: [], at: fixture.time.now)
    #expect(status.json["conflicts"]?["open"] == 4)
    let server = ConsoleServer(
      desk: desk,
      sources: .init(
        readiness: { Readiness([]) }, metrics: { MetricsPage.text(MetricsRecorder(), gauges) },
        status: { status }))
    let entry = try #require(
      HTTPServerRequest(.get, desk.newEntryPath(), fields: HTTPFields([("Host", "desk.test")])))
    let cookie = try #require(await server.answer(entry).fields["Set-Cookie"])
    let fields = HTTPFields([
      ("Host", "desk.test"), ("Cookie", String(cookie.prefix { $0 != ";" })),
    ])
    for path in ["/review", "/review/report", "/status"] {
      let request = try #require(HTTPServerRequest(.get, path, fields: fields))
      let response = await server.answer(request)
      let text = String(decoding: response.body, as: UTF8.self)
      #expect(response.status == 200 && !text.contains("anna@"), "\(path)")
    }
  }
}
