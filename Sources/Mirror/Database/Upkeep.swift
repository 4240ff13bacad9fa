public import Formats
internal import Glibc
internal import Reconciliation
internal import SQLite

/// Something that `verify` found wrong.
public struct Flaw: Sendable, Hashable {
  /// What was checked: `database`, `references`, `journal`, `items`, `counts`, `secrets`.
  public let check: String
  /// What is wrong and where, in words.
  public let message: String
}

extension Mirror {
  // MARK: Verify

  /// Checks the file, the journal's chain, promise 1 (no secrets) and promise 6 (counts add up).
  ///
  /// Reads everything: seconds per gigabyte. Empty if all is well.
  public func verify() throws -> [Flaw] {
    try read {
      var flaws = try database.integrityProblems().map { Flaw(check: "database", message: $0) }
      flaws += try database.foreignKeyProblems().map { Flaw(check: "references", message: $0) }
      flaws += try strayLinks().map { Flaw(check: "references", message: $0) }
      if let problem = try journalProblem() {
        flaws.append(Flaw(check: "journal", message: problem))
      }
      flaws += try itemFlaws() + countFlaws() + secretFlaws()
      return flaws
    }
  }

  private func strayLinks() throws -> [String] {
    try database.all(
      "SELECT reset FROM links WHERE reset NOT IN (SELECT id FROM resets) LIMIT 100"
    ) { "links row \($0.int64(0)) → resets" }
  }

  /// Promise 6: the numbers kept are those of the items.
  private func itemFlaws() throws -> [Flaw] {
    var counted: [String: Int] = [:]
    try database.each(Self.recount) { row in
      counted["\(row.int64(0)) \(row.text(1))", default: 0] += row.int(2)
    }
    var flaws: [Flaw] = []
    try database.each("SELECT mapping, situation, items FROM situation_counts") { row in
      let found = counted.removeValue(forKey: "\(row.int64(0)) \(row.text(1))") ?? 0
      guard found != row.int(2) else { return }
      flaws.append(
        Flaw(
          check: "items",
          message: "\(row.text(1)) of mapping \(row.int64(0)): \(row.int(2)) kept, \(found) found"))
    }
    flaws += counted.map {
      Flaw(check: "items", message: "\($0.key): none kept, \($0.value) found")
    }
    return flaws
  }

  private static let recount = """
    SELECT counted, situation, count(*) FROM resets WHERE situation IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT mapping, situation, count(*) FROM links WHERE situation IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT mapping, situation, count(*) FROM (
      SELECT DISTINCT mapping, origin, key, situation FROM records WHERE situation IS NOT NULL)
    GROUP BY 1, 2
    """

  private func countFlaws() throws -> [Flaw] {
    let checks: [(name: String, kept: String, found: String)] = [
      (
        "conflicts", "SELECT coalesce(sum(conflicts), 0) FROM conflict_counts",
        "SELECT count(*) FROM conflicts"
      ),
      (
        "links", "SELECT coalesce(sum(links), 0) FROM link_counts",
        "SELECT count(*) FROM links WHERE state <> 'closed'"
      ),
      (
        "records", "SELECT coalesce(sum(records), 0) FROM mappings",
        "SELECT count(*) FROM records WHERE missing = 0"
      ),
      (
        "resets", "SELECT coalesce((SELECT value FROM facts WHERE name = 'resets.present'), 0)",
        "SELECT count(*) FROM resets WHERE deleted_at IS NULL"
      ),
    ]
    return try checks.compactMap { check in
      let (kept, found) = (
        try database.integer(check.kept) ?? 0, try database.integer(check.found) ?? 0
      )
      guard kept != found else { return nil }
      return Flaw(check: "counts", message: "\(check.name): \(kept) kept, \(found) found")
    }
  }

  /// Promise 1: no column could hold a secret.
  private func secretFlaws() throws -> [Flaw] {
    try database.all(
      """
      SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
      WHERE t.type = 'table' AND (c.name LIKE '%token%' OR c.name LIKE '%secret%'
        OR (c.name LIKE '%password%' AND c.name <> 'reset_password_at'))
      """
    ) { Flaw(check: "secrets", message: "\($0.text(0)) looks like a column for a secret") }
  }

  // MARK: Backup

