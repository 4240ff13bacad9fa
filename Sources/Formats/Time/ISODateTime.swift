/// A day, or a day and a time, in the extended form of ISO 8601.
///
/// Taken: `2026-11-23`, and behind it `T` or a blank with `10:00` or `10:00:00`, any number of
/// decimals of a second behind a dot or comma (those past the microsecond are dropped), then `Z`,
/// `+02`, `+0200`, `+02:00` or no offset, a blank before it allowed; behind a day alone `Z` or
/// `+02:00`. Days that the calendar lacks are refused, and offsets beyond 14 hours.
public struct ISODateTime: Sendable, Hashable {
  /// Day and time as written.
  public let civil: CivilDateTime
  /// The offset from UTC in seconds; nil where the text has none.
  public let offsetSeconds: Int?

  private static let offsetHoursMax = 14

  /// A text of this form to its end; nil for any other.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let year = Self.digits(bytes, 0, 4), let month = Self.digits(bytes, 5, 2),
      let day = Self.digits(bytes, 8, 2), let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    var at = 10
    guard let time = Self.time(bytes, &at),
      let civil = CivilDateTime(
        date: date, hour: time.hour, minute: time.minute, second: time.second,
        microsecond: time.microsecond)
    else { return nil }
    self.civil = civil
    guard at < bytes.count else {
      offsetSeconds = nil
      return
    }
    // Behind a day `-05` could be anything.
    let isShort = at == 10 && bytes.count != 11 && bytes.count != 16
    guard !isShort, let offset = Self.offset(bytes, at) else { return nil }
    offsetSeconds = offset
  }

  private struct Time {
    var hour = 0
    var minute = 0
    var second = 0
    var microsecond = 0
  }

  private static func time(_ bytes: [UInt8], _ at: inout Int) -> Time? {
    var time = Time()
    guard at < bytes.count, bytes[at] | 0x20 == 0x74 || bytes[at] == 0x20 else { return time }
    guard let hour = digits(bytes, at + 1, 2), bytes.has(0x3A, at: at + 3),
      let minute = digits(bytes, at + 4, 2)
    else { return nil }
    (time.hour, time.minute) = (hour, minute)
    at += 6
    guard bytes.has(0x3A, at: at) else { return time }
    guard let second = digits(bytes, at + 1, 2) else { return nil }
    time.second = second
    at += 3
    guard bytes.has(0x2E, at: at) || bytes.has(0x2C, at: at) else { return time }
    at += 1
    let start = at
    var scale = 100_000
    while at < bytes.count, isDigit(bytes[at]) {
      time.microsecond += Int(bytes[at] - 0x30) * scale
      scale /= 10
      at += 1
    }
    return at > start ? time : nil
  }

  private static func offset(_ bytes: [UInt8], _ start: Int) -> Int? {
    let at = bytes[start] == 0x20 ? start + 1 : start
    if bytes.has(0x7A, at: at) || bytes.has(0x5A, at: at) { return at + 1 == bytes.count ? 0 : nil }
    guard bytes.has(0x2B, at: at) || bytes.has(0x2D, at: at),
      let hours = digits(bytes, at + 1, 2), hours <= offsetHoursMax
    else { return nil }
    let minutesAt = bytes.has(0x3A, at: at + 3) ? at + 4 : at + 3
    let sign = bytes[at] == 0x2D ? -1 : 1
    if at + 3 == bytes.count { return sign * hours * 3600 }
    guard minutesAt + 2 == bytes.count, let minutes = digits(bytes, minutesAt, 2), minutes < 60
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  private static func digits(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
    guard start + count <= bytes.count else { return nil }
    var number = 0
    for place in start..<start + count {
      guard isDigit(bytes[place]) else { return nil }
      number = number * 10 + Int(bytes[place] - 0x30)
    }
    return number
  }
}

extension [UInt8] {
  fileprivate func has(_ byte: UInt8, at place: Int) -> Bool {
    place < count && self[place] == byte
  }
}
