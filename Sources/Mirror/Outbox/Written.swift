public import Reconciliation
internal import SQLite

/// What is asked about plans and about what was sent.
extension Mirror {
  /// The reset of an update and the base of its link, for `inverse`.
  public func undoFacts(of resetID: String) throws -> (reset: RemoteReset, base: Base)? {
    try read {
      guard let row = try resetRow(resetID) else { return nil }
      let base = try database.first(
        "SELECT base FROM links WHERE reset = ? AND state <> 'closed'", row
      ) { try Base(decoding: $0.text(0)) }
      guard let base else { return nil }
      return (try reset(resetID), base)
    }
  }

  /// The updates of the last plan, in its order.
  public func planUpdates(limit: Int = 1_000_000, offset: Int = 0) throws -> [PlannedUpdate] {
    try read {
      try database.all(
        "SELECT payload FROM plan_updates ORDER BY plan DESC, number LIMIT ? OFFSET ?", limit,
        offset
      ) { try UpdateText.decode($0.text(0)) }
    }
  }
}
