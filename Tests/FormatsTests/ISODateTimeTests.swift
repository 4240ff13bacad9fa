import Formats
import Testing

struct ISODateTimeTests {
  @Test func `all decimals are read, and those past the microsecond dropped`() throws {
    for count in 1...12 {
      let digits = String("123456789012".prefix(count))
      let read = try #require(ISODateTime("2024-06-01T12:00:00.\(digits)Z"))
      let wanted = Int((digits + "000000").prefix(6))
      #expect(read.civil.microsecond == wanted)
      #expect(read.offsetSeconds == 0)
    }
  }

  @Test func `what RFC 3339 takes is taken, and is the same instant`() throws {
    for text in [
      "2024-02-29T00:00:00Z", "1970-01-01t23:59:59.999z", "9999-12-31T23:59:59.9999999+13:30",
      "0001-01-01T00:00:00-00:30",
    ] {
      let read = try #require(ISODateTime(text))
      #expect(
        Timestamp(read.civil, offsetSeconds: read.offsetSeconds ?? 1) == Timestamp(rfc3339: text))
    }
  }

  @Test func `a local time has no offset`() {
    #expect(ISODateTime("2024-06-01")?.offsetSeconds == .some(nil))
    #expect(ISODateTime("2024-06-01+02:00")?.offsetSeconds == 7200)
    #expect(ISODateTime("2024-06-01Z")?.offsetSeconds == 0)
    #expect(ISODateTime("2024-06-01 10:15")?.civil.minute == 15)
    #expect(ISODateTime("2024-06-01 10:15")?.offsetSeconds == .some(nil))
  }

  @Test(arguments: [
    "", "2024", "2024-06", "2024-13-01", "2023-02-29", "2024-06-01X", "2024-06-01T", "2024-06-01T1",
    "2024-06-01T10:1", "2024-06-01T10:15:", "2024-06-01T10:15:00.", "2024-06-01T10:15:00+",
    "2024-06-01T10:15:00+1", "2024-06-01T10:15:00+01:", "2024-06-01T10:15:00+01:0",
    "2024-06-01T10:15:00+01:60", "2024-06-01T10:15:00+1400x", "2024-06-01T10:15:00  Z",
    "2024-06-01T10:15:00ZZ", "2024-06-01  10:15", "2024-06-01T24:00:00", "2024-06-01T10:15:60Z",
    "+024-06-01", "20٢4-06-01", "2024-06-01-05", "2024-06-01+0200", "2024-06-01 +02:00",
  ])
  func `anything else is no time`(text: String) { #expect(ISODateTime(text) == nil) }
}
