import Formats

/// How the two values of an identity pair are compared.
public enum IdentityComparison: String, Sendable, Hashable, CaseIterable {
  /// As they are, after trimming, in normal form C.
  case exact
  /// Without regard to case.
  case caseInsensitive = "case_insensitive"
}

/// An attribute of a reset that says whose it is.
public enum RemoteAttribute: Sendable, Hashable {
  /// The e-mail of the reset's customer.
  case customerEmail
  /// A value in the metadata, by pointer.
  case metadata(FieldTarget)

  /// The attribute of this spelling: `customer_email`, or a JSON pointer into the metadata.
  public init?(_ text: String) {
    if text == "customer_email" {
      self = .customerEmail
    } else if text.hasPrefix("/"), let target = FieldTarget(text) {
      self = .metadata(target)
    } else {
      return nil
    }
  }

  /// The spelling of a mapping.
  public var name: String {
    switch self {
    case .customerEmail: "customer_email"
    case .metadata(.key(let key)): key
    case .metadata(.pointer(let pointer)): pointer.text
    }
  }
}

/// A column and an attribute that should mean the same person.
public struct IdentityPair: Sendable, Hashable {
  /// The column of the source.
  public let column: String
  /// The attribute of the reset.
  public let attribute: RemoteAttribute
  /// How they are compared.
  public let compare: IdentityComparison

  /// A pair.
  public init(column: String, attribute: RemoteAttribute, compare: IdentityComparison = .exact) {
    self.column = column
    self.attribute = attribute
    self.compare = compare
  }

  /// The form in which both values are compared and indexed; nil for blank.
  public func normal(_ text: String?) -> String? {
    guard let text else { return nil }
    let plain = nfc(text.trimmed)
    guard !plain.isEmpty else { return nil }
    switch compare {
    case .exact: return plain
    case .caseInsensitive: return nfc(plain.caseFolded)
    }
  }

  /// The record's value in normal form; nil for blank.
  public func sourceValue(_ record: SourceRecord) -> String? {
    normal(record.cell(column).text)
  }

  /// The reset's value in normal form; nil for blank.
  public func remoteValue(_ reset: RemoteReset) -> String? {
    switch attribute {
    case .customerEmail: return normal(reset.customerEmail)
    case .metadata(let target):
      guard case .value(.present(let value)) = target.read(reset.metadata) else { return nil }
      return normal(value.plainText)
    }
  }
}
