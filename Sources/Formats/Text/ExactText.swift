/// A text that equals another only if their bytes are the same.
///
/// Swift's own `==` takes composed and decomposed letters for one; names of columns and members are
/// told apart by their bytes.
public struct ExactText: Sendable, Hashable {
  /// The text.
  public let text: String

  /// Takes a text as it is.
  public init(_ text: String) { self.text = text }

  /// Equal by their bytes.
  public static func == (a: ExactText, b: ExactText) -> Bool { a.text.isExactly(b.text) }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Whether both have the same bytes.
  public func isExactly(_ other: String) -> Bool {
    let (own, others) = (utf8.span, other.utf8.span)
    return own.count == others.count && isSame(own, 0, others, 0, own.count)
  }
}

extension Collection where Element == String {
  /// Where the first text with exactly these bytes is; nil where there is none.
  public func firstIndex(ofExactly text: String) -> Index? {
    firstIndex { $0.isExactly(text) }
  }
}
