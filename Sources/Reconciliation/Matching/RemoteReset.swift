public import Formats

/// One reset as the mirror holds it; its token is never among these.
public struct RemoteReset: Sendable {
  /// The id of the resource.
  public let id: String
  /// The reference as it came.
  public let reference: String?
  /// The reference origin as it came.
  public let referenceOrigin: String?
  /// The key that follows from both.
  public let key: KeyAssignment
  /// The e-mail of the customer; nil when unknown or no longer kept.
  public var customerEmail: String?
  /// When the password was reset, as it came.
  public let resetPasswordAt: String?
  /// When the resource was created, as it came.
  public let createdAt: String?
  /// When the resource was updated, as it came.
  public let updatedAt: String?
  /// `updatedAt` as an instant; nil when missing or unreadable.
  public let updatedAtInstant: Timestamp?
  /// The whole metadata object.
  public let metadata: JSONObject
  /// When the mirror first saw it.
  public let firstSeen: Timestamp
  /// Whether it is proven to be gone from the API.
  public let isDeleted: Bool
  /// Its row in the mirror.
  public let mirrorID: Int64
  /// Its own address and those of its relationships; none in walks over all resets.
  public let links: ResetLinks
  /// What the metadata is where it is no object, so that nothing can be read from it or written to
  /// it; nil for an object.
  public var oddMetadata: JSONValue?
  /// When parts of the metadata became what they are; nil where nothing changed since it was first
  /// seen.
  public var fieldTimes: FieldTimes?
  /// `test` or `live`; nil where the answers did not say, and in walks over all resets.
  public let mode: String?

  /// Takes all parts as they are; the instant is read from `updatedAt`.
  public init(
    id: String, reference: String?, referenceOrigin: String?, key: KeyAssignment,
    customerEmail: String?, resetPasswordAt: String?, createdAt: String?, updatedAt: String?,
    metadata: JSONObject, firstSeen: Timestamp, isDeleted: Bool, mirrorID: Int64,
    links: ResetLinks = ResetLinks(own: nil, relations: [:]), mode: String? = nil
  ) {
    self.id = id
    self.reference = reference
    self.referenceOrigin = referenceOrigin
    self.key = key
    self.customerEmail = customerEmail
    self.resetPasswordAt = resetPasswordAt
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.updatedAtInstant = updatedAt.flatMap { Timestamp(rfc3339: $0) }
    self.metadata = metadata
    self.firstSeen = firstSeen
    self.isDeleted = isDeleted
    self.mirrorID = mirrorID
    self.links = links
    self.mode = mode
  }

  /// When a part of the metadata became what it is.
  public func span(of target: FieldTarget) -> ChangeSpan {
    fieldTimes?.span(of: target.path) ?? ChangeSpan(after: nil, until: updatedAtInstant)
  }
}
