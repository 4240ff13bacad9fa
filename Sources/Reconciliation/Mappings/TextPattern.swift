/// A regular expression as a mapping names it, in the dialect of Swift's `Regex` (as PCRE: `\d+`,
/// `(?<name>…)`).
///
/// Kept as its text; whoever uses it often compiles it once with `matcher`.
public struct TextPattern: Sendable, Hashable {
  /// The expression.
  public let text: String
  /// How many groups it captures, named or not.
  public let groups: Int

  /// A pattern; nil where the text is no regular expression.
  public init?(_ text: String) {
    guard let regex = try? Regex(text) else { return nil }
    self.text = text
    // An alternative that matches everything shows how many captures a match has.
    groups =
      (try? Regex("(?:\(text))|").wholeMatch(in: "")).flatMap(\.self).map { $0.count - 1 } ?? 0
    names = Set(Self.known.filter { regex.contains(captureNamed: $0) })
  }

  /// The names of groups that mappings use.
  fileprivate static let known = ["set", "part", "rows", "sum"]
  private let names: Set<String>

  /// Whether it has a group of this name, one of `set`, `part`, `rows` and `sum`.
  public func has(_ group: String) -> Bool { names.contains(group) }

  /// The expression that matches a text as it stands.
  public static func escaped(_ text: some StringProtocol) -> String {
    text.reduce(into: "") { escaped, character in
      if "\\^$.|?*+()[]{}".contains(character) { escaped.append("\\") }
      escaped.append(character)
    }
  }

  /// The expression, ready to be matched.
  public var matcher: TextMatcher { TextMatcher(self) }
}

/// A compiled pattern; for use by one thread.
public struct TextMatcher {
  private let regex: Regex<AnyRegexOutput>?
  private let names: [String]

  fileprivate init(_ pattern: TextPattern) {
    regex = try? Regex(pattern.text)
    names = TextPattern.known.filter(pattern.has)
  }

  /// What the first match in a text captures: named groups by name, the first group under `""`; nil
  /// without a match.
  public func groups(in text: String) -> [String: String]? {
    guard let regex, let match = try? regex.firstMatch(in: text) else { return nil }
    var found: [String: String] = [:]
    for name in names {
      if let text = match[name]?.substring { found[name] = String(text) }
    }
    if match.count > 1, let text = match[1].substring { found[""] = String(text) }
    return found
  }
}
