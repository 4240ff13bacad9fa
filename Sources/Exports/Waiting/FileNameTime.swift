public import Formats

/// The time that a file name tells, such as `CUSTOMERS_20240304_0215.csv`.
public struct FileNameTime: Sendable, Hashable {
  /// The instant; names without a zone are read as UTC.
  public let instant: Timestamp
  /// Whether the name tells a day only.
  public let isDay: Bool

  /// The first time in a name: `yyyyMMdd` or `yyyy-MM-dd` (also with `_` or `.`), with or without
  /// `HHmm`, `HHmmss`, or epoch seconds (10 digits) or milliseconds (13); nil without one.
  public init?(in name: String) {
    let bytes = Array(name.utf8)
    var start = 0
    while start < bytes.count {
      guard Self.isDigit(bytes[start]) else {
        start += 1
        continue
      }
      var end = start
      while end < bytes.count, Self.isDigit(bytes[end]) { end += 1 }
      if let found = Self.time(bytes, start, end) {
        self = found
        return
      }
      start = end
    }
    return nil
  }

  private init(instant: Timestamp, isDay: Bool) {
    self.instant = instant
    self.isDay = isDay
  }

  /// When the content was written at the latest: a name with a day only is narrowed by the time
  /// of the file, which a copy can only make later.
  public func generatedAt(modified: Timestamp) -> Timestamp {
    guard isDay else { return instant }
    let lastOfDay = instant.adding(seconds: 86_399)
    return min(lastOfDay, max(instant, modified))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The time that the digits from `start` to `end` begin.
  private static func time(_ bytes: [UInt8], _ start: Int, _ end: Int) -> FileNameTime? {
    switch end - start {
    case 4: return spaced(bytes, start)
    case 8: return withClock(bytes, date: start, clock: end)
    case 12, 14, 17: return compact(bytes[start..<end])
    case 10: return epoch(number(bytes[start..<end]), unit: 1_000_000)
    case 13: return epoch(number(bytes[start..<end]), unit: 1_000)
    default: return nil
    }
  }

  /// Epoch times between 2001 and 2100; other numbers are sequence numbers.
  private static func epoch(_ number: Int, unit: Int64) -> FileNameTime? {
    let instant = Timestamp(microseconds: Int64(number) * unit)
    guard (978_307_200..<4_102_444_800).contains(instant.microseconds / 1_000_000) else {
      return nil
    }
    return FileNameTime(instant: instant, isDay: false)
  }

  private static func compact(_ digits: ArraySlice<UInt8>) -> FileNameTime? {
    let start = digits.startIndex
    guard let day = day(digits.prefix(8)) else { return nil }
    let seconds = digits.count >= 14 ? number(digits[(start + 12)..<(start + 14)]) : 0
    return clock(
      day, number(digits[(start + 8)..<(start + 10)]),
      number(digits[(start + 10)..<(start + 12)]), seconds)
  }

  private static func day(_ digits: ArraySlice<UInt8>) -> CivilDate? {
    let start = digits.startIndex
    guard
      let date = CivilDate(
        year: number(digits.prefix(4)), month: number(digits[(start + 4)..<(start + 6)]),
        day: number(digits[(start + 6)..<(start + 8)])), (1990...2100).contains(date.year)
    else { return nil }
    return date
  }

  /// `yyyy-MM-dd`, with one mark in both places.
  private static func spaced(_ bytes: [UInt8], _ start: Int) -> FileNameTime? {
    guard start + 10 <= bytes.count else { return nil }
    let mark = bytes[start + 4]
    guard [0x2D, 0x5F, 0x2E].contains(mark), bytes[start + 7] == mark else { return nil }
    let digits =
      bytes[start..<(start + 4)] + bytes[(start + 5)..<(start + 7)]
      + bytes[(start + 8)..<(start + 10)]
    guard digits.allSatisfy(isDigit) else { return nil }
    guard start + 10 == bytes.count || !isDigit(bytes[start + 10]) else { return nil }
    return withClock(bytes, date: digits, clock: start + 10)
  }

  private static func withClock(_ bytes: [UInt8], date start: Int, clock: Int) -> FileNameTime? {
    withClock(bytes, date: bytes[start..<(start + 8)], clock: clock)
  }

  /// A day, and the time of day behind one mark, where there is one: `HHmm`, `HHmmss`, `HH-mm-ss`.
  private static func withClock(
    _ bytes: [UInt8], date: ArraySlice<UInt8>, clock place: Int
  ) -> FileNameTime? {
    guard let day = day(date) else { return nil }
    let whole = FileNameTime(instant: midnight(day), isDay: true)
    guard place < bytes.count, [0x5F, 0x2D, 0x54, 0x20, 0x2E].contains(bytes[place]) else {
      return whole
    }
    var parts: [Int] = []
    var at = place + 1
    while parts.count < 3, at + 2 <= bytes.count, isDigit(bytes[at]), isDigit(bytes[at + 1]) {
      parts.append(number(bytes[at..<(at + 2)]))
      at += 2
      let isMark =
        parts.count < 3 && at < bytes.count && [0x2D, 0x3A, 0x2E, 0x5F].contains(bytes[at])
      if isMark, at + 1 < bytes.count, isDigit(bytes[at + 1]) { at += 1 }
    }
    guard parts.count >= 2, at == bytes.count || !isDigit(bytes[at]) else { return whole }
    return clock(day, parts[0], parts[1], parts.count == 3 ? parts[2] : 0) ?? whole
  }

  private static func clock(
    _ day: CivilDate, _ hour: Int, _ minute: Int, _ second: Int
  ) -> FileNameTime? {
    guard hour < 24, minute < 60, second < 60 else { return nil }
    let seconds = hour * 3_600 + minute * 60 + second
    let instant = midnight(day).microseconds + Int64(seconds) * 1_000_000
    return FileNameTime(instant: Timestamp(microseconds: instant), isDay: false)
  }

  private static func midnight(_ day: CivilDate) -> Timestamp {
    Timestamp(microseconds: Int64(day.daysSinceEpoch) * 86_400_000_000)
  }
}
