/// The five parsed fields and the search for the next local time that satisfies them.
///
/// Local times are seconds since 1970-01-01T00:00:00 on the wall clock of a zone, as if that
/// clock never changed; `CronNext.swift` turns them into instants.
struct CronFields: Sendable, Hashable {
  let minute: CronFieldSet
  let hour: CronFieldSet
  let dayOfMonth: CronFieldSet
  let month: CronFieldSet
  let dayOfWeek: CronFieldSet

  /// Years searched before a date counts as impossible: the rarest possible one, a 29 February
  /// on a given weekday, is 40 years apart when 2100 lies between.
  static let searchYearsMax: Int64 = 41

  /// Whether the hours are named one by one, so that DST moves a time instead of skipping it.
  var isFixedTime: Bool { !hour.hasStar && !hour.hasStep }

  /// The first local minute at or after `local` that is selected, nil if there is none within
  /// `searchYearsMax`.
  func firstLocal(from local: Int64) -> Int64? {
    let minuteStart = CivilDay.floorDivide(local + 59, 60) * 60
    let day = CivilDay.floorDivide(minuteStart, CivilDay.secondsPerDay)
    let minuteOfDay = Int((minuteStart - day * CivilDay.secondsPerDay) / 60)
    let start = CivilDay.parts(of: day)
    var year = start.year
    var monthNumber = start.month
    var firstDay = Int(start.day)
    while year <= start.year + Self.searchYearsMax {
      if let next = month.first(from: Int(monthNumber)) {
        if Int64(next) != monthNumber { firstDay = 1 }
        monthNumber = Int64(next)
        var days = selectedDays(year: year, month: monthNumber) >> UInt64(firstDay)
        days <<= UInt64(firstDay)
        while days != 0 {
          let dayOfMonth = days.trailingZeroBitCount
          let found = CivilDay.number(year: year, month: monthNumber, day: Int64(dayOfMonth))
          if let time = firstMinute(from: found == day ? minuteOfDay : 0) {
            return found * CivilDay.secondsPerDay + Int64(time) * 60
          }
          days &= days - 1
        }
        monthNumber += 1
      } else {
        monthNumber = 13
      }
      firstDay = 1
      if monthNumber > 12 {
        monthNumber = 1
        year += 1
      }
    }
    return nil
  }

  /// The first selected minute of a day at or after `minuteOfDay`, both 0...1439.
  private func firstMinute(from minuteOfDay: Int) -> Int? {
    let startHour = minuteOfDay / 60
    guard let found = hour.first(from: startHour) else { return nil }
    if found == startHour, let minute = minute.first(from: minuteOfDay % 60) {
      return found * 60 + minute
    }
    let later = found == startHour ? hour.first(from: startHour + 1) : found
    guard let later, let minute = minute.first(from: 0) else { return nil }
    return later * 60 + minute
  }

  /// The days of a month that satisfy both day fields, one bit per day (bit 1 is the first).
  private func selectedDays(year: Int64, month: Int64) -> UInt64 {
    let count = CivilDay.daysIn(month: month, year: year)
    let inMonth: UInt64 = ((1 << UInt64(count)) - 1) << 1
    let first = CivilDay.weekday(of: CivilDay.number(year: year, month: month, day: 1))
    let week = dayOfWeek.bits & 0x7f
    // The week turned so that bit 0 is the weekday of the first, then repeated five times.
    let turned = (week >> UInt64(first) | week << UInt64(7 - first)) & 0x7f
    let byWeekday = (turned | turned << 7 | turned << 14 | turned << 21 | turned << 28) << 1
    let both = dayOfMonth.startsWithStar || dayOfWeek.startsWithStar
    let selected = both ? dayOfMonth.bits & byWeekday : dayOfMonth.bits | byWeekday
    return selected & inMonth
  }
}
