/// A text that must not be seen: it prints as «hidden» wherever values are printed.
public struct Secret: Sendable, Equatable {
  /// What stands in the place of a secret.
  public static let mask = "\u{AB}hidden\u{BB}"

  private let text: String

  /// Takes a text into custody.
  public init(_ text: String) {
    self.text = text
  }

  /// The text itself; call it only where it is sent or compared.
  public func reveal() -> String { text }

  /// Whether there is nothing to hide.
  public var isEmpty: Bool { text.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The mask, never the text.
  public var description: String { Self.mask }
  /// The mask, never the text.
  public var debugDescription: String { Self.mask }
  /// Nothing inside, so that `dump` finds nothing either.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
