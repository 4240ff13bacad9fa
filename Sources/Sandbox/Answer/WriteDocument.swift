import Formats

/// Several errors in one answer.
struct APIFailure: Error {
  let errors: [APIError]
}

/// The body of a POST or PATCH, checked against the schema (sections 3.3 and 3.6).
struct WriteDocument {
  let attributes: JSONObject

  /// Parses and checks; `id` is the one in the URL for an update, nil for a create.
  init(_ body: [UInt8], type: ResourceType, id: String?) throws {
    let limits = JSONLimits(depthMax: 100, bytesMax: 4 << 20)
    guard let document = try? JSONValue(parsing: body, limits: limits) else {
      throw APIError.badRequest("The request body is not valid JSON.")
    }
    guard document.objectValue != nil else {
      throw APIError.badRequest("The request body is not a JSON:API document.")
    }
    guard let data = document["data"] else { throw APIError.parameterMissing("data") }
    guard data.objectValue != nil else {
      throw APIError.badRequest("The member data must be a resource object.")
    }
    guard let found = data["type"] else { throw APIError.parameterMissing("type") }
    guard found.text == type.name else {
      throw APIError.typeMismatch(found.text ?? found.written(), expected: type)
    }
    try Self.checkID(data, id)
    try Self.checkRelationships(data, type)
    attributes = try Self.attributes(data, type, isUpdate: id != nil)
  }

  private static func checkID(_ data: JSONValue, _ id: String?) throws {
    guard let id else {
      if data["id"] != nil { throw APIError.parameterNotAllowed("id") }
      return
    }
    guard let found = data["id"] else { throw APIError.parameterMissing("id") }
    guard found.text == id else {
      throw APIError.keyNotIncluded(found.text ?? found.written())
    }
  }

  /// Nothing of ours has a relationship that a client may set; an empty object is harmless.
  private static func checkRelationships(_ data: JSONValue, _ type: ResourceType) throws {
    guard let relationships = data["relationships"], !relationships.isNull else { return }
    guard let object = relationships.objectValue else {
      throw APIError.badRequest("The member relationships must be an object.")
    }
    let names = object.keys.filter { name in
      !(type == .customers && ["customer_group", "tags"].contains(name))
    }
    if !names.isEmpty {
      throw APIFailure(errors: names.map(APIError.parameterNotAllowed))
    }
  }

  private static func attributes(
    _ data: JSONValue, _ type: ResourceType, isUpdate: Bool
  ) throws -> JSONObject {
    guard let value = data["attributes"] else {
      if isUpdate { return JSONObject() }
      throw APIError.parameterMissing("attributes")
    }
    guard let attributes = value.objectValue else {
      throw APIError.badRequest("The member attributes must be an object.")
    }
    let use: AttributeUse = isUpdate ? .update : .create
    let refused = attributes.keys.filter { name in
      !(type.schema.attribute(name)?.use.contains(use) ?? false)
    }
    if !refused.isEmpty { throw APIFailure(errors: refused.map(APIError.parameterNotAllowed)) }
    let errors = attributes.members.compactMap { member in
      type.schema.attribute(member.key.value).flatMap { problem($0, member.value) }
    }
    if !errors.isEmpty { throw APIFailure(errors: errors) }
    return attributes
  }

  private static func problem(_ attribute: Attribute, _ value: JSONValue) -> APIError? {
    switch (attribute.kind, value) {
    case (_, .null), (.text, .string), (.json, .object), (.bool, .bool): nil
    case (.text, _): .validation(attribute.name, "must be a string", kind: "invalid")
    case (.json, _): .validation(attribute.name, "must be an object", kind: "invalid")
    default: .validation(attribute.name, "is invalid", kind: "invalid")
    }
  }

  /// A text attribute: outer nil when the body does not name it.
  func text(_ name: String) -> String?? {
    guard let value = attributes[name] else { return nil }
    return .some(value.text)
  }

  /// A text that is neither missing nor null nor blank.
  func filled(_ name: String) -> String? {
    guard let text = attributes[name]?.text,
      text.unicodeScalars.contains(where: { !$0.properties.isWhitespace })
    else { return nil }
    return text
  }

  /// The three attributes that every resource lets clients set.
  var external: ExternalChange {
    var change = ExternalChange()
    change.reference = text("reference")
    change.referenceOrigin = text("reference_origin")
    if let metadata = attributes["metadata"] {
      change.metadata = .some(metadata.isNull ? nil : metadata)
    }
    return change
  }
}
