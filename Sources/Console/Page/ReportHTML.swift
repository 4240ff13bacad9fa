internal import Formats
internal import Reconciliation

/// The report as one HTML file: no script, no network.
public struct ReportHTML {
  let model: ReportModel
  let times: TimeWords
  let limits: ReportLimits
  /// Whether the page is served by the desk: then conflicts link to their page.
  var desk: String?

  /// A report to be written; times are relative to the instant it speaks of.
  public init(_ model: ReportModel, times: TimeWords, limits: ReportLimits = ReportLimits()) {
    self.model = model
    self.times = times
    self.limits = limits
  }

  /// The file, in UTF-8.
  public func bytes() -> [UInt8] {
    var frame = PageFrame(title: "resetsync · \(VisibleText.of(model.organization))") { top(&$0) }
    frame.isFile = true
    return frame.write(main: { main(&$0) }, foot: { foot(&$0) }).bytes
  }

  private func top(_ html: inout HTMLWriter) {
    html.raw("<p>resetsync · <b>")
    html.shown(model.organization)
    html.raw("</b> (")
    html.shown(model.mode)
    html.raw(")</p><p>as of ")
    html.time(model.asOf, times.stamp(model.asOf), times)
    if let run = model.lastRun {
      html.raw(" · run ")
      if let number = run.number { html.number(number) } else { html.code(run.summary.run) }
    }
    html.raw("</p>")
  }

  private func foot(_ html: inout HTMLWriter) {
    html.raw("<p>Made by resetsync ")
    html.time(model.asOf, times.exact(model.asOf), times)
    html.raw(". Every conflict in a spreadsheet: <code>resetsync report --format csv</code></p>")
  }

  /// The report without its frame.
  func main(_ html: inout HTMLWriter) {
    let places = ListPlaces(model, desk: desk, limits: limits)
    html.heading(Headline(of: model, times: times), places)
    ReportFacts(model: model, times: times, places: places).write(into: &html)
    ReportConflicts(model: model, times: times, limits: limits, places: places)
      .write(into: &html)
    ReportTail(model: model, times: times, limits: limits, places: places).write(into: &html)
    if desk == nil {
      ReportLists(model: model, times: times, limits: limits, places: places).write(into: &html)
    }
  }
}
