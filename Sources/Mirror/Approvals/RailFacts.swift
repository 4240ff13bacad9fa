public import Reconciliation
internal import SQLite

extension Mirror {
  /// What the rails must know of each mapping before a run; see also `Tally` for what only the
  /// walk can tell (links after it, conflicts it did not look at).
  public func mappingFacts(book: RuleBook) throws -> [String: RailContext.MappingFacts] {
    try read {
      var facts: [String: RailContext.MappingFacts] = [:]
      for mapping in book.mappings {
        let stored = try database.first(
          """
          SELECT m.cleared_digest, coalesce(c.links, 0) FROM mappings m
          LEFT JOIN link_counts c ON c.mapping = m.id WHERE m.name = ?
          """, mapping.name
        ) { (cleared: $0.optionalText(0), links: $0.int(1)) }
        facts[mapping.name] = RailContext.MappingFacts(
          linkedRows: stored?.links ?? 0, isFirstRun: stored?.cleared == nil,
          rulesChanged: stored?.cleared.map { $0 != mapping.rulesDigest } ?? false,
          wasRestored: stored?.cleared == Self.restoredDigest,
          needsExport: try !exportsToRead(mapping).isEmpty,
          sourceDeletedHeld: try file.held(by: .sourceDeleted, of: mapping.name),
          rekeyedHeld: try file.held(by: .rekeyed, of: mapping.name))
      }
      return facts
    }
  }
}

extension MirrorDatabase {
  /// What a rail that counts what is new measured when it tripped in the last run; else 0.
  func held(by rail: RailName, of mapping: String) throws -> Int {
    try fact(Self.heldFact(rail, mapping)).flatMap { Int($0) } ?? 0
  }

  /// Keeps what these rails measured until a run passes them: no second look makes it old news.
  func keepHeld(_ verdicts: [RailVerdict]) throws {
    for verdict in verdicts where verdict.name == .sourceDeleted || verdict.name == .rekeyed {
      let name = Self.heldFact(verdict.name, verdict.mapping)
      try setFact(name, verdict.blocks ? "\(verdict.measured)" : nil)
    }
  }

  private static func heldFact(_ rail: RailName, _ mapping: String) -> String {
    "rail.held.\(rail.rawValue).\(mapping)"
  }
}
