import Engine
import Formats
import Mirror
import MirrorKit
import Reconciliation
import SQLite
import Testing

struct ReconcileTests {
  @Test func `a first reconcile links what matches and plans what is missing`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([
      bench.reset("a", "1", metadata: #"{"group":"retail","x":1.0}"#),
      bench.reset("b", "2"), bench.reset("c", "3"), bench.reset("d", nil),
      bench.reset("e", "9", origin: "moon"),
    ])
    try await bench.load([["1", "retail", ""], ["2", "wholesale", "5"], ["4", "x", "1"]])
    let outcome = try await bench.reconcile()
    #expect(
      outcome.situations.filter { $0.value > 0 } == [
        .inSync: 1, .update: 1, .remoteOnly: 1, .sourceOnly: 1, .unreferenced: 1, .unknownOrigin: 1,
      ])
    #expect(outcome.queued == 1)
    #expect(outcome.tally.linked == ["erp": 2])
    #expect(outcome.opened == 2)
    #expect(try await bench.push() == 1)
    let second = try await bench.reconcile()
    #expect(second.situations[.inSync] == 2)
    #expect(second.tally.updates == 0)
    #expect(second.tally.groups == 1)
    let third = try await bench.reconcile()
    #expect(third.tally.groups == 0)
    #expect(try bench.recount() == third.situations.filter { $0.value > 0 })
  }

  @Test func `a dry run changes nothing but the plan`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1")])
    try await bench.load([["1", "retail", ""]])
    let dry = try await bench.reconcile(dryRun: true)
    #expect(dry.tally.updates == 1)
    #expect(dry.queued == 0)
    #expect(dry.situations[.update] == 1)
    #expect(try bench.count("SELECT count(*) FROM links") == 0)
    #expect(try bench.count("SELECT count(*) FROM situation_counts") == 0)
    #expect(try bench.count("SELECT count(*) FROM plan_updates") == 1)
    let real = try await bench.reconcile()
    #expect(real.queued == 1)
  }

  @Test func `what a rail withholds is planned again`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1")])
    try await bench.load([["1", "retail", ""]])
    let first = try await bench.reconcile(sends: false)
    #expect(first.withheld == 1)
    let second = try await bench.reconcile(sends: false)
    #expect(second.tally.updates == 1)
    #expect(second.tally.groups == 1)
    #expect(try await bench.reconcile().queued == 1)
  }

  @Test func `an update that was never sent is planned anew`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1")])
    try await bench.load([["1", "retail", ""]])
    #expect(try await bench.reconcile().queued == 1)
    #expect(try await bench.reconcile().queued == 1)
    #expect(try bench.count("SELECT count(*) FROM outbox") == 1)
    try await bench.load([["1", "wholesale", ""]])
    try await bench.reconcile()
    let entry = try await bench.mirror.updates(in: .pending, limit: 1)[0]
    #expect(entry.update.fields.map(\.value) == [.text("wholesale")])
  }

  @Test func `a conflict opens, is decided, carried out and closed`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1", metadata: #"{"group":"vip"}"#)])
    try await bench.load([["1", "retail", ""]])
    let first = try await bench.reconcile()
    #expect(first.opened == 1)
    let conflict = try await bench.mirror.conflicts()[0]
    #expect(conflict.source == .text("retail"))
    #expect(conflict.remote == .text("vip"))
    #expect(try await bench.reconcile().opened == 0)
    let act = Act(by: "ann", at: bench.now, reason: "asked them")
    let result = try await bench.mirror.decide(
      conflict.id, take: .source, version: conflict.version, act: act)
    #expect(result == .decided)
    #expect(try await bench.reconcile().queued == 1)
    try await bench.push()
    let closed = try await bench.mirror.conflict(id: conflict.id)
    #expect(closed.state == .closed)
    let last = try await bench.reconcile()
    #expect(last.situations[.inSync] == 1)
    let steps = try await bench.mirror.history(ofConflict: conflict.id)
    #expect(steps.map(\.state) == ["open", "decided", "applied", "closed"])
  }

  @Test func `a decision made for other values is refused`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1", metadata: #"{"group":"vip"}"#)])
    try await bench.load([["1", "retail", ""]])
    try await bench.reconcile()
    let shown = try await bench.mirror.conflicts()[0]
    try await bench.load([["1", "wholesale", ""]])
    try await bench.reconcile()
    let result = try await bench.mirror.decide(
      shown.id, take: .source, version: shown.version, act: Act(by: "ann", at: bench.now))
    guard case .moved(let current) = result else {
      Issue.record("expected moved, got \(result)")
      return
    }
    #expect(current.source == .text("wholesale"))
    #expect(try await bench.mirror.conflict(id: shown.id).state == .open)
  }

  @Test func `a decision lapses when a side moves, and shows the old one`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1", metadata: #"{"group":"vip"}"#)])
    try await bench.load([["1", "retail", ""]])
    try await bench.reconcile()
    let shown = try await bench.mirror.conflicts()[0]
    _ = try await bench.mirror.decide(shown.id, take: .source, act: Act(by: "ann", at: bench.now))
    try await bench.load([["1", "wholesale", ""]])
    let run = try await bench.reconcile()
    #expect(run.lapsed == 1)
    #expect(run.queued == 0)
    let lapsed = try await bench.mirror.conflict(id: shown.id)
    #expect(lapsed.state == .open)
    #expect(lapsed.previousDecision?.take == "source")
    #expect(lapsed.decision == nil)
  }

  @Test func `a refused push is parked until its values change`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1")])
    try await bench.load([["1", "retail", ""]])
    try await bench.reconcile()
    try await bench.push(failing: "a")
    #expect(try await bench.mirror.conflicts().map(\.kind) == [.pushFailed])
    let again = try await bench.reconcile()
    #expect(again.queued == 0)
    #expect(again.tally.updates == 0)
    #expect(try await bench.mirror.updateCounts()[.parked] == 1)
    try await bench.load([["1", "wholesale", ""]])
    #expect(try await bench.reconcile().queued == 1)
    try await bench.push()
    try await bench.reconcile()
    #expect(try await bench.mirror.conflicts().isEmpty)
  }

  @Test func `deleted on both sides ends the link, and then the item`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1"), bench.reset("b", "2")])
    try await bench.load([["1", "", ""], ["2", "", ""]])
    try await bench.reconcile()
    #expect(try await bench.pullFully([bench.reset("b", "2")]) == 1)
    #expect(try await bench.mirror.suspects(limit: 10) == ["a"])
    try await bench.mirror.settleSuspect("a", found: nil, run: bench.nextRun(), at: bench.now)
    #expect(try await bench.reconcile().situations[.remoteDeleted] == 1)
    try await bench.load([["2", "", ""]])
    try await bench.load([["2", "", ""]])
    #expect(try await bench.reconcile().situations[.bothDeleted] == 1)
    let last = try await bench.reconcile()
    #expect(last.situations.filter { $0.value > 0 } == [.inSync: 1])
    #expect(try bench.recount() == [.inSync: 1])
  }

  @Test func `an orphan is offered the record that correlates, and linked by decision`()
    async throws
  {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", nil, origin: nil, email: "Ann@x.org")])
    try await bench.reconcile()
    #expect(try await bench.mirror.conflicts().isEmpty)
    try await bench.load([["7", "retail", "", "ann@x.org"]])
    let run = try await bench.reconcile()
    #expect(run.opened == 1)
    let suggestion = try await bench.mirror.conflicts()[0]
    #expect(suggestion.kind == .unreferenced)
    _ = try await bench.mirror.decide(
      suggestion.id, take: .link(resetID: "a"), act: Act(by: "ann", at: bench.now))
    let linking = try await bench.reconcile()
    #expect(linking.queued == 1)
    try await bench.push()
    let last = try await bench.reconcile()
    #expect(last.situations[.inSync] == 1)
    #expect(try bench.recount() == last.situations.filter { $0.value > 0 })
  }

  @Test func `a walk over all keys stores what walks over each key store`() async throws {
    let (whole, single) = (try MirrorBench(), try MirrorBench())
    // More plain pairs than one statement links, and some that are left over.
    for bench in [whole, single] {
      let resets = (1...200).map { number in
        bench.reset(
          "r\(number)", number == 9 ? nil : "\(number % 197)", email: "p\(number)@x.org",
          metadata: #"{"group":"g\#(number % 5 == 0 ? 1 : number)","limit":\#(number % 7).0}"#)
      }
      try await bench.pull(resets)
      try await bench.load((0...205).map { ["\($0)", "g\($0)", "\($0 % 7)", "P\($0)@x.org"] })
    }
    for round in 1...3 {
      let all = try await whole.reconcile(all: true)
      for number in 0...205 { try await single.reconcile(reference: "\(number)") }
      for id in ["r9", "r1"] { try await single.reconcile(reference: id) }
      #expect(all.tally.groups > 200)
      let dumps = try [whole, single].map { bench in
        try [
          "SELECT reset, mapping, origin, key, state, situation, base FROM links ORDER BY reset",
          "SELECT id, situation FROM resets", "SELECT id, situation FROM records",
          "SELECT mapping, situation, items FROM situation_counts WHERE items <> 0",
          "SELECT mapping, links FROM link_counts", "SELECT pair, value, reset FROM watched",
          "SELECT identity, state, source, remote FROM conflicts ORDER BY 1",
        ].map { sql in
          try bench.look { try $0.all(sql) { row in (0..<row.columnCount).map { row.value($0) } } }
        }
      }
      for (one, other) in zip(dumps[0], dumps[1]) { #expect(one == other, "round \(round)") }
      #expect(try await whole.mirror.verify().isEmpty)
      // Later rounds meet links that are there; some values moved meanwhile, and one moved away.
      for bench in [whole, single] {
        try await bench.pull([
          bench.reset("r3", "3", email: "p3@x.org", metadata: #"{"group":"g3","limit":\#(round)}"#),
          bench.reset("r4", "4\(round)", email: "p4@x.org", metadata: #"{"group":"g4"}"#),
        ])
      }
    }
  }
}
