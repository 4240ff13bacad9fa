internal import Formats
internal import Reconciliation

/// The end of a report that is a file: what is counted above and listed nowhere else.
///
/// Numbers lead here; where a list would be too long for a file, the way to it stands here.
struct ReportLists {
  let model: ReportModel
  let times: TimeWords
  let limits: ReportLimits
  let places: ListPlaces

  /// Writes the sections.
  func write(into html: inout HTMLWriter) {
    ages(&html)
    run(&html)
    runs(&html)
    counts(&html)
  }

  // MARK: - Ages

  private func ages(_ html: inout HTMLWriter) {
    guard model.openCount > 0 else { return }
    html.raw("<section aria-labelledby=\"ages-h\"><h2 id=\"ages-h\">Open conflicts by age</h2>")
    let byAge = Dictionary(grouping: model.conflicts) {
      AgeBucket(firstSeen: $0.firstSeen, now: model.asOf)
    }
    for bucket in AgeBucket.allCases.reversed() {
      let count = model.ages[bucket, default: 0]
      guard count > 0 else { continue }
      html.open("p", .id("age-\(bucket.name)"))
      html.element("b", text: "\(bucket.label) · \(Words.count(count)): ")
      let named = (byAge[bucket] ?? []).sorted { $0.firstSeen < $1.firstSeen }
        .prefix(limits.perAgeMax)
      for (place, view) in named.enumerated() {
        if place > 0 { html.raw(", ") }
        html.counted(VisibleText.of(view.subjectWithField), places.address(ofConflict: view.id))
      }
      if count > named.count {
        html.element("span", .class("m"), text: " and \(Words.count(count - named.count)) more: ")
        let older = bucket.boundsDays.from
        html.code("resetsync conflicts" + (older > 0 ? " --older-than \(older)d" : ""))
      }
      html.raw("</p>")
    }
    html.raw("</section>\n")
  }

  // MARK: - Runs

  private func run(_ html: inout HTMLWriter) {
    guard let run = model.lastRun?.summary else { return }
    html.raw("<section id=\"run\" aria-labelledby=\"run-h\"><h2 id=\"run-h\">The last run</h2>")
    html.raw("<table>")
    for (name, value) in RunWords.account(run) {
      html.raw("<tr>")
      html.element("th", HTMLAttribute("scope", "row"), text: name)
      html.element("td", text: value)
      html.raw("</tr>")
    }
    html.raw("</table><p class=\"note\">Each update with its values: ")
    html.code("resetsync runs show \(ShellWord.of(run.run))")
    html.raw("</p></section>\n")
  }

  private func runs(_ html: inout HTMLWriter) {
    guard !model.trend.isEmpty else { return }
    html.raw("<section id=\"runs\" aria-labelledby=\"runs-h\"><h2 id=\"runs-h\">")
    html.text("The last \(Words.count(model.trend.count, "run"))")
    html.raw("</h2><details open><summary>the figures of the line above</summary>")
    html.raw("<table class=\"runs\"><thead><tr>")
    for name in ["Run", "Began", "Conflicts open", "Updates written"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for point in model.trend.reversed() {
      html.raw("<tr><td>")
      html.code(point.run)
      html.raw("</td><td>")
      html.time(point.at, times.short(point.at), times)
      html.raw("</td><td class=\"n\">")
      html.text(Words.count(point.open))
      html.raw("</td><td class=\"n\">")
      html.text(Words.count(point.written))
      html.raw("</td></tr>")
    }
    html.raw("</tbody></table></details><p class=\"m\">Older ones: <code>resetsync runs</code></p>")
    html.raw("</section>\n")
  }

  // MARK: - What is counted

  private func counts(_ html: inout HTMLWriter) {
    html.raw("<section aria-labelledby=\"counts-h\"><h2 id=\"counts-h\">What is counted</h2>")
    html.raw("<p class=\"m\">Lists too long for this file: page “Items” of ")
    html.raw("<code>resetsync review</code>. All of one key: ")
    html.raw("<code>resetsync explain REFERENCE</code></p>")
    html.raw("<table class=\"full stack\"><thead><tr>")
    for name in ["What", "How many", "What it means"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for situation in Situation.allCases { row(situation, &html) }
    for (place, source) in model.sources.enumerated() { row(source, place + 1, &html) }
    cells("resets", "resets in \(SystemNames.remote)", model.remote.resets, &html) { html in
      html.raw("As they were last read.")
    }
    html.raw("</tbody></table></section>\n")
  }

  private func cells(
    _ id: String, _ name: String, _ count: Int, _ html: inout HTMLWriter,
    _ rest: (inout HTMLWriter) -> Void
  ) {
    html.open("tr", .id(id))
    html.element("th", HTMLAttribute("scope", "row"), text: name)
    html.element("td", .class("n"), text: Words.count(count))
    html.raw("<td class=\"m\">")
    rest(&html)
    html.raw("</td></tr>")
  }

  private func row(_ situation: Situation, _ html: inout HTMLWriter) {
    let count = model.situations[situation, default: 0]
    cells("situation-\(situation.rawValue)", situation.words, count, &html) { html in
      html.text(situation.meaning)
      guard count > 0, let kind = situation.conflictKind,
        model.conflicts.contains(where: { $0.kind == kind })
      else { return }
      html.raw(" ")
      html.counted("Their conflicts", places.address(.kind(kind, kind.severity)))
    }
  }

  private func row(_ source: SourceFreshness, _ place: Int, _ html: inout HTMLWriter) {
    cells("source-\(place)", "records of \(source.name)", source.records, &html) { html in
      guard let file = source.file, let at = source.deliveredAt else { return }
      html.raw("Last export ")
      html.shown(file)
      html.raw(", taken ")
      html.time(at, times.short(at), times)
    }
  }
}
