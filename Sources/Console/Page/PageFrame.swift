internal import Formats

/// What every page has: head with the one style sheet, skip link, landmarks, foot.
struct PageFrame {
  let title: String
  /// Writes what stands at the left and right of the top line.
  let top: (inout HTMLWriter) -> Void
  /// Whether the page is a file: then the policy that headers would carry stands in its head.
  var isFile = false

  /// Writes the page around its main content.
  func write(main: (inout HTMLWriter) -> Void, foot: (inout HTMLWriter) -> Void) -> HTMLWriter {
    var html = HTMLWriter(capacityBytes: 65_536)
    html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    html.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">")
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">")
    html.raw("<meta name=\"robots\" content=\"noindex\">")
    if isFile {
      html.open(
        "meta", HTMLAttribute("http-equiv", "Content-Security-Policy"),
        HTMLAttribute("content", "default-src 'none'; style-src '\(StyleSheet.policyHash)'"))
    }
    html.element("title", text: title)
    html.style(StyleSheet.css)
    html.raw("</head>\n<body><a class=\"skip\" href=\"#main\">To the content</a>\n")
    html.raw("<header class=\"top\">")
    top(&html)
    html.raw("</header>\n<main id=\"main\">\n")
    main(&html)
    html.raw("</main>\n<footer class=\"foot\">")
    foot(&html)
    html.raw("</footer></body></html>\n")
    return html
  }
}
