public import Formats
public import Reconciliation

/// Two values side by side, with what differs marked: writing the source would remove and add it.
public struct ValueComparison: Sendable {
  /// The source's value as shown.
  public let source: ShownValue
  /// The remote's value as shown.
  public let remote: ShownValue
  private let diff: TextDiff?
  private let isWhollyDifferent: Bool

  /// Characters around a difference that stay visible in a value longer than a page shows.
  static let contextCharacters = 400

  /// Compares the values of both sides; only two values from the data are compared.
  public init(source: FieldValue?, remote: FieldValue?) {
    self.init(ShownValue(source), ShownValue(remote))
  }

  /// Compares two values as they are shown.
  init(_ source: ShownValue, _ remote: ShownValue) {
    self.source = source
    self.remote = remote
    guard self.source.isData, self.remote.isData else {
      diff = nil
      isWhollyDifferent = false
      return
    }
    let byLine = self.source.isLong || self.remote.isLong
    let hasLines = self.source.text.contains("\n") || self.remote.text.contains("\n")
    let diff =
      byLine && hasLines
      ? TextDiff(lines: self.remote.text, self.source.text)
      : TextDiff(characters: self.remote.text, self.source.text)
    self.diff = diff
    isWhollyDifferent =
      !byLine
      && Self.areWhollyDifferent(diff, max(self.source.text.count, self.remote.text.count))
  }

  /// The spans of one side; common parts of a very long value are folded to their ends.
  public func spans(of side: Side) -> [TextDiff.Span]? {
    guard let diff else { return nil }
    var spans = side == .source ? diff.second : diff.first
    if isWhollyDifferent {
      spans = [
        side == .source
          ? TextDiff.Span(.added, source.text) : TextDiff.Span(.removed, remote.text)
      ]
    }
    let length = spans.reduce(0) { $0 + $1.text.utf8.count }
    guard length > ShownValue.pageCharactersMax else { return spans }
    return spans.map(Self.folded)
  }

  /// Whether both have so little in common that marking single characters would only confuse.
  private static func areWhollyDifferent(_ diff: TextDiff, _ longer: Int) -> Bool {
    let common = diff.first.filter { $0.kind == .common }.reduce(0) { $0 + $1.text.count }
    return common * 3 < longer
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
