import Engine
import Formats
import MirrorKit
import Reconciliation
import SQLite
import Testing

@testable import Mirror

struct ConflictsTests {
  private let act = Act(by: "ann", at: Timestamp(rfc3339: "2026-11-24T10:00:00Z")!)

  /// So many keys whose group both sides have otherwise, without a base: one conflict each.
  private func contested(_ count: Int) async throws -> MirrorBench {
    let bench = try MirrorBench()
    try await bench.pull(
      (1...count).map { bench.reset("r\($0)", "\($0)", metadata: #"{"group":"Vip \#($0)"}"#) })
    try await bench.load((1...count).map { ["\($0)", "g\($0)", ""] })
    #expect(try await bench.reconcile().opened == count)
    return bench
  }

  private func ids(_ bench: MirrorBench, _ change: (inout ConflictFilter) -> Void) async throws
    -> [String]
  {
    var filter = ConflictFilter()
    change(&filter)
    let found = try await bench.mirror.conflicts(filter).map(\.id)
    let page = try await bench.mirror.conflictPage(filter, limit: 100)
    #expect(page.conflicts.map(\.id) == found)
    #expect(page.total == found.count)
    #expect(try await bench.mirror.conflictPage(filter, limit: 0).total == found.count)
    return found
  }

  @Test func `the queue is paged to its end, the most urgent first, then the oldest`() async throws
  {
    let bench = try await contested(5)
    // Something more urgent, and found later.
    try await bench.pull([bench.reset("twin", "1"), bench.reset("moon", "9", origin: "moon")])
    try await bench.reconcile()
    let all = try await bench.mirror.conflicts(.open, limit: 100)
    #expect(all.count > 5)
    let order = all.map { ($0.severity.stored, -$0.firstSeen.microseconds) }
    #expect(zip(order, order.dropFirst()).allSatisfy { $0 >= $1 })
    for (filter, text) in [(ConflictFilter.open, nil), (.open, "r")] as [(ConflictFilter, String?)]
    {
      var filter = filter
      filter.text = text
      let whole = try await bench.mirror.conflicts(filter, limit: 100).map(\.id)
      var paged: [String] = []
      while true {
        let page = try await bench.mirror.conflictPage(filter, limit: 2, offset: paged.count)
        #expect(page.total == whole.count)
        guard !page.conflicts.isEmpty else { break }
        paged += page.conflicts.map(\.id)
      }
      #expect(paged == whole, "\(text ?? "all")")
    }
  }

  @Test func `each part of a filter leaves out what it says`() async throws {
    let bench = try await contested(3)
    let first = try await bench.mirror.conflicts(.open, limit: 1)[0]
    let middle = bench.now
    try await bench.pull([bench.reset("moon", "9", origin: "moon")])
    try await bench.reconcile()
    _ = try await bench.mirror.change([first.id], .assign(to: "bob"), act: act)
    #expect(try await ids(bench) { $0.kinds = [.conflict] }.count == 3)
    #expect(try await ids(bench) { $0.kinds = [.unknownOrigin] }.count == 1)
    #expect(try await ids(bench) { $0.kinds = [] }.isEmpty)
    #expect(try await ids(bench) { $0.severities = [first.severity] }.contains(first.id))
    #expect(try await ids(bench) { $0.mapping = "erp" }.count == 3)
    #expect(try await ids(bench) { $0.field = "group" }.count == 3)
    #expect(try await ids(bench) { $0.field = "limit" }.isEmpty)
    #expect(try await ids(bench) { $0.reference = first.reference }.count == 1)
    #expect(try await ids(bench) { $0.resetID = first.resetID } == [first.id])
    #expect(try await ids(bench) { $0.firstSeenBefore = middle.adding(seconds: 1) }.count == 3)
    #expect(try await ids(bench) { $0.firstSeenSince = middle.adding(seconds: 1) }.count == 1)
    #expect(try await ids(bench) { $0.openedAfter = middle }.count == 1)
    #expect(try await ids(bench) { $0.openedUntil = middle }.count == 3)
    #expect(try await ids(bench) { $0.openAt = middle }.count == 3)
    #expect(try await ids(bench) { $0.openAt = middle.adding(seconds: -3_600) }.isEmpty)
    #expect(try await ids(bench) { $0.assignee = "bob" } == [first.id])
    #expect(try await ids(bench) { $0.assignee = "" }.count == 3)
    // Texts without regard to case, in values too; nothing of it is a pattern.
    #expect(try await ids(bench) { $0.text = "VIP 2" }.count == 1)
    #expect(try await ids(bench) { $0.text = "%" }.isEmpty)
    #expect(try await ids(bench) { $0.states = [.closed] }.isEmpty)
  }

  /// A few matches are looked up, many are picked out of the queue: both say the same.
  @Test func `a text that very many have is found as one that few have`() async throws {
    let bench = try await contested(2_100)
    var filter = ConflictFilter.open
    filter.text = "vip 1"
    let some = try await bench.mirror.conflictPage(filter, limit: 50, offset: 1_000)
    #expect(some.total == (1...2_100).count { "\($0)".hasPrefix("1") })
    filter.text = "vip"
    let all = try await bench.mirror.conflictPage(filter, limit: 50, offset: 2_090)
    #expect(all.total == 2_100 && all.conflicts.count == 10)
    filter.text = nil
    let plain = try await bench.mirror.conflictPage(filter, limit: 50, offset: 2_090)
    #expect(plain.conflicts.map(\.id) == all.conflicts.map(\.id))
  }

  @Test func `many are decided in one step, each for what was seen of it`() async throws {
    let bench = try await contested(4)
    let shown = try await bench.mirror.conflicts(.open)
    let moved = try #require(shown[1].reference)
    try await bench.load((1...4).map { ["\($0)", "\($0)" == moved ? "other" : "g\($0)", ""] })
    try await bench.reconcile()
    let results = try await bench.mirror.decide(
      [
        (shown[0].id, shown[0].facts, .source), (shown[1].id, shown[1].facts, .source),
        (shown[2].id, shown[2].facts, .link(resetID: "nobody")), (shown[3].id, nil, .remote),
        ("c-none", nil, .source),
      ], act: act)
    #expect(results[0] == .decided && results[3] == .decided)
    guard case .moved(let now) = results[1] else {
      Issue.record("\(results[1])")
      return
    }
    #expect(now.source == .text("other"))
    for place in [2, 4] {
      guard case .refused = results[place] else {
        Issue.record("\(results[place])")
        return
      }
    }
    let states = try await bench.mirror.conflicts(ConflictFilter()).map(\.state)
    #expect(states.count { $0 == .decided } == 2 && states.count { $0 == .open } == 2)
  }

  @Test func `the last step of a person is taken back, and no other`() async throws {
    let bench = try await contested(4)
    let shown = try await bench.mirror.conflicts(.open)
    func decide(_ places: [Int], by: String, after seconds: Double) async throws {
      let act = Act(by: by, at: bench.now.adding(seconds: seconds))
      let results = try await bench.mirror.decide(
        places.map { (shown[$0].id, shown[$0].facts, .source) }, act: act)
      #expect(results.allSatisfy { $0 == .decided })
    }
    try await decide([0], by: "ann", after: 1)
    try await decide([1, 2], by: "ann", after: 2)
    try await decide([3], by: "bob", after: 3)
    let now = bench.now.adding(seconds: 9)
    let undone = try await bench.mirror.undoLastDecision(by: "ann", at: now)
    #expect(Set(undone) == [shown[1].id, shown[2].id])
    var decided = ConflictFilter()
    decided.states = [.decided]
    #expect(
      Set(try await bench.mirror.conflicts(decided).map(\.id)) == [shown[0].id, shown[3].id])
    #expect(try await bench.mirror.undoLastDecision(by: "eve", at: now).isEmpty)
    #expect(try await bench.mirror.undoLastDecision(by: "ann", at: now) == [shown[0].id])
  }

  @Test func `what can't be done to one conflict is done to the others`() async throws {
    let bench = try await contested(2)
    let shown = try await bench.mirror.conflicts(.open)
    let until = act.at.adding(seconds: 3_600)
    let problems = try await bench.mirror.change(
      [shown[0].id, "c-none", shown[1].id], .snooze(until: until), act: act)
    #expect(problems[0] == nil && problems[1] != nil && problems[2] == nil)
    #expect(try await bench.mirror.conflict(id: shown[1].id).snoozedUntil == until)
    let past = try await bench.mirror.change(
      [shown[0].id], .snooze(until: act.at.adding(seconds: -1)), act: act)
    #expect(past != [nil])
    #expect(try await bench.mirror.conflict(id: shown[0].id).snoozedUntil == until)
  }

  @Test func `a snooze ends at its time, and with a change of the values`() async throws {
    let bench = try await contested(2)
    let shown = try await bench.mirror.conflicts(.open)
    let until = bench.now.adding(seconds: 3_600)
    let act = Act(by: "ann", at: bench.now)
    _ = try await bench.mirror.change(shown.map(\.id), .snooze(until: until), act: act)
    try await bench.reconcile()
    #expect(try await bench.mirror.conflicts(.open).isEmpty)
    bench.now = until
    try await bench.reconcile()
    #expect(try await bench.mirror.conflicts(.open).count == 2)
    let steps = try await bench.mirror.history(ofConflict: shown[0].id)
    #expect(steps.map(\.kind).suffix(2) == ["snoozed", "woke"])
    #expect(steps.last?.by == nil && steps.last?.previousState == "snoozed")
  }

  @Test func `the numbers kept are those of the conflicts that stand`() async throws {
    let bench = try await contested(3)
    try await bench.pull([bench.reset("moon", "9", origin: "moon")])
    try await bench.reconcile()
    let open = try await bench.mirror.openConflicts()
    #expect(open.reduce(0) { $0 + $1.count } == 4)
    #expect(open.first { $0.kind == .conflict }?.count == 3)
    #expect(open.first { $0.kind == .unknownOrigin }?.mapping == "")
    let shown = try await bench.mirror.conflicts(.open)
    _ = try await bench.mirror.change(
      [shown[0].id], .snooze(until: act.at.adding(seconds: 60)), act: act)
    #expect(try await bench.mirror.openConflicts().reduce(0) { $0 + $1.count } == 3)
    let ages = try await bench.mirror.openConflictAges(at: bench.now.adding(seconds: 40 * 86_400))
    #expect(ages.values.flatMap(\.values).reduce(0, +) == 3)
    #expect(Set(ages.values.flatMap(\.keys)).count == 1)
  }

  @Test func `both sides of a conflict are told, and all rivals of a key`() async throws {
    let bench = try await contested(1)
    try await bench.pull([bench.reset("twin", "1")])
    try await bench.reconcile()
    let found = try await bench.mirror.conflicts(ConflictFilter())
    let sides = try await bench.mirror.sides(of: found)
    #expect(sides.count == found.count)
    let twins = try #require(found.firstIndex { $0.kind == .remoteDuplicate })
    #expect(sides[twins].resets.map(\.id).sorted() == ["r1", "twin"])
    #expect(sides[twins].record?.key.reference == "1")
  }

  // MARK: Who did it

  @Test func `who changed a field is asked once for each state of its reset`() async throws {
    let bench = try await contested(3)
    let questions = try await bench.mirror.authorQuestions(limit: 2)
    #expect(questions.map(\.resetID) == ["r3", "r2"])
    let one = questions[0]
    #expect(one.contested.map(\.field) == ["group"])
    #expect(one.contested.first?.remote == .text("Vip 3"))
    try await bench.mirror.keepAuthors(["group": "eva"], of: one, at: bench.now)
    try await bench.mirror.keepAuthors([:], of: questions[1], at: bench.now)
    #expect(try await bench.mirror.authorQuestions(limit: 9).map(\.resetID) == ["r1"])
    let told = try await bench.mirror.conflicts(.open).map { ($0.resetID ?? "", $0.changedBy) }
    #expect(Dictionary(uniqueKeysWithValues: told) == ["r1": nil, "r2": nil, "r3": "eva"])
    // The remote moves again: what was known is of another value.
    try await bench.pull([
      bench.reset(
        "r3", "3", metadata: #"{"group":"new"}"#, updatedAt: "2026-11-23T09:30:00Z")
    ])
    try await bench.reconcile()
    #expect(try await bench.mirror.authorQuestions(limit: 9).first?.resetID == "r3")
  }

  // MARK: The log

  @Test func `the log is told to its end in parts, and a line is found again`() async throws {
    let bench = try await contested(3)
    let shown = try await bench.mirror.conflicts(.open)
    _ = try await bench.mirror.decide(
      shown[0].id, take: .source, act: Act(by: "ann@x.org", at: act.at, reason: "said bob@x.org"))
    var lines: [ConflictLogLine] = []
    while true {
      let part = try await bench.mirror.conflictLogLines(
        after: lines.last?.number ?? 0, limit: 2, masking: .masked)
      guard !part.isEmpty else { break }
      lines += part
    }
    #expect(lines.count == 4)
    #expect(lines.map(\.number) == lines.map(\.number).sorted())
    let last = try JSONValue(parsing: lines[3].text)
    #expect(last["state"]?.text == "decided" && last["previous_state"]?.text == "open")
    #expect(!lines[3].text.contains("ann@x.org") && !lines[3].text.contains("bob@x.org"))
    for line in lines {
      let number = try await bench.mirror.conflictLogNumber(of: try JSONValue(parsing: line.text))
      #expect(number == line.number)
    }
    let through = try await bench.mirror.conflictLogLines(
      after: lines[0].number, through: lines[2].number, limit: 9, masking: .full)
    #expect(through.map(\.number) == [lines[1].number, lines[2].number])
    let other = try JSONValue(parsing: lines[0].text.replacing("\"open\"", with: "\"closed\""))
    #expect(try await bench.mirror.conflictLogNumber(of: other) == nil)
  }

  @Test func `how far the log is stands with what was mended in it`() async throws {
    let bench = try await contested(2)
    #expect(try await bench.mirror.conflictLogState() == ConflictLogState(last: 0, parts: []))
    let lines = try await bench.mirror.conflictLogLines(after: 0, limit: 9, masking: .full)
    let state = ConflictLogState(
      last: lines[1].number,
      parts: [ConflictLogPart(first: 1, last: lines[1].number, stamp: ["4", "x"])])
    var repair = ConflictLogRepair()
    repair.restored = 2
    try await bench.mirror.noteConflictLog(
      state, lines: lines.map { ConflictLogNote(number: $0.number, text: $0.text) },
      repair: repair, at: bench.now)
    let reopened = try Mirror.open(path: bench.path)
    #expect(try await reopened.conflictLogState() == state)
    let told = try await reopened.conflictLogLines(after: 0, limit: 9, masking: .full)
    #expect(told.map(\.digest) == lines.map { ConflictLogNote.digest(of: $0.text) })
    let journal = try await reopened.journalLines(kind: "conflict_log.repaired")
    #expect(journal.first?.entry.payload["restored"]?.int == 2)
    try await bench.mirror.noteConflictLog(
      state, lines: [], repair: ConflictLogRepair(), at: bench.now)
    #expect(try await reopened.journalLines(kind: "conflict_log.repaired").count == 1)
  }

  @Test func `closed conflicts are kept as long as the log lacks a line of them`() async throws {
    let bench = try await contested(1)
    let shown = try await bench.mirror.conflicts(.open)[0]
    _ = try await bench.mirror.decide(shown.id, take: .source, act: act)
    try await bench.reconcile()
    try await bench.push()
    #expect(try await bench.mirror.conflict(id: shown.id).state == .closed)
    var retention = Retention()
    retention.closedConflictsBefore = bench.now.adding(seconds: 86_400)
    #expect(try await bench.mirror.retain(retention, at: bench.now).conflicts == 0)
    let lines = try await bench.mirror.conflictLogLines(after: 0, limit: 9, masking: .full)
    try await bench.mirror.noteConflictLog(
      ConflictLogState(last: try #require(lines.last).number, parts: []), lines: [], at: bench.now)
    #expect(try await bench.mirror.retain(retention, at: bench.now).conflicts == 1)
    let error = await #expect(throws: MirrorError.self) {
      try await bench.mirror.conflict(id: shown.id)
    }
    #expect(error?.kind == .notFound)
    #expect(try await bench.mirror.verify().isEmpty)
  }
}
