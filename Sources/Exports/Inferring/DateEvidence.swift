import Formats
import Reconciliation

/// What the values of a column tell of days and times in it.
struct DateEvidence {
  /// The patterns that fit every value, the commonest first; empty for ISO 8601.
  let patterns: [String]
  /// Whether the values have a time of day.
  let hasTime: Bool
  /// Whether the values say their offset from UTC.
  let hasZone: Bool
  /// A value, to show the readings on.
  let example: String

  private static let dayPatterns = [
    "dd.MM.yyyy", "d.M.yyyy", "yyyy/MM/dd", "yyyyMMdd", "dd/MM/yyyy", "MM/dd/yyyy", "d/M/yyyy",
    "M/d/yyyy", "dd-MM-yyyy", "MM-dd-yyyy", "dd-MMM-yyyy", "dd MMM yyyy", "MMM d, yyyy",
    "dd.MM.yy", "dd/MM/yy", "MM/dd/yy", "yy-MM-dd", "yyMMdd",
  ]
  private static let clocks = ["HH:mm", "HH:mm:ss", "HH:mm:ss.SSS", "H:mm", "h:mm a", "h:mm:ss a"]
  private static let isoClocks = [
    "HH:mm", "HH:mm:ss", "HH:mm:ss.S", "HH:mm:ss.SSS", "HH:mm:ss.SSSSSS", "H:mm:ss",
  ]
  private static let clockDays = [
    "dd.MM.yyyy", "d.M.yyyy", "yyyy/MM/dd", "dd/MM/yyyy", "MM/dd/yyyy", "d/M/yyyy", "M/d/yyyy",
    "dd-MM-yyyy", "MM-dd-yyyy", "dd/MM/yy", "MM/dd/yy", "M/d/yy",
  ]
  private static let timePatterns =
    ["yyyy-MM-dd'T'", "yyyy-MM-dd "].flatMap { day in isoClocks.map { day + $0 } }
    + clockDays.flatMap { day in clocks.map { "\(day) \($0)" } }
    + ["yyyyMMddHHmmss", "yyyyMMdd HHmmss"]
  private static let machinePatterns = ["dotnet", "epoch_ms", "epoch"]

  /// The evidence; nil where a value is neither day nor time.
  init?(_ profile: ColumnProfile) {
    // A day that was never set, such as 00000000, is no sign of the form.
    let texts = profile.texts.filter { !$0.utf8.allSatisfy(Self.isUnset) }
    guard let first = texts.first, first.utf8.count >= 6, first.utf8.count <= 40 else { return nil }
    example = first
    if texts.allSatisfy({ Self.isISODay($0) }) {
      (patterns, hasTime, hasZone) = ([], false, false)
    } else if texts.allSatisfy({ Timestamp(rfc3339: $0) != nil }) {
      (patterns, hasTime, hasZone) = ([], true, true)
    } else if let fitting = Self.fitting(Self.dayPatterns, texts, .date, profile.name) {
      (patterns, hasTime, hasZone) = (fitting, false, false)
    } else if let fitting = Self.fitting(Self.timePatterns, texts, .datetime, profile.name) {
      (patterns, hasTime, hasZone) = (fitting, true, false)
    } else if profile.name.isNamed(NameLists.times) || first.hasPrefix("/Date("),
      let fitting = Self.fitting(Self.machinePatterns, texts, .datetime, profile.name),
      texts.allSatisfy(Self.isRecent)
    {
      (patterns, hasTime, hasZone) = (fitting, true, true)
    } else {
      return nil
    }
  }

  private static func isUnset(_ byte: UInt8) -> Bool {
    byte == 0x30 || byte == 0x2E || byte == 0x2D || byte == 0x2F || byte == 0x3A || byte == 0x20
  }

  private static func isISODay(_ text: String) -> Bool {
    text.utf8.count == 10 && Timestamp(rfc3339: "\(text)T00:00:00Z") != nil
  }

  /// Whether digits may be a time since 1970: from 2001 on, in seconds or milliseconds.
  private static func isRecent(_ text: String) -> Bool {
    text.hasPrefix("/Date(") || (10...13).contains(text.utf8.count)
  }

  private static func fitting(
    _ patterns: [String], _ texts: [String], _ type: ValueType, _ name: ColumnName
  ) -> [String]? {
    let fitting = patterns.filter { pattern in
      // Digits alone are more often a number than a day: the name must say so.
      let isDigits = pattern == "yyyyMMdd" || pattern == "yyMMdd"
      if isDigits, !name.isNamed(NameLists.times) {
        guard pattern == "yyyyMMdd", texts.count > 2 else { return false }
      }
      if pattern == "yyyyMMdd", !texts.allSatisfy({ $0 > "1900" && $0 < "2155" }) { return false }
      return fits(texts, type, pattern)
    }
    return fitting.isEmpty ? nil : fitting
  }

  private static func fits(_ texts: [String], _ type: ValueType, _ pattern: String) -> Bool {
    guard let form = try? DateForm(pattern) else { return false }
    return texts.allSatisfy { form.read($0) != nil }
  }

  /// Which of day and month comes first, by the patterns that fit: nil where that is no question.
  private var orders: Set<DayOrder> { Set(patterns.compactMap(DayOrder.init(pattern:))) }

  /// Whether the values can be read with the day first and with the month first.
  var isAmbiguous: Bool { orders.count > 1 || hasShortYear }

  /// Whether the century is left open.
  var hasShortYear: Bool {
    patterns.first.map { !$0.contains("yyyy") && $0.contains("yy") } ?? false
  }

  /// The order that the column proves, where there is a question.
  var proved: DayOrder? { orders.count == 1 ? orders.first : nil }

  /// The pattern of the proposal; nil for ISO 8601.
  func pattern(_ order: DayOrder?) -> String? {
    guard let order else { return patterns.first }
    return patterns.first { DayOrder(pattern: $0) == order } ?? patterns.first
  }

  /// Both readings of the example, for a person to choose by.
  var readings: String {
    let each = [DayOrder.day, .month].compactMap { order -> String? in
      guard let pattern = patterns.first(where: { DayOrder(pattern: $0) == order }),
        let civil = (try? DateForm(pattern))?.read(example)?.civil.date
      else { return nil }
      return "\(civil.year)-\(Self.two(civil.month))-\(Self.two(civil.day)) as \(pattern)"
    }
    return each.joined(separator: ", or ")
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Whether a date begins with its day or its month, where only `/` or `-` stands between them.
enum DayOrder: Hashable {
  case day
  case month

  /// The order of a pattern that another order could be taken for; nil for all others.
  init?(pattern: String) {
    guard pattern.contains("/") || pattern.contains("-"), !pattern.contains("MMM"),
      !pattern.hasPrefix("y")
    else { return nil }
    self = pattern.hasPrefix("d") ? .day : .month
  }
}
