internal import Reconciliation

/// What an import did, export by export, and what to do next.
enum ImportText {
  /// Rejected rows that are shown for each export.
  private static let rejectedMax = 10

  static func lines(_ run: RunSummary, _ style: TextStyle) -> [String] {
    var lines = run.imports.flatMap { export($0, of: run, style) }
    lines += run.waiting.map(waiting) + run.passedOver.map(passedOver)
    if run.imports.isEmpty, run.waiting.isEmpty {
      lines +=
        run.sources.isEmpty
        ? ["No export waits that was not taken before."] : run.sources.compactMap(nothingNew)
    }
    // What was refused says its reason with the file.
    let reasons = run.imports.compactMap(\.reason)
    for message in run.messages where !reasons.contains(message) {
      lines.append(style.toned("! \(VisibleText.of(message))", .high))
    }
    return lines + [""] + next(run)
  }

  /// `SAP /exports/customers.csv: left for later: …`.
  static func waiting(_ export: RunSummary.WaitingExport) -> String {
    "\(name(export.mapping, export.file)) left for later: \(VisibleText.of(export.reason))"
  }

  /// `SAP /exports/c.csv.part passed over: …`.
  static func passedOver(_ file: RunSummary.PassedOver) -> String {
    "\(name(file.mapping, file.file)) passed over: \(VisibleText.of(file.reason))"
  }

  /// Why nothing came of a source; nil where that is not known, and said elsewhere.
  private static func nothingNew(_ source: RunSummary.Source) -> String? {
    guard source.state == .reachable else { return nil }
    let patterns = source.patterns.map { VisibleText.of($0) }.joined(separator: " and ")
    guard source.exports > 0 else {
      return "\(SystemNames.source(source.mapping)): no file lies at \(patterns)"
    }
    return "\(SystemNames.source(source.mapping)): nothing new, "
      + "\(Words.count(source.exports, "export")) at \(patterns)"
  }

  /// The first rejected rows of an export, each with line, column and reason.
  static func rejected(
    _ export: RunSummary.Import, of run: RunSummary, indent: Int
  ) -> [String] {
    let space = String(repeating: " ", count: indent)
    let shown = export.rejections.prefix(rejectedMax)
    guard !shown.isEmpty else { return [] }
    var lines = shown.map { row in
      let column = row.column.map { ", \(VisibleText.of($0))" } ?? ""
      let file = row.file.map { "\(VisibleText.of($0)), " } ?? ""
      return "\(space)\(file)line \(Words.count(row.line))\(column): \(VisibleText.of(row.reason))"
    }
    if export.rejected > shown.count {
      lines.append(
        "\(space)and \(Words.count(export.rejected - shown.count)) more; "
          + "`resetsync runs show \(ShellWord.of(run.run)) --format json` lists them")
    }
    return lines
  }

  /// How many rows `where` set aside, for which values, and what that means for records.
  static func setAside(_ export: RunSummary.Import, indent: Int) -> [String] {
    let aside = export.setAside
    guard aside.rows > 0 else { return [] }
    let space = String(repeating: " ", count: indent)
    var values = aside.values.map { value, rows in
      "\(value.isEmpty ? "empty" : "“\(VisibleText.of(value))”") \(Words.count(rows))"
    }
    let others = aside.rowsOfOtherValues
    if others > 0 { values.append("others \(Words.count(others))") }
    let rows = Words.count(aside.rows, "row")
    var lines = ["\(space)\(rows) set aside by \"where\": \(values.joined(separator: ", "))"]
    if aside.records > 0 {
      let records = Words.count(aside.records, "record")
      lines.append("\(space)\(records) stood in them before: nothing is written for them")
    }
    return lines
  }

  private static func export(
    _ export: RunSummary.Import, of run: RunSummary, _ style: TextStyle
  ) -> [String] {
    let name = name(export.mapping, export.file)
    var lines: [String]
    switch export.state {
    case "accepted": lines = [name, "  \(counts(export))"]
    case "replayed":
      return ["\(name): \(VisibleText.of(export.reason ?? "taken before, nothing to do"))"]
    default:
      let reason = VisibleText.of(export.reason ?? "")
      lines = [style.toned("\(name) \(export.state)", .high), "  \(reason)"]
    }
    lines += setAside(export, indent: 2)
    guard export.rejected > 0 else { return lines }
    return lines + ["  \(Words.count(export.rejected, "row")) rejected:"]
      + rejected(export, of: run, indent: 4)
  }

  private static func counts(_ export: RunSummary.Import) -> String {
    let rows = Words.count(export.rows, "row")
    let kind = export.mode == "delta" ? "changes" : "full"
    var words = [
      "\(Words.count(export.added)) new", "\(Words.count(export.changed)) changed",
      "\(Words.count(export.unchanged)) unchanged",
    ]
    if export.mode != "delta" { words.append("\(Words.count(export.removed)) gone") }
    if export.stale > 0 { words.append("\(Words.count(export.stale)) stale") }
    return "\(rows), \(kind): \(words.joined(separator: ", "))"
  }

  private static func name(_ mapping: String, _ file: String) -> String {
    "\(SystemNames.source(mapping)) \(VisibleText.of(file))"
  }

  private static func next(_ run: RunSummary) -> [String] {
    let changes = run.imports.filter { $0.state == "accepted" }
      .contains { $0.added + $0.changed + $0.removed > 0 }
    var lines: [String] = []
    if run.imports.contains(where: { $0.state == "refused" }) {
      lines.append("Where an export was refused, the last accepted one stands.")
    }
    if changes {
      lines.append("`resetsync reconcile` decides what of this goes to \(SystemNames.remote).")
    } else if run.imports.isEmpty, run.waiting.isEmpty, run.sources.isEmpty {
      lines.append("`resetsync check` tells where each mapping looks for exports.")
    } else if lines.isEmpty, run.waiting.isEmpty, run.messages.isEmpty {
      lines.append("Nothing has changed: there is nothing to do.")
    }
    return lines
  }
}
