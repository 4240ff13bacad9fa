import Formats
import MirrorKit
import Reconciliation
import SQLite
import Testing

@testable import Mirror

/// Decimal marks that exports proved, as the mirror keeps them.
struct KeptMarksTests {
  private static let rules = MirrorBench.rules.replacing(
    #""policy": "source""#, with: #""type": "decimal", "policy": "source""#)

  /// Imports these limits, of customers 1 and so on, with what they prove.
  private func load(
    _ limits: [String: String], _ marks: [String: ProvedMark], in bench: MirrorBench,
    mode: ExportMode = .full, verdict: ImportVerdict = .accept(verdicts: [:])
  ) async throws {
    let (run, now) = (bench.nextRun(), bench.now)
    let mapping = try await bench.mirror.knowing(bench.mapping).knowing(marks)
    let head = ExportHead(
      file: "\(run).csv", path: "/\(run).csv", sha256: SHA256.hex(of: run), size: 1, mode: mode,
      columns: [], keptColumns: mapping.columnsNeeded)
    var facts = ReadFacts()
    facts.marks = marks
    _ = try await bench.mirror.importExport(
      head, mapping: mapping, run: run, at: now, facts: facts, verdict: verdict
    ) { session in
      for (line, row) in limits.sorted(by: { $0.key < $1.key }).enumerated() {
        let cells = mapping.columnsNeeded.map { column -> Cell in
          column == "ID" ? .text(row.key) : column == "LIMIT" ? .text(row.value) : .null
        }
        guard case .record(let record) = mapping.read(cells) else { continue }
        try session.put(ImportRow(record, cells: CellText(cells), line: line + 2))
      }
    }
  }

  private func proved(_ mark: DecimalMark, _ file: String) -> [String: ProvedMark] {
    ["limit": ProvedMark(mark: mark, file: file, line: 5, isKept: false)]
  }

  private func mark(_ bench: MirrorBench) async throws -> ProvedMark? {
    try await bench.mirror.knowing(bench.mapping).field("limit")?.provedMark
  }

  @Test func `a mark is kept with the import that proved it, and known to mappings and book`()
    async throws
  {
    let bench = try MirrorBench(rules: Self.rules)
    #expect(try await mark(bench) == nil)
    try await load(["1": "0,5"], proved(.comma, "a.csv"), in: bench)
    let kept = ProvedMark(mark: .comma, file: "a.csv", line: 5, isKept: true)
    #expect(try await mark(bench) == kept)
    #expect(try await bench.mirror.knowing(bench.book).mappings[0].field("limit")?.mark == .comma)
    // Known already, it stays what it was.
    try await load(["1": "1.000"], ["limit": kept], in: bench)
    #expect(try await mark(bench)?.file == "a.csv")
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a refused import keeps nothing`() async throws {
    let bench = try MirrorBench(rules: Self.rules)
    try await load(
      ["1": "0,5"], proved(.comma, "a.csv"), in: bench,
      verdict: .refuse(reason: "not today", verdicts: [:]))
    #expect(try await mark(bench) == nil)
  }

  @Test func `a field of another column or with a mark of its own doesn't know it`() async throws {
    let bench = try MirrorBench(rules: Self.rules)
    try await load(["1": "0,5"], proved(.comma, "a.csv"), in: bench)
    for (old, new) in [
      ("\"LIMIT\"", "\"OTHER\""), ("\"decimal\"", "\"decimal\", \"decimal_mark\": \".\""),
      ("\"decimal\"", "\"string\""),
    ] {
      let other = try Mapping(parsing: Array(Self.rules.replacing(old, with: new).utf8), file: "m")
      #expect(try await bench.mirror.knowing(other).field("limit")?.provedMark == nil, "\(new)")
    }
  }

  @Test func `when a mark turns, records that the export lacks keep their values`() async throws {
    let bench = try MirrorBench(rules: Self.rules)
    try await load(["1": "1.234", "2": "2.500", "3": "7"], proved(.comma, "a.csv"), in: bench)
    try await bench.reconcile()
    try await load(["1": "1.234", "4": "0.5"], proved(.dot, "b.csv"), in: bench)
    #expect(try await mark(bench)?.mark == .dot)
    let rule = try #require(try await bench.mirror.knowing(bench.mapping).field("limit"))
    var values: [String: String] = [:]
    let database = try Connection(path: bench.path)
    let stored = try database.all("SELECT key, cells FROM records") { ($0.text(0), $0.text(1)) }
    for (key, cells) in stored {
      let cell = try CellText(bytes: Array(cells.utf8)[...]).cells()[3]
      if case .value(.present(let value)) = Conversion(rule: rule).result(cell) {
        values[key] = value.written()
      }
    }
    #expect(values == ["1": "1.234", "2": "2500", "3": "7", "4": "0.5"])
    // Every key is looked at again.
    #expect(try bench.count("SELECT walk_all FROM mappings WHERE name = 'erp'") == 1)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test(arguments: [(",", true), (".", false)])
  func `a declared mark asks for the export again where numbers were kept by another`(
    _ declared: String, _ isKeptByIt: Bool
  ) async throws {
    let bench = try MirrorBench(rules: Self.rules)
    try await load(["1": "1.234", "2": "0,5"], proved(.comma, "a.csv"), in: bench)
    // A delta with the other mark, accepted by a person: 1 stays the number that it was.
    try await load(["2": "0.5"], proved(.dot, "b.csv"), in: bench, mode: .delta)
    let rules = Self.rules.replacing(
      #""type": "decimal""#, with: #""type": "decimal", "decimal_mark": "\#(declared)""#)
    bench.book = RuleBook(
      [try Mapping(parsing: Array(rules.utf8), file: "erp.json")], graceSeconds: 0)
    _ = try await bench.mirror.applyRules(bench.book, run: "r", at: bench.now)
    let asked = try await bench.mirror.exportsToRead(bench.mapping)
    #expect(asked.isEmpty == isKeptByIt)
    #expect(asked.allSatisfy { $0.reasons == [.numbers(column: "LIMIT")] })
    #expect(asked.compactMap(\.receipt?.mode) == (isKeptByIt ? [] : [.full, .delta]))
  }
}
