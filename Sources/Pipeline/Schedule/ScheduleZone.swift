internal import Formats
import Foundation

/// A time zone with its daylight-saving rules, known to exist.
///
/// Rules come with the toolchain's own zone data, not with the system's tzdata package.
public struct ScheduleZone: Sendable, Hashable, CustomStringConvertible {
  /// The identifier as it was written, such as `Europe/Rome`.
  public let identifier: String
  private let zone: TimeZone

  /// Coordinated Universal Time, which never changes its offset.
  public static let utc = ScheduleZone(identifier: "UTC", zone: .gmt)

  /// Finds a zone by its IANA identifier; throws `CronError` with the nearest known name.
  public init(_ identifier: String) throws(CronError) {
    guard let zone = TimeZone(identifier: identifier) else {
      throw CronError(part: "time zone", problem: Self.unknown(identifier))
    }
    self.init(identifier: identifier, zone: zone)
  }

  private init(identifier: String, zone: TimeZone) {
    self.identifier = identifier
    self.zone = zone
  }

  /// The identifier.
  public var description: String { identifier }

  /// Seconds that local time is ahead of UTC at an instant, given in seconds since 1970.
  func offset(at instant: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(instant))))
  }

  private static func unknown(_ identifier: String) -> String {
    let names = TimeZone.knownTimeZoneIdentifiers
    let wanted = identifier.lowercased()
    let city = names.first { $0.lowercased().hasSuffix("/" + wanted) }
    guard let near = city ?? nearestName(to: identifier, among: names) else {
      return "\"\(identifier)\" is unknown: use an IANA name such as Europe/Rome or UTC"
    }
    return "\"\(identifier)\" is unknown: did you mean \(near)?"
  }
}

/// What one local time is in a zone.
enum LocalTime: Equatable {
  /// It exists once.
  case once(Int64)
  /// It is skipped: the clock goes forward over it at `change`.
  case gap(change: Int64)
  /// It exists twice: the clock goes back at `change`, and local times before `end` come again.
  case twice(first: Int64, second: Int64, end: Int64)
}

extension ScheduleZone {
  /// How far an instant may be from the same reading of a UTC clock, in seconds; past and
  /// present offsets lie between -16 h and +16 h.
  private static let offsetSecondsMax: Int64 = 16 * 3_600

  /// The first change of offset in `(start, end]`, nil if the offsets at both ends are equal.
  ///
  /// Takes for granted that no zone changes there and back within that span, which callers
  /// keep to two days at most.
  func change(after start: Int64, through end: Int64) -> Int64? {
    let before = offset(at: start)
    guard offset(at: end) != before else { return nil }
    var low = start
    var high = end
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if offset(at: middle) == before { low = middle } else { high = middle }
    }
    return high
  }

  /// The instants at which clocks of this zone show a local time.
  func resolve(local: Int64) -> LocalTime {
    let start = local - Self.offsetSecondsMax
    let before = offset(at: start)
    guard let change = change(after: start, through: local + Self.offsetSecondsMax) else {
      return .once(local - before)
    }
    let after = offset(at: change)
    let isBefore = local - before < change
    let isAfter = local - after >= change
    switch (isBefore, isAfter) {
    case (true, true):
      return .twice(first: local - before, second: local - after, end: change + before)
    case (true, false): return .once(local - before)
    case (false, true): return .once(local - after)
    case (false, false): return .gap(change: change)
    }
  }
}

extension ScheduleZone {
  /// An instant as a local time with its offset (RFC 3339 section 5.6), such as
  /// `2026-03-29T03:00:00+02:00`; the offset is cut to minutes.
  func text(ofSeconds instant: Int64) -> String {
    let offset = offset(at: instant)
    let local = instant + offset
    let day = CivilDay.floorDivide(local, CivilDay.secondsPerDay)
    let time = local - day * CivilDay.secondsPerDay
    let date = CivilDay.parts(of: day)
    let minutes = abs(offset) / 60
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
      + padded(time / 3_600, 2) + ":" + padded(time / 60 % 60, 2) + ":" + padded(time % 60, 2)
      + (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
  }
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
