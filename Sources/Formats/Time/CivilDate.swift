/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Sendable, Hashable, Comparable {
  /// The astronomical year (0 is 1 BC).
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month, from 1.
  public let day: Int

  /// A day, nil where the calendar has none (February 30, month 13), or a year beyond ±9,999,999.
  public init?(year: Int, month: Int, day: Int) {
    guard abs(year) <= 9_999_999, (1...12).contains(month),
      (1...CivilDate.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that lies so many days after 1970-01-01 (before, if negative).
  public init(daysSinceEpoch days: Int) {
    // Counted in 400-year eras whose years start on 1 March, so that the leap day comes last.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01; negative before.
  public var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day of the week: 0 Sunday to 6 Saturday.
  public var weekday: Int { ((daysSinceEpoch + 4) % 7 + 7) % 7 }

  /// How many days a month (1 to 12) has; 0 for other months.
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 1, 3, 5, 7, 8, 10, 12: 31
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 0
    }
  }

  /// Whether a year has a February 29.
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// Orders by day.
  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }
}

/// A day and a time of day without a time zone.
public struct CivilDateTime: Sendable, Hashable, Comparable {
  /// The day.
  public let date: CivilDate
  /// The hour, 0 to 23.
  public let hour: Int
  /// The minute, 0 to 59.
  public let minute: Int
  /// The second, 0 to 59.
  public let second: Int
  /// The microsecond, 0 to 999,999.
  public let microsecond: Int

  /// A day and time, nil where a part is out of range.
  public init?(
    date: CivilDate, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) {
    guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
      (0...999_999).contains(microsecond)
    else { return nil }
    self.date = date
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }

  fileprivate init(microsecondsSinceEpoch total: Int64) {
    let dayLength: Int64 = 86_400_000_000
    var days = total / dayLength
    var rest = total % dayLength
    if rest < 0 {
      days -= 1
      rest += dayLength
    }
    date = CivilDate(daysSinceEpoch: Int(days))
    hour = Int(rest / 3_600_000_000)
    minute = Int(rest / 60_000_000 % 60)
    second = Int(rest / 1_000_000 % 60)
    microsecond = Int(rest % 1_000_000)
  }

  /// Orders by day and time.
  public static func < (a: CivilDateTime, b: CivilDateTime) -> Bool {
    if a.date != b.date { return a.date < b.date }
    return (a.hour, a.minute, a.second, a.microsecond) < (b.hour, b.minute, b.second, b.microsecond)
  }
}

extension Timestamp {
  /// The instant at which a clock so many seconds east of UTC shows a civil time; nil beyond the
  /// range of ±292,000 years.
  public init?(_ civil: CivilDateTime, offsetSeconds: Int = 0) {
    let time = civil.hour * 3600 + civil.minute * 60 + civil.second
    let (seconds, early) = (civil.date.daysSinceEpoch * 86400 + time)
      .subtractingReportingOverflow(offsetSeconds)
    let (micros, late) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
    let (sum, over) = micros.addingReportingOverflow(Int64(civil.microsecond))
    guard !early, !late, !over else { return nil }
    self.init(microseconds: sum)
  }

  /// What a clock so many seconds east of UTC shows at this instant.
  public func civil(offsetSeconds: Int = 0) -> CivilDateTime {
    let (offset, wide) = Int64(offsetSeconds).multipliedReportingOverflow(by: 1_000_000)
    let (local, over) = microseconds.addingReportingOverflow(offset)
    return CivilDateTime(microsecondsSinceEpoch: wide || over ? microseconds : local)
  }
}
