import Formats
import Reconciliation
import Testing

private func result(_ cell: Cell, _ members: String) throws -> ConversionResult {
  let fields = #"{"column": "C", "metadata": "m", \#(members)}"#
  return Conversion(rule: try sap(fields: fields).fields[0]).result(cell)
}

@Test(
  arguments: [
    ("Z", 0), ("+00", 0), ("+05", 18_000), ("+05:30", 19_800), ("+0530", 19_800),
    ("-03:30", -12_600), ("+14:00", 50_400), ("+00:59", 3540), ("-01", -3600),
    ("+15:00", nil), ("+05:60", nil), ("+5", nil), ("+053", nil), ("+05300", nil), ("+0a:00", nil),
    ("+", nil), ("Z5", nil), ("", nil),
  ] as [(String, Int?)])
func `an offset is read to the minute, or not at all`(text: String, seconds: Int?) throws {
  let form = try DateForm("yyyy-MM-dd HH:mmX")
  let reading = form.read("2026-11-21 13:02\(text)")
  #expect(reading?.offsetSeconds == seconds)
  #expect((reading == nil) == (seconds == nil))
}

@Test func `UTC has one name`() {
  #expect(LocalZone("Etc/UTC") == .utc)
  #expect(LocalZone("UTC") == .utc)
  #expect(LocalZone("Europe/Berlin") != .utc)
}

