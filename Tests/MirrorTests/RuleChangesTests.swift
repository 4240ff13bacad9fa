import Engine
import Formats
import Mirror
import MirrorKit
import Reconciliation
import SQLite
import TestKit
import Testing

/// A change of rules, applied to records, links and resets that stand.
struct RuleChangesTests {
  @Test func `links go with their records and resets to the keys of today`() async throws {
    let bench = try RuleBench()
    try await bench.load([["K1", "gold"], ["K2", "gold"], ["K3", "gold"]])
    try await bench.pull(["K1", "K2", "K3"])
    #expect(try await bench.reconcile() == [.update: 3])
    #expect(try await bench.push() == 3)
    let done = try await bench.change(normalize: #"["casefold"]"#)
    #expect(done.map(\.moved) == [3])
    #expect(try bench.keys() == ["k1", "k2", "k3"])
    #expect(try await bench.reconcile() == [.inSync: 3])
    #expect(try await bench.mirror.verify().isEmpty)
    #expect(try await bench.change(normalize: #"["casefold"]"#).isEmpty)
  }

  @Test func `what people decided about a reset goes with it`() async throws {
    let bench = try RuleBench(policy: "ask")
    try await bench.load([["K1", "gold"]])
    try await bench.pull(["K1"], metadata: #"{"tier": "tin"}"#)
    try await bench.reconcile()
    let id = try #require(try await bench.mirror.conflicts(ConflictFilter()).first?.id)
    _ = try await bench.mirror.change(
      [id], .comment("ask Ada"), act: Act(by: "ada", at: bench.now))
    _ = try await bench.change(normalize: #"["casefold"]"#)
    try await bench.reconcile()
    let conflicts = try await bench.mirror.conflicts(ConflictFilter())
    #expect(conflicts.map(\.id) == [id])
    #expect(conflicts.map(\.state) == [.open])
    #expect(conflicts.first?.occurrences == 2)
  }

  @Test func `spellings come together and part again`() async throws {
    let bench = try RuleBench()
    try await bench.load([["007", "A"], ["7", "A"], ["07", "A"], ["8", "A"]])
    try await bench.pull(["7", "8"])
    #expect(try await bench.reconcile() == [.update: 2, .sourceOnly: 2])
    #expect(try await bench.push() == 2)
    let joined = try await bench.change(normalize: #"["strip_leading_zeros"]"#)
    #expect(joined.map(\.moved) == [2])
    #expect(try bench.keys() == ["7", "7", "7", "8"])
    #expect(try bench.variants() == [0, 0, 1, 2])
    #expect(try await bench.reconcile() == [.keyCollision: 1, .inSync: 1])
    #expect(try await bench.mirror.verify().isEmpty)
    _ = try await bench.change(normalize: #"["trim"]"#)
    #expect(try bench.keys() == ["007", "07", "7", "8"])
    #expect(try await bench.reconcile() == [.inSync: 2, .sourceOnly: 2])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `marks and times are read anew, and the later of two changes stands`() async throws {
    let bench = try RuleBench(fields: ["DEL", "AT"])
    try await bench.load([
      ["K1", "gold", "L", "2026-11-20T10:00:00Z"], ["K2", "gold", "", "2026-11-20T10:00:00Z"],
      ["K2", "platinum", "", "2026-11-20T11:00:00Z"],
    ])
    #expect(try await bench.reconcile() == [.sourceOnly: 1, .sourceDuplicate: 1])
    let done = try await bench.change(
      members: #""deleted": {"column": "DEL", "equals": ["L"]}, "changed_at": {"column": "AT"},"#)
    #expect(done.map(\.moved) == [0])
    #expect(try await bench.reconcile() == [.sourceOnly: 1])
    #expect(try bench.count("SELECT count(*) FROM records") == 2)
    #expect(try bench.count("SELECT count(*) FROM records WHERE cells LIKE '%platinum%'") == 1)
    #expect(try bench.count("SELECT count(*) FROM records WHERE deleted") == 1)
    #expect(try bench.count("SELECT count(*) FROM records WHERE changed_us IS NULL") == 0)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `what a filter leaves aside now is neither deleted nor written`() async throws {
    let bench = try RuleBench(fields: ["COUNTRY"])
    try await bench.load([["K1", "gold", "DE"], ["K2", "gold", "FR"], ["K3", "gold", "FR"]])
    try await bench.pull(["K1", "K2"])
    try await bench.reconcile()
    #expect(try await bench.push() == 2)
    let done = try await bench.change(members: #""where": {"column": "COUNTRY", "in": ["DE"]},"#)
    #expect(done.map(\.setAside) == [2])
    try await bench.pull(["K1", "K2"], metadata: #"{"tier": "tin"}"#)
    #expect(try await bench.reconcile() == [.update: 1, .driftAccepted: 1])
    #expect(try await bench.mirror.verify().isEmpty)
    let needs = try await bench.mirror.exportsToRead(bench.mapping)
    #expect(needs.isEmpty)
    _ = try await bench.change(members: "")
    #expect(try await bench.mirror.exportsToRead(bench.mapping).map(\.reasons) == [[.filter]])
    #expect(try await bench.mirror.mappingFacts(book: bench.book)["erp"]?.needsExport == true)
    try await bench.load([["K1", "gold", "DE"], ["K2", "gold", "FR"], ["K4", "gold", "IT"]])
    #expect(try await bench.mirror.exportsToRead(bench.mapping).isEmpty)
    #expect(try await bench.reconcile() == [.update: 2, .sourceOnly: 1])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `rules that leave nothing are not applied`() async throws {
    let bench = try RuleBench(fields: ["COUNTRY"])
    try await bench.load([["K1", "gold", "DE"], ["K2", "gold", "FR"]])
    let members = #""where": {"column": "COUNTRY", "in": ["Germany"]},"#
    let refused = try await bench.change(members: members)
    #expect(refused.map(\.isRefused) == [true])
    #expect(try bench.count("SELECT count(*) FROM records WHERE missing = 0") == 2)
    #expect(
      try await bench.mirror.exportsToRead(bench.mapping).map(\.reasons) == [[.nothingLeft]])
    // Nothing is tried again and again.
    #expect(try await bench.change(members: members).isEmpty)
    #expect(try await bench.change(members: "").isEmpty)
    #expect(try await bench.mirror.exportsToRead(bench.mapping).isEmpty)
  }

  @Test func `records without the columns of their key wait for a full export`() async throws {
    let bench = try RuleBench()
    try await bench.load([["K1", "gold"], ["K2", "gold"]])
    let done = try await bench.change(members: #""where": {"column": "COUNTRY", "in": ["DE"]},"#)
    #expect(done.map(\.unkeyed) == [2])
    let reasons = try await bench.mirror.exportsToRead(bench.mapping).flatMap(\.reasons)
    #expect(reasons == [.column("COUNTRY"), .unkeyed(records: 2)])
    try await bench.load([["K1", "tin", "DE"]], mode: .delta)
    #expect(
      try await bench.mirror.exportsToRead(bench.mapping).flatMap(\.reasons) == reasons)
    try await bench.load([["K1", "gold", "DE"], ["K3", "gold", "DE"]])
    #expect(try await bench.mirror.exportsToRead(bench.mapping).isEmpty)
    #expect(try bench.missing() == ["K1": 0, "K2": 3, "K3": 0])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `an export that is read again changes only what nothing later said`() async throws {
    let bench = try RuleBench()
    let full = try await bench.load([["K1", "old"], ["K2", "old"], ["K3", "old"]])
    try await bench.load([["K1", "new"]], mode: .delta)
    let last = try await bench.load([["K2", "new"]], mode: .delta)
    _ = try await bench.change(fields: ["COUNTRY"])
    let needs = try await bench.mirror.exportsToRead(bench.mapping)
    #expect(needs.map(\.receipt?.id) == [full.receipt.id, last.receipt.id])
    let again = try await bench.load(
      [["K1", "old", "DE"], ["K2", "old", "DE"], ["K3", "old", "DE"]], rereads: full.receipt.id)
    #expect(again.receipt.id == full.receipt.id)
    #expect(again.tally.stale == 2)
    try await bench.load([["K2", "new", "FR"]], mode: .delta, rereads: last.receipt.id)
    #expect(try await bench.mirror.exportsToRead(bench.mapping).isEmpty)
    #expect(try bench.cells() == ["K1 new -", "K2 new FR", "K3 old DE"])
    #expect(try bench.count("SELECT count(*) FROM receipts") == 3)
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `what an export that is read again no longer says is set aside`() async throws {
    let bench = try RuleBench()
    let full = try await bench.load([["K1", "gold"], ["MÃ¼", "gold"]])
    try await bench.load([["K9", "gold"]], mode: .delta)
    try await bench.load(
      [["K1", "gold"], ["Mü", "gold"]], rereads: full.receipt.id)
    #expect(try bench.missing() == ["K1": 0, "MÃ¼": 3, "Mü": 0, "K9": 0])
    #expect(try await bench.mirror.verify().isEmpty)
  }

  @Test func `a mirror of an older version is brought under the rules of today`() async throws {
    let bench = try RuleBench()
    try await bench.load([["K1", "gold"]])
    let file = try Connection(path: bench.mirror.path)
    try file.execute(
      "UPDATE mappings SET keyed_rules = NULL, full_rules = NULL; "
        + "UPDATE records SET key = 'wrong', raw_reference = 'K1'")
    #expect(try await bench.change().map(\.moved) == [1])
    #expect(try bench.keys() == ["K1"])
    #expect(try await bench.mirror.exportsToRead(bench.mapping).isEmpty)
    try file.execute("UPDATE mappings SET keyed_rules = NULL, full_rules = NULL")
    _ = try await bench.change(fields: ["COUNTRY"])
    #expect(
      try await bench.mirror.exportsToRead(bench.mapping).map(\.reasons) == [[.column("COUNTRY")]])
  }

  /// Whatever the rules were: applied to what stands, and to the file where that is not enough,
  /// they make of it what they make of the file alone.
  @Test(arguments: 1...60)
  func `records come to what a new mirror has of the same rows`(_ seed: UInt64) async throws {
    var random = SeededOrder(seed: seed)
    let rows = (0..<40).map { _ in Self.row(&random) }
    let columns = ["ID", "TIER", "ORG", "DEL", "AT"]
    let changed = try RuleBench(Self.rules(&random))
    try await changed.load(rows, columns: columns)
    for _ in 1...4 {
      let rules = Self.rules(&random)
      let redone = try await changed.change(text: rules)
      if redone.contains(where: \.isRefused) { continue }
      for export in try await changed.mirror.exportsToRead(changed.mapping) {
        let receipt = try #require(export.receipt, "seed \(seed): \(export.reasons); \(rules)")
        try await changed.load(rows, rereads: receipt.id, columns: columns)
      }
      #expect(try await changed.mirror.exportsToRead(changed.mapping).isEmpty)
      let fresh = try RuleBench(rules)
      try await fresh.load(rows, columns: columns)
      let (stands, anew) = (try changed.records(), try fresh.records())
      #expect(
        stands == anew,
        """
        seed \(seed): only what stands \(Set(stands).subtracting(anew).sorted()), \
        only anew \(Set(anew).subtracting(stands).sorted()); \(rules)
        """)
      #expect(try await changed.mirror.verify().isEmpty)
    }
  }

  private static func row(_ random: inout SeededOrder) -> [String] {
    func one(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
    return [
      one(["7", "07", "007", " 8", "8", "K1", "k1"]), one(["A", "B"]), one(["x", "y"]),
      one(["", "L", "X"]), one(["", "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"]),
    ]
  }

  private static func rules(_ random: inout SeededOrder) -> String {
    func one(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
    let origins = one([
      #""origins": ["erp"],"#, #""origins": ["sap", "erp"],"#,
      #""origins": ["x", "y"], "origin_column": "ORG","#,
      #""origins": ["a", "b"], "origin_column": {"column": "ORG", "values": {"x": "b", "y": "a"}},"#,
    ])
    let normalize = one([
      #"["trim"]"#, #"["trim", "strip_leading_zeros"]"#, #"["trim", "casefold"]"#,
    ])
    let deleted = one(["", #""deleted": {"column": "DEL", "equals": ["X", "gone"]},"#])
    let changed = one(["", #""changed_at": {"column": "AT"},"#])
    let kept = one([
      "", "", #""where": {"column": "ORG", "in": ["x"]},"#,
      #""where": {"column": "TIER", "in": ["A"]},"#,
      #""where": {"column": "DEL", "in": ["", "L"]},"#,
    ])
    return RuleBench.text(
      origins: origins, normalize: normalize, members: deleted + changed + kept,
      fields: ["ORG", "DEL", "AT"])
  }
}

/// A mirror whose mapping changes.
private final class RuleBench {
  private let bench: MirrorBench
  var mirror: Mirror { bench.mirror }
  var mapping: Mapping { bench.mapping }
  var book: RuleBook { bench.book }
  var now: Timestamp { bench.now }
  private let policy: String

  static func text(
    origins: String = #""origins": ["erp"],"#, normalize: String = #"["trim"]"#,
    members: String = "", fields: [String] = [], policy: String = "source"
  ) -> String {
    let others = fields.map { #", {"column": "\#($0)", "metadata": "\#($0.lowercased())"}"# }
    return """
      {"name": "erp", \(origins) "export": {"path": "*.csv", "format": "csv"},
       "reference": {"column": "ID", "normalize": \(normalize)}, \(members)
       "fields": [{"column": "TIER", "metadata": "tier", "policy": "\(policy)"}
         \(others.joined())]}
      """
  }

  init(_ text: String) throws {
    policy = "source"
    bench = try MirrorBench(rules: text)
  }

  init(policy: String = "source", fields: [String] = []) throws {
    self.policy = policy
    bench = try MirrorBench(rules: Self.text(fields: fields, policy: policy))
  }

  /// From now on these rules hold; what that did to records, and the resets' keys with them.
  func change(
    normalize: String = #"["trim"]"#, members: String = "", fields: [String] = [],
    text: String? = nil
  ) async throws -> [RedoneRecords] {
    let text =
      text ?? Self.text(normalize: normalize, members: members, fields: fields, policy: policy)
    let book = RuleBook(
      [try Mapping(parsing: Array(text.utf8), file: "erp.json")], graceSeconds: 0)
    bench.book = book
    let run = bench.nextRun()
    return try await mirror.applyRules(book, run: run, at: bench.now).records
  }

  /// An import of rows whose cells belong to these columns.
  @discardableResult
  func load(
    _ rows: [[String]], mode: ExportMode = .full, rereads: Int64? = nil,
    columns: [String] = ["ID", "TIER"]
  ) async throws -> ImportOutcome {
    let run = bench.nextRun()
    let mapping = mapping
    let others = mapping.columnsNeeded.filter { !columns.contains($0) }
    let names = columns + others
    let head = ExportHead(
      file: "\(run).csv", path: "/exports/\(run).csv", sha256: SHA256.hex(of: run), size: 1,
      mode: mode, columns: names, keptColumns: mapping.columnsNeeded, rereads: rereads)
    return try await mirror.importExport(head, mapping: mapping, run: run, at: now) { session in
      for (index, row) in rows.enumerated() {
        let cells: [Cell] = mapping.columnsNeeded.map { column in
          let place = names.firstIndex(of: column)!
          return place < row.count ? .text(row[place]) : .text("")
        }
        switch mapping.read(cells) {
        case .record(let record):
          try session.put(ImportRow(record, cells: CellText(cells), line: index + 2))
        case .rejected(let column, let reason, let key):
          try session.reject(line: index + 2, column: column, reason: reason, key: key)
        case .setAside(let value, let key):
          guard let key else { continue }
          try session.setAside(SetAsideRow(key: key, value: value, line: index + 2))
        }
      }
    }
  }

  func pull(_ references: [String], metadata: String = "{}") async throws {
    _ = try await bench.pull(
      references.map { bench.reset("reset-\($0)", $0, metadata: metadata) })
  }

  @discardableResult
  func reconcile() async throws -> [Situation: Int] {
    try await bench.reconcile().situations.filter { $0.value > 0 }
  }

  func push() async throws -> Int { try await bench.push() }

  func count(_ sql: String) throws -> Int { try bench.count(sql) }

  private func texts(_ sql: String) throws -> [String] {
    try bench.look { try $0.all(sql) { $0.text(0) } }
  }

  func keys() throws -> [String] { try texts("SELECT key FROM records ORDER BY key") }

  func variants() throws -> [Int] {
    try bench.look { try $0.all("SELECT variant FROM records ORDER BY variant") { $0.int(0) } }
  }

  func missing() throws -> [String: Int] {
    let found = try bench.look {
      try $0.all("SELECT key, missing FROM records") { ($0.text(0), $0.int(1)) }
    }
    return Dictionary(found) { max($0, $1) }
  }

  /// `key tier country`.
  func cells() throws -> [String] {
    try texts(
      """
      SELECT key || ' ' || json_extract(cells, '$[1]') || ' '
        || coalesce(json_extract(cells, '$[2]'), '-') FROM records ORDER BY key
      """)
  }

  /// What stands, but for numbers and where it came from.
  func records() throws -> [String] {
    try texts(
      """
      SELECT json_array(o.name, key, raw_reference, raw_origin, deleted, changed_us,
        json_extract(cells, '$[0]'), cells LIKE '%"A"%', cells LIKE '%"x"%')
      FROM records JOIN origins o ON o.id = records.origin WHERE missing < 2 ORDER BY 1
      """)
  }
}
