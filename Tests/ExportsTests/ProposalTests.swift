import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// A mapping proposed from odd files reads them as they are, or the file is refused in words.
@Suite struct ProposalTests {
  /// A file and what is proposed for it.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    /// Nil where it is left to be filled in; the test writes `asked` then.
    var key: String?
    var asked: String?
    var headerRow: Int? = 1
    var rows = 30
    var fields: [String]

    var testDescription: String { name }
  }

  private static let header = ["Kundennr", "Gruppe", "Limit", "Mail", "Seit"]
  private static let body = (1...30).map { number in
    [
      "K\(1_000 + number)", "g\(number % 4)", "\(number * 7),50", "k\(number)@example.com",
      "\(10 + number % 18).0\(1 + number % 9).2024",
    ]
  }
  private static let common = [
    "Gruppe string", "Limit decimal", "Seit date dd.MM.yyyy",
  ]

  private static func text(
    _ delimiter: String = ";", before: String = "", after: String = "", end: String = "\n",
    header: [String] = header, _ rows: [[String]] = body
  ) -> String {
    before + ([header] + rows).map { $0.joined(separator: delimiter) + end }.joined() + after
  }

  private static func customers(
    _ name: String, _ bytes: [UInt8], key: String = "Kundennr", headerRow: Int? = 1
  ) -> Case {
    Case(name: name, bytes: bytes, key: key, headerRow: headerRow, fields: common)
  }

  /// A file of few rows, of which no key is chosen.
  private static func small(_ name: String, _ lines: [String], _ key: String, _ fields: [String])
    -> Case
  {
    Case(
      name: name, bytes: Array((lines.joined(separator: "\n") + "\n").utf8), asked: key,
      rows: lines.count - 1, fields: fields)
  }

  static let dialects: [Case] =
    [
      (";", "semicolon.csv"), ("|", "pipe.txt"), ("\t", "tab.tsv"), ("\t", "tab.txt"),
      ("^", "a.csv"),
    ]
    .map { delimiter, name in customers(name, Array(text(delimiter).utf8)) } + [
      customers("crlf.csv", Array(text(end: "\r\n").utf8)),
      customers("cr.csv", Array(text(end: "\r").utf8)),
      customers("mark.csv", [0xEF, 0xBB, 0xBF] + text().utf8),
      customers("utf16.csv", ExportFixtures.utf16(text())),
      customers("utf16be.csv", ExportFixtures.utf16(text(), bigEndian: true)),
      customers("sep.csv", Array(text(before: "sep=;\n").utf8)),
      customers("sep-title.csv", Array(text(before: "sep=;\nListe\n\n").utf8), headerRow: 3),
      customers(
        "title.csv", Array(text(before: "Kundenliste\n\nErstellt von: SAP\n").utf8), headerRow: 4),
      customers(
        "wide.csv", Array(text(before: "Kundenliste;;;;\nStand;20.11.2026;;;\n").utf8),
        headerRow: 3),
      customers(
        "groups.csv", Array(text(before: ";Stammdaten;;Kontakt;\n").utf8), headerRow: 2),
      customers(
        "two.csv", Array(text(before: "CardCode;GroupCode;Balance;E_Mail;Since\n").utf8),
        headerRow: 2),
      customers("gzip.csv.gz", ExportFixtures.gzip(Array(text().utf8))),
      customers("zip.csv.zip", ExportFixtures.archive([("kunden.csv", text())])),
      customers("bare", Array(text().utf8)),
      customers(
        "footer.csv", Array(text(after: "\n\nKundenbericht\n\"Copyright\"\nErstellt: Anna\n").utf8)),
    ]

  static let shapes: [Case] = [
    Case(
      name: "a.json",
      bytes: objects { #"{"id":\#($0 * 7),"a":{"zip":"0\#(1000 + $0)"},"on":true}"# },
      key: "id", headerRow: nil, fields: ["/a/zip string"]),
    Case(
      name: "value.json",
      bytes: Array(#"{"@odata.context":"x","value":"#.utf8)
        + objects { #"{"Account":"US-\#($0)","Limit":\#($0).5}"# } + [0x7D],
      key: "Account", headerRow: nil, fields: ["Limit decimal"]),
    Case(
      name: "a.ndjson",
      bytes: Array((1...30).map { "{\"id\":\"h\($0)\",\"p\":{\"n\":\($0)}}\n" }.joined().utf8),
      key: "id", headerRow: nil, fields: ["/p/n integer"]),
    Case(
      name: "a.xml",
      bytes: Array(
        ("<c xmlns='urn:x'>"
          + (1...30).map { "<k no='\($0 * 3)'><n>n\($0)</n><a><zip>0\(1_000 + $0)</zip></a></k>" }
          .joined() + "</c>").utf8),
      key: "@no", headerRow: nil, fields: ["n string", "a/zip string"]),
    Case(
      name: "a.xlsx",
      bytes: ExportFixtures.xlsx([["ID", "Limit"]] + (1...30).map { ["C\($0)", "\($0).25"] }),
      key: "ID", fields: ["Limit decimal"]),
    Case(
      name: "title.xlsx",
      bytes: ExportFixtures.xlsx(
        [["Customer list", ""], ["", ""], ["ID", "Limit"]]
          + (1...30).map { ["C\($0)", "\($0).25"] }),
      key: "ID", headerRow: 3, fields: ["Limit decimal"]),
  ]

  static let columns: [Case] = [
    small("repeated.csv", ["ID;Name;Name", "1;a;b", "2;c;d"], "ID", ["ID string"]),
    small(
      "unnamed.csv", ["ID;;N", "1;a;b", "2;c;d"], "ID",
      ["ID string", "column_2 string", "N string"]),
    small("one.csv", ["Kunde", "K1", "K2", "K3"], "Kunde", ["Kunde string"]),
    small("mail.csv", ["mail", "a@x.example", "b@x.example"], "mail", ["mail string"]),
    small(
      "zeros.csv", ["KUNNR;N", "001;a", "1;b", "2;a"], "KUNNR", ["KUNNR string", "N string"]),
    small("case.csv", ["code;n", "ab;x", "AB;x", "c;y"], "code", ["code string", "n string"]),
    small(
      "signs.csv", ["ID;\"a \"\"b\"\" // c\";*/;a/b~c", "1;p;q;r", "2;s;t;u"], "ID",
      ["ID string", "a \"b\" // c string", "*/ string", "a/b~c string"]),
    small(
      "long.csv", ["ID;n", "1;1000000000000000000000000", "2;5"], "ID",
      ["ID string", "n string"]),
  ]

  private static func objects(_ row: (Int) -> String) -> [UInt8] {
    Array("[\((1...30).map(row).joined(separator: ","))]".utf8)
  }

  @Test(arguments: dialects + shapes + columns)
  func `a proposal reads its file as it is`(_ file: Case) throws {
    let source = ExportFile(name: file.name, bytes: ByteArraySource(file.bytes))
    let draft = try MappingInference(source, references: []).draft(name: "guess", path: "in/*")
    let text = draft.text.replacing(
      #""reference": {"column": ""}"#, with: #""reference": {"column": "\#(file.asked ?? "")"}"#)
    let mapping = try Mapping(parsing: Array(text.utf8), file: "guess.json")
    #expect(draft.keyColumn == file.key, "\(draft.keyReason)")
    #expect(draft.dialect.headerRow == file.headerRow)
    let fields = mapping.fields.map { field in
      [field.column, field.type.rawValue, field.dateFormat?.text].compactMap(\.self)
        .joined(separator: " ")
    }
    #expect(fields == file.fields)

    let sink = RowCollector()
    let facts = try ExportReader(source, by: mapping).read(into: sink)
    #expect(facts.accepted == file.rows && facts.rejected == 0, "\(sink.rejected)")
    #expect(facts.accepted == draft.rows)
    #expect(Set(sink.rows.map(\.record.key)).count == file.rows)
  }

  @Test(arguments: [
    ("empty.csv", "", "no bytes"), ("blank.csv", "\n\n\n", "no header"),
    ("header.csv", "ID;NAME\n", "no rows"), ("list.json", "[]", "no rows"),
    ("record.csv", "1;a;x@example.com\n2;b;y@example.com\n", "looks like a record"),
    ("numbers.csv", "1;2\n3;4\n", "looks like a record"),
    ("scalars.json", "[1,2,3]", "a row is an object"),
    ("lists.json", "[[1,2],[3,4]]", "a row is an object"),
    ("object.json", #"{"a":1}"#, "an array of rows was expected"),
    ("page.xls", "<html><table><tr><td>1</td></tr></table></html>", "a web page"),
    ("type.xml", "<!DOCTYPE x [<!ENTITY y \"\">]><x><r><id>1</id></r></x>", "document type"),
    ("cut.csv", "ID;NAME\n1;a\n2", "too few cells and no line end"),
    ("ragged.csv", "ID;NAME\n1\n2;3;4\n", "no row can be used"),
  ])
  func `a file that proposes nothing is refused in words`(
    _ name: String, _ text: String, _ words: String
  ) {
    let file = ExportFile(name: name, bytes: ByteArraySource(Array(text.utf8)))
    let refusal = #expect(throws: ExportRefusal.self) {
      try MappingInference(file, references: []).draft(name: "guess", path: name)
    }
    #expect(refusal?.message.contains(words) == true, "\(refusal?.description ?? "")")
    #expect(refusal?.file == name)
  }

  /// Two unique columns: the references that the shop knows decide, and their origin is taken.
  @Test func `known references name key, origin and cardinality`() throws {
    let rows = (1...30).map { "g-\($0)x;\($0 * 3);00\($0 * 7);n\($0)" }
    let text = (["guid;internal;KUNNR;name"] + rows).joined(separator: "\n") + "\n"
    func mapping(_ references: [(String?, String)]) throws -> Mapping {
      let file = ExportFile(name: "c.csv", bytes: ByteArraySource(Array(text.utf8)))
      let known = references.map { KnownReference(origin: $0.0, reference: $0.1) }
      let draft = try MappingInference(file, references: known).draft(name: "guess", path: "c.csv")
      return try Mapping(parsing: Array(draft.text.utf8), file: "guess.json")
    }
    let plain = try mapping([])
    #expect(plain.reference.columns == ["KUNNR"])
    #expect(plain.origins == ["guess"] && plain.cardinality == .oneToOne)
    let other = try mapping((1...20).map { ("crm", "g-\($0)x") })
    #expect(other.reference.columns == ["guid"] && other.origins == ["crm"])

    let numbers = (1...20).map { (Optional("sap"), "00\($0 * 7)") }
    let known = try mapping(numbers + [("crm", "007")])
    #expect(known.reference.columns == ["KUNNR"])
    #expect(known.reference.normalize == [.trim, .nfc])
    #expect(known.origins == ["sap"])
    // One number at two origins is no sign of several resets for one record.
    #expect(known.cardinality == .oneToOne)
    let many = try mapping(numbers + [("sap", "007"), ("sap", "007")])
    #expect(many.cardinality == .manyToOne)
  }

  @Test(arguments: [
    ("/in/customers.csv", "/in/customers.csv"),
    ("/in/KUNDEN_20261120.csv", "/in/KUNDEN_*.csv"),
    ("/in/contacts_20261120T021500Z.ndjson.gz", "/in/contacts_*.ndjson.gz"),
    ("/in/res_partner_2026-11-20_023000.xml", "/in/res_partner_*.xml"),
    ("/2026-11-20/a b.csv", "/2026-11-20/a b.csv"),
    ("/in/report1642777476321.csv", "/in/report*.csv"),
    ("/in[1]/all*.csv", #"/in\[1]/all\*.csv"#), ("/in/v2.csv", "/in/v2.csv"),
  ])
  func `the proposed path finds the next export too`(_ path: String, _ pattern: String) {
    #expect(ExportPattern.proposed(for: path) == pattern)
  }
}
