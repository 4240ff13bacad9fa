/// Prints resources and documents as the API does (CommerceLayer#The-resource).
struct Renderer {
  let store: Store
  let options: SandboxOptions
  /// `http://127.0.0.1:8080/api`.
  let base: String
  let traceID: String
  var mode: String { didSet { prepareMeta() } }
  var organizationID: String { didSet { prepareMeta() } }
  /// Prints `reset_password_token` whatever was asked: a fault to test clients with.
  var leaksToken = false
  private let fields: [ResourceType: FieldSelection]
  /// What is the same in every row, by type.
  private let shapes: RowShapes
  private var meta: [UInt8] = []

  init(
    _ store: Store, _ options: SandboxOptions, base: String, traceID: String,
    fields: [ResourceType: FieldSelection]
  ) {
    self.store = store
    self.options = options
    self.base = base
    self.traceID = traceID
    self.fields = fields
    mode = store.mode.rawValue
    organizationID = options.organizationID
    shapes = RowShapes(base: base, fields: fields)
    prepareMeta()
  }

  private mutating func prepareMeta() {
    var writer = ByteWriter(capacityBytes: 160)
    writer.raw("\"mode\":")
    writer.string(mode)
    writer.raw(",\"organization_id\":")
    writer.string(organizationID)
    writer.raw(",\"trace_id\":\"")
    writer.raw(text: traceID)
    writer.raw("\"")
    meta = writer.bytes
  }

  private func isVisible(_ relationship: Relationship, of type: ResourceType) -> Bool {
    fields[type]?.names.contains(relationship.name) ?? true
  }

  // MARK: Documents

  /// A document with one resource, or with null.
  func single(_ record: RecordRef?, include: [IncludeTree]) -> [UInt8] {
    var writer = ByteWriter(capacityBytes: 2_048)
    writer.raw("{\"data\":")
    if let record {
      resource(record, include, to: &writer)
      included(by: [record], include, to: &writer)
    } else {
      writer.raw("null")
    }
    if options.meta == .document || options.meta == .both {
      writer.raw(",\"meta\":{")
      writer.raw(meta)
      writer.raw("}")
    }
    writer.raw("}")
    return writer.bytes
  }

  /// A page of a list; `counts` and `links` are JSON texts without their braces.
  func list(
    _ records: [RecordRef], include: [IncludeTree], counts: String, links: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter(capacityBytes: 2_048 + records.count * 1_400)
    writer.raw("{\"data\":[")
    var isFirst = true
    for record in records {
      writer.separate(&isFirst)
      resource(record, include, to: &writer)
    }
    writer.raw("]")
    included(by: records, include, to: &writer)
    writer.raw(",\"meta\":{")
    writer.raw(text: counts)
    if options.meta == .document || options.meta == .both {
      if !counts.isEmpty { writer.raw(",") }
      writer.raw(meta)
    }
    writer.raw("},\"links\":{")
    writer.raw(links)
    writer.raw("}}")
    return writer.bytes
  }

