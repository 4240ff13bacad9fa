public import Reconciliation

/// The situations of a run for a terminal.
public enum SituationText {
  /// Every situation with its number, zeros included: the table of a run.
  public static func table(_ counts: [Situation: Int], style: TextStyle) -> String {
    var table = TextTable([.init(title: "SITUATION"), .init(title: "ITEMS", isNumber: true)])
    for situation in Situation.allCases {
      table.add([situation.rawValue, Words.count(counts[situation, default: 0])])
    }
    table.add(["total", Words.count(counts.values.reduce(0, +))])
    return table.lines(style).joined(separator: "\n") + "\n"
  }

  /// The situations that occur, in a line or two.
  static func lines(_ counts: [Situation: Int], style: TextStyle) -> [String] {
    let parts = Situation.allCases.reversed().compactMap { situation in
      counts[situation].flatMap { $0 > 0 ? "\(situation.words) \(Words.count($0))" : nil }
    }
    guard !parts.isEmpty else { return ["Situations  none yet"] }
    let lines = TerminalWidth.wrapped(parts.joined(separator: " · "), to: style.width - 12)
    return lines.enumerated().map { ($0 == 0 ? "Situations  " : "            ") + $1 }
  }
}
