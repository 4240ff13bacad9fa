import Formats
import Reconciliation
import Testing

@Test(arguments: [
  ("trim", "\u{A0} x\u{3000}", "x"), ("nfc", "e\u{301}", "\u{E9}"), ("nfkc", "\u{FF21}", "A"),
  ("casefold", "STRASSE", "strasse"), ("collapse_spaces", " a  b ", "a b"),
  ("strip_leading_zeros", "000120", "120"), ("strip_leading_zeros", "000", "0"),
  ("digits_only", "K-00 12\u{661}", "0012"), ("remove_prefix:K-", "K-1", "1"),
  ("remove_prefix:K-", "X-1", "X-1"), ("unguard", "=\"00123\"", "00123"),
  ("unguard", "'00123", "00123"), ("unguard", "'", "'"), ("unguard", "'7", "7"),
  ("unguard", "'+49 30", "+49 30"), ("unguard", "'-5", "-5"), ("unguard", "'=A1", "=A1"),
  ("unguard", "'@sum", "@sum"), ("unguard", "'\t5", "\t5"), ("unguard", "'t Hooft", "'t Hooft"),
  ("unguard", "'s-Gravenhage", "'s-Gravenhage"), ("unguard", "'ñ", "'ñ"),
  ("unguard", "\"5", "\"5"), ("unguard", "'\u{661}", "'\u{661}"),
  ("salesforce_18", "0035g0000000Nvr", "0035g0000000NvrAAE"),
  ("salesforce_18", "0035g0000000NvrAAE", "0035g0000000NvrAAE"),
  ("salesforce_18", "0035g0000000Nvraae", "0035g0000000NvrAAE"),
  ("salesforce_18", "a9U290000004GNy", "a9U290000004GNyEAM"),
  ("salesforce_18", "a9U290000004GNY", "a9U290000004GNYEA2"),
  ("salesforce_18", "001A0000006Vm9u", "001A0000006Vm9uIAC"),
  ("salesforce_18", "0035g0000000NvrAAA", "0035g0000000NvrAAA"),
  ("salesforce_18", "0035g0000000Nv", "0035g0000000Nv"),
  ("salesforce_18", "0035g0000000N-r", "0035g0000000N-r"), ("salesforce_18", "", ""),
  ("strip_leading_zeros", "00é", "é"),
  ("unguard", "=\"\"", ""), ("unguard", "=\"", "=\""), ("zero_width", "a\u{200B}\u{FEFF}b", "ab"),
])
func `a step brings a text into its form`(name: String, text: String, wanted: String) throws {
  let step = try #require(Normalization(name: name))
  #expect(Array(step.apply(text).utf8) == Array(wanted.utf8))
  #expect(step.name == name)
  #expect(step.apply(step.apply(text)) == step.apply(text))
}

@Test func `a reset gets the key that its mapping gives it`() throws {
  let book = RuleBook([try sap()])
  let key = Key(origin: "sap", reference: "123")
  #expect(book.assign(reference: " 000123 ", origin: " sap ") == .known(mapping: "sap", key))
  #expect(book.assign(reference: "123", origin: "sap-old") == .known(mapping: "sap", key))
  #expect(book.assign(reference: "123", origin: "SAP") == .unknownOrigin("SAP"))
  #expect(book.assign(reference: "123", origin: nil) == .unknownOrigin(nil))
  #expect(book.assign(reference: nil, origin: "sap") == .unreferenced)
  #expect(book.assign(reference: "  ", origin: "elsewhere") == .unreferenced)
}

@Test func `with an origin column the origin is the row's own`() throws {
  let mapping = try mapping(
    """
    {"name": "d365", "origins": ["us", "gb"], "export": {"path": "*.json", "format": "json"},
     "reference": {"columns": ["A", "B"], "join": "-"},
     "origin_column": {"column": "AREA", "values": {"USMF": "us", "GBSI": "gb"}},
     "where": {"column": "KIND", "in": ["C"]},
     "deleted": {"column": "DEL", "equals": ["X"]},
     "fields": [{"column": "N", "metadata": "n", "type": "integer"}]}
    """)
  #expect(mapping.columnsNeeded == ["A", "B", "AREA", "KIND", "DEL", "N"])
  func read(_ texts: [String?]) -> RowReading {
    mapping.read(texts.map { $0.map(Cell.text) ?? .null })
  }
  guard case .record(let row) = read(["1", "2", "GBSI", "C", nil, "7"]) else {
    Issue.record("the row is no record")
    return
  }
  #expect(row.key == Key(origin: "gb", reference: "1-2"))
  #expect(row.rawReference == "1-2")
  #expect(row.rawOrigin == "gb")
  guard case .setAside = read(["1", "2", "GBSI", "D", nil, "7"]) else {
    Issue.record("the row is not left out")
    return
  }
  func reason(_ texts: [String?]) -> String {
    if case .rejected(let column, let reason, _) = read(texts) {
      "\(column ?? "-"): \(reason)"
    } else {
      "not rejected"
    }
  }
  #expect(reason([nil, "2", "GBSI", "C", nil, "7"]) == "A: the row has no reference")
  #expect(
    reason(["1.23457E+11", "2", "GBSI", "C", nil, "7"])
      == "A: the reference \"1.23457E+11\" was shortened by a spreadsheet; "
      + "export the column as text")
  #expect(
    reason(["1", "2", "XXXX", "C", nil, "7"])
      == "AREA: the origin \"XXXX\" is not one of mapping \"d365\"; "
      + "add it to \"origins\", or leave its rows out with \"where\"")
  #expect(reason(["1", "2", nil, "C", nil, "7"]) == "AREA: the row has no origin")
  #expect(reason(["1", "2", "GBSI", "C", nil, "x"]) == "N: \"x\" is no whole number")
  // A deleted row needs its reference only.
  guard case .record(let gone) = read(["1", "2", "GBSI", "C", "X", "x"]) else {
    Issue.record("a deleted row is refused for its values")
    return
  }
  #expect(gone.deletedMarker)
  #expect(
    RuleBook([mapping]).assign(reference: "1-2", origin: "gb")
      == .known(mapping: "d365", Key(origin: "gb", reference: "1-2")))
}

