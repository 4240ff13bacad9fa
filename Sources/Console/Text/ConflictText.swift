internal import Formats
internal import Reconciliation

/// Conflicts for a terminal.
public enum ConflictText {
  /// `conflicts list`: one line per conflict, and what to do next.
  public static func list(
    _ conflicts: [ConflictView], total: Int, times: TimeWords, style: TextStyle
  ) -> String {
    guard !conflicts.isEmpty else { return "No conflict matches.\n" }
    // Columns that would say the same in every row are left out.
    let showsState = conflicts.contains { $0.state != .open }
    let showsAssignee = conflicts.contains { $0.assignee != nil }
    var columns: [TextTable.Column] = [
      .init(title: "ID"), .init(title: "SEVERITY"), .init(title: "KIND", canShrink: true),
      .init(title: "REFERENCE"), .init(title: "SYSTEM", canShrink: true),
      .init(title: "FIELD", canShrink: true), .init(title: "OPEN", isNumber: true),
    ]
    if showsState { columns.append(.init(title: "STATE")) }
    if showsAssignee { columns.append(.init(title: "ASSIGNEE", canShrink: true)) }
    var table = TextTable(columns)
    for view in conflicts {
      var cells = [
        VisibleText.of(view.id), severity(view.severity, style), view.kind.rawValue,
        VisibleText.of(ShownValue.shortened(view.subject, to: 40)),
        VisibleText.of(view.sourceName), VisibleText.of(view.field ?? ""),
        TimeWords.length(view.ageSeconds(at: times.now)),
      ]
      if showsState { cells.append(view.state.rawValue) }
      if showsAssignee { cells.append(VisibleText.of(view.assignee ?? "")) }
      table.add(cells)
    }
    var lines = table.lines(style)
    lines.append("")
    if total > conflicts.count {
      lines.append(
        "\(Words.count(conflicts.count)) of \(Words.count(total)) shown; --limit shows more.")
    }
    lines.append("resetsync conflicts show \(conflicts[0].id) shows one with its choices.")
    return lines.joined(separator: "\n") + "\n"
  }

