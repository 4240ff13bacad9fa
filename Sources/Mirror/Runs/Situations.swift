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
}
