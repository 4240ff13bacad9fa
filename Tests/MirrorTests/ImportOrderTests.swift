import Engine
import Formats
import MirrorKit
import Reconciliation
import SQLite
import TestKit
import Testing

@testable import Mirror

/// Which of several rows of a record stands: by their times of change, whatever their order.
struct ImportOrderTests {
  @Test(arguments: [[0, 1], [1, 0]])
  func `the later of two rows of a file stands, in any order`(_ order: [Int]) async throws {
    let bench = try OrderBench()
    let rows = [["7", "gold", "09:00"], ["7", "platinum", "10:00"]]
    let outcome = try await bench.load(order.map { rows[$0] }, mode: .delta)
    #expect(try bench.standing() == ["7 platinum"])
    #expect(outcome.tally.stale == 1)
    #expect(outcome.tally.added == 1)
    #expect(outcome.receipt.stale == 1)
    #expect(try await bench.reconcile().situations[.sourceDuplicate] == 0)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test(arguments: [["09:00", "09:00"], ["", ""], ["09:00", ""], ["", "09:00"]])
  func `rows that no time orders are duplicates`(_ times: [String]) async throws {
    let bench = try OrderBench()
    let outcome = try await bench.load([["7", "gold", times[0]], ["7", "platinum", times[1]]])
    #expect(try bench.standing() == ["7 gold", "7 platinum"])
    #expect(outcome.tally.stale == 0)
    #expect(try await bench.reconcile().situations[.sourceDuplicate] == 1)
  }

  @Test func `a row that is older than what stands changes nothing and is told`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold", "10:00"], ["8", "gold", "10:00"]])
    let late = try await bench.load([["7", "silver", "09:00"]], mode: .delta)
    #expect(late.tally.stale == 1)
    #expect(late.tally.changed == 0)
    #expect(try bench.standing() == ["7 gold", "8 gold"])
    let told = try await bench.mirror.unusedRows(reference: "7").stale
    #expect(told.map(\.row.line) == [2])
    #expect(told.map(\.receipt.id) == [late.receipt.id])
    #expect(told.first?.row.changedAt == Timestamp(rfc3339: "2026-11-20T09:00:00Z"))
    let same = try await bench.load([["7", "silver", "10:00"]], mode: .delta)
    #expect(same.tally.changed == 1)
    #expect(try bench.standing() == ["7 silver", "8 gold"])
  }

