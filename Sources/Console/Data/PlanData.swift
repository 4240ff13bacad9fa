public import Formats
internal import Mirror
internal import Reconciliation

/// Plans for other programs, update by update.
public enum PlanData {
  /// The columns of the CSV form, in order.
  public static let columns = [
    "reference", "mapping", "reset", "field", "now", "becomes", "because", "file", "line",
    "held_by", "state",
  ]

  /// The header of the CSV form.
  public static var header: String { ConflictCSV.row(columns) }

  /// An update as rows of the CSV form, one a value.
  public static func rows(_ entry: PlanView.Entry) -> String {
    entry.writes.map { write in
      ConflictCSV.row([
        entry.reference, entry.mapping, entry.reset, write.name, cell(write.old), cell(write.new),
        write.why, entry.place?.file ?? "", entry.place.map { String($0.line) } ?? "",
        entry.heldBy.joined(separator: " "), entry.state?.rawValue ?? "",
      ])
    }.joined()
  }

  private static func cell(_ value: FieldValue) -> String {
    value.json.map { $0.text ?? $0.written() } ?? ""
  }

  /// The members of the JSON form before the list of updates.
  public static func head(_ plan: PlanView) -> JSONObject {
    let record = plan.record
    return JSONObject([
      ("run", .string(record.run)), ("digest", .string(record.digest)),
      ("made_at", .string(record.madeAt.rfc3339)), ("dry_run", .bool(record.isDryRun)),
      ("updates", .int(record.updates)), ("fields", .int(record.fields)),
      ("withheld", .int(plan.run?.plan.withheld ?? record.withheld)),
      ("complete", .bool(plan.isLast)),
      ("approved_at", plan.approval.map { .string($0.at.rfc3339) } ?? .null),
      ("rails", .array(plan.rails.map(ReportJSON.rail))),
    ])
  }

  /// An update as JSON; what is absent is `{"absent": true}`.
  public static func json(_ entry: PlanView.Entry) -> JSONValue {
    [
      "reference": .string(entry.reference), "mapping": .string(entry.mapping),
      "reset": .string(entry.reset), "file": entry.place.map { .string($0.file) } ?? .null,
      "line": entry.place.map { .int($0.line) } ?? .null,
      "held_by": .array(entry.heldBy.map { .string($0) }),
      "state": entry.state.map { .string($0.rawValue) } ?? .null,
      "fields": .array(
        entry.writes.map { write in
          [
            "field": .string(write.name), "now": value(write.old), "becomes": value(write.new),
            "because": .string(write.why),
          ]
        }),
    ]
  }

  private static func value(_ value: FieldValue) -> JSONValue { value.json ?? ["absent": true] }

  /// The head of the table for the comment of a pull request.
  public static func markdown(_ plan: PlanView) -> String {
    var text = "**\(Words.count(plan.record.updates, "update"))**, plan `\(plan.record.digest)`\n"
    for rail in plan.rails {
      text +=
        "\n▲ rail `\(rail.name)`: \(Words.count(rail.measured)), allowed \(Words.count(rail.limit))"
        + "\(rail.holds)\n"
    }
    text +=
      "\n| n | system | for example | field | now | becomes | why |\n|--:|---|---|---|---|---|---|\n"
    for group in plan.groups {
      let first = group.entries[0]
      for write in first.writes {
        let cells = [
          Words.count(group.count), SystemNames.source(first.mapping), first.reference, write.name,
          ShownValue(write.old).inLine(against: ShownValue(write.new)),
          ShownValue(write.new).inLine(against: ShownValue(write.old)), write.why,
        ]
        text += "| " + cells.map(inert).joined(separator: " | ") + " |\n"
      }
    }
    return text + (plan.more > 0 ? "\nand \(Words.count(plan.more, "more update"))\n" : "")
  }

  /// Text from the data, which must not become markup.
  private static func inert(_ text: String) -> String {
    var out = ""
    for character in VisibleText.of(text) {
      if "\\`*_{}[]<>|#&@".contains(character) { out.append("\\") }
      out.append(character == "\n" ? " " : character)
    }
    return out
  }
}
