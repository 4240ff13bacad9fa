import Glibc

/// A pattern for names with `*`, `?` and `[…]`, as in a shell; a `*` also stands for `/`, and the
/// case of letters does not count.
public struct NamePattern: Sendable, Hashable {
  private let pattern: String

  /// A pattern; one without signs stands for exactly that name.
  public init(_ pattern: String) { self.pattern = pattern.lowercased() }

  /// Whether the pattern stands for a name.
  public func matches(_ name: String) -> Bool {
    unsafe fnmatch(pattern, name.lowercased(), 0) == 0
  }
}
