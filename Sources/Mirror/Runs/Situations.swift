internal import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
  /// Items by mapping and situation, without zeros; resets of no mapping under "".
  public func situations() throws -> [String: [Situation: Int]] {
    try read { try file.situationsByMapping() }
  }

  /// Live records by mapping, for every mapping that was ever known.
  public func recordCounts() throws -> [String: Int] {
    try read {
      var counts: [String: Int] = [:]
      try database.each("SELECT name, records FROM mappings WHERE id > 0") { row in
        counts[row.text(0)] = row.int(1)
      }
      return counts
    }
  }

  /// The situations of these resets after the last reconcile; those without one are left out.
  public func situations(ofResets ids: [String]) throws -> [String: Situation] {
    try read {
      var found: [String: Situation] = [:]
      for id in ids {
        let situation = try database.first(
          """
          SELECT coalesce(l.situation, r.situation) FROM resets r
          LEFT JOIN links l ON l.reset = r.id AND l.state <> 'closed' WHERE r.reset_id = ?
          """, id
        ) { row -> Situation? in try Stored.word(row.optionalText(0), in: "resets", id) }
        found[id] = situation ?? nil
      }
      return found
    }
  }
}
