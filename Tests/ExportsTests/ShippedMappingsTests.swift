import Effects
import Exports
import Formats
import Reconciliation
import Testing

/// The mappings that ship read the samples that ship beside them.
@Suite struct ShippedMappingsTests {
  static let folder =
    FilePath.folder(of: FilePath.folder(of: FilePath.folder(of: #filePath))) + "/Mappings"

  /// Rows, rejected rows and how many files, per mapping.
  static let expected: [(name: String, rows: [Int], rejected: [Int])] = [
    ("sap", [306, 301, 302], [4, 1, 1]), ("salesforce", [251, 250], [1, 0]),
    ("hubspot", [40], [0]), ("odoo", [40], [0]), ("dynamics365", [40], [0]),
  ]

  static func mapping(_ name: String) throws -> Mapping {
    let path = "\(folder)/\(name).json"
    return try Mapping(parsing: try Files().read(path, bytesMax: 1 << 20), file: path)
  }

  static func samples(_ mapping: Mapping) throws -> [WaitingExport] {
    WaitingExports(files: Files(), time: SystemTime()).look(at: mapping.exports, in: folder).exports
  }

  @Test(arguments: expected.indices)
  func `read their samples`(_ index: Int) throws {
    let (name, rows, rejected) = Self.expected[index]
    let mapping = try Self.mapping(name)
    let samples = try Self.samples(mapping)
    #expect(samples.count == rows.count)
    for (place, sample) in samples.enumerated() {
      let sink = RowCollector()
      let facts = try ExportReader(try ExportFile(path: sample.path), by: mapping).read(into: sink)
      #expect(facts.rows == rows[place])
      #expect(facts.rejected == rejected[place])
      #expect(facts.accepted == sink.rows.count)
      #expect(sink.rows.allSatisfy { $0.record.changedAt != nil })
    }
  }

  @Test func `of SAP understands umlauts, German numbers and dates, and padded keys`() throws {
    let mapping = try Self.mapping("sap")
    let path = try #require(try Self.samples(mapping).first).path
    let sink = RowCollector()
    _ = try ExportReader(try ExportFile(path: path), by: mapping).read(into: sink)
    let first = try #require(sink.rows.first)
    #expect(first.record.key == Key(origin: "sap", reference: "10001"))
    #expect(first.record.rawReference == "0000010001")
    #expect(first.record.changedAt?.rfc3339 == "2025-08-20T05:18:00.000Z")
    let city = try #require(mapping.field("/erp/city"))
    let place = try #require(mapping.columnsNeeded.firstIndex(of: city.column))
    #expect(first.cells[place] == .text("München"))
    let limit = try #require(mapping.field("/erp/credit_limit"))
    let limitPlace = try #require(mapping.columnsNeeded.firstIndex(of: limit.column))
    #expect(
      convert(first.cells[limitPlace], by: limit)
        == .value(.present(.number(try #require(JSONNumber("1500.50"))))))
    #expect(sink.rejected.map(\.line).count == 4)
    #expect(sink.rejected.contains { $0.reason.contains("spreadsheet") })
    #expect(sink.rejected.contains { $0.reason.hasPrefix("6 cells where the header has 17") })
  }

  @Test func `plant every situation of the contract for the demo`() throws {
    let path = "\(Self.folder)/samples/demo-story.json"
    let document = try SettingsDocument(
      try Files().read(path, bytesMax: 1 << 20), file: path)
    let steps = try #require(document.value["steps"]?.arrayValue)
    var seen: Set<String> = []
    for step in steps {
      for (_, situation) in step["reconcile"]?["expect"]?.objectValue?.members ?? [] {
        seen.insert(situation.text ?? "")
      }
    }
    // Keys without a reset are many anyway; they have no reset to name in the story.
    let missing = Situation.allCases.map(\.rawValue).filter { !seen.contains($0) }
    #expect(missing == ["source_only"])
  }

  @Test func `are seeded with resets that the story names`() throws {
    let seedPath = "\(Self.folder)/samples/demo-seed.json"
    let seed = try JSONValue(parsing: try Files().read(seedPath, bytesMax: 1 << 20))
    let ids = (seed["resets"]?.arrayValue ?? []).compactMap { $0["id"]?.text }
    #expect(Set(ids).count == ids.count)
    #expect(ids.count > 250)
    let path = "\(Self.folder)/samples/demo-story.json"
    let story = try SettingsDocument(try Files().read(path, bytesMax: 1 << 20), file: path).value
    for step in story["steps"]?.arrayValue ?? [] {
      for verb in ["edit", "delete", "decide"] {
        if let id = step[verb]?["reset"]?.text { #expect(ids.contains(id)) }
      }
      for (id, _) in step["reconcile"]?["expect"]?.objectValue?.members ?? [] {
        #expect(ids.contains(id.value))
      }
    }
  }
}
