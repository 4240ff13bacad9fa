internal import SQLite

/// What command lines name, looked up before anything is done by it.
extension Mirror {
  /// The SHA-256 of exports that were read before and begin so, as hex; at most `limit`.
  public func exportDigests(beginning: String, limit: Int) throws -> [String] {
    try read {
      try database.all(
        """
        SELECT DISTINCT sha256 FROM receipts WHERE sha256 >= ?1 AND sha256 < ?1 || 'g'
        ORDER BY sha256 LIMIT ?2
        """, beginning, limit
      ) { $0.text(0) }
    }
  }

  /// Which of these names no reset, record or link has as its id, reference or key.
  public func unknownReferences(_ names: [String]) throws -> [String] {
    try read { try names.filter { try keys(named: $0).isEmpty } }
  }
}
