import Exports
import Formats
import Reconciliation
import TestKit
import Testing

/// Fifty values that have gone wrong somewhere; each must come out of every format as it went in.
@Suite struct NastyValuesTests {
  static let values = NastyTable.values
  static let table = NastyTable.table
  static let formats = NastyTable.formats

  static func bytes(_ name: String) -> [UInt8] { NastyTable.bytes(name) }

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
    let kind =
      ["tsv", "ndjson", "xml", "xlsx", "json"].first { name.contains(".\($0)") } ?? "csv"
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
