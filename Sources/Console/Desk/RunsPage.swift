internal import Formats
internal import HTTP
internal import Mirror
internal import Reconciliation

/// The history of runs, newest first.
struct RunsPage {
  let frame: DeskFrame
  /// The run that this page goes on behind; nil for the first page.
  let before: String?
  /// The runs, and one more if there are more.
  let runs: [RunRecord]

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.raw("<h1>Runs</h1>")
    guard !runs.isEmpty else {
      html.raw("<p>No run yet: <code>resetsync reconcile</code> makes the first one.</p>")
      return
    }
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    for name in ["Run", "Command", "Began", "Took", "Result"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    for name in ["Written", "Failed", "Open after it", "Requests"] {
      html.element("th", HTMLAttribute("scope", "col"), .class("n"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for run in runs.prefix(ReviewDesk.linesPerPage) { row(run, &html) }
    html.raw("</tbody></table></div>")
    pages(&html)
  }

  private func row(_ run: RunRecord, _ html: inout HTMLWriter) {
    let address = "\(frame.root)/runs/\(PercentCoding.encoded(run.id))"
    html.raw("<tr><td>")
    html.element("a", .href(address), text: VisibleText.of(run.id))
    html.raw("</td><td>")
    html.text(run.command + (run.isDryRun ? ", dry" : ""))
    html.raw("</td><td>")
    html.time(run.startedAt, frame.times.short(run.startedAt), frame.times)
    html.raw("</td><td>")
    html.text(run.endedAt.map { TimeWords.length($0.seconds(since: run.startedAt)) } ?? "–")
    html.raw("</td><td>")
    html.text(run.result.map(Words.spaced) ?? "not ended")
    html.raw("</td>")
    number("written", run.applied, address + "?state=applied", &html)
    number("failed", run.failed, address + "?state=parked", &html)
    number("open", run.openConflicts, nil, &html)
    number("requests", run.requests, nil, &html)
    html.raw("</tr>")
  }

  private func number(
    _ label: String, _ count: Int?, _ address: String?, _ html: inout HTMLWriter
  ) {
    html.open("td", .class("n"), HTMLAttribute("data-l", label))
    html.counted(count.map { Words.count($0) } ?? "–", count ?? 0 > 0 ? address : nil)
    html.raw("</td>")
  }

  private func pages(_ html: inout HTMLWriter) {
    let last = runs.prefix(ReviewDesk.linesPerPage).last
    guard before != nil || runs.count > ReviewDesk.linesPerPage else { return }
    html.raw("<nav aria-label=\"Pages\" class=\"acts\">")
    if before != nil { html.element("a", .href("\(frame.root)/runs"), text: "⇤ newest") }
    if runs.count > ReviewDesk.linesPerPage, let last {
      html.element(
        "a", .href("\(frame.root)/runs?before=\(PercentCoding.encoded(last.id))"),
        HTMLAttribute("rel", "next"), text: "earlier →")
    }
    html.raw("</nav>")
  }
}

/// One run: its account, and the updates that it planned with what became of each.
struct RunPage {
  let frame: DeskFrame
  let run: RunRecord
  /// Only updates in this state; nil for all.
  let state: OutboxState?
  /// The update that this page goes on behind.
  let after: Int64
  let counts: [OutboxState: Int]
  /// The updates, and one more if there are more.
  let updates: [OutboxEntry]

  private var address: String { "\(frame.root)/runs/\(PercentCoding.encoded(run.id))" }
  private var masking: Masking { frame.settings.masking }

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.raw("<nav aria-label=\"Way\" class=\"acts\">")
    html.element("a", .href("\(frame.root)/runs"), text: "← Runs")
    html.raw("</nav><h1>Run ")
    html.shown(run.id)
    html.text(" · \(run.command)\(run.isDryRun ? ", dry" : "")")
    html.raw("</h1><p class=\"m\">")
    html.time(run.startedAt, frame.times.short(run.startedAt), frame.times)
    html.text(", \(frame.times.ago(run.startedAt))")
    html.raw("</p>")
    account(&html)
    html.raw("<section aria-labelledby=\"upd-h\"><h2 id=\"upd-h\">Updates</h2>")
    states(&html)
    list(&html)
    html.raw("</section>")
  }

  private func account(_ html: inout HTMLWriter) {
    guard let summary = run.summary.flatMap({ RunSummary(json: $0) }) else {
      html.raw("<p>It has no account: it is running, or was stopped hard.</p>")
      return
    }
    html.raw("<table>")
    for (name, value) in RunWords.account(summary) {
      html.raw("<tr>")
      html.element("th", HTMLAttribute("scope", "row"), text: name)
      html.raw("<td>")
      html.shown(masking.text(value))
      html.raw("</td></tr>")
    }
    html.raw("</table>")
    for message in summary.messages.prefix(20) {
      html.raw("<p class=\"bad\">")
      html.shown(masking.text(message))
      html.raw("</p>")
    }
  }

  private func states(_ html: inout HTMLWriter) {
    let all = counts.values.reduce(0, +)
    guard all > 0 else { return }
    html.raw("<p class=\"row\">")
    chosen("all \(Words.count(all))", nil, &html)
    for one in OutboxState.allCases where counts[one, default: 0] > 0 {
      chosen("\(one.words) \(Words.count(counts[one, default: 0]))", one, &html)
    }
    html.raw("</p>")
  }

  private func chosen(_ words: String, _ one: OutboxState?, _ html: inout HTMLWriter) {
    guard one != state else { return html.element("b", text: words) }
    html.element("a", .href(address + (one.map { "?state=\($0.rawValue)" } ?? "")), text: words)
  }

  private func list(_ html: inout HTMLWriter) {
    guard !updates.isEmpty else {
      html.raw("<p>It sent nothing that is listed here. Updates that a rail held, or that a dry ")
      html.raw("run planned, are planned anew by the next run.</p>")
      return
    }
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    for name in ["Reference", "System", "Reset", "Values", "State"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for update in updates.prefix(ReviewDesk.linesPerPage) { row(update, &html) }
    html.raw("</tbody></table></div>")
    guard after > 0 || updates.count > ReviewDesk.linesPerPage else { return }
    pages(&html)
  }

  private func row(_ entry: OutboxEntry, _ html: inout HTMLWriter) {
    let update = entry.update
    html.raw("<tr><td>")
    html.element(
      "a", .href("\(frame.root)/items?name=\(PercentCoding.encoded(update.resetID))"),
      text: VisibleText.of(ShownValue.shortened(masking.text(update.key.reference))))
    html.raw("</td><td>")
    html.shown(SystemNames.source(update.mapping))
    html.raw("</td><td>")
    html.code(update.resetID)
    html.raw("</td><td>")
    for (place, write) in update.fields.enumerated() {
      if place > 0 { html.raw("<br>") }
      html.code(write.metadata)
      html.phrase(
        ": \(masking.value(write.expected)) → \(masking.value(write.value))" as Phrase)
    }
    for (name, write) in [
      ("reference", update.reference), ("reference_origin", update.referenceOrigin),
    ] {
      guard let value = write?.value else { continue }
      html.raw("<br>")
      html.code(name)
      html.phrase(" → \(masking.text(value) as String)" as Phrase)
    }
    html.raw("</td><td>")
    html.text(entry.state.words)
    if let reason = entry.reason {
      html.raw("<div class=\"m\">")
      html.shown(masking.text(reason))
      html.raw("</div>")
    }
    html.raw("</td></tr>")
  }

  private func pages(_ html: inout HTMLWriter) {
    let choice = state.map { "state=\($0.rawValue)&" } ?? ""
    html.raw("<nav aria-label=\"Pages\" class=\"acts\">")
    if after > 0 {
      html.element(
        "a", .href(address + (state.map { "?state=\($0.rawValue)" } ?? "")), text: "⇤ first page")
    }
    if updates.count > ReviewDesk.linesPerPage {
      let last = updates[ReviewDesk.linesPerPage - 1].id
      html.element(
        "a", .href("\(address)?\(choice)after=\(last)"), HTMLAttribute("rel", "next"),
        text: "later →")
    }
    html.raw("</nav>")
  }
}

extension OutboxState {
  /// What it is called on a screen.
  var words: String {
    switch self {
    case .pending: "waiting"
    case .sent: "sent, answer unknown"
    case .applied: "written"
    case .skipped: "left for the next run"
    case .parked: "refused"
    case .dropped: "no longer due"
    }
  }
}