@Test func `typed lists are mapped, bounded and blank as lists of text are`() throws {
  let mapped = #""type": "list", "values": {"1": "one", "2": 2}"#
  #expect(
    try result(.json(json(#"["1", 2]"#)), mapped) == .value(.present(json(#"["one", 2]"#))))
  guard case .unmapped = try result(.json(json(#"["1", "3"]"#)), mapped) else {
    Issue.record("an element that is not listed is taken")
    return
  }
  let bounded = #""type": "list", "max_length": 2"#
  #expect(try result(.text("ab,c"), bounded) == .value(.present(["ab", "c"])))
  #expect(try result(.json(json(#"["ab", 1234]"#)), bounded) == .value(.present(["ab", 1234])))
  guard case .unmapped = try result(.text("ab,abc"), bounded) else {
    Issue.record("a long element is taken")
    return
  }
  for empty in [Cell.json(json("[]")), .text("")] {
    #expect(try result(empty, #""type": "list""#) == .ignored)
    #expect(try result(empty, #""type": "list", "blank": "clear""#) == .value(.absent))
    #expect(
      try result(empty, #""type": "list", "blank": "value""#) == .value(.present(.array([]))))
  }
}

@Test func `the steps of a list are those of each element`() throws {
  let members = #""type": "list", "separator": ";", "transform": ["trim", "casefold"]"#
  #expect(try result(.text(" A ;B; ;c"), members) == .value(.present(["a", "b", "c"])))
  #expect(
    try result(.json(json(#"["A", " B ", 7, null, ""]"#)), members)
      == .value(.present(json(#"["a", "b", 7, null, ""]"#))))
  let mapped = #""type": "list", "transform": ["casefold"], "values": {"a": "one", "b": "two"}"#
  #expect(try result(.text("A,B"), mapped) == .value(.present(["one", "two"])))
  let zeros = #""type": "list", "transform": ["strip_leading_zeros"], "unordered": true"#
  #expect(try result(.text("007,7,02"), zeros) == .value(.present(["2", "7"])))
  // A guard is around the cell, or around an element.
  let guarded = #""type": "list", "transform": ["unguard"]"#
  #expect(try result(.text("=\"01,02\""), guarded) == .value(.present(["01", "02"])))
  #expect(try result(.text("'+1,'+2"), guarded) == .value(.present(["+1", "+2"])))
  // What the steps leave nothing of is nothing.
  #expect(try result(.text("x, y"), #""type": "list", "transform": ["digits_only"]"#) == .ignored)
  #expect(try result(.text(" , "), #""type": "list", "blank": "clear""#) == .value(.absent))
}

@Test(arguments: [
  (#""type": "string""#, "a text"), (#""type": "integer""#, "a whole number"),
  (#""type": "decimal""#, "a decimal number"), (#""type": "date""#, "a date"),
  (#""type": "datetime""#, "a date and time"), (#""type": "list""#, "a list"),
])
func `a typed flag is no word`(members: String, noun: String) throws {
  #expect(
    try result(.json(false), members)
      == .badType(
        reason: "false stands where \(noun) is expected; if it stands for an empty cell, "
          + "add false to \"nulls\" of the export"))
  #expect(
    try result(.json(true), members) == .badType(reason: "true stands where \(noun) is expected"))
}

@Test func `a typed flag may be named among the values`() throws {
  let members = #""values": {"true": "yes", "false": "no"}"#
  #expect(try result(.json(false), members) == .value(.text("no")))
}

@Test func `a flag in place of a reference or an e-mail rejects its row`() throws {
  let mapping = try sap(
    more: #"""
      "verify": [{"column": "MAIL", "attribute": "customer_email"}],
      "correlate": [{"column": "ACTIVE", "attribute": "/active"}]
      """#)
  func reading(_ cells: [String: Cell]) -> RowReading {
    mapping.read(mapping.columnsNeeded.map { cells[$0] ?? .text("7") })
  }
  for (column, noun) in [("NR", "the reference"), ("MAIL", "an e-mail address")] {
    guard case .rejected(column, let reason, _) = reading([column: .json(false)]) else {
      Issue.record("a flag is \(noun)")
      continue
    }
    #expect(reason.hasPrefix("false stands where \(noun) is expected; "))
  }
  guard case .rejected("NR", "the reference is no text: \"[1]\"", _) = reading(["NR": .json([1])])
  else {
    Issue.record("\(reading(["NR": .json([1])]))")
    return
  }
  // A flag that is compared with one of the metadata is itself.
  guard case .record = reading(["ACTIVE": .json(true)]) else {
    Issue.record("\(reading(["ACTIVE": .json(true)]))")
    return
  }
}

@Test func `a typed flag is itself, whatever the words, unless values say otherwise`() throws {
  let words = #""type": "boolean", "true": ["X"], "false": ["-"]"#
  #expect(try result(.json(true), words) == .value(.present(true)))
  #expect(try result(.json(false), words) == .value(.present(false)))
  #expect(
    try result(.json(true), #""type": "boolean", "values": {"true": false}"#)
      == .value(.present(false)))
}

@Test(
  arguments: [
    [Cell.json(json("5"))], [.text("")], [.absent], [.null], [.json("a")], [.json(.null)],
    [.text("a"), .null, .absent, .json(json(#"{"a":[1,"],["]}"#)), .text("\"\\\n\u{1F}é ")], [],
    [.text("a\""), .text("b")], [.json("\\"), .text("\\")],
  ] as [[Cell]])
func `cells survive being stored`(cells: [Cell]) throws {
  #expect(try CellText(cells).cells() == cells)
  #expect(CellText(cells).parts.count == cells.count)
}

@Test func `a cell is blank where there is nothing in it`() {
  for cell in [Cell.absent, .null, .text(""), .json(.null), .json("")] {
    #expect(cell.isBlank, "\(cell)")
  }
  for cell in [Cell.text(" "), .json("a"), .json(json("0")), .json(json("[]"))] {
    #expect(!cell.isBlank, "\(cell)")
  }
}

@Test func `a cell beyond those of a record is absent`() throws {
  let world = World(try sap())
  var record = world.record("1", ["GRP": "a"])
  #expect(record.cell("GRP") == .text("a"))
  record.cells.removeLast()
  #expect(record.cell("GRP") == .absent && record.cell("ELSE") == .absent)
  let item = world.assess(
    world.group("1", records: [record], resets: [world.reset("r", "1", metadata: "{}")]))[0]
  #expect(item.fields.map(\.outcome) == [.ignored])
}

@Test func `a base that is none says so at its beginning`() {
  #expect(
    throws: JSONError(message: "a base is an object", line: 1, column: 1, offset: 0)
  ) { try Base(decoding: "[]") }
}

@Test func `an empty cell of JSON is null only where it is null`() throws {
  let members = #""type": "json", "blank": "value""#
  #expect(try result(.null, members) == .value(.present(.null)))
  guard case .badType = try result(.text(""), members) else {
    Issue.record("no text became JSON")
    return
  }
}

@Test func `a row that ends early says nothing about the columns it lacks`() throws {
  let mapping = try sap()
  #expect(mapping.managedDigest([.text("1")]) == mapping.managedDigest([.text("1"), .absent]))
  let marked = try sap(more: #""deleted": {"column": "GONE", "equals": ["X"]}"#)
  guard case .record = mapping.read([.text("1")]), case .record = marked.read([.text("1")]) else {
    Issue.record("a row that ends early is no record")
    return
  }
}

/// A record whose file has these columns.
private func record(_ world: World, _ columns: [String], _ cells: [String]) -> SourceRecord {
  SourceRecord(
    mapping: "sap", key: world.key("1"), rawReference: "1", rawOrigin: "sap", columns: columns,
    cells: cells.map(Cell.text), changedAt: nil, deletedMarker: false, missingExports: 0,
    firstSeen: noon, provenance: Provenance(file: "a", line: 1, sha256: "0", receipt: 1),
    mirrorID: 1)
}

@Test func `records that say the same are equal, whatever the order of their columns`() throws {
  let world = World(try sap())
  func digest(_ columns: [String], _ cells: [String]) -> String {
    record(world, columns, cells).managedDigest(by: world.mapping)
  }
  let usual = digest(["NR", "GRP"], ["1", "a"])
  #expect(digest(["GRP", "NR"], ["a", "1"]) == usual)
  #expect(digest(["NR", "GRP"], ["1", "b"]) != usual)
}

@Test func `a field takes the cell of its own column, wherever the file has it`() throws {
  let world = World(try sap())
  let reset = world.reset("r", "1", metadata: #"{"group": "a"}"#)
  for (columns, cells) in [
    (["NR", "GRP"], ["1", "a"]), (["GRP", "NR"], ["a", "1"]), (["GRP"], ["a"]),
    (["X", "Y", "GRP"], ["1", "2", "a"]),
  ] {
    let record = record(world, columns, cells)
    let item = world.assess(world.group("1", records: [record], resets: [reset]))[0]
    #expect(item.fields.map(\.outcome) == [.agree], "\(columns)")
  }
}

@Test func `a reason tells the first forty characters of a long cell`() throws {
  func reason(_ count: Int) throws -> String? {
    let cell = Cell.text(String(repeating: "x", count: count))
    if case .badType(let reason) = try result(cell, #""type": "integer""#) { return reason }
    return nil
  }
  let forty = String(repeating: "x", count: 40)
  #expect(try reason(40) == "\"\(forty)\" is no whole number")
  #expect(try reason(41) == "\"\(forty)…\" is no whole number")
}

@Test func `a field is found by its place in the metadata`() throws {
  let mapping = try sap(
    fields: #"{"column": "A", "metadata": "a"}, {"column": "B", "metadata": "/deep/b"}"#)
  #expect(mapping.field("/deep/b")?.column == "B")
  #expect(mapping.field("a")?.column == "A")
  #expect(mapping.field("b") == nil)
}

@Test func `a field of which nothing else is said has its usual rules`() throws {
  let plain = FieldRule(column: "A", metadata: "a", target: .key("a"))
  #expect(try sap(fields: #"{"column": "A", "metadata": "a"}"#).fields == [plain])
}

@Test func `a step needs its whole name`() {
  #expect(Normalization(name: "remove_prefix:") == nil)
  #expect(Normalization(name: "remove_prefix:K") == .removePrefix("K"))
  #expect(Normalization(name: "Trim") == nil)
}

@Test func `addresses of a reset survive being stored, and take no room where they are usual`() {
  typealias Relation = ResetLinks.Relation
  let usual = ResetLinks(own: "https://a/r", compact: nil)
  #expect(usual.compact == nil)
  #expect(
    usual.relations["events"]
      == Relation(relationship: "https://a/r/relationships/events", related: "https://a/r/events"))
  #expect(usual.relations.count == 3)
  let own = ResetLinks(
    own: "https://a/r",
    relations: [
      "customer": Relation(relationship: nil, related: "https://b/c"),
      "events": Relation(relationship: "https://b/e", related: nil),
    ])
  #expect(ResetLinks(own: "https://a/r", compact: own.compact) == own)
  #expect(ResetLinks(own: nil, compact: nil).relations.isEmpty)
  let damaged = ResetLinks(own: nil, compact: #"{"customer": ["a"], "events": ["a", "b"]}"#)
  #expect(damaged.relations == ["events": Relation(relationship: "a", related: "b")])
}
