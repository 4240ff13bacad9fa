import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// Names are compared as bytes in every format; what can't be told apart or kept is rejected.
@Suite struct NamesTests {
  static let composed = "\u{E9}"
  static let decomposed = "e\u{301}"

  static func read(
    _ bytes: [UInt8], _ format: String, columns: [String] = [composed, decomposed],
    key: String = "ref"
  ) throws -> RowCollector {
    let fields = columns.enumerated().map {
      "{\"column\": \"\($1)\", \"metadata\": \"m\($0)\"}"
    }.joined(separator: ",")
    let text = """
      {"name": "m", "origins": ["o"], "export": {"path": "*", "format": "\(format)",
       "mode": "\(format == "csv" || format == "xlsx" ? "full" : "delta")"},
       "reference": {"column": "\(key)", "normalize": []}, "fields": [\(fields)]}
      """
    let sink = RowCollector()
    _ = try ExportReader(
      ExportFile(name: "x.\(format)", bytes: ByteArraySource(bytes)),
      by: try Mapping(parsing: Array(text.utf8), file: "m.json")
    ).read(into: sink)
    return sink
  }

  static func read(_ text: String, _ format: String) throws -> RowCollector {
    try read(Array(text.utf8), format)
  }

  @Test func `a mapping keeps columns that only look alike apart`() throws {
    let sink = try Self.read("{\"ref\":\"A\",\"\(Self.composed)\":\"one\"}\n", "ndjson")
    #expect(sink.rows.map(\.cells) == [[.text("A"), .text("one"), .absent]])
  }

  @Test func `each value of JSON stands under its own name`() throws {
    let rows =
      "{\"ref\":\"A\",\"\(Self.composed)\":\"one\"}\n{\"ref\":\"B\",\"e\\u0301\":\"two\"}\n"
    let expected: [[Cell]] = [
      [.text("A"), .text("one"), .absent], [.text("B"), .absent, .text("two")],
    ]
    #expect(try Self.read(rows, "ndjson").rows.map(\.cells) == expected)
    let array = "[" + rows.replacing("}\n{", with: "},{") + "]"
    #expect(try Self.read(array, "json").rows.map(\.cells) == expected)
  }

  @Test(arguments: ["ndjson", "json"])
  func `names of one row that only look different reject it`(_ format: String) throws {
    let row = "{\"ref\":\"A\",\"\\u00e9\":\"one\",\"e\\u0301\":\"two\"}"
    let sound = "{\"ref\":\"B\",\"\\u00e9\":\"one\"}"
    let text = format == "json" ? "[\(row),\n\(sound)]" : "\(row)\n\(sound)\n"
    let sink = try Self.read(text, format)
    #expect(sink.rows.map(\.record.rawReference) == ["B"])
    #expect(sink.rejected.map(\.line) == [1])
    #expect(sink.rejected.first?.reason.contains("column \(format == "json" ? 28 : 27)") == true)
    #expect(sink.rejected.first?.reason.contains("differ only") == true)
  }

  @Test(arguments: ["ndjson", "json"])
  func `a row with a name twice is rejected and still tells its record`(_ format: String) throws {
    let rows = [
      "{\"ref\":\"A\",\"v\":1,\"v\":2}", "{\"ref\":\"B\",\"ref\":\"C\"}", "{\"ref\":\"D\"}",
    ]
    let text =
      format == "json" ? "[" + rows.joined(separator: ",\n") + "]" : rows.joined(separator: "\n")
    let sink = try Self.read(text, format)
    #expect(sink.rows.map(\.record.rawReference) == ["D"])
    #expect(sink.rejected.map(\.line) == [1, 2])
    #expect(sink.rejected.map { $0.key?.reference } == ["A", nil])
  }

  @Test func `says what is wrong with the first row where none can be read`() throws {
    let refusal = #expect(throws: ExportRefusal.self) { try Self.read("[1]\n[2]\n", "ndjson") }
    #expect(refusal?.code == .wrongFormat)
    #expect(refusal?.line == 1)
    #expect(refusal?.message.contains("a list, where one object per line is expected") == true)
  }

