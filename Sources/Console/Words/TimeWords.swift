public import Formats
public import Foundation

/// Times as people read them: relative to one instant, exact in one time zone.
public struct TimeWords: Sendable {
  /// The instant that "now" and "ago" refer to.
  public let now: Timestamp
  /// The time zone of every exact time.
  public let zone: TimeZone

  /// Words relative to an instant, in a time zone.
  public init(now: Timestamp, zone: TimeZone) {
    self.now = now
    self.zone = zone
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  /// A length of time in its largest unit: `250 ms`, `38 s`, `4 min`, `31 h`, `12 d`.
  public static func length(_ seconds: Double) -> String {
    switch max(0, seconds) {
    case ..<0.0005: "0 s"
    case ..<1: "\(Int((seconds * 1_000).rounded())) ms"
    case ..<90: "\(Int(seconds.rounded())) s"
    case ..<5_400: "\(Int((seconds / 60).rounded())) min"
    case ..<172_800: "\(Int((seconds / 3_600).rounded())) h"
    default: "\(Words.count(Int((seconds / 86_400).rounded(.down)))) d"
    }
  }

  /// A length of time in a sentence: `4 minutes`, `31 hours`, `12 days`.
  public static func sentenceLength(_ seconds: Double) -> String {
    switch max(0, seconds) {
    case ..<90: Words.count(Int(seconds.rounded()), "second")
    case ..<5_400: Words.count(Int((seconds / 60).rounded()), "minute")
    case ..<172_800: Words.count(Int((seconds / 3_600).rounded()), "hour")
    default: Words.count(Int((seconds / 86_400).rounded(.down)), "day")
    }
  }

  /// How long ago an instant was: `2 h ago`, `just now`; `in 5 min` if it is to come.
  public func ago(_ time: Timestamp) -> String {
    let seconds = now.seconds(since: time)
    if seconds < -1 { return "in " + Self.length(-seconds) }
    return seconds < 2 ? "just now" : Self.length(seconds) + " ago"
  }

  /// Since when: `since 08:12`, `since yesterday`, `since Friday`, `since 2 Nov`.
  public func since(_ time: Timestamp) -> String {
    let (today, then) = (civil(now), civil(time))
    switch today.dayNumber - then.dayNumber {
    case ...0: return "since \(then.clock)"
    case 1: return "since yesterday"
    case 2...6: return "since \(Self.weekdays[then.weekday])"
    default: return "since \(date(then, today))"
    }
  }

  /// Date and time to the minute, the year only if it is another: `21 Nov 14:02`.
  public func short(_ time: Timestamp) -> String {
    let then = civil(time)
    return "\(date(then, civil(now))) \(then.clock)"
  }

  /// The time of day: `08:00`.
  public func clock(_ time: Timestamp) -> String { civil(time).clock }

  /// The whole instant with its zone: `23 Nov 2026 08:00:12 CET`.
  public func exact(_ time: Timestamp) -> String {
    let then = civil(time)
    let seconds = Self.two(then.secondOfDay % 60)
    return "\(then.day) \(Self.months[then.month - 1]) \(then.year) \(then.clock):\(seconds) "
      + zoneName(at: time)
  }

  /// The instant to the minute with its zone: `23 Nov 2026 08:00 CET`.
  public func stamp(_ time: Timestamp) -> String {
    let then = civil(time)
    return "\(then.day) \(Self.months[then.month - 1]) \(then.year) \(then.clock) "
      + zoneName(at: time)
  }

  private func date(_ then: CivilTime, _ today: CivilTime) -> String {
    let day = "\(then.day) \(Self.months[then.month - 1])"
    return then.year == today.year ? day : "\(day) \(then.year)"
  }

  private func civil(_ time: Timestamp) -> CivilTime {
    let seconds = Int((time.microseconds - Self.mod(time.microseconds, 1_000_000)) / 1_000_000)
    return CivilTime(seconds: seconds + zone.secondsFromGMT(for: Self.date(time)))
  }

  private func zoneName(at time: Timestamp) -> String {
    let date = Self.date(time)
    if zone.secondsFromGMT(for: date) == 0 && ["UTC", "GMT"].contains(zone.identifier) {
      return "UTC"
    }
    let style: TimeZone.NameStyle =
      zone.isDaylightSavingTime(for: date) ? .shortDaylightSaving : .shortStandard
    return zone.localizedName(for: style, locale: Locale(identifier: "en_GB"))
      ?? zone.abbreviation(for: date) ?? zone.identifier
  }

  private static func date(_ time: Timestamp) -> Date {
    Date(timeIntervalSince1970: Double(time.microseconds) / 1_000_000)
  }

  private static func mod(_ value: Int64, _ by: Int64) -> Int64 {
    let rest = value % by
    return rest < 0 ? rest + by : rest
  }

  fileprivate static func two(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

/// A day and a time of day in the proleptic Gregorian calendar.
private struct CivilTime {
  let year: Int
  let month: Int
  let day: Int
  /// 0 is Monday.
  let weekday: Int
  /// Days since 1970-01-01.
  let dayNumber: Int
  let secondOfDay: Int

  /// From local seconds since 1970-01-01T00:00.
  init(seconds: Int) {
    let rest = ((seconds % 86_400) + 86_400) % 86_400
    dayNumber = (seconds - rest) / 86_400
    secondOfDay = rest
    weekday = (((dayNumber + 3) % 7) + 7) % 7
    // Years of 400 begin in March, so that a leap day is the last day of its year.
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var clock: String {
    "\(TimeWords.two(secondOfDay / 3_600)):\(TimeWords.two(secondOfDay % 3_600 / 60))"
  }
}