  @Test func `the deleted marker obeys the order of changes`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold", "10:00", "X"], ["8", "gold", "09:00"]])
    try await bench.load([["7", "gold", "09:00"], ["8", "gold", "08:00", "X"]], mode: .delta)
    #expect(try bench.standing() == ["7 gold X", "8 gold"])
    try await bench.load([["7", "gold", "11:00"], ["8", "gold", "11:00", "X"]], mode: .delta)
    #expect(try bench.standing() == ["7 gold", "8 gold X"])
  }

  @Test func `a stale row of a full export says that its record is there`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold", "10:00"], ["8", "gold", "10:00"]])
    let second = try await bench.load([["7", "silver", "09:00"]])
    #expect(second.tally.removed == 1)
    #expect(second.tally.inCommon == 1)
    #expect(second.tally.keys == 1)
    try await bench.load([["7", "silver", "09:00"]])
    #expect(try bench.missing() == ["7": 0, "8": 2])
    let back = try await bench.load([["7", "gold", "10:00"], ["8", "bronze", "08:00"]])
    #expect(back.tally.stale == 1)
    #expect(try bench.missing() == ["7": 0, "8": 0])
    #expect(try bench.standing() == ["7 gold", "8 gold"])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a stale row of a delta doesn't bring its record back`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold", "10:00"], ["8", "gold", "10:00"]])
    try await bench.load([["7", "gold", "10:00"]])
    try await bench.load([["8", "silver", "09:00"]], mode: .delta)
    #expect(try bench.missing() == ["7": 0, "8": 1])
  }

  @Test func `a change of the future is rejected and fixes nothing`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold", "10:00"]])
    let future = try await bench.load([["7", "silver", "2099-12-31T00:00:00Z"]], mode: .delta)
    #expect(future.tally.rejected == 1)
    let rejected = try await bench.mirror.rejections(of: future.receipt.id)
    #expect(rejected.map(\.column) == ["AT"])
    #expect(rejected.first?.reason.contains("2099-12-31T00:00:00.000Z") == true)
    try await bench.load([["7", "bronze", "11:00"]], mode: .delta)
    #expect(try bench.standing() == ["7 bronze"])
    // Clocks of a source may be ahead by some hours.
    try await bench.load([["7", "tin", "2026-11-24T09:00:00Z"]], mode: .delta)
    #expect(try bench.standing() == ["7 tin"])
  }

  @Test func `a time that stands from a wrong clock is no measure`() async throws {
    let bench = try OrderBench()
    let today = bench.now
    bench.now = today.adding(seconds: 86_400 * 400)
    try await bench.load([["7", "gold", "2027-12-01T00:00:00Z"]])
    bench.now = today
    try await bench.load([["7", "silver", "10:00"]], mode: .delta)
    #expect(try bench.standing() == ["7 silver"])
  }

  @Test func `each spelling of a key leaves only by its own deletion`() async throws {
    let bench = try OrderBench()
    try await bench.load([["007", "A", ""], ["7", "B", ""]])
    try await bench.load([["7", "C", ""]], mode: .delta)
    #expect(try bench.standing() == ["007 A", "7 C"])
    #expect(try await bench.reconcile().situations[.sourceDuplicate] == 1)
    try await bench.load([["007", "D", ""]], mode: .delta)
    #expect(try bench.standing() == ["007 D", "7 C"])
    try await bench.load([["7", "D", ""]])
    #expect(try bench.standing() == ["007 D", "7 D"])
    #expect(try await bench.reconcile().situations[.keyCollision] == 1)
    try await bench.load([["7", "D", ""]])
    #expect(try await bench.reconcile().situations.filter { $0.value > 0 } == [.sourceOnly: 1])
    try await bench.load([["007", "E", ""], ["7", "E", "", "X"]], mode: .delta)
    #expect(try await bench.reconcile().situations.filter { $0.value > 0 } == [.sourceOnly: 1])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a spelling that comes once replaces all its variants and no other`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "A", ""], ["7", "B", ""], ["007", "C", ""], ["007", "D", ""]])
    try await bench.load([["7", "A", ""]], mode: .delta)
    #expect(try bench.standing() == ["007 C", "007 D", "7 A"])
    try await bench.load([["007", "Z", ""]], mode: .delta)
    #expect(try bench.standing() == ["007 Z", "7 A"])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `keys in another spelling are the same keys for the guard of overlap`() async throws {
    let bench = try OrderBench()
    try await bench.load((1...30).map { ["\($0)", "A", ""] })
    let other = try await bench.load((1...30).map { ["0\($0)", "A", ""] })
    #expect(other.tally.inCommon == 30)
    #expect(other.tally.added == 30)
    #expect(other.tally.removed == 30)
  }

  @Test func `a full export that comes late changes only what no later delta said`() async throws {
    let bench = try OrderBench()
    try await bench.load([["1", "A", ""], ["2", "A", ""], ["3", "A", ""]], hour: 1)
    try await bench.load([["2", "C", ""], ["4", "C", ""]], mode: .delta, hour: 6)
    let late = try await bench.load([["1", "B", ""], ["2", "B", ""]], hour: 2)
    #expect(try bench.standing() == ["1 B", "2 C", "3 A", "4 C"])
    #expect(try bench.missing() == ["1": 0, "2": 0, "3": 1, "4": 0])
    #expect(late.tally.stale == 1)
    #expect(late.tally.removed == 1)
  }

  @Test func `a delta that says what stands already is later than a full export all the same`()
    async throws
  {
    let bench = try OrderBench(
      rules: OrderBench.rules.replacing(
        #""export": {"path": "*.csv", "format": "csv"}"#,
        with: #""exports": [{"path": "f*.csv", "format": "csv"}, "#
          + #"{"path": "d*.csv", "format": "csv", "mode": "delta"}]"#))
    try await bench.load([["1", "A", ""], ["2", "A", ""]], hour: 1)
    try await bench.load([["1", "A", ""]], mode: .delta, hour: 6)
    let late = try await bench.load([["1", "B", ""], ["2", "B", ""]], hour: 2)
    #expect(try bench.standing() == ["1 A", "2 B"])
    #expect(late.tally.stale == 1)
  }

  @Test func `an export that was let pass is what later ones are measured by`() async throws {
    let bench = try OrderBench()
    let all = (1...40).map { ["\($0)", "A", ""] }
    for _ in 0..<5 { try await bench.load(all) }
    let half = Array(all[..<20])
    let forced = try await bench.load(half, verdict: .acceptAnyway(verdicts: [:]))
    #expect(forced.tally.formerRows == [40, 40, 40, 40, 40])
    let next = try await bench.load(half)
    #expect(next.tally.formerRows == [20])
    #expect(next.tally.presentBefore == 20)
    #expect(try await bench.load(half).tally.formerRows == [20, 20])
  }

  /// Random files against a model of some lines; each file is read in two orders, with known
  /// stretches and without.
  @Test(arguments: 1...40)
  func `histories come to what their changes say`(_ seed: UInt64) async throws {
    var random = SeededOrder(seed: seed)
    let (one, two) = (try OrderBench(), try OrderBench())
    var model = OrderModel()
    for step in 1...14 {
      let mode = Int.random(in: 0..<3, using: &random) == 0 ? ExportMode.full : .delta
      var rows = (0..<Int.random(in: 1...7, using: &random)).map { _ in Self.row(&random) }
      try await one.load(rows, mode: mode)
      rows.shuffle(using: &random)
      let outcome = try await two.load(rows, mode: mode)
      model.take(rows, mode)
      let tally = outcome.tally
      #expect(
        tally.accepted == tally.added + tally.changed + tally.unchanged + tally.collapsed
          + tally.stale)
      for bench in [one, two] {
        let place: Comment = "seed \(seed), step \(step)"
        #expect(try bench.standing(withTimes: true) == model.standing, place)
        #expect(try bench.missingSpellings() == model.missing, place)
      }
    }
    #expect(try await one.mirror.verify().isEmpty)
    #expect(try await two.mirror.verify().isEmpty)
  }

  private static func row(_ random: inout SeededOrder) -> [String] {
    let key = ["7", "07", "007", "8", "9"].randomElement(using: &random) ?? "7"
    let time = ["", "08:00", "09:00", "10:00", "11:00"].randomElement(using: &random) ?? ""
    let value = ["A", "B", "C"].randomElement(using: &random) ?? "A"
    return [key, value, time, Int.random(in: 0..<5, using: &random) == 0 ? "X" : ""]
  }
}

