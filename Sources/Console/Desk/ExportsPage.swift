internal import Formats
internal import HTTP
internal import Mirror
internal import Reconciliation

/// The exports that were delivered, newest first.
struct ExportsPage {
  let frame: DeskFrame
  let filter: ExportsFilter
  let isFirst: Bool
  /// The exports, and one more if there are more.
  let exports: [ImportReceipt]

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.raw("<h1>Exports")
    if let mapping = filter.mapping {
      html.raw(" of ")
      html.shown(SystemNames.source(mapping))
    }
    html.raw("</h1>")
    states(&html)
    if exports.isEmpty {
      html.raw("<p>None.</p>")
    } else {
      table(&html)
    }
    pages(&html)
  }

  private func states(_ html: inout HTMLWriter) {
    html.raw("<p class=\"row\">")
    let states: [ReceiptState?] = [nil, .accepted, .refused, .replayed]
    for state in states {
      let words = state?.words ?? "all"
      if state == filter.state {
        html.element("b", text: words)
      } else {
        let other = ExportsFilter(mapping: filter.mapping, state: state)
        html.element("a", .href(frame.root + other.path), text: words)
      }
    }
    if filter.mapping != nil {
      html.element(
        "a", .href(frame.root + ExportsFilter(state: filter.state).path), text: "of every source")
    }
    html.raw("</p>")
  }

  private func table(_ html: inout HTMLWriter) {
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    for name in ["Read", "System", "File", "State"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    for name in ["Rows", "Rejected", "New", "Changed", "Gone"] {
      html.element("th", HTMLAttribute("scope", "col"), .class("n"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for export in exports.prefix(ReviewDesk.linesPerPage) { row(export, &html) }
    html.raw("</tbody></table></div>")
  }

  private func row(_ export: ImportReceipt, _ html: inout HTMLWriter) {
    let address = "\(frame.root)/exports/\(export.id)"
    html.raw("<tr><td>")
    html.time(export.importedAt, frame.times.short(export.importedAt), frame.times)
    html.raw("</td><td>")
    html.shown(SystemNames.source(export.mapping))
    html.raw("</td><td>")
    html.element(
      "a", .href(address),
      text: VisibleText.of(frame.settings.masking.text(export.file) as String))
    html.raw("</td><td>")
    html.text(export.state.words)
    html.raw("</td>")
    for (label, count, link) in [
      ("rows", export.rows, nil), ("rejected", export.rejected, address + "#rows-h"),
      ("new", export.added, nil), ("changed", export.changed, nil), ("gone", export.removed, nil),
    ] as [(String, Int, String?)] {
      html.open("td", .class("n"), HTMLAttribute("data-l", label))
      html.counted(Words.count(count), count > 0 ? link : nil)
      html.raw("</td>")
    }
    html.raw("</tr>")
  }

  private func pages(_ html: inout HTMLWriter) {
    guard !isFirst || exports.count > ReviewDesk.linesPerPage else { return }
    html.raw("<nav aria-label=\"Pages\" class=\"acts\">")
    if !isFirst { html.element("a", .href(frame.root + filter.path), text: "⇤ newest") }
    if exports.count > ReviewDesk.linesPerPage {
      let last = exports[ReviewDesk.linesPerPage - 1].id
      html.element(
        "a", .href(frame.root + filter.path(before: last)), HTMLAttribute("rel", "next"),
        text: "earlier →")
    }
    html.raw("</nav>")
  }
}

/// One export: its receipt, and the rows that could not be used.
struct ExportPage {
  let frame: DeskFrame
  let export: ImportReceipt
  let page: Int
  let rejections: [Rejection]

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.raw("<nav aria-label=\"Way\" class=\"acts\">")
    html.element("a", .href("\(frame.root)/exports"), text: "← Exports")
    html.raw("</nav><h1>")
    html.shown(frame.settings.masking.text(export.file))
    html.text(" · \(export.state.words)")
    html.raw("</h1>")
    if let reason = export.reason {
      html.raw("<p class=\"bad\">")
      html.shown(frame.settings.masking.text(reason))
      html.raw("</p>")
    }
    receipt(&html)
    rows(&html)
  }

  private func receipt(_ html: inout HTMLWriter) {
    html.raw("<table>")
    line("System", &html) { $0.shown(SystemNames.source(export.mapping)) }
    line("Read", &html) {
      $0.time(export.importedAt, frame.times.exact(export.importedAt), frame.times)
    }
    if let made = export.generatedAt {
      line("Made", &html) { $0.time(made, frame.times.exact(made), frame.times) }
    }
    line("Kind", &html) {
      $0.text(export.mode == .full ? "full: everything there is" : "delta: changes only")
    }
    line("Size", &html) { $0.text(Words.count(Int(export.size), "byte")) }
    line("SHA-256", &html) { $0.code(export.sha256) }
    line("Rows", &html) {
      $0.text(
        "\(Words.count(export.rows)): \(Words.count(export.accepted)) used, "
          + "\(Words.count(export.rejected)) rejected")
    }
    if export.setAside.rows > 0 {
      line("Set aside", &html) {
        $0.text("\(Words.count(export.setAside.rows, "row")) that are not of this system")
      }
    }
    line("Records", &html) {
      $0.text(
        "\(Words.count(export.added)) new, \(Words.count(export.changed)) changed, "
          + "\(Words.count(export.removed)) gone, \(Words.count(export.unchanged)) as they were")
    }
    if export.stale > 0 {
      line("Stale", &html) {
        $0.text("\(Words.count(export.stale, "row")): what stands was changed later")
      }
    }
    html.raw("</table>")
    guard export.state == .refused else { return }
    html.raw("<p class=\"note\">To let exactly this file through: <code class=\"cmd\">")
    html.shown(
      "resetsync import \(ShellWord.of(export.mapping)) --accept \(ShellWord.of(export.sha256))")
    html.raw("</code></p>")
  }

  private func line(
    _ name: String, _ html: inout HTMLWriter, _ value: (inout HTMLWriter) -> Void
  ) {
    html.raw("<tr>")
    html.element("th", HTMLAttribute("scope", "row"), text: name)
    html.raw("<td>")
    value(&html)
    html.raw("</td></tr>")
  }

  private func rows(_ html: inout HTMLWriter) {
    guard export.rejected > 0 else { return }
    html.raw("<section aria-labelledby=\"rows-h\"><h2 id=\"rows-h\">")
    html.text("Rejected rows \(Words.count(export.rejected))")
    html.raw("</h2><div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    for name in ["Line", "Column", "Reason"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for row in rejections {
      html.raw("<tr><td>")
      let place = export.place(of: row.line)
      if !export.parts.isEmpty { html.shown(place.file + ", ") }
      html.text(Words.count(place.line))
      html.raw("</td><td>")
      if let column = row.column { html.shown(column) }
      html.raw("</td><td>")
      html.shown(frame.settings.masking.text(row.reason))
      html.raw("</td></tr>")
    }
    html.raw("</tbody></table></div>")
    pages(&html)
    html.raw("</section>")
  }

  private func pages(_ html: inout HTMLWriter) {
    let size = ReviewDesk.linesPerPage
    let last = (export.rejected + size - 1) / size
    guard last > 1 else { return }
    html.raw("<nav aria-label=\"Pages\" class=\"acts\">")
    if page > 1 {
      html.element(
        "a", .href("\(frame.root)/exports/\(export.id)?page=\(page - 1)"),
        HTMLAttribute("rel", "prev"), text: "← earlier")
    }
    html.text("page \(Words.count(page)) of \(Words.count(last))")
    if page < last {
      html.element(
        "a", .href("\(frame.root)/exports/\(export.id)?page=\(page + 1)"),
        HTMLAttribute("rel", "next"), text: "later →")
    }
    html.raw("</nav>")
  }
}

extension ReceiptState {
  /// What it is called on a screen.
  var words: String {
    switch self {
    case .accepted: "taken"
    case .refused: "refused"
    case .replayed: "taken before"
    }
  }
}
