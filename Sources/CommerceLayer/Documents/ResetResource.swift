public import Formats

/// An instant of the API, with the text it came as.
public struct RemoteInstant: Sendable, Hashable {
  /// As it came; it is sent back in filters only after it was rewritten to UTC milliseconds.
  public let text: String
  /// The instant; the API stores more decimals than it shows.
  public let time: Timestamp

  /// Reads RFC 3339 text in any form; nil when it is none.
  public init?(_ text: String) {
    guard let time = Timestamp(rfc3339: text) else { return nil }
    self.text = text
    self.time = time
  }
}

/// A link of a resource to another one.
public struct ResourceLinks: Sendable, Equatable {
  /// Where the relation itself stands.
  public let relationship: String?
  /// Where the related resource stands.
  public let related: String?
}

/// One `customer_password_resets` resource without its secrets.
///
/// `reset_password_token` and `customer_password` have no place here: they are never asked for,
/// and dropped by the decoder when an answer brings them anyway.
public struct ResetResource: Sendable, Equatable {
  /// The type name of the API.
  public static let type = "customer_password_resets"

  /// The opaque id; its text order means nothing.
  public let id: String
  /// The address of the resource, if the answer gave it.
  public let selfLink: String?
  /// The e-mail address of the customer; nil where the credentials may not see it.
  public let customerEmail: String?
  /// When the password was reset, nil as long as it was not.
  public let resetPasswordAt: RemoteInstant?
  /// When the resource was made.
  public let createdAt: RemoteInstant
  /// When it last changed.
  public let updatedAt: RemoteInstant
  /// The external identifier.
  public let reference: String?
  /// The external system.
  public let referenceOrigin: String?
  /// The exact JSON text of the metadata, an object unless somebody stored something else; `{}`
  /// also where the API says null or nothing.
  public let metadata: [UInt8]
  /// The links of relationships that stand elsewhere than below `selfLink`; nil for none such.
  let otherLinks: [String: ResourceLinks]?
  /// `test` or `live`, where the answer says so.
  public let mode: String?
  /// The id of the organisation, where the answer says so.
  public let organizationID: String?

  /// The relationships, in the order of the documentation.
  static let relations = ["customer", "events", "event_stores"]

  /// The links `customer`, `events` and `event_stores`, those that the answer gave.
  public var links: [String: ResourceLinks] {
    if let otherLinks { return otherLinks }
    guard let selfLink else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: Self.relations.map { name in
        (
          name,
          ResourceLinks(
            relationship: "\(selfLink)/relationships/\(name)", related: "\(selfLink)/\(name)")
        )
      })
  }

  /// Whether the answer gave all relationships, and all below `selfLink`.
  public var hasUsualLinks: Bool { otherLinks == nil }

  /// Whether the metadata is an object, as it must be to be written to.
  public var hasObject: Bool { metadata.first == UInt8(ascii: "{") }

  /// The metadata as a tree, empty where it is no object; the text was checked when it came.
  public var metadataValue: JSONObject {
    ((try? JSONValue(parsing: metadata))?.objectValue) ?? JSONObject()
  }
}

/// A customer, as far as a conflict is explained by it.
public struct RemoteCustomer: Sendable, Equatable {
  /// The opaque id.
  public let id: String
  /// The e-mail address.
  public let email: String?
  /// `prospect`, `acquired` or `repeat`.
  public let status: String?
  /// Whether the customer has a password; guests have none.
  public let hasPassword: Bool?
  /// The external identifier.
  public let reference: String?
  /// The external system.
  public let referenceOrigin: String?
}

/// Something that happened to a reset, such as `customer_password_resets.create`.
public struct RemoteEvent: Sendable, Equatable {
  /// The opaque id.
  public let id: String
  /// Resource type and event.
  public let name: String
  /// When it happened.
  public let at: RemoteInstant?
}

/// One field of a reset that somebody changed.
public struct RemoteChange: Sendable, Equatable {
  /// The attribute, such as `metadata`; never one that holds a secret.
  public let field: String
  /// The value before.
  public let from: JSONValue
  /// The value after.
  public let to: JSONValue
  /// Who did it, such as `integration DNOPYiZYpn` or `Customer yQQrBhLBmQ via sales_channel x`.
  public let who: String
  /// When.
  public let at: RemoteInstant?
  /// `create` or `update`.
  public let event: String
  /// The id of the audit entry.
  public let entryID: String
}
