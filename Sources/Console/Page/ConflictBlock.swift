internal import Formats
internal import Reconciliation

/// One conflict on a page: the report and the desk show the same block.
struct ConflictBlock {
  let times: TimeWords
  /// Where the heading leads; nil for nowhere.
  var address: ((ConflictView) -> String?)?
  /// Where its history stands; nil for nowhere.
  var history: ((ConflictView) -> String?)?
  /// Whether the ways to decide are listed with what to type.
  var showsCommands = true

  /// Writes the block.
  func write(_ view: ConflictView, into html: inout HTMLWriter) {
    html.open("article", .class("c"), .id(view.id))
    heading(view, &html)
    if let detail = view.detail {
      html.raw("<p>")
      html.shown(detail)
      html.raw("</p>")
    }
    values(view, &html)
    decision(view, &html)
    if showsCommands && view.isDecidable { choices(view, &html) }
    html.raw("</article>")
  }

  private func heading(_ view: ConflictView, _ html: inout HTMLWriter) {
    html.raw("<h4>")
    if let address = address?(view) {
      html.open("a", .href(address))
      html.shown(view.subject)
      html.raw("</a>")
    } else {
      html.shown(view.subject)
    }
    if view.mapping != nil {
      html.raw(" · ")
      html.shown(view.sourceName)
    }
    if let field = view.field {
      html.raw(" · ")
      html.code(field)
    }
    html.raw("</h4><p class=\"m\">")
    meta(view, &html)
    html.raw("</p>")
  }

  /// State, age, occurrences, assignee, id.
  func meta(_ view: ConflictView, _ html: inout HTMLWriter) {
    html.text(view.isRegressed ? "open again " : view.state == .open ? "open " : "")
    if view.state != .open { html.text("\(view.state.words), first seen ") }
    let age = TimeWords.length(view.ageSeconds(at: times.now))
    html.time(view.firstSeen, view.state == .open ? age : "\(age) ago", times)
    html.raw(" · seen ")
    html.counted(Words.count(view.occurrences, "time"), history?(view))
    html.raw(" · ")
    if let assignee = view.assignee { html.shown(assignee) } else { html.text("nobody") }
    if let until = view.snoozedUntil {
      html.text(" · until ")
      html.time(until, times.short(until), times)
    }
    html.raw(" · ")
    html.code(view.id)
    if let reset = view.reset, reset != view.subject {
      html.raw(" · reset ")
      html.code(reset)
    }
  }

  /// The three values, each with where it came from; for kinds without values, nothing.
  func values(_ view: ConflictView, _ html: inout HTMLWriter) {
    if let rivals = view.rivals { return html.rivals(rivals, times) }
    guard view.showsValues, view.source != nil || view.remote != nil else {
      origin(view, &html)
      return
    }
    let comparison = ValueComparison(source: view.source, remote: view.remote)
    html.raw("<dl class=\"v\">")
    if view.field != nil { base(view, &html) }
    html.raw("<dt>")
    html.shown(view.sourceName)
    html.raw("</dt><dd><span>")
    html.value(comparison, side: .source)
    html.raw("</span>")
    sourceFrom(view, &html)
    html.raw("</dd><dt>")
    html.text(SystemNames.remote)
    html.raw("</dt><dd><span>")
    html.value(comparison, side: .remote)
    html.raw("</span>")
    remoteFrom(view, &html)
    html.raw("</dd></dl>")
    if view.differsInHiddenPart {
      html.element(
        "p", .class("m"), text: "The addresses differ in the part that is not shown.")
    }
  }

  private func base(_ view: ConflictView, _ html: inout HTMLWriter) {
    html.raw("<dt>Last agreed</dt><dd><span>")
    if view.baseSource == nil && view.baseRemote == nil {
      html.raw("<span class=\"m\">never</span>")
    } else if view.baseSource == view.baseRemote {
      html.value(view.baseSource)
    } else {
      html.value(view.baseSource)
      html.raw("</span><span class=\"from\">and in ")
      html.text(SystemNames.remote + " ")
      html.value(view.baseRemote)
    }
    html.raw("</span></dd>")
  }

  private func sourceFrom(_ view: ConflictView, _ html: inout HTMLWriter) {
    guard view.sourceChangedAt != nil || view.file != nil else { return }
    html.raw("<span class=\"from\">")
    if let at = view.sourceChangedAt {
      html.raw("changed ")
      html.time(at, times.short(at), times)
      if view.file != nil { html.raw(" · ") }
    }
    file(view, &html)
    html.raw("</span>")
  }

  private func file(_ view: ConflictView, _ html: inout HTMLWriter) {
    guard let file = view.file else { return }
    html.place(file, view.line)
  }

  private func remoteFrom(_ view: ConflictView, _ html: inout HTMLWriter) {
    guard let at = view.remoteChangedAt else { return }
    html.raw("<span class=\"from\">changed ")
    html.time(at, times.short(at), times)
    if let by = view.remoteChangedBy {
      html.raw(" by ")
      html.shown(by)
    }
    html.raw("</span>")
  }

  private func origin(_ view: ConflictView, _ html: inout HTMLWriter) {
    guard view.file != nil else { return }
    html.raw("<p class=\"m\">")
    file(view, &html)
    html.raw("</p>")
  }

  private func decision(_ view: ConflictView, _ html: inout HTMLWriter) {
    guard let decision = view.decision else { return }
    html.raw("<p class=\"note\">")
    let isOver = view.state == .lapsed || view.state == .open
    html.text(isOver ? "No longer in force: decided " : "Decided ")
    html.code(decision.take)
    if let by = decision.by {
      html.raw(" by ")
      html.shown(by)
    }
    html.raw(", ")
    html.time(decision.at, times.ago(decision.at), times)
    if let reason = decision.reason {
      html.raw(": ")
      html.shown(reason)
    }
    html.raw("</p>")
  }

  private func choices(_ view: ConflictView, _ html: inout HTMLWriter) {
    html.raw("<ul class=\"ch\">")
    for choice in view.choices {
      html.raw("<li><span aria-hidden=\"true\">→</span>")
      html.phrase(choice.result)
      html.raw("<code class=\"t\">--take ")
      html.shown(choice.typed)
      html.raw("</code></li>")
    }
    html.raw("</ul><p class=\"m\"><code>resetsync conflicts resolve ")
    html.shown(view.label)
    html.raw(" --take …</code></p>")
  }
}
