import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// Which file of an archive is read, and what is told where that is not plain.
@Suite struct ContainerTests {
  private static let csv = ExportFixtures.csv([["id", "name"], ["1", "Müller"]])
  private static let two = ExportFixtures.archive([
    ("customers.csv", csv), ("orders/2026.csv", Array("a,b\n2,3\n".utf8)),
    ("readme.txt", Array("read me\n".utf8)), ("__MACOSX/._customers.csv", [0]),
  ])

  private static func rules(member: String) -> ReadingRules {
    var rules = ReadingRules()
    rules.member = member
    return rules
  }

  @Test(arguments: [
    ("customers.csv", ["1", "Müller"]), ("c*.csv", ["1", "Müller"]),
    ("CUSTOMERS.*", ["1", "Müller"]),
    ("orders/*", ["2", "3"]), ("*/2026.csv", ["2", "3"]), ("*202?.csv", ["2", "3"]),
  ])
  func `a member is named by a pattern`(_ member: String, _ row: [String]) throws {
    let preview = try ExportFixtures.preview(Self.two, "x.zip", rules: Self.rules(member: member))
    #expect(preview.rows == [row])
    #expect(preview.dialect.container == "zip")
  }

  @Test func `an archive of several is refused with their names and the key`() {
    let refusal = ExportFixtures.refusal(Self.two, "x.zip")
    #expect(refusal?.code == .archiveEntries)
    #expect(
      refusal?.message
        == "the archive holds 3 files: “customers.csv”, “orders/2026.csv”, “readme.txt”")
    #expect(refusal?.advice.contains("export.member") == true)
    for (member, words) in [("*.csv", "2 of them"), ("x*", "none of them")] {
      let refusal = ExportFixtures.refusal(Self.two, "x.zip", rules: Self.rules(member: member))
      #expect(refusal?.code == .archiveEntries)
      #expect(refusal?.message.hasSuffix("export.member “\(member)” names \(words)") == true)
    }
    let many = ExportFixtures.archive((1...30).map { ("\($0).csv", Self.csv) })
    #expect(ExportFixtures.refusal(many, "x.zip")?.message.hasSuffix("and 20 more") == true)
  }

  @Test func `a mapping names the member, and the only one needs no name`() throws {
    let text = """
      {"name": "m", "origins": ["erp"],
       "export": {"path": "*", "format": "csv", "member": "c*"},
       "reference": {"column": "id"}, "fields": [{"column": "name", "metadata": "name"}]}
      """
    let mapping = try Mapping(parsing: Array(text.utf8), file: "m.json")
    #expect(mapping.exports[0].member == "c*")
    let sink = try EncodingRefusalTests.imported(Self.two, mapping, "x.zip")
    #expect(sink.rows.map(\.record.rawReference) == ["1"])
    let one = ExportFixtures.archive([("customers.csv", Self.csv)])
    #expect(try EncodingRefusalTests.imported(one, mapping, "x.zip").rows.count == 1)
  }

  /// What comes behind a member of gzip: name, bytes, the rows or nothing where it is refused.
  static let tails: [(String, String, [[String]]?)] = [
    (
      "one",
      "1f8b0800000000000203f374d109f1740de27234d449cfcf49e10200736d122010000000",
      [["A1", "gold"]]
    ),
    (
      "two-members",
      "1f8b0800000000000203f374d109f1740de27234d449cfcf49e10200736d1220100000001f8b0800"
        + "0000000002037334d229cecc294b2de202002c91c16f0a000000",
      [["A1", "gold"], ["A2", "silver"]]
    ),
    (
      "empty-member",
      "1f8b0800000000000203f374d109f1740de27234d449cfcf49e10200736d1220100000001f8b0800"
        + "00000000020303000000000000000000",
      [["A1", "gold"]]
    ),
    (
      "garbage",
      "1f8b0800000000000203f374d109f1740de27234d449cfcf49e10200736d12201000000067617262"
        + "616765",
      nil
    ),
    (
      "cut",
      "1f8b0800000000000203f374d109f1740de27234d449cfcf49e10200736d1220100000001f8b0800"
        + "0000000002037334d229cecc294b2de202002c91",
      nil
    ),
    (
      "cut-between",
      "1f8b0800000000000203f374d109f1740de27234d449cfcf49e10200736d1220100000001f8b0800"
        + "00",
      nil
    ),
    (
      "no-gzip",
      "49442c544945520a41312c676f6c640a",
      nil
    ),
    (
      "twice",
      "1f8b080000000000020393efe660000126e6cf2517393f96f03e2a32b9e279febce7432686e25c21"
        + "0501a01c005b18eb6a24000000",
      nil
    ),
  ]

  @Test(arguments: 0..<tails.count)
  func `what is whole is read, and what is cut or followed by something else is named`(
    place: Int
  ) throws {
    let (name, hex, rows) = Self.tails[place]
    let bytes = EncodingRefusalTests.bytes(hex)
    if let rows {
      #expect(try ExportFixtures.preview(bytes, "x.csv.gz").rows == rows)
      #expect(
        try ExportFixtures.preview(bytes + [UInt8](repeating: 0, count: 512), "x.csv.gz").rows
          == rows)
      return
    }
    let refusal = try #require(ExportFixtures.refusal(bytes, "x.csv.gz"))
    let words = [
      "garbage": "behind the end of the gzip content", "cut": "ends too early",
      "cut-between": "ends too early", "no-gzip": "this is plain text",
      "twice": "packed by gzip a second time",
    ]
    #expect(refusal.message.contains(try #require(words[name])), "\(refusal)")
    #expect(refusal.advice.contains("fetch") == name.hasPrefix("cut"), "\(refusal)")
  }

  @Test func `packed files that are none, or with a password, are called that`() throws {
    let text = ExportFixtures.refusal("id,name\n1,A\n", "x.csv.zip")
    #expect(text?.code == .wrongFormat)
    #expect(text?.message.contains("plain text") == true)
    var locked = ExportFixtures.archive([("x.csv", Self.csv)])
    let entry = try #require(locked.firstRange(of: [0x50, 0x4B, 1, 2] as [UInt8])?.lowerBound)
    locked[entry + 8] |= 1
    let refusal = ExportFixtures.refusal(locked, "x.zip")
    #expect(refusal?.code == .archiveEntries)
    #expect(refusal?.advice.contains("without a password") == true)
  }

  @Test func `a workbook is not judged as an archive of exports`() throws {
    let book = ExportFixtures.xlsx([["ID", "TIER"], ["1", "gold"]])
    for (old, new) in [("/", "\\"), ("xl/", "XL\\"), ("xl/workbook.xml", "/l/workbook.xml")] {
      var changed = book
      Self.rename(&changed, old, new)
      guard old != "xl/workbook.xml" else {
        // A part that is not where the workbook says is damage, and no unsafe name.
        #expect(ExportFixtures.refusal(changed, "x.xlsx")?.code != .archiveEntries)
        continue
      }
      #expect(try ExportFixtures.preview(changed, "x.xlsx").rows == [["1", "gold"]])
    }
  }

  /// Renames in the headers of entries, by a name of the same length.
  private static func rename(_ bytes: inout [UInt8], _ old: String, _ new: String) {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    for (start, offset) in [([0x50, 0x4B, 3, 4] as [UInt8], 30), ([0x50, 0x4B, 1, 2], 46)] {
      for at in bytes.indices where bytes[at...].starts(with: start) {
        let place = offset == 30 ? at + 26 : at + 28
        let length = Int(bytes[place]) | Int(bytes[place + 1]) << 8
        var name = Array(bytes[at + offset..<at + offset + length])
        var from = 0
        while let found = name[from...].firstRange(of: old) {
          name.replaceSubrange(found, with: new)
          from = found.upperBound
        }
        bytes.replaceSubrange(at + offset..<at + offset + length, with: name)
      }
    }
  }
}