  /// `conflicts show`: one conflict with its values, where they came from, history and choices.
  public static func one(
    _ view: ConflictView, history: [HistoryLine] = [], times: TimeWords, style: TextStyle
  ) -> String {
    var lines = block(view, times: times, style: style)
    if !history.isEmpty {
      lines += ["", "History"]
      lines += history.map { "  \(times.short($0.at))  \($0.words(times: times))" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The block of a conflict, as the text report shows it too.
  static func block(_ view: ConflictView, times: TimeWords, style: TextStyle) -> [String] {
    var lines = [heading(view, style), style.toned("  " + meta(view, times), .muted)]
    if let detail = view.detail {
      lines += TerminalWidth.wrapped(VisibleText.of(detail), to: style.width - 2).map { "  " + $0 }
    }
    lines += values(view, times: times, style: style)
    if let decision = view.decision { lines.append("  " + words(of: decision, view, times)) }
    guard view.isDecidable else { return lines }
    for choice in view.choices {
      let words = TerminalWidth.wrapped(choice.result.text, to: style.width - 4)
      lines.append("  → " + words[0])
      lines += words.dropFirst().map { "    " + $0 }
      lines.append(style.toned("    " + choice.command(for: view.label), .muted))
    }
    return lines
  }

  /// The severity with its shape, in its colour.
  static func severity(_ severity: Severity, _ style: TextStyle) -> String {
    let tone: TextStyle.Tone =
      switch severity {
      case .critical: .critical
      case .high: .high
      case .medium: .medium
      case .low: .low
      }
    return style.toned("\(severity.shape) \(severity.rawValue)", tone)
  }

  private static func heading(_ view: ConflictView, _ style: TextStyle) -> String {
    var parts = [VisibleText.of(view.subject)]
    if view.mapping != nil { parts.append(VisibleText.of(view.sourceName)) }
    if let field = view.field { parts.append(VisibleText.of(field)) }
    return style.toned(parts.joined(separator: " · "), .bold) + " · \(view.kind.words)"
  }

  private static func meta(_ view: ConflictView, _ times: TimeWords) -> String {
    let age = TimeWords.length(view.ageSeconds(at: times.now))
    var parts = [view.state == .open ? "open \(age)" : "\(view.state.words), \(age)"]
    if view.isRegressed { parts.append("came back") }
    parts.append("seen \(Words.count(view.occurrences, "time"))")
    parts.append(view.assignee.map(VisibleText.of) ?? "nobody")
    if let until = view.snoozedUntil { parts.append("until \(times.short(until))") }
    parts.append(VisibleText.of(view.id))
    if let reset = view.reset, reset != view.subject {
      parts.append("reset \(VisibleText.of(reset))")
    }
    return parts.joined(separator: " · ")
  }

  private static func values(
    _ view: ConflictView, times: TimeWords, style: TextStyle
  ) -> [String] {
    if let rivals = view.rivals { return RivalText.lines(rivals, times: times, style: style) }
    guard view.showsValues, view.source != nil || view.remote != nil else { return [] }
    let comparison = ValueComparison(source: view.source, remote: view.remote)
    var rows: [(String, [String], String)] = []
    if view.field != nil {
      let base =
        view.baseSource == view.baseRemote
        ? plain(view.baseSource)
        : "\(plain(view.baseSource)), in \(SystemNames.remote) \(plain(view.baseRemote))"
      rows.append(("Last agreed", [view.baseSource == nil ? "never" : base], ""))
    }
    rows.append(
      (VisibleText.of(view.sourceName), value(comparison, .source, style), sourceFrom(view, times)))
    rows.append((SystemNames.remote, value(comparison, .remote, style), remoteFrom(view, times)))
    let labelWidth = rows.map { TerminalWidth.of($0.0) }.max() ?? 0
    var lines: [String] = []
    for (label, value, from) in rows {
      lines.append("    \(TerminalWidth.filled(label, to: labelWidth))  \(value[0])")
      let indent = String(repeating: " ", count: labelWidth + 6)
      lines += value.dropFirst().map { indent + $0 }
      if !from.isEmpty { lines.append(indent + style.toned(from, .muted)) }
    }
    if view.differsInHiddenPart {
      lines.append("    The addresses differ in the part that is not shown.")
    }
    return lines
  }

  private static func plain(_ value: FieldValue?) -> String {
    VisibleText.of(
      ShownValue.shortened(ShownValue(value).inLine, to: ShownValue.shortCharactersMax))
  }

  /// The value in lines; with colour what differs is marked, long ones keep what surrounds it.
  private static func value(
    _ comparison: ValueComparison, _ side: Side, _ style: TextStyle
  ) -> [String] {
    let shown = side == .source ? comparison.source : comparison.remote
    guard let spans = comparison.spans(of: side) else {
      return [shown.isData ? VisibleText.of(shown.inLine) : shown.text]
    }
    var lines = [""]
    for span in spans {
      for (place, part) in span.text.split(
        separator: "\n", omittingEmptySubsequences: false
      ).enumerated() {
        if place > 0 { lines.append("") }
        let text = VisibleText(String(part), keepsSpaces: span.kind == .common).text
        let toned =
          switch span.kind {
          case .common: text
          case .added: style.toned(text, .added)
          case .removed: style.toned(text, .removed)
          }
        lines[lines.count - 1] += toned
      }
    }
    return lines
  }

  private static func sourceFrom(_ view: ConflictView, _ times: TimeWords) -> String {
    var parts: [String] = []
    if let at = view.sourceChangedAt { parts.append("changed \(times.short(at))") }
    if let file = view.file {
      parts.append(
        VisibleText.of(file) + (view.line.map { ", line \(Words.count($0))" } ?? ""))
    }
    return parts.joined(separator: " · ")
  }

  private static func remoteFrom(_ view: ConflictView, _ times: TimeWords) -> String {
    guard let at = view.remoteChangedAt else { return "" }
    let by = view.remoteChangedBy.map { " by \(VisibleText.of($0))" } ?? ""
    return "changed \(times.short(at))\(by)"
  }

  private static func words(
    of decision: DecisionView, _ view: ConflictView, _ times: TimeWords
  ) -> String {
    let by = decision.by.map { " by \(VisibleText.of($0))" } ?? ""
    let reason = decision.reason.map { ": \(VisibleText.of($0))" } ?? ""
    let verb = view.state == .lapsed || view.state == .open ? "Lapsed decision" : "Decided"
    return "\(verb) \(VisibleText.of(decision.take))\(by), \(times.ago(decision.at))\(reason)"
  }
}
