internal import Formats
internal import HTTP
internal import Reconciliation

/// One conflict at the desk: values, choices with their results, history, what else is open.
struct ConflictPage {
  let frame: DeskFrame
  let view: ConflictView
  let history: [HistoryLine]
  let related: [ConflictView]
  let sides: DeskSides
  let nextRun: Timestamp?
  /// The filter it was opened from, and its place there.
  let filter: DeskFilter
  let place: Int?
  let neighbours: (previous: String?, next: String?)

  private var address: String { "\(frame.root)/conflicts/\(VisibleText.of(view.id))" }

  /// What comes after the address so that the way back is kept.
  private var trail: String {
    place.map { filter.query([("at", String($0))]) } ?? filter.query()
  }

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    ways(&html)
    html.raw("<h1>")
    html.element(
      "span", .class(view.severity.textClass), text: "\(view.severity.shape) ")
    html.shown(view.subject)
    html.raw(" · ")
    html.text(view.kind.words)
    html.raw("</h1>")
    html.element("p", .class("m"), text: view.kind.meaning)
    html.raw("<h2 class=\"skip\">The values</h2><h3 class=\"skip\">Both sides</h3>")
    var block = ConflictBlock(times: frame.times)
    block.showsCommands = false
    if !history.isEmpty { block.history = { _ in "#past-h" } }
    html.raw("<div class=\"one\">")
    block.write(view, into: &html)
    html.raw("</div>")
    decide(&html)
    care(&html)
    past(&html)
    others(&html)
    raw(&html)
  }

  private func ways(_ html: inout HTMLWriter) {
    html.raw("<nav aria-label=\"Way\" class=\"acts\">")
    html.element("a", .href(frame.root + filter.query()), text: "← Queue")
    if let previous = neighbours.previous, let place {
      html.element(
        "a", .href("\(frame.root)/conflicts/\(previous)" + filter.query([("at", "\(place - 1)")])),
        HTMLAttribute("rel", "prev"), text: "previous")
    }
    if let next = neighbours.next, let place {
      html.element(
        "a", .href("\(frame.root)/conflicts/\(next)" + filter.query([("at", "\(place + 1)")])),
        HTMLAttribute("rel", "next"), text: "next")
    }
    if let name = view.reference ?? view.reset {
      html.element(
        "a", .href("\(frame.root)/items?name=\(PercentCoding.encoded(name))"),
        text: "all about this key")
    }
    html.raw("</nav>")
  }

  // MARK: - Deciding

  private func decide(_ html: inout HTMLWriter) {
    html.raw("<section aria-labelledby=\"decide-h\"><h2 id=\"decide-h\">Decide</h2>")
    guard view.isDecidable else {
      html.element("p", text: "It is \(view.state.words); open it again to decide it.")
      html.raw("</section>")
      return
    }
    frame.form("\(address)/decide\(trail)", "", &html) { html in
      frame.hidden("facts", view.factsDigest, &html)
      frame.hidden("seen", view.json.written(), &html)
      html.raw("<fieldset><legend class=\"skip\">What should happen</legend>")
      for (place, choice) in view.choices.enumerated() { option(choice, place, &html) }
      html.raw("</fieldset>")
      html.raw("<label>Reason<textarea name=\"reason\" rows=\"2\"></textarea></label>")
      html.raw("<div class=\"acts\"><button>Decide</button>")
      html.element("span", .class("m"), text: whenWords)
      html.raw("</div>")
    }
    html.raw("</section>")
  }

  private var whenWords: String {
    guard let nextRun else { return "It is carried out by the next run." }
    return "It is carried out by the next run, \(frame.times.clock(nextRun))."
  }

  private func option(_ choice: Choice, _ place: Int, _ html: inout HTMLWriter) {
    html.raw("<div class=\"opt\">")
    html.open(
      "input", HTMLAttribute("type", "radio"), HTMLAttribute("name", "take"),
      .id("take\(place)"), HTMLAttribute("value", choice.take), HTMLAttribute("required"))
    html.open("label", .class("i"), HTMLAttribute("for", "take\(place)"))
    html.phrase(choice.result)
    html.raw("</label>")
    switch choice.input {
    case .value:
      html.raw("<span></span><div class=\"acts\"><label>Value<input name=\"value\"></label>")
      html.raw("<label>is<select name=\"form\"><option value=\"text\">a text</option>")
      html.raw("<option value=\"json\">a number or other JSON</option>")
      html.raw("<option value=\"empty\">an empty text</option>")
      html.raw("</select></label></div>")
    case .reset:
      html.raw("<span></span><label>Reset id<input name=\"reset\"></label>")
    case nil: break
    }
    html.raw("</div>")
  }

  // MARK: - Care

  private func care(_ html: inout HTMLWriter) {
    html.raw("<section aria-labelledby=\"care-h\"><h2 id=\"care-h\">Or</h2><div class=\"acts\">")
    if view.isDecidable {
      frame.form("\(address)/snooze\(trail)", "f", &html) { html in
        html.raw("<label>Put it off for<select name=\"days\">")
        html.raw("<option value=\"1\">a day</option><option value=\"3\">three days</option>")
        html.raw("<option value=\"7\">a week</option><option value=\"30\">thirty days</option>")
        html.raw("</select></label><button class=\"q\">Snooze</button>")
      }
    }
    frame.form("\(address)/assign\(trail)", "f", &html) { html in
      html.raw("<label>Assignee<input name=\"assignee\" value=\"")
      html.text(view.assignee ?? "")
      html.raw("\"></label><button class=\"q\">Assign</button>")
    }
    frame.form("\(address)/comment\(trail)", "f", &html) { html in
      html.raw("<label>Comment<input name=\"comment\" required></label>")
      html.raw("<button class=\"q\">Add</button>")
    }
    if view.state != .open {
      frame.form("\(address)/reopen\(trail)", "f", &html) { html in
        html.raw("<button class=\"q\">")
        html.text(view.state == .decided ? "Take the decision back" : "Open again")
        html.raw("</button>")
      }
    }
    html.raw("</div></section>")
  }

  private func past(_ html: inout HTMLWriter) {
    guard !history.isEmpty else { return }
    html.raw(
      "<section aria-labelledby=\"past-h\"><h2 id=\"past-h\">History</h2><div class=\"scroll\">")
    html.raw("<table>")
    for line in history {
      html.raw("<tr><th scope=\"row\">")
      html.time(line.at, frame.times.short(line.at), frame.times)
      html.raw("</th><td>")
      html.shown(line.event)
      if let by = line.by {
        html.raw(" by ")
        html.shown(by)
      }
      if let run = line.run {
        html.raw(" · run ")
        html.open("a", .href("\(frame.root)/runs/\(PercentCoding.encoded(run))"))
        html.code(run)
        html.raw("</a>")
      }
      if let text = line.text, !text.isEmpty {
        html.raw("<br>")
        html.shown(text)
      }
      html.raw("</td></tr>")
    }
    html.raw("</table></div></section>")
  }

  private func others(_ html: inout HTMLWriter) {
    guard !related.isEmpty else { return }
    html.raw("<section aria-labelledby=\"also-h\"><h2 id=\"also-h\">Also open for this key</h2>")
    html.raw("<ul class=\"list\">")
    for other in related {
      html.raw("<li>")
      html.element(
        "a", .href("\(frame.root)/conflicts/\(VisibleText.of(other.id))"),
        text: other.kind.words)
      if let field = other.field {
        html.raw(" · ")
        html.code(field)
      }
      html.raw("</li>")
    }
    html.raw("</ul></section>")
  }

  private func raw(_ html: inout HTMLWriter) {
    guard sides.source != nil || sides.remote != nil else { return }
    html.raw("<section aria-labelledby=\"raw-h\"><h2 id=\"raw-h\">Both sides as they are</h2>")
    for (name, value) in [(view.sourceName, sides.source), (SystemNames.remote, sides.remote)] {
      guard let value else { continue }
      html.raw("<details><summary>")
      html.shown(name)
      html.raw("</summary><pre class=\"val long\" tabindex=\"0\">")
      let text = value.written(indent: 2)
      let shown = VisibleText(String(text.prefix(Self.rawCharactersMax)), keepsSpaces: true)
      html.pieces(shown, isLaidOut: true)
      html.raw("</pre></details>")
    }
    html.raw("</section>")
  }

  /// The most characters of a side's JSON on the page.
  static let rawCharactersMax = 60_000
}
