import Engine
import Formats
import MirrorKit
import Reconciliation
import Testing

@testable import Mirror

struct ImportsTests {
  @Test func `counts what is new, changed, gone and as it was`() async throws {
    let bench = try MirrorBench()
    let first = try await bench.load([["1", "a", "1"], ["2", "b", "2"], ["3", "c", "3"]])
    #expect(first.tally.added == 3)
    let second = try await bench.load([["1", "a", "1"], ["2", "B", "2"], ["4", "d", "4"]])
    #expect(second.tally.added == 1)
    #expect(second.tally.changed == 1)
    #expect(second.tally.removed == 1)
    #expect(second.tally.unchanged == 1)
    #expect(second.tally.changedByColumn == ["GROUP": 1])
    #expect(second.tally.presentBefore == 3)
    #expect(second.tally.inCommon == 2)
    #expect(second.tally.formerRows == [3])
    #expect(second.receipt.state == .accepted)
  }

  @Test func `the same rows again change nothing, in any order`() async throws {
    let bench = try MirrorBench()
    var rows = (1...3_000).map { ["\($0)", "g\($0 % 7)", "\($0)", "m\($0)@x.org"] }
    try await bench.load(rows)
    let before = try bench.count("SELECT sum(length(cells) * id) FROM records")
    #expect(try await bench.load(rows).tally.unchanged == 3_000)
    rows.reverse()
    #expect(try await bench.load(rows).tally.unchanged == 3_000)
    var random = SeededOrder(seed: 7)
    rows.shuffle(using: &random)
    let shuffled = try await bench.load(rows)
    #expect(shuffled.tally.unchanged == 3_000)
    #expect(shuffled.tally.added + shuffled.tally.changed + shuffled.tally.removed == 0)
    #expect(try bench.count("SELECT sum(length(cells) * id) FROM records") == before)
  }

