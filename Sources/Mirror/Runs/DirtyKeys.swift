internal import Formats
internal import SQLite

/// The marks that one transaction makes: keys that the next reconcile must look at.
struct DirtyKeys {
  /// Whether a mapping is walked whole anyway, which makes single marks pointless.
  var walksAll: [Int64: Bool] = [:]
  /// Marks on the books, by mapping.
  var marks: [Int64: Int] = [:]
  /// By how many the resets that are not deleted have become more.
  var resets = 0
}

extension MirrorDatabase {
  /// Single marks per mapping; beyond, the next reconcile walks the whole mapping.
  static let dirtyKeysMax = 20_000

  /// Marks a key; costs nothing when its mapping is walked whole anyway.
  func mark(_ key: StoredKey) throws {
    guard try !walksAll(key.mapping) else { return }
    let added = try database.run(
      "INSERT INTO marks(mapping, origin, key) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
      key.mapping, key.origin, key.text)
    guard added > 0 else { return }
    dirtyKeys.marks[key.mapping, default: 0] += 1
    if dirtyKeys.marks[key.mapping, default: 0] > Self.dirtyKeysMax { try walkAll(key.mapping) }
  }

  /// Takes the marks of a mapping off the books: they are looked at now.
  func clearDirtyKeys(_ mapping: Int64, at now: Timestamp) throws {
    try database.run("DELETE FROM marks WHERE mapping = ?", mapping)
    try database.run(
      "UPDATE mappings SET walk_all = 0, marks = 0, reconciled_at = ? WHERE id = ?",
      now.microseconds, mapping)
    dirtyKeys.walksAll[mapping] = false
    dirtyKeys.marks[mapping] = 0
  }

  /// Has the next reconcile walk all keys of a mapping.
  func walkAll(_ mapping: Int64) throws {
    try database.run("UPDATE mappings SET walk_all = 1 WHERE id = ?", mapping)
    try database.run("DELETE FROM marks WHERE mapping = ?", mapping)
    dirtyKeys.walksAll[mapping] = true
    dirtyKeys.marks[mapping] = 0
  }

  func walksAll(_ mapping: Int64) throws -> Bool {
    if let known = dirtyKeys.walksAll[mapping] { return known }
    let found = try database.first("SELECT walk_all, marks FROM mappings WHERE id = ?", mapping) {
      ($0.bool(0), $0.int(1))
    }
    dirtyKeys.walksAll[mapping] = found?.0 ?? true
    dirtyKeys.marks[mapping] = found?.1 ?? 0
    return found?.0 ?? true
  }

  /// Stores the numbers of marks and resets at the end of a transaction.
  func storeDirtyKeys() throws {
    for (mapping, count) in dirtyKeys.marks {
      try database.run("UPDATE mappings SET marks = ? WHERE id = ?", count, mapping)
    }
    if dirtyKeys.resets != 0 {
      let resets = try fact("resets.present").flatMap { Int($0) } ?? 0
      try setFact("resets.present", "\(resets + dirtyKeys.resets)")
    }
    dirtyKeys = DirtyKeys()
  }

  /// The key of the group in which a reset is assessed: its link's, else its own.
  func groupKey(ofReset id: Int64) throws -> StoredKey? {
    try database.first(
      """
      SELECT coalesce(l.mapping, r.mapping), coalesce(l.origin, r.origin), coalesce(l.key, r.key)
      FROM resets r LEFT JOIN links l ON l.reset = r.id AND l.state <> 'closed' WHERE r.id = ?
      """, id
    ) { StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2)) }
  }

  /// Marks the group of a reset and the key it carries now.
  func markGroups(ofReset id: Int64) throws {
    if let group = try groupKey(ofReset: id) { try mark(group) }
    let own = try database.first("SELECT mapping, origin, key FROM resets WHERE id = ?", id) {
      StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2))
    }
    if let own { try mark(own) }
  }

  /// Has a key looked at again at a time, or before if it is due before.
  func setDue(_ key: StoredKey, notLaterThan time: Timestamp) throws {
    try database.run(
      """
      INSERT INTO due(mapping, origin, key, at) VALUES(?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET at = min(at, excluded.at)
      """, key.mapping, key.origin, key.text, time.microseconds)
  }

  /// Sets or clears the time at which a key must be looked at again.
  func setDue(_ key: StoredKey, at time: Timestamp?) throws {
    if let time {
      try database.run(
        "INSERT OR REPLACE INTO due(mapping, origin, key, at) VALUES(?, ?, ?, ?)",
        key.mapping, key.origin, key.text, time.microseconds)
    } else {
      try database.run(
        "DELETE FROM due WHERE mapping = ? AND origin = ? AND key = ?",
        key.mapping, key.origin, key.text)
    }
  }
}
