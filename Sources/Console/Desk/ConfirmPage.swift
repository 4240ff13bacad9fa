internal import Formats
internal import HTTP
internal import Reconciliation

/// The list of what a decision about many would do, before it is taken.
struct ConfirmPage {
  let frame: DeskFrame
  let filter: DeskFilter
  let take: String
  let views: [ConflictView]

  private struct Line {
    let view: ConflictView
    let choice: Choice
  }

  /// Resets that one request reads at the API before they are written.
  static let readsPerRequest = 25

  private var lines: [Line] {
    views.compactMap { view in
      guard view.isDecidable, let choice = view.choices.first(where: { $0.take == take }) else {
        return nil
      }
      return Line(view: view, choice: choice)
    }
  }

  /// Requests that the decisions cost: one read for each 25 resets, one write for each.
  static func requests(writes: Int) -> Int {
    writes == 0 ? 0 : writes + (writes + readsPerRequest - 1) / readsPerRequest
  }

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    let lines = self.lines
    let left = views.filter { view in !lines.contains { $0.view.id == view.id } }
    html.element("h1", text: "\(Words.count(lines.count, "decision")) to be taken")
    guard !lines.isEmpty else {
      html.element(
        "p", text: "None of the \(Words.count(views.count)) can be decided so. Choose others.")
      html.element("a", .href(frame.root + filter.query()), text: "← Queue")
      return
    }
    let writes = lines.filter { $0.choice.requests > 0 }.count
    html.element(
      "p",
      text: writes == 0
        ? "Nothing is written to \(SystemNames.remote)."
        : "\(Words.count(writes, "reset")) will be written, "
          + "\(Words.count(Self.requests(writes: writes), "request")) in the next run.")
    html.raw("<section aria-labelledby=\"will-h\"><h2 id=\"will-h\">What will happen</h2>")
    table(lines, &html)
    if !left.isEmpty { leftOut(left, &html) }
    button(lines, &html)
    html.raw("</section>")
  }

  private func table(_ lines: [Line], _ html: inout HTMLWriter) {
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    for name in ["Reference", "System", "Field", "Result"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for line in lines {
      html.raw("<tr><td>")
      // The whole values are a click away.
      html.open(
        "a",
        .href("\(frame.root)/conflicts/\(PercentCoding.encoded(line.view.id))\(filter.query())"))
      html.shown(line.view.subject)
      html.raw("</a></td><td>")
      html.shown(line.view.sourceName)
      html.raw("</td><td>")
      if let field = line.view.field { html.code(field) }
      html.raw("</td><td>")
      html.phrase(line.choice.result)
      html.raw("</td></tr>")
    }
    html.raw("</tbody></table></div>")
  }

  private func leftOut(_ left: [ConflictView], _ html: inout HTMLWriter) {
    html.raw("<p class=\"note\">")
    html.text("\(Words.count(left.count)) can't be decided so and are left: ")
    for (place, view) in left.prefix(20).enumerated() {
      if place > 0 { html.raw(", ") }
      html.shown(view.subject)
    }
    if left.count > 20 { html.text(" and \(Words.count(left.count - 20)) more") }
    html.raw("</p>")
  }

  private func button(_ lines: [Line], _ html: inout HTMLWriter) {
    frame.form("\(frame.root)/bulk\(filter.query())", "", &html) { html in
      frame.hidden("take", take, &html)
      for line in lines {
        frame.hidden("item", "\(line.view.id) \(line.view.factsDigest)", &html)
      }
      html.raw("<label>Reason<textarea name=\"reason\" rows=\"2\"></textarea></label>")
      html.raw("<div class=\"acts\"><button>")
      html.text(lines.count == 1 ? "Decide it" : "Decide these \(Words.count(lines.count))")
      html.raw("</button>")
      html.element("a", .href(frame.root + filter.query()), text: "Back, without deciding")
      html.raw("</div>")
    }
  }
}
