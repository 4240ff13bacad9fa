internal import Formats
internal import Reconciliation

/// The conflicts of a report, grouped by severity and kind.
struct ReportConflicts {
  let model: ReportModel
  let times: TimeWords
  let limits: ReportLimits
  let places: ListPlaces

  /// Writes the section.
  func write(into html: inout HTMLWriter) {
    html.raw("<section id=\"conflicts\" aria-labelledby=\"conflicts-h\">")
    html.raw("<h2 id=\"conflicts-h\">Conflicts</h2>")
    if model.openCount == 0 {
      html.raw("<p>None is open")
      if let run = model.lastRun?.summary {
        html.raw("; last looked ")
        html.time(run.startedAt, times.ago(run.startedAt), times)
      }
      html.raw(".</p>")
    }
    var (severities, kinds): (Set<Severity>, Set<ConflictKind>) = ([], [])
    for group in ConflictGroup.groups(of: model.conflicts) {
      write(
        group, isFirst: severities.insert(group.severity).inserted,
        isFirstOfKind: kinds.insert(group.kind).inserted, &html)
    }
    html.raw("</section>\n")
  }

  private func write(
    _ group: ConflictGroup, isFirst: Bool, isFirstOfKind: Bool, _ html: inout HTMLWriter
  ) {
    html.open(
      "div", [.class("grp")] + (isFirstOfKind ? [.id("kind-\(group.kind.rawValue)")] : []))
    if isFirst {
      html.open("h3", .id("severity-\(group.severity.rawValue)"))
    } else {
      html.raw("<h3>")
    }
    html.element(
      "span", .class(group.severity.textClass),
      text: "\(group.severity.shape) \(group.severity.word)")
    html.element("span", text: group.kind.words)
    html.raw("<span class=\"n\">")
    html.counted(
      Words.count(model.total(of: group)),
      places.desk.flatMap { _ in places.address(.kind(group.kind, group.severity)) })
    html.raw("</span>")
    html.raw("</h3>")
    html.element("p", .class("m"), text: group.kind.meaning)
    alike(group, &html)
    var block = ConflictBlock(times: times)
    if places.desk != nil {
      block.address = { places.address(ofConflict: $0.id) }
      block.history = { places.address(ofConflict: $0.id).map { $0 + "#past-h" } }
    }
    for view in group.conflicts.prefix(limits.blocksPerKindMax) { block.write(view, into: &html) }
    lines(group, &html)
    html.raw("</div>")
  }

  /// Where many are alike: one command for all of them.
  private func alike(_ group: ConflictGroup, _ html: inout HTMLWriter) {
    for alike in group.alike {
      html.raw("<p class=\"note\">")
      let isWhole = group.conflicts.count == model.total(of: group)
      html.counted(
        Words.count(alike.count),
        places.address(.alike(alike.kind, mapping: alike.mapping, field: alike.field)))
      html.text("\(isWhole ? "" : " or more") are alike: ")
      html.shown(SystemNames.source(alike.mapping))
      html.raw(" · ")
      html.code(alike.field)
      html.raw(" <code class=\"cmd\">")
      html.shown(alike.command)
      html.raw("</code></p>")
    }
  }

  private func lines(_ group: ConflictGroup, _ html: inout HTMLWriter) {
    let more = group.conflicts.dropFirst(limits.blocksPerKindMax)
    guard !more.isEmpty else { return }
    let listed = more.prefix(limits.linesPerKindMax)
    html.raw("<details open><summary>")
    let count = model.total(of: group) - limits.blocksPerKindMax
    html.text("\(Words.count(count)) more")
    html.raw("</summary><div class=\"scroll\"><table class=\"full\"><thead><tr>")
    for name in ["Reference", "Field", "System says", SystemNames.remote, "Open", "Id"] {
      html.element("th", HTMLAttribute("scope", "col"), text: name)
    }
    html.raw("</tr></thead><tbody>")
    for view in listed { line(view, &html) }
    html.raw("</tbody></table></div>")
    if count > listed.count {
      html.raw("<p class=\"note\">")
      html.text("\(Words.count(count - listed.count)) further ones: ")
      html.raw("<code class=\"cmd\">resetsync report --format csv --out conflicts.csv</code></p>")
    }
    html.raw("</details>")
  }

  private func line(_ view: ConflictView, _ html: inout HTMLWriter) {
    html.open("tr", .id(view.id))
    html.raw("<td>")
    html.shown(ShownValue.shortened(view.subject, to: 40))
    html.raw("</td><td>")
    if let field = view.field { html.code(field) }
    html.raw("</td><td>")
    short(view, .source, &html)
    html.raw("</td><td>")
    short(view, .remote, &html)
    html.raw("</td><td>")
    html.text(TimeWords.length(view.ageSeconds(at: times.now)))
    html.raw("</td><td>")
    html.code(view.id)
    html.raw("</td></tr>")
  }

  private func short(_ view: ConflictView, _ side: Side, _ html: inout HTMLWriter) {
    if let words = view.rivals?.words(of: side) { return html.text(words) }
    let value = side == .source ? view.source : view.remote
    let other = ShownValue(side == .source ? view.remote : view.source)
    html.shown(ShownValue(value).inLine(against: other, to: 40))
  }
}

/// Conflicts of one severity and one kind.
struct ConflictGroup {
  let severity: Severity
  let kind: ConflictKind
  var conflicts: [ConflictView]

  /// How many conflicts must be alike before a command for all is offered.
  static let alikeMin = 5

  /// Many conflicts about one field of one source.
  struct Alike {
    let mapping: String
    let field: String
    let count: Int
    let kind: ConflictKind

    var command: String {
      "resetsync conflicts resolve --all --kind \(kind.rawValue) --mapping \(ShellWord.of(mapping)) "
        + "--field \(ShellWord.of(field)) --take source|remote"
    }
  }

  /// Groups in order of severity, then kind; within a group the order stays.
  static func groups(of conflicts: [ConflictView]) -> [ConflictGroup] {
    var places: [String: Int] = [:]
    var groups: [ConflictGroup] = []
    for view in conflicts {
      let name = "\(view.severity.rawValue)/\(view.kind.rawValue)"
      if let place = places[name] {
        groups[place].conflicts.append(view)
      } else {
        places[name] = groups.count
        groups.append(ConflictGroup(severity: view.severity, kind: view.kind, conflicts: [view]))
      }
    }
    let kinds = Dictionary(
      uniqueKeysWithValues: ConflictKind.allCases.enumerated().map { ($1, $0) })
    return groups.sorted {
      ($0.severity.place, kinds[$0.kind, default: 0]) < (
        $1.severity.place, kinds[$1.kind, default: 0]
      )
    }
  }

  /// Fields with many conflicts, most first.
  var alike: [Alike] {
    var counts: [String: (mapping: String, field: String, count: Int)] = [:]
    for view in conflicts {
      guard let mapping = view.mapping, let field = view.field else { continue }
      counts["\(mapping)\u{0}\(field)", default: (mapping, field, 0)].count += 1
    }
    return counts.values.filter { $0.count >= Self.alikeMin }
      .sorted { ($1.count, $0.mapping, $0.field) < ($0.count, $1.mapping, $1.field) }
      .map { Alike(mapping: $0.mapping, field: $0.field, count: $0.count, kind: kind) }
  }
}

extension ReportModel {
  /// How many conflicts a group has, listed or not.
  func total(of group: ConflictGroup) -> Int {
    max(group.conflicts.count, kinds[group.kind] ?? 0)
  }
}
