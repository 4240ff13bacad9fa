internal import Formats
internal import Reconciliation

extension HTMLWriter {
  /// What claims one key, a row for each: where it stands, and only what sets it apart.
  mutating func rivals(_ rivals: Rivals, _ times: TimeWords) {
    raw("<div class=\"scroll\"><table class=\"full stack riv\"><thead><tr>")
    element("th", HTMLAttribute("scope", "col"), text: "Where")
    for name in rivals.names {
      open("th", HTMLAttribute("scope", "col"))
      shown(name)
      raw("</th>")
    }
    raw("</tr></thead><tbody>")
    for (place, row) in rivals.rows.enumerated() {
      raw("<tr>")
      open("th", HTMLAttribute("scope", "row"))
      whereabouts(row)
      raw("</th>")
      for (column, member) in row.members.enumerated() {
        open("td", HTMLAttribute("data-l", VisibleText.of(rivals.names[column])))
        self.member(member, beside: rivals.other(than: place)?.members[column], times)
        raw("</td>")
      }
      raw("</tr>")
    }
    raw("</tbody></table></div>")
    notes(rivals)
  }

  private mutating func whereabouts(_ row: Rivals.Row) {
    if let reset = row.reset {
      raw("reset ")
      return code(reset)
    }
    place(row.file ?? "record", row.line)
  }

  private mutating func member(
    _ member: Rivals.Member, beside other: Rivals.Member?, _ times: TimeWords
  ) {
    if case .time(let time?) = member {
      return self.time(time, times.short(time), times)
    }
    let rival = other?.shown(times) ?? ShownValue(nil)
    value(ValueComparison(member.shown(times), rival), side: .source, isPeer: true)
  }

  private mutating func notes(_ rivals: Rivals) {
    guard rivals.alikeCount > 0 || rivals.names.isEmpty || !rivals.hidden.isEmpty else { return }
    raw("<p class=\"m\">")
    if rivals.names.isEmpty {
      raw("They say the same. ")
    } else if rivals.alikeCount > 0 {
      text("They agree in \(Words.count(rivals.alikeCount, "other value")). ")
    }
    for name in rivals.hidden {
      shown(name)
      raw(" differs in the part that is not shown. ")
    }
    raw("</p>")
  }
}
