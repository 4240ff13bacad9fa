/// A date and time pattern in the letters of Unicode TR 35, as mappings write them.
///
/// `yyyy yy MM M MMM MMMM dd d HH H hh h mm m ss s SSS a`, text in quotes (`'T'`, `''` for one
/// quote) and any other characters, which stand for themselves. Month names are read in English and
/// German whatever the case, and written in English. Two-digit years are 1970 to 2069. Which time
/// zone the result is in is the caller's to know.
public struct DatePattern: Sendable, Hashable {
  /// What a run of one letter means.
  enum Token: Sendable, Hashable {
    case year, yearOfCentury
    case month(width: Int)
    case shortMonthName, monthName
    case day(width: Int)
    case hour(width: Int)
    case hourOfHalfDay(width: Int)
    case minute(width: Int)
    case second(width: Int)
    case fraction(width: Int)
    case halfDay
    case literal([UInt8])
  }

  /// The pattern as written.
  public let text: String
  let tokens: [Token]

  /// Why a text is no pattern.
  public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and what may be used instead.
    public let message: String
    /// The message.
    public var description: String { message }
  }

  /// A pattern from its text; throws for unknown letters, an open quote, a part given twice, or a
  /// pattern without year, month and day.
  public init(_ text: String) throws(Fault) {
    self.text = text
    var parser = DatePatternParser(Array(text.unicodeScalars))
    tokens = try parser.parse()
  }

  /// The civil date and time that a text spells by this pattern, nil where it does not fit exactly.
  public func parse(_ text: String) -> CivilDateTime? { parse(bytes: Array(text.utf8)) }

  /// The civil date and time that UTF-8 bytes spell by this pattern, nil where they do not fit.
  public func parse(bytes: [UInt8]) -> CivilDateTime? {
    var fields = DateFields()
    var at = 0
    for (place, token) in tokens.enumerated() {
      let next = place + 1 < tokens.count ? tokens[place + 1] : nil
      guard fields.read(token, before: next, bytes, &at) else { return nil }
    }
    return at == bytes.count ? fields.civil : nil
  }

  /// A civil date and time spelled by this pattern; years beyond 9999 keep all their digits.
  public func format(_ civil: CivilDateTime) -> String {
    var out: [UInt8] = []
    for token in tokens { Self.append(token, civil, to: &out) }
    return String(decoding: out, as: UTF8.self)
  }

  private static func append(_ token: Token, _ civil: CivilDateTime, to out: inout [UInt8]) {
    let date = civil.date
    switch token {
    case .year:
      if date.year < 0 { out.append(0x2D) }
      appendDigits(abs(date.year), 4, to: &out)
    case .yearOfCentury: appendDigits(abs(date.year) % 100, 2, to: &out)
    case .month(let width): appendDigits(date.month, width, to: &out)
    case .shortMonthName: out += MonthNames.english[date.month - 1].utf8.prefix(3)
    case .monthName: out += MonthNames.english[date.month - 1].utf8
    case .day(let width): appendDigits(date.day, width, to: &out)
    case .hour(let width): appendDigits(civil.hour, width, to: &out)
    case .hourOfHalfDay(let width): appendDigits((civil.hour + 11) % 12 + 1, width, to: &out)
    case .minute(let width): appendDigits(civil.minute, width, to: &out)
    case .second(let width): appendDigits(civil.second, width, to: &out)
    case .fraction(let width):
      var digits: [UInt8] = []
      appendDigits(civil.microsecond, 6, to: &digits)
      out += digits.prefix(width)
      out += repeatElement(0x30, count: max(0, width - 6))
    case .halfDay: out += (civil.hour < 12 ? "AM" : "PM").utf8
    case .literal(let bytes): out += bytes
    }
  }
}

extension DatePattern.Token {
  /// Whether digits stand here.
  fileprivate var isNumber: Bool {
    switch self {
    case .shortMonthName, .monthName, .halfDay: false
    case .literal(let bytes): bytes.first.map(isDigit) ?? false
    default: true
    }
  }
}

