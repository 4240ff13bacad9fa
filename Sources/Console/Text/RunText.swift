internal import Formats
public import Mirror
public import Reconciliation

/// Runs for a terminal.
public enum RunText {
  /// `runs list`: one line per run, newest first.
  public static func list(_ runs: [RunRecord], times: TimeWords, style: TextStyle) -> String {
    guard !runs.isEmpty else { return "No run yet.\n" }
    return rows(runs, times, style).joined(separator: "\n") + "\n"
  }

  static func rows(_ runs: [RunRecord], _ times: TimeWords, _ style: TextStyle) -> [String] {
    var table = TextTable([
      .init(title: "RUN", canShrink: true), .init(title: "COMMAND"), .init(title: "STARTED"),
      .init(title: "TOOK", isNumber: true), .init(title: "RESULT"),
      .init(title: "WRITTEN", isNumber: true), .init(title: "FAILED", isNumber: true),
      .init(title: "OPEN", isNumber: true), .init(title: "REQUESTS", isNumber: true),
    ])
    for run in runs {
      table.add([
        VisibleText.of(run.id), run.command + (run.isDryRun ? " (dry)" : ""),
        times.short(run.startedAt),
        run.endedAt.map { TimeWords.length($0.seconds(since: run.startedAt)) } ?? "–",
        run.result.map(Words.spaced) ?? "not ended", run.applied.map { Words.count($0) } ?? "–",
        run.failed.map { Words.count($0) } ?? "–", run.openConflicts.map { Words.count($0) } ?? "–",
        Words.count(run.requests),
      ])
    }
    return table.lines(style)
  }

  /// The summary of one run: what `reconcile` and `runs show` print.
  public static func summary(_ run: RunSummary, times: TimeWords, style: TextStyle) -> String {
    // In one line, however long: whoever reads but the first one has it all.
    let first = run.headline.map { [style.toned(VisibleText.of($0), .high)] }
    var lines =
      (first ?? []) + [
        style.toned("\(run.command) \(VisibleText.of(run.run))", .bold)
          + " · \(RunWords.result(run.result)) · \(times.stamp(run.startedAt))",
        "",
      ]
    if run.command == "import" {
      return (lines + ImportText.lines(run, style)).joined(separator: "\n") + "\n"
    }
    lines.append("Pull        \(pull(run.pull))")
    lines += imports(run, style)
    lines.append("Plan        \(plan(run))")
    for rail in run.rails where rail.tripped { lines += self.rail(rail, run, style) }
    if run.plan.updates > 0, run.dryRun || run.plan.withheld > 0 {
      lines.append("            `resetsync plan show \(ShellWord.of(run.run))` lists each update")
    }
    lines += undone(run, style)
    lines.append("Push        \(RunWords.push(run))")
    lines.append(
      "Conflicts   \(Words.count(run.conflicts.open)) open · \(Words.count(run.conflicts.opened)) "
        + "opened, \(Words.count(run.conflicts.closed)) closed, "
        + "\(Words.count(run.conflicts.lapsed)) lapsed")
    lines.append("Cost        \(RunWords.cost(run))")
    for miss in run.nearMisses {
      lines += labelled("Near misses", NearMissWords.text(miss), style)
    }
    for message in run.messages where message != run.headline {
      lines.append(style.toned("! \(VisibleText.of(message))", .high))
    }
    lines += ["", SituationText.table(run.situations, style: style)]
    if run.conflicts.open > 0 {
      lines.append(
        "`resetsync conflicts` lists what needs you, `resetsync review` opens the desk.\n")
    }
    return lines.joined(separator: "\n")
  }

  /// Words behind a label, in as many lines as they need.
  private static func labelled(_ label: String, _ words: String, _ style: TextStyle) -> [String] {
    TerminalWidth.wrapped(words, to: style.width - 13).enumerated().map {
      TerminalWidth.filled($0 == 0 ? label : "", to: 12) + " " + $1
    }
  }

  private static func pull(_ pull: RunSummary.Pull) -> String {
    guard pull.requests > 0 else { return "none" }
    let kind = pull.full ? "full" : "incremental"
    let end = pull.complete ? "complete" : "not complete"
    return
      "\(kind), \(end) · \(Words.count(pull.rows, "row")), \(Words.count(pull.changed)) changed"
  }

