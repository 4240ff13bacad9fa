public import Formats
internal import SQLite

/// What the mirror has of the remote, and how far its pulls are.
public struct RemoteState: Sendable, Hashable {
  /// Resets that are not deleted; kept up to date, never counted.
  public let resets: Int
  /// When the last pull ended well; nil before the first.
  public let pulledAt: Timestamp?
  /// When the last full pull ended well; nil before the first, and after a restore.
  public let fullyPulledAt: Timestamp?
  /// The start of the next incremental pull, as `storePage` was given it.
  public let watermark: String?
  /// The full pull that was begun and not ended; nil if none was.
  public let fullPull: FullPullProgress?
}

/// A full pull in progress.
public struct FullPullProgress: Sendable, Hashable {
  /// The run that began it.
  public let run: String
  /// When.
  public let startedAt: Timestamp
  /// Where it goes on; nil at the start.
  public let cursor: String?
  /// Resets that it has handed on so far.
  public let rows: Int
}

extension Mirror {
  /// What stands of the remote, from one consistent look.
  public func remoteState() throws -> RemoteState {
    try read {
      let fullPull = try database.first("SELECT run, started_at, cursor, rows FROM full_walk") {
        FullPullProgress(
          run: $0.text(0), startedAt: Timestamp($0.int64(1)), cursor: $0.optionalText(2),
          rows: $0.int(3))
      }
      return RemoteState(
        resets: try fact("resets.present").flatMap { Int($0) } ?? 0,
        pulledAt: try factTime("pull.finished"),
        fullyPulledAt: try factTime(Self.fullPullFact), watermark: try fact("pull.watermark"),
        fullPull: fullPull)
    }
  }
}
