import Formats

/// Dates in cells, with or without a pattern.
enum DateText {
  /// What a text turned out to be.
  enum Result {
    case reading(DateForm.Reading)
    /// An initial value that means "no date", such as `00000000`.
    case blank
    case unreadable
  }

  static func read(_ text: String, form: DateForm?) -> Result {
    let text = text.withPlainBlanks.trimmed
    if isInitial(text) { return .blank }
    if let form { return form.read(text).map(Result.reading) ?? .unreadable }
    if let iso = ISODateTime(text) {
      return .reading(DateForm.Reading(civil: iso.civil, offsetSeconds: iso.offsetSeconds))
    }
    for form in common {
      if let reading = form.read(text) { return .reading(reading) }
    }
    return .unreadable
  }

  /// The instant of a reading; a text without an offset is in this zone.
  ///
  /// Nil where the zone has no such time: clocks that are put forward skip an hour.
  static func instant(_ reading: DateForm.Reading, zone: LocalZone) -> Timestamp? {
    if let offset = reading.offsetSeconds {
      return Timestamp(reading.civil, offsetSeconds: offset)
    }
    return zone.instant(reading.civil)
  }

  /// The instant that a text names by itself: day, time and offset.
  static func instant(_ text: String) -> Timestamp? {
    guard text.utf8.count > 10, let iso = ISODateTime(text), let offset = iso.offsetSeconds else {
      return nil
    }
    return Timestamp(iso.civil, offsetSeconds: offset)
  }

  /// Why a time is none, where the clocks skip it.
  static func skipped(_ excerpt: String, _ zone: LocalZone) -> String {
    "\(excerpt) is no time in \(zone.name): the clocks are put forward over it; "
      + "have the source write UTC or the offset, or correct \"time_zone\""
  }

  /// What could be done about a text that is no date.
  static func advice(_ text: String, form: DateForm?) -> String {
    let expected = form.map { " of the form \($0.text)" } ?? ""
    if let count = MachineTime(lookingLike: text.trimmed), form?.text != count.rawValue {
      return "\(expected); it looks like \(words(count)): set \"format\": \"\(count.rawValue)\""
    }
    return form == nil ? " (set \"format\" if it has another form)" : expected
  }

  private static func words(_ count: MachineTime) -> String {
    switch count {
    case .seconds: "seconds since 1970"
    case .milliseconds: "milliseconds since 1970"
    case .dotnet: "a time of .NET"
    }
  }

  static func written(_ instant: Timestamp) -> String {
    instant.microseconds % 1000 == 0 ? instant.rfc3339 : instant.rfc3339Microseconds
  }

  static func written(_ date: CivilDate) -> String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// SAP writes a date that was never set as zeros, with or without separators and time.
  private static func isInitial(_ text: String) -> Bool {
    var zeros = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30: zeros += 1
      case 0x20, 0x2D, 0x2E, 0x2F, 0x3A, 0x54: continue
      default: return false
      }
    }
    return zeros >= 8
  }

  /// Forms besides those of ISO 8601 that can be read in one way only.
  private static let common: [DateForm] = [
    "yyyyMMdd", "dd.MM.yyyy", "dd.MM.yyyy HH:mm", "dd.MM.yyyy HH:mm:ss", "yyyyMMddHHmmss",
    "yyyyMMdd'T'HHmmss", "yyyyMMdd'T'HHmmssX", "yyyy/MM/dd", "yyyy/MM/dd HH:mm:ss",
  ].compactMap { try? DateForm($0) }
}
