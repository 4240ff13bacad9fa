internal import Formats
internal import Reconciliation

/// The report for a terminal, from the same model as the page.
public struct ReportText {
  let model: ReportModel
  let times: TimeWords
  let style: TextStyle
  let limits: ReportLimits

  /// A report to be written.
  public init(
    _ model: ReportModel, times: TimeWords, style: TextStyle,
    limits: ReportLimits = ReportLimits()
  ) {
    self.model = model
    self.times = times
    self.style = style
    self.limits = limits
  }

  /// The text, ended by a line end.
  public func text() -> String {
    (top + facts + conflicts + tail).joined(separator: "\n") + "\n"
  }

  private var rule: String { String(repeating: "─", count: min(style.width, 100)) }

  private var top: [String] {
    let run =
      model.lastRun.map { " · run \($0.number.map(String.init) ?? VisibleText.of($0.summary.run))" }
      ?? ""
    let left = "resetsync · \(VisibleText.of(model.organization)) (\(VisibleText.of(model.mode)))"
    return [
      style.toned(left, .bold) + " · as of \(times.stamp(model.asOf))\(run)", rule,
    ] + TerminalWidth.wrapped(Headline(of: model, times: times).text, to: style.width) + [""]
  }

  private var facts: [String] {
    var table = TextTable([
      .init(title: ""), .init(title: "", canShrink: true), .init(title: ""), .init(title: ""),
      .init(title: ""),
    ])
    for (place, source) in model.sources.enumerated() {
      let words = SourceWords(source: source, now: model.asOf, times: times)
      table.add([
        place == 0 ? "Sources   " : "", VisibleText.of(source.name),
        words.delivered, Words.count(source.records, "record"),
        source.unreachable == nil && source.kinds.isEmpty && source.deliveredAt != nil
          ? mark(source.isStale(at: model.asOf), source.maxAgeSeconds)
          : words.trouble.map { style.toned("▲ \($0)", .high) } ?? style.toned("✓", .good),
      ])
    }
    let remote = model.remote
    table.add([
      model.sources.isEmpty ? "Sources   " : "", SystemNames.remote,
      remote.pulledAt.map { times.ago($0) + (remote.isComplete ? "" : ", not complete") }
        ?? "never read",
      Words.count(remote.resets, "reset"),
      mark(remote.isStale(at: model.asOf), remote.maxAgeSeconds),
    ])
    return table.lines(style) + lastRun + SituationText.lines(model.situations, style: style)
      + openLines + [rule]
  }

  private func mark(_ isStale: Bool, _ maxAge: Double?) -> String {
    guard isStale, let maxAge else { return style.toned("✓", .good) }
    return style.toned("▲ expected every \(TimeWords.length(maxAge))", .high)
  }

  private var lastRun: [String] {
    guard let run = model.lastRun?.summary else { return ["Last run    none yet"] }
    return ["Last run    \(RunWords.push(run))", "            \(RunWords.cost(run))"]
      + run.messages.prefix(5).map { "            \(VisibleText.of($0))" }
      + run.nearMisses.flatMap {
        TerminalWidth.wrapped(NearMissWords.text($0), to: style.width - 12).map {
          String(repeating: " ", count: 12) + $0
        }
      }
  }

  private var openLines: [String] {
    let ages = AgeBucket.allCases.map { bucket in
      let count = model.ages[bucket, default: 0]
      return "\(bucket.label) \(count == 0 ? "–" : Words.count(count))"
    }
    var lines = ["Age of open " + ages.joined(separator: "   ")]
    if let first = model.trend.first, let last = model.trend.last, model.trend.count > 1 {
      let line = Sparkline.of(model.trend.map(\.open))
      lines.append(
        "Trend       \(line)  \(Words.count(first.open)) → \(Words.count(last.open)) "
          + "(\(Words.count(model.trend.count, "run")))")
    }
    return lines
  }

  private var conflicts: [String] {
    guard model.openCount > 0 else { return ["No conflict is open.", ""] }
    var lines: [String] = []
    for group in ConflictGroup.groups(of: model.conflicts) {
      let severity = ConflictText.severity(group.severity, style)
      lines.append("\(severity)  \(group.kind.words)  \(Words.count(model.total(of: group)))")
      lines.append("")
      for view in group.conflicts.prefix(limits.blocksPerKindMax) {
        lines += ConflictText.block(view, times: times, style: style).map { "  " + $0 } + [""]
      }
      let more = model.total(of: group) - limits.blocksPerKindMax
      if more > 0 {
        lines.append(
          "  \(Words.count(more)) more: resetsync report --format csv --out conflicts.csv")
        lines.append("")
      }
    }
    return lines
  }

  private var tail: [String] {
    var lines: [String] = []
    if let delta = model.delta {
      lines.append(
        "New \(times.since(delta.since)) \(Words.count(delta.newCount)) · gone "
          + "\(Words.count(delta.goneCount)) · unchanged \(Words.count(delta.unchangedCount))")
    }
    for rail in model.rails {
      let mapping = rail.mapping.map { " (\(SystemNames.source($0)))" } ?? ""
      lines.append(
        "Rail \(VisibleText.of(Words.spaced(rail.name)))\(mapping): \(Words.count(rail.measured)), allowed "
          + "\(Words.count(rail.limit))\(rail.holds); \(rail.command ?? rail.advice)")
    }
    for export in model.refused {
      lines.append(
        "Refused \(VisibleText.of(export.file)) of \(SystemNames.source(export.mapping)): "
          + VisibleText.of(export.reason))
      lines.append("  \(export.command)")
    }
    if model.rejectedCount > 0 {
      lines.append("Rejected rows \(Words.count(model.rejectedCount))")
      for row in model.rejected.prefix(20) {
        let column = row.column.map { ", column \(VisibleText.of($0))" } ?? ""
        lines.append(
          "  \(VisibleText.of(row.file)), line \(Words.count(row.line))\(column): "
            + VisibleText.of(row.reason))
      }
    }
    return lines
  }
}

/// Numbers over time in one line of text.
enum Sparkline {
  /// One sign per number, from `▁` for the least to `█` for the most.
  static func of(_ numbers: [Int]) -> String {
    let signs = Array("▁▂▃▄▅▆▇█")
    let highest = max(1, numbers.max() ?? 1)
    return String(numbers.map { signs[max(0, $0) * (signs.count - 1) / highest] })
  }
}
