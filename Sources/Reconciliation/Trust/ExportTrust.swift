public import Formats

/// What was counted while an export was read.
public struct ExportStats: Sendable, Hashable {
  /// Full or delta.
  public var mode: ExportMode
  /// All rows of the mapping, accepted or not.
  public var rows: Int
  /// Rows that became records.
  public var accepted: Int
  /// Rows that can't be used.
  public var rejected: Int
  /// When the export was made, as far as is known.
  public var generatedAt: Timestamp?
  /// How many different keys it has.
  public var keys: Int
  /// How many of the keys of the last accepted full export it has.
  public var keysInCommon: Int
  /// How many records stood in the last export too, by key: what column changes are a share of.
  public var rowsCompared: Int
  /// On how many of those each column differs.
  public var changedByColumn: [String: Int]

  /// Takes all figures as they are.
  public init(
    mode: ExportMode, rows: Int, accepted: Int, rejected: Int, generatedAt: Timestamp? = nil,
    keys: Int, keysInCommon: Int, rowsCompared: Int, changedByColumn: [String: Int] = [:]
  ) {
    self.mode = mode
    self.rows = rows
    self.accepted = accepted
    self.rejected = rejected
    self.generatedAt = generatedAt
    self.keys = keys
    self.keysInCommon = keysInCommon
    self.rowsCompared = rowsCompared
    self.changedByColumn = changedByColumn
  }
}

/// What the mirror remembers of earlier exports of the mapping.
public struct ExportHistory: Sendable, Hashable {
  /// When the last accepted export was made.
  public var lastGeneratedAt: Timestamp?
  /// The accepted rows of the last accepted full exports, at most `medianOf` of them.
  public var fullRows: [Int]
  /// How many different keys the last accepted full export had; nil without one.
  public var lastKeys: Int?
  /// Now, for `max_age`.
  public var now: Timestamp

  /// How many full exports the median is taken of.
  public static let medianOf = 5

  /// Takes all figures as they are.
  public init(
    lastGeneratedAt: Timestamp? = nil, fullRows: [Int] = [], lastKeys: Int? = nil, now: Timestamp
  ) {
    self.lastGeneratedAt = lastGeneratedAt
    self.fullRows = fullRows
    self.lastKeys = lastKeys
    self.now = now
  }
}

/// What a guard says about an export.
public struct GuardVerdict: Sendable, Hashable {
  /// The guard.
  public let name: ExportGuard
  /// What was measured: a share, or seconds.
  public let measured: Double
  /// The limit in the same unit.
  public let limit: Double
  /// Whether the export is refused for it.
  public let refused: Bool
  /// What is wrong and what to do; nil when it passes.
  public let reason: String?
}

extension GuardOverrides {
  /// The guards of a configuration that names none; `max_age` is the mapping's own.
  public static let standard = GuardOverrides([
    .rejects: .figure(0.05), .older: .figure(0), .shrink: .figure(0.8), .growth: .figure(2),
    .overlap: .figure(0.7), .changedColumn: .figure(0.5),
  ])

  /// These guards with those of the other in their place.
  public func merging(_ other: GuardOverrides?) -> GuardOverrides {
    GuardOverrides(settings.merging(other?.settings ?? [:]) { _, new in new })
  }

  /// The guards of one export of a mapping: the defaults, the configuration's over them, the
  /// mapping's over all.
  public static func of(
    _ mapping: Mapping, _ rule: ExportRule, configuration: GuardOverrides?
  ) -> GuardOverrides {
    var guards = standard.merging(configuration)
    if let seconds = rule.maxAgeSeconds { guards.settings[.maxAge] = .figure(seconds) }
    return guards.merging(mapping.guards)
  }
}

/// Up to so many rejected rows never refuse an export.
public let rejectedRowsFree = 10
/// Below so many rows, shares say nothing.
public let guardRowsMin = 20

/// Judges an export by every guard that is on and can be measured, in the order of the list.
public func judgeExport(
  _ stats: ExportStats, history: ExportHistory, guards: GuardOverrides
) -> [GuardVerdict] {
  ExportGuard.allCases.compactMap { name in
    guard case .figure(let limit)? = guards.settings[name] else { return nil }
    return ExportJudge(stats: stats, history: history).verdict(name, limit)
  }
}

