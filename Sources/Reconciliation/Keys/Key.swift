import Formats

/// What both sides are matched on: an origin and a reference, both in normal form.
///
/// Compared as bytes: what letters composed in another way have in common, the normal form has
/// told already.
public struct Key: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first origin of the mapping, or with an origin column the origin itself.
  public let origin: String
  /// The reference after the mapping's normalisation; never empty.
  public let reference: String

  /// Takes both parts as they are; `RuleBook.assign` and `Mapping.read` make them from raw text.
  public init(origin: String, reference: String) {
    self.origin = origin
    self.reference = reference
  }

  /// Equal by their bytes, as in the mirror.
  public static func == (left: Key, right: Key) -> Bool {
    left.reference.isExactly(right.reference) && left.origin.isExactly(right.origin)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ExactText(origin))
    hasher.combine(ExactText(reference))
  }

  /// Orders by origin, then by reference, each by code point as SQLite's binary collation does.
  public static func < (left: Key, right: Key) -> Bool {
    if !left.origin.isExactly(right.origin) { return left.origin.precedesByBytes(right.origin) }
    return left.reference.precedesByBytes(right.reference)
  }

  /// `origin/reference`, for people.
  public var description: String { "\(origin)/\(reference)" }
}

/// Which key a reset carries now.
public enum KeyAssignment: Sendable, Hashable {
  /// Reference and origin are there, and a mapping names the origin.
  case known(mapping: String, Key)
  /// There is a reference, but its origin is null or named by no mapping.
  case unknownOrigin(String?)
  /// There is no reference, or its normal form is empty.
  case unreferenced

  /// The key, when it is known.
  public var key: Key? {
    if case .known(_, let key) = self { return key }
    return nil
  }

  /// The mapping, when the key is known.
  public var mapping: String? {
    if case .known(let mapping, _) = self { return mapping }
    return nil
  }
}

extension String {
  /// Whether the UTF-8 bytes of this text come before the other's.
  func precedesByBytes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
