import Exports
import Formats
import Reconciliation
import Testing

@Suite struct MappingInferenceTests {
  static func draft(
    _ text: String, _ name: String, references: [String] = []
  ) throws -> (text: String, mapping: Mapping, draft: MappingDraft) {
    let file = ExportFile(name: name, bytes: ByteArraySource(Array(text.utf8)))
    let known = references.map { KnownReference(origin: "shop", reference: $0) }
    let draft = try MappingInference(file, references: known)
      .draft(name: "guess", path: "in/*.csv")
    let mapping = try Mapping(parsing: Array(draft.text.utf8), file: "guess.json")
    return (draft.text, mapping, draft)
  }

  static let customers = """
    Kundenliste;;;;;;;
    ;;;;;;;
    Nr;Name;E-Mail;Seit;Limit;Gesperrt;Geändert;Leer
    0001;Anna Weiß;anna@example.com;01.02.2024;1.500,50;X;20.03.2026 10:15;
    0002;Jörg Groß;jorg@example.com;13.12.2023;0,00;;21.03.2026 11:00;
    0003;Zoë Lang;;05.06.2025;99,90;;22.03.2026 00:00;
    0004;Ida Böhm;ida@example.com;07.08.2020;12.000,00;X;22.03.2026 09:30;
    0007;Ole Maß;ole@example.com;07.08.2020;12.000,00;X;22.03.2026 09:31;
    """

  @Test func `proposes key, types, formats and identity`() throws {
    let (text, mapping, draft) = try Self.draft(
      Self.customers, "kunden.csv", references: ["1", "2", "2", "3", "77"])
    #expect(draft.rows == 5)
    #expect(mapping.export.delimiter == ";")
    #expect(mapping.export.headerRow == 3)
    #expect(mapping.reference.columns == ["Nr"])
    #expect(mapping.reference.normalize.contains(.stripLeadingZeros))
    #expect(text.contains("it has 3 of the 4 known references of origin shop"))
    #expect(mapping.cardinality == .manyToOne)
    #expect(mapping.verify.map(\.column) == ["E-Mail"])
    #expect(mapping.correlate == mapping.verify)
    #expect(mapping.changedAt?.column == "Geändert")
    #expect(mapping.changedAt?.format?.text == "dd.MM.yyyy HH:mm")
    let fields = Dictionary(uniqueKeysWithValues: mapping.fields.map { ($0.column, $0) })
    #expect(fields["Limit"]?.type == .decimal)
    #expect(fields["Limit"]?.decimalMark == .comma)
    #expect(fields["Seit"]?.type == .date)
    #expect(fields["Seit"]?.dateFormat?.text == "dd.MM.yyyy")
    #expect(fields["Gesperrt"]?.type == .boolean)
    #expect(fields["Gesperrt"]?.trueTexts == ["X"])
    #expect(fields["Name"]?.type == .string)
    #expect(fields["Leer"] == nil)
  }

  @Test(arguments: [
    ("sap", "KUNNR", "samples/sap/KUNDEN_20261120.csv"),
    ("salesforce", "ID", "samples/salesforce/CONTACT_20261120.csv"),
    ("hubspot", "id", "samples/hubspot/contacts_20261120T021500Z.ndjson"),
    ("odoo", "@id", "samples/odoo/res_partner_2026-11-20_023000.xml"),
    // A number of each company by itself: the comment tells of the column that tells them apart.
    ("dynamics365", nil, "samples/dynamics365/CustomersV3_20261120_024500.json"),
  ])
  func `finds the key of each sample that ships`(_ name: String, _ key: String?, _ path: String)
    throws
  {
    let file = try ExportFile(path: "\(ShippedMappingsTests.folder)/\(path)")
    let draft = try MappingInference(file, references: []).draft(name: name, path: path)
    #expect(draft.keyColumn == key)
    guard key != nil else {
      #expect(draft.text.contains("\"origin_column\""), "\(draft.text)")
      return
    }
    let mapping = try Mapping(parsing: Array(draft.text.utf8), file: "\(name).json")
    let sink = RowCollector()
    let facts = try ExportReader(file, by: mapping).read(into: sink)
    #expect(facts.rejected * 20 <= facts.rows)
  }

  @Test func `an encoding of eight bits is proposed as a guess, with words and a doubt`() throws {
    let towns: [[UInt8]] = [
      [0xA3, 0xF3, 0x64, 0x9F], [0x47, 0x64, 0x61, 0xF1, 0x73, 0x6B],
      [0x50, 0x6F, 0x7A, 0x6E, 0x61, 0xF1], [0x47, 0x79, 0xF5, 0x72], [0xD8, 0xED, 0x6D],
      [0x42, 0x72, 0x6E, 0x6F],
    ]
    var bytes = Array("KUNDE;ORT\n".utf8)
    for (place, town) in towns.enumerated() {
      bytes += Array("K\(place * 7);".utf8) + town + [0x0A]
    }
    let file = ExportFile(name: "towns.csv", bytes: ByteArraySource(bytes))
    let draft = try MappingInference(file, references: []).draft(name: "guess", path: "in/*.csv")
    let mapping = try Mapping(parsing: Array(draft.text.utf8), file: "guess.json")
    #expect(mapping.export.encoding == "windows-1250")
    #expect(draft.notes.contains { $0.contains("the encoding is a guess") }, "\(draft.notes)")
    #expect(draft.text.contains("“Łódź”") && draft.text.contains("guess"), "\(draft.text)")
  }

  @Test func `reads back what it proposed`() throws {
    let (_, mapping, _) = try Self.draft(Self.customers, "kunden.csv")
    let sink = RowCollector()
    let file = ExportFile(
      name: "kunden.csv", bytes: ByteArraySource(Array(Self.customers.utf8)))
    let facts = try ExportReader(file, by: mapping).read(into: sink)
    #expect(facts.accepted == 5)
    #expect(facts.rejected == 0)
  }

  @Test func `goes into objects of JSON rows`() throws {
    let rows = (1...5).map {
      "{\"id\": \($0 * 7), \"p\": {\"email\": \"a\($0)@example.com\", \"n\": \($0 * 2)}, \"on\": true}"
    }
    let (_, mapping, _) = try Self.draft(rows.joined(separator: "\n"), "x.ndjson")
    #expect(mapping.reference.columns == ["id"])
    #expect(mapping.verify.map(\.column) == ["/p/email"])
    #expect(mapping.fields.map(\.column) == ["/p/n"])
  }

  @Test(arguments: ["sap", "salesforce", "hubspot", "odoo"])
  func `proposes mappings for the shipped samples that read them`(_ name: String) throws {
    let shipped = try ShippedMappingsTests.mapping(name)
    let sample = try #require(try ShippedMappingsTests.samples(shipped).last)
    let draft = try MappingInference(
      try ExportFile(path: sample.path),
      references: (name == "sap" ? ["10001", "10002", "10299"] : []).map {
        KnownReference(origin: "sap", reference: $0)
      }
    ).draft(name: "guess", path: sample.name)
    let mapping = try Mapping(parsing: Array(draft.text.utf8), file: "guess.json")
    let sink = RowCollector()
    let facts = try ExportReader(try ExportFile(path: sample.path), by: mapping).read(into: sink)
    #expect(facts.accepted * 100 >= facts.rows * 95)
    #expect(mapping.reference.columns == shipped.reference.columns)
    #expect(mapping.correlate.map(\.column) == shipped.correlate.map(\.column))
  }
}