private struct ExportJudge {
  let stats: ExportStats
  let history: ExportHistory

  func verdict(_ name: ExportGuard, _ limit: Double) -> GuardVerdict? {
    switch name {
    case .rejects: rejects(limit)
    case .older: older()
    case .maxAge: maxAge(limit)
    case .shrink: size(name, limit) { $0 < limit }
    case .growth: size(name, limit) { $0 > limit }
    case .overlap: overlap(limit)
    case .changedColumn: changedColumn(limit)
    }
  }

  private func rejects(_ limit: Double) -> GuardVerdict {
    let share = stats.rows == 0 ? 0 : Double(stats.rejected) / Double(stats.rows)
    // However few its rows are: a full export that leaves nothing would take all for gone.
    let leavesNothing = stats.mode == .full && stats.rows > 0 && stats.rejected == stats.rows
    let refused = leavesNothing || stats.rejected > rejectedRowsFree && share > limit
    return verdict(.rejects, share, limit, refused) {
      "\(stats.rejected) of \(stats.rows) rows can't be used (\(percent(share)), limit "
        + "\(percent(limit))); look at the rejected rows"
    }
  }

  private func older() -> GuardVerdict? {
    guard let made = stats.generatedAt, let last = history.lastGeneratedAt else { return nil }
    let lag = last.seconds(since: made)
    return verdict(.older, lag, 0, lag > 0) {
      "it was made at \(made.rfc3339), before the last accepted one (\(last.rfc3339))"
    }
  }

  private func maxAge(_ limit: Double) -> GuardVerdict? {
    guard let made = stats.generatedAt else { return nil }
    let age = history.now.seconds(since: made)
    return verdict(.maxAge, age, limit, age > limit) {
      "it is \(DurationText.written(seconds: age.rounded())) old, the mapping allows "
        + DurationText.written(seconds: limit)
    }
  }

  private func size(
    _ name: ExportGuard, _ limit: Double, _ isBeyond: (Double) -> Bool
  ) -> GuardVerdict? {
    guard stats.mode == .full, let median = median, median >= Double(guardRowsMin) else {
      return nil
    }
    let share = Double(stats.accepted) / median
    let verb = name == .shrink ? "shrunk" : "grown"
    return verdict(name, share, limit, isBeyond(share)) {
      "it has \(verb) to \(percent(share)) of the usual \(Int(median)) rows (limit "
        + "\(percent(limit)))"
    }
  }

  private var median: Double? {
    let rows = history.fullRows.suffix(ExportHistory.medianOf).sorted()
    guard !rows.isEmpty else { return nil }
    let middle = rows.count / 2
    if rows.count % 2 == 1 { return Double(rows[middle]) }
    return Double(rows[middle - 1] + rows[middle]) / 2
  }

  private func overlap(_ limit: Double) -> GuardVerdict? {
    guard stats.mode == .full, let last = history.lastKeys, last >= guardRowsMin,
      stats.keys >= guardRowsMin
    else { return nil }
    let share = Double(stats.keysInCommon) / Double(last)
    return verdict(.overlap, share, limit, share < limit) {
      "only \(percent(share)) of the keys of the last export are in it (limit \(percent(limit)));"
        + " is the key column still the same?"
    }
  }

  private func changedColumn(_ limit: Double) -> GuardVerdict? {
    guard stats.mode == .full, stats.rowsCompared >= guardRowsMin,
      let (column, changed) = stats.changedByColumn.max(by: {
        ($0.value, $1.key) < ($1.value, $0.key)
      })
    else { return nil }
    let share = Double(changed) / Double(stats.rowsCompared)
    return verdict(.changedColumn, share, limit, share > limit) {
      "column \"\(column)\" changed on \(percent(share)) of the rows (limit \(percent(limit)))"
    }
  }

  private func verdict(
    _ name: ExportGuard, _ measured: Double, _ limit: Double, _ refused: Bool,
    _ reason: () -> String
  ) -> GuardVerdict {
    GuardVerdict(
      name: name, measured: measured, limit: limit, refused: refused,
      reason: refused ? reason() : nil)
  }

  private func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }
}
