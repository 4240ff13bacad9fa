internal import Formats
internal import HTTP
internal import Mirror

/// What every page of the desk shows around its content, and how it answers.
struct DeskFrame {
  let settings: DeskSettings
  /// Where the desk lives: `/review`.
  let root: String
  let session: DeskSession?
  let times: TimeWords

  /// A page with its headers.
  func page(
    _ title: String, status: Int = 200, _ content: (inout HTMLWriter) -> Void
  ) -> HTTPServerResponse {
    let frame = PageFrame(
      title: VisibleText.of("\(title) · resetsync · \(settings.organization)"), top: top)
    let html = frame.write(
      main: { html in
        if session != nil { pause(&html) }
        notice(&html)
        content(&html)
      },
      foot: { html in
        html.raw("<p>")
        html.time(times.now, times.exact(times.now), times)
        html.raw("</p>")
      })
    var fields = DeskGuard.fields
    fields.append(("Content-Type", "text/html; charset=utf-8"))
    return HTTPServerResponse(status: status, fields: HTTPFields(fields), body: html.bytes)
  }

  /// A redirect after a form, so that a reload repeats nothing.
  static func redirect(to path: String, cookie: String? = nil) -> HTTPServerResponse {
    var fields = DeskGuard.fields
    fields.append(("Location", path))
    if let cookie { fields.append(("Set-Cookie", cookie)) }
    return HTTPServerResponse(status: 303, fields: HTTPFields(fields))
  }

  /// A form by POST, with the token of the session.
  func form(
    _ path: String, _ name: String = "", _ html: inout HTMLWriter,
    _ content: (inout HTMLWriter) -> Void
  ) {
    html.open("form", HTMLAttribute("method", "post"), .action(path), .class(name))
    hidden("csrf", session?.formToken ?? "", &html)
    content(&html)
    html.raw("</form>")
  }

  /// A hidden field.
  func hidden(_ name: StaticString, _ value: String, _ html: inout HTMLWriter) {
    html.raw("<input type=\"hidden\" name=\"")
    html.raw(name)
    html.raw("\"")
    html.raw(" value=\"")
    html.text(value)
    html.raw("\">")
  }

  private func top(_ html: inout HTMLWriter) {
    html.raw("<p>resetsync · <b>")
    html.shown(settings.organization)
    html.raw("</b> (")
    html.shown(settings.mode)
    html.raw(")</p>")
    guard let session else { return }
    html.raw("<nav aria-label=\"Desk\">")
    html.element("a", .href(root), text: "Queue")
    html.element("a", .href("\(root)/report"), text: "Report")
    html.element("a", .href("\(root)/items"), text: "Items")
    html.element("a", .href("\(root)/plan"), text: "Plan")
    html.element("a", .href("\(root)/runs"), text: "Runs")
    html.element("a", .href("\(root)/exports"), text: "Exports")
    html.element("a", .href("\(root)/me"), text: VisibleText.of(session.person))
    html.raw("</nav>")
  }

  /// On every page while it holds: whoever decides must know that nothing is sent.
  private func pause(_ html: inout HTMLWriter) {
    guard let note = settings.pause() else { return }
    html.open("div", .class("flash err"), HTMLAttribute("role", "status"))
    html.raw("<p>Nothing is written to Commerce Layer ")
    html.text(times.since(note.since))
    html.raw(": ")
    html.shown(settings.masking.text(note.words))
    html.raw(". What you decide is sent once the pause ends.</p></div>")
  }

  private func notice(_ html: inout HTMLWriter) {
    guard let notice = session?.notice else { return }
    html.open(
      "div", .class(notice.isError ? "flash err" : "flash"), HTMLAttribute("role", "status"))
    html.raw("<p>")
    html.shown(notice.text)
    html.raw("</p>")
    if notice.canUndo {
      form("\(root)/undo", "", &html) { html in
        html.raw("<button class=\"q\">Take the last decision back</button>")
      }
    }
    html.raw("</div>")
  }
}
