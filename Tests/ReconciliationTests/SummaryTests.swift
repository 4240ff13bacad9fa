import Formats
import Reconciliation
import Testing

private let fresh = RunSummary(run: "7", command: "reconcile", dryRun: false, startedAt: noon)

/// What every summary has.
private let head = #""run": "7", "command": "reconcile", "started_at": "\#(noon.rfc3339)""#

/// A summary of which no two figures are the same, nor any as in an empty one.
private let full: RunSummary = {
  var summary = RunSummary(run: "9", command: "push", dryRun: true, startedAt: noon)
  var last = 0
  func next() -> Int {
    last += 1
    return last
  }
  summary.result = .railTripped
  summary.exit = next()
  summary.durationMilliseconds = next()
  summary.pull.requests = next()
  summary.pull.rows = next()
  summary.pull.changed = next()
  summary.pull.complete = true
  summary.pull.full = true
  summary.pull.recordCount = next()
  var imported = RunSummary.Import(
    mapping: "sap", file: "a.csv", sha256: "ab", mode: "full", state: "refused")
  imported.reason = "shrunk"
  imported.rows = next()
  imported.accepted = next()
  imported.rejected = next()
  imported.added = next()
  imported.changed = next()
  imported.removed = next()
  imported.unchanged = next()
  imported.rejections = [
    RunSummary.RejectedRow(line: next(), column: "N", reason: "no number"),
    RunSummary.RejectedRow(line: next(), column: nil, reason: "cut"),
  ]
  summary.imports = [imported]
  summary.waiting = [RunSummary.WaitingExport(mapping: "sap", file: "b.csv", reason: "grows")]
  for situation in Situation.allCases { summary.situations[situation] = next() }
  summary.plan.digest = "cd"
  summary.plan.updates = next()
  summary.plan.fields = next()
  summary.plan.conflicts = next()
  summary.plan.held = next()
  summary.plan.requests = next()
  summary.plan.seconds = next()
  summary.plan.assessed = next()
  summary.rails = [
    RunSummary.Rail(name: "updates", mapping: "sap", measured: next(), limit: next(), tripped: true)
  ]
  summary.push.requests = next()
  summary.push.attempted = next()
  summary.push.applied = next()
  summary.push.failed = next()
  summary.push.skipped = next()
  summary.conflicts.open = next()
  summary.conflicts.opened = next()
  summary.conflicts.closed = next()
  summary.conflicts.lapsed = next()
  summary.rate.requests = next()
  summary.rate.throttled = next()
  summary.rate.waitedMilliseconds = next()
  summary.nearMisses = [
    RunSummary.NearMiss(
      mapping: "sap", remote: "1", source: "01", differences: [.leadingZeros, .blanks],
      normalize: ["strip_leading_zeros"], pairs: next(), isAtLeast: true)
  ]
  summary.headline = "first"
  summary.messages = ["one", "two"]
  return summary
}()

@Test func `a summary survives being stored`() throws {
  #expect(RunSummary(json: try JSONValue(parsing: full.json.written())) == full)
}

@Test func `a summary with members missing is that of a run that did nothing`() {
  #expect(RunSummary(json: json("{\(head)}")) == fresh)
  #expect(RunSummary(json: json(#"{\#(head), "situations": {"update": "2"}, "pull": 3}"#)) == fresh)
}

@Test func `lists of a summary keep what they tell, and leave out what tells nothing`() throws {
  let told = try #require(
    RunSummary(
      json: json(
        #"""
        {\#(head), "imports": [{"mapping": "sap", "file": "a.csv", "rejections": [{}]}, {"rows": 1}],
         "waiting": [{"mapping": "sap", "file": "b.csv"}, {"mapping": "sap"}],
         "rails": [{"name": "updates"}, {"limit": 3}], "messages": ["one", 2]}
        """#)))
  var imported = RunSummary.Import(mapping: "sap", file: "a.csv", sha256: "", mode: "", state: "")
  imported.rejections = [RunSummary.RejectedRow(line: 0, column: nil, reason: "")]
  #expect(told.imports == [imported])
  #expect(told.waiting == [RunSummary.WaitingExport(mapping: "sap", file: "b.csv", reason: "")])
  #expect(
    told.rails
      == [RunSummary.Rail(name: "updates", mapping: nil, measured: 0, limit: 0, tripped: false)])
  #expect(told.messages == ["one"])
}

@Test(arguments: ["run", "command", "started_at"])
func `what has no run, command or start is no summary`(name: String) throws {
  let object = try #require(full.json.objectValue)
  let members = object.members.map { ($0.key.value, $0.value) }.filter { $0.0 != name }
  #expect(RunSummary(json: .object(JSONObject(members))) == nil)
}

@Test func `every situation has its number in the summary, also those without items`() {
  for situation in Situation.allCases {
    #expect(fresh.json["situations"]?[situation.rawValue]?.int == 0, "\(situation)")
  }
}