/// What a date text said, before it is put together.
private struct DateFields {
  var year = 1970
  var month = 1
  var day = 1
  var hour = 0
  var hourOfHalfDay: Int?
  var isAfternoon: Bool?
  var minute = 0
  var second = 0
  var microsecond = 0

  mutating func read(
    _ token: DatePattern.Token, before next: DatePattern.Token?, _ bytes: [UInt8],
    _ at: inout Int
  ) -> Bool {
    // Directly before other digits a number may only have its own width.
    let isTight = next?.isNumber ?? false
    switch token {
    case .year: return number(bytes, &at, 4, isTight: true, &year)
    case .yearOfCentury:
      guard number(bytes, &at, 2, isTight: true, &year) else { return false }
      year += year < 70 ? 2000 : 1900
      return true
    case .month(let width): return number(bytes, &at, width, isTight: isTight, &month)
    case .shortMonthName, .monthName: return monthName(bytes, &at, before: next)
    case .day(let width): return number(bytes, &at, width, isTight: isTight, &day)
    case .hour(let width): return number(bytes, &at, width, isTight: isTight, &hour)
    case .hourOfHalfDay(let width):
      var value = 0
      guard number(bytes, &at, width, isTight: isTight, &value), (1...12).contains(value) else {
        return false
      }
      hourOfHalfDay = value
      return true
    case .minute(let width): return number(bytes, &at, width, isTight: isTight, &minute)
    case .second(let width): return number(bytes, &at, width, isTight: isTight, &second)
    case .fraction(let width): return fraction(bytes, &at, width)
    case .halfDay: return halfDay(bytes, &at)
    case .literal(let literal):
      guard bytes[at...].starts(with: literal) else { return false }
      at += literal.count
      return true
    }
  }

  /// Digits: exactly `width`, or one or two where the pattern has one letter and no digit follows.
  private func number(
    _ bytes: [UInt8], _ at: inout Int, _ width: Int, isTight: Bool, _ value: inout Int
  ) -> Bool {
    let most = width == 1 && !isTight ? 2 : width
    var count = 0
    value = 0
    while count < most, at < bytes.count, isDigit(bytes[at]) {
      value = value * 10 + Int(bytes[at] - 0x30)
      at += 1
      count += 1
    }
    return count >= width
  }

  private mutating func fraction(_ bytes: [UInt8], _ at: inout Int, _ width: Int) -> Bool {
    var scale = 100_000
    microsecond = 0
    for _ in 0..<width {
      guard at < bytes.count, isDigit(bytes[at]) else { return false }
      microsecond += Int(bytes[at] - 0x30) * scale
      scale /= 10
      at += 1
    }
    return true
  }

  private mutating func halfDay(_ bytes: [UInt8], _ at: inout Int) -> Bool {
    guard at + 2 <= bytes.count, bytes[at + 1] | 0x20 == 0x6D else { return false }
    switch bytes[at] | 0x20 {
    case 0x61: isAfternoon = false
    case 0x70: isAfternoon = true
    default: return false
    }
    at += 2
    return true
  }

  private mutating func monthName(
    _ bytes: [UInt8], _ at: inout Int, before next: DatePattern.Token?
  ) -> Bool {
    let rest = Array(String(decoding: bytes[at...], as: UTF8.self).lowercased().utf8.prefix(16))
    guard let found = MonthNames.known.first(where: { rest.starts(with: $0.letters) }) else {
      return false
    }
    month = found.month
    at += found.letters.count
    // "Sept." is read by "MMM" unless the pattern has a point of its own there.
    if case .literal(let literal)? = next, literal.first == 0x2E { return true }
    if found.letters.count <= 4, at < bytes.count, bytes[at] == 0x2E { at += 1 }
    return true
  }

  var civil: CivilDateTime? {
    guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
    var hour = hour
    if let half = hourOfHalfDay {
      hour = half % 12 + (isAfternoon == true ? 12 : 0)
    }
    return CivilDateTime(
      date: date, hour: hour, minute: minute, second: second, microsecond: microsecond)
  }
}
