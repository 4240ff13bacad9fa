public import Formats
public import Reconciliation

/// Two values side by side, with what differs marked: writing the source would remove and add it.
public struct ValueComparison: Sendable {
  /// The value of the source.
  public let sourceValue: FieldValue?
  /// The value of the remote.
  public let remoteValue: FieldValue?
  /// The source's value as shown.
  public let source: ShownValue
  /// The remote's value as shown.
  public let remote: ShownValue
  private let diff: TextDiff?

  /// Characters around a difference that stay visible in a value longer than a page shows.
  static let contextCharacters = 400

  /// Compares the values of both sides; only two values from the data are compared.
  public init(source: FieldValue?, remote: FieldValue?) {
    sourceValue = source
    remoteValue = remote
    self.source = ShownValue(source)
    self.remote = ShownValue(remote)
    guard self.source.isData, self.remote.isData else {
      diff = nil
      return
    }
    let byLine = self.source.isLong || self.remote.isLong
    diff =
      byLine && (self.source.text.contains("\n") || self.remote.text.contains("\n"))
      ? TextDiff(lines: self.remote.text, self.source.text)
      : TextDiff(characters: self.remote.text, self.source.text)
  }

  /// The spans of one side; common parts of a very long value are folded to their ends.
  public func spans(of side: Side) -> [TextDiff.Span]? {
    guard let diff else { return nil }
    let spans = side == .source ? diff.second : diff.first
    let length = spans.reduce(0) { $0 + $1.text.utf8.count }
    guard length > ShownValue.pageCharactersMax else { return spans }
    return spans.map(Self.folded)
  }

  private static func folded(_ span: TextDiff.Span) -> TextDiff.Span {
    let count = span.text.count
    guard count > 2 * contextCharacters + 40 else { return span }
    let hidden = Words.count(count - 2 * contextCharacters, "character")
    return TextDiff.Span(
      span.kind,
      span.text.prefix(contextCharacters) + " … \(hidden) … "
        + span.text.suffix(contextCharacters))
  }
}
