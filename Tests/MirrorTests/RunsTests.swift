import Engine
import Formats
import MirrorKit
import Reconciliation
import Testing

@testable import Mirror

struct RunsTests {
  @Test func `runs are numbered, and a number that is given is not taken again`() async throws {
    let bench = try MirrorBench()
    let (mirror, now) = (bench.mirror, bench.now)
    #expect(try await mirror.beginRun(command: "pull", at: now) == "r1")
    #expect(try await mirror.beginRun(id: "r9", command: "pull", at: now) == "r9")
    #expect(try await mirror.beginRun(command: "import", isDryRun: true, at: now) == "r3")
    await #expect(throws: MirrorError.self) {
      try await mirror.beginRun(id: "r9", command: "pull", at: now)
    }
    // The refused one left neither a run nor a line of the journal.
    #expect(try await mirror.runs(limit: 9).map(\.id) == ["r3", "r9", "r1"])
    #expect(try await mirror.journalLines(kind: "run.started").count == 3)
    #expect(try await mirror.verify().isEmpty)
  }

  @Test func `a run that was killed has no end, and the next one goes on`() async throws {
    let bench = try MirrorBench()
    let id = try await bench.mirror.beginRun(command: "reconcile", at: bench.now)
    let reopened = try Mirror.open(path: bench.path)
    let run = try await reopened.run(id)
    #expect(run.endedAt == nil && run.result == nil && run.exit == nil && run.summary == nil)
    #expect(try await reopened.beginRun(command: "reconcile", at: bench.now) == "r2")
  }

  @Test func `runs are paged to their end, newest first, by command`() async throws {
    let bench = try MirrorBench()
    for number in 0..<7 {
      try await bench.mirror.beginRun(
        command: number.isMultiple(of: 2) ? "pull" : "import", at: bench.now)
    }
    for (command, expected) in [
      (nil, [7, 6, 5, 4, 3, 2, 1]), ("pull", [7, 5, 3, 1]), ("import", [6, 4, 2]), ("undo", []),
    ] as [(String?, [Int])] {
      var found: [String] = []
      while true {
        let page = try await bench.mirror.runs(before: found.last, command: command, limit: 2)
        guard !page.isEmpty else { break }
        found += page.map(\.id)
      }
      #expect(found == expected.map { "r\($0)" }, "\(command ?? "all")")
    }
  }

  @Test func `a run is found by the start of its id, unless several have it`() async throws {
    let bench = try MirrorBench()
    let none = await #expect(throws: MirrorError.self) { try await bench.mirror.run("r1") }
    #expect(none?.kind == .notFound && none?.hint == "there has been none yet")
    for id in ["a1", "a2", "b1", "a"] {
      try await bench.mirror.beginRun(id: id, command: "pull", at: bench.now)
    }
    #expect(try await bench.mirror.run("b").id == "b1")
    #expect(try await bench.mirror.run("a").id == "a")
    #expect(try await bench.mirror.run("a2").id == "a2")
    let several = await #expect(throws: MirrorError.self) { try await bench.mirror.run("") }
    #expect(several?.kind == .refused)
    let missing = await #expect(throws: MirrorError.self) { try await bench.mirror.run("z") }
    #expect(missing?.kind == .notFound)
    // The last three are named, the newest first.
    #expect(missing?.hint?.contains("a, b1, a2") == true, "\(missing?.hint ?? "")")
  }

  @Test func `the end of a run keeps what stood then`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([
      bench.reset("a", "1", metadata: #"{"group":"vip"}"#), bench.reset("b", "7"),
    ])
    try await bench.load([["1", "retail", ""], ["2", "x", ""]])
    try await bench.reconcile()
    let id = try await bench.mirror.beginRun(command: "reconcile", at: bench.now)
    let summary: JSONValue = ["plan": ["updates": 3]]
    let end = RunEnd(
      result: "some_failed", exit: 3, requests: 12, applied: 4, failed: 1, summary: summary)
    let later = bench.now.adding(seconds: 90)
    try await bench.mirror.endRun(id: id, end, at: later)
    try await bench.pull([bench.reset("c", "8")])
    try await bench.reconcile()
    let run = try await bench.mirror.run(id)
    #expect(run.startedAt == bench.now.adding(seconds: -120) && run.endedAt == later)
    #expect((run.result, run.exit, run.requests) == ("some_failed", 3, 12))
    #expect((run.applied, run.failed, run.openConflicts) == (4, 1, 2))
    #expect(run.summary == summary)
    #expect(
      run.situations.filter { $0.value > 0 } == [.conflict: 1, .remoteOnly: 1, .sourceOnly: 1])
  }

  @Test func `retention takes whole runs, and none that came later`() async throws {
    let bench = try MirrorBench()
    let first = bench.now
    for day in 0..<4 {
      let at = first.adding(seconds: Double(day) * 86_400)
      let id = try await bench.mirror.beginRun(command: "pull", at: at)
      // The second one was killed.
      guard day != 1 else { continue }
      try await bench.mirror.endRun(
        id: id, RunEnd(result: "ok", exit: 0, summary: .object([:])), at: at)
    }
    var retention = Retention()
    retention.journalBefore = first.adding(seconds: 1.5 * 86_400)
    let tally = try await bench.mirror.retain(retention, at: first.adding(seconds: 5 * 86_400))
    #expect(tally.runs == 2)
    #expect(try await bench.mirror.runs(limit: 9).map(\.id) == ["r4", "r3"])
    // A number is never used twice.
    #expect(try await bench.mirror.beginRun(command: "pull", at: first) == "r5")
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `plans are kept with their figures, newest first`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1")])
    try await bench.load([["1", "g", "2"]])
    let dry = try await bench.reconcile(dryRun: true)
    let real = try await bench.reconcile()
    let plans = try await bench.mirror.plans(limit: 5)
    #expect(plans.map(\.isDryRun) == [false, true])
    #expect(plans.map(\.digest) == [real.clearance.digest, dry.clearance.digest])
    #expect(plans.map(\.updates) == [1, 1] && plans.map(\.fields) == [2, 2])
    #expect(try await bench.mirror.plans(limit: 1).map(\.run) == [plans[0].run])
  }

  @Test func `names that nothing has are told`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", " 007 ")])
    try await bench.load([["9", "g", ""]])
    let names = ["a", "007", " 007 ", "9", "8", "b", ""]
    #expect(try await bench.mirror.unknownReferences(names) == ["8", "b", ""])
  }
}
