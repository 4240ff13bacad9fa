/// Instants as machines count them: seconds or milliseconds since 1970-01-01T00:00:00Z.
public enum MachineTime: String, Sendable, Hashable, CaseIterable {
  /// `1764547200`, also with decimals.
  case seconds = "epoch"
  /// `1764547200000`, also with decimals.
  case milliseconds = "epoch_ms"
  /// `/Date(1764547200000)/` or `/Date(1764547200000+0200)/`: milliseconds, and perhaps the offset
  /// of the clock that showed them.
  case dotnet

  /// The instant and the offset in seconds (0 where none is told) that a text spells.
  ///
  /// Nil for any other text and for years outside 1 to 9999; decimals past the microsecond are
  /// dropped.
  public func read(_ text: String) -> (instant: Timestamp, offsetSeconds: Int)? {
    switch self {
    case .seconds: return Self.instant(text[...], power: 6).map { ($0, 0) }
    case .milliseconds: return Self.instant(text[...], power: 3).map { ($0, 0) }
    case .dotnet:
      guard text.hasPrefix("/Date("), text.hasSuffix(")/"), text.utf8.count > 8 else { return nil }
      let inner = text.dropFirst(6).dropLast(2)
      let signAt = inner.dropFirst().firstIndex { $0 == "+" || $0 == "-" } ?? inner.endIndex
      guard let instant = Self.instant(inner[..<signAt], power: 3),
        let offset = Self.offset(inner[signAt...])
      else { return nil }
      return (instant, offset)
    }
  }

  /// The form that a text looks like; nil where it looks like none.
  ///
  /// Ten digits are seconds since 1970 from 2001 to 2286, thirteen are milliseconds.
  public init?(lookingLike text: String) {
    if MachineTime.dotnet.read(text) != nil {
      self = .dotnet
    } else if text.utf8.allSatisfy(isDigit), text.utf8.first != 0x30 {
      switch text.utf8.count {
      case 10: self = .seconds
      case 13: self = .milliseconds
      default: return nil
      }
    } else {
      return nil
    }
  }

  /// The instant of a count whose unit is 10^power microseconds.
  private static func instant(_ text: Substring, power: Int) -> Timestamp? {
    guard let number = JSONNumber(String(text)),
      let micros = ExactDecimal(number.spelling).whole(timesTenTo: power),
      let years = Self.years, years.contains(micros)
    else { return nil }
    return Timestamp(microseconds: micros)
  }

  /// The microseconds of the years 1 to 9999.
  private static let years: ClosedRange<Int64>? = {
    guard let first = Timestamp(rfc3339: "0001-01-01T00:00:00Z"),
      let last = Timestamp(rfc3339: "9999-12-31T23:59:59.999999Z")
    else { return nil }
    return first.microseconds...last.microseconds
  }()

  private static func offset(_ text: Substring) -> Int? {
    if text.isEmpty { return 0 }
    let digits = text.dropFirst()
    guard digits.utf8.count == 4, digits.utf8.allSatisfy(isDigit), let number = Int(digits),
      number / 100 <= 14, number % 100 < 60
    else { return nil }
    return (text.first == "-" ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60)
  }
}
