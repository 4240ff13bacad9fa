import Engine
import Formats
import MirrorKit
import Reconciliation
import TestKit
import Testing

@testable import Mirror

struct OutboxTests {
  /// Resets without metadata and records that have values for them, reconciled: one update each.
  private func planned(_ count: Int) async throws -> MirrorBench {
    let bench = try MirrorBench()
    try await bench.pull((1...count).map { bench.reset("r\($0)", "\($0)") })
    try await bench.load((1...count).map { ["\($0)", "g\($0)", "\($0)"] })
    #expect(try await bench.reconcile().queued == count)
    return bench
  }

  private func send(_ entry: OutboxEntry, in bench: MirrorBench) async throws {
    try await bench.mirror.markIntent(
      [(entry.id, "{}", #"{"group":"g"}"#)], run: bench.nextRun(), at: bench.now)
  }

  @Test func `updates are paged to their end in the order of the plan`() async throws {
    let bench = try await planned(5)
    var ids: [Int64] = []
    var resets: [String] = []
    while true {
      let page = try await bench.mirror.updates(in: .pending, after: ids.last ?? 0, limit: 2)
      guard !page.isEmpty else { break }
      #expect(page.count <= 2)
      ids += page.map(\.id)
      resets += page.map(\.update.resetID)
    }
    #expect(ids == ids.sorted() && Set(ids).count == 5)
    #expect(resets == (1...5).map { "r\($0)" })
    #expect(try await bench.mirror.updates(limit: 9).map(\.id) == ids)
  }

  @Test func `updates are told by run and state, and counted alike`() async throws {
    let bench = try await planned(3)
    let run = try #require(try await bench.mirror.updates(in: .pending, limit: 1).first?.run)
    let all = try await bench.mirror.updates(ofRun: run, limit: 9)
    try await send(all[0], in: bench)
    try await bench.mirror.settle(all[0].id, .applied, run: bench.nextRun(), at: bench.now)
    try await send(all[1], in: bench)
    #expect(
      try await bench.mirror.updateCounts(ofRun: run) == [.applied: 1, .sent: 1, .pending: 1])
    #expect(try await bench.mirror.updateCounts() == [.pending: 1, .sent: 1, .parked: 0])
    for (state, id) in [(OutboxState.applied, 0), (.sent, 1), (.pending, 2)] {
      let found = try await bench.mirror.updates(in: state, ofRun: run, limit: 9)
      #expect(found.map(\.id) == [all[id].id], "\(state)")
      let elsewhere = try await bench.mirror.updates(in: state, ofRun: "another", limit: 9)
      #expect(elsewhere.isEmpty)
    }
  }

  @Test func `an intent that can't be stored leaves none of its batch`() async throws {
    let bench = try await planned(2)
    let entries = try await bench.mirror.updates(in: .pending, limit: 9)
    try await bench.mirror.settle(
      entries[1].id, .skipped(reason: "moved"), run: bench.nextRun(), at: bench.now)
    let error = await #expect(throws: MirrorError.self) {
      try await bench.mirror.markIntent(
        entries.map { ($0.id, "{}", "{}") }, run: "r", at: bench.now)
    }
    #expect(error?.kind == .refused)
    let first = try await bench.mirror.updates(in: .pending, limit: 9)
    #expect(first.map(\.id) == [entries[0].id])
    #expect(first.first?.attempts == 0 && first.first?.intent == nil)
  }

  @Test func `what was sent when the process died is known after it, byte for byte`() async throws {
    let bench = try await planned(2)
    let entry = try await bench.mirror.updates(in: .pending, limit: 1)[0]
    let (before, intent) = (#"{"a":1.0,"b":12345678901234567890}"#, #"{"a":1.0,"group":"g1"}"#)
    try await bench.mirror.markIntent(
      [(entry.id, before, intent)], run: bench.nextRun(), at: bench.now)
    for suffix in ["", "-wal"] {
      try bench.folder.copy("mirror.sqlite\(suffix)", to: "crash.sqlite\(suffix)")
    }
    let after = try Mirror.open(path: bench.folder.path + "/crash.sqlite")
    let sent = try await after.updates(in: .sent, limit: 9)
    #expect(sent.map(\.id) == [entry.id])
    #expect(sent.first?.before == before && sent.first?.intent == intent)
    #expect(sent.first?.attempts == 1)
    // It had no effect: due again, and told apart from a first attempt.
    try await after.settle(entry.id, .notSent, run: "r", at: bench.now)
    let again = try await after.updates(in: .pending, limit: 9)
    #expect(again.map(\.attempts).sorted() == [0, 1])
  }

  @Test func `a settled update is settled once`() async throws {
    let bench = try await planned(1)
    let entry = try await bench.mirror.updates(in: .pending, limit: 1)[0]
    try await send(entry, in: bench)
    try await bench.mirror.settle(entry.id, .applied, run: bench.nextRun(), at: bench.now)
    for outcome in [PushOutcome.applied, .skipped(reason: "x"), .parked(reason: "x"), .notSent] {
      let error = await #expect(throws: MirrorError.self) {
        try await bench.mirror.settle(entry.id, outcome, run: "r", at: bench.now)
      }
      #expect(error?.kind == .refused)
    }
    #expect(try await bench.mirror.updates(ofRun: entry.run, limit: 9).map(\.state) == [.applied])
  }

  @Test func `the base moves with what was applied, and with nothing else`() async throws {
    for outcome in [PushOutcome.applied, .skipped(reason: "moved"), .parked(reason: "422")] {
      let bench = try await planned(1)
      let entry = try await bench.mirror.updates(in: .pending, limit: 1)[0]
      try await send(entry, in: bench)
      try await bench.mirror.settle(entry.id, outcome, run: bench.nextRun(), at: bench.now)
      let base = try #require(try await bench.mirror.undoFacts(of: "r1")).base
      if case .applied = outcome {
        #expect(base["group"].source == .text("g1") && base["group"].remote == .text("g1"))
      } else {
        #expect(base["group"] == .none, "\(outcome)")
      }
    }
  }

  @Test func `a skipped update has its key looked at by the next run, a refused one not`()
    async throws
  {
    let bench = try await planned(2)
    let entries = try await bench.mirror.updates(in: .pending, limit: 9)
    let run = bench.nextRun()
    try await bench.mirror.settle(entries[0].id, .skipped(reason: "moved"), run: run, at: bench.now)
    try await bench.mirror.settle(entries[1].id, .parked(reason: "422"), run: run, at: bench.now)
    let next = try await bench.reconcile()
    #expect(next.queued == 1)
    #expect(
      try await bench.mirror.updates(in: .pending, limit: 9).map(\.update.resetID) == ["r1"])
    #expect(try await bench.mirror.conflicts().map(\.kind) == [.pushFailed])
  }

