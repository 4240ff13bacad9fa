import Formats

/// The two day counts of spreadsheets.
enum SpreadsheetEpoch {
  /// Day 1 is 1900-01-01, and 1900 wrongly counts as a leap year.
  case year1900
  /// Day 0 is 1904-01-01.
  case year1904

  /// ISO 8601 text of a serial number: a date, a date with time, or below 1 a time of day.
  ///
  /// Nil where the number is no date.
  func text(_ number: Double) -> String? {
    guard number >= 0, number < 2_958_466 else { return nil }
    var days = Int(number)
    // Serial numbers are binary fractions of a day: a millisecond is what they can hold for sure.
    var milliseconds = Int(((number - Double(days)) * 86_400_000).rounded())
    if milliseconds == 86_400_000 {
      days += 1
      milliseconds = 0
    }
    if days == 0, self == .year1900 || milliseconds != 0 { return Self.clock(milliseconds) }
    let date = CivilDate(daysSinceEpoch: days + offset(days))
    let day =
      "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
    return milliseconds == 0 ? day : "\(day)T\(Self.clock(milliseconds))"
  }

  /// Whether the number stands for 29 February 1900, a day that never was.
  func isNoDay(_ number: Double) -> Bool { self == .year1900 && number >= 60 && number < 61 }

  private func offset(_ days: Int) -> Int {
    switch self {
    case .year1900: days < 60 ? -25_568 : -25_569
    case .year1904: -24_107
    }
  }

  private static func clock(_ milliseconds: Int) -> String {
    let seconds = milliseconds / 1_000
    let text =
      "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    let rest = milliseconds % 1_000
    return rest == 0 ? text : "\(text).\(padded(rest, 3))"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

/// Number formats: only whether they show a date matters.
enum NumberFormat {
  /// The built-in formats that show dates or times of day, ECMA-376 part 1 section 18.8.30.
  static func isDate(id: Int) -> Bool {
    switch id {
    case 14...22, 27...36, 45, 47, 50...58: true
    default: false
    }
  }

  /// Whether a format code shows a date or time of day; elapsed time such as `[h]:mm` is none.
  static func isDate(code: String) -> Bool {
    var found = false
    var bytes = code.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "\""):
        while let next = bytes.next(), next != UInt8(ascii: "\"") {}
      case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"): _ = bytes.next()
      case UInt8(ascii: "["):
        var inner: [UInt8] = []
        while let next = bytes.next(), next != UInt8(ascii: "]") { inner.append(next | 0x20) }
        if !inner.isEmpty, inner.allSatisfy({ "hms".utf8.contains($0) }) { return false }
      case UInt8(ascii: ";"): return found
      default:
        if "dmyhs".utf8.contains(byte | 0x20) { found = true }
      }
    }
    return found
  }
}
