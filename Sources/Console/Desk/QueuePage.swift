internal import Formats
internal import Reconciliation

/// The queue: filters, a list with boxes to tick, and what to do with many.
struct QueuePage {
  let frame: DeskFrame
  let filter: DeskFilter
  let queue: DeskQueue
  let offers: DeskOffers
  let headline: Headline
  let places: ListPlaces

  /// The heading over values of systems whose name stands in the row.
  private static let sourceSays = "System says"
  /// The longest piece of a value that is never broken, in characters.
  private static let wholeCharactersMax = 24

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.heading(headline, places)
    filters(&html)
    html.raw("<section aria-labelledby=\"list-h\"><h2 id=\"list-h\">")
    html.text(Words.count(queue.total, "conflict"))
    if let change = filter.change { html.text(" · \(words(of: change))") }
    html.raw("</h2>")
    if queue.views.isEmpty {
      html.raw("<p>Nothing here")
      html.text(queue.total == 0 ? "; checked " : " on this page; checked ")
      html.time(frame.times.now, frame.times.clock(frame.times.now), frame.times)
      html.raw(".</p>")
    } else {
      list(&html)
    }
    pages(&html)
    html.raw("</section>")
  }

  private func words(of change: DeskFilter.Change) -> String {
    let since = frame.times.since(change.since)
    return switch change.kind {
    case .new: "new \(since)"
    case .unchanged: "open then and now, \(since)"
    case .gone: "no longer open, \(since)"
    }
  }

  private func filters(_ html: inout HTMLWriter) {
    html.open("form", HTMLAttribute("method", "get"), .action(frame.root), .class("f"))
    html.raw("<label>Text<input type=\"search\" name=\"q\" value=\"")
    html.text(filter.text ?? "")
    html.raw("\"></label>")
    choose("State", "state", states, filter.state?.rawValue ?? "any", &html)
    choose(
      "Severity", "severity", named(Severity.allCases.map(\.rawValue)), filter.severity?.rawValue,
      &html)
    choose(
      "Kind", "kind", ConflictKind.allCases.map { ($0.rawValue, $0.words) }, filter.kind?.rawValue,
      &html)
    choose(
      "Source", "source", offers.mappings.map { ($0, SystemNames.source($0)) }, filter.mapping,
      &html)
    choose("Field", "field", named(offers.fields), filter.field, &html)
    choose("Age", "age", AgeBucket.allCases.map { ($0.name, $0.label) }, filter.age?.name, &html)
    html.raw("<label>Assignee<input name=\"assignee\" placeholder=\"- for nobody\" value=\"")
    html.text(filter.assignee ?? "")
    html.raw("\"></label>")
    if filter.change != nil {
      for item in filter.items where item.name == "change" {
        frame.hidden("change", item.value, &html)
      }
    }
    html.raw("<button class=\"q\">Show</button>")
    html.element("a", .href(frame.root), text: "all open")
    html.raw("</form>")
  }

  private var states: [(String, String)] {
    [("any", "any")] + ConflictState.allCases.map { ($0.rawValue, $0.words) }
  }

  private func named(_ names: [String]) -> [(String, String)] { names.map { ($0, $0) } }

  private func choose(
    _ label: String, _ name: String, _ options: [(value: String, words: String)],
    _ chosen: String?, _ html: inout HTMLWriter
  ) {
    html.raw("<label>")
    html.text(label)
    html.open("select", HTMLAttribute("name", name))
    if name != "state" { html.raw("<option value=\"\">any</option>") }
    for option in options {
      html.open(
        "option",
        [HTMLAttribute("value", option.value)]
          + (option.value == chosen ? [HTMLAttribute("selected")] : []))
      html.text(VisibleText.of(option.words))
      html.raw("</option>")
    }
    html.raw("</select></label>")
  }

  private func list(_ html: inout HTMLWriter) {
    html.open("form", HTMLAttribute("method", "get"), .action("\(frame.root)/confirm"))
    for item in filter.items where item.name != "page" {
      html.open(
        "input", HTMLAttribute("type", "hidden"), HTMLAttribute("name", "f." + item.name),
        HTMLAttribute("value", item.value))
    }
    html.raw("<div class=\"scroll\"><table class=\"full stack queue\"><thead><tr>")
    html.raw("<th scope=\"col\"><span class=\"skip\">Ticked</span></th>")
    for name in [
      "Severity", "Reference", "System", "Field", Self.sourceSays, SystemNames.remote, "Open",
      "Assignee",
    ] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for (place, view) in queue.views.enumerated() { row(view, at: filter.offset + place, &html) }
    html.raw("</tbody></table></div>")
    many(&html)
    html.raw("</form>")
  }

  private func row(_ view: ConflictView, at place: Int, _ html: inout HTMLWriter) {
    let name = VisibleText.of(ShownValue.shortened(view.subject, to: 40))
    html.raw("<tr><td>")
    if view.isDecidable {
      html.open(
        "input", HTMLAttribute("type", "checkbox"), HTMLAttribute("name", "id"),
        HTMLAttribute("value", view.id), HTMLAttribute("aria-label", "Tick \(name)"))
    }
    html.raw("</td><td>")
    html.element(
      "span", .class(view.severity.textClass), text: "\(view.severity.shape) \(view.severity.word)")
    html.raw("</td><td>")
    html.element(
      "a",
      .href(
        "\(frame.root)/conflicts/\(VisibleText.of(view.id))"
          + filter.on(page: 1).query([("at", String(place))])), text: name)
    html.element("div", .class("m"), text: view.kind.words)
    html.raw("</td><td>")
    html.shown(view.sourceName)
    html.raw("</td><td>")
    if let field = view.field { html.code(field) }
    html.raw("</td>")
    value(view, .source, VisibleText.of(view.sourceName), &html)
    value(view, .remote, SystemNames.remote, &html)
    html.raw("<td data-l=\"Open\">")
    html.time(
      view.firstSeen, TimeWords.length(view.ageSeconds(at: frame.times.now)), frame.times)
    if view.state != .open { html.element("div", .class("m"), text: view.state.words) }
    html.raw("</td><td>")
    if let assignee = view.assignee { html.shown(assignee) }
    html.raw("</td></tr>")
  }

  /// A cell with a value; on a phone, where cells stack, its label stands before it.
  private func value(
    _ view: ConflictView, _ side: Side, _ name: String, _ html: inout HTMLWriter
  ) {
    let value = side == .source ? view.source : view.remote
    let rivals = view.rivals?.words(of: side)
    guard value != nil || rivals != nil, view.rivals == nil || rivals != nil else {
      return html.raw("<td></td>")
    }
    html.open("td", HTMLAttribute("data-l", name))
    if let rivals {
      html.text(rivals)
      return html.raw("</td>")
    }
    let shown = ShownValue(value)
    let other = side == .source ? view.remote : view.source
    let text = shown.inLine(against: ShownValue(other), to: 40)
    let longest = text.split(whereSeparator: \.isWhitespace).map(\.count).max() ?? 0
    let breaks = longest > Self.wholeCharactersMax ? " brk" : ""
    html.open("span", .class(shown.isData ? "id" + breaks : "m"))
    html.shown(text)
    html.raw("</span></td>")
  }

  private func many(_ html: inout HTMLWriter) {
    html.raw("<div class=\"acts noprint\"><label>Decision for many<select name=\"take\">")
    for (take, words) in [
      ("source", "write what the system says"), ("remote", "keep what \(SystemNames.remote) has"),
      ("apart", "keep them apart"), ("ignore", "set aside"),
    ] {
      html.open("option", HTMLAttribute("value", take))
      html.text(words)
      html.raw("</option>")
    }
    html.raw("</select></label><button class=\"q\">Look at the ticked ones</button>")
    html.raw("<button class=\"q\" name=\"page\" value=\"")
    html.number(filter.page)
    html.raw("\">")
    html.text("Look at the \(Words.count(queue.views.count)) shown")
    html.raw("</button></div>")
  }

  private func pages(_ html: inout HTMLWriter) {
    let last = max(1, (queue.total + DeskFilter.pageSize - 1) / DeskFilter.pageSize)
    guard last > 1 else { return }
    html.raw("<nav aria-label=\"Pages\" class=\"acts\">")
    if filter.page > 1 {
      html.element(
        "a", .href(frame.root + filter.on(page: filter.page - 1).query()),
        HTMLAttribute("rel", "prev"), text: "← earlier")
    }
    html.text("page \(Words.count(filter.page)) of \(Words.count(last))")
    if filter.page < last {
      html.element(
        "a", .href(frame.root + filter.on(page: filter.page + 1).query()),
        HTMLAttribute("rel", "next"), text: "later →")
    }
    html.raw("</nav>")
  }
}
