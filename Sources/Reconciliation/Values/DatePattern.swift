public import Formats

/// A date pattern in the letters of Unicode (UTS 35): `dd.MM.yyyy HH:mm`.
///
/// Letters: `yyyy`, `yy` (2000 to 2099), `MM`, `M`, `dd`, `d`, `HH`, `H`, `hh`, `h`, `a`, `mm`,
/// `m`, `ss`, `s`, `S`… (fraction), `MMM` (English short months), `X`… or `Z`… (offset or Z).
/// Text in single quotes and every other character stand for themselves.
public struct DatePattern: Sendable, Hashable {
  /// The pattern as written.
  public let text: String
  fileprivate let parts: [Part]

  fileprivate enum Part: Sendable, Hashable {
    case literal(Character)
    case year(digits: Int)
    case month(digits: Int)
    case monthName
    case day(digits: Int)
    case hour(digits: Int, half: Bool)
    case minute(digits: Int)
    case second(digits: Int)
    case fraction
    case meridiem
    case offset
  }

  /// What a text says, before a zone is applied.
  public struct Reading: Sendable, Hashable {
    /// Day and time as written.
    public let civil: CivilDateTime
    /// The offset from UTC in seconds, when the text has one.
    public let offsetSeconds: Int?
  }

  /// Reads a pattern; throws the part that isn't known and what could stand there.
  public init(_ text: String) throws(DatePatternError) {
    self.text = text
    var parts: [Part] = []
    var rest = Substring(text)
    while let letter = rest.first {
      if letter == "'" {
        guard let end = rest.dropFirst().firstIndex(of: "'") else {
          throw DatePatternError(message: "the quote ' is not closed")
        }
        let quoted = rest[rest.index(after: rest.startIndex)..<end]
        parts += (quoted.isEmpty ? "'" : String(quoted)).map(Part.literal)
        rest = rest[rest.index(after: end)...]
        continue
      }
      let run = rest.prefix { $0 == letter }
      rest = rest.dropFirst(run.count)
      if letter.isASCII, letter.isLetter {
        parts.append(try DatePattern.part(letter, run.count))
      } else {
        parts += run.map(Part.literal)
      }
    }
    guard parts.contains(where: \.isYear), parts.contains(where: \.isMonth),
      parts.contains(where: \.isDay)
    else { throw DatePatternError(message: "year (yyyy), month (MM) and day (dd) are needed") }
    self.parts = parts
  }

  private static func part(_ letter: Character, _ count: Int) throws(DatePatternError) -> Part {
    switch (letter, count) {
    case ("y", 4), ("y", 2): return .year(digits: count)
    case ("y", 1): return .year(digits: 4)
    case ("M", 1...2): return .month(digits: count)
    case ("M", 3): return .monthName
    case ("d", 1...2): return .day(digits: count)
    case ("H", 1...2): return .hour(digits: count, half: false)
    case ("h", 1...2): return .hour(digits: count, half: true)
    case ("m", 1...2): return .minute(digits: count)
    case ("s", 1...2): return .second(digits: count)
    case ("S", 1...9): return .fraction
    case ("a", 1): return .meridiem
    case ("X", _), ("x", _), ("Z", _): return .offset
    case ("Y", _):
      throw DatePatternError(message: "Y is the year of weeks; write yyyy for the calendar year")
    case ("D", _):
      throw DatePatternError(message: "D is the day of the year; write dd for the day of the month")
    default:
      let run = String(repeating: letter, count: count)
      throw DatePatternError(
        message: "\"\(run)\" is not known; use yyyy MM dd HH mm ss, and quotes around other letters"
      )
    }
  }

  /// Reads a text that follows the pattern to its end; nil for any other and for impossible dates.
  public func read(_ text: String) -> Reading? {
    var fields = Fields()
    var rest = Substring(text)
    for part in parts {
      guard take(part, from: &rest, into: &fields) else { return nil }
    }
    return rest.isEmpty ? fields.reading : nil
  }

