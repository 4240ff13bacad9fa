import Formats
import Reconciliation
import Testing

/// Pairs of one field, and of identities: `AgreementFastPath` and `assess` in every combination.
struct PlainAgreementTests {
  static let rules = [
    "", #""blank": "clear""#, #""blank": "value""#, #""max_length": 2"#, #""transform": ["trim"]"#,
    #""values": {"a": "ab", "1": "one", "true": "a"}"#, #""type": "integer""#,
    #""type": "integer", "decimal_mark": ",""#, #""type": "integer", "transform": ["trim"]"#,
    #""type": "decimal""#, #""type": "decimal", "decimal_mark": ",""#,
    #""type": "decimal", "values": {"1": 2, "12": "1.5"}"#, #""type": "boolean""#,
    #""type": "boolean", "false": [""], "blank": "value""#, #""type": "json""#, #""type": "list""#,
    #""type": "list", "blank": "value", "unordered": true"#, #""type": "datetime""#,
  ]
  static let cells = [
    "[]", "null", #""""#, #""a""#, #""ab""#, #""abc""#, #"" a""#, #""1""#, #""12""#, #""1.5""#,
    #""1.50""#, #""1:5""#, #""15:""#, #""1,5""#, #""007""#, #""true""#, #""null""#, #""a\"b""#,
    #""é""#, "[true]", "[1]", "[12]", "[1.5]", "[null]", #"["a"]"#, #"[["a","ab"]]"#, #""ab,a""#,
    #""1.234""#, #""1,234""#, "[1.234]", #""2025-12-31T22:00:00Z""#,
  ]
  static let remotes = [
    nil, "null", #""""#, #""a""#, #""ab""#, #""abc""#, #"" a""#, "1", "12", "1.5", "1.50", "15",
    "1e0", #""1""#, #""12""#, #""one""#, "true", "false", #""null""#, #""a\"b""#, #""\u0061""#,
    #""é""#, #"["a","ab"]"#, #"["ab","a"]"#, "[]", #"["a"]"#, "2", "7",
    "1.234", "1234", #""2026-01-01T00:00:00+02:00""#,
  ]

  private static func agree(
    _ plain: inout AgreementFastPath, _ cells: String, _ metadata: String, _ email: String = ""
  ) -> String? {
    let (cells, metadata, email) = (Array(cells.utf8), Array(metadata.utf8), Array(email.utf8))
    guard plain.agree(cells: cells.span, metadata: metadata.span, email: email.span) else {
      return nil
    }
    return String(decoding: plain.base, as: UTF8.self)
  }

