internal import Formats

/// Reads `Retry-After`: seconds, or a date in the preferred form (RFC 9110 §10.2.3, §5.6.7).
enum RetryAfter {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds to wait from now on; nil for anything that can't be read.
  static func seconds(_ text: String?, now: Timestamp) -> Double? {
    guard let text else { return nil }
    if let seconds = Double(text), seconds >= 0, seconds.isFinite { return seconds }
    return date(text).map { max(0, $0.seconds(since: now)) }
  }

  /// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func date(_ text: String) -> Timestamp? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", words[1].count == 2, words[3].count == 4,
      let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Timestamp(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
  }
}