  private struct Fields {
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var minute = 0
    var second = 0
    var microsecond = 0
    var isAfternoon: Bool?
    var offset: Int?

    var reading: Reading? {
      var hour = hour
      if let isAfternoon {
        guard (1...12).contains(hour) else { return nil }
        hour = hour % 12 + (isAfternoon ? 12 : 0)
      }
      guard let date = CivilDate(year: year, month: month, day: day),
        let civil = CivilDateTime(
          date: date, hour: hour, minute: minute, second: second, microsecond: microsecond)
      else { return nil }
      return Reading(civil: civil, offsetSeconds: offset)
    }
  }

  private func take(_ part: Part, from rest: inout Substring, into fields: inout Fields) -> Bool {
    switch part {
    case .literal(let character):
      guard rest.first == character else { return false }
      rest.removeFirst()
      return true
    case .year(let digits):
      guard let number = number(&rest, digits...digits) else { return false }
      fields.year = digits == 2 ? 2000 + number : number
    case .month(let digits): return number(&rest, digits...2, into: &fields.month)
    case .monthName:
      guard let month = DatePattern.months.firstIndex(of: rest.prefix(3).lowercased()) else {
        return false
      }
      fields.month = month + 1
      rest = rest.dropFirst(3)
    case .day(let digits): return number(&rest, digits...2, into: &fields.day)
    case .hour(let digits, _): return number(&rest, digits...2, into: &fields.hour)
    case .minute(let digits): return number(&rest, digits...2, into: &fields.minute)
    case .second(let digits): return number(&rest, digits...2, into: &fields.second)
    case .fraction:
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard (1...9).contains(digits.count) else { return false }
      fields.microsecond = Int((digits + "000000").prefix(6)) ?? 0
      rest = rest.dropFirst(digits.count)
    case .meridiem:
      let word = rest.prefix(2).uppercased()
      guard word == "AM" || word == "PM" else { return false }
      fields.isAfternoon = word == "PM"
      rest = rest.dropFirst(2)
    case .offset:
      guard let offset = DatePattern.offset(&rest) else { return false }
      fields.offset = offset
    }
    return true
  }

  private func number(_ rest: inout Substring, _ digits: ClosedRange<Int>, into field: inout Int)
    -> Bool
  {
    guard let number = number(&rest, digits) else { return false }
    field = number
    return true
  }

  private func number(_ rest: inout Substring, _ digits: ClosedRange<Int>) -> Int? {
    let run = rest.prefix(digits.upperBound).prefix { $0.isASCII && $0.isNumber }
    guard run.count >= digits.lowerBound, let number = Int(run) else { return nil }
    rest = rest.dropFirst(run.count)
    return number
  }

  /// `Z`, `+hh`, `+hhmm` or `+hh:mm`, in seconds.
  private static func offset(_ rest: inout Substring) -> Int? {
    if rest.first == "Z" {
      rest.removeFirst()
      return 0
    }
    guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
    let body = rest.dropFirst()
    let hours = body.prefix(2)
    var end = body.dropFirst(2)
    if end.first == ":" { end = end.dropFirst() }
    let minutes = end.prefix(2).prefix { $0.isASCII && $0.isNumber }
    guard hours.count == 2, let hour = Int(hours), hour <= 14, minutes.count != 1,
      let minute = minutes.isEmpty ? 0 : Int(minutes), minute < 60
    else { return nil }
    rest = end.dropFirst(minutes.count)
    return (sign == "-" ? -1 : 1) * (hour * 3600 + minute * 60)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
}

extension DatePattern.Part {
  fileprivate var isYear: Bool { if case .year = self { true } else { false } }
  fileprivate var isDay: Bool { if case .day = self { true } else { false } }
  fileprivate var isMonth: Bool {
    switch self {
    case .month, .monthName: true
    default: false
    }
  }
}

/// Why a text is no date pattern.
public struct DatePatternError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and what could stand there.
  public let message: String
  /// The same.
  public var description: String { message }
}
