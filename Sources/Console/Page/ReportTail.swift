internal import Formats
internal import Reconciliation

/// The end of a report: what changed since the last one, and what was held back.
struct ReportTail {
  let model: ReportModel
  let times: TimeWords
  let limits: ReportLimits
  let places: ListPlaces

  /// Writes the sections that have something to say.
  func write(into html: inout HTMLWriter) {
    delta(&html)
    rails(&html)
    refused(&html)
    rejected(&html)
  }

  private func delta(_ html: inout HTMLWriter) {
    guard let delta = model.delta else { return }
    html.raw("<section aria-labelledby=\"delta-h\"><h2 id=\"delta-h\">")
    for (words, kind, count) in [
      ("New \(times.since(delta.since)) ", DeskFilter.Change.Kind.new, delta.newCount),
      (" · gone ", .gone, delta.goneCount), (" · unchanged ", .unchanged, delta.unchangedCount),
    ] {
      html.text(words)
      html.counted(
        Words.count(count), count == 0 ? nil : places.address(.change(kind, since: delta.since)))
    }
    html.raw("</h2>")
    let known = Dictionary(model.conflicts.map { ($0.id, $0) }) { first, _ in first }
    if !delta.new.isEmpty {
      html.raw("<p id=\"new\">New: ")
      for (place, id) in delta.new.prefix(limits.goneMax).enumerated() {
        if place > 0 { html.raw(", ") }
        html.counted(
          VisibleText.of(known[id].map(\.subjectWithField) ?? id), places.address(ofConflict: id))
      }
      more(
        delta.newCount - min(delta.new.count, limits.goneMax),
        .change(.new, since: delta.since), &html)
      html.raw("</p>")
    }
    if !delta.gone.isEmpty {
      html.raw("<p id=\"gone\">Gone: ")
      for (place, gone) in delta.gone.prefix(limits.goneMax).enumerated() {
        if place > 0 { html.raw(", ") }
        html.counted(
          VisibleText.of(gone.subject),
          places.desk == nil ? nil : places.address(ofConflict: gone.id))
        html.element("span", .class("m"), text: " (\(gone.state.words))")
      }
      more(
        delta.goneCount - min(delta.gone.count, limits.goneMax),
        .change(.gone, since: delta.since), &html)
      html.raw("</p>")
    }
    html.raw("</section>\n")
  }

  private func more(_ count: Int, _ list: ListPlace, _ html: inout HTMLWriter) {
    guard count > 0 else { return }
    html.raw("<span class=\"m\"> and ")
    html.counted(
      "\(Words.count(count)) more", places.desk.flatMap { _ in places.address(list) })
    html.raw("</span>")
    if places.desk == nil {
      html.raw(": <code>resetsync report --format csv</code>, <code>resetsync review</code>")
    }
  }

  private func rails(_ html: inout HTMLWriter) {
    guard !model.rails.isEmpty else { return }
    html.raw("<section id=\"rails\" aria-labelledby=\"rails-h\">")
    html.raw("<h2 id=\"rails-h\">Tripped rails</h2><ul class=\"list\">")
    for rail in model.rails {
      html.raw("<li><b>")
      html.shown(Words.spaced(rail.name))
      html.raw("</b>")
      if let mapping = rail.mapping {
        html.raw(" · ")
        html.shown(SystemNames.source(mapping))
      }
      html.raw(": ")
      html.counted(
        Words.count(rail.measured),
        model.lastRun.flatMap { places.address(.run($0.summary.run)) })
      html.text(", allowed \(Words.count(rail.limit))\(rail.holds)")
      if rail.command == nil { html.text("; \(rail.advice)") }
      html.raw("</li>")
    }
    html.raw("</ul>")
    var commands: [String] = []
    for command in model.rails.compactMap(\.command) where !commands.contains(command) {
      commands.append(command)
    }
    if !commands.isEmpty {
      html.raw("<p class=\"note\">To let exactly this plan through:</p>")
    }
    for command in commands { self.command(command, &html) }
    if let plan = model.plan {
      html.raw("<h3>What they hold</h3>")
      PlanTable(plan: plan, desk: places.desk).write(into: &html)
    }
    html.raw("</section>\n")
  }

  private func refused(_ html: inout HTMLWriter) {
    guard !model.refused.isEmpty else { return }
    html.raw("<section id=\"refused\" aria-labelledby=\"refused-h\">")
    html.raw("<h2 id=\"refused-h\">Refused exports</h2><ul class=\"list\">")
    for export in model.refused {
      html.raw("<li>")
      html.shown(export.file)
      html.raw(" · ")
      html.shown(SystemNames.source(export.mapping))
      html.raw(" · ")
      html.time(export.at, times.ago(export.at), times)
      html.raw("<br>")
      html.shown(export.reason)
      html.raw("<br>")
      command(export.command, &html)
      html.raw("</li>")
    }
    html.raw("</ul></section>\n")
  }

  private func rejected(_ html: inout HTMLWriter) {
    guard model.rejectedCount > 0 else { return }
    html.raw("<section id=\"rejected\" aria-labelledby=\"rejected-h\"><h2 id=\"rejected-h\">")
    html.text("Rejected rows \(Words.count(model.rejectedCount))")
    html.raw("</h2><div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    for name in ["File", "Line", "Column", "Reason"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for row in model.rejected.prefix(limits.rejectedMax) {
      html.raw("<tr><td>")
      html.shown(row.file)
      html.raw("</td><td>")
      html.text(Words.count(row.line))
      html.raw("</td><td>")
      if let column = row.column { html.shown(column) }
      html.raw("</td><td>")
      html.shown(row.reason)
      html.raw("</td></tr>")
    }
    html.raw("</tbody></table></div>")
    let hidden = model.rejectedCount - min(model.rejected.count, limits.rejectedMax)
    if hidden > 0 {
      html.raw("<p class=\"m\">")
      html.text("\(Words.count(hidden)) more: ")
      if let desk = places.desk {
        html.element("a", .href("\(desk)/exports"), text: "exports")
      } else {
        html.raw("<code>resetsync preview FILE</code>, or <code>resetsync review</code>")
      }
      html.raw("</p>")
    }
    html.raw("</section>\n")
  }

  private func command(_ command: String, _ html: inout HTMLWriter) {
    html.raw("<code class=\"cmd\">")
    html.shown(command)
    html.raw("</code>")
  }
}
