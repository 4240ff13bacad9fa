/// How far a long step is: a bar, the share, the rate and what remains.
public enum ProgressText {
  /// What is counted.
  public enum Unit: Sendable {
    /// Bytes of a file.
    case bytes
    /// Things with a name, such as `rows`.
    case things(String)
  }

  /// Cells of the bar.
  static let barWidth = 24
  /// Before so many seconds a rate says nothing.
  static let settlingSeconds = 0.5

  /// One line, such as `importing a.csv [######------] 50 % · 12.3 MB/s · 9 s left`.
  ///
  /// `total` is nil or zero where the end is not known; `elapsed` is in seconds.
  public static func line(
    _ action: String, done: Int, of total: Int?, unit: Unit, elapsed: Double
  ) -> String {
    var parts: [String] = []
    let share = total.flatMap { $0 > 0 ? min(1, Double(done) / Double($0)) : nil }
    if let share {
      let full = Int(share * Double(barWidth))
      let bar =
        String(repeating: "#", count: full) + String(repeating: "-", count: barWidth - full)
      parts.append("\(VisibleText.of(action)) [\(bar)] \(Int(share * 100)) %")
    } else {
      parts.append(VisibleText.of(action))
    }
    if case .things(let noun) = unit { parts.append("\(Words.count(done)) \(noun)") }
    if elapsed >= settlingSeconds, done > 0 {
      let rate = Double(done) / elapsed
      parts.append(rateWords(rate, unit))
      if let total, let share, share < 1 {
        parts.append("\(timeWords(Double(total - done) / rate)) left")
      }
    }
    return parts.joined(separator: " · ")
  }

  private static func rateWords(_ rate: Double, _ unit: Unit) -> String {
    switch unit {
    case .bytes:
      let megabytes = rate / 1_000_000
      let tenths = Int((megabytes * 10).rounded())
      return megabytes >= 0.1 ? "\(tenths / 10).\(tenths % 10) MB/s" : "\(Int(rate / 1_000)) kB/s"
    case .things: return "\(Words.count(Int(rate.rounded()))) a second"
    }
  }

  private static func timeWords(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 8_640_000).rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
  }
}
