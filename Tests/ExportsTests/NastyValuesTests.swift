import Exports
import Formats
import Reconciliation
import Testing

/// Fifty values that have gone wrong somewhere; each must come out of every format as it went in.
@Suite struct NastyValuesTests {
  static let values: [String] = [
    "plain", "Müller", "Größe", "Łódź", "Ольга", "日本語", "👩‍👩‍👧‍👦 family", "🚲", "e\u{301}clair",
    "\u{E9}clair", "ﬁne", "İstanbul", "\"quoted\"", "say \"\"twice\"\"", "'apostrophe", "'00123",
    "=\"00123\"", "=1+2", "+49 30 123", "-5", "@SUM(A1)", "00123",
    "0000000000012345678901234567890",
    "12345678901234567890", "1.0", "1.10", "-0", "1e5", "1.23457E+11", "NaN", "null", "NULL",
    "true",
    "TRUE", "#N/A", "line\nbreak", "line\r\nbreak", "lone\rreturn", "tab\there", "semi;colon",
    "comma, here", "pipe|caret^", "back\\slash", "ends with \\", "no\u{A0}break", " leading",
    "trailing ", "\u{3000}wide\u{3000}", "\u{202E}right to left\u{202C}", "zero\u{200B}width",
    "soft\u{AD}hyphen", "<b>&amp;</b>", "]]>", "/slash~tilde", "_x000D_", "{\"a\": [1, 2]}",
    "03/04/2024", "3-4", "10,50", "10.500-", "€ ½ „“",
  ]

  static let table: [[String]] =
    [["id", "value"]] + values.enumerated().map { ["k\($0)", $1] }

  static let formats: [String] = [
    "comma.csv", "semicolon.csv", "tab.tsv", "pipe.csv", "lf.csv", "cr.csv", "rows.json",
    "rows.ndjson", "rows.xml", "book.xlsx", "packed.csv.gz", "packed.json.zip", "packed.xlsx.gz",
    "utf16le.csv", "utf16be.tsv",
  ]

  static func bytes(_ name: String) -> [UInt8] {
    switch name {
    case "semicolon.csv": ExportFixtures.csv(table, delimiter: 0x3B)
    case "tab.tsv": ExportFixtures.csv(table, delimiter: 0x09)
    case "pipe.csv": ExportFixtures.csv(table, delimiter: 0x7C)
    case "lf.csv": ExportFixtures.csv(table, lineEnding: "\n")
    case "cr.csv": ExportFixtures.csv(table, lineEnding: "\r")
    case "rows.json": ExportFixtures.json(table)
    case "rows.ndjson": ExportFixtures.ndjson(table)
    case "rows.xml": ExportFixtures.xml(table)
    case "book.xlsx": ExportFixtures.xlsx(escapedForWorkbook)
    case "packed.csv.gz": ExportFixtures.gzip(ExportFixtures.csv(table))
    case "packed.json.zip": ExportFixtures.archive([("rows.json", ExportFixtures.json(table))])
    case "packed.xlsx.gz": ExportFixtures.gzip(ExportFixtures.xlsx(escapedForWorkbook))
    case "utf16le.csv":
      ExportFixtures.utf16(String(decoding: ExportFixtures.csv(table), as: UTF8.self))
    case "utf16be.tsv":
      ExportFixtures.utf16(
        String(decoding: ExportFixtures.csv(table, delimiter: 0x09), as: UTF8.self),
        bigEndian: true)
    default: ExportFixtures.csv(table)
    }
  }

  /// A workbook writes `_x000D_` for a carriage return, and so `_x005F_` for the underscore.
  static var escapedForWorkbook: [[String]] {
    table.map { row in row.map { $0 == "_x000D_" ? "_x005F_x000D_" : $0 } }
  }

  @Test(arguments: formats)
  func `comes out of a preview as it went in`(_ name: String) throws {
    let preview = try ExportFixtures.preview(Self.bytes(name), name)
    #expect(preview.columns == ["id", "value"])
    #expect(preview.total == Self.values.count)
    #expect(preview.rejected.isEmpty)
    for (row, expected) in zip(preview.rows, Self.table.dropFirst()) {
      #expect(Array((row[1] ?? "(null)").unicodeScalars) == Array(expected[1].unicodeScalars))
    }
  }

  @Test(arguments: formats)
  func `reaches the metadata as it went in`(_ name: String) throws {
    let format = name.contains("json.") ? "json" : "csv"
    let kind =
      ["tsv", "ndjson", "xml", "xlsx", "json"].first { name.contains(".\($0)") } ?? format
    let text = """
      {"name": "nasty", "origins": ["nasty"],
       "export": {"path": "x", "format": "\(kind)", "nulls": [""]},
       "reference": {"column": "id"}, "fields": [{"column": "value", "metadata": "value"}]}
      """
    let mapping = try Mapping(parsing: Array(text.utf8), file: "nasty.json")
    let file = ExportFile(name: name, bytes: ByteArraySource(Self.bytes(name)))
    let sink = RowCollector()
    let facts = try ExportReader(file, by: mapping).read(into: sink)
    #expect(facts.accepted == Self.values.count)
    let field = mapping.fields[0]
    for (row, expected) in zip(sink.rows, Self.values) {
      guard case .value(.present(let value)) = convert(row.cells[1], by: field) else {
        Issue.record("\(expected) became nothing")
        continue
      }
      #expect(Array((value.text ?? "").unicodeScalars) == Array(expected.unicodeScalars))
    }
  }

  @Test func `comes out of Windows-1252 as it went in`() throws {
    var bytes = Array("id;value\r\n1;".utf8)
    bytes += [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72, 0x20, 0x80, 0x20, 0x84, 0x93, 0x0D, 0x0A]
    let preview = try ExportFixtures.preview(bytes, "old.csv")
    #expect(preview.dialect.encoding == "windows-1252")
    #expect(preview.rows == [["1", "Müller € „“"]])
  }
}
