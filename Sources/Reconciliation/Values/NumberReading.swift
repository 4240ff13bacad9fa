/// Numbers in texts that are no cells of a field, such as the sum in a trailer.
public enum NumberReading {
  /// The number in the spelling of JSON by a mark; nil where it is none.
  public static func spelling(_ text: String, mark: DecimalMark) -> String? {
    NumberText.spelling(text, mark: mark)
  }

  /// The same where the text has one reading only.
  public static func only(_ text: String) -> String? {
    switch NumberText.reading(text) {
    case .plain(let spelling), .proves(_, let spelling): spelling
    case .ambiguous, .none: nil
    }
  }
}
