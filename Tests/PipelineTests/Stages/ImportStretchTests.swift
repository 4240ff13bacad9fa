import Effects
import Exports
import Formats
import Mirror
import Reconciliation
import SQLite
import TestKit
import Testing

@testable import Pipeline

/// Exports that follow each other, imported with shortcuts and without: the mirrors must be the
/// same, record by record.
struct ImportStretchTests {
  @Test(arguments: 1...12)
  func `shortcuts change nothing but the time it takes`(seed: UInt64) async throws {
    let (quick, plain) = (try StretchBench(areLarge: true), try StretchBench())
    var table = ChangingTable(seed: seed)
    for night in 1...6 {
      let bytes = table.csv()
      let one = try await quick.outcome(bytes, night: night, takesShortcuts: true)
      let two = try await plain.outcome(bytes, night: night, takesShortcuts: false)
      #expect(one == two, "seed \(seed), night \(night)")
      #expect(try quick.records() == plain.records(), "seed \(seed), night \(night)")
      #expect(try quick.indexes() == plain.indexes())
      #expect(try await quick.mirror.verify().isEmpty)
      table.change()
    }
    #expect(quick.passed > 0, "no stretch was known again")
  }

  @Test func `a row that stands in a known stretch too has the export read without them`()
    async throws
  {
    let bench = try StretchBench()
    let rows = (100..<400).map { "\($0),gold,1,somebody.\($0)@example.com" }
    try await bench.load(csv(rows), night: 1, takesShortcuts: true)
    // Another row of a key whose first one stands far behind it, unchanged.
    let tally = try await bench.load(
      csv(["390,silver,2,"] + rows), night: 2, takesShortcuts: true)
    #expect(bench.repeated == 1)
    #expect(tally.rows == 301)
    #expect(try bench.variants(of: "390") == 2)
  }

  @Test func `a delta between two full exports makes the known stretches void`() async throws {
    let bench = try StretchBench()
    let rows = (100..<400).map { "\($0),gold,1,somebody.\($0)@example.com" }
    try await bench.load(csv(rows), night: 1, takesShortcuts: true)
    try await bench.load(
      csv(["200,silver,9,x@example.com"]), night: 2, takesShortcuts: true, mode: .delta)
    let tally = try await bench.load(csv(rows), night: 3, takesShortcuts: true)
    #expect(bench.passed == 0)
    #expect(tally.changed == 1)
  }

  @Test func `a refused export leaves the stretches of the one before`() async throws {
    let bench = try StretchBench()
    let rows = (100..<400).map { "\($0),gold,1,somebody.\($0)@example.com" }
    try await bench.load(csv(rows), night: 1, takesShortcuts: true)
    try await bench.load(
      csv(Array(rows[..<150])), night: 2, takesShortcuts: true,
      verdict: .refuse(reason: "half is gone", verdicts: [:]))
    let tally = try await bench.load(csv(rows + ["400,gold,1,"]), night: 3, takesShortcuts: true)
    #expect(bench.passed > 0)
    #expect(tally.unchanged == 300)
    #expect(tally.added == 1)
  }

  @Test func `another order of columns is read anew`() async throws {
    let bench = try StretchBench()
    let rows = (100..<400).map { "\($0),\($0 % 7),\($0 % 5),somebody.\($0)@example.com" }
    try await bench.load(csv(rows), night: 1, takesShortcuts: true)
    let tally = try await bench.load(
      csv(rows, header: "ID,LIMIT,GROUP,MAIL"), night: 2, takesShortcuts: true)
    #expect(bench.passed == 0)
    #expect(tally.changed > 200)
  }

