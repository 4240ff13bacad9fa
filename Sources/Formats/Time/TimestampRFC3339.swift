extension Timestamp {
  /// An instant from RFC 3339 section 5.6 text: full date and time, `Z` or an offset, nothing else.
  ///
  /// Any number of decimals, those past the microsecond dropped. Second 60 is taken at 23:59 UTC
  /// only, as 59.999999. Days that the calendar lacks are refused.
  public init?(rfc3339 text: String) {
    guard let parsed = RFC3339Fields(text.utf8.span), let instant = parsed.timestamp else {
      return nil
    }
    self = instant
  }

  /// An instant from RFC 3339 text in bytes, as the text initialiser takes it.
  public init?(rfc3339 bytes: ArraySlice<UInt8>) {
    guard let parsed = RFC3339Fields(bytes.span), let instant = parsed.timestamp else { return nil }
    self = instant
  }

  /// An instant from exactly `2026-11-23T10:00:00Z` in a part of some UTF-8, nil for any other
  /// form.
  public init?(utcSeconds text: Span<UInt8>, _ range: Range<Int>) {
    let start = range.lowerBound
    guard range.count == 20, text[start + 10] == 0x54, text[start + 19] == 0x5A,
      let fields = RFC3339Fields(text.extracting(range)), fields.second < 60,
      let instant = fields.timestamp
    else { return nil }
    self = instant
  }

  /// The instant in UTC with milliseconds, rounded down: `2026-11-23T10:00:00.000Z`.
  public var rfc3339: String { written(decimals: 3) }

  /// The instant in UTC with microseconds: `2026-11-23T10:00:00.000000Z`.
  public var rfc3339Microseconds: String { written(decimals: 6) }

  /// The local time of a clock so many seconds east of UTC, with its offset and whole seconds:
  /// `2026-11-23T11:00:00+01:00`.
  public func rfc3339(offsetSeconds: Int) -> String {
    let minutes = abs(offsetSeconds) / 60
    var out = civil(offsetSeconds: offsetSeconds).writtenDateTime()
    out.append(offsetSeconds < 0 ? 0x2D : 0x2B)
    appendDigits(minutes / 60, 2, to: &out)
    out.append(0x3A)
    appendDigits(minutes % 60, 2, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private func written(decimals: Int) -> String {
    let civil = civil()
    var out = civil.writtenDateTime()
    out.append(0x2E)
    appendDigits(decimals == 3 ? civil.microsecond / 1000 : civil.microsecond, decimals, to: &out)
    out.append(0x5A)
    return String(decoding: out, as: UTF8.self)
  }
}

extension CivilDateTime {
  /// Date and time without an offset: `2026-11-23T10:00:00`.
  fileprivate func writtenDateTime() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(32)
    if date.year < 0 { out.append(0x2D) }
    appendDigits(abs(date.year), 4, to: &out)
    out.append(0x2D)
    appendDigits(date.month, 2, to: &out)
    out.append(0x2D)
    appendDigits(date.day, 2, to: &out)
    out.append(0x54)
    appendDigits(hour, 2, to: &out)
    out.append(0x3A)
    appendDigits(minute, 2, to: &out)
    out.append(0x3A)
    appendDigits(second, 2, to: &out)
    return out
  }
}

/// Appends a number that is not negative with at least so many digits.
func appendDigits(_ number: Int, _ width: Int, to out: inout [UInt8]) {
  var divisor = 1
  for _ in 1..<max(1, width) { divisor *= 10 }
  while number / divisor > 9 { divisor *= 10 }
  while divisor > 0 {
    out.append(0x30 + UInt8(number / divisor % 10))
    divisor /= 10
  }
}

/// The parts of an RFC 3339 text.
private struct RFC3339Fields {
  var year = 0
  var month = 0
  var day = 0
  var hour = 0
  var minute = 0
  var second = 0
  var microsecond = 0
  var offsetSeconds = 0

  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = Self.digits(bytes, 0, 4), let month = Self.digits(bytes, 5, 2),
      let day = Self.digits(bytes, 8, 2), let hour = Self.digits(bytes, 11, 2),
      let minute = Self.digits(bytes, 14, 2), let second = Self.digits(bytes, 17, 2)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
    var at = 19
    guard parseFraction(bytes, &at), parseOffset(bytes, &at), at == bytes.count else { return nil }
  }

  private mutating func parseFraction(_ bytes: Span<UInt8>, _ at: inout Int) -> Bool {
    guard bytes[at] == 0x2E else { return true }
    at += 1
    let start = at
    var scale = 100_000
    while at < bytes.count, isDigit(bytes[at]) {
      microsecond += Int(bytes[at] - 0x30) * scale
      scale /= 10
      at += 1
    }
    return at > start
  }

  private mutating func parseOffset(_ bytes: Span<UInt8>, _ at: inout Int) -> Bool {
    guard at < bytes.count else { return false }
    if bytes[at] | 0x20 == 0x7A {
      at += 1
      return true
    }
    guard bytes[at] == 0x2B || bytes[at] == 0x2D, at + 6 <= bytes.count, bytes[at + 3] == 0x3A,
      let hours = Self.digits(bytes, at + 1, 2), let minutes = Self.digits(bytes, at + 4, 2),
      hours <= 23, minutes <= 59
    else { return false }
    offsetSeconds = (hours * 3600 + minutes * 60) * (bytes[at] == 0x2D ? -1 : 1)
    at += 6
    return true
  }

  private static func digits(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    var number = 0
    for i in start..<start + count {
      guard isDigit(bytes[i]) else { return nil }
      number = number * 10 + Int(bytes[i] - 0x30)
    }
    return number
  }

  var timestamp: Timestamp? {
    let isLeap = second == 60
    guard let date = CivilDate(year: year, month: month, day: day),
      let civil = CivilDateTime(
        date: date, hour: hour, minute: minute, second: isLeap ? 59 : second,
        microsecond: isLeap ? 999_999 : microsecond),
      let instant = Timestamp(civil, offsetSeconds: offsetSeconds)
    else { return nil }
    guard isLeap else { return instant }
    let utc = instant.civil()
    return utc.hour == 23 && utc.minute == 59 ? instant : nil
  }
}
