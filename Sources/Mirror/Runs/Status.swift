public import Formats
public import Reconciliation
internal import SQLite

/// How fresh one source is.
public struct SourceStatus: Sendable, Hashable {
  /// The mapping.
  public let mapping: String
  /// When it last delivered, whatever the mode.
  public let last: LastDelivery
  /// When it last delivered, by mode; only modes that it ever delivered.
  public let deliveries: [ExportMode: LastDelivery]
  /// How its folders were at the last look into them; nil before the first one.
  public let state: SourceState?
  /// Its last export, if that was refused after the last accepted one.
  public let refused: ImportReceipt?
  /// Records that its last exports had.
  public let records: Int
  /// Links that are not closed.
  public let links: Int
  /// When it was last reconciled.
  public let reconciledAt: Timestamp?
}

/// A plan as it was stored.
public struct PlanRecord: Sendable, Hashable {
  /// The run that made it.
  public let run: String
  /// The digest of all its updates: approvals name it.
  public let digest: String
  /// When it was made.
  public let madeAt: Timestamp
  /// Whether it was a dry run.
  public let isDryRun: Bool
  /// Updates in it, withheld ones included.
  public let updates: Int
  /// Field values in them, withheld ones included.
  public let fields: Int
  /// Updates that a rail or a setting kept from leaving.
  public let withheld: Int
  /// What the rails measured, as the clearance gave it.
  public let verdicts: JSONValue
}

extension Mirror {
  /// How fresh the sources of these mappings are, in their order; of those too that have no data
  /// yet.
  public func sources(_ mappings: [String]) throws -> [SourceStatus] {
    try read { try mappings.map { try source($0) } }
  }

  private func source(_ name: String) throws -> SourceStatus {
    let stored = try database.first(
      """
      SELECT m.records, coalesce(c.links, 0), m.reconciled_at FROM mappings m
      LEFT JOIN link_counts c ON c.mapping = m.id WHERE m.name = ?
      """, name
    ) { (records: $0.int(0), links: $0.int(1), at: $0.optionalInt64(2)) }
    let last = try delivery(of: name, nil)
    let refused = try database.first(
      "\(Self.receiptColumns) WHERE mapping = ? AND state = 'refused' AND id > ? "
        + "ORDER BY id DESC LIMIT 1", name, last.accepted?.id ?? 0, row: Self.receipt)
    var deliveries: [ExportMode: LastDelivery] = [:]
    for mode in ExportMode.allCases {
      let delivery = try delivery(of: name, mode)
      if delivery.at != nil { deliveries[mode] = delivery }
    }
    return SourceStatus(
      mapping: name, last: last, deliveries: deliveries, state: try state(of: name),
      refused: refused, records: stored?.records ?? 0,
      links: stored?.links ?? 0, reconciledAt: (stored?.at).flatMap { $0.map { Timestamp($0) } })
  }

  /// Stored plans, newest first.
  public func plans(limit: Int = 10) throws -> [PlanRecord] {
    try read {
      try database.all(
        """
        SELECT run, digest, made_at, dry_run, updates, fields, withheld, verdicts FROM plans
        ORDER BY id DESC LIMIT ?
        """, limit
      ) { row in
        PlanRecord(
          run: row.text(0), digest: row.text(1), madeAt: Timestamp(row.int64(2)),
          isDryRun: row.bool(3), updates: row.int(4), fields: row.int(5), withheld: row.int(6),
          verdicts: try JSONValue(parsing: row.text(7)))
      }
    }
  }
}
