import Effects
import Formats
import Foundation
import Testing

@testable import Pipeline

@Suite struct `Cron firing times` {
  /// Around both clock changes of each zone, and plain weeks of zones without any.
  static let stretches: [(zone: String, start: String, days: Int)] = [
    ("Europe/Rome", "2026-03-27T00:00:00Z", 4), ("Europe/Rome", "2026-10-23T00:00:00Z", 4),
    ("America/New_York", "2026-03-07T00:00:00Z", 3),
    ("America/New_York", "2026-10-31T00:00:00Z", 3),
    ("Australia/Lord_Howe", "2026-04-03T00:00:00Z", 3),
    ("Australia/Lord_Howe", "2026-10-02T00:00:00Z", 3),
    ("Africa/Casablanca", "2026-02-14T00:00:00Z", 3),
    ("Africa/Casablanca", "2026-03-21T00:00:00Z", 3),
    ("Asia/Kolkata", "2026-02-26T18:30:00Z", 4), ("UTC", "2028-02-27T00:00:00Z", 4),
    ("America/Havana", "2026-03-07T00:00:00Z", 3), ("Asia/Beirut", "2026-03-27T00:00:00Z", 3),
    ("Pacific/Apia", "2011-12-28T00:00:00Z", 5), ("UTC", "2027-12-30T00:00:00Z", 4),
  ]

  @Test(arguments: 0..<14)
  func `agree with a walk over every minute for random expressions`(_ index: Int) throws {
    let (name, startText, days) = Self.stretches[index]
    let start = try instant(startText)
    let end = start + Int64(days) * 86_400
    // The walk goes on for a day, so that a skipped time near the end finds its minute.
    let walk = try MinuteWalk(zone: name, from: start, minutes: (days + 1) * 1_440)
    let zone = try ScheduleZone(name)
    let generator = RandomCron(random: SeededRandom(seed: UInt64(index) + 1))
    for _ in 0..<120 {
      let plain = generator.make()
      let expression = try CronExpression(parsing: plain.text)
      #expect(expression.isFixedTime == !plain.hoursElapsed, "\(plain.text)")
      let expected = (plain.hoursElapsed ? walk.elapsed(plain) : walk.fixed(plain))
        .filter { $0 > start && $0 < end }
      let found = Array(
        times(of: expression, after: start, in: zone).prefix { $0 < end })
      #expect(found == expected, "\(plain.text) in \(name)")
    }
  }

  @Test func `start from any second, not only from a firing time`() throws {
    let start = try instant("2026-10-24T20:00:00Z")
    let walk = try MinuteWalk(zone: "Europe/Rome", from: start, minutes: 3_000)
    let zone = try ScheduleZone("Europe/Rome")
    let random = SeededRandom(seed: 99)
    let generator = RandomCron(random: random)
    for _ in 0..<400 {
      let plain = generator.make()
      let all = plain.hoursElapsed ? walk.elapsed(plain) : walk.fixed(plain)
      let from = start + Int64(random.next() % 43_200)
      guard let expected = all.first(where: { $0 > from }) else { continue }
      let expression = try CronExpression(parsing: plain.text)
      #expect(expression.next(afterSeconds: from, in: zone) == expected, "\(plain.text) \(from)")
    }
  }

  @Test(arguments: [
    ("*/30 2,3 * * *", "2026-10-25T01:15:00Z", "2026-10-25T02:00:00Z"),
    ("10,50 2-4 * * *", "2026-10-25T01:00:00Z", "2026-10-25T02:10:00Z"),
    ("45 2 * * *", "2026-10-25T01:30:00Z", "2026-10-26T01:45:00Z"),
    ("45 2 * * *", "2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z"),
  ])
  func `go on behind the overlap from its second pass`(
    _ text: String, _ from: String, _ expected: String
  ) throws {
    let next = try CronExpression(parsing: text)
      .next(afterSeconds: try instant(from), in: try ScheduleZone("Europe/Rome"))
    #expect(next == (try instant(expected)))
  }

  @Test(arguments: CronTable.rows)
  func `agree with published and hand-written examples`(_ row: CronTable.Row) throws {
    let expression = try CronExpression(parsing: row.expression)
    let zone = try ScheduleZone(row.zone)
    var from = try local(row.from, in: zone)
    for expected in row.expected {
      let next = try #require(expression.next(afterSeconds: from, in: zone), "\(row)")
      #expect(String(zone.text(ofSeconds: next).prefix(16)) == expected, "\(row)")
      from = next
    }
  }

  @Test(arguments: [
    "0 0 30 2 *", "0 0 31 4 *", "0 0 31 2,4,6,9,11 *", "0 0 30,31 FEB */2",
  ])
  func `end the search for a date that never comes`(_ text: String) throws {
    let expression = try CronExpression(parsing: text)
    #expect(expression.next(afterSeconds: 1_800_000_000, in: .utc) == nil)
  }

  @Test func `find the rarest date that does come`() throws {
    // 29 February on a Sunday: 2088 is followed by 2128, since 2100 is no leap year.
    let expression = try CronExpression(parsing: "0 0 29 2 */7")
    let found = Array(
      times(of: expression, after: try instant("2061-01-01T00:00:00Z"), in: .utc).prefix(2))
    #expect(
      found.map { ScheduleZone.utc.text(ofSeconds: $0).prefix(10) } == ["2088-02-29", "2128-02-29"])
  }

  @Test func `count an interval in elapsed seconds whatever the clock does`() throws {
    let zone = try ScheduleZone("Europe/Rome")
    let expression = try CronExpression(parsing: "@every 1h30m")
    let start = try instant("2026-10-24T23:10:07Z")
    let times = times(of: expression, after: start, in: zone).prefix(3)
    #expect(Array(times) == [start + 5_400, start + 10_800, start + 16_200])
  }

  @Test func `refuse instants out of the calendar's reach`() throws {
    let expression = try CronExpression(parsing: "* * * * *")
    #expect(expression.next(afterSeconds: .max, in: .utc) == nil)
    #expect(expression.next(afterSeconds: .min, in: .utc) == nil)
  }
}

/// Seconds since 1970 of an RFC 3339 text.
func instant(_ text: String) throws -> Int64 {
  let date = try #require(try? Date(text, strategy: .iso8601), "\(text)")
  return Int64(date.timeIntervalSince1970)
}

/// The first instant at which the clock of a zone shows `yyyy-MM-ddTHH:mm`.
func local(_ text: String, in zone: ScheduleZone) throws -> Int64 {
  let nominal = try instant(text + ":00Z")
  switch zone.resolve(local: nominal) {
  case .once(let instant), .twice(let instant, _, _): return instant
  case .gap(let change): return change
  }
}

/// Firing times in whole seconds, found one by one.
func times(
  of expression: CronExpression, after instant: Int64, in zone: ScheduleZone
) -> some Sequence<Int64> & LazySequenceProtocol {
  expression.times(after: Timestamp(wholeSeconds: instant), in: zone).lazy.map(\.wholeSeconds)
}
