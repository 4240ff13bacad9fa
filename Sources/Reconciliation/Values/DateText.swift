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
    let text = text.trimmed
    if isInitial(text) { return .blank }
    if let form { return form.read(text).map(Result.reading) ?? .unreadable }
    for form in common {
      if let reading = form.read(text) { return .reading(reading) }
    }
    return .unreadable
  }

  /// The instant of a reading; a text without an offset is in this zone.
  static func instant(_ reading: DateForm.Reading, zone: LocalZone) -> Timestamp? {
    if let offset = reading.offsetSeconds {
      return Timestamp(reading.civil, offsetSeconds: offset)
    }
    return zone.instant(reading.civil)
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

  /// Forms that can be read in one way only, the commonest first.
  private static let common: [DateForm] = [
    "yyyy-MM-dd", "yyyyMMdd", "dd.MM.yyyy", "dd.MM.yyyy HH:mm", "dd.MM.yyyy HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ssX", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSX",
    "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ssX", "yyyy-MM-dd HH:mm:ss X",
    "yyyy-MM-dd HH:mm:ss.SSS", "yyyy-MM-dd HH:mm:ss.SSSX", "yyyy-MM-dd HH:mm",
    "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SSS", "yyyy-MM-dd'T'HH:mm",
    "yyyy-MM-dd'T'HH:mmX", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSX", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSS",
    "yyyyMMddHHmmss", "yyyyMMdd'T'HHmmssX", "yyyy/MM/dd", "yyyy/MM/dd HH:mm:ss",
  ].compactMap { try? DateForm($0) }
}
