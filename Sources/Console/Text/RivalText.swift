internal import Formats
internal import Reconciliation

/// What claims one key, for a terminal: a row for each, with only what sets it apart.
enum RivalText {
  /// The lines, indented as values are.
  static func lines(_ rivals: Rivals, times: TimeWords, style: TextStyle) -> [String] {
    var narrow = style
    narrow.width = max(40, style.width - 4)
    // Few records that differ in much: beside each other; many that differ in little: below.
    let isWide = rivals.names.count > rivals.rows.count
    let table = isWide ? beside(rivals, times) : below(rivals, times)
    var lines = table.lines(narrow).map { "    " + $0 }
    if rivals.names.isEmpty { lines.append("    They say the same.") }
    if rivals.alikeCount > 0, !rivals.names.isEmpty {
      lines.append("    They agree in \(Words.count(rivals.alikeCount, "other value")).")
    }
    lines += rivals.hidden.map {
      "    \(VisibleText.of($0)) differs in the part that is not shown."
    }
    return lines
  }

  private static func whereabouts(_ row: Rivals.Row) -> String {
    if let reset = row.reset { return "reset \(VisibleText.of(reset))" }
    return VisibleText.of(row.file ?? "record")
      + (row.line.map { ", line \(Words.count($0))" } ?? "")
  }

  private static func below(_ rivals: Rivals, _ times: TimeWords) -> TextTable {
    var table = TextTable(
      [.init(title: "WHERE")]
        + rivals.names.map { .init(title: VisibleText.of($0), canShrink: true) })
    for row in rivals.rows {
      table.add([whereabouts(row)] + row.members.map { cell($0, times) })
    }
    return table
  }

  private static func beside(_ rivals: Rivals, _ times: TimeWords) -> TextTable {
    var table = TextTable(
      [.init(title: "DIFFERS")]
        + rivals.rows.map { .init(title: whereabouts($0), canShrink: true) })
    for (place, name) in rivals.names.enumerated() {
      table.add([VisibleText.of(name)] + rivals.rows.map { cell($0.members[place], times) })
    }
    return table
  }

  private static func cell(_ member: Rivals.Member, _ times: TimeWords) -> String {
    VisibleText.of(ShownValue.shortened(member.shown(times).inLine))
  }
}
