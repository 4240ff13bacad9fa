/// The resource types that the sandbox plays.
enum ResourceType: UInt8, CaseIterable {
  case resets
  case customers
  case events
  case eventStores

  /// The name on the wire: type member and path segment.
  var name: String {
    switch self {
    case .resets: "customer_password_resets"
    case .customers: "customers"
    case .events: "events"
    case .eventStores: "event_stores"
    }
  }

  static func named(_ name: String) -> ResourceType? {
    allCases.first { $0.name == name }
  }

  var schema: Schema { Schema.all[Int(rawValue)] }
}

/// How an attribute's values compare and print.
enum AttributeKind {
  case identifier
  case text
  case time
  case integer
  case bool
  case json
}

/// What a client may do with an attribute (CommerceLayer#The-resource).
struct AttributeUse: OptionSet {
  let rawValue: UInt8
  static let read = AttributeUse(rawValue: 1)
  static let create = AttributeUse(rawValue: 2)
  static let update = AttributeUse(rawValue: 4)
  static let filter = AttributeUse(rawValue: 8)
  static let sort = AttributeUse(rawValue: 16)
}

/// One attribute of a resource type.
struct Attribute {
  let name: String
  let field: Field
  let kind: AttributeKind
  let use: AttributeUse
}

/// Where a row keeps the value of an attribute.
enum Field: UInt8 {
  case id, customerEmail, resetPasswordToken, resetPasswordAt, createdAt, updatedAt, reference
  case referenceOrigin, metadata, customerPassword, tokenArgument
  case email, password, status, hasPassword, ordersCount, shopperReference, profileID
  case taxExemptionCode, alwaysNull, trigger
  case name, resourceType, resourceID, event, payload, who
}

/// One relationship of a resource type.
struct Relationship {
  let name: String
  /// Nil for related types that the sandbox does not hold: always empty.
  let target: ResourceType?
  let isToMany: Bool
  let isIncludable: Bool
  let isFilterable: Bool
}

/// Attributes and relationships of one type.
struct Schema {
  let type: ResourceType
  let attributes: [Attribute]
  let relationships: [Relationship]

  func attribute(_ name: String) -> Attribute? {
    attributes.first { $0.name == name }
  }

  func relationship(_ name: String) -> Relationship? {
    relationships.first { $0.name == name }
  }

  static let all = [resets, customers, events, eventStores]

  private static let identifier = Attribute(
    name: "id", field: .id, kind: .identifier, use: [.read, .filter, .sort])

  private static func text(_ name: String, _ field: Field, _ use: AttributeUse) -> Attribute {
    Attribute(name: name, field: field, kind: .text, use: use)
  }

  private static let times = [
    Attribute(name: "created_at", field: .createdAt, kind: .time, use: [.read, .filter, .sort]),
    Attribute(name: "updated_at", field: .updatedAt, kind: .time, use: [.read, .filter, .sort]),
  ]

  private static let external = [
    text("reference", .reference, [.read, .create, .update, .filter, .sort]),
    text("reference_origin", .referenceOrigin, [.read, .create, .update, .filter, .sort]),
    Attribute(
      name: "metadata", field: .metadata, kind: .json, use: [.read, .create, .update, .filter]),
  ]

  private static func many(
    _ name: String, _ target: ResourceType? = nil, includable: Bool = true, filterable: Bool = false
  ) -> Relationship {
    Relationship(
      name: name, target: target, isToMany: true, isIncludable: includable,
      isFilterable: filterable)
  }

  private static let resets = Schema(
    type: .resets,
    attributes: [
      identifier,
      text("customer_email", .customerEmail, [.read, .create]),
      text("reset_password_token", .resetPasswordToken, [.read, .filter]),
      Attribute(
        name: "reset_password_at", field: .resetPasswordAt, kind: .time, use: [.read, .filter]),
    ] + times + external + [
      text("customer_password", .customerPassword, [.update]),
      text("_reset_password_token", .tokenArgument, [.update]),
    ],
    relationships: [
      Relationship(
        name: "customer", target: .customers, isToMany: false, isIncludable: true,
        isFilterable: true),
      many("events", .events, filterable: true),
      many("event_stores", .eventStores, includable: false),
    ])

  private static let customers = Schema(
    type: .customers,
    attributes: [
      identifier,
      text("email", .email, [.read, .create, .update, .filter, .sort]),
      text("password", .password, [.create, .update]),
      text("status", .status, [.read, .filter, .sort]),
      Attribute(name: "has_password", field: .hasPassword, kind: .bool, use: [.read, .filter]),
      Attribute(
        name: "total_orders_count", field: .ordersCount, kind: .integer,
        use: [.read, .filter, .sort]),
      text("shopper_reference", .shopperReference, [.read, .create, .update, .filter]),
      text("profile_id", .profileID, [.read, .create, .update, .filter]),
      text("tax_exemption_code", .taxExemptionCode, [.read, .create, .update]),
      // Taken and without effect: the sandbox holds no tags and anonymises nobody.
      text("_add_tags", .trigger, .update),
      text("_remove_tags", .trigger, .update),
      Attribute(name: "_request_anonymization", field: .trigger, kind: .bool, use: .update),
      Attribute(name: "_cancel_anonymization", field: .trigger, kind: .bool, use: .update),
    ] + times + [
      external[0], external[1],
      Attribute(name: "jwt_custom_claim", field: .alwaysNull, kind: .json, use: .read),
      external[2],
      Attribute(name: "anonymization_info", field: .alwaysNull, kind: .json, use: .read),
      text("anonymization_status", .alwaysNull, .read),
    ],
    relationships: [
      Relationship(
        name: "customer_group", target: nil, isToMany: false, isIncludable: true,
        isFilterable: false),
      many("customer_addresses"), many("customer_payment_sources"),
      many("customer_subscriptions"), many("orders"), many("order_subscriptions"),
      many("returns"), many("sku_lists"), many("attachments"),
      many("events", .events, filterable: true), many("tags"),
      Relationship(
        name: "jwt_customer", target: nil, isToMany: false, isIncludable: true,
        isFilterable: false),
      many("jwt_markets"), many("jwt_stock_locations"),
      many("event_stores", .eventStores, includable: false),
    ])

  private static let events = Schema(
    type: .events,
    attributes: [identifier, text("name", .name, [.read, .filter, .sort])] + times
      + external.map {
        Attribute(
          name: $0.name, field: $0.field, kind: $0.kind, use: $0.use.subtracting(.create))
      } + [Attribute(name: "_trigger", field: .trigger, kind: .bool, use: .update)],
    relationships: [
      many("webhooks"), many("last_event_callbacks"),
      many("event_stores", .eventStores, includable: false),
    ])

  private static let eventStores = Schema(
    type: .eventStores,
    attributes: [
      Attribute(name: "id", field: .id, kind: .identifier, use: [.read]),
      text("resource_type", .resourceType, .read),
      text("resource_id", .resourceID, .read),
      text("event", .event, .read),
      Attribute(name: "payload", field: .payload, kind: .json, use: .read),
      Attribute(name: "who", field: .who, kind: .json, use: .read),
      Attribute(name: "created_at", field: .createdAt, kind: .time, use: .read),
      Attribute(name: "updated_at", field: .updatedAt, kind: .time, use: .read),
      text("reference", .reference, .read),
      text("reference_origin", .referenceOrigin, .read),
      Attribute(name: "metadata", field: .metadata, kind: .json, use: .read),
    ],
    relationships: [])
}
