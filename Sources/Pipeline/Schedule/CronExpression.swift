internal import Formats

/// When a job fires: five cron fields, a macro such as `@hourly`, or an interval (`@every 90s`).
///
/// Fields are read as by Vixie cron: names, ranges, lists, steps, `7` for Sunday; `a/n` means
/// from `a` to the largest value in steps of `n`. If day of month and day of week are both
/// restricted a day has to satisfy either of them, else both; a field that starts with `*` is
/// not restricted, even with a step. `CronField.swift` says which ranges may run backwards.
public struct CronExpression: Sendable, Hashable, CustomStringConvertible {
  /// The expression as it was written, without surrounding blanks.
  public let text: String
  let rule: CronRule

  /// The longest expression that is read, in characters.
  public static let charactersMax = 256

  /// The longest interval that `@every` takes, in seconds: 366 days.
  public static let everySecondsMax = 366 * 86_400

  /// Reads an expression; throws `CronError`, which names the part that is wrong.
  public init(parsing text: String) throws(CronError) {
    guard text.count <= Self.charactersMax else {
      throw CronError(
        part: "expression", problem: "\(text.count) characters are above \(Self.charactersMax)")
    }
    let words = text.split(whereSeparator: { $0.isWhitespace })
    self.text = words.joined(separator: " ")
    guard let first = words.first else {
      throw CronError(part: "expression", problem: "is empty: write five fields or a macro")
    }
    rule = first.hasPrefix("@") ? try Self.macro(words) : .fields(try Self.fields(words))
  }

  /// The expression as it was written.
  public var description: String { text }

  /// Whether the expression is an `@every` interval, which knows no time of day.
  public var isInterval: Bool {
    if case .every = rule { true } else { false }
  }

  /// Whether firing times name an hour, so that a DST change moves them instead of skipping
  /// or repeating them (no `*` and no step in the hour field, no interval).
  public var isFixedTime: Bool {
    if case .fields(let fields) = rule { fields.isFixedTime } else { false }
  }

  private static func macro(_ words: [Substring]) throws(CronError) -> CronRule {
    let name = words[0].lowercased()
    if name == "@every" {
      guard words.count == 2 else {
        throw CronError(part: "@every", problem: "needs one interval, e.g. @every 90s")
      }
      return .every(seconds: try interval(words[1]))
    }
    guard let fields = macros[name] else { throw CronError.unknownMacro(name) }
    guard words.count == 1 else {
      throw CronError(part: name, problem: "takes nothing after it, found \"\(words[1])\"")
    }
    return .fields(try Self.fields(fields.split(separator: " ")))
  }

  /// Each macro and the fields that it stands for.
  static let macros = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
  ]

  private static func interval(_ text: Substring) throws(CronError) -> Int64 {
    let seconds: Int64
    do {
      seconds = try ScheduleDuration(parsing: String(text)).seconds
    } catch {
      throw CronError(part: "@every", problem: error.problem)
    }
    guard seconds <= everySecondsMax else {
      throw CronError(part: "@every", problem: "\(text) is above \(everySecondsMax / 86_400) days")
    }
    return seconds
  }

  private static func fields(_ words: [Substring]) throws(CronError) -> CronFields {
    guard words.count == 5 else {
      let hint = words.count == 6 ? "; seconds and years are not supported" : ""
      throw CronError(
        part: "expression",
        problem: "\(words.count) fields found, 5 expected: minute, hour, day of month, month, "
          + "day of week\(hint)")
    }
    func field(_ field: CronField) throws(CronError) -> CronFieldSet {
      try CronFieldParser(field: field).parse(words[field.rawValue])
    }
    return CronFields(
      minute: try field(.minute), hour: try field(.hour), dayOfMonth: try field(.dayOfMonth),
      month: try field(.month), dayOfWeek: try field(.dayOfWeek))
  }
}

/// What an expression means, after macros have been replaced.
enum CronRule: Sendable, Hashable {
  case fields(CronFields)
  case every(seconds: Int64)
}

/// Why an expression can't be read, and which part of it.
public struct CronError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The part that is wrong: `field 2 (hour)`, `@every`, `expression`, `window`, `time zone`.
  public let part: String
  /// What is wrong with it and what is expected.
  public let problem: String

  /// Names a part and its problem.
  public init(part: String, problem: String) {
    self.part = part
    self.problem = problem
  }

  /// One line for people, such as `field 2 (hour): 24 is above 23`.
  public var description: String { "\(part): \(problem)" }

  static func unknownMacro(_ name: String) -> CronError {
    let names = (CronExpression.macros.keys + ["@every"]).sorted()
    if name == "@reboot" {
      return CronError(part: name, problem: "is not supported: missed runs are caught up at start")
    }
    let nearest = nearestName(to: name, among: names).map { ": did you mean \($0)?" }
    return CronError(
      part: name, problem: "is no macro\(nearest ?? ", use one of \(names.joined(separator: " "))")"
    )
  }
}
