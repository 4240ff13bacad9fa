internal import Formats
public import Reconciliation

/// One reset as the API answered; its secrets never get this far.
public struct ResetRow: Sendable, Hashable {
  /// The id of the resource.
  public var id: String
  /// The key that follows from reference and origin (`RuleBook.assign`).
  public var key: KeyAssignment
  /// The reference as it came.
  public var reference: String?
  /// The reference origin as it came.
  public var referenceOrigin: String?
  /// The customer's e-mail as it came; nil where the answer had none.
  public var customerEmail: String?
  /// When the password was reset, as it came.
  public var resetPasswordAt: String?
  /// When the resource was created, as it came.
  public var createdAt: String?
  /// When the resource was updated, as it came.
  public var updatedAt: String?
  /// The metadata object, byte for byte as it came.
  public var metadata: String
  /// The resource's own address.
  public var selfLink: String?
  /// The addresses of its relationships (`ResetLinks.compact`); nil for the standard ones.
  public var links: String?
  /// `test` or `live`; nil where the answer did not say.
  public var mode: String?

  /// Takes all parts as they are.
  public init(
    id: String, key: KeyAssignment, reference: String? = nil, referenceOrigin: String? = nil,
    customerEmail: String? = nil, resetPasswordAt: String? = nil, createdAt: String? = nil,
    updatedAt: String? = nil, metadata: String = "{}", selfLink: String? = nil,
    links: String? = nil, mode: String? = nil
  ) {
    self.id = id
    self.key = key
    self.reference = reference
    self.referenceOrigin = referenceOrigin
    self.customerEmail = customerEmail
    self.resetPasswordAt = resetPasswordAt
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.metadata = metadata
    self.selfLink = selfLink
    self.links = links
    self.mode = mode
  }
}

extension KeyAssignment {
  /// The word in `resets.assignment`.
  var stored: String {
    switch self {
    case .known: "known"
    case .unknownOrigin: "unknown_origin"
    case .unreferenced: "unreferenced"
    }
  }
}