  @Test func `each value of XML stands under its own name`() throws {
    let (a, b) = (Self.composed, Self.decomposed)
    let text = """
      <l><c><ref>A</ref><\(a)>one</\(a)><\(b)>two</\(b)></c><c \(a)="1" \(b)="2"><ref>B</ref></c></l>
      """
    #expect(
      try Self.read(text, "xml").rows.map(\.cells) == [
        [.text("A"), .text("one"), .text("two")], [.text("B"), .absent, .absent],
      ])
    #expect(throws: ExportRefusal.self) { try Self.read("<l><\(a)></\(b)></l>", "xml") }
  }

  @Test(arguments: ["csv", "xlsx"])
  func `a header with names that only look different is refused where they are needed`(
    _ format: String
  ) throws {
    let names = ["ref", Self.composed, Self.decomposed]
    let rows = [names, ["A", "one", "two"]]
    let bytes = format == "csv" ? ExportFixtures.csv(rows) : ExportFixtures.xlsx(rows)
    let refusal = #expect(throws: ExportRefusal.self) { try Self.read(bytes, format) }
    #expect(refusal?.code == .duplicateColumn)
    #expect(refusal?.message.contains("differ only in how their letters are composed") == true)
    #expect(try Self.read(bytes, format, columns: ["ref"]).rows.count == 1)
    let preview = try ExportFixtures.preview(bytes, "x.\(format)")
    #expect(preview.columns.map { Array($0.utf8) } == names.map { Array($0.utf8) })
  }

  @Test func `a column with letters composed in another way is missing, and said to be there`()
    throws
  {
    let bytes = ExportFixtures.csv([["ref", Self.decomposed], ["A", "one"]])
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.read(bytes, "csv", columns: [Self.composed])
    }
    #expect(refusal?.code == .missingColumn)
    #expect(refusal?.message.contains("composed in another way") == true)
    #expect(try Self.read(bytes, "csv", columns: [Self.decomposed]).rows.count == 1)
  }

  @Test func `references that only look alike are two keys unless a step says otherwise`() throws {
    let keys = try Self.read(
      Array("{\"ref\":\"\(Self.composed)\"}\n{\"ref\":\"\(Self.decomposed)\"}\n".utf8), "ndjson",
      columns: ["ref"]
    ).rows.map(\.record.key)
    #expect(Set(keys).count == 2)
    #expect(keys[0] != keys[1])
    #expect(keys.sorted().map { Array($0.reference.utf8) } == [[0x65, 0xCC, 0x81], [0xC3, 0xA9]])
  }

  // MARK: - Half a character

  @Test(arguments: [
    "{\"ref\":\"A\",\"v\":\"\\ud800\"}", "{\"ref\":\"k\\ud800\"}", "{\"ref\":\"A\",\"x\\udfff\":1}",
    "{\"ref\":\"A\",\"z\":[{\"y\":\"\\ud83d \\ude00\"}]}",
  ])
  func `half a character rejects the row in JSON`(_ row: String) throws {
    let sink = try Self.read("{\"ref\":\"1\"}\n\(row)\n{\"ref\":\"2\"}\n", "ndjson")
    #expect(sink.rows.map(\.line) == [1, 3])
    #expect(sink.rejected.map(\.line) == [2])
    #expect(sink.rejected.first?.reason.contains("half a character") == true)
    #expect(sink.rejected.first?.reason.hasPrefix("column ") == true)
    // Its record is known where the key is whole.
    #expect(sink.rejected.first?.key?.reference == (row.contains("k\\ud800") ? nil : "A"))
    let array = try Self.read("[{\"ref\":\"1\"},\n  \(row)\n, {\"ref\":\"2\"}]", "json")
    #expect(array.rows.map(\.line) == [1, 3])
    #expect(array.rejected.map(\.line) == [2])
  }

  @Test(arguments: ["&#xD800;", "&#55357;", "&#xDFFF;x"])
  func `half a character rejects the row in XML`(_ half: String) throws {
    for row in [
      "<c><ref>k\(half)</ref></c>", "<c><ref>A</ref><v>\(half)</v></c>",
      "<c v=\"\(half)\"><ref>A</ref></c>",
    ] {
      let sink = try Self.read("<l>\n<c><ref>1</ref></c>\n\(row)\n<c><ref>2</ref></c></l>", "xml")
      #expect(sink.rows.map(\.record.rawReference) == ["1", "2"])
      #expect(sink.rejected.map(\.line) == [3])
      #expect(sink.rejected.first?.reason.contains("half a character") == true)
      #expect(sink.rejected.first?.key?.reference == (row.contains("<ref>k") ? nil : "A"))
    }
    for text in ["<l>\(half)<c><ref>1</ref></c></l>", "<l><c><ref>1</ref></c><x>\(half)</x></l>"] {
      let refusal = #expect(throws: ExportRefusal.self) { try Self.read(text, "xml") }
      #expect(refusal?.code == .malformed)
    }
  }

  @Test func `whole characters stay`() throws {
    let text = "{\"ref\":\"\\ud83d\\ude00\"}\n{\"ref\":\"\u{FFFD}\"}\n"
    #expect(
      try Self.read(text, "ndjson").rows.map(\.record.rawReference) == ["😀", "\u{FFFD}"])
    #expect(
      try Self.read("<l><c><ref>&#x1F600;</ref></c><c><ref>x</ref></c></l>", "xml")
        .rows.first?.record.rawReference == "😀")
  }
}
