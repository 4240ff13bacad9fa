internal import Formats
internal import Reconciliation

/// Everything known of one key, for a terminal.
public enum ExplainText {
  /// What `explain` prints.
  public static func text(_ model: ExplainModel, times: TimeWords, style: TextStyle) -> String {
    var lines = [heading(model, style), ""]
    lines +=
      record(model, times) + rejected(model, times) + stale(model, times)
      + alike(model, style)
      + ExplainResetText.lines(model, times)
    lines += fields(model, style)
    if !model.pushes.isEmpty {
      lines += ["", "Pushes"]
      for push in model.pushes {
        let reason = push.reason.map { ": \(shown($0, model))" } ?? ""
        lines.append(
          "  \(times.short(push.at))  run \(VisibleText.of(push.run))  \(push.state)\(reason)  "
            + shown(push.fields.written(), model))
      }
    }
    if !model.history.isEmpty {
      lines += ["", "History"]
      lines += model.history.map { "  " + $0.text(model.masking, times: times) }
    }
    lines += ExplainResetText.lines(model.remote, model, times)
    for view in model.conflicts {
      lines += [""] + ConflictText.block(view, times: times, style: style)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func shown(_ text: String, _ model: ExplainModel) -> String {
    VisibleText.of(ShownValue.shortened(model.masking.text(text), to: 400))
  }

  private static func heading(_ model: ExplainModel, _ style: TextStyle) -> String {
    let key = shown(model.reference ?? model.reset?.id ?? "no reference", model)
    let situation = model.situation.map { " · \($0.words)" } ?? " · not reconciled yet"
    let origin = model.origin.map { " · origin \(VisibleText.of($0))" } ?? ""
    return style.toned("\(key) · \(SystemNames.source(model.mapping))", .bold) + origin + situation
  }

  private static func record(_ model: ExplainModel, _ times: TimeWords) -> [String] {
    let name = SystemNames.source(model.mapping)
    guard let record = model.record else { return ["Record      \(name) has none"] }
    let changed = record.changedAt.map { ", changed \(times.short($0))" } ?? ""
    var lines = [
      "Record      \(shown(record.provenance.file, model)), line "
        + "\(Words.count(record.provenance.line))\(changed)"
    ]
    if record.isSetAside {
      lines.append("            set aside by the rules: nothing is written for it")
    } else if record.isDeleted {
      lines.append("            deleted at the source")
    }
    for (column, cell) in zip(record.columns, record.cells) {
      lines.append("            \(VisibleText.of(column)): \(self.cell(cell, model))")
    }
    return lines
  }

  private static func rejected(_ model: ExplainModel, _ times: TimeWords) -> [String] {
    model.rejected.map { row in
      let column = row.column.map { ", \(VisibleText.of($0))" } ?? ""
      let label = row.isSetAside ? "Set aside   " : "Rejected    "
      return "\(label)\(shown(row.file, model)), line \(Words.count(row.line))\(column), "
        + "read \(times.short(row.at)): \(shown(row.reason, model))"
    }
  }

  private static func stale(_ model: ExplainModel, _ times: TimeWords) -> [String] {
    model.stale.map { row in
      let changed = row.changedAt.map { ", changed \(times.short($0))" } ?? ""
      return "Stale       \(shown(row.file, model)), line \(Words.count(row.line))\(changed), "
        + "read \(times.short(row.at)): what stands was changed later"
    }
  }

  private static func alike(_ model: ExplainModel, _ style: TextStyle) -> [String] {
    guard let key = model.reference, let other = model.lookalike,
      let words = NearMissWords.text(
        other, like: key, at: model.ownSide.other, of: SystemNames.source(model.mapping))
    else { return [] }
    return TerminalWidth.wrapped(model.masking.text(words), to: style.width - 12).enumerated()
      .map { ($0 == 0 ? "Alike       " : "            ") + $1 }
  }

  private static func cell(_ cell: Cell, _ model: ExplainModel) -> String {
    switch cell {
    case .absent: "not in the file"
    case .null: "empty"
    case .text(let text): shown(text, model)
    case .json(let value): shown(value.written(), model)
    }
  }

  private static func fields(_ model: ExplainModel, _ style: TextStyle) -> [String] {
    guard !model.fields.isEmpty else { return [] }
    var table = TextTable([
      .init(title: "FIELD", canShrink: true), .init(title: "LAST AGREED", canShrink: true),
      .init(title: SystemNames.source(model.mapping).uppercased(), canShrink: true),
      .init(title: SystemNames.remote.uppercased(), canShrink: true), .init(title: "OUTCOME"),
    ])
    for field in model.fields {
      table.add(
        [VisibleText.of(field.metadata)]
          + [field.base, field.source, field.remote].map { value in
            VisibleText.of(
              ShownValue.shortened(ShownValue(model.masking.value(value)).inLine))
          } + [Words.spaced(field.outcome)])
    }
    return [""] + table.lines(style)
  }
}
