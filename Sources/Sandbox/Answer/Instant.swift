/// Times as the API reads and writes them: UTC, ISO 8601, shown in milliseconds, stored finer.
enum Instant {
  /// Appends `2026-01-01T12:00:00.000Z`, truncating to milliseconds.
  static func append(_ microseconds: Int64, to bytes: inout [UInt8]) {
    appendSeconds(microseconds, to: &bytes)
    let thousandths = Int(floorMod(microseconds, 1_000_000) / 1_000)
    bytes.append(0x2E)
    bytes.append(UInt8(0x30 + thousandths / 100))
    two(thousandths % 100, to: &bytes)
    bytes.append(0x5A)
  }

  /// The form of event stores: whole seconds with an offset, `2025-08-01T13:31:34.000+00:00`.
  static func offsetForm(_ microseconds: Int64) -> String {
    var bytes: [UInt8] = []
    appendSeconds(microseconds, to: &bytes)
    bytes.append(contentsOf: ".000+00:00".utf8)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The form of attributes.
  static func text(_ microseconds: Int64) -> String {
    var bytes: [UInt8] = []
    append(microseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Microseconds since 1970 of `YYYY-MM-DD`, or of a date with time, decimals and offset.
  ///
  /// Without an offset UTC is meant; decimals beyond microseconds are dropped. Nil for anything
  /// else, such as 30 February.
  static func microseconds(of text: String) -> Int64? {
    var reader = DigitReader(Array(text.utf8))
    guard let year = reader.number(4), reader.take(0x2D), let month = reader.number(2),
      reader.take(0x2D), let day = reader.number(2), (1...12).contains(month),
      (1...daysIn(month: month, year: year)).contains(day)
    else { return nil }
    let days = Int64(dayNumber(year, month, day))
    if reader.isAtEnd { return days * 86_400_000_000 }
    guard reader.take(0x54) || reader.take(0x20) || reader.take(0x74),
      let hour = reader.number(2), hour < 24, reader.take(0x3A),
      let minute = reader.number(2), minute < 60, reader.take(0x3A),
      let second = reader.number(2), second < 61, let fraction = reader.fraction(),
      let offset = reader.offsetMinutes(), reader.isAtEnd
    else { return nil }
    let seconds = Int64(hour * 3_600 + (minute - offset) * 60 + min(second, 59))
    return (days * 86_400 + seconds) * 1_000_000 + Int64(fraction)
  }

  private static func appendSeconds(_ microseconds: Int64, to bytes: inout [UInt8]) {
    let seconds = Int(floorDiv(microseconds, 1_000_000))
    let days = Int(floorDiv(Int64(seconds), 86_400))
    let second = seconds - days * 86_400
    let (year, month, day) = civil(days)
    two(abs(year) / 100 % 100, to: &bytes)
    two(abs(year) % 100, to: &bytes)
    bytes.append(0x2D)
    two(month, to: &bytes)
    bytes.append(0x2D)
    two(day, to: &bytes)
    bytes.append(0x54)
    two(second / 3_600, to: &bytes)
    bytes.append(0x3A)
    two(second / 60 % 60, to: &bytes)
    bytes.append(0x3A)
    two(second % 60, to: &bytes)
  }

  /// Two digits of a number below 100.
  private static func two(_ value: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(0x30 + value / 10))
    bytes.append(UInt8(0x30 + value % 10))
  }

  private static func floorDiv(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  private static func floorMod(_ value: Int64, _ divisor: Int64) -> Int64 {
    value - floorDiv(value, divisor) * divisor
  }

  private static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970 by counting years from March, so that the leap day comes last.
  private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(_ days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }
}

/// Reads fixed groups of digits.
private struct DigitReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  mutating func number(_ width: Int) -> Int? {
    guard position + width <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[position..<(position + width)] {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    position += width
    return value
  }

  /// Optional decimals as microseconds; nil for a point without digits.
  mutating func fraction() -> Int? {
    guard take(0x2E) else { return 0 }
    var value = 0
    var scale = 100_000
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      value += Int(bytes[position] - 0x30) * scale
      scale /= 10
      position += 1
    }
    return position > start ? value : nil
  }

  /// `Z`, `±hh:mm` or nothing, in minutes east of UTC; nil when malformed.
  mutating func offsetMinutes() -> Int? {
    if isAtEnd || take(0x5A) || take(0x7A) { return 0 }
    let east = take(0x2B)
    guard east || take(0x2D), let hours = number(2), take(0x3A), let minutes = number(2),
      hours < 24, minutes < 60
    else { return nil }
    return (east ? 1 : -1) * (hours * 60 + minutes)
  }
}
