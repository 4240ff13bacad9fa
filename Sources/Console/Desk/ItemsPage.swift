internal import Formats
internal import HTTP
internal import Mirror
internal import Reconciliation

/// The way to every list of items: how many there are in each situation, by source.
struct CountsPage {
  let frame: DeskFrame
  let counts: [String: [Situation: Int]]
  let sizes: (resets: Int, records: [String: Int])
  let mappings: [String]

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.raw("<h1>Items</h1>")
    html.raw(
      "<p>Every reset, and every key that has records but no reset, is in one situation.</p>")
    find(&html)
    html.raw("<section aria-labelledby=\"sit-h\"><h2 id=\"sit-h\">By situation</h2>")
    let columns = self.columns
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    html.raw("<th scope=\"col\">Situation</th><th scope=\"col\" class=\"n\">All</th>")
    for column in columns {
      html.open("th", HTMLAttribute("scope", "col"), .class("n"))
      html.shown(SystemNames.source(column))
      html.raw("</th>")
    }
    html.raw("<th scope=\"col\">What it means</th></tr></thead><tbody>")
    for situation in Situation.allCases { row(situation, columns, &html) }
    html.raw("</tbody></table></div></section>")
    sides(&html)
  }

  private var columns: [String] {
    mappings + counts.keys.filter { !mappings.contains($0) && !$0.isEmpty }.sorted()
      + (counts[""]?.values.contains { $0 > 0 } == true ? [""] : [])
  }

  private func find(_ html: inout HTMLWriter) {
    html.open(
      "form", HTMLAttribute("method", "get"), .action("\(frame.root)/items"), .class("f"))
    html.raw("<label>Reference or reset id<input type=\"search\" name=\"name\" required></label>")
    html.raw("<button class=\"q\">Tell all about it</button></form>")
  }

  private func row(_ situation: Situation, _ columns: [String], _ html: inout HTMLWriter) {
    html.raw("<tr>")
    html.element("th", HTMLAttribute("scope", "row"), text: situation.words)
    let all = counts.values.reduce(0) { $0 + ($1[situation] ?? 0) }
    number("all", all, ItemsFilter(.situation(situation)), &html)
    for column in columns {
      number(
        SystemNames.source(column), counts[column]?[situation] ?? 0,
        ItemsFilter(.situation(situation), mapping: column), &html)
    }
    html.element("td", .class("m"), text: situation.meaning)
    html.raw("</tr>")
  }

  private func number(
    _ label: String, _ count: Int, _ filter: ItemsFilter, _ html: inout HTMLWriter
  ) {
    html.open("td", .class("n"), HTMLAttribute("data-l", VisibleText.of(label)))
    // An empty cell vanishes where cells are stacked.
    if count > 0 { html.counted(Words.count(count), frame.root + filter.path) }
    html.raw("</td>")
  }

  private func sides(_ html: inout HTMLWriter) {
    html.raw(
      "<section aria-labelledby=\"side-h\"><h2 id=\"side-h\">By side</h2><ul class=\"list\">")
    html.raw("<li>")
    html.counted(Words.count(sizes.resets, "reset"), frame.root + ItemsFilter(.resets).path)
    html.text(" in \(SystemNames.remote)")
    html.raw("</li>")
    for mapping in mappings {
      html.raw("<li>")
      html.counted(
        Words.count(sizes.records[mapping] ?? 0, "record"),
        frame.root + ItemsFilter(.records, mapping: mapping).path)
      html.raw(" of ")
      html.shown(SystemNames.source(mapping))
      html.raw("</li>")
    }
    html.raw("</ul></section>")
  }
}

/// A page of items.
struct ItemsPage {
  let frame: DeskFrame
  let filter: ItemsFilter
  let page: ItemPage
  /// Items on the pages before.
  let before: Int
  let total: Int

