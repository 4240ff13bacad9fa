public import Formats

// The form of an update in the outbox, the journal and plan files; absent values are left out.
extension PlannedUpdate {
  /// The update as JSON, members in a fixed order.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("reset", .string(resetID)), ("mapping", .string(mapping)),
      ("reference_origin", .string(key.origin)), ("reference", .string(key.reference)),
      ("fields", .array(fields.map(\.json))),
    ]
    if let reference { members.append(("write_reference", reference.json)) }
    if let referenceOrigin { members.append(("write_reference_origin", referenceOrigin.json)) }
    if !decisions.isEmpty {
      members.append(("decisions", .array(decisions.map { .string($0) })))
    }
    return .object(JSONObject(members))
  }

  /// Reads `json` back; nil for anything else.
  public init?(json: JSONValue) {
    guard let resetID = json["reset"]?.text, let mapping = json["mapping"]?.text,
      let origin = json["reference_origin"]?.text, let reference = json["reference"]?.text,
      let list = json["fields"]?.arrayValue
    else { return nil }
    let fields = list.compactMap(FieldWrite.init(json:))
    let decisions = json["decisions"]?.arrayValue ?? []
    guard fields.count == list.count, decisions.allSatisfy({ $0.text != nil }) else { return nil }
    self.init(
      resetID: resetID, mapping: mapping, key: Key(origin: origin, reference: reference),
      fields: fields, reference: json["write_reference"].flatMap(TextWrite.init(json:)),
      referenceOrigin: json["write_reference_origin"].flatMap(TextWrite.init(json:)),
      decisions: decisions.compactMap(\.text))
  }
}

extension FieldWrite {
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [("metadata", .string(metadata))]
    func add(_ name: String, _ value: FieldValue?) {
      if let present = value?.json { members.append((name, present)) }
    }
    add("now", expected)
    add("becomes", value)
    members.append(("because", .string(reason.rawValue)))
    if prunes > 0 { members.append(("prunes", .int(prunes))) }
    // A base that is the value itself needs no telling.
    if afterBase != BasePair(agreed: value) {
      members.append(("base", ["source": box(afterBase.source), "remote": box(afterBase.remote)]))
    }
    return .object(JSONObject(members))
  }

  private func box(_ value: FieldValue?) -> JSONValue { value?.boxed ?? nil }

  fileprivate init?(json: JSONValue) {
    guard let metadata = json["metadata"]?.text,
      let reason = json["because"]?.text.flatMap(WriteReason.init)
    else { return nil }
    func value(_ name: String) -> FieldValue { json[name].map(FieldValue.present) ?? .absent }
    let written = value("becomes")
    var base = BasePair(agreed: written)
    if let told = json["base"] {
      base = BasePair(
        source: told["source"]?.arrayValue.flatMap(FieldValue.init(box:)),
        remote: told["remote"]?.arrayValue.flatMap(FieldValue.init(box:)))
    }
    self.init(
      metadata: metadata, expected: value("now"), value: written, reason: reason, afterBase: base,
      prunes: max(0, json["prunes"]?.int ?? 0))
  }
}

extension TextWrite {
  fileprivate var json: JSONValue {
    [
      "now": expected.map { .string($0) } ?? nil, "becomes": value.map { .string($0) } ?? nil,
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard json.objectValue != nil else { return nil }
    self.init(expected: json["now"]?.text, value: json["becomes"]?.text)
  }
}
