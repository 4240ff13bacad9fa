import Formats
import Mirror
import Reconciliation

/// Brings what the mirror counted before the guards, and their word back.
struct ImportJudgement {
  let guards: GuardOverrides
  let mapping: Mapping
  let head: ExportHead
  let now: Timestamp
  /// What to set where this is another export than the last one; nil for nothing.
  var hint: String?

  /// Keeps or refuses the export; a forced one is kept, with the verdicts in its receipt.
  func verdict(on tally: ImportTally, isForced: Bool) -> ImportVerdict {
    let verdicts = judgeExport(stats(tally), history: history(tally), guards: held)
    let refused = verdicts.filter(\.refused)
    guard let first = refused.first else { return .accept(verdicts: Self.json(verdicts)) }
    if isForced { return .acceptAnyway(verdicts: Self.json(verdicts)) }
    var reasons = refused.compactMap(\.reason).joined(separator: "; ")
    if let hint, refused.contains(where: { $0.name == .overlap }) { reasons += "; \(hint)" }
    return .refuse(
      reason: "\(head.file): \(first.name.rawValue): \(reasons); "
        + "`import --accept \(head.sha256)` lets exactly this file through",
      verdicts: Self.json(verdicts))
  }

  /// Of an export that is read again only its rows are judged: it was compared with others when it
  /// came, and they were not read by these rules.
  private var held: GuardOverrides {
    guard head.rereads != nil else { return guards }
    return GuardOverrides(guards.settings.filter { $0.key == .rejects })
  }

  private func stats(_ tally: ImportTally) -> ExportStats {
    ExportStats(
      mode: head.mode, rows: tally.rows, accepted: tally.accepted, rejected: tally.rejected,
      generatedAt: head.generatedAt, keys: tally.keys,
      keysInCommon: tally.inCommon, rowsCompared: tally.compared,
      changedByColumn: tally.changedByColumn)
  }

  private func history(_ tally: ImportTally) -> ExportHistory {
    ExportHistory(
      lastGeneratedAt: tally.lastMadeAt, fullRows: tally.formerRows,
      lastKeys: tally.presentBefore > 0 ? tally.presentBefore : nil, now: now)
  }

  private static func json(_ verdicts: [GuardVerdict]) -> JSONValue {
    .object(
      JSONObject(
        verdicts.map { verdict in
          (
            verdict.name.rawValue,
            [
              "measured": .string(String(verdict.measured)),
              "limit": .string(String(verdict.limit)), "refused": .bool(verdict.refused),
            ]
          )
        }))
  }
}