  private static func imports(_ run: RunSummary, _ style: TextStyle) -> [String] {
    let taken = run.imports.enumerated().flatMap { place, export in
      [line(export, place, style)] + ImportText.setAside(export, indent: 14)
        + ImportText.rejected(export, of: run, indent: 14)
    }
    let waiting = run.waiting.enumerated().map { place, export in
      (place == 0 && taken.isEmpty ? "Import      " : "            ")
        + ImportText.waiting(export)
    }
    let passedOver = run.passedOver.enumerated().map { place, file in
      (place == 0 && taken.isEmpty && waiting.isEmpty ? "Import      " : "            ")
        + ImportText.passedOver(file)
    }
    let lines = taken + waiting + passedOver
    guard lines.isEmpty else { return lines }
    let unknown = run.sources.filter { $0.state == .unreachable }.map {
      SystemNames.source($0.mapping)
    }
    return [
      "Import      " + (unknown.isEmpty ? "nothing new" : "\(Words.list(unknown)) unreachable")
    ]
  }

  private static func line(
    _ export: RunSummary.Import, _ place: Int, _ style: TextStyle
  ) -> String {
    let label = place == 0 ? "Import      " : "            "
    let name = "\(SystemNames.source(export.mapping)) \(VisibleText.of(export.file))"
    guard export.state == "accepted" else {
      let reason = export.reason.map { ": \(VisibleText.of($0))" } ?? ""
      guard export.state == "refused" else { return label + name + reason }
      return label + style.toned("\(name) \(export.state)\(reason)", .high)
    }
    let stale = export.stale > 0 ? ", \(Words.count(export.stale)) stale" : ""
    return label
      + "\(name) · \(Words.count(export.accepted, "row")) (\(Words.count(export.added)) new, "
      + "\(Words.count(export.changed)) changed, \(Words.count(export.removed)) gone\(stale)), "
      + "\(Words.count(export.rejected)) rejected"
  }

  private static func plan(_ run: RunSummary) -> String {
    let plan = run.plan
    guard plan.updates > 0 || plan.conflicts > 0 || plan.held > 0 else { return "nothing to do" }
    let digest = plan.digest.isEmpty ? "" : " · \(VisibleText.of(plan.digest))"
    return "\(Words.count(plan.updates, "update")) of \(Words.count(plan.fields, "field")), "
      + "\(Words.count(plan.conflicts, "conflict")), \(RunWords.heldWords(run))\(digest)"
  }

  /// What an undo left, the first of it.
  private static func undone(_ run: RunSummary, _ style: TextStyle) -> [String] {
    guard let undo = run.undo else { return [] }
    let head =
      "Undo        of run \(VisibleText.of(undo.run)), which wrote "
      + Words.count(undo.wrote, "reset")
    guard undo.leftCount > 0 else {
      return [head + (undo.wrote == 0 ? "" : "; nothing of it is left out")]
    }
    let stays =
      undo.leftCount == 1 ? "1 stays as it is:" : "\(Words.count(undo.leftCount)) stay as they are:"
    var lines = [style.toned("\(head); \(stays)", .high)]
    for left in undo.left.prefix(leftShownMax) {
      let field = left.field.map { " · \(VisibleText.of($0))" } ?? ""
      lines.append(
        "              \(VisibleText.of(left.reference)) · \(SystemNames.source(left.mapping))"
          + "\(field) · \(VisibleText.of(left.reset)): \(VisibleText.of(left.reason))")
    }
    let more = undo.leftCount - min(leftShownMax, undo.left.count)
    if more > 0 { lines.append("              and \(Words.count(more)) more") }
    return lines
  }

  private static let leftShownMax = 20

  private static func rail(
    _ rail: RunSummary.Rail, _ run: RunSummary, _ style: TextStyle
  ) -> [String] {
    let tripped = TrippedRail(rail, of: run)
    let mapping = rail.mapping.map { " (\(SystemNames.source($0)))" } ?? ""
    return [
      style.toned(
        "▲ Rail \(VisibleText.of(Words.spaced(rail.name)))\(mapping): "
          + "\(Words.count(rail.measured)), allowed \(Words.count(rail.limit))\(tripped.holds)",
        .high),
      "  \(tripped.advice)",
    ]
  }
}
