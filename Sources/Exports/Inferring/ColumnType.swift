import Formats
import Reconciliation

/// The type that all values of a column fit.
struct ColumnType: Equatable {
  var type = ValueType.string
  var dateFormat: String?
  var decimalMark: String?
  var trueTexts: [String]?
  var falseTexts: [String]?
  /// What a person should look at.
  var doubt: String?

  /// Date patterns that are tried, the likelier first of those that look alike.
  static let datePatterns = [
    "dd.MM.yyyy", "d.M.yyyy", "yyyy/MM/dd", "yyyyMMdd", "dd/MM/yyyy", "MM/dd/yyyy", "d/M/yyyy",
    "M/d/yyyy", "dd-MM-yyyy",
  ]
  /// Patterns with a time of day.
  static let datetimePatterns = [
    "dd.MM.yyyy HH:mm", "dd.MM.yyyy HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd HH:mm:ss.SSS", "dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm", "dd/MM/yyyy HH:mm:ss",
    "MM/dd/yyyy HH:mm:ss", "M/d/yyyy H:mm", "M/d/yyyy h:mm a", "yyyyMMddHHmmss",
    "yyyyMMdd HHmmss",
  ]
  /// Pairs of texts that mean true and false.
  static let booleanPairs = [
    ["true", "false"], ["yes", "no"], ["ja", "nein"], ["y", "n"], ["j", "n"], ["t", "f"],
    ["oui", "non"], ["sí", "no"], ["sì", "no"], ["1", "0"], ["-1", "0"], ["on", "off"],
  ]

  /// How many distinct numbers of one length are taken for codes.
  private static let codesMin = 3

  /// The narrowest type that fits every sample of a column.
  static func infer(_ profile: ColumnProfile) -> ColumnType {
    guard profile.filled > 0, !profile.isStructured else {
      return ColumnType(type: profile.isStructured ? .json : .string)
    }
    if let flag = boolean(profile) { return flag }
    if let date = date(profile.samples) { return date }
    if let damaged = profile.samples.first(where: isShortened) {
      return ColumnType(doubt: "\(damaged) and its like were shortened by a spreadsheet")
    }
    return number(profile) ?? ColumnType()
  }

  /// Whether a text is a long number as spreadsheets shorten it, such as `1.23457E+11`.
  private static func isShortened(_ text: String) -> Bool {
    text.utf8.count <= 20 && text.firstMatch(of: /^[0-9][.,]?[0-9]*E\+[0-9]{2}$/) != nil
  }

  private static func boolean(_ profile: ColumnProfile) -> ColumnType? {
    guard profile.texts.count <= 2 else { return nil }
    let lower = Set(profile.texts.map { $0.lowercased() })
    if lower == ["x"], profile.blank > 0 {
      return ColumnType(
        type: .boolean, trueTexts: profile.texts.sorted(), falseTexts: [""],
        doubt: "an empty cell is taken for false")
    }
    guard let pair = booleanPairs.first(where: { lower.isSubset(of: $0) }) else { return nil }
    // A column of nothing but 1 says too little.
    guard lower.count == 2 || pair[0] == "true" else { return nil }
    let standard = ["true", "false"]
    guard pair != standard else { return ColumnType(type: .boolean) }
    return ColumnType(
      type: .boolean, trueTexts: profile.texts.filter { $0.lowercased() == pair[0] }.sorted(),
      falseTexts: profile.texts.filter { $0.lowercased() == pair[1] }.sorted())
  }

  private static func date(_ samples: [String]) -> ColumnType? {
    if samples.allSatisfy(isISODay) { return ColumnType(type: .date) }
    if samples.allSatisfy({ Timestamp(rfc3339: $0) != nil }) { return ColumnType(type: .datetime) }
    let days = datePatterns.filter { fits(samples, .date, pattern: $0) }
    if let first = days.first {
      // Eight digits are more often a number than a day; zeros alone are a day that was never set.
      let isDay = { $0 > "1900" && $0 < "2155" || $0 == "00000000" }
      if first == "yyyyMMdd", !samples.allSatisfy(isDay) { return nil }
      return ColumnType(type: .date, dateFormat: first, doubt: doubt(days))
    }
    let times = datetimePatterns.filter { fits(samples, .datetime, pattern: $0) }
    guard let first = times.first else { return nil }
    return ColumnType(type: .datetime, dateFormat: first, doubt: doubt(times))
  }

  private static func isISODay(_ text: String) -> Bool {
    text.utf8.count == 10 && Timestamp(rfc3339: "\(text)T00:00:00Z") != nil
  }

  private static func doubt(_ patterns: [String]) -> String? {
    let dayFirst = patterns.contains { $0.hasPrefix("d") && $0.contains("/") }
    let monthFirst = patterns.contains { $0.hasPrefix("M") }
    guard dayFirst, monthFirst else { return nil }
    return "every day in the sample is 12 or less: the month may come first"
  }

  private static func number(_ profile: ColumnProfile) -> ColumnType? {
    guard profile.padded == 0, profile.guarded == 0,
      !profile.samples.contains(where: { $0.hasPrefix("+") })
    else { return nil }
    if fits(profile.samples, .integer, nil) {
      // Long digit strings are identifiers, and so are postal codes and their like: many values of
      // one length, of which another file may have one with a zero in front.
      let isCode =
        profile.longest >= 4 && profile.longest == profile.shortest
        && profile.texts.count >= codesMin
      return profile.longest <= 15 && !isCode ? ColumnType(type: .integer) : nil
    }
    let marks: [DecimalMark] = [.dot, .comma].filter { fits(profile.samples, .decimal, $0) }
    guard let mark = marks.first else { return nil }
    if marks.count == 1 || !fits(profile.samples, .decimal, nil) {
      return ColumnType(
        type: .decimal, decimalMark: mark.rawValue,
        doubt: marks.count > 1 ? "every number can be read with a comma as well" : nil)
    }
    return ColumnType(type: .decimal)
  }

  private static func fits(
    _ samples: [String], _ type: ValueType, _ mark: DecimalMark? = nil, pattern: String? = nil
  ) -> Bool {
    var rule = FieldRule(column: "", metadata: "value", target: .key("value"))
    rule.type = type
    rule.decimalMark = mark
    // A date that was never set, such as 00000000, is no sign of the pattern; it is passed over.
    rule.blank = .ignore
    if let pattern {
      rule.dateFormat = try? .init(pattern)
      guard rule.dateFormat != nil else { return false }
    }
    let conversion = Conversion(rule: rule)
    var found = false
    let fit = samples.allSatisfy { text in
      switch conversion.result(.text(text)) {
      case .value:
        found = true
        return true
      case .ignored: return pattern != nil
      case .badType, .unmapped: return false
      }
    }
    return fit && found
  }
}
