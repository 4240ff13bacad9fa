internal import Formats
internal import HTTP
internal import Mirror
internal import Reconciliation

/// Everything known of one key or reset: what `explain` tells, with its conflicts to go to.
struct KeyPage {
  let frame: DeskFrame
  let name: String
  let stories: [ExplainModel]

  /// The most characters of a value in a table.
  private static let valueCharactersMax = 400
  /// The most lines of history.
  private static let historyMax = 100

  /// Writes the page's content.
  func write(into html: inout HTMLWriter) {
    html.raw("<nav aria-label=\"Way\" class=\"acts\">")
    html.element("a", .href("\(frame.root)/items"), text: "← Items")
    html.raw("</nav><h1>")
    html.shown(name)
    html.raw("</h1>")
    if stories.isEmpty {
      html.raw("<p>No record and no reset has this reference or id. References are compared as ")
      html.raw("they are and in the normal form of their mapping.</p>")
    }
    for (place, story) in stories.enumerated() { write(story, place + 1, &html) }
  }

  private func write(_ story: ExplainModel, _ place: Int, _ html: inout HTMLWriter) {
    html.open("section", HTMLAttribute("aria-labelledby", "key-\(place)"))
    html.open("h2", .id("key-\(place)"))
    html.shown(SystemNames.source(story.mapping))
    html.text(" · \(story.situation?.words ?? "not reconciled yet")")
    html.raw("</h2>")
    if let situation = story.situation {
      html.element("p", .class("m"), text: situation.meaning)
    }
    sides(story, &html)
    fields(story, &html)
    conflicts(story, &html)
    pushes(story, &html)
    history(story, &html)
    html.raw("</section>")
  }

  private func sides(_ story: ExplainModel, _ html: inout HTMLWriter) {
    html.raw("<dl class=\"facts note\"><dt>")
    html.shown(SystemNames.source(story.mapping))
    html.raw("</dt><dd>")
    if let record = story.record {
      html.place(story.masking.text(record.provenance.file), record.provenance.line)
      if let at = record.changedAt {
        html.raw(", changed ")
        html.time(at, frame.times.short(at), frame.times)
      }
      if record.isSetAside {
        html.raw(", set aside: nothing is written for it")
      } else if record.isDeleted {
        html.raw(", deleted there")
      }
      folded("all its cells", record.json["columns"] ?? .null, story, &html)
    } else {
      html.raw("has no record of it")
    }
    for row in story.rejected {
      html.raw("<p class=\"bad\">")
      html.text(row.isSetAside ? "Set aside: " : "Rejected: ")
      html.place(story.masking.text(row.file), row.line)
      html.text(": \(VisibleText.of(story.masking.text(row.reason)))")
      html.raw("</p>")
    }
    for row in story.stale {
      html.raw("<p>Stale: ")
      html.place(story.masking.text(row.file), row.line)
      html.text(", what stands was changed later")
      html.raw("</p>")
    }
    html.raw("</dd><dt>")
    html.text(SystemNames.remote)
    html.raw("</dt><dd>")
    if let reset = story.reset {
      html.raw("reset ")
      html.code(reset.id)
      if let email = reset.customerEmail {
        html.raw(", ")
        html.shown(story.masking.text(email))
      }
      if let at = reset.updatedAtInstant {
        html.raw(", changed ")
        html.time(at, frame.times.short(at), frame.times)
      }
      if reset.isDeleted { html.raw(", deleted there") }
      folded("the whole reset", reset.json, story, &html)
    } else {
      html.raw("has no reset of it")
    }
    html.raw("</dd></dl>")
  }

  private func folded(
    _ words: String, _ value: JSONValue, _ story: ExplainModel, _ html: inout HTMLWriter
  ) {
    html.raw("<details><summary>")
    html.text(words)
    html.raw("</summary><pre class=\"val long\" tabindex=\"0\">")
    let text = story.masking.value(value).written(indent: 2)
    let shown = VisibleText(
      String(text.prefix(ConflictPage.rawCharactersMax)), keepsSpaces: true)
    html.pieces(shown, isLaidOut: true)
    html.raw("</pre></details>")
  }

  private func fields(_ story: ExplainModel, _ html: inout HTMLWriter) {
    guard !story.fields.isEmpty else { return }
    html.raw("<div class=\"scroll\"><table class=\"full stack\"><thead><tr>")
    let source = VisibleText.of(SystemNames.source(story.mapping))
    let names = ["Field", "Last agreed", source, SystemNames.remote, "What becomes of it"]
    for name in names { html.element("th", HTMLAttribute("scope", "col"), text: name) }
    html.raw("</tr></thead><tbody>")
    for field in story.fields {
      html.raw("<tr><td>")
      html.code(field.metadata)
      html.raw("</td>")
      for (name, value) in zip(names.dropFirst(), [field.base, field.source, field.remote]) {
        html.open("td", HTMLAttribute("data-l", name))
        let shown = ShownValue(story.masking.value(value))
        html.shown(ShownValue.shortened(shown.inLine, to: Self.valueCharactersMax))
        html.raw("</td>")
      }
      html.element("td", text: Words.spaced(field.outcome))
      html.raw("</tr>")
    }
    html.raw("</tbody></table></div>")
  }

  private func conflicts(_ story: ExplainModel, _ html: inout HTMLWriter) {
    guard !story.conflicts.isEmpty else { return }
    html.raw("<h3>Conflicts</h3><ul class=\"list\">")
    for view in story.conflicts {
      html.raw("<li>")
      html.open("a", .href("\(frame.root)/conflicts/\(VisibleText.of(view.id))"))
      html.text(view.kind.words)
      html.raw("</a>")
      if let field = view.field {
        html.raw(" · ")
        html.code(field)
      }
      html.text(" · \(view.state.words), first seen \(frame.times.ago(view.firstSeen))")
      html.raw("</li>")
    }
    html.raw("</ul>")
  }

  private func pushes(_ story: ExplainModel, _ html: inout HTMLWriter) {
    guard !story.pushes.isEmpty else { return }
    html.raw("<h3>Updates</h3><ul class=\"list\">")
    for push in story.pushes {
      html.raw("<li>")
      html.time(push.at, frame.times.short(push.at), frame.times)
      html.text(" · \(push.state) · run ")
      html.element(
        "a", .href("\(frame.root)/runs/\(PercentCoding.encoded(push.run))"), text: push.run)
      html.raw(" · ")
      html.code(
        ShownValue.shortened(
          story.masking.value(push.fields).written(), to: Self.valueCharactersMax))
      if let reason = push.reason {
        html.raw("<br>")
        html.shown(story.masking.text(reason))
      }
      html.raw("</li>")
    }
    html.raw("</ul>")
  }

  private func history(_ story: ExplainModel, _ html: inout HTMLWriter) {
    guard !story.history.isEmpty else { return }
    html.raw("<details><summary>")
    html.text("history, \(Words.count(story.history.count, "line"))")
    html.raw("</summary><ul class=\"list\">")
    for line in story.history.suffix(Self.historyMax) {
      html.raw("<li>")
      html.shown(line.text(story.masking, times: frame.times))
      html.raw("</li>")
    }
    html.raw("</ul></details>")
  }
}