@Test func `rows that say the same have the same digest`() throws {
  let mapping = try sap(fields: #"{"column": "L", "metadata": "l", "type": "decimal"}"#)
  #expect(mapping.columnsNeeded == ["NR", "L"])
  #expect(
    mapping.managedDigest([.text("1"), .text("1.50")])
      == mapping.managedDigest([.text("2"), .text("1,5")]))
  #expect(
    mapping.managedDigest([.text("1"), .text("1.50")])
      != mapping.managedDigest([.text("1"), .null]))
}

@Test func `keys order as their bytes do`() {
  let keys = ["b", "a", "\u{E9}", "Z"].map { Key(origin: "o", reference: $0) }
  #expect(keys.sorted().map(\.reference) == ["Z", "a", "b", "\u{E9}"])
}

@Test func `two mappings may not claim one origin`() throws {
  let other = try mapping(
    """
    {"name": "crm", "origins": ["sap-old"], "export": {"path": "*", "format": "csv"},
     "reference": {"column": "N"}, "fields": [{"column": "G", "metadata": "g"}]}
    """)
  #expect(RuleBook([try sap()]).problems.isEmpty)
  #expect(
    RuleBook([try sap(), other]).problems == [
      "the origin \"sap-old\" belongs to the mappings \"sap\" and \"crm\"; "
        + "each origin may stand in one mapping only"
    ])
  #expect(RuleBook([try sap(), try sap()]).problems.count == 3)
}

@Test func `what a key is made of is told by its digest, and nothing else is`() throws {
  func digest(_ changes: [(String, String)] = []) throws -> String {
    var text = """
      {"name": "m", "origins": ["a", "b"], "export": {"path": "*", "format": "csv"},
       "reference": {"column": "N", "normalize": ["trim"]},
       "fields": [{"column": "G", "metadata": "g"}]}
      """
    for (old, new) in changes { text = text.replacing(old, with: new) }
    return RuleBook([try mapping(text)]).keysDigest
  }
  let plain = try digest()
  for change in [
    (#""m""#, #""other""#), (#"["a", "b"]"#, #"["a"]"#), (#"["a", "b"]"#, #"["b", "a"]"#),
    (#"["trim"]"#, #"["trim", "casefold"]"#),
    (#""fields""#, #""origin_column": "O", "fields""#),
  ] {
    #expect(try digest([change]) != plain, "\(change.1)")
  }
  for change in [(#""N""#, #""M""#), (#""g""#, #""h""#), (#"["a", "b"]"#, #"[" a", "b "]"#)] {
    #expect(try digest([change]) == plain, "\(change.1)")
  }
}

@Test func `a collision on one side is another question than one on the other`() throws {
  let world = World(try sap(more: #""cardinality": "many_to_one""#))
  func finding(_ records: [String], _ resets: [String]) -> ConflictFinding? {
    let group = world.group(
      "1", records: records.map { world.record($0, ["GRP": "a"], key: world.key("1")) },
      resets: resets.enumerated().map { world.reset("r\($0.offset)", $0.element) })
    let item = world.assess(group).first
    return item?.situation == .keyCollision ? item?.findings.first : nil
  }
  let questions = [
    finding(["001", "01", "1"], ["1"]), finding(["001"], ["01", "1"]),
    finding(["001", "01"], ["01", "1"]), finding(["001", "01"], ["1", "1"]),
  ]
  #expect(Set(questions.compactMap(\.?.id)).count == 1)
  #expect(Set(questions.compactMap(\.?.factsDigest)).count == 4)
}

@Test func `a row of an origin that the mapping does not name is rejected`() throws {
  let mapping = try mapping(
    """
    {"name": "m", "origins": ["us"], "export": {"path": "*", "format": "csv"},
     "reference": {"column": "N"}, "origin_column": "O",
     "fields": [{"column": "G", "metadata": "g"}]}
    """)
  func isRecord(_ origin: String) -> Bool {
    if case .record = mapping.read([.text("1"), .text(origin), .text("a")]) { true } else { false }
  }
  #expect(isRecord("us") && isRecord(" us ") && !isRecord("gb"))
}
