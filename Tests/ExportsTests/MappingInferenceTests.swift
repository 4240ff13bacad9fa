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
    """

  @Test func `proposes key, types, formats and identity`() throws {
    let (text, mapping, draft) = try Self.draft(
      Self.customers, "kunden.csv", references: ["1", "2", "2", "77"])
    #expect(draft.rows == 4)
    #expect(mapping.export.delimiter == ";")
    #expect(mapping.export.headerRow == 3)
    #expect(mapping.reference.columns == ["Nr"])
    #expect(mapping.reference.normalize.contains(.stripLeadingZeros))
    #expect(text.contains("66 % of the known references"))
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
    ("dynamics365", "CustomerAccount", "samples/dynamics365/CustomersV3_20261120_024500.json"),
  ])
  func `finds the key of each sample that ships`(_ name: String, _ key: String, _ path: String)
    throws
  {
    let file = try ExportFile(path: "\(ShippedMappingsTests.folder)/\(path)")
    let draft = try MappingInference(file, references: []).draft(name: name, path: path)
    #expect(draft.keyColumn == key)
    let mapping = try Mapping(parsing: Array(draft.text.utf8), file: "\(name).json")
    let sink = RowCollector()
    let facts = try ExportReader(file, by: mapping).read(into: sink)
    #expect(facts.rejected * 20 <= facts.rows)
  }

  @Test func `reads back what it proposed`() throws {
    let (_, mapping, _) = try Self.draft(Self.customers, "kunden.csv")
    let sink = RowCollector()
    let file = ExportFile(
      name: "kunden.csv", bytes: ByteArraySource(Array(Self.customers.utf8)))
    let facts = try ExportReader(file, by: mapping).read(into: sink)
    #expect(facts.accepted == 4)
    #expect(facts.rejected == 0)
  }

  @Test func `goes into objects of JSON rows`() throws {
    let rows = (1...5).map {
      "{\"id\": \($0), \"p\": {\"email\": \"a\($0)@example.com\", \"n\": \($0 * 2)}, \"on\": true}"
    }
    let (_, mapping, _) = try Self.draft(rows.joined(separator: "\n"), "x.ndjson")
    #expect(mapping.reference.columns == ["id"])
    #expect(mapping.verify.map(\.column) == ["/p/email"])
    #expect(mapping.fields.map(\.column) == ["/p/n"])
  }

  @Test func `warns of days that may be months`() throws {
    let (text, _, _) = try Self.draft("id,d\na,03/04/2024\nb,05/06/2024\n", "x.csv")
    #expect(text.contains("the month may come first"))
  }

  @Test func `gives up where no column tells the rows apart`() {
    let refusal = #expect(throws: ExportRefusal.self) {
      try Self.draft("a,b\n1,2\n1,2\n", "x.csv")
    }
    #expect(refusal?.code == .noKey)
  }

  @Test(arguments: ["sap", "salesforce", "hubspot", "odoo", "dynamics365"])
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
    if name != "dynamics365" {
      #expect(mapping.reference.columns == shipped.reference.columns)
      #expect(mapping.correlate.map(\.column) == shipped.correlate.map(\.column))
    }
  }
}