  /// Copies the mirror to a new file of mode 0600 while it stays in use.
  public func backUp(to file: String, progress: (Int, Int) -> Void = { _, _ in }) throws {
    let part = "\(file).part"
    do {
      _ = try PrivateFiles.fresh(part)
      try database.backUp(to: part, progress: progress)
      guard unsafe rename(part, file) == 0 else {
        throw MirrorError(
          .cannotOpen, "can't name the backup \(file)", hint: "check the folder's permissions")
      }
    } catch {
      for suffix in ["", "-wal", "-shm"] { unsafe unlink(part + suffix) }
      throw translated(error)
    }
  }

  /// Checks a backup: ours, not newer than this program, undamaged, journal unbroken.
  static func check(backup file: String) async throws -> [Flaw] {
    let copy = try Mirror.open(path: file, access: .readOnly)
    return try await copy.verify()
  }

  /// Puts a backup in the place of a mirror, which is kept as `PATH.before-restore`.
  ///
  /// The caller holds the run lock and has closed the mirror. Afterwards everything is looked at
  /// again, and the rail `mapping_changed` makes the next run a plan that waits for approval.
  /// Throws `MirrorError` if the backup is not sound; then nothing has changed.
  public static func restore(
    from file: String, to path: String, by: String, at now: Timestamp
  ) async throws {
    let flaws = try await check(backup: file)
    guard flaws.isEmpty else {
      throw MirrorError(
        .corrupt, "the backup \(file) is not sound: \(flaws[0].message)",
        hint: "use another backup")
    }
    let source = try Mirror.open(path: file, access: .readOnly)
    let fresh = "\(path).restoring"
    try await source.backUp(to: fresh)
    try await Mirror.open(path: fresh).noteRestored(from: file, by: by, at: now)
    for suffix in ["", "-wal", "-shm"] {
      unsafe unlink("\(path).before-restore\(suffix)")
      unsafe rename("\(path)\(suffix)", "\(path).before-restore\(suffix)")
    }
    guard unsafe rename(fresh, path) == 0 else {
      throw MirrorError(
        .cannotOpen, "can't put \(fresh) in the place of \(path)",
        hint: "the mirror as it was is \(path).before-restore")
    }
  }

  /// Stands in the place of a mapping's cleared rules until a plan after a restore was free to go.
  static let restoredDigest = "restored"

  /// Forgets what a backup knows of things under way: they belong to a past that went on without
  /// it.
  private func noteRestored(from file: String, by: String, at now: Timestamp) throws {
    try write {
      try database.run(
        "UPDATE mappings SET walk_all = 1, walked_digest = NULL, cleared_digest = ?",
        Self.restoredDigest)
      // What was about to be sent is planned anew, and nobody has agreed to that plan yet.
      try database.run(
        """
        UPDATE outbox SET state = 'dropped', reason = 'a backup was restored', settled_at = ?
        WHERE state IN ('pending', 'sent')
        """, now.microseconds)
      try database.run("DELETE FROM approvals")
      // What was pulled since the backup is unknown: the next pull is a full one, from its start.
      // Nor is known what became of the files of the conflict log.
      try setFact(Self.conflictLogParts, nil)
      for name in ["pull.watermark", "pull.finished", Self.fullPullFact] { try setFact(name, nil) }
      try database.run("DELETE FROM full_walk")
      try database.run("DELETE FROM full_walk_seen")
      try append(
        JournalEntry(
          kind: "restored", payload: ["from": .string(file), "by": .string(by)]), run: "", at: now)
    }
    // One file without a write-ahead log can be renamed.
    try database.execute("PRAGMA journal_mode = DELETE")
  }

  /// Lets the file grow to so many pages and no further; later writes fail as on a full disk.
  func limitPages(_ most: Int) throws {
    do {
      try database.execute("PRAGMA max_page_count = \(most)")
    } catch {
      throw translated(error)
    }
  }

  /// Sizes in bytes of the file and of its write-ahead log: what readers or a replicator keep from
  /// being put into the file.
  public func sizes() throws -> (file: Int64, log: Int64) {
    var status = stat()
    let log = unsafe stat("\(path)-wal", &status) == 0 ? Int64(status.st_size) : 0
    return (try read { try database.sizeBytes }, log)
  }

  /// Moves the write-ahead log into the file; worth it after an import or before sleep.
  public func checkpoint() throws {
    do { try database.checkpoint() } catch { throw translated(error) }
  }
}
