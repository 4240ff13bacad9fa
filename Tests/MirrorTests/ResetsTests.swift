import Engine
import Formats
import MirrorKit
import Reconciliation
import SQLite
import Testing

@testable import Mirror

struct ResetsTests {
  @Test func `only what changed is written and marked`() async throws {
    // Within the grace nobody looks again for the records of a source that is silent.
    let bench = try MirrorBench(graceSeconds: 86_400)
    let rows = (1...50).map { bench.reset("r\($0)", "\($0)", metadata: #"{"n":1.0}"#) }
    #expect(try await bench.pull(rows).changed == 50)
    try await bench.reconcile()
    #expect(try await bench.pull(rows).changed == 0)
    #expect(try await bench.reconcile().tally.groups == 0)
    var moved = rows[3]
    moved.metadata = #"{"n":1}"#
    #expect(try await bench.pull([moved] + rows.dropFirst(10)).changed == 1)
    #expect(try await bench.reconcile().tally.groups == 1)
    #expect(try await bench.mirror.remoteState().resets == 50)
  }

  @Test func `metadata is kept byte for byte`() async throws {
    let bench = try MirrorBench()
    let odd = #"{ "b":1.0,"a":12345678901234567890 , "é":"é"}"#
    try await bench.pull([bench.reset("a", "1", metadata: odd)])
    let kept = try bench.look { try $0.first("SELECT metadata FROM resets") { $0.text(0) } }
    #expect(kept == odd)
  }

  @Test func `links and mode are kept, the usual links without a byte`() async throws {
    let bench = try MirrorBench()
    var usual = bench.reset("a", "1")
    usual.selfLink = "https://x/a"
    usual.mode = "test"
    var odd = bench.reset("b", "2")
    odd.selfLink = "https://x/b"
    odd.links = #"{"customer":[null,"https://y/c"]}"#
    try await bench.pull([usual, odd])
    let kept = try await bench.mirror.reset("a")
    #expect(kept.mode == "test" && kept.links.own == "https://x/a")
    #expect(kept.links.relations["event_stores"]?.related == "https://x/a/event_stores")
    #expect(kept.links.compact == nil)
    let other = try await bench.mirror.reset("b").links
    #expect(other.relations.keys.sorted() == ["customer"])
    #expect(other.relations["customer"]?.related == "https://y/c")
    #expect(other.compact == odd.links)
    odd.mode = "live"
    #expect(try await bench.pull([usual, odd]).changed == 1)
  }

  @Test func `a full pull goes on after a crash and suspects only what it never saw`() async throws
  {
    let bench = try MirrorBench()
    let rows = (1...40).map { bench.reset("r\($0)", "\($0)") }
    try await bench.pull(rows)
    let run = bench.nextRun()
    try await bench.mirror.beginFullPull(run: run, at: bench.now)
    _ = try await bench.mirror.storePage(Array(rows[0..<15]), cursor: "c1", run: run, at: bench.now)
    let reopened = try Mirror.open(path: bench.path)
    #expect(try await reopened.remoteState().fullPull?.cursor == "c1")
    #expect(try await reopened.remoteState().fullPull?.rows == 15)
    _ = try await reopened.storePage(Array(rows[15..<38]), cursor: "c2", run: run, at: bench.now)
    #expect(try await reopened.finishFullPull(complete: true, at: bench.now) == 2)
    #expect(try await reopened.suspects(limit: 9) == ["r39", "r40"])
    try await reopened.settleSuspect("r39", found: rows[38], run: run, at: bench.now)
    try await reopened.settleSuspect("r40", found: nil, run: run, at: bench.now)
    #expect(try await reopened.suspects(limit: 9).isEmpty)
    #expect(try await reopened.remoteState().resets == 39)
    _ = try await reopened.storePage([rows[39]], run: run, at: bench.now)
    #expect(try await reopened.remoteState().resets == 40)
  }

  private func seen(_ mirror: Mirror, _ ids: [String]) async throws -> [String] {
    var seen: [String] = []
    for id in ids where try await mirror.wasSeen(id) { seen.append(id) }
    return seen
  }

  @Test func `seen is what the running full pull stored, also after a crash`() async throws {
    let bench = try MirrorBench()
    let rows = (1...5).map { bench.reset("r\($0)", "\($0)") }
    let ids = rows.map(\.id) + ["r9"]
    try await bench.pull(rows)
    #expect(try await seen(bench.mirror, ids).isEmpty)
    let run = bench.nextRun()
    try await bench.mirror.beginFullPull(run: run, at: bench.now)
    #expect(try await seen(bench.mirror, ids).isEmpty)
    _ = try await bench.mirror.storePage(
      Array(rows[0..<2]), cursor: "c1", run: run, at: bench.now)
    #expect(try await seen(bench.mirror, ids) == ["r1", "r2"])
    let reopened = try Mirror.open(path: bench.path)
    #expect(try await seen(reopened, ids) == ["r1", "r2"])
    _ = try await reopened.storePage([rows[3]], cursor: "c2", run: run, at: bench.now)
    #expect(try await seen(reopened, ids) == ["r1", "r2", "r4"])
    try await reopened.beginFullPull(run: "again", at: bench.now)
    #expect(try await seen(reopened, ids).isEmpty)
    _ = try await reopened.storePage([rows[4]], cursor: "c1", run: run, at: bench.now)
    #expect(try await seen(reopened, ids) == ["r5"])
    _ = try await reopened.finishFullPull(complete: false, at: bench.now)
    #expect(try await seen(reopened, ids).isEmpty)
    // A cursor without a walk says nothing.
    _ = try await reopened.storePage([rows[0]], cursor: "c1", run: run, at: bench.now)
    #expect(try await seen(reopened, ids).isEmpty)
  }

  @Test func `a page that could not be stored was not seen`() async throws {
    let bench = try MirrorBench()
    let rows = (1...2).map { bench.reset("r\($0)", "\($0)") }
    let run = bench.nextRun()
    try await bench.mirror.beginFullPull(run: run, at: bench.now)
    _ = try await bench.mirror.storePage([rows[0]], cursor: "c1", run: run, at: bench.now)
    try Connection(path: bench.path).execute(
      "CREATE TRIGGER no BEFORE UPDATE ON full_walk BEGIN SELECT RAISE(ABORT, 'no'); END")
    await #expect(throws: MirrorError.self) {
      try await bench.mirror.storePage(rows, cursor: "c2", run: run, at: bench.now)
    }
    #expect(try await seen(bench.mirror, ["r1", "r2"]) == ["r1"])
    #expect(try await bench.mirror.remoteState().fullPull?.rows == 1)
  }

  @Test func `what another pull stores beside a full pull is still to come in it`() async throws {
    let bench = try MirrorBench()
    let rows = (1...4).map { bench.reset("r\($0)", "\($0)") }
    try await bench.pull(rows)
    // A suspect that nobody has asked for yet.
    #expect(try await bench.pullFully(Array(rows[0..<3])) == 1)
    let run = bench.nextRun()
    try await bench.mirror.beginFullPull(run: run, at: bench.now)
    _ = try await bench.mirror.storePage([rows[0]], cursor: "c1", run: run, at: bench.now)
    try await bench.pull(Array(rows[1...]))
    #expect(try await seen(bench.mirror, rows.map(\.id)) == ["r1"])
    let walk = try await bench.mirror.remoteState().fullPull
    #expect(walk?.cursor == "c1" && walk?.rows == 1)
    #expect(try await bench.mirror.suspects(limit: 9).isEmpty)
    _ = try await bench.mirror.storePage([rows[1]], cursor: "c2", run: run, at: bench.now)
    // Gone since the other pull showed them: only a question can tell.
    #expect(try await bench.mirror.finishFullPull(complete: true, at: bench.now) == 2)
    #expect(try await bench.mirror.suspects(limit: 9) == ["r3", "r4"])
  }

  @Test func `an incomplete pull proves no absence`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1"), bench.reset("b", "2")])
    try await bench.mirror.beginFullPull(run: "w", at: bench.now)
    #expect(try await bench.mirror.finishFullPull(complete: false, at: bench.now) == 0)
    #expect(try await bench.mirror.remoteState().fullPull == nil)
  }

