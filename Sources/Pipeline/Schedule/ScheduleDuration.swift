/// A length of time as configuration writes it: `90s`, `15m`, `1h30m`, `7d`.
public struct ScheduleDuration: Sendable, Hashable, Comparable {
  /// The length in whole seconds, 1 or more.
  public let seconds: Int64

  /// The longest duration that is read, in seconds: ten years of 366 days.
  public static let secondsMax: Int64 = 3_660 * 86_400

  /// Reads whole numbers with the units d, h, m, s, each at most once, largest first; throws
  /// `CronError` with the part `duration`.
  public init(parsing text: String) throws(CronError) {
    let units: [(letter: Character, seconds: Int64)] = [
      ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]
    func error(_ problem: String) -> CronError { CronError(part: "duration", problem: problem) }
    var total: Int64 = 0
    var unitsUsed = 0
    var rest = Substring(text)
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = cronNumber(digits), let letter = rest.dropFirst(digits.count).first,
        let unit = units.firstIndex(where: { $0.letter == letter })
      else {
        throw error("\"\(text)\" is no duration: write e.g. 90s, 15m, 1h30m or 7d")
      }
      guard unit >= unitsUsed else {
        throw error("in \"\(text)\" each unit may stand once, largest first: e.g. 1h30m")
      }
      total += Int64(number) * units[unit].seconds
      unitsUsed = unit + 1
      rest = rest.dropFirst(digits.count + 1)
    }
    guard total >= 1 else {
      throw error(text.isEmpty ? "is empty: write e.g. 90s" : "\"\(text)\" is below one second")
    }
    guard total <= Self.secondsMax else {
      throw error("\"\(text)\" is above \(Self.secondsMax / 86_400) days")
    }
    seconds = total
  }

  /// Orders by length.
  public static func < (left: ScheduleDuration, right: ScheduleDuration) -> Bool {
    left.seconds < right.seconds
  }
}
