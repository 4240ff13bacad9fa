public import Formats
internal import SQLite

/// What is known of the folders of a source since the last look into them.
public struct SourceState: Sendable, Hashable {
  /// Since when they can't be looked into; nil if they can.
  public var unreachableSince: Timestamp?
  /// Why they can't be looked into, in words; nil if they can.
  public var reason: String?
  /// Folders that were mount points at the last look that found something there.
  public var mounts: [String] = []

  /// Folders that can be looked into.
  public init() {}
}

/// A file that lies in the folder of a source and is not taken, and why.
public struct LyingFile: Sendable, Hashable {
  /// Its whole path, as text that leads back to its bytes.
  public let path: String
  /// Why, in one word.
  public let kind: String

  /// A file that is not taken.
  public init(path: String, kind: String) {
    self.path = path
    self.kind = kind
  }
}

extension Mirror {
  /// How many files of a mapping are remembered as lying there untaken; the rest is as if new with
  /// every look.
  public static let lyingFilesMax = 10_000

  /// What the last look into the folders of a source found; nil before the first one.
  func state(of mapping: String) throws -> SourceState? {
    try database.first(
      "SELECT unreachable_since, reason, mounts FROM source_states WHERE mapping = ?", mapping
    ) { row in
      var state = SourceState()
      state.unreachableSince = row.optionalInt64(0).map { Timestamp($0) }
      state.reason = row.optionalText(1)
      state.mounts = try JSONValue(parsing: row.text(2)).arrayValue?.compactMap(\.text) ?? []
      return state
    }
  }

  /// Notes whether the folders of a source could be looked into: nil for `fault` where they could.
  ///
  /// The journal tells when a source is out of reach, and when it is back.
  public func noteLook(
    at mapping: String, fault: String?, mounts: [String]?, run: String, at now: Timestamp
  ) throws -> SourceState {
    try write {
      let before = try state(of: mapping)
      var state = before ?? SourceState()
      if let mounts { state.mounts = mounts }
      state.reason = fault
      state.unreachableSince = fault == nil ? nil : state.unreachableSince ?? now
      guard state != before else { return state }
      try database.run(
        """
        INSERT INTO source_states(mapping, unreachable_since, reason, mounts) VALUES(?, ?, ?, ?)
        ON CONFLICT(mapping) DO UPDATE SET unreachable_since = excluded.unreachable_since,
          reason = excluded.reason, mounts = excluded.mounts
        """, mapping, state.unreachableSince?.microseconds, state.reason,
        JSONValue.array(state.mounts.map { .string($0) }).written())
      if before?.unreachableSince != nil, fault == nil { try markWaiting(for: mapping) }
      if (before?.unreachableSince == nil) != (fault == nil) {
        try append(
          JournalEntry(
            kind: fault == nil ? "source.reachable" : "source.unreachable", mapping: mapping,
            payload: ["reason": fault.map { .string($0) } ?? .null]), run: run, at: now)
      }
      return state
    }
  }

  /// Notes which files lie in the folders of a source untaken, and says since when each does; those
  /// that were noted before and are not named now are forgotten.
  public func noteLying(
    _ files: [LyingFile], of mapping: String, at now: Timestamp
  ) throws -> [LyingFile: Timestamp] {
    let known = try read { try lying(of: mapping) }
    let present = Set(files.prefix(Self.lyingFilesMax))
    let (new, gone) = (present.subtracting(known.keys), Set(known.keys).subtracting(present))
    guard !new.isEmpty || !gone.isEmpty else { return known }
    return try write {
      for file in gone {
        try database.run(
          "DELETE FROM lying_files WHERE mapping = ? AND path = ? AND kind = ?", mapping,
          file.path, file.kind)
      }
      for file in new {
        try database.run(
          "INSERT INTO lying_files(mapping, path, kind, since) VALUES(?, ?, ?, ?)", mapping,
          file.path, file.kind, now.microseconds)
      }
      return try lying(of: mapping)
    }
  }

  private func lying(of mapping: String) throws -> [LyingFile: Timestamp] {
    var known: [LyingFile: Timestamp] = [:]
    try database.each("SELECT path, kind, since FROM lying_files WHERE mapping = ?", mapping) {
      known[LyingFile(path: $0.text(0), kind: $0.text(1))] = Timestamp($0.int64(2))
    }
    return known
  }
}
