internal import Formats
internal import Reconciliation

/// The facts at the top of a report: freshness, last run, pictures.
struct ReportFacts {
  let model: ReportModel
  let times: TimeWords
  let places: ListPlaces

  /// Writes the section.
  func write(into html: inout HTMLWriter) {
    html.raw("<section aria-label=\"At a glance\"><dl class=\"facts\"><dt>Sources</dt><dd>")
    sources(&html)
    html.raw("</dd><dt>Last run</dt><dd>")
    lastRun(&html)
    html.raw("</dd><dt>Situations</dt><dd>")
    Pictures(model: model, times: times, places: places).situations(into: &html)
    if places.desk != nil { allSituations(&html) }
    html.raw("</dd><dt>Open conflicts</dt><dd>")
    severities(&html)
    html.raw("<div class=\"pair\"><figure><figcaption>by age</figcaption>")
    Pictures(model: model, times: times, places: places).ages(into: &html)
    html.raw("</figure><figure><figcaption>")
    html.text("last ")
    html.counted(
      Words.count(model.trend.count, "run"), model.trend.isEmpty ? nil : places.address(.runs))
    html.raw("</figcaption>")
    Pictures(model: model, times: times, places: places).trend(into: &html)
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
        let words = SourceWords(source: source, now: model.asOf, times: times)
        link(places.address(.export(mapping: source.mapping)), &html) {
          $0.time(source.aliveAt ?? at, words.delivered, times)
        }
        html.raw("</td><td>")
        html.counted(
          Words.count(source.records, "record"),
          places.address(.records(mapping: source.mapping)))
        html.raw("</td>")
      }
      freshness(of: source, &html)
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
      link(places.address(.runs), &html) { $0.time(at, times.ago(at), times) }
      html.text(model.remote.isComplete ? ", complete" : ", not complete")
      html.raw("</td><td>")
      html.counted(Words.count(model.remote.resets, "reset"), places.address(.resets))
      html.raw("</td>")
    }
    freshness(model.remote.isStale(at: model.asOf), model.remote.maxAgeSeconds, &html)
  }

  private func link(
    _ address: String?, _ html: inout HTMLWriter, _ content: (inout HTMLWriter) -> Void
  ) {
    guard let address else { return content(&html) }
    html.open("a", .href(address))
    content(&html)
    html.raw("</a>")
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

  private func freshness(of source: SourceFreshness, _ html: inout HTMLWriter) {
    let words = SourceWords(source: source, now: model.asOf, times: times)
    guard source.unreachable != nil || !source.kinds.isEmpty || source.deliveredAt == nil,
      let trouble = words.trouble
    else {
      return freshness(source.isStale(at: model.asOf), source.maxAgeSeconds, &html)
    }
    html.raw("<td>")
    html.element("span", .class("bad"), text: "▲ \(trouble)")
    html.raw("</td></tr>")
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
    for (place, part) in RunWords.pushParts(run).enumerated() {
      if place > 0 { html.raw(", ") }
      html.counted(part.number, part.count == 0 ? nil : address(part.counted, run))
      html.text(part.rest)
    }
    html.raw("</p><p class=\"m\">")
    link(places.address(.run(run.run)), &html) {
      $0.time(run.startedAt, times.ago(run.startedAt), times)
    }
    html.text(" · \(RunWords.cost(run))")
    if run.result != .ok { html.text(" · \(RunWords.result(run.result))") }
    html.raw("</p>")
    for message in run.messages.prefix(5) {
      html.raw("<p class=\"bad\">")
      html.shown(message)
      html.raw("</p>")
    }
    for miss in run.nearMisses { html.element("p", text: NearMissWords.text(miss)) }
  }

  private func address(_ counted: RunWords.Counted, _ run: RunSummary) -> String? {
    switch counted {
    case .planned, .written, .left: places.address(.run(run.run))
    case .failed: places.address(.failed(run: run.run))
    case .held: places.address(.open)
    case .withheld: places.address(.rails)
    }
  }

  private func allSituations(_ html: inout HTMLWriter) {
    html.raw("<details class=\"m\"><summary>all situations</summary><table>")
    for situation in Situation.allCases {
      html.raw("<tr>")
      html.element("th", HTMLAttribute("scope", "row"), text: situation.words)
      let count = model.situations[situation, default: 0]
      html.raw("<td class=\"n\">")
      html.counted(Words.count(count), count == 0 ? nil : places.address(.situation(situation)))
      html.raw("</td></tr>")
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
