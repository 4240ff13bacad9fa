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
}
