internal import Formats
internal import Reconciliation

/// The facts at the top of a report: freshness, last run, pictures.
struct ReportFacts {
  let model: ReportModel
  let times: TimeWords

  /// Writes the section.
  func write(into html: inout HTMLWriter) {
    html.raw("<section aria-label=\"At a glance\"><dl class=\"facts\"><dt>Sources</dt><dd>")
    sources(&html)
    html.raw("</dd><dt>Last run</dt><dd>")
    lastRun(&html)
    html.raw("</dd><dt>Situations</dt><dd>")
    Pictures(model: model, times: times).situations(into: &html)
    allSituations(&html)
    html.raw("</dd><dt>Open conflicts</dt><dd>")
    severities(&html)
    html.raw("<div class=\"pair\"><figure><figcaption>by age</figcaption>")
    Pictures(model: model, times: times).ages(into: &html)
    html.raw("</figure><figure><figcaption>")
    html.text("last \(Words.count(model.trend.count, "run"))")
    html.raw("</figcaption>")
    Pictures(model: model, times: times).trend(into: &html)
    html.raw("</figure></div></dd></dl></section>\n")
  }

  private func sources(_ html: inout HTMLWriter) {
    html.raw("<table class=\"fresh\">")
    for source in model.sources {
      row(source.name, &html) { html in
        guard let at = source.deliveredAt else {
          html.raw("<td>nothing yet</td><td></td>")
          return
        }
        html.raw("<td>")
        html.time(at, times.ago(at), times)
        html.raw("</td><td>")
        html.text(Words.count(source.records, "record"))
        html.raw("</td>")
      }
      freshness(source.isStale(at: model.asOf), source.maxAgeSeconds, &html)
    }
    remote(&html)
    html.raw("</table>")
    if model.sources.isEmpty {
      html.element("p", .class("m"), text: "No mapping is configured.")
    }
  }

  private func remote(_ html: inout HTMLWriter) {
    row(SystemNames.remote, &html) { html in
      guard let at = model.remote.pulledAt else {
        html.raw("<td>never read</td><td></td>")
        return
      }
      html.raw("<td>")
      html.time(at, times.ago(at), times)
      html.text(model.remote.isComplete ? ", complete" : ", not complete")
      html.raw("</td><td>")
      html.text(Words.count(model.remote.resets, "reset"))
      html.raw("</td>")
    }
    freshness(model.remote.isStale(at: model.asOf), model.remote.maxAgeSeconds, &html)
  }

  private func row(
    _ name: String, _ html: inout HTMLWriter, _ cells: (inout HTMLWriter) -> Void
  ) {
    html.raw("<tr>")
    html.open("th", HTMLAttribute("scope", "row"))
    html.shown(name)
    html.raw("</th>")
    cells(&html)
  }

  private func freshness(_ isStale: Bool, _ maxAge: Double?, _ html: inout HTMLWriter) {
    html.raw("<td>")
    if isStale, let maxAge {
      html.element("span", .class("bad"), text: "▲ expected every \(TimeWords.length(maxAge))")
    } else {
      html.raw("<span class=\"ok\">✓<span class=\"skip\"> fresh</span></span>")
    }
    html.raw("</td></tr>")
  }

  private func lastRun(_ html: inout HTMLWriter) {
    guard let run = model.lastRun?.summary else {
      html.element("p", .class("m"), text: "None yet.")
      return
    }
    html.raw("<p>")
    html.text(RunWords.push(run))
    html.raw("</p><p class=\"m\">")
    html.time(run.startedAt, times.ago(run.startedAt), times)
    html.text(" · \(RunWords.cost(run))")
    if run.result != .ok { html.text(" · \(RunWords.result(run.result))") }
    html.raw("</p>")
    for message in run.messages.prefix(5) {
      html.raw("<p class=\"bad\">")
      html.shown(message)
      html.raw("</p>")
    }
  }

  private func allSituations(_ html: inout HTMLWriter) {
    html.raw("<details class=\"m\"><summary>all situations</summary><table>")
    for situation in Situation.allCases {
      html.raw("<tr>")
      html.element("th", HTMLAttribute("scope", "row"), text: situation.words)
      html.element(
        "td", .class("n"), text: Words.count(model.situations[situation, default: 0]))
      html.raw("</tr>")
    }
    html.raw("</table></details>")
  }

  private func severities(_ html: inout HTMLWriter) {
    html.raw("<p class=\"row\">")
    let ranked = Severity.allCases.sorted { $0.place < $1.place }
    for severity in ranked {
      let count = model.severities[severity, default: 0]
      if count > 0 {
        html.open("a", .class(severity.textClass), .href("#severity-\(severity.rawValue)"))
      } else {
        html.open("span", .class("m"))
      }
      html.text("\(severity.shape) \(severity.word) \(Words.count(count))")
      if count > 0 { html.raw("</a>") } else { html.raw("</span>") }
    }
    html.raw("</p>")
  }
}
