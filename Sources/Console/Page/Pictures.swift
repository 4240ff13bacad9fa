internal import Formats
internal import Reconciliation

/// The pictures of a report, as inline SVG with the same figures as text beside them.
struct Pictures {
  let model: ReportModel
  let times: TimeWords
  let places: ListPlaces

  /// One stacked bar of all resets by situation, most pressing first, with its legend.
  func situations(into html: inout HTMLWriter) {
    let shown = Situation.allCases.filter {
      $0 != .sourceOnly && model.situations[$0, default: 0] > 0
    }
    let total = shown.reduce(0) { $0 + model.situations[$1, default: 0] }
    guard total > 0 else {
      html.element("p", .class("m"), text: "No resets yet.")
      return
    }
    let ordered = [.inSync, .driftAccepted, .update] + shown.filter { !Self.isQuiet($0) }
    let parts = ordered.map { ($0, model.situations[$0, default: 0]) }.filter { $0.1 > 0 }
    html.open(
      "svg", .class("bar"), HTMLAttribute("viewBox", "0 0 1000 16"),
      HTMLAttribute("preserveAspectRatio", "none"), HTMLAttribute("role", "img"),
      HTMLAttribute("aria-labelledby", "sit-t sit-d"))
    html.element("title", .id("sit-t"), text: "Resets by situation")
    html.element("desc", .id("sit-d"), text: parts.map(Self.words).joined(separator: ", "))
    var x = 0.0
    for (part, width) in zip(parts, Self.widths(parts.map(\.1))) {
      rect(part.0.barClass, x, 0, max(1, width - 2), 16, &html)
      x += width
    }
    html.raw("</svg>")
    html.raw("<ul class=\"legend\">")
    for part in parts {
      html.raw("<li>")
      html.open("span", .class("sw \(part.0.barClass)"))
      html.raw("</span>")
      html.counted(Self.words(part), places.address(.situation(part.0)))
      html.raw("</li>")
    }
    html.raw("</ul>")
    let bare = model.situations[.sourceOnly, default: 0]
    if bare > 0 {
      html.raw("<p class=\"m\">and ")
      html.counted(Words.count(bare, "record"), places.address(.situation(.sourceOnly)))
      html.raw(" without a reset</p>")
    }
  }

  /// Conflicts by age as five columns over their numbers.
  func ages(into html: inout HTMLWriter) {
    let counts = AgeBucket.allCases.map { model.ages[$0, default: 0] }
    let highest = Double(max(1, counts.max() ?? 1))
    html.open(
      "svg", .class("cols"), HTMLAttribute("viewBox", "0 0 500 48"),
      HTMLAttribute("height", "48"), HTMLAttribute("preserveAspectRatio", "none"),
      HTMLAttribute("role", "img"), HTMLAttribute("aria-labelledby", "age-t age-d"))
    html.element("title", .id("age-t"), text: "Open conflicts by age")
    let words = zip(AgeBucket.allCases, counts).map { "\($0.label): \(Words.count($1))" }
    html.element("desc", .id("age-d"), text: words.joined(separator: ", "))
    for (place, count) in counts.enumerated() where count > 0 {
      let height = max(2, Double(count) / highest * 46)
      rect(
        place == 4 ? "k0" : place == 3 ? "k1" : "ku", Double(place) * 100 + 22, 47 - height, 56,
        height, &html)
    }
    html.raw("<line class=\"axis\" x1=\"0\" y1=\"47.5\" x2=\"500\" y2=\"47.5\"/></svg>")
    html.raw("<table class=\"ages\"><tr>")
    for bucket in AgeBucket.allCases {
      html.element("th", HTMLAttribute("scope", "col"), text: bucket.label)
    }
    html.raw("</tr><tr>")
    for (bucket, count) in zip(AgeBucket.allCases, counts) {
      html.raw("<td>")
      html.counted(
        count == 0 ? "–" : Words.count(count), count == 0 ? nil : places.address(.age(bucket)))
      html.raw("</td>")
    }
    html.raw("</tr></table>")
  }

  /// Open conflicts over the last runs as a line, with first, last and highest in words.
  func trend(into html: inout HTMLWriter) {
    guard model.trend.count > 1, let first = model.trend.first, let last = model.trend.last else {
      html.element("p", .class("m"), text: "A trend needs two runs.")
      return
    }
    let values = model.trend.map(\.open)
    let highest = values.max() ?? 0
    let step = 292 / Double(values.count - 1)
    let points = values.enumerated().map { place, value in
      (4 + Double(place) * step, 44 - Double(value) / Double(max(1, highest)) * 40)
    }
    html.open(
      "svg", HTMLAttribute("viewBox", "0 0 300 48"), HTMLAttribute("width", "300"),
      HTMLAttribute("height", "48"), HTMLAttribute("role", "img"),
      HTMLAttribute("aria-labelledby", "tr-t tr-d"))
    html.element("title", .id("tr-t"), text: "Open conflicts after each of the last runs")
    html.element("desc", .id("tr-d"), text: values.map(String.init).joined(separator: ", "))
    html.raw("<line class=\"axis\" x1=\"0\" y1=\"47.5\" x2=\"300\" y2=\"47.5\"/>")
    let path = points.map { "\(Self.short($0.0)),\(Self.short($0.1))" }.joined(separator: " ")
    html.open("polyline", .class("spark"), HTMLAttribute("points", path))
    html.raw("</polyline>")
    if let end = points.last {
      html.open(
        "circle", .class("dot"), HTMLAttribute("cx", Self.short(end.0)),
        HTMLAttribute("cy", Self.short(end.1)), HTMLAttribute("r", "2.5"))
      html.raw("</circle>")
    }
    html.raw("</svg><p>")
    let runs = places.address(.runs)
    html.counted(Words.count(first.open), runs)
    html.raw(" on ")
    html.time(first.at, times.short(first.at), times)
    html.raw(" → ")
    html.counted(Words.count(last.open), runs)
    html.raw(" now · at most ")
    html.counted(Words.count(highest), runs)
    html.raw("</p>")
  }

  private static func isQuiet(_ situation: Situation) -> Bool {
    situation == .inSync || situation == .driftAccepted || situation == .update
  }

  private static func words(_ part: (Situation, Int)) -> String {
    "\(part.0.words) \(Words.count(part.1))"
  }

  /// Widths out of 1,000; what is there is at least 8 wide, at the cost of the widest.
  static func widths(_ counts: [Int]) -> [Double] {
    let total = Double(counts.reduce(0, +))
    var widths = counts.map { max(8, Double($0) / total * 1_000) }
    if let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
      widths[widest] -= widths.reduce(0, +) - 1_000
    }
    return widths
  }

  private func rect(
    _ name: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double,
    _ html: inout HTMLWriter
  ) {
    html.open(
      "rect", .class(name), HTMLAttribute("x", Self.short(x)), HTMLAttribute("y", Self.short(y)),
      HTMLAttribute("width", Self.short(width)), HTMLAttribute("height", Self.short(height)))
    html.raw("</rect>")
  }

  /// A coordinate with one decimal.
  private static func short(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}
