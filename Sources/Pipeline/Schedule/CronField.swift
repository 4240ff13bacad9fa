/// One of the five fields of a cron expression, in the order in which they are written.
enum CronField: Int, CaseIterable {
  case minute
  case hour
  case dayOfMonth
  case month
  case dayOfWeek

  /// The values that may be selected; `7` for Sunday is folded to `0` while parsing.
  var values: ClosedRange<Int> {
    switch self {
    case .minute: 0...59
    case .hour: 0...23
    case .dayOfMonth: 1...31
    case .month: 1...12
    case .dayOfWeek: 0...6
    }
  }

  /// The largest number that may be written.
  var writtenMax: Int { self == .dayOfWeek ? 7 : values.upperBound }

  /// How an error names the field: place in the expression and meaning.
  var label: String {
    let meaning =
      switch self {
      case .minute: "minute"
      case .hour: "hour"
      case .dayOfMonth: "day of month"
      case .month: "month"
      case .dayOfWeek: "day of week"
      }
    return "field \(rawValue + 1) (\(meaning))"
  }

  /// The three-letter names that may stand for numbers, first one for `values.lowerBound`.
  var names: [String] {
    switch self {
    case .month:
      ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    case .minute, .hour, .dayOfMonth: []
    }
  }
}

/// The parsed content of one field.
struct CronFieldSet: Sendable, Hashable {
  /// One bit per selected value.
  var bits: UInt64
  /// Whether the field starts with `*`; a step over `*` counts too, as in Vixie cron.
  var startsWithStar: Bool
  /// Whether any item of the field is a `*`, with or without a step.
  var hasStar: Bool
  /// Whether any item of the field is written with a step.
  var hasStep: Bool

  func contains(_ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }

  /// The smallest selected value that is at least `value`.
  func first(from value: Int) -> Int? {
    guard value < 64 else { return nil }
    let rest = (bits >> UInt64(value)) << UInt64(value)
    return rest == 0 ? nil : rest.trailingZeroBitCount
  }
}

/// Reads one field: a comma-separated list of `*`, `a`, `a-b`, each with an optional `/step`.
///
/// Ranges may run past the end (`FRI-MON`, `NOV-FEB`) where both bounds are names: the intent
/// is plain. Numbers that run backwards (`5-1`) are refused, as in Vixie cron: they are more
/// often a slip than a wish.
struct CronFieldParser {
  let field: CronField

  func parse(_ text: Substring) throws(CronError) -> CronFieldSet {
    var set = CronFieldSet(
      bits: 0, startsWithStar: text.first == "*", hasStar: text.contains("*"), hasStep: false)
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard !part.isEmpty else { throw error("an item of the list is empty in \"\(text)\"") }
      try add(part, to: &set)
    }
    return set
  }

  private func add(_ part: Substring, to set: inout CronFieldSet) throws(CronError) {
    let halves = part.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { throw error("more than one step in \"\(part)\"") }
    let step = halves.count == 2 ? try parseStep(halves[1], in: part) : nil
    set.hasStep = set.hasStep || step != nil
    let span = try span(halves[0], hasStep: step != nil)
    let low = field.values.lowerBound
    for offset in stride(from: 0, to: span.count, by: step ?? 1) {
      let value = (span.first - low + offset) % field.values.count + low
      set.bits |= 1 << UInt64(value)
    }
  }

  /// First value and number of consecutive values (past the end and round again) of an item.
  private func span(
    _ text: Substring, hasStep: Bool
  ) throws(CronError) -> (first: Int, count: Int) {
    let low = field.values.lowerBound
    if text == "*" { return (low, field.values.count) }
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count <= 2 else { throw error("\"\(text)\" is no range: write first-last") }
    let first = try bound(bounds[0], in: text)
    guard bounds.count == 2 else {
      let folded = first.value == 7 && field == .dayOfWeek ? 0 : first.value
      return (folded, hasStep ? field.values.upperBound - folded + 1 : 1)
    }
    let last = try bound(bounds[1], in: text)
    if first.value <= last.value {
      return (first.value, last.value - first.value + 1)
    }
    guard first.isName, last.isName else {
      throw error("the range \"\(text)\" runs backwards: write it as a list of two ranges")
    }
    return (first.value, last.value - first.value + 1 + field.values.count)
  }

  private func bound(
    _ text: Substring, in whole: Substring
  ) throws(CronError) -> (value: Int, isName: Bool) {
    if text.isEmpty { throw error("a number is missing in \"\(whole)\"") }
    if let index = field.names.firstIndex(of: text.uppercased()) {
      return (index + field.values.lowerBound, true)
    }
    guard let value = cronNumber(text) else { throw unreadable(text) }
    if value < field.values.lowerBound {
      throw error("\(text) is below \(field.values.lowerBound)")
    }
    if value > field.writtenMax { throw error("\(text) is above \(field.writtenMax)") }
    return (value, false)
  }

  private func parseStep(_ text: Substring, in part: Substring) throws(CronError) -> Int {
    guard let step = cronNumber(text) else {
      throw error("the step of \"\(part)\" is no number")
    }
    guard step > 0 else { throw error("the step of \"\(part)\" is 0: it must be 1 or more") }
    guard step <= field.values.count else {
      let hint = field.rawValue < 2 ? "; for longer intervals use @every" : ""
      throw error("the step \(step) is above \(field.values.count)\(hint)")
    }
    return step
  }

  private func unreadable(_ text: Substring) -> CronError {
    if text.contains(where: { "LW#?".contains($0.uppercased()) }), text.count <= 3 {
      return error("\"\(text)\": L, W, # and ? of Quartz are not supported")
    }
    let expected =
      field.names.isEmpty ? "a number" : "a number or one of \(field.names.joined(separator: " "))"
    return error("\"\(text)\" is not \(expected)")
  }

  private func error(_ problem: String) -> CronError {
    CronError(part: field.label, problem: problem)
  }
}

/// Reads a number of ASCII digits, at most `digitsMax` long.
func cronNumber(_ text: Substring) -> Int? {
  let digitsMax = 9
  guard !text.isEmpty, text.utf8.count <= digitsMax,
    text.utf8.allSatisfy({ (48...57).contains($0) })
  else { return nil }
  return Int(text)
}
