internal import Formats
internal import Reconciliation

/// Planned updates as JSON: what the plan and the outbox hold.
enum UpdateText {
  static func encode(_ update: PlannedUpdate) -> String { update.json.written() }

  /// Reads what `encode` wrote; throws `MirrorError` for anything else.
  static func decode(_ text: String) throws -> PlannedUpdate {
    guard let update = PlannedUpdate(json: try JSONValue(parsing: text)) else {
      throw MirrorError(.corrupt, "a planned update can't be read")
    }
    return update
  }

  static func unboxed(_ json: JSONValue?) -> FieldValue? {
    json?.arrayValue.flatMap { FieldValue(box: $0) }
  }

  /// What would stand at the remote afterwards: equal for updates that write the same.
  static func intent(_ update: PlannedUpdate) -> String {
    let fields = update.fields.map { JSONValue.array([.string($0.metadata), $0.value.boxed]) }
    let texts = [update.reference, update.referenceOrigin].map { write in
      write.map { JSONValue.array([$0.value.map { .string($0) } ?? .null]) } ?? .null
    }
    return JSONValue.array(fields + texts).canonicalText
  }
}
