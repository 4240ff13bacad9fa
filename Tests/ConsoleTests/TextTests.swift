import Console
import Formats
import Reconciliation
import TestKit
import Testing

@Suite struct TextTests {
  private let times = SampleReport.times
  private let style = TextStyle(width: 100)

  @Test func `the list of conflicts is as agreed`() throws {
    let text = ConflictText.list(
      SampleReport.model.conflicts, total: 40, times: times, style: style)
    try Golden().check(text, is: "conflicts.txt")
    #expect(ConflictText.list([], total: 0, times: times, style: style) == "No conflict matches.\n")
  }

  @Test func `a narrow list keeps its ids whole and its lines short`() {
    let narrow = ConflictText.list(
      SampleReport.model.conflicts, total: 6, times: times, style: TextStyle(width: 100))
    for line in narrow.split(separator: "\n") { #expect(line.count <= 100) }
    for view in SampleReport.model.conflicts { #expect(narrow.contains(view.id)) }
  }

  @Test func `colour is used only where it may be`() {
    let views = SampleReport.model.conflicts
    let plain = ConflictText.list(views, total: 6, times: times, style: TextStyle(width: 120))
    let colour = ConflictText.list(
      views, total: 6, times: times, style: TextStyle(width: 120, hasColour: true))
    #expect(!plain.contains("\u{1B}") && colour.contains("\u{1B}[1;31m● critical\u{1B}[0m"))
    #expect(colour.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
  }

  @Test func `the summary of a run is as agreed`() throws {
    var run = SampleReport.run
    run.pull = .init()
    (run.pull.requests, run.pull.rows, run.pull.changed) = (7, 1_250, 12)
    (run.pull.full, run.pull.complete) = (true, true)
    var export = RunSummary.Import(
      mapping: "sap", file: "customers.csv", sha256: "", mode: "full", state: "accepted")
    (export.accepted, export.added, export.changed, export.rejected) = (12_406, 3, 41, 2)
    var refused = RunSummary.Import(
      mapping: "salesforce", file: "accounts.csv", sha256: "", mode: "full", state: "refused")
    refused.reason = "header only"
    run.imports = [export, refused]
    run.rails = [.init(name: "updates", mapping: "sap", measured: 900, limit: 120, tripped: true)]
    run.plan.digest = "5c1f0ab29d3e44d1"
    run.conflicts.open = 6
    run.messages = ["one record failed: 422 metadata too large"]
    try Golden().check(RunText.summary(run, times: times, style: style), is: "run.txt")
  }

  @Test func `an import tells what it did and nothing else`() throws {
    var run = SampleReport.run
    run.command = "import"
    var taken = RunSummary.Import(
      mapping: "sap", file: "/in/customers.csv", sha256: "", mode: "full", state: "accepted")
    (taken.rows, taken.accepted, taken.rejected) = (12_408, 12_396, 12)
    (taken.added, taken.changed, taken.unchanged, taken.removed) = (3, 41, 12_352, 1)
    taken.rejections = (1...11).map { line in
      .init(line: 1_000 + line, column: "KLIMK", reason: "\"x\" is no decimal number")
    }
    var refused = RunSummary.Import(
      mapping: "salesforce", file: "/in/accounts.csv", sha256: "", mode: "full", state: "refused")
    refused.reason = "accounts.csv: the export has no rows"
    let replayed = RunSummary.Import(
      mapping: "crm", file: "/in/a.csv", sha256: "", mode: "delta", state: "replayed")
    run.imports = [taken, refused, replayed]
    run.waiting = [.init(mapping: "erp", file: "/in/b.csv", reason: "b.csv.done is not there yet")]
    run.messages = ["accounts.csv: the export has no rows", "something else"]
    try Golden().check(RunText.summary(run, times: times, style: style), is: "import.txt")

    (run.imports, run.waiting, run.messages) = ([], [], [])
    let nothing = RunText.summary(run, times: times, style: style)
    #expect(nothing.contains("No export waits") && nothing.contains("resetsync check"))
    taken.rejections = []
    (taken.rejected, taken.added, taken.changed, taken.removed) = (0, 0, 0, 0)
    run.imports = [taken]
    #expect(RunText.summary(run, times: times, style: style).contains("Nothing has changed"))
  }

  @Test func `a run can be read back from its document`() {
    var run = SampleReport.run
    run.messages = ["x"]
    run.waiting = [.init(mapping: "sap", file: "/in/a.csv", reason: "it changed a moment ago")]
    run.rails = [.init(name: "updates", mapping: nil, measured: 1, limit: 2, tripped: false)]
    for situation in Situation.allCases { run.situations[situation, default: 0] += 0 }
    #expect(RunSummary(json: run.json) == run)
  }

  private var explained: ExplainModel {
    var model = ExplainModel(
      reference: "K-000123", origin: "sap", mapping: "sap", masking: .masked)
    model.situation = .conflict
    model.record = SourceRecord(
      mapping: "sap", key: Key(origin: "sap", reference: "K-000123"), rawReference: "K-000123",
      rawOrigin: "sap", columns: ["KUNNR", "SMTP_ADDR", "NOTIZ"],
      cells: [.text("K-000123"), .text("anna@rossi.example"), .null],
      changedAt: SampleReport.time("2026-11-21T13:02:00Z"), deletedMarker: false, missingExports: 0,
      firstSeen: SampleReport.now,
      provenance: Provenance(file: "customers.csv", line: 4_811, sha256: "ab12", receipt: 1),
      mirrorID: 1)
    model.reset = RemoteReset(
      id: "xYZkjABcde", reference: "K-000123", referenceOrigin: "sap", key: .unreferenced,
      customerEmail: "anna@rossi.example", resetPasswordAt: nil, createdAt: nil,
      updatedAt: "2026-11-22T08:15:00Z", metadata: ["customer_group": "retail-plus"],
      firstSeen: SampleReport.now, isDeleted: false, mirrorID: 1,
      links: ResetLinks(own: "https://acme.example/api/xYZkjABcde", compact: nil), mode: "test")
    model.remote = ExplainRemote(
      customer: .known(["id": "cUsT", "email": "anna@rossi.example", "status": nil]),
      events: .known([]),
      changes: .known([
        .init(
          id: "1-0", event: "update", field: "metadata", from: [:],
          to: ["customer_group": "retail-plus"], who: "integration abc",
          at: SampleReport.time("2026-11-22T08:15:00Z"))
      ]))
    model.fields = [
      .init(
        metadata: "customer_group", base: .text("retail"), source: .text("wholesale"),
        remote: .text("retail-plus"), outcome: "contested"),
      .init(metadata: "note", base: nil, source: nil, remote: .absent, outcome: "ignored"),
    ]
    model.pushes = [
      .init(
        at: SampleReport.time("2026-11-20T08:00:00Z"), run: "1790", state: "applied",
        fields: ["customer_group": "retail"], reason: nil)
    ]
    model.conflicts = [SampleReport.group]
    return model
  }

  @Test func `explain is as agreed, and shows no address`() throws {
    try Golden().check(
      ExplainText.text(explained, times: times, style: style), is: "explain.txt")
    let json = explained.json
    #expect(
      json.objectValue?.keys == [
        "reference", "reference_origin", "mapping", "situation", "record", "reset", "fields",
        "pushes", "conflicts", "rejected", "stale", "lookalike",
        "history", "remote",
      ])
    #expect(
      json["reset"]?.objectValue?.keys == [
        "id", "type", "links", "customer_email", "reset_password_at", "created_at", "updated_at",
        "reference", "reference_origin", "metadata", "relationships", "meta", "deleted",
      ])
    #expect(
      json["reset"]?["relationships"]?["events"]?["related"]
        == "https://acme.example/api/xYZkjABcde/events")
    #expect(json["record"]?.objectValue?.keys == ["columns", "file", "line", "sha256"])
    #expect(
      json["fields"]?.arrayValue?[0].objectValue?.keys == [
        "metadata", "base", "source", "remote", "outcome",
      ])
    #expect(!json.written().contains("anna") && json.written().contains("a•••@rossi.example"))
  }

  @Test func `status is as agreed`() throws {
    let status = StatusModel(
      report: SampleReport.model, runs: [],
      jobs: [
        .init(name: "pull", nextAt: SampleReport.now.adding(seconds: 300)),
        .init(name: "report", nextAt: nil),
      ], outbox: ["pending": 7, "parked": 1], rateBudget: ["burst": 40, "average": 910])
    try Golden().check(StatusText.text(status, times: times, style: style), is: "status.txt")
  }

  @Test func `the table of situations has them all`() {
    let text = SituationText.table(SampleReport.run.situations, style: style)
    #expect(text.split(separator: "\n").count == Situation.allCases.count + 2)
    #expect(text.contains("source_only") && text.contains("11,204"))
    #expect(text.contains("both_deleted"))
  }
}
