internal import Formats
internal import Reconciliation

extension HTMLWriter {
  /// Text from the data: escaped, invisible characters visible, its direction kept to itself.
  mutating func shown(_ text: String) {
    let visible = VisibleText(text, keepsSpaces: true)
    raw("<bdi>")
    pieces(visible)
    raw("</bdi>")
  }

  /// An id or a name in monospace, whole and copyable.
  mutating func code(_ text: String) {
    raw("<code>")
    shown(text)
    raw("</code>")
  }

  /// A sentence; its values are set apart.
  mutating func phrase(_ phrase: Phrase) {
    raw("<span class=\"w\">")
    for part in phrase.parts {
      switch part {
      case .words(let words): text(words)
      case .value(let value):
        let short = ShownValue.shortened(value)
        raw("<code><bdi>")
        pieces(VisibleText(short))
        raw("</bdi></code>")
      }
    }
    raw("</span>")
  }

  /// Writes pieces of visible text; signs get their name as a title.
  ///
  /// The line ends of a layout of ours are no part of the value: they get no sign.
  mutating func pieces(_ visible: VisibleText, isLaidOut: Bool = false) {
    for piece in visible.pieces {
      switch piece {
      case .plain(let plain): text(plain)
      case .lineBreak where isLaidOut: raw("\n")
      case .lineBreak: raw("<span class=\"inv one\" title=\"line end\">⏎</span>\n")
      case .sign(let sign, let name):
        open("span", .class(sign.utf8.count > 3 ? "inv" : "inv one"), .title(name))
        text(sign)
        raw("</span>")
      }
    }
  }

  /// A file, and the line in it.
  mutating func place(_ file: String, _ line: Int?) {
    shown(file)
    if let line { text(", line \(Words.count(line))") }
  }

  /// A time in words, with the exact time in its title.
  mutating func time(_ time: Timestamp, _ words: String, _ times: TimeWords) {
    open("time", HTMLAttribute("datetime", time.rfc3339), .title(times.exact(time)))
    text(words)
    raw("</time>")
  }

  /// The value of a side, without marks.
  mutating func value(_ value: FieldValue?) { self.value(ShownValue(value)) }

  private mutating func value(_ shown: ShownValue) {
    guard shown.isData else {
      element("span", .class("m"), text: shown.text)
      return
    }
    let visible = VisibleText(Self.clipped(shown.text), keepsSpaces: shown.isLong)
    valueElement(isLong: shown.isLong) { $0.pieces(visible, isLaidOut: shown.isLaidOut) }
    rest(of: shown.text)
  }

  /// The value of a side with what the other side lacks marked; between equals (`isPeer`) neither
  /// is new or old.
  mutating func value(_ comparison: ValueComparison, side: Side, isPeer: Bool = false) {
    let shown = side == .source ? comparison.source : comparison.remote
    guard shown.isData, let spans = comparison.spans(of: side) else {
      return value(shown)
    }
    valueElement(isLong: shown.isLong) { writer in
      for span in spans {
        let visible = VisibleText(span.text, keepsSpaces: span.kind == .common || shown.isLong)
        switch span.kind {
        case .common: writer.pieces(visible, isLaidOut: shown.isLaidOut)
        case .added where isPeer:
          writer.element("mark") { $0.pieces(visible, isLaidOut: shown.isLaidOut) }
        case .added:
          writer.element("ins") { $0.pieces(visible, isLaidOut: shown.isLaidOut) }
        case .removed:
          writer.element("del") { $0.pieces(visible, isLaidOut: shown.isLaidOut) }
        }
      }
    }
  }

  private mutating func valueElement(isLong: Bool, _ content: (inout HTMLWriter) -> Void) {
    if isLong {
      raw("<code class=\"val long\" tabindex=\"0\"><bdi>")
    } else {
      raw("<code class=\"val\"><bdi>")
    }
    content(&self)
    raw("</bdi></code>")
  }

  private static func clipped(_ text: String) -> String {
    text.utf8.count <= ShownValue.pageCharactersMax
      ? text : String(text.prefix(ShownValue.pageCharactersMax))
  }

  private mutating func rest(of text: String) {
    let more =
      text.utf8.count <= ShownValue.pageCharactersMax
      ? 0 : text.count - ShownValue.pageCharactersMax
    guard more > 0 else { return }
    element(
      "span", .class("m"), text: " … \(Words.count(more, "more character"))")
  }
}