/// What the rules of order say, in dictionaries: records by the spelling of their key.
private struct OrderModel {
  struct Row: Hashable {
    var value: String
    var time: String
    var mark: String
  }

  var rows: [String: Set<Row>] = [:]
  var missing: [String: Int] = [:]

  var standing: [String] {
    rows.flatMap { key, rows in
      rows.map { "\(key) \($0.value)\($0.mark.isEmpty ? "" : " X") \($0.time)" }
    }.sorted()
  }

  mutating func take(_ file: [[String]], _ mode: ExportMode) {
    let named = Dictionary(grouping: file) { $0[0] }
    for (key, file) in named {
      let latest = rows[key]?.map(\.time).max() ?? ""
      let all = Set(file.map { Row(value: $0[1], time: $0[2], mark: $0[3]) })
      let news = all.filter { $0.time.isEmpty || $0.time >= latest }
      if !news.isEmpty {
        let last = news.map(\.time).max() ?? ""
        rows[key] = news.filter { $0.time.isEmpty || $0.time == last }
      }
      if !news.isEmpty || mode == .full { missing[key] = 0 }
    }
    guard mode == .full else { return }
    for key in rows.keys where named[key] == nil {
      missing[key] = min(2, missing[key, default: 0] + 1)
    }
  }
}

/// A mirror whose mapping has times of change, deleted marks and several spellings of a key.
final class OrderBench {
  private let bench: MirrorBench
  var mirror: Mirror { bench.mirror }
  var now: Timestamp {
    get { bench.now }
    set { bench.now = newValue }
  }

  static let rules = """
    {"name": "erp", "origins": ["erp"], "export": {"path": "*.csv", "format": "csv"},
     "reference": {"column": "ID", "normalize": ["trim", "strip_leading_zeros"]},
     "changed_at": {"column": "AT"}, "deleted": {"column": "DEL", "equals": ["X"]},
     "fields": [{"column": "TIER", "metadata": "tier", "policy": "source"}]}
    """

  init(rules: String = OrderBench.rules) throws { bench = try MirrorBench(rules: rules) }

  /// Changes that say that they were made in the year 2099.
  func loadAhead(_ rows: [[String]]) async throws {
    try await load(rows, mode: .delta, time: Timestamp(rfc3339: "2099-12-31T00:00:00Z"))
  }

  /// An import of rows `[ID, TIER, AT, DEL]`, the time of day on 20 November; `hour` is that of the
  /// export.
  @discardableResult
  func load(
    _ rows: [[String]], mode: ExportMode = .full, hour: Int? = nil, time: Timestamp? = nil,
    isNumbered: Bool = false,
    verdict: ImportVerdict = .accept(verdicts: [:])
  ) async throws -> ImportOutcome {
    let run = bench.nextRun()
    let (mapping, columns) = (bench.mapping, bench.mapping.columnsNeeded)
    var head = ExportHead(
      file: "\(run).csv", path: "/exports/\(run).csv", sha256: SHA256.hex(of: run), size: 1,
      mode: mode,
      generatedAt: time ?? hour.map { Timestamp(rfc3339: "2026-11-20T0\($0):00:00Z")! },
      columns: columns, keptColumns: columns)
    head.isNumbered = isNumbered
    let names = ["ID", "TIER", "AT", "DEL"]
    return try await mirror.importExport(
      head, mapping: mapping, run: run, at: now, verdict: verdict
    ) { session in
      for (index, row) in rows.enumerated() {
        let row = row + [String](repeating: "", count: 4 - row.count)
        let cells: [Cell] = columns.map { column in
          let text = row[names.firstIndex(of: column)!]
          guard column == "AT", text.utf8.count == 5 else { return .text(text) }
          return .text("2026-11-20T\(text):00Z")
        }
        guard case .record(let record) = mapping.read(cells) else { continue }
        try session.put(ImportRow(record, cells: CellText(cells), line: index + 2))
      }
    }
  }