  @Test func `what the API knows no more waits without a conflict until it is seen again`()
    async throws
  {
    let bench = try await planned(1)
    let entry = try await bench.mirror.updates(in: .pending, limit: 1)[0]
    try await bench.mirror.settle(entry.id, .gone, run: bench.nextRun(), at: bench.now)
    #expect(try await bench.reconcile(all: true).queued == 0)
    #expect(try await bench.mirror.conflicts().isEmpty)
    #expect(try await bench.mirror.updateCounts()[.parked] == 1)
    // A full pull shows it, as it was: what is due for it is planned anew.
    #expect(try await bench.pullFully([bench.reset("r1", "1")]) == 0)
    #expect(try await bench.mirror.updateCounts()[.parked] == 0)
    #expect(try await bench.reconcile().queued == 1)
  }

  @Test func `a value that a policy overruled is kept in journal and log`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1", metadata: #"{"limit":"9"}"#)])
    try await bench.load([["1", "", "5"]])
    try await bench.reconcile()
    try await bench.push()
    let lines = try await bench.mirror.journalLines(kind: "overruled")
    #expect(lines.map(\.entry.subject) == ["a"])
    #expect(lines.first?.entry.payload["field"]?.text == "limit")
    let log = try await bench.mirror.conflictLogLines(after: 0, limit: 9, masking: .full)
    let line = try #require(log.first.map { try JSONValue(parsing: $0.text) })
    #expect(line["state"]?.text == "auto_resolved" && line["by"]?.text == "policy")
    #expect(line["source"]?.text == "5" && line["remote"]?.text == "9")
  }

  @Test func `retention takes settled updates and leaves those that are due`() async throws {
    let bench = try await planned(3)
    let entries = try await bench.mirror.updates(in: .pending, limit: 9)
    let run = bench.nextRun()
    try await bench.mirror.settle(entries[0].id, .skipped(reason: "x"), run: run, at: bench.now)
    try await bench.mirror.settle(entries[1].id, .parked(reason: "422"), run: run, at: bench.now)
    var retention = Retention()
    retention.journalBefore = bench.now.adding(seconds: 86_400)
    #expect(try await bench.mirror.retain(retention, at: bench.now).updates == 1)
    #expect(try await bench.mirror.updateCounts() == [.pending: 1, .sent: 0, .parked: 1])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `an undo has facts of linked resets only`() async throws {
    let bench = try await planned(1)
    try await bench.pull([bench.reset("alone", "99")])
    try await bench.reconcile()
    #expect(try await bench.mirror.undoFacts(of: "r1")?.reset.id == "r1")
    #expect(try await bench.mirror.undoFacts(of: "alone") == nil)
    #expect(try await bench.mirror.undoFacts(of: "nobody") == nil)
  }

  @Test func `the plan is read in parts`() async throws {
    let bench = try await planned(5)
    let plan = try #require(try await bench.mirror.plans(limit: 1).first)
    var parts: [[PlanLine]] = []
    repeat {
      let last = parts.last?.last?.number ?? 0
      parts.append(
        try await bench.mirror.planLines(of: plan, after: last, limit: 2, places: false))
    } while parts.last?.isEmpty == false
    #expect(parts.map(\.count) == [2, 2, 1, 0])
    #expect(parts.joined().map(\.update.resetID) == (1...5).map { "r\($0)" })
  }
}