  @Test func `a record is deleted after two full exports without it, not by a replay`() async throws
  {
    let bench = try MirrorBench()
    try await bench.load([["1", "", ""], ["2", "", ""]])
    let second = try await bench.load([["1", "", ""]])
    #expect(try bench.count("SELECT missing FROM records WHERE key = '2'") == 1)
    try await bench.load([["1", "", ""]], rereads: second.receipt.id)
    #expect(try bench.count("SELECT missing FROM records WHERE key = '2'") == 1)
    try await bench.load([["1", "", ""]], mode: .delta)
    #expect(try bench.count("SELECT missing FROM records WHERE key = '2'") == 1)
    let third = try await bench.load([["1", "", ""]])
    #expect(try bench.count("SELECT missing FROM records WHERE key = '2'") == 2)
    #expect(third.tally.removed == 0)
    let back = try await bench.load([["1", "", ""], ["2", "", ""]])
    #expect(back.tally.changed == 1)
    #expect(try bench.count("SELECT missing FROM records WHERE key = '2'") == 0)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a record whose row is set aside is not gone and is not written for`() async throws {
    let bench = try MirrorBench(
      rules: MirrorBench.rules.replacing(
        "\"reference\"", with: "\"where\": {\"column\": \"GROUP\", \"in\": [\"c\"]}, \"reference\"")
    )
    try await bench.load([["1", "c", "1"], ["2", "c", "2"], ["3", "c", "3"]])
    for _ in 1...3 {
      let outcome = try await bench.load([["1", "c", "1"], ["2", "v", "9"], ["8", "v", "8"]])
      #expect(outcome.tally.setAside.records == 1)
    }
    #expect(
      try bench.count("SELECT missing FROM records WHERE key = '2'") == SourceRecord.setAsideMark)
    #expect(try bench.count("SELECT missing FROM records WHERE key = '3'") == 2)
    let rows = try await bench.mirror.unusedRows(reference: "2").rejected
    #expect(rows.map(\.rejection.isSetAside) == [true])
    #expect(rows[0].rejection.line == 3 && rows[0].rejection.column == "GROUP")
    #expect(rows[0].rejection.reason.contains("\"v\" is not among its values"))
    // No rejected row, and none of a key that has no record.
    #expect(try await bench.mirror.rejections(of: rows[0].receipt.id).isEmpty)
    #expect(rows[0].receipt.rejected == 0)
    #expect(try await bench.mirror.unusedRows(reference: "8").rejected.isEmpty)
    // The same key set aside once and taken once is there.
    let both = try await bench.load([["1", "c", "1"], ["2", "v", "9"], ["2", "c", "2"]])
    #expect(both.tally.setAside.records == 0)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a receipt keeps what was set aside`() async throws {
    let bench = try MirrorBench()
    let (mapping, run, now) = (bench.mapping, bench.nextRun(), bench.now)
    let head = ExportHead(
      file: "e.csv", path: "/e.csv", sha256: "00", size: 1, mode: .delta, columns: [],
      keptColumns: mapping.columnsNeeded)
    var facts = ReadFacts()
    facts.setAside.add("VENDOR")
    let outcome = try await bench.mirror.importExport(
      head, mapping: mapping, run: run, at: now, facts: facts
    ) { _ in }
    #expect(outcome.receipt.setAside.values.map(\.value) == ["VENDOR"])
  }

  @Test func `identical rows collapse and different ones are variants`() async throws {
    let bench = try MirrorBench()
    let outcome = try await bench.load([["1", "a", ""], ["1", "a", ""], ["1", "b", ""]])
    #expect(outcome.tally.collapsed == 1)
    #expect(try bench.count("SELECT count(*) FROM records WHERE key = '1'") == 2)
    #expect(try await bench.reconcile().situations[.sourceDuplicate] == 1)
    let again = try await bench.load([["1", "b", ""], ["1", "a", ""]])
    #expect(again.tally.changed == 0)
    try await bench.load([["1", "b", ""]])
    #expect(try bench.count("SELECT count(*) FROM records WHERE key = '1'") == 1)
    #expect(try await bench.reconcile().situations.filter { $0.value > 0 } == [.sourceOnly: 1])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a record whose row can't be used is not missing`() async throws {
    let bench = try MirrorBench(
      rules: MirrorBench.rules.replacing(#""policy": "source""#, with: #""type": "decimal""#))
    try await bench.load([["1", "a", "5"], ["2", "b", "5"], ["3", "c", "5"]])
    for round in 1...3 {
      let outcome = try await bench.load([["1", "z", "many"], ["2", "b", "5"]])
      #expect(outcome.tally.rejected == 1)
      #expect(outcome.tally.removed == (round == 1 ? 1 : 0))
      #expect(try bench.count("SELECT count(*) FROM records WHERE missing = 0") == 2)
    }
    #expect(try bench.count("SELECT count(*) FROM records WHERE cells LIKE '%\"a\"%'") == 1)
    #expect(try bench.count("SELECT missing FROM records WHERE key = '3'") == 2)
    let gone = try await bench.load([["2", "b", "5"]])
    #expect(gone.tally.removed == 1)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a delta replaces all variants of its keys and leaves the others`() async throws {
    let bench = try MirrorBench()
    try await bench.load([["1", "a", ""], ["1", "b", ""], ["2", "c", ""]])
    let delta = try await bench.load([["1", "z", ""]], mode: .delta)
    #expect(delta.tally.removed == 0)
    #expect(try bench.count("SELECT count(*) FROM records") == 2)
    #expect(try bench.count("SELECT count(*) FROM records WHERE cells LIKE '%\"z\"%'") == 1)
  }

  @Test func `a refused export leaves everything as it was but its receipt and rejections`()
    async throws
  {
    let bench = try MirrorBench()
    try await bench.load([["1", "a", ""]])
    let refused = try await bench.load(
      [["1", "b", ""], ["", "c", ""]], sha: "feed",
      verdict: .refuse(reason: "shrunk", verdicts: ["shrink": 0]))
    #expect(refused.receipt.state == .refused)
    #expect(refused.receipt.reason == "shrunk")
    #expect(refused.tally.changed == 1)
    #expect(try bench.count("SELECT count(*) FROM records WHERE cells LIKE '%\"a\"%'") == 1)
    let rejections = try await bench.mirror.rejections(of: refused.receipt.id)
    #expect(rejections.map(\.line) == [3])
    #expect(rejections.map(\.column) == ["ID"])
    #expect(
      try await bench.mirror.receipts(
        ReceiptFilter(mapping: "erp", state: .accepted, sha256: "feed"), limit: 1
      ).isEmpty)
    let again = try await bench.load(
      [["1", "b", ""]], sha: "feed", verdict: .refuse(reason: "shrunk", verdicts: .null))
    #expect(again.receipt.id == refused.receipt.id)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `an error while reading rolls back and is passed on`() async throws {
    struct Broken: Error {}
    let bench = try MirrorBench()
    let columns = bench.mapping.columnsNeeded
    let head = ExportHead(
      file: "x", path: "/x", sha256: "00", size: 1, mode: .full, columns: columns,
      keptColumns: columns)
    let (mirror, mapping, now) = (bench.mirror, bench.mapping, bench.now)
    await #expect(throws: Broken.self) {
      try await mirror.importExport(head, mapping: mapping, run: "r", at: now) { session in
        try session.put(
          ImportRow(
            key: Key(origin: "erp", reference: "1"), rawReference: "1", rawOrigin: "erp",
            cells: CellText(columns.map { _ in .null }), line: 2))
        throw Broken()
      }
    }
    #expect(try bench.count("SELECT count(*) FROM records") == 0)
    #expect(try bench.count("SELECT count(*) FROM receipts") == 0)
    #expect(try await bench.load([["1", "a", ""]]).tally.added == 1)
  }

  @Test func `cells of every kind come back as they were`() async throws {
    let bench = try MirrorBench()
    let cells: [Cell] = [
      .text("q\"\\\u{1}\n,[]{}è"), .absent, .json(["x": [1, "]"]]), .null,
    ]
    let columns = ["ID", "A", "B", "C"]
    let head = ExportHead(
      file: "x", path: "/x", sha256: "00", size: 1, mode: .full, columns: columns,
      keptColumns: columns)
    _ = try await bench.mirror.importExport(
      head, mapping: bench.mapping, run: "r", at: bench.now
    ) { session in
      try session.put(
        ImportRow(
          key: Key(origin: "erp", reference: "k"), rawReference: " K", rawOrigin: "erp",
          cells: CellText(cells), line: 9))
    }
    let record = try #require(try await bench.mirror.explain("k").first?.group.records.first)
    #expect(record.cells == cells)
    #expect(record.columns == columns)
    #expect(record.rawReference == " K")
    #expect(record.provenance.line == 9)
  }

  @Test func `bulk imports have the whole mapping walked, small ones only their keys`() async throws
  {
    let bench = try MirrorBench()
    try await bench.load((1...30).map { ["\($0)", "", ""] })
    #expect(try await bench.reconcile().tally.walkedWhole.contains("erp"))
    try await bench.load((1...30).map { ["\($0)", $0 == 5 ? "x" : "", ""] })
    let small = try await bench.reconcile()
    #expect(small.tally.groups == 1)
    #expect(small.tally.walkedWhole.isEmpty)
  }
}
