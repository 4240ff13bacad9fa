import Formats
import Foundation

/// A small generator of random numbers: the same seed, the same export.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True in so many of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[number(0...list.count - 1)] }
}

/// What a cell truly says; the writers spell it, the oracle remembers it.
enum TrueValue: Hashable {
  case empty
  case text(String)
  /// Digits before and behind the decimal mark.
  case number(isNegative: Bool, whole: String, fraction: String)
  case flag(Bool)
  /// Microseconds since 1970.
  case instant(Int64)

  /// Whether a value that arrived is this one.
  func isTold(by value: JSONValue) -> Bool {
    switch self {
    case .empty: false
    case .text(let text):
      value.text.map { $0.unicodeScalars.elementsEqual(text.unicodeScalars) } ?? false
    case .flag(let flag): value == .bool(flag)
    case .number(let isNegative, let whole, let fraction):
      Self.isNumber(
        value, (isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : ".\(fraction)"))
    case .instant(let microseconds):
      value.text.flatMap { try? Date($0, strategy: Self.form($0)) }
        .map { abs($0.timeIntervalSince1970 - Double(microseconds) / 1e6) < 0.0015 } ?? false
    }
  }

  private static func form(_ text: String) -> Date.ISO8601FormatStyle {
    Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
  }

  /// By decimal arithmetic of another library than the one that is tested.
  private static func isNumber(_ value: JSONValue, _ spelling: String) -> Bool {
    guard case .number(let number) = value, let found = Decimal(string: number.spelling),
      let right = Decimal(string: spelling)
    else { return false }
    return found == right
  }
}

/// How a country writes numbers.
struct NumberLocale {
  var mark: String
  var group: String
  /// Where the minus stands, and which one.
  var minus: (before: String, behind: String)

  static func random(_ random: inout SplitMix) -> NumberLocale {
    let mark = random.pick([".", ","])
    let other = mark == "." ? "," : "."
    let group = random.pick([
      other, other, other, "", "", " ", "\u{A0}", "\u{202F}", "'", "\u{2019}",
    ])
    return NumberLocale(
      mark: mark, group: group,
      minus: random.pick([("-", ""), ("-", ""), ("", "-"), ("\u{2212}", "")]))
  }

  func spelled(isNegative: Bool, whole: String, fraction: String) -> String {
    let digits = group.isEmpty ? whole : Self.grouped(whole, by: group)
    let number = digits + (fraction.isEmpty ? "" : mark + fraction)
    return isNegative ? minus.before + number + minus.behind : number
  }

  private static func grouped(_ digits: String, by mark: String) -> String {
    var parts: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      parts.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return ([rest] + parts).joined(separator: mark)
  }
}

/// How one export writes its times: what the mapping declares, and the spelling.
enum TimeForm: CaseIterable {
  case isoT, isoBlank, local, epoch, epochMilliseconds, dotnet

  /// The members of the field's rule.
  var rule: String {
    switch self {
    case .isoT, .isoBlank: ""
    case .local: #", "format": "dd.MM.yyyy HH:mm", "time_zone": "Europe/Berlin""#
    case .epoch: #", "format": "epoch""#
    case .epochMilliseconds: #", "format": "epoch_ms""#
    case .dotnet: #", "format": "dotnet""#
    }
  }

  /// The time to write, cut to what the form can say, and its spelling.
  func spelled(_ seconds: Int, _ random: inout SplitMix) -> (instant: Int64, text: String) {
    switch self {
    case .isoT, .isoBlank:
      let digits = random.pick([0, 0, 1, 2, 3, 6, 7, 9])
      let fraction = String((0..<digits).map { _ in Character("\(random.number(0...9))") })
      let zeros = String(repeating: "0", count: max(0, 6 - digits))
      let micros = Int64(fraction.prefix(6) + zeros) ?? 0
      let zone = random.pick([("Z", 0), ("+02:00", 7_200), ("+0200", 7_200), ("-05", -18_000)])
      let clock = Self.clock(seconds + zone.1, blank: self == .isoBlank ? " " : "T")
      return (
        Int64(seconds) * 1_000_000 + micros,
        clock + (digits == 0 ? "" : "." + fraction) + zone.0
      )
    case .local:
      // Of an hour that comes twice the first is meant, which the mapping's documentation says.
      let minute = seconds / 60 * 60
      let isSecond = Self.berlin(minute) == Self.berlin(minute - 3_600)
      return (Int64(isSecond ? minute - 3_600 : minute) * 1_000_000, Self.berlin(minute))
    case .epoch: return (Int64(seconds) * 1_000_000, String(seconds))
    case .epochMilliseconds:
      let part = random.number(0...999)
      return ((Int64(seconds) * 1_000 + Int64(part)) * 1_000, String(seconds * 1_000 + part))
    case .dotnet:
      return (
        Int64(seconds) * 1_000_000,
        "/Date(\(seconds)000\(random.pick(["", "+0100", "-0500"])))/"
      )
    }
  }

  private static func clock(_ seconds: Int, blank: String) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return written(calendar, seconds) { "\($0)-\($1)-\($2)\(blank)\($3):\($4):\($5)" }
  }

  private static func berlin(_ seconds: Int) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/Berlin") ?? .gmt
    return written(calendar, seconds) { year, month, day, hour, minute, _ in
      "\(day).\(month).\(year) \(hour):\(minute)"
    }
  }

  private static func written(
    _ calendar: Calendar, _ seconds: Int,
    _ form: (String, String, String, String, String, String) -> String
  ) -> String {
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: Double(seconds)))
    func two(_ number: Int?) -> String { String(format: "%02d", number ?? 0) }
    return form(
      String(format: "%04d", parts.year ?? 0), two(parts.month), two(parts.day), two(parts.hour),
      two(parts.minute), two(parts.second))
  }
}
