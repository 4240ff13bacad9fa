internal import SQLite

/// Why the mirror could not do what it was asked; the state is as it was before.
public struct MirrorError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is; decides the exit code at the door.
  public enum Kind: Sendable, Hashable {
    /// Damaged, or no database of ours: needs a person (exit 7).
    case corrupt
    /// Written by a newer version of this program (exit 7).
    case newerSchema
    /// The file can't be opened, made or written.
    case cannotOpen
    /// The disk is full.
    case diskFull
    /// Another process held the database for too long.
    case busy
    /// Belongs to another organization or mode (exit 5).
    case wrongOrganization
    /// What was named does not exist.
    case notFound
    /// The values moved since the asker saw them (promise 7).
    case moved
    /// The request contradicts the state or the rules; the message says which.
    case refused
    /// The statement was stopped from outside.
    case interrupted
    /// A mistake in this program.
    case unexpected
  }

  /// The kind of failure.
  public let kind: Kind
  /// What is wrong, and where.
  public let message: String
  /// What to do next, if there is something.
  public let hint: String?
  /// The file of the mirror, where SQLite itself refused.
  public let path: String?

  /// Makes an error.
  public init(_ kind: Kind, _ message: String, hint: String? = nil, path: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.path = path
  }

  /// Message and hint in one line.
  public var description: String { hint.map { "\(message): \($0)" } ?? message }

  init(_ error: SQLiteError, path: String) {
    let text = "mirror \(path): \(error.message)"
    switch error.kind {
    case .corrupt:
      self.init(
        .corrupt, text, hint: "run `resetsync verify`, then `resetsync restore` a backup")
    case .notADatabase:
      self.init(
        .corrupt, text,
        hint: "mirror.path names a file that is no mirror: correct it, or put a backup there with "
          + "`resetsync restore FILE`")
    case .newerSchema:
      self.init(.newerSchema, error.message, hint: "install the newer version of resetsync")
    case .cannotOpen, .readOnly:
      self.init(.cannotOpen, text, hint: "check that the folder exists and may be written")
    case .full:
      self.init(.diskFull, text, hint: "make room; nothing was lost, the run can be repeated")
    case .tooManyFiles:
      self.init(
        .cannotOpen, text, hint: "let it open more files: `ulimit -n`, or LimitNOFILE of the unit")
    case .busy:
      self.init(
        .busy, text, hint: "another run, or another program, writes; repeat it when that has ended",
        path: path)
    case .interrupted: self.init(.interrupted, text)
    case .inputOutput: self.init(.cannotOpen, text, hint: "check the disk")
    case .constraint, .other: self.init(.unexpected, "mirror \(path): \(error.description)")
    }
  }
}
