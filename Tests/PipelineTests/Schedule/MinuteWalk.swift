import Foundation
import Testing

/// An independent answer to "when does it fire": walks every minute of a stretch of time and
/// asks Foundation's calendar what the clock on the wall shows.
struct MinuteWalk {
  struct Reading {
    let instant: Int64
    /// Year, month, day, hour and minute as one ascending number.
    let clock: Int64
    let wall: Wall
  }
  struct Wall {
    let minute: Int
    let hour: Int
    let day: Int
    let month: Int
    let weekday: Int
  }

  let readings: [Reading]
  /// Every clock time of the days walked, whether the zone's clock shows it or not.
  let nominal: [(clock: Int64, wall: Wall)]

  init(zone identifier: String, from start: Int64, minutes: Int) throws {
    let zone = try #require(TimeZone(identifier: identifier))
    readings = Self.read(start: start, minutes: minutes, zone: zone)
    let offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(start))))
    nominal = Self.read(start: start + offset, minutes: minutes, zone: .gmt)
      .map { ($0.clock, $0.wall) }
  }

  private static func read(start: Int64, minutes: Int, zone: TimeZone) -> [Reading] {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return (0..<minutes).map { index in
      let instant = start + Int64(index) * 60
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .weekday],
        from: Date(timeIntervalSince1970: Double(instant)))
      let wall = Wall(
        minute: parts.minute ?? -1, hour: parts.hour ?? -1, day: parts.day ?? -1,
        month: parts.month ?? -1, weekday: (parts.weekday ?? 0) - 1)
      let date = ((parts.year ?? 0) * 100 + wall.month) * 100 + wall.day
      return Reading(
        instant: instant, clock: Int64((date * 100 + wall.hour) * 100 + wall.minute), wall: wall)
    }
  }

  /// Firing instants of an expression that follows elapsed time: every minute that matches.
  func elapsed(_ plain: PlainCron) -> [Int64] {
    readings.filter { plain.matches($0.wall) }.map(\.instant)
  }

  /// Firing instants of an expression that names its hours: for each nominal clock time the
  /// first minute that shows it, or that shows a later one because it was skipped.
  func fixed(_ plain: PlainCron) -> [Int64] {
    var result: [Int64] = []
    var index = 0
    for time in nominal where plain.matches(time.wall) {
      while index < readings.count, readings[index].clock < time.clock { index += 1 }
      guard index < readings.count else { break }
      if result.last != readings[index].instant { result.append(readings[index].instant) }
    }
    return result
  }
}

/// A cron expression as plain sets, made together with its text so that no parser is trusted.
struct PlainCron {
  var text: String
  var minutes: Set<Int>
  var hours: Set<Int>
  var days: Set<Int>
  var months: Set<Int>
  var weekdays: Set<Int>
  var daysStar: Bool
  var weekdaysStar: Bool
  var hoursElapsed: Bool

  func matches(_ wall: MinuteWalk.Wall) -> Bool {
    guard minutes.contains(wall.minute), hours.contains(wall.hour), months.contains(wall.month)
    else { return false }
    let day = days.contains(wall.day)
    let weekday = weekdays.contains(wall.weekday)
    return daysStar || weekdaysStar ? day && weekday : day || weekday
  }
}
