public import Formats

/// The form of dates in a column: a pattern, and an offset from UTC at its end where it has one, or
/// the name of a count of seconds since 1970 (`epoch`, `epoch_ms`, `dotnet`).
///
/// The letters are those of `DatePattern`; `X` or `Z` at the end stand for `Z`, `+01`, `+0100` or
/// `+01:00`. A blank stands for a blank of any kind.
public struct DateForm: Sendable, Hashable {
  /// The pattern as written.
  public let text: String
  private let kind: Kind

  private enum Kind: Hashable {
    case pattern(DatePattern, hasOffset: Bool)
    case count(MachineTime)
  }

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
    if let count = MachineTime(rawValue: text) {
      kind = .count(count)
      return
    }
    let folded = text.withPlainBlanks
    let local = folded.hasSuffix("'") ? folded[...] : DateForm.withoutOffset(folded)
    kind = .pattern(try DatePattern(String(local)), hasOffset: local.count < folded.count)
  }

  private static func withoutOffset(_ text: String) -> Substring {
    guard let last = text.last, "XxZ".contains(last) else { return text[...] }
    let end = text.lastIndex { $0 != last }
    return end.map { text[...$0] } ?? ""
  }

  /// Reads a text that follows the form to its end; nil for any other and for impossible dates.
  public func read(_ text: String) -> Reading? {
    switch kind {
    case .count(let count):
      guard let (instant, offset) = count.read(text) else { return nil }
      return Reading(civil: instant.civil(offsetSeconds: offset), offsetSeconds: offset)
    case .pattern(let pattern, hasOffset: false):
      return pattern.parse(text).map { Reading(civil: $0, offsetSeconds: nil) }
    case .pattern(let pattern, hasOffset: true):
      guard let start = text.lastIndex(where: { "Z+-".contains($0) }),
        let offset = DateForm.offsetSeconds(text[start...]),
        let civil = pattern.parse(String(text[..<start]))
      else { return nil }
      return Reading(civil: civil, offsetSeconds: offset)
    }
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

extension String {
  /// The text with a blank for each other blank of Unicode, and without marks that have no width:
  /// some systems put a narrow space before AM and PM that nobody sees.
  var withPlainBlanks: String {
    guard !isASCII else { return self }
    var plain = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF: continue
      case 0x80... where scalar.properties.isWhitespace: plain.append(" ")
      default: plain.append(scalar)
      }
    }
    return String(plain)
  }
}
