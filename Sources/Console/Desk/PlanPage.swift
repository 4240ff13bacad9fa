internal import Formats
internal import HTTP
internal import Mirror
internal import Reconciliation

/// The last plan: each update old → new, alikes as one, which rail holds it, and one button.
struct PlanPage {
  let frame: DeskFrame
  /// nil before the first plan.
  let plan: PlanView?

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    guard let plan else {
      html.raw("<h1>Plan</h1><p>No run has planned anything yet: ")
      html.raw("<code>resetsync reconcile --dry-run</code> makes a plan and sends nothing.</p>")
      return
    }
    let record = plan.record
    html.raw("<h1>What is to be written to ")
    html.text(SystemNames.remote)
    html.raw("</h1><p class=\"m\">Planned by run ")
    html.element(
      "a", .href("\(frame.root)/runs/\(PercentCoding.encoded(record.run))"),
      text: VisibleText.of(record.run))
    html.raw(record.isDryRun ? ", which was to send nothing, " : " ")
    html.time(record.madeAt, frame.times.ago(record.madeAt), frame.times)
    html.text(
      ": \(Words.count(record.updates, "update")) of \(Words.count(record.fields, "value"))")
    if let run = plan.run { html.text(", \(RunWords.heldWords(run))") }
    html.raw("</p>")
    rails(plan, &html)
    html.raw("<section aria-labelledby=\"upd-h\"><h2 id=\"upd-h\">Updates</h2>")
    PlanTable(plan: plan, desk: frame.root).write(into: &html)
    html.raw("</section>")
  }

  private func rails(_ plan: PlanView, _ html: inout HTMLWriter) {
    guard !plan.rails.isEmpty else { return }
    html.raw("<section aria-labelledby=\"rails-h\"><h2 id=\"rails-h\">What holds it back</h2>")
    html.raw("<ul class=\"list\">")
    for rail in plan.rails {
      html.raw("<li><b>")
      html.shown(Words.spaced(rail.name))
      html.raw("</b>")
      if let mapping = rail.mapping { html.text(" · \(SystemNames.source(mapping))") }
      html.text(": \(Words.count(rail.measured)), allowed \(Words.count(rail.limit))\(rail.holds)")
      if rail.command == nil { html.text("; \(rail.advice)") }
      html.raw("</li>")
    }
    html.raw("</ul>")
    approval(plan, &html)
    html.raw("</section>")
  }

  private func approval(_ plan: PlanView, _ html: inout HTMLWriter) {
    if let approval = plan.approval {
      html.raw("<p>Approved ")
      html.time(approval.at, frame.times.ago(approval.at), frame.times)
      html.raw(". The next run sends it, if it is due then as it stands here.</p>")
      return
    }
    guard let command = plan.command else { return }
    guard plan.run?.undo == nil else {
      // The plan of an undo comes again with that command only.
      html.raw("<p>To take it back all the same: <code class=\"cmd\">")
      html.shown(command)
      return html.raw("</code></p>")
    }
    frame.form("\(frame.root)/plan/approve", "", &html) { html in
      frame.hidden("digest", plan.record.digest, &html)
      html.raw("<p>An approval lets through exactly what stands here, once, within 24 hours.</p>")
      html.raw("<div class=\"acts\"><button>Approve this plan</button></div>")
    }
  }
}

/// The updates of a plan, for the desk and the report.
struct PlanTable {
  let plan: PlanView
  /// The path of the desk, for links; nil in a report.
  var desk: String?

  /// Writes the table, or what there is to say in its place.
  func write(into html: inout HTMLWriter) {
    guard !plan.groups.isEmpty else {
      html.raw("<p>It writes nothing.</p>")
      return
    }
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    html.raw("<th scope=\"col\" class=\"n\">Resets</th>")
    for name in ["System", "Values", "References", "Held by"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for group in plan.groups { row(group, &html) }
    html.raw("</tbody></table></div>")
    guard plan.more > 0 else { return }
    html.raw("<p class=\"note\">")
    html.text("and \(Words.count(plan.more, "more update")): ")
    html.code("resetsync plan show \(ShellWord.of(plan.record.run)) --format csv")
    html.raw("</p>")
  }

  private func row(_ group: PlanView.Group, _ html: inout HTMLWriter) {
    let first = group.entries[0]
    html.raw("<tr><td class=\"n\" data-l=\"resets\">")
    html.text(Words.count(group.count))
    html.raw("</td><td>")
    html.shown(SystemNames.source(first.mapping))
    html.raw("</td><td>")
    for (place, write) in first.writes.enumerated() {
      if place > 0 { html.raw("<br>") }
      html.code(write.name)
      html.raw(": ")
      html.phrase(PlanText.change(write))
      html.raw("<div class=\"m\">")
      html.shown(write.why)
      html.raw("</div>")
    }
    html.raw("</td><td>")
    for (place, entry) in group.entries.enumerated() {
      if place > 0 { html.raw("<br>") }
      reference(entry, &html)
    }
    let more = group.count - group.entries.count
    if more > 0 {
      html.raw("<br>")
      html.text("and \(Words.count(more)) more like them")
    }
    html.raw("</td><td data-l=\"held by\">")
    html.text(first.heldBy.isEmpty ? "–" : Words.list(first.heldBy.map(Words.spaced)))
    html.raw("</td></tr>")
  }

  private func reference(_ entry: PlanView.Entry, _ html: inout HTMLWriter) {
    let name = ShownValue.shortened(entry.reference)
    if let desk {
      html.element(
        "a", .href("\(desk)/items?name=\(PercentCoding.encoded(entry.reset))"),
        text: VisibleText.of(name))
    } else {
      html.shown(name)
    }
    guard let place = entry.place else { return }
    html.raw(" <span class=\"m\">")
    html.place(place.file, place.line)
    html.raw("</span>")
  }
}
