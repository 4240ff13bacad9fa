import Formats
import Reconciliation
import Testing

/// What `AgreementFastPath` tells must be what `assess` decides.
struct PlainPairsTests {
  static let fields = """
    {"column": "GRP", "metadata": "group"},
    {"column": "LIM", "metadata": "/erp/limit", "type": "decimal", "policy": "source"},
    {"column": "NUM", "metadata": "number", "type": "integer"},
    {"column": "OFF", "metadata": "blocked", "type": "boolean", "blank": "value", "false": [""]},
    {"column": "KIND", "metadata": "kind", "values": {"01": "retail", "02": "x"}, "policy": "remote"},
    {"column": "TAGS", "metadata": "tags", "type": "list", "unordered": true},
    {"column": "NOTE", "metadata": "note", "blank": "clear", "max_length": 5, "transform": ["trim"]}
    """
  static let verify = """
    "verify": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"},
               {"column": "NR", "attribute": "/erp/nr"}]
    """

  /// Texts of cells and values of metadata that meet now and then.
  static let cells: [String: [String?]] = [
    "NR": ["1", "2"], "GRP": ["a", "b", "", nil, "a\"b", "é"],
    "LIM": ["1.50", "1.5", "", "x", "1,5"],
    "NUM": ["7", "07", "7.0", "", nil], "OFF": ["X", "", "no", "?"],
    "KIND": ["01", "02", "03", ""],
    "TAGS": ["a,b", "b,a", "", "a"], "NOTE": ["hi", " hi ", "", "too long", nil],
    "MAIL": ["Ann@x.org", "ann@x.org", "", "bob@x.org", nil, "é@x.org"],
  ]
  static let remotes: [(String, [String?])] = [
    ("\"group\"", ["\"a\"", "\"b\"", nil, "null", #""a\"b""#, "\"é\"", #""\u0061""#]),
    ("\"number\"", ["7", "7.0", nil, "\"7\""]), ("\"blocked\"", ["true", "false", nil]),
    ("\"kind\"", ["\"retail\"", "\"x\"", nil]), ("\"tags\"", [#"["a","b"]"#, #"["b","a"]"#, nil]),
    ("\"note\"", ["\"hi\"", nil, "\"\""]),
    (
      "\"erp\"",
      [
        #"{"limit":1.50}"#, #"{"limit":1.5,"nr":"1"}"#, #"{"nr":"2"}"#, nil, "3",
        #"{"limit":1.50,"nr":"1"}"#,
      ]
    ), ("\"foreign\"", [#"{"a":[1,"]"]}"#, nil]), (#""\u006bind2""#, [nil, nil, nil, "1"]),
  ]

  struct Dice {
    var state: UInt64
    mutating func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % sides
    }
    /// Mostly the first one, so that pairs agree often enough.
    mutating func pick<T>(_ list: [T]) -> T { list[roll(3) > 0 ? 0 : roll(list.count)] }
  }

  private func agree(
    _ plain: inout AgreementFastPath, _ cells: [UInt8], _ metadata: [UInt8], _ email: String
  ) -> Bool {
    let email = Array(email.utf8)
    return plain.agree(cells: cells.span, metadata: metadata.span, email: email.span)
  }

  @Test func `what plainly agrees is in sync with the same base`() throws {
    let mapping = try sap(fields: Self.fields, more: Self.verify)
    let world = World(mapping)
    var plain = AgreementFastPath(mapping)
    plain.take(columns: mapping.columnsNeeded)
    var dice = Dice(state: 11)
    var agreed = 0
    for round in 0..<20_000 {
      var texts: [String: String] = [:]
      for (column, choices) in Self.cells.sorted(by: { $0.key < $1.key }) {
        texts[column] = dice.pick(choices)
      }
      let metadata =
        "{"
        + Self.remotes.compactMap { key, choices in dice.pick(choices).map { "\(key):\($0)" } }
        .joined(separator: ",") + "}"
      let email = dice.pick(["ann@x.org", nil, "Ann@x.org", "é@x.org", ""])
      let stored = mapping.columnsNeeded.map { column -> JSONValue in
        texts[column].map { .string($0) } ?? .array([])
      }
      let isPlain = agree(
        &plain, JSONValue.array(stored).writtenBytes(), Array(metadata.utf8), email ?? "")
      guard isPlain else { continue }
      agreed += 1
      let group = world.group(
        "1", records: [world.record("1", texts)],
        resets: [world.reset("r", "1", email: email, metadata: metadata)])
      let found = try #require(world.assess(group).first)
      let story: Comment = "round \(round): \(texts) \(metadata) \(email ?? "-")"
      #expect(found.situation == .inSync, story)
      #expect(found.findings.isEmpty && found.update == nil && found.autoResolved.isEmpty, story)
      #expect(found.baseMoves.encoded() == String(decoding: plain.base, as: UTF8.self), story)
    }
    #expect(agreed > 100)
  }

  @Test func `columns that a record lacks say nothing`() throws {
    let mapping = try sap(fields: Self.fields)
    var plain = AgreementFastPath(mapping)
    plain.take(columns: ["GRP"])
    let isPlain = agree(
      &plain, Array(#"["a"]"#.utf8), Array(#"{"group":"a","number":3}"#.utf8), "")
    #expect(isPlain)
    #expect(plain.base == Array(#"{"group":["a"]}"#.utf8))
    // A row that ends early lacks the columns behind its end.
    plain.take(columns: ["GRP", "NUM", "NOTE"])
    let endsEarly = agree(
      &plain, Array(#"["a"]"#.utf8), Array(#"{"group":"a","number":3}"#.utf8), "")
    #expect(endsEarly)
    #expect(plain.base == Array(#"{"group":["a"]}"#.utf8))
  }
}