  @Test func `new rules give resets new keys and mark them`() async throws {
    let bench = try MirrorBench()
    try await bench.pull([bench.reset("a", "1"), bench.reset("b", "2", origin: "crm")])
    let first = try await bench.reconcile()
    #expect(first.situations[.unknownOrigin] == 1)
    let rules = MirrorBench.rules.replacing(#"["erp"]"#, with: #"["erp", "crm"]"#)
    bench.book = RuleBook([try Mapping(parsing: Array(rules.utf8), file: "x")], graceSeconds: 0)
    let book = bench.book
    #expect(
      try await bench.mirror.applyRules(book, run: "r", at: bench.now).resetsMoved == 1)
    #expect(
      try await bench.mirror.applyRules(book, run: "r", at: bench.now).resetsMoved == 0)
    let second = try await bench.reconcile()
    #expect(second.situations.filter { $0.value > 0 } == [.remoteOnly: 2])
    #expect(try bench.recount() == [.remoteOnly: 2])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `another organization or mode is refused`() async throws {
    let bench = try MirrorBench()
    try await bench.mirror.bind(organization: "acme", mode: "test")
    try await bench.mirror.bind(organization: "acme", mode: "test")
    for (organization, mode) in [("acme", "live"), ("other", "test")] {
      let error = await #expect(throws: MirrorError.self) {
        try await bench.mirror.bind(organization: organization, mode: mode)
      }
      #expect(error?.kind == .wrongOrganization)
    }
  }
}
