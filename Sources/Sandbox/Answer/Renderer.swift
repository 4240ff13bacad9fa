/// Prints resources and documents as the API does (section 3.3 of the contract).
struct Renderer {
  let store: Store
  let options: SandboxOptions
  /// `http://127.0.0.1:8080/api`.
  let base: String
  let traceID: String
  var mode: String
  var organizationID: String
  /// Prints `reset_password_token` whatever was asked: a fault to test clients with.
  var leaksToken = false
  private let visible: [[Attribute]]
  private let fields: [ResourceType: FieldSelection]

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
    visible = ResourceType.allCases.map { type in
      type.schema.attributes.filter { attribute in
        guard attribute.use.contains(.read), attribute.field != .id else { return false }
        return fields[type]?.names.contains(attribute.name) ?? true
      }
    }
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
      metaMembers(to: &writer)
      writer.raw("}")
    }
    writer.raw("}")
    return writer.bytes
  }

  /// A page of a list; `meta` and `links` are JSON texts without their braces.
  func list(
    _ records: [RecordRef], include: [IncludeTree], meta: String, links: [UInt8]
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
    writer.raw(text: meta)
    if options.meta == .document || options.meta == .both {
      if !meta.isEmpty { writer.raw(",") }
      metaMembers(to: &writer)
    }
    writer.raw("},\"links\":{")
    writer.raw(links)
    writer.raw("}}")
    return writer.bytes
  }

  /// The linkage of one relationship (`/{id}/relationships/{name}`).
  func linkage(_ record: RecordRef, _ relationship: Relationship) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw("{\"links\":{")
    relationshipLinks(record, relationship, to: &writer)
    writer.raw("},\"data\":")
    linkageData(record, relationship, to: &writer)
    writer.raw("}")
    return writer.bytes
  }

  // MARK: Resources

  private func resource(
    _ record: RecordRef, _ include: [IncludeTree], to writer: inout ByteWriter
  ) {
    writer.raw("{\"id\":\"")
    store.appendID(of: record, to: &writer)
    writer.raw("\",\"type\":\"")
    writer.raw(text: record.type.name)
    writer.raw("\",\"links\":{\"self\":")
    if record.type == .eventStores {
      // The recorded answers have null here.
      writer.raw("null")
    } else {
      writer.raw("\"")
      appendSelf(record, to: &writer)
      writer.raw("\"")
    }
    writer.raw("},\"attributes\":{")
    attributes(record, to: &writer)
    writer.raw("}")
    relationships(record, include, to: &writer)
    writer.raw(",\"meta\":{")
    if options.meta == .resource || options.meta == .both { metaMembers(to: &writer) }
    writer.raw("}}")
  }

  private func attributes(_ record: RecordRef, to writer: inout ByteWriter) {
    var isFirst = true
    for attribute in visible[Int(record.type.rawValue)] {
      writer.separate(&isFirst)
      writer.raw("\"")
      writer.raw(text: attribute.name)
      writer.raw("\":")
      let value = store.value(
        attribute.field, of: record, emptyMetadataIsNull: options.emptyMetadataIsNull)
      writer.value(value)
    }
    if leaksToken, record.type == .resets,
      fields[.resets].map({ !$0.names.contains("reset_password_token") }) ?? false
    {
      writer.separate(&isFirst)
      writer.raw("\"reset_password_token\":")
      writer.string(store.resetToken(record.number))
    }
  }

  private func relationships(
    _ record: RecordRef, _ include: [IncludeTree], to writer: inout ByteWriter
  ) {
    let shown = record.type.schema.relationships.filter { isVisible($0, of: record.type) }
    guard !shown.isEmpty else { return }
    writer.raw(",\"relationships\":{")
    var isFirst = true
    for relationship in shown {
      writer.separate(&isFirst)
      writer.raw("\"")
      writer.raw(text: relationship.name)
      writer.raw("\":{\"links\":{")
      relationshipLinks(record, relationship, to: &writer)
      writer.raw("}")
      if include.contains(where: { $0.relationship.name == relationship.name }) {
        writer.raw(",\"data\":")
        linkageData(record, relationship, to: &writer)
      }
      writer.raw("}")
    }
    writer.raw("}")
  }

  private func relationshipLinks(
    _ record: RecordRef, _ relationship: Relationship, to writer: inout ByteWriter
  ) {
    writer.raw("\"self\":\"")
    appendSelf(record, to: &writer)
    writer.raw("/relationships/")
    writer.raw(text: relationship.name)
    writer.raw("\",\"related\":\"")
    appendSelf(record, to: &writer)
    writer.raw("/")
    writer.raw(text: relationship.name)
    writer.raw("\"")
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

  private func appendSelf(_ record: RecordRef, to writer: inout ByteWriter) {
    writer.raw(text: base)
    writer.raw("/")
    writer.raw(text: record.type.name)
    writer.raw("/")
    store.appendID(of: record, to: &writer)
  }

  private func metaMembers(to writer: inout ByteWriter) {
    writer.raw("\"mode\":")
    writer.string(mode)
    writer.raw(",\"organization_id\":")
    writer.string(organizationID)
    writer.raw(",\"trace_id\":\"")
    writer.raw(text: traceID)
    writer.raw("\"")
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

/// Links of a page, percent-encoded, repeating filters and order.
struct PageLinks {
  let path: String
  let echo: String

  /// The members `first`, `prev`, `next`, `last`.
  func members(page: ResourceQuery.Page, pageCount: Int) -> [UInt8] {
    var writer = ByteWriter(capacityBytes: 1_024)
    add("first", number: 1, page, to: &writer)
    if page.number > 1 {
      writer.raw(",")
      add("prev", number: page.number - 1, page, to: &writer)
    }
    if page.number < pageCount {
      writer.raw(",")
      add("next", number: page.number + 1, page, to: &writer)
    }
    writer.raw(",")
    add("last", number: max(1, pageCount), page, to: &writer)
    return writer.bytes
  }

  /// The members of a cursor-paged list; `after` is the last id of a page with a successor.
  func cursorMembers(page: ResourceQuery.Page, after: String?) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw("\"first\":")
    writer.string(path + "?" + prefix + "page%5Bsize%5D=\(page.size)")
    if let after {
      writer.raw(",\"next\":")
      writer.string(
        path + "?" + prefix + "page%5Bafter%5D=\(after)&page%5Bsize%5D=\(page.size)")
    }
    return writer.bytes
  }

  private var prefix: String { echo.isEmpty ? "" : echo + "&" }

  private func add(
    _ name: String, number: Int, _ page: ResourceQuery.Page, to writer: inout ByteWriter
  ) {
    writer.key(name)
    writer.string(
      "\(path)?\(prefix)page%5Bnumber%5D=\(number)&page%5Bsize%5D=\(page.size)")
  }
}
