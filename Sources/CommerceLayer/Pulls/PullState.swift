public import Formats

/// How far the mirror has read; to be stored in the transaction that stores the rows.
///
/// The watermark comes from rows only. The two clocks serve one purpose: to notice that the
/// server's clock went back, and then to read more, never less.
public struct PullState: Sendable, Equatable {
  /// The highest `updated_at` seen; nil before the first row.
  public var watermark: RemoteInstant?
  /// What the server's clock said at the last completed pull, by its `Date` field.
  public var serverTime: Timestamp?
  /// What our own clock said then.
  public var ownTime: Timestamp?

  /// Makes a state; without a watermark a pull reads everything.
  public init(
    watermark: RemoteInstant? = nil, serverTime: Timestamp? = nil, ownTime: Timestamp? = nil
  ) {
    self.watermark = watermark
    self.serverTime = serverTime
    self.ownTime = ownTime
  }

  /// Where to begin reading: a little before the watermark, and before what the server's clock
  /// said last, should it be behind its own rows.
  func start(overlapSeconds: Double) -> Timestamp? {
    guard let watermark else { return nil }
    let base = serverTime.map { min($0, watermark.time) } ?? watermark.time
    return base.adding(seconds: -overlapSeconds)
  }

  /// Where to begin when the server's clock went back since the last pull; nil when it did not.
  func restart(overlapSeconds: Double, serverTime now: Timestamp, ownTime own: Timestamp)
    -> Timestamp?
  {
    // The field has whole seconds, and several machines may answer.
    guard watermark != nil, let serverTime, now.adding(seconds: 5) < serverTime else {
      return nil
    }
    let elapsed = ownTime.map { max(0, own.seconds(since: $0)) } ?? 86_400
    return now.adding(seconds: -elapsed - overlapSeconds)
  }

  /// Takes a row into account; the watermark only rises.
  mutating func note(_ instant: RemoteInstant) {
    if let watermark, watermark.time >= instant.time { return }
    watermark = instant
  }
}

/// Rows to store, with the state to store in the same transaction.
public struct PullPage: Sendable, Equatable {
  /// The rows, each with an id of its own within the page.
  public let rows: [ResetResource]
  /// What to store with an incremental page; a full pull's state is in its outcome.
  public let state: PullState?
  /// Where a full pull can go on after a stop; nil on incremental pages.
  public let cursor: FullPullCursor?
}

/// Who keeps the rows of a full pull.
public protocol PullSink {
  /// Takes a page of rows that are new to the pull.
  mutating func add(_ page: PullPage) async throws
  /// Whether the pull has handed on the reset of this id, before it was stopped or since.
  ///
  /// Asked only where the pull doesn't know that it is new.
  mutating func has(_ id: String) async throws -> Bool
}

/// What an incremental pull did.
public struct PullSummary: Sendable, Equatable {
  /// Pages asked for.
  public var pages = 0
  /// Rows handed on, without repetitions.
  public var rows = 0
  /// The state after the last page.
  public var state: PullState
}

/// The rows between two ids, both excluded, in the order of creation.
public struct WalkBounds: Sendable, Equatable {
  /// The id of the row before the first; nil for the beginning of the list.
  public let after: String?
  /// The id of the row after the last; nil for the end of the list.
  public let before: String?

  /// Makes bounds from stored parts.
  public init(after: String?, before: String?) {
    self.after = after
    self.before = before
  }
}

/// Where a stopped full pull can go on.
public struct FullPullCursor: Sendable, Equatable {
  /// What was not handed on yet, in the order of the list; the last range has no upper bound.
  public let ranges: [WalkBounds]
  /// How many rows were handed on so far.
  public let rows: Int
  /// The state of the incremental pull to begin with afterwards: from before the pull.
  public let stateBefore: PullState

  /// Makes a cursor from stored parts.
  public init(ranges: [WalkBounds], rows: Int, stateBefore: PullState) {
    self.ranges = ranges
    self.rows = rows
    self.stateBefore = stateBefore
  }
}

/// Whether a full pull proved that it saw every row.
public enum Completeness: Sendable, Equatable {
  /// As many distinct ids as the API counted at the end of the pull.
  case complete(recordCount: Int)
  /// No proof: the absence of a row means nothing.
  case incomplete(reason: String)
}

/// What a full pull did.
public struct FullPullOutcome: Sendable, Equatable {
  /// Whether absence means anything.
  public let completeness: Completeness
  /// Rows handed on, each id once.
  public let rows: Int
  /// Pages asked for.
  public let pages: Int
  /// What the next incremental pull begins with; from before the pull, so that rows which
  /// changed after the pull had passed them are read again.
  public let state: PullState
}
