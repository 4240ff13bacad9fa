internal import Formats
internal import Reconciliation

/// Planned updates as JSON: what the plan and the outbox hold.
enum UpdateText {
  static func encode(_ update: PlannedUpdate) -> String {
    var members: [(String, JSONValue)] = [
      ("reset", .string(update.resetID)), ("mapping", .string(update.mapping)),
      ("origin", .string(update.key.origin)), ("key", .string(update.key.reference)),
      ("fields", .array(update.fields.map(encode))),
    ]
    if let write = update.reference { members.append(("reference", encode(write))) }
    if let write = update.referenceOrigin { members.append(("reference_origin", encode(write))) }
    if !update.decisions.isEmpty {
      members.append(("decisions", .array(update.decisions.map { .string($0) })))
    }
    return JSONValue.object(JSONObject(members)).written()
  }

  private static func encode(_ write: FieldWrite) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("field", .string(write.metadata)), ("expected", write.expected.boxed),
      ("value", write.value.boxed), ("reason", .string(write.reason.rawValue)),
    ]
    if let source = write.afterBase.source { members.append(("s", source.boxed)) }
    if let remote = write.afterBase.remote { members.append(("r", remote.boxed)) }
    return .object(JSONObject(members))
  }

  private static func encode(_ write: TextWrite) -> JSONValue {
    [
      "expected": write.expected.map { .string($0) } ?? .null,
      "value": write.value.map { .string($0) } ?? .null,
    ]
  }

  /// Reads what `encode` wrote; throws `MirrorError` for anything else.
  static func decode(_ text: String) throws -> PlannedUpdate {
    let json = try JSONValue(parsing: text)
    guard let reset = json["reset"]?.text, let mapping = json["mapping"]?.text,
      let origin = json["origin"]?.text, let key = json["key"]?.text
    else { throw MirrorError(.corrupt, "a planned update can't be read") }
    return PlannedUpdate(
      resetID: reset, mapping: mapping, key: Key(origin: origin, reference: key),
      fields: try (json["fields"]?.arrayValue ?? []).map(decodeField),
      reference: json["reference"].map(decodeText),
      referenceOrigin: json["reference_origin"].map(decodeText),
      decisions: json["decisions"]?.arrayValue?.compactMap(\.text) ?? [])
  }

  private static func decodeField(_ json: JSONValue) throws -> FieldWrite {
    guard let field = json["field"]?.text, let expected = unboxed(json["expected"]),
      let value = unboxed(json["value"]),
      let reason = json["reason"]?.text.flatMap(WriteReason.init)
    else { throw MirrorError(.corrupt, "a planned write can't be read") }
    return FieldWrite(
      metadata: field, expected: expected, value: value, reason: reason,
      afterBase: BasePair(source: unboxed(json["s"]), remote: unboxed(json["r"])))
  }

  private static func decodeText(_ json: JSONValue) -> TextWrite {
    TextWrite(expected: json["expected"]?.text, value: json["value"]?.text)
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
