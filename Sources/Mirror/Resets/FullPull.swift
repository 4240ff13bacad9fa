public import Formats
internal import SQLite

/// What a full pull has seen: one bit per row of `resets`, stored in chunks.
final class SeenResets {
  /// Bytes of a chunk: 4,096 resets each.
  static let chunkBytes = 512
  var chunks: [Int64: [UInt8]] = [:]
  var changed: Set<Int64> = []

  static func place(_ id: Int64) -> (chunk: Int64, byte: Int, mask: UInt8) {
    let bits = Int64(chunkBytes * 8)
    let offset = Int(id % bits)
    return (id / bits, offset / 8, 1 << UInt8(offset % 8))
  }

  func contains(_ id: Int64) -> Bool {
    let place = Self.place(id)
    return (chunks[place.chunk]?[place.byte] ?? 0) & place.mask != 0
  }

  func insert(_ id: Int64) {
    let place = Self.place(id)
    chunks[place.chunk, default: [UInt8](repeating: 0, count: Self.chunkBytes)][place.byte] |=
      place.mask
    changed.insert(place.chunk)
  }
}

extension Mirror {
  /// Begins a full pull; one that was begun before is given up.
  public func beginFullPull(run: String, at now: Timestamp) throws {
    try write {
      try database.run("DELETE FROM full_walk_seen")
      try database.run(
        "INSERT OR REPLACE INTO full_walk(id, run, started_at, rows) VALUES(1, ?, ?, 0)",
        run, now.microseconds)
    }
    seen = nil
  }

  /// Ends a full pull.
  ///
  /// Only a complete one proves absence: then the resets it did not see become
  /// suspects, to be asked for one by one. Returns how many suspects there are.
  public func finishFullPull(complete: Bool, at now: Timestamp) throws -> Int {
    try write {
      defer { seen = nil }
      if complete { try suspectUnseen() }
      let seen = try loadedSeen()
      let parked = try parkedAsGone().filter { seen.contains($0) }
      for reset in parked { try releaseReturned(reset, at: now) }
      try database.run("DELETE FROM full_walk")
      try database.run("DELETE FROM full_walk_seen")
      return Int(try database.integer("SELECT count(*) FROM suspects") ?? 0)
    }
  }

  private func suspectUnseen() throws {
    let seen = try loadedSeen()
    try database.each("SELECT id FROM resets WHERE deleted_at IS NULL") { row in
      let id = row.int64(0)
      guard !seen.contains(id) else { return }
      try database.run("INSERT INTO suspects(reset) VALUES(?) ON CONFLICT DO NOTHING", id)
    }
  }

  private func parkedAsGone() throws -> [Int64] {
    try database.all(
      "SELECT reset FROM outbox WHERE state = 'parked' AND reason = ?", Self.goneReason
    ) { $0.int64(0) }
  }

  /// Resets that a complete full pull did not see, in a stable order; at most `limit`.
  public func suspects(limit: Int) throws -> [String] {
    try read {
      try database.all(
        "SELECT r.reset_id FROM suspects s JOIN resets r ON r.id = s.reset "
          + "ORDER BY s.reset LIMIT ?", limit
      ) { $0.text(0) }
    }
  }

  /// Takes what the API answered for a suspect: nil, a 404, proves that it is deleted.
  public func settleSuspect(
    _ resetID: String, found: ResetRow?, run: String, at now: Timestamp
  ) throws {
    try write {
      if let found {
        let stored = try store(found, at: now)
        try database.run("DELETE FROM suspects WHERE reset = ?", stored.id)
        return try releaseReturned(stored.id, at: now)
      }
      guard let id = try resetRow(resetID) else { return }
      try markGroups(ofReset: id)
      dirtyKeys.resets -= try database.run(
        "UPDATE resets SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL",
        now.microseconds, id)
      try database.run("DELETE FROM suspects WHERE reset = ?", id)
      try append(JournalEntry(kind: "reset.deleted", subject: resetID), run: run, at: now)
    }
  }

  func resetRow(_ resetID: String) throws -> Int64? {
    try database.first("SELECT id FROM resets WHERE reset_id = ?", resetID) { $0.int64(0) }
  }

  // MARK: Seen marks

  /// Whether the running full pull has stored this reset; false when none runs.
  public func wasSeen(_ resetID: String) throws -> Bool {
    try read {
      guard try isWalkingFully(), let id = try resetRow(resetID) else { return false }
      return try loadedSeen().contains(id)
    }
  }

  /// Notes the rows of a page in the open transaction.
  ///
  /// Only pages of the full pull itself, which bring a cursor, count as seen: to one that is gone
  /// on with later, what another pull stored meanwhile is still to come, and is not repeated then.
  func notePage(_ rows: [Int64], cursor: String?) throws {
    guard try isWalkingFully() else { return }
    // A reset that is back is no suspect any more, whichever pull shows it.
    let hasSuspects = try database.first("SELECT 1 FROM suspects") { _ in true } ?? false
    if hasSuspects {
      for id in rows { try database.run("DELETE FROM suspects WHERE reset = ?", id) }
    }
    guard let cursor else { return }
    let seen = try loadedSeen()
    for id in rows { seen.insert(id) }
    for chunk in seen.changed {
      try database.run(
        "INSERT OR REPLACE INTO full_walk_seen(chunk, bits) VALUES(?, ?)",
        chunk, seen.chunks[chunk] ?? [])
    }
    seen.changed = []
    try database.run(
      "UPDATE full_walk SET cursor = ?, rows = rows + ?", cursor, rows.count)
  }

  private func isWalkingFully() throws -> Bool {
    if seen != nil { return true }
    return try database.first("SELECT 1 FROM full_walk") { _ in true } ?? false
  }

  private func loadedSeen() throws -> SeenResets {
    if let seen { return seen }
    let loaded = SeenResets()
    try database.each("SELECT chunk, bits FROM full_walk_seen") { row in
      loaded.chunks[row.int64(0)] = row.blob(1)
    }
    seen = loaded
    return loaded
  }
}
