internal import Formats
internal import Mirror
internal import Reconciliation

/// The state of things for a terminal.
public enum StatusText {
  /// What `status` prints.
  public static func text(_ status: StatusModel, times: TimeWords, style: TextStyle) -> String {
    let report = status.report
    var lines = TerminalWidth.wrapped(Headline(of: report, times: times).text, to: style.width)
    if let pause = report.paused {
      let reason = pause.reason.map { ": \(VisibleText.of($0))" } ?? ""
      let by = pause.by.map { " by \(VisibleText.of($0))" } ?? ""
      lines.append(
        style.toned("Writing is paused\(by)\(reason); `resetsync resume` ends it.", .high))
    }
    lines += [""] + facts(status, times, style)
    if !status.runs.isEmpty {
      lines += ["", "Last runs"] + RunText.rows(status.runs, times, style)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func facts(
    _ status: StatusModel, _ times: TimeWords, _ style: TextStyle
  ) -> [String] {
    let report = status.report
    var table = TextTable([
      .init(title: ""), .init(title: "", canShrink: true), .init(title: ""), .init(title: ""),
      .init(title: ""),
    ])
    for (place, source) in report.sources.enumerated() {
      let words = SourceWords(source: source, now: report.asOf, times: times)
      table.add([
        place == 0 ? "Sources   " : "", source.name,
        words.delivered, Words.count(source.records, "record"),
        words.trouble.map { style.toned("▲ \($0)", .high) } ?? style.toned("✓", .good),
      ])
    }
    table.add([
      report.sources.isEmpty ? "Sources   " : "", SystemNames.remote,
      report.remote.pulledAt.map { times.ago($0) } ?? "never read",
      Words.count(report.remote.resets, "reset"),
      report.remote.isStale(at: report.asOf)
        ? style.toned("▲ late", .high) : style.toned("✓", .good),
    ])
    var lines = table.lines(style)
    let ages = AgeBucket.allCases.map { bucket in
      let count = report.ages[bucket, default: 0]
      return "\(bucket.label) \(count == 0 ? "–" : Words.count(count))"
    }
    lines.append(
      "Conflicts   \(Words.count(report.openCount)) open   \(ages.joined(separator: "   "))")
    lines.append("Queue       \(words(status.outbox, none: "nothing waits to be sent"))")
    lines.append(
      "Mirror      \(Words.bytes(status.mirrorBytes)), write-ahead log "
        + Words.bytes(status.logBytes))
    if !status.rateBudget.isEmpty {
      let left = status.rateBudget.sorted { $0.key < $1.key }
        .map { "\($0.key) \(Words.count($0.value))" }
      lines.append("Rate left   \(left.joined(separator: " · "))")
    }
    let jobs = status.jobs.compactMap { job in
      job.nextAt.map { "\(job.name) \(times.short($0))" }
    }
    lines.append("Next runs   \(jobs.isEmpty ? "none scheduled" : jobs.joined(separator: " · "))")
    return lines
  }

  private static func words(_ counts: [String: Int], none: String) -> String {
    let parts = counts.sorted { $0.key < $1.key }.filter { $0.value > 0 }
      .map { "\(Words.spaced($0.key)) \(Words.count($0.value))" }
    return parts.isEmpty ? none : parts.joined(separator: " · ")
  }
}
