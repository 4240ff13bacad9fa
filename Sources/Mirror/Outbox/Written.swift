public import Reconciliation
internal import SQLite

/// What is asked about plans and about what was sent.
extension Mirror {
  /// Which run wrote a field of the same reset last, after this update; fields that none did lack.
  public func rewriters(after entry: OutboxEntry) throws -> [String: String] {
    try read {
      var runs: [String: String] = [:]
      let later = try outbox(
        """
        reset = (SELECT reset FROM outbox WHERE id = ?1) AND id > ?1 AND state = 'applied'
        ORDER BY id
        """, [entry.id])
      for entry in later {
        for write in entry.update.fields { runs[write.metadata] = entry.run }
        if entry.update.reference != nil { runs["reference"] = entry.run }
        if entry.update.referenceOrigin != nil { runs["reference_origin"] = entry.run }
      }
      return runs
    }
  }

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
}