  func reconcile() async throws -> ReconcileOutcome { try await bench.reconcile() }

  /// `reference value`, with ` X` for the deleted marker, as spelled and in order.
  func standing(withTimes: Bool = false) throws -> [String] {
    try bench.look { database in
      try database.all(
        """
        SELECT coalesce(raw_reference, key) || ' ' || json_extract(cells, '$[3]')
          || iif(deleted, ' X', ''), changed_us FROM records
        """
      ) { row in
        let time = row.optionalInt64(1).map { Timestamp(microseconds: $0).rfc3339 }
        return row.text(0) + (withTimes ? " " + (time?.dropFirst(11).prefix(5) ?? "") : "")
      }.sorted()
    }
  }

  /// Full exports without it, by key.
  func missing() throws -> [String: Int] { try missing("key") }

  /// Full exports without it, by spelling.
  func missingSpellings() throws -> [String: Int] { try missing("coalesce(raw_reference, key)") }

  private func missing(_ name: String) throws -> [String: Int] {
    try bench.look { database in
      let found = try database.all("SELECT \(name), missing FROM records") {
        ($0.text(0), $0.int(1))
      }
      return Dictionary(found) { max($0, $1) }
    }
  }
}

/// In which order full exports and changes of one source count.
struct DeliveryOrderTests {
  private static func last(_ modes: [(ExportMode, Int)], _ mode: ExportMode) async throws -> Int? {
    let bench = try OrderBench()
    for (mode, hour) in modes { try await bench.load([["7", "gold"]], mode: mode, hour: hour) }
    let outcome = try await bench.load([["7", "gold"]], mode: mode, hour: 9)
    return outcome.tally.lastMadeAt.map { Int($0.microseconds / 3_600_000_000) % 24 }
  }

  @Test(
    arguments: [
      ([(.full, 2), (.delta, 5)], .full, 2), ([(.full, 2), (.delta, 5)], .delta, 5),
      ([(.full, 6), (.delta, 5)], .delta, 6), ([(.delta, 5)], .full, nil), ([], .delta, nil),
      ([(.full, 2), (.full, 4), (.delta, 3)], .full, 4),
    ] as [([(ExportMode, Int)], ExportMode, Int?)])
  func `a full export keeps its order with full ones, changes with all`(
    _ before: [(ExportMode, Int)], _ mode: ExportMode, _ last: Int?
  ) async throws {
    #expect(try await Self.last(before, mode) == last)
  }

  @Test func `a late full export changes only what the changes did not`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold"], ["8", "gold"], ["9", "gold"]], hour: 1)
    // 8 is told again as it stands, 9 is new in nothing: only who says so changes.
    try await bench.load([["7", "silver"], ["8", "gold"]], mode: .delta, hour: 5)
    let late = try await bench.load([["7", "tin"], ["9", "tin"]], hour: 3)
    #expect(try bench.standing() == ["7 silver", "8 gold", "9 tin"])
    #expect(late.tally.removed == 0, "8 was told by later changes")
    #expect(late.tally.stale == 1)
  }

  @Test func `changes dated ahead are no measure of a full export`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold"]], hour: 1)
    try await bench.loadAhead([["7", "silver"]])
    let later = try await bench.load([["7", "tin"]], hour: 9)
    #expect(later.tally.stale == 1, "made at nine, before the changes came at ten")
    let after = try await bench.load([["7", "tin"]], time: bench.now.adding(seconds: 3_600))
    #expect(after.tally.changed == 1)
    #expect(try bench.standing() == ["7 tin"])
  }

  @Test func `numbered changes count in the order in which they are taken`() async throws {
    let bench = try OrderBench()
    try await bench.load([["7", "gold"]], hour: 1)
    try await bench.load([["7", "silver"]], mode: .delta, hour: 5)
    try await bench.load([["7", "tin"]], mode: .delta, hour: 4, isNumbered: true)
    #expect(try bench.standing() == ["7 tin"])
  }
}
