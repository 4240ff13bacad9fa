/// Durations as people write them: `90s`, `15m`, `24h`, `7d`, `1h30m`, `500ms`.
public enum DurationText {
  private static let units: [(name: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("w", 604_800),
  ]

  /// The seconds of a duration text; nil unless it is numbers each followed by a unit
  /// (`ms s m h d w`), larger units first.
  public static func seconds(_ text: String) -> Double? {
    var rest = Substring(text)
    var total = 0.0
    var largest = Double.infinity
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(name.count)
      guard let unit = units.first(where: { $0.name == name }), unit.seconds < largest,
        digits.first != ".", digits.last != ".", digits.count <= 12, let number = Double(digits)
      else { return nil }
      total += number * unit.seconds
      largest = unit.seconds
    }
    return total
  }

  /// A duration in seconds as a short text, exact to the millisecond: `90 s` is `1m30s`.
  public static func written(seconds: Double) -> String {
    guard seconds.isFinite else { return seconds > 0 ? "unlimited" : "none" }
    let sign = seconds < 0 ? "-" : ""
    guard var left = Int64(exactly: (abs(seconds) * 1000).rounded()) else { return "unlimited" }
    guard left > 0 else { return "0s" }
    var text = ""
    for (name, milliseconds) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] {
      let count = left / Int64(milliseconds)
      if count > 0 { text += "\(count)\(name)" }
      left %= Int64(milliseconds)
    }
    return sign + text + (left > 0 ? "\(left)ms" : "")
  }
}
