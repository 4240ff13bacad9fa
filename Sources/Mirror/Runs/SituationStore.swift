internal import Formats
public import Reconciliation
internal import SQLite

/// In which situation each item is, and how many are in each.
public struct SituationStore {
  private let file: MirrorDatabase
  private var database: Connection { file.database }
  private let setInLink: Statement

  init(_ file: MirrorDatabase) throws {
    self.file = file
    setInLink = try file.database.statement("UPDATE links SET situation = ?1 WHERE reset = ?2")
  }

  /// Stores the situation of a reset; nil where it is no item any more.
  public func set(_ change: SituationEffect, of member: LoadedGroup.Member) throws {
    guard let now = change.now else {
      try database.run(
        "UPDATE resets SET situation = NULL, counted = NULL WHERE id = ?", member.row)
      try database.run("UPDATE links SET situation = NULL WHERE reset = ?", member.row)
      return
    }
    let mapping = try file.mappingID(now.mapping)
    // Resets of an unknown origin are found by index, so theirs always stands in `resets`.
    let goesToLink = change.isLinked && now.situation.standsInLink
    let isThere =
      !change.isNewLink && member.situation == now.situation && member.counted == mapping
      && member.isInLink == goesToLink
    guard !isThere else { return }
    // A new link was made with its situation.
    if !change.isNewLink, goesToLink || (member.isInLink && change.isLinked) {
      setInLink.bind(1, goesToLink ? now.situation.rawValue : nil)
      setInLink.bind(2, member.row)
      try setInLink.run()
    }
    if !goesToLink || (member.situation != nil && !member.isInLink) {
      try database.run(
        "UPDATE resets SET situation = ?, counted = ? WHERE id = ?",
        goesToLink ? String?.none : now.situation.rawValue, goesToLink ? Int64?.none : mapping,
        member.row)
    }
  }

  /// Stores the situation of a key without reset.
  public func set(_ change: SituationEffect, ofKey key: StoredKey) throws {
    guard change.now != change.before else { return }
    try database.run(
      "UPDATE records SET situation = ? WHERE mapping = ? AND origin = ? AND key = ?",
      change.now?.situation.rawValue, key.mapping, key.origin, key.text)
  }

  /// Adds what a run changed to the numbers of items.
  public func add(_ tally: Tally, run: String) throws {
    for (counted, delta) in tally.changes where delta != 0 {
      try database.run(
        """
        INSERT INTO situation_counts(mapping, situation, items) VALUES(?, ?, ?)
        ON CONFLICT(mapping, situation) DO UPDATE SET items = items + excluded.items
        """, try file.mappingID(counted.mapping), counted.situation.rawValue, delta)
    }
    for (transition, items) in tally.transitions {
      try database.run(
        """
        INSERT INTO transitions(run, mapping, previous, situation, items) VALUES(?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET items = items + excluded.items
        """, run, try file.mappingID(transition.to.mapping), transition.from.rawValue,
        transition.to.situation.rawValue, items)
    }
  }
}
