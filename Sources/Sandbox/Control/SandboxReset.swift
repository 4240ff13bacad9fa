public import Formats

/// A password reset as tests and seeds see it, secrets included.
public struct SandboxReset: Sendable, Equatable {
  /// The opaque id; nil in a new one lets the sandbox make it.
  public var id: String?
  /// The e-mail of its customer, who is made if unknown.
  public var customerEmail: String
  /// The reset password token; nil in a new one lets the sandbox make it.
  public var token: String?
  /// When the password was reset.
  public var resetAt: Timestamp?
  /// When it was created; nil means now.
  public var createdAt: Timestamp?
  /// When it was last changed; nil means at its creation.
  public var updatedAt: Timestamp?
  /// The external identifier.
  public var reference: String?
  /// The system that the reference belongs to.
  public var referenceOrigin: String?
  /// JSON text of the metadata object, kept as spelled; nil for null.
  public var metadata: String?

  /// Makes a reset without references and metadata.
  public init(
    customerEmail: String, reference: String? = nil, referenceOrigin: String? = nil,
    metadata: String? = nil
  ) {
    self.customerEmail = customerEmail
    self.reference = reference
    self.referenceOrigin = referenceOrigin
    self.metadata = metadata
  }
}
