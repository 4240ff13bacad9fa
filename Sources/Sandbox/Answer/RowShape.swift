/// The bytes that every row of one type has in common, made once per answer.
struct RowShape {
  /// One visible attribute with its key, ready to append.
  struct Key {
    let field: Field
    /// The name with quotes and colon.
    let key: [UInt8]
  }

  /// The links of one relationship, ready to append.
  struct Links {
    let relationship: Relationship
    /// The name with quotes and colon, and the opening brace.
    let key: [UInt8]
    private let middle: [UInt8]
    private let end: [UInt8]

    init(_ relationship: Relationship) {
      let name = relationship.name
      self.relationship = relationship
      key = Array("\"\(name)\":{".utf8)
      middle = Array("/relationships/\(name)\",\"related\":\"".utf8)
      end = Array("/\(name)\"}".utf8)
    }

    /// Appends the member `links` for a resource with this self link.
    func appendLinks(_ link: [UInt8], to writer: inout ByteWriter) {
      writer.raw("\"links\":{\"self\":\"")
      writer.raw(link)
      writer.raw(middle)
      writer.raw(link)
      writer.raw(end)
    }
  }

  /// Everything up to the id.
  let open = Array("{\"id\":\"".utf8)
  /// Everything from the id to the self link.
  let afterID: [UInt8]
  let linkPrefix: [UInt8]
  /// The address that `linkPrefix` was made of.
  let base: String
  let attributes: [Key]
  let relationships: [Links]

  init(_ type: ResourceType, base: String, selection: FieldSelection?) {
    self.base = base
    afterID = Array("\",\"type\":\"\(type.name)\",\"links\":{\"self\":".utf8)
    linkPrefix = Array("\(base)/\(type.name)/".utf8)
    attributes = type.schema.attributes.compactMap { attribute in
      guard attribute.use.contains(.read), attribute.field != .id,
        selection?.names.contains(attribute.name) ?? true
      else { return nil }
      return Key(field: attribute.field, key: Array("\"\(attribute.name)\":".utf8))
    }
    relationships = type.schema.relationships
      .filter { selection?.names.contains($0.name) ?? true }
      .map(Links.init)
  }
}

/// The shapes of one answer, made when first used.
final class RowShapes {
  private let base: String
  private let fields: [ResourceType: FieldSelection]
  private var made: [RowShape?] = [nil, nil, nil, nil]

  init(base: String, fields: [ResourceType: FieldSelection]) {
    self.base = base
    self.fields = fields
  }

  subscript(type: ResourceType) -> RowShape {
    if let shape = made[Int(type.rawValue)] { return shape }
    let shape = shape(type)
    made[Int(type.rawValue)] = shape
    return shape
  }

  private func shape(_ type: ResourceType) -> RowShape {
    guard let selection = fields[type] else {
      return RowShape(type, base: base, selection: nil)
    }
    if let known = selection.shape, known.base == base { return known }
    let shape = RowShape(type, base: base, selection: selection)
    selection.shape = shape
    return shape
  }
}