  /// The linkage of one relationship (`/{id}/relationships/{name}`).
  func linkage(_ record: RecordRef, _ relationship: Relationship) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw("{")
    RowShape.Links(relationship).appendLinks(selfLink(record, shapes[record.type]), to: &writer)
    writer.raw(",\"data\":")
    linkageData(record, relationship, to: &writer)
    writer.raw("}")
    return writer.bytes
  }

  // MARK: Resources

  private func resource(
    _ record: RecordRef, _ include: [IncludeTree], to writer: inout ByteWriter
  ) {
    let shape = shapes[record.type]
    let link = selfLink(record, shape)
    writer.raw(shape.open)
    store.appendID(of: record, to: &writer)
    writer.raw(shape.afterID)
    if record.type == .eventStores {
      // The recorded answers have null here.
      writer.raw("null")
    } else {
      writer.raw("\"")
      writer.raw(link)
      writer.raw("\"")
    }
    writer.raw("},\"attributes\":{")
    if record.type == .resets {
      resetAttributes(record.number, shape, to: &writer)
    } else {
      attributes(record, shape, to: &writer)
    }
    writer.raw("}")
    relationships(record, shape, link, include, to: &writer)
    writer.raw(",\"meta\":{")
    if options.meta == .resource || options.meta == .both { writer.raw(meta) }
    writer.raw("}}")
  }

  private func attributes(
    _ record: RecordRef, _ shape: RowShape, to writer: inout ByteWriter
  ) {
    var isFirst = true
    for attribute in shape.attributes {
      writer.separate(&isFirst)
      writer.raw(attribute.key)
      let value = store.value(
        attribute.field, of: record, emptyMetadataIsNull: options.emptyMetadataIsNull)
      writer.value(value)
    }
  }

  /// As `attributes`, without a value in between for what most pages are made of.
  private func resetAttributes(_ number: Int, _ shape: RowShape, to writer: inout ByteWriter) {
    let row = store.resets[number]
    var isFirst = true
    for attribute in shape.attributes {
      writer.separate(&isFirst)
      writer.raw(attribute.key)
      switch attribute.field {
      case .customerEmail: writer.string(store.customers[Int(row.customer)].email)
      case .createdAt: writer.time(row.createdAt)
      case .updatedAt: writer.time(row.updatedAt)
      case .reference: writer.string(row.reference)
      case .referenceOrigin: writer.string(store.origin(row.origin))
      case .metadata: metadata(row.metadata, to: &writer)
      default:
        writer.value(
          store.value(
            attribute.field, of: RecordRef(type: .resets, number: number),
            emptyMetadataIsNull: options.emptyMetadataIsNull))
      }
    }
    if leaksToken, fields[.resets].map({ !$0.names.contains("reset_password_token") }) ?? false {
      writer.separate(&isFirst)
      writer.raw("\"reset_password_token\":")
      writer.string(store.resetToken(number))
    }
  }

  private func metadata(_ bytes: [UInt8]?, to writer: inout ByteWriter) {
    if let bytes, bytes.count > 2 {
      writer.raw(bytes)
    } else {
      writer.raw(text: options.emptyMetadataIsNull ? "null" : "{}")
    }
  }

  private func relationships(
    _ record: RecordRef, _ shape: RowShape, _ link: [UInt8], _ include: [IncludeTree],
    to writer: inout ByteWriter
  ) {
    guard !shape.relationships.isEmpty else { return }
    writer.raw(",\"relationships\":{")
    var isFirst = true
    for part in shape.relationships {
      writer.separate(&isFirst)
      writer.raw(part.key)
      part.appendLinks(link, to: &writer)
      let name = part.relationship.name
      if !include.isEmpty, include.contains(where: { $0.relationship.name == name }) {
        writer.raw(",\"data\":")
        linkageData(record, part.relationship, to: &writer)
      }
      writer.raw("}")
    }
    writer.raw("}")
  }

  private func linkageData(
    _ record: RecordRef, _ relationship: Relationship, to writer: inout ByteWriter
  ) {
    let others = store.related(relationship, of: record)
    if !relationship.isToMany {
      guard let other = others.first else {
        writer.raw("null")
        return
      }
      identifier(other, to: &writer)
      return
    }
    writer.raw("[")
    var isFirst = true
    for other in others {
      writer.separate(&isFirst)
      identifier(other, to: &writer)
    }
    writer.raw("]")
  }

  private func identifier(_ record: RecordRef, to writer: inout ByteWriter) {
    writer.raw("{\"type\":\"")
    writer.raw(text: record.type.name)
    writer.raw("\",\"id\":\"")
    store.appendID(of: record, to: &writer)
    writer.raw("\"}")
  }

  private func selfLink(_ record: RecordRef, _ shape: RowShape) -> [UInt8] {
    var writer = ByteWriter(capacityBytes: 128)
    writer.raw(shape.linkPrefix)
    store.appendID(of: record, to: &writer)
    return writer.bytes
  }

  // MARK: Included

  private func included(
    by records: [RecordRef], _ include: [IncludeTree], to writer: inout ByteWriter
  ) {
    guard !include.isEmpty else { return }
    var seen = Set(records)
    var found: [(RecordRef, IncludeTree)] = []
    collect(records, include, &seen, &found)
    writer.raw(",\"included\":[")
    var isFirst = true
    for (record, tree) in found {
      writer.separate(&isFirst)
      resource(record, tree.children, to: &writer)
    }
    writer.raw("]")
  }

  /// A relationship that `fields` leaves out is not followed: it must be named to be included.
  private func collect(
    _ records: [RecordRef], _ include: [IncludeTree], _ seen: inout Set<RecordRef>,
    _ found: inout [(RecordRef, IncludeTree)]
  ) {
    for tree in include {
      for record in records where isVisible(tree.relationship, of: record.type) {
        let others = store.related(tree.relationship, of: record)
        for other in others where seen.insert(other).inserted { found.append((other, tree)) }
        collect(others, tree.children, &seen, &found)
      }
    }
  }
}
