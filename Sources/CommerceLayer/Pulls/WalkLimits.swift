/// What the walks of a full and of an incremental pull put up with.
enum WalkLimits {
  /// How often a page that doesn't answer its question is asked for again before a pull gives up.
  static let wrongPagesMax = 3
  /// The least pages of a range that is split: the lower half keeps one to ask for.
  static let splitPagesMin = 4
  /// Rows that are remembered since an answer may be on the way that is older than they are; with
  /// so many nothing is asked beside it until it came.
  static let overtakingRowsMax = 100_000
}
