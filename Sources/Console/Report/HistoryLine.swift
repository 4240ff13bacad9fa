public import Formats

/// One entry in the history of a conflict.
public struct HistoryLine: Sendable, Equatable {
  /// When.
  public var at: Timestamp
  /// What happened, in words: `opened`, `decided source`, `comment`.
  public var event: String
  /// The run in which it happened.
  public var run: String?
  /// Who did it.
  public var by: String?
  /// The reason or the comment.
  public var text: String?

  /// Makes an entry.
  public init(
    at: Timestamp, event: String, run: String? = nil, by: String? = nil, text: String? = nil
  ) {
    self.at = at
    self.event = event
    self.run = run
    self.by = by
    self.text = text
  }

  /// The entry in one line, without its time.
  func words(times: TimeWords) -> String {
    var words = VisibleText.of(event)
    if let by { words += " by \(VisibleText.of(by))" }
    if let run { words += " (run \(VisibleText.of(run)))" }
    if let text, !text.isEmpty { words += ": \(VisibleText.of(text))" }
    return words
  }
}
