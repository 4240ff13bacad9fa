public import Formats

/// The form of dates in a column: a pattern, and an offset from UTC at its end where it has one.
///
/// The letters are those of `DatePattern`; `X` or `Z` at the end stand for `Z`, `+01`, `+0100` or
/// `+01:00`.
public struct DateForm: Sendable, Hashable {
  /// The pattern as written.
  public let text: String
  private let pattern: DatePattern
  private let hasOffset: Bool

  /// What a text says, before a zone is applied.
  public struct Reading: Sendable, Hashable {
    /// Day and time as written.
    public let civil: CivilDateTime
    /// The offset from UTC in seconds, when the text has one.
    public let offsetSeconds: Int?
  }

  /// Reads a pattern; throws what isn't known in it and what could stand there.
  public init(_ text: String) throws(DatePattern.Fault) {
    self.text = text
    let local = text.hasSuffix("'") ? text[...] : DateForm.withoutOffset(text)
    hasOffset = local.count < text.count
    pattern = try DatePattern(String(local))
  }

  private static func withoutOffset(_ text: String) -> Substring {
    guard let last = text.last, "XxZ".contains(last) else { return text[...] }
    let end = text.lastIndex { $0 != last }
    return end.map { text[...$0] } ?? ""
  }

  /// Reads a text that follows the form to its end; nil for any other and for impossible dates.
  public func read(_ text: String) -> Reading? {
    guard hasOffset else {
      return pattern.parse(text).map { Reading(civil: $0, offsetSeconds: nil) }
    }
    guard let start = text.lastIndex(where: { "Z+-".contains($0) }),
      let offset = DateForm.offsetSeconds(text[start...]),
      let civil = pattern.parse(String(text[..<start]))
    else { return nil }
    return Reading(civil: civil, offsetSeconds: offset)
  }

  /// `Z`, `+hh`, `+hhmm` or `+hh:mm`, in seconds.
  private static func offsetSeconds(_ text: Substring) -> Int? {
    if text == "Z" { return 0 }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard text.first != "Z", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      digits.count == 2 || digits.count == 4, let hour = Int(digits.prefix(2)), hour <= 14
    else { return nil }
    let minute = digits.count == 4 ? Int(digits.suffix(2)) ?? 60 : 0
    guard minute < 60 else { return nil }
    return (text.first == "-" ? -1 : 1) * (hour * 3600 + minute * 60)
  }
}
