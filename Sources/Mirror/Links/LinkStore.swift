internal import Formats
public import Reconciliation
internal import SQLite

/// The links: which reset belongs to which record, and what both sides last agreed on.
public final class LinkStore {
  private let database: Connection
  private let sighting: Sighting
  /// Whether there were links before this run.
  private let hadLinks: Bool
  private let renew: Statement
  private let insert: Statement
  private let setBase: Statement
  private let agreed: AgreedLinks
  /// Links made so far, by the number of the mapping, that `link_counts` does not have yet.
  private var made: [Int64: Int] = [:]

  init(_ database: Connection, _ sighting: Sighting) throws {
    self.database = database
    self.sighting = sighting
    hadLinks = try database.integer("SELECT EXISTS(SELECT 1 FROM links)") == 1
    renew = try database.statement(
      """
      UPDATE links SET mapping = ?2, origin = ?3, key = ?4, state = 'active', made_by = ?5,
        made_at = ?6, run = ?7, situation = ?9, base = ?8, apart_kind = NULL,
        apart_facts = NULL, accepted_identity = NULL, writes = NULL, own_updated = NULL,
        others_updated = NULL
      WHERE reset = ?1
      """)
    insert = try database.statement(
      """
      INSERT INTO links(reset, mapping, origin, key, state, made_by, made_at, run, situation, base)
      VALUES(?1, ?2, ?3, ?4, 'active', ?5, ?6, ?7, ?9, ?8)
      """)
    setBase = try database.statement("UPDATE links SET base = ?1 WHERE reset = ?2")
    agreed = try AgreedLinks(sighting, database)
  }

  /// Links an agreed pair; nothing of a run reads such a link before the run ends.
  public func create(_ pair: AgreedPair, base: ArraySlice<UInt8>) throws {
    try agreed.add(pair, base)
    // Where there were links before, a decision may concern any reset.
    if hadLinks { try agreed.finish() }
    made[pair.key.mapping, default: 0] += 1
  }

  /// Links a reset, with the situation that it has now; nil where it is not assessed yet.
  public func create(
    _ member: LoadedGroup.Member, to key: StoredKey, base: Base, maker: LinkMaker,
    situation: Situation?
  ) throws {
    // A reset that was linked before has its row still; a trigger counts how that changes.
    if hadLinks {
      bind(renew, member, key, base, maker, situation)
      try renew.run()
      guard database.changes == 0 else { return }
    }
    bind(insert, member, key, base, maker, situation)
    try insert.run()
    made[key.mapping, default: 0] += 1
  }

  private func bind(
    _ statement: Statement, _ member: LoadedGroup.Member, _ key: StoredKey, _ base: Base,
    _ maker: LinkMaker, _ situation: Situation?
  ) {
    let inLink = situation.flatMap { $0.standsInLink ? $0.rawValue : nil }
    statement.bind(1, member.row)
    statement.bind(2, key.mapping)
    statement.bind(3, key.origin)
    statement.bind(4, key.text)
    statement.bind(5, LinkText.text(maker))
    statement.bind(6, sighting.now.microseconds)
    statement.bind(7, sighting.run)
    statement.bind(8, base.encoded())
    statement.bind(9, inLink)
  }

  /// Does to a link what does not make it.
  public func change(
    _ member: LoadedGroup.Member, _ change: LinkChange, to key: StoredKey
  ) throws {
    switch change {
    case .create: break
    case .close:
      try database.run(
        "UPDATE links SET state = 'closed', situation = NULL WHERE reset = ?", member.row)
    case .move:
      try database.run(
        "UPDATE links SET origin = ?, key = ? WHERE reset = ?", key.origin, key.text, member.row)
    case .apart(let kind, let facts):
      try database.run(
        "UPDATE links SET state = 'apart', apart_kind = ?, apart_facts = ? WHERE reset = ?",
        kind.rawValue, facts, member.row)
    case .rejoin:
      try database.run(
        "UPDATE links SET state = 'active', apart_kind = NULL, apart_facts = NULL WHERE reset = ?",
        member.row)
    case .confirmIdentity(let digest):
      try database.run(
        "UPDATE links SET accepted_identity = ? WHERE reset = ?", digest, member.row)
    }
  }

  /// Moves the base of a link.
  public func setBase(_ member: LoadedGroup.Member, _ base: Base) throws {
    setBase.bind(1, base.encoded())
    setBase.bind(2, member.row)
    try setBase.run()
  }

  /// Makes the links that still wait, and counts all.
  public func finish() throws {
    try agreed.finish()
    for (mapping, links) in made {
      try database.run(
        """
        INSERT INTO link_counts(mapping, links) VALUES(?, ?)
        ON CONFLICT(mapping) DO UPDATE SET links = links + excluded.links
        """, mapping, links)
    }
    made = [:]
  }
}

extension Situation {
  /// Whether it stands in the row of the link, where there is one.
  var standsInLink: Bool { self != .unknownOrigin }
}