  private static func pairs(
    _ members: String, more: String = "", columns: [String] = ["C"]
  ) throws -> (Mapping, AgreementFastPath) {
    let members = members.isEmpty ? "" : ", " + members
    let mapping = try sap(fields: #"{"column": "C", "metadata": "m"\#(members)}"#, more: more)
    var plain = AgreementFastPath(mapping)
    plain.take(columns: columns)
    return (mapping, plain)
  }

  /// What `assess` stores for a pair without link; nil where it has anything else to say.
  private static func assessed(_ world: World, _ cell: String, _ metadata: String) throws -> String?
  {
    var record = world.record("1")
    let place = try #require(world.mapping.columnsNeeded.firstIndex(of: "C"))
    record.cells[place] = try #require(
      try CellText(bytes: Array("[\(cell)]".utf8)[...]).cells().first)
    let item = try #require(
      world.assess(
        world.group("1", records: [record], resets: [world.reset("r", "1", metadata: metadata)])
      ).first)
    guard item.situation == .inSync, item.findings.isEmpty, item.update == nil else { return nil }
    return item.baseMoves.encoded()
  }

  @Test(arguments: rules)
  func `one field agrees plainly where it is in sync, and nowhere else`(members: String) throws {
    let (mapping, plain) = try Self.pairs(members)
    try Self.compare(mapping, plain, members)
    guard mapping.fields[0].mark == nil else { return }
    for mark in DecimalMark.allCases {
      let proved = ProvedMark(mark: mark, file: "e.csv", line: 2, isKept: true)
      let knowing = mapping.knowing(["m": proved])
      guard knowing.fields[0].mark != nil else { continue }
      var plain = AgreementFastPath(knowing)
      plain.take(columns: ["C"])
      try Self.compare(knowing, plain, "\(members), proved \(mark.rawValue)")
    }
  }

  private static func compare(_ mapping: Mapping, _ pairs: AgreementFastPath, _ members: String)
    throws
  {
    let world = World(mapping)
    var plain = pairs
    for cell in Self.cells {
      for remote in Self.remotes {
        let metadata = remote.map { #"{"m":\#($0)}"# } ?? "{}"
        let wanted = try Self.assessed(world, cell, metadata)
        // The second time from memory.
        for _ in 0..<2 {
          #expect(
            Self.agree(&plain, "[\(cell)]", metadata) == wanted, "\(cell) \(metadata) \(members)")
        }
      }
    }
  }

  @Test func `cells that look alike in a memory of a few thousand are told apart`() throws {
    var (_, plain) = try Self.pairs(#""blank": "clear""#)
    let letters = (0x21...0x7E).filter { $0 != 0x22 && $0 != 0x5C }.compactMap(UnicodeScalar.init)
    for one in letters {
      for two in letters {
        #expect(Self.agree(&plain, "[null]", "{}") == #"{"m":[]}"#)
        #expect(Self.agree(&plain, #"["\#(one)\#(two)"]"#, "{}") == nil)
      }
    }
  }

  @Test func `values that look alike in a memory of a few thousand are told apart`() throws {
    var (_, plain) = try Self.pairs(#""type": "decimal""#)
    for whole in 11..<16 {
      for other in 1000..<10_000 where other != whole {
        if other % 8 == 0 {
          #expect(
            Self.agree(&plain, "[\"\(whole)\"]", "{\"m\":\(whole).0}") == "{\"m\":[\(whole)]}")
        }
        #expect(Self.agree(&plain, "[\"\(whole)\"]", "{\"m\":\(other)}") == nil)
      }
    }
  }

  @Test func `texts that look alike in a memory of a few thousand are told apart`() throws {
    var (_, plain) = try Self.pairs(#""max_length": 5"#)
    let letters = (0x21...0x7E).filter { $0 != 0x22 && $0 != 0x5C }.compactMap(UnicodeScalar.init)
    for one in letters {
      #expect(Self.agree(&plain, #"[" :"]"#, #"{"m": " :"}"#) == #"{"m":[" :"]}"#)
      for two in letters {
        #expect(Self.agree(&plain, #"[" :"]"#, #"{"m": "\#(one)\#(two)"}"#) == nil)
      }
    }
  }

  @Test func `a value is held against the bytes of its own cell`() throws {
    var (_, plain) = try Self.pairs("", columns: ["A", "C"])
    #expect(Self.agree(&plain, #"["a","x"]"#, #"{"m":"x"}"#) == #"{"m":["x"]}"#)
    for other in [",", "a", "b"] {
      #expect(Self.agree(&plain, #"["a","x"]"#, #"{"m":"\#(other)"}"#) == nil)
      // Nor against what stands around the value.
      #expect(Self.agree(&plain, #"["a",":"]"#, #"{"m":"\#(other)"}"#) == nil)
    }
  }

  @Test(arguments: [
    // The cells of MAIL and NR, the e-mail, the number in the metadata; whether they agree.
    (#""ann@x.org""#, #""7""#, "ann@x.org", #""7""#, true),
    (#""Ann@X.org""#, #""7""#, "ann@x.ORG", #""7""#, true),
    (#""bob@x.org""#, #""7""#, "ann@x.org", #""7""#, false),
    (#""ann@x.org""#, #""7""#, "ann@x.org", #""8""#, false),
    (#""ann@x.orgs""#, #""7""#, "ann@x.org", #""7""#, false),
    (#""ann@x.org""#, #""7""#, "ann@x.orgs", #""7""#, false),
    (#""xann@x.org""#, #""7""#, "ann@x.org", #""7""#, false),
    (#""ann@x.org""#, #""a""#, "ann@x.org", #""A""#, false),
    (#""a""#, #""7""#, "b", #""7""#, false), (#""a""#, #""7""#, "A", #""7""#, true),
    (#""a[""#, #""7""#, "a{", #""7""#, false), (#""a@""#, #""7""#, "a`", #""7""#, false),
    // Blank on one side is no difference.
    ("null", #""7""#, "ann@x.org", #""7""#, true), (#""""#, "[]", "ann@x.org", #""7""#, true),
    (#""ann@x.org""#, #""7""#, "", nil, true),
    // A number is no text, an escape is another spelling, a letter beyond ASCII has other cases.
    (#""ann@x.org""#, #""7""#, "ann@x.org", "171", false),
    (#""ann@x.org""#, "[7]", "ann@x.org", #""8""#, false),
    (#""ann@x.org""#, #""a\\b""#, "ann@x.org", #""a\\c""#, false),
    (#""É@x.org""#, #""7""#, "é@x.org", #""7""#, false),
    (#""é@x.org""#, #""7""#, "é@X.org", #""7""#, false),
    (#""é@x.org""#, #""7""#, "é@x.org", #""7""#, true),
  ])
  func `identities agree where they are the same beyond doubt`(
    mail: String, number: String, email: String, held: String?, wanted: Bool
  ) throws {
    var (_, plain) = try Self.pairs(
      "",
      more: #"""
        "verify": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"},
                   {"column": "NR", "attribute": "/nr"}]
        """#, columns: ["C", "MAIL", "NR"])
    let rest = held.map { #","nr":\#($0)"# } ?? ""
    for _ in 0..<2 {
      let base = Self.agree(&plain, "[null,\(mail),\(number)]", #"{"m":"x"\#(rest)}"#, email)
      #expect(base == (wanted ? "{}" : nil))
    }
  }

  @Test func `each identity is held against its own value`() throws {
    var (_, plain) = try Self.pairs(
      "",
      more: #"""
        "verify": [{"column": "A", "attribute": "/a"}, {"column": "B", "attribute": "/b"},
                   {"column": "MAIL", "attribute": "customer_email"},
                   {"column": "D", "attribute": "/d"}]
        """#, columns: ["C", "A", "B", "MAIL", "D"])
    let metadata = #"{"a":"1","b":"2","d":"3"}"#
    func agree(_ a: Int, _ b: Int, _ mail: String, _ d: Int) -> Bool {
      Self.agree(&plain, #"[null,"\#(a)","\#(b)","\#(mail)","\#(d)"]"#, metadata, "m") != nil
    }
    #expect(agree(1, 2, "m", 3))
    for isOther in [agree(9, 2, "m", 3), agree(1, 9, "m", 3), agree(1, 2, "n", 3)] {
      #expect(!isOther)
    }
    #expect(!agree(1, 2, "m", 9) && !agree(2, 1, "m", 3) && !agree(3, 2, "m", 1))
  }

  @Test func `long values agree as short ones do`() throws {
    var (_, plain) = try Self.pairs(#""type": "list""#)
    let elements = (0..<200).map { "e\($0)" }
    let value = "[" + elements.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    for _ in 0..<2 {
      let cells = "[\"\(elements.joined(separator: ","))\"]"
      #expect(Self.agree(&plain, cells, "{\"m\":\(value)}") == "{\"m\":[\(value)]}")
      #expect(Self.agree(&plain, cells, "{\"m\":[]}") == nil)
    }
  }
}