  /// How many items a list has, as they are counted at each change.
  static func total(
    _ filter: ItemsFilter, _ counts: [String: [Situation: Int]],
    _ sizes: (resets: Int, records: [String: Int])
  ) -> Int {
    let situations: [Situation]
    switch filter.list {
    case .resets: return sizes.resets
    case .records: return sizes.records[filter.mapping ?? ""] ?? 0
    case .inStep: situations = ItemsFilter.inStep
    case .situation(let situation): situations = [situation]
    }
    return counts.filter { filter.mapping == nil || $0.key == filter.mapping }
      .reduce(0) { sum, one in situations.reduce(sum) { $0 + (one.value[$1] ?? 0) } }
  }

  private var name: String {
    switch filter.list {
    case .situation(let situation): situation.words
    case .inStep: "in step"
    case .resets: "resets in \(SystemNames.remote)"
    case .records: "records"
    }
  }

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.raw("<nav aria-label=\"Way\" class=\"acts\">")
    html.element("a", .href("\(frame.root)/items"), text: "← Items")
    html.raw("</nav><h1>")
    html.text("\(Words.count(total)) · \(name)")
    if let mapping = filter.mapping {
      html.raw(" · ")
      html.shown(SystemNames.source(mapping))
    }
    html.raw("</h1>")
    meaning(&html)
    if page.lines.isEmpty {
      html.raw(before == 0 && page.next == nil ? "<p>None.</p>" : "<p>No more here.</p>")
    } else {
      table(&html)
    }
    pages(&html)
  }

  private func meaning(_ html: inout HTMLWriter) {
    guard case .situation(let situation) = filter.list else { return }
    html.raw("<p>")
    html.text(situation.meaning)
    if let kind = situation.conflictKind, total > 0 {
      var queue = DeskFilter()
      (queue.kind, queue.mapping) = (kind, filter.mapping?.isEmpty == true ? nil : filter.mapping)
      html.raw(" ")
      html.element("a", .href(frame.root + queue.query()), text: "Their open conflicts")
    }
    html.raw("</p>")
  }

  private func table(_ html: inout HTMLWriter) {
    let isRecords = filter.list == .records
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    for name in ["Reference", "System", "Reset", isRecords ? "From" : "Customer", "Situation"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for line in page.lines { row(line, &html) }
    html.raw("</tbody></table></div>")
  }

  private func row(_ line: ItemLine, _ html: inout HTMLWriter) {
    html.raw("<tr><td>")
    let name = line.resetID ?? line.reference ?? ""
    let words = line.reference.flatMap { $0.isEmpty ? nil : $0 } ?? "no reference"
    html.element(
      "a", .href("\(frame.root)/items?name=\(PercentCoding.encoded(name))"),
      text: VisibleText.of(ShownValue.shortened(words)))
    html.raw("</td><td>")
    if line.mapping.isEmpty {
      html.shown(line.origin.map { "origin \($0)" } ?? "no origin")
    } else {
      html.shown(SystemNames.source(line.mapping))
    }
    html.raw("</td><td>")
    if let reset = line.resetID { html.code(reset) }
    html.raw("</td><td>")
    if let file = line.file {
      html.place(file, line.line)
    } else if let email = line.email {
      html.shown(email)
    }
    html.raw("</td><td class=\"m\">")
    // A record with a reset has no situation of its own.
    let unknown = filter.list == .records ? "–" : "not looked at yet"
    html.text(line.situation?.words ?? unknown)
    html.raw("</td></tr>")
  }

  private func pages(_ html: inout HTMLWriter) {
    guard before > 0 || page.next != nil else { return }
    html.raw("<nav aria-label=\"Pages\" class=\"acts\">")
    if before > 0 {
      html.element("a", .href(frame.root + filter.path), text: "⇤ first page")
    }
    if !page.lines.isEmpty {
      html.text(
        "\(Words.count(before + 1))–\(Words.count(before + page.lines.count)) of "
          + Words.count(total))
    }
    if let next = page.next {
      html.element(
        "a",
        .href(frame.root + filter.path(after: next, place: before + page.lines.count)),
        HTMLAttribute("rel", "next"), text: "later →")
    }
    html.raw("</nav>")
  }
}
