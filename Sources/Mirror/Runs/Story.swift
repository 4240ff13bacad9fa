internal import Formats
public import Reconciliation
internal import SQLite

/// Everything that the mirror knows of one key or reset.
public struct Story: Sendable {
  /// The group as the next reconcile would assess it: both sides, link, situations.
  public let group: KeyGroup
  /// Updates of its resets, newest first.
  public let pushes: [OutboxEntry]
  /// Its conflicts, in any state.
  public let conflicts: [Conflict]
  /// What the journal says of its resets, key and conflicts, oldest first.
  public let journal: [JournalLine]
  /// Its resets as they are mirrored, with links and mode; deleted ones too.
  public let resets: [RemoteReset]
}

extension Mirror {
  /// Lines of the journal in one story.
  static let storyLinesMax = 200

  /// One reset as it is mirrored, with its links and mode; throws `MirrorError.notFound`.
  func reset(_ id: String) throws -> RemoteReset {
    try read {
      let rows = RowReader(database)
      let found = try database.first(
        "SELECT \(RowReader.wholeResetColumns) FROM resets r WHERE r.reset_id = ?", id,
        row: rows.wholeReset)
      guard let found else { throw MirrorError(.notFound, "there is no reset \(id)") }
      return found
    }
  }

  /// The stories of all groups that a reference (raw or normal) or reset id belongs to.
  ///
  /// Assessing `Story.group` gives the fields and their outcomes. Throws `MirrorError.notFound`.
  public func explain(_ name: String) throws -> [Story] {
    try read {
      let keys = try keys(named: name)
      guard !keys.isEmpty else {
        throw MirrorError(
          .notFound, "no record and no reset has the reference or id \"\(name)\"",
          hint: "references are compared as they are and in the normal form of their mapping")
      }
      let reader = try GroupReader(database, hasher: try activeHasher())
      return try keys.compactMap { try story(of: $0, reader) }
    }
  }

  private func story(of key: StoredKey, _ reader: GroupReader) throws -> Story? {
    let loaded = try reader.load(key)
    let ids = loaded.members.filter(\.value.belongs).keys + loaded.gone.map(\.id)
    guard !loaded.group.records.isEmpty || !ids.isEmpty else { return nil }
    let resets =
      (loaded.group.resets + loaded.group.linkedResets).map(\.id) + loaded.gone.map(\.id)
    var subjects = Array(ids)
    if let key = loaded.group.key { subjects.append(key.description) }
    let conflicts = try database.all(
      """
      \(Self.conflictColumns) WHERE group_mapping = ? AND group_origin = ? AND group_key = ?
      ORDER BY severity DESC, first_seen, number
      """, key.mapping, key.origin, key.text, row: Self.conflict)
    subjects += conflicts.map(\.id)
    return Story(
      group: loaded.group,
      pushes: try ids.sorted().flatMap { try pushes(of: $0) },
      conflicts: conflicts,
      journal: try subjects.flatMap {
        try journalLines(subject: $0, limit: Self.storyLinesMax)
      }.sorted { $0.sequence < $1.sequence },
      resets: try resets.map { try reset($0) })
  }

  private func pushes(of resetID: String) throws -> [OutboxEntry] {
    guard let row = try resetRow(resetID) else { return [] }
    return try outbox("reset = ? ORDER BY id DESC LIMIT ?", [row, Self.storyLinesMax])
  }
}
