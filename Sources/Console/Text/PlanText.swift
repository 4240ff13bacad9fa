internal import Formats
internal import Mirror
internal import Reconciliation

/// Plans for a terminal, and for the comment of a pull request.
public enum PlanText {
  /// `plan show`: what it is, what holds it, what it writes.
  public static func text(_ plan: PlanView, times: TimeWords, style: TextStyle) -> String {
    let record = plan.record
    let dry = record.isDryRun ? ", dry" : ""
    var lines = [
      style.toned("Plan \(VisibleText.of(record.digest))", .bold)
        + " · run \(VisibleText.of(record.run))\(dry) · \(times.stamp(record.madeAt))",
      "\(Words.count(record.updates, "update")) of \(Words.count(record.fields, "field"))"
        + (plan.run.map { ", \(RunWords.heldWords($0))" } ?? ""),
    ]
    for rail in plan.rails {
      let mapping = rail.mapping.map { " (\(SystemNames.source($0)))" } ?? ""
      lines.append(
        style.toned(
          "▲ Rail \(VisibleText.of(Words.spaced(rail.name)))\(mapping): "
            + "\(Words.count(rail.measured)), allowed \(Words.count(rail.limit))\(rail.holds)",
          .high))
    }
    if let approval = plan.approval {
      lines.append(
        "Approved \(times.since(approval.at)): the next run that may write sends it, if it is due"
          + " then as it is here.")
    } else if let command = plan.command {
      lines.append("To let exactly this plan through: \(command)")
    }
    return (lines + [""] + list(plan, style)).joined(separator: "\n") + "\n"
  }

  /// What a plan writes: at the end of a dry run, and of `plan show`.
  public static func updates(_ plan: PlanView, style: TextStyle) -> String {
    (["", style.toned("What would be written to \(SystemNames.remote)", .bold)]
      + list(plan, style)).joined(separator: "\n") + "\n"
  }

  private static func list(_ plan: PlanView, _ style: TextStyle) -> [String] {
    var lines: [String] = []
    for group in plan.groups { lines += self.lines(group, style) }
    if plan.groups.isEmpty {
      lines.append(
        plan.isLast || plan.record.updates == 0
          ? "It writes nothing."
          : "It sent nothing, and the updates of a plan are kept until the next one is made.")
    } else if plan.more > 0 {
      lines.append(
        "and \(Words.count(plan.more, "more update")): "
          + "resetsync plan show \(ShellWord.of(plan.record.run)) --format csv")
    }
    if !plan.isLast, !plan.groups.isEmpty {
      lines.append("Only what this plan sent is kept of it: a later one was made since.")
    }
    return lines
  }

  private static func lines(_ group: PlanView.Group, _ style: TextStyle) -> [String] {
    let first = group.entries[0]
    let held =
      first.heldBy.isEmpty
      ? ""
      : style.toned(" · held by \(Words.list(first.heldBy.map(Words.spaced)))", .high)
    let writes = first.writes.map { "    \(words($0))" }
    guard group.count > 1 else {
      return [name(first) + state(first) + held] + writes
    }
    let head = style.toned(
      "\(Words.count(group.count)) × \(SystemNames.source(first.mapping))", .bold)
    let more = group.count - group.entries.count
    let names = group.entries.map { "      \(name($0, withSource: false))\(state($0))" }
    return [head + held] + writes + names
      + (more > 0 ? ["      and \(Words.count(more)) more like them"] : [])
  }

  private static func name(_ entry: PlanView.Entry, withSource: Bool = true) -> String {
    var parts = [VisibleText.of(ShownValue.shortened(entry.reference))]
    if withSource { parts.append(SystemNames.source(entry.mapping)) }
    parts.append(VisibleText.of(entry.reset))
    if let place = entry.place {
      parts.append("\(VisibleText.of(place.file)), line \(Words.count(place.line))")
    }
    return parts.joined(separator: " · ")
  }

  private static func state(_ entry: PlanView.Entry) -> String {
    entry.state.map { " · \($0.words)" } ?? ""
  }

  private static func words(_ write: PlanView.Write) -> String {
    "\(VisibleText.of(write.name)): \(change(write).text), \(write.why)"
  }

  /// `old → new`, both cut around where they differ.
  static func change(_ write: PlanView.Write) -> Phrase {
    let (old, new): (FieldValue?, FieldValue?) = (write.old, write.new)
    return "\(old, against: new) → \(new, against: old)"
  }
}
