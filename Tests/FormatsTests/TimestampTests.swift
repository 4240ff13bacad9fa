import Formats
import Testing

@Suite struct TimestampTests {
  // The first five are the examples of RFC 3339 section 5.8.
  @Test(arguments: [
    ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z"),
    ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000000Z"),
    ("1990-12-31T23:59:60Z", "1990-12-31T23:59:59.999999Z"),
    ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:59.999999Z"),
    ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z"),
    ("2026-11-23t10:00:00z", "2026-11-23T10:00:00.000000Z"),
    ("2026-11-23T10:00:00.1234567891234Z", "2026-11-23T10:00:00.123456Z"),
    ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000000Z"),
    ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z"),
    ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"),
  ])
  func `RFC 3339 texts are read`(text: String, expected: String) {
    #expect(Timestamp(rfc3339: text)?.rfc3339Microseconds == expected)
  }

  @Test(arguments: [
    "", "2026-11-23", "2026-11-23 10:00:00Z", "2026-11-23T10:00:00", "2026-11-23T10:00Z",
    "2026-02-30T10:00:00Z", "2025-02-29T10:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z", "2026-01-01T12:30:60Z", "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00Zjunk", "2026-01-01T00:00:00+0100",
    "2026-01-01T00:00:00+01", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
    "26-01-01T00:00:00Z", "+2026-01-01T00:00:00Z", " 2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z ", "2026-1-01T00:00:00Z", "２026-01-01T00:00:00Z",
  ])
  func `anything else is refused`(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test func `writing`() {
    let instant = Timestamp(microseconds: 1_795_428_000_123_456)
    #expect(instant.rfc3339 == "2026-11-23T10:00:00.123Z")
    #expect(instant.rfc3339Microseconds == "2026-11-23T10:00:00.123456Z")
    #expect(instant.rfc3339(offsetSeconds: 3600) == "2026-11-23T11:00:00+01:00")
    #expect(instant.rfc3339(offsetSeconds: -12600) == "2026-11-23T06:30:00-03:30")
  }

  @Test func `arithmetic holds at the ends of the range`() {
    let a = Timestamp(microseconds: 0)
    #expect(a.adding(seconds: 1.5).microseconds == 1_500_000)
    #expect(a.adding(seconds: 90).seconds(since: a) == 90)
    #expect(a.seconds(since: a.adding(seconds: 2)) == -2)
    #expect(Timestamp(microseconds: .max).adding(seconds: 1).microseconds == .max)
    #expect(Timestamp(microseconds: .min).adding(seconds: -1).microseconds == .min)
    #expect(a.adding(seconds: .infinity).microseconds == .max)
    #expect(a.adding(seconds: .nan) == a)
    #expect(Timestamp(microseconds: .max).seconds(since: Timestamp(microseconds: .min)) > 1e13)
  }

  @Test func `the ends of the range are written without a trap`() {
    #expect(Timestamp(microseconds: .max).rfc3339 == "294247-01-10T04:00:54.775Z")
    #expect(Timestamp(microseconds: .min).rfc3339 == "-290308-12-21T19:59:05.224Z")
  }

  @Test func `random instants survive writing and reading`() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let micros = Int64.random(
        in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &random)
      let instant = Timestamp(microseconds: micros)
      #expect(Timestamp(rfc3339: instant.rfc3339Microseconds) == instant)
      let offset = (random.below(2 * 1439) - 1439) * 60
      #expect(Timestamp(instant.civil(offsetSeconds: offset), offsetSeconds: offset) == instant)
    }
  }
}
