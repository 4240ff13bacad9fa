internal import Formats
internal import Reconciliation

/// The refusal of a decision on values that moved: what was seen beside what stands now.
struct MovedPage {
  let frame: DeskFrame
  /// The conflict as the form had it, which came back with it.
  let seen: JSONValue?
  let now: ConflictView

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    if let decision = now.decision, now.state == .decided {
      html.element("h1", text: "Nothing was decided: somebody else decided while you looked.")
      html.raw("<p>")
      html.shown(decision.by ?? "Somebody")
      html.text(" decided ")
      html.code(decision.take)
      html.text(" \(frame.times.ago(decision.at))")
      if let reason = decision.reason {
        html.text(": ")
        html.shown(reason)
      }
      html.raw("</p>")
    } else {
      html.element("h1", text: "Nothing was decided: the values moved while you looked.")
    }
    html.raw("<div class=\"two\"><section aria-labelledby=\"seen-h\">")
    html.raw("<h2 id=\"seen-h\">What you saw</h2><dl class=\"v\">")
    for (name, key) in [
      ("Last agreed", "base"), (now.sourceName, "source"), (SystemNames.remote, "remote"),
    ] {
      html.raw("<dt>")
      html.shown(name)
      html.raw("</dt><dd><span>")
      // A bare `nil` would be the JSON null.
      let value = seen?[key].flatMap { $0.isNull ? JSONValue?.none : $0 }
      if value == nil, key == "base" {
        html.element("span", .class("m"), text: "never")
      } else {
        html.value(value.map { .present($0) } ?? .absent)
      }
      html.raw("</span></dd>")
    }
    html.raw("</dl></section><section aria-labelledby=\"now-h\">")
    html.raw("<h2 id=\"now-h\">What stands now</h2>")
    ConflictBlock(times: frame.times).values(now, &html)
    html.raw("</section></div>")
    html.element(
      "a", .href("\(frame.root)/conflicts/\(VisibleText.of(now.id))"),
      text: "Look at it again and decide")
  }
}