  @Test func `a first export that says a key twice is read once more`() async throws {
    let bench = try StretchBench(areLarge: true)
    let rows = (100..<400).reversed().map { "\($0),gold,1,somebody.\($0)@example.com" }
    let tally = try await bench.load(
      csv(rows + ["390,silver,2,", rows[7]]), night: 1, takesShortcuts: true)
    #expect(bench.repeated == 1)
    #expect(tally.rows == 302)
    #expect(tally.added == 301)
    #expect(tally.collapsed == 1)
    #expect(try bench.variants(of: "390") == 2)
    #expect(try bench.indexes() == StretchBench().indexes())
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a first export that is refused or breaks off leaves the index of the keys`()
    async throws
  {
    let bench = try StretchBench(areLarge: true)
    let rows = (100..<400).map { "\($0),gold,1,somebody.\($0)@example.com" }
    try await bench.load(
      csv(rows), night: 1, takesShortcuts: true,
      verdict: .refuse(reason: "not today", verdicts: [:]))
    #expect(try bench.records().isEmpty)
    await #expect(throws: ExportRefusal.self) {
      try await bench.load(
        csv(rows, header: "ID,GROUP,LIMIT,LETTER"), night: 2, takesShortcuts: true)
    }
    #expect(try bench.indexes() == StretchBench().indexes())
    let tally = try await bench.load(csv(rows), night: 3, takesShortcuts: true)
    #expect(tally.added == 300)
    #expect(bench.repeated == 0)
  }

  private func csv(_ rows: [String], header: String = "ID,GROUP,LIMIT,MAIL") -> [UInt8] {
    Array(([header] + rows).map { $0 + "\n" }.joined().utf8)
  }
}

/// A mirror with one mapping, which counts the stretches that it has known.
private final class StretchBench {
  let mirror: Mirror
  private let folder: TemporaryFolder
  private let mapping: Mapping
  /// Whether its exports pass for large ones.
  private let areLarge: Bool
  private(set) var passed = 0
  private(set) var repeated = 0

  private static let rules = """
    {"name": "erp", "origins": ["erp"], "export": {"path": "*.csv", "format": "csv"},
     "reference": {"column": "ID"},
     "fields": [{"column": "GROUP", "metadata": "group"},
                {"column": "LIMIT", "metadata": "limit"}, {"column": "MAIL", "metadata": "mail"}]}
    """

  init(areLarge: Bool = false) throws {
    self.areLarge = areLarge
    folder = try TemporaryFolder()
    mapping = try Mapping(parsing: Array(Self.rules.utf8), file: "erp.json")
    mirror = try Mirror.open(path: folder.path + "/mirror.sqlite")
  }

  /// The tally, or why the export was refused.
  func outcome(
    _ bytes: [UInt8], night: Int, takesShortcuts: Bool
  ) async throws -> Result<ImportTally, ExportRefusal> {
    do {
      return .success(try await load(bytes, night: night, takesShortcuts: takesShortcuts))
    } catch let refusal as ExportRefusal {
      return .failure(refusal)
    }
  }

  @discardableResult
  func load(
    _ bytes: [UInt8], night: Int, takesShortcuts: Bool, mode: ExportMode = .full,
    verdict: ImportVerdict = .accept(verdicts: [:])
  ) async throws -> ImportTally {
    do {
      return try await once(bytes, night, takesShortcuts, mode, verdict)
    } catch is ShortcutFailed {
      repeated += 1
      return try await once(bytes, night, false, mode, verdict)
    }
  }

  private func once(
    _ bytes: [UInt8], _ night: Int, _ knows: Bool, _ mode: ExportMode, _ verdict: ImportVerdict
  ) async throws -> ImportTally {
    let file = ExportFile(name: "erp.csv", bytes: ByteArraySource(bytes))
    let mapping = mapping
    let head = ExportHead(
      file: "erp.csv", path: "/exports/erp.csv", sha256: SHA256.hex(of: bytes),
      size: Int64(bytes.count) + (areLarge ? 1 << 30 : 0), mode: mode, columns: [],
      keptColumns: mapping.columnsNeeded)
    let done = try await Self.take(
      file, head, mapping, night, knows, verdict, into: mirror)
    passed += done.passed
    return done.tally
  }

  private static func take(
    _ file: ExportFile, _ head: ExportHead, _ mapping: Mapping, _ night: Int, _ knows: Bool,
    _ verdict: ImportVerdict, into mirror: isolated Mirror
  ) throws -> (tally: ImportTally, passed: Int) {
    var limits = ExportLimits()
    limits.stretchBytes = 300...300
    let session = try mirror.beginImport(
      head, mapping: mapping, takesShortcuts: knows, run: "r\(night)",
      at: Timestamp(microseconds: Int64(night) * 86_400_000_000))
    do {
      let sink = CountingSink(SessionSink(session))
      let facts = try ExportReader(
        file, by: mapping, mayBeEmpty: true, stretches: session.knownChunks, limits: limits
      ).read(into: sink)
      _ = try session.finish(ReadFacts(facts, sequence: nil))
      return (try mirror.endImport(session, verdict).tally, sink.passed)
    } catch {
      throw session.rollBack(after: error)
    }
  }

  /// All records, column by column.
  func records() throws -> [String] {
    let database = try Connection(path: folder.path + "/mirror.sqlite")
    return try database.all(
      """
      SELECT json_array(id, origin, key, variant, missing, deleted, columns, receipt, line,
        first_seen, raw_reference, cells) FROM records ORDER BY id
      """
    ) { $0.text(0) }
  }

  /// The indexes of the records, by their texts.
  func indexes() throws -> [String] {
    let database = try Connection(path: folder.path + "/mirror.sqlite")
    return try database.all(
      "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'records' ORDER BY name"
    ) { $0.text(0) }
  }

  func variants(of key: String) throws -> Int {
    let database = try Connection(path: folder.path + "/mirror.sqlite")
    return try database.first("SELECT count(*) FROM records WHERE key = ?", key) { $0.int(0) } ?? 0
  }
}

/// Hands everything on and counts the stretches that were passed.
private final class CountingSink: RecordSink {
  private let sink: SessionSink
  private(set) var passed = 0

  init(_ sink: SessionSink) { self.sink = sink }

  func put(_ row: ImportedRow) throws { try sink.put(row) }

  func reject(_ rejection: RowRejection) throws { try sink.reject(rejection) }

  func setAside(_ row: SetAsideRow) throws { try sink.setAside(row) }

  func openStretch() { sink.openStretch() }

  func note(_ stretch: RowStretch) throws { try sink.note(stretch) }

  func pass(_ stretch: RowStretch, number: Int64) throws {
    passed += 1
    try sink.pass(stretch, number: number)
  }
}

/// A table as an ERP would change it from night to night, and as a broken export would.
private struct ChangingTable {
  private var random: SeededRandom
  private var rows: [String] = []
  private var next = 1_000
  private let lineEnd: String

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    lineEnd = seed % 3 == 0 ? "\r\n" : "\n"
    for _ in 0..<200 { rows.append(row()) }
  }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func row(key: Int? = nil) -> String {
    if key == nil { next += 1 }
    let text =
      switch below(8) {
      case 0: "\"two\(lineEnd)lines\""
      case 1: "\"says \"\"no\"\"\""
      case 2: "naïve 😀"
      default: "gold"
      }
    return "\(key ?? next),\(text),\(below(1_000)),somebody.\(below(100))@example.com"
  }

  mutating func change() {
    for _ in 0..<1 + below(6) {
      let at = below(rows.count)
      let key = rows[at].split(separator: ",").first.flatMap { Int($0) }
      switch below(11) {
      case 0, 1, 2: rows[at] = row(key: key)
      case 3: rows.remove(at: at)
      case 4: rows.insert(row(), at: at)
      case 5: rows.insert(rows[at], at: below(rows.count))
      case 6: rows.insert(row(key: key), at: below(rows.count))
      case 7:
        let moved = rows[at..<min(at + 30, rows.count)]
        rows.removeSubrange(moved.indices)
        rows.append(contentsOf: moved)
      case 8: rows[at] = ",no key,1,"
      case 9: rows[at] = "too,few"
      default: rows.insert("", at: at)
      }
    }
  }

  mutating func csv() -> [UInt8] {
    let end = below(4) == 0 ? "" : lineEnd
    return Array(("ID,GROUP,LIMIT,MAIL" + lineEnd + rows.joined(separator: lineEnd) + end).utf8)
  }
}
