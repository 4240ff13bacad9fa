internal import Formats
internal import SQLite

/// Makes the links of agreed pairs, many with one statement: beginning and ending a statement for
/// each would cost almost as much again as the row.
///
/// Serves the benchmark's line of the first reconcile. May assume that nothing of a run reads these
/// links before it ends; `ReconcileTests` holds a run over all keys equal to runs over single ones.
final class AgreedLinks {
  private let sighting: Sighting
  private let database: Connection
  private let one: Statement
  /// Prepared when so many links are made for the first time: most runs make none.
  private var many: Statement?
  private var waiting: [(pair: AgreedPair, base: ArraySlice<UInt8>)] = []

  /// Links made with one statement.
  private static let linksMax = 64

  init(_ sighting: Sighting, _ database: Connection) throws {
    self.sighting = sighting
    self.database = database
    one = try Self.statement(1, sighting, database)
  }

  private static func statement(
    _ links: Int, _ sighting: Sighting, _ database: Connection
  ) throws -> Statement {
    // The time and the run come first, then what each link has of its own.
    let rows = (0..<links).map { link in
      let own = (0..<5).map { "?\(3 + link * 5 + $0)" }
      return "(\(own[0..<4].joined(separator: ", ")), 'active', 'match', ?1, ?2, 'in_sync', "
        + "\(own[4]))"
    }
    // What fails ends the whole transaction: SQLite need not be able to take back the statement
    // alone.
    let statement = try database.statement(
      """
      INSERT OR FAIL INTO links(
        reset, mapping, origin, key, state, made_by, made_at, run, situation, base)
      VALUES \(rows.joined(separator: ",\n"))
      """)
    statement.bind(1, sighting.now.microseconds)
    statement.bind(2, sighting.run)
    return statement
  }

  /// Takes a pair and what its link starts with.
  func add(_ pair: AgreedPair, _ base: ArraySlice<UInt8>) throws {
    waiting.append((pair, base))
    guard waiting.count == Self.linksMax else { return }
    let many = try many ?? Self.statement(Self.linksMax, sighting, database)
    self.many = many
    for place in waiting.indices { bind(waiting[place], at: place, of: many) }
    try many.run()
    waiting.removeAll(keepingCapacity: true)
  }

  /// Makes the links that still wait.
  func finish() throws {
    for link in waiting {
      bind(link, at: 0, of: one)
      try one.run()
    }
    waiting.removeAll(keepingCapacity: true)
  }

  private func bind(
    _ link: (pair: AgreedPair, base: ArraySlice<UInt8>), at place: Int, of statement: Statement
  ) {
    let first = 3 + place * 5
    statement.bind(first, link.pair.reset)
    statement.bind(first + 1, link.pair.key.mapping)
    statement.bind(first + 2, link.pair.key.origin)
    statement.bind(first + 3, link.pair.key.text)
    statement.bind(first + 4, utf8: link.base)
  }
}
