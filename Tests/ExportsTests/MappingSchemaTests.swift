import Effects
import Formats
import Reconciliation
import Testing

/// The shipped JSON Schema says what the parser of mappings takes.
@Suite struct MappingSchemaTests {
  static func schema() throws -> JSONValue {
    let root = FilePath.folder(of: FilePath.folder(of: FilePath.folder(of: #filePath)))
    return try JSONValue(
      parsing: try Files().read("\(root)/Config/mapping.schema.json", bytesMax: 1 << 20))
  }

  /// Where the object of a key table stands in the schema.
  static let places: [String: String] = [
    "": "", "export": "/properties/export", "reference": "/properties/reference",
    "origin_column": "/$defs/origin_column", "where": "/$defs/where",
    "changed_at": "/$defs/changed_at", "deleted": "/$defs/deleted", "verify": "/$defs/identity",
    "correlate": "/$defs/identity", "fields": "/$defs/field", "reactions": "/$defs/reactions",
    "safety": "/$defs/safety", "proof": "/$defs/proof", "trailer": "/$defs/trailer",
    "manifest": "/$defs/manifest", "sequence": "/$defs/sequence", "canary": "/$defs/canary",
  ]

  @Test func `names the keys of the parser and no others`() throws {
    let schema = try Self.schema()
    #expect(Set(Self.places.keys) == Set(Mapping.schemaKeys.keys))
    for (object, keys) in Mapping.schemaKeys {
      let place = try #require(Self.places[object])
      let pointer = try #require(JSONPointer(place))
      let found = try #require(schema[pointer])
      #expect(Set(found["properties"]?.objectValue?.keys ?? []) == Set(keys), "\(object)")
      #expect(found["additionalProperties"] == .bool(false), "\(object)")
    }
  }

  @Test func `lists the choices of the parser`() throws {
    let schema = try Self.schema()
    func choices(_ place: String) -> Set<String> {
      let pointer = JSONPointer(place)
      let found = pointer.flatMap { schema[$0]?["enum"]?.arrayValue } ?? []
      return Set(found.compactMap(\.text))
    }
    let field = "/$defs/field/properties"
    #expect(
      choices("/properties/export/properties/format")
        == Set(ExportFormat.allCases.map(\.rawValue)))
    #expect(
      choices("/properties/export/properties/mode") == Set(ExportMode.allCases.map(\.rawValue)))
    #expect(choices("/properties/cardinality") == Set(Cardinality.allCases.map(\.rawValue)))
    #expect(choices("\(field)/type") == Set(ValueType.allCases.map(\.rawValue)))
    #expect(choices("\(field)/policy") == Set(Policy.allCases.map(\.rawValue)))
    #expect(choices("\(field)/blank") == Set(BlankRule.allCases.map(\.rawValue)))
    #expect(choices("/$defs/reaction") == Set(Reaction.allCases.map(\.rawValue)))
    #expect(
      choices("/$defs/identity/properties/compare")
        == Set(IdentityComparison.allCases.map(\.rawValue)))
    let steps = schema["$defs"]?["step"]?["pattern"]?.text ?? ""
    for name in Normalization.names {
      #expect(steps.contains(name.split(separator: ":")[0]), "\(name)")
    }
  }
}
