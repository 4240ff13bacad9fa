extension Store {
  /// The value of an attribute of a live row.
  func value(_ field: Field, of record: RecordRef, emptyMetadataIsNull: Bool) -> FieldValue {
    switch record.type {
    case .resets: resetValue(field, record, emptyMetadataIsNull)
    case .customers: customerValue(field, record, emptyMetadataIsNull)
    case .events: eventValue(field, record, emptyMetadataIsNull)
    case .eventStores: eventStoreValue(field, record)
    }
  }

  private func resetValue(
    _ field: Field, _ record: RecordRef, _ emptyIsNull: Bool
  ) -> FieldValue {
    let number = record.number
    switch field {
    case .id: return .identifier(number)
    case .customerEmail: return .text(customers[Int(resets[number].customer)].email)
    case .resetPasswordToken: return Self.text(resetToken(number))
    case .resetPasswordAt:
      let time = resets[number].resetAt
      return time == ResetRow.neverReset ? .null : .time(time)
    case .createdAt: return .time(resets[number].createdAt)
    case .updatedAt: return .time(resets[number].updatedAt)
    case .reference: return Self.text(resets[number].reference)
    case .referenceOrigin: return Self.text(origin(resets[number].origin))
    case .metadata: return Self.metadata(resets[number].metadata, emptyIsNull)
    default: return .null
    }
  }

  private func customerValue(
    _ field: Field, _ record: RecordRef, _ emptyIsNull: Bool
  ) -> FieldValue {
    let row = customers[record.number]
    switch field {
    case .id: return .identifier(record.number)
    case .email: return .text(row.email)
    case .status: return .text("prospect")
    case .hasPassword: return .bool(row.hasPassword)
    case .ordersCount: return .integer(0)
    case .shopperReference: return Self.text(row.details?.shopperReference)
    case .profileID: return Self.text(row.details?.profileID)
    case .taxExemptionCode: return Self.text(row.details?.taxExemptionCode)
    case .createdAt: return .time(row.createdAt)
    case .updatedAt: return .time(row.updatedAt)
    default: return Self.external(field, row.details, emptyIsNull)
    }
  }

  private func eventValue(
    _ field: Field, _ record: RecordRef, _ emptyIsNull: Bool
  ) -> FieldValue {
    let row = events[record.number]
    switch field {
    case .id: return .identifier(record.number)
    case .name: return .text(row.name)
    case .createdAt: return .time(row.createdAt)
    case .updatedAt: return .time(row.updatedAt)
    default: return Self.external(field, row.details, emptyIsNull)
    }
  }

  private func eventStoreValue(_ field: Field, _ record: RecordRef) -> FieldValue {
    let row = eventStore(record.number)
    switch field {
    case .id: return .text(row.id)
    case .resourceType: return .text(row.subject.type.name)
    case .resourceID: return .text(id(of: row.subject))
    case .event: return .text(row.event)
    case .payload: return .json(row.payload)
    case .who: return .json(row.who)
    case .createdAt, .updatedAt: return .text(Instant.offsetForm(row.createdAt))
    // The recorded answers have empty objects here, not null.
    case .reference, .referenceOrigin, .metadata: return .json(Array("{}".utf8))
    default: return .null
    }
  }

  private static func external(
    _ field: Field, _ details: RowDetails?, _ emptyIsNull: Bool
  ) -> FieldValue {
    switch field {
    case .reference: text(details?.reference)
    case .referenceOrigin: text(details?.referenceOrigin)
    case .metadata: metadata(details?.metadata, emptyIsNull)
    default: .null
    }
  }

  private static func text(_ text: String?) -> FieldValue {
    if let text { .text(text) } else { .null }
  }

  private static func metadata(_ bytes: [UInt8]?, _ emptyIsNull: Bool) -> FieldValue {
    guard let bytes, bytes.count > 2 else { return emptyIsNull ? .null : .json([0x7B, 0x7D]) }
    return .json(bytes)
  }

  /// The rows on the other side of a relationship.
  func related(_ relationship: Relationship, of record: RecordRef) -> [RecordRef] {
    switch (record.type, relationship.target) {
    case (.resets, .customers?):
      let customer = Int(resets[record.number].customer)
      return customers[customer].isAlive ? [RecordRef(type: .customers, number: customer)] : []
    case (_, .events?):
      return (eventsBySubject[record] ?? []).map { RecordRef(type: .events, number: $0) }
    case (_, .eventStores?):
      return eventStores(of: record).map { RecordRef(type: .eventStores, number: $0) }
    default: return []
    }
  }

  /// Every live row of a type, in insertion order.
  func all(_ type: ResourceType) -> [RecordRef] {
    switch type {
    case .resets:
      resetsByNumber.sequences(in: 0..<resetsByNumber.count)
        .map { RecordRef(type: .resets, number: $0) }
    case .customers:
      liveCustomers.sequences(in: 0..<liveCustomers.count)
        .map { RecordRef(type: .customers, number: $0) }
    case .events: events.indices.map { RecordRef(type: .events, number: $0) }
    case .eventStores: []
    }
  }
}
