public import Formats

/// Which of two changes of one record is the later, as far as both say when they were made.
///
///     row     09:00    10:00    11:00     none     2099
///     stands  10:00    10:00    10:00     10:00    10:00
///             stale    taken    taken     taken    rejected
public struct ChangeOrder: Sendable {
  /// How far ahead of the clock the time of a change may lie, in seconds.
  public static let aheadSecondsMax = 86_400.0

  /// The latest time that is believed.
  private let latest: Timestamp

  /// The order as seen at this time.
  public init(now: Timestamp) { latest = now.adding(seconds: Self.aheadSecondsMax) }

  /// Whether a time may be that of a change: nothing was changed in the future, and a time that
  /// lies there would outdate every change to come.
  public func believes(_ time: Timestamp) -> Bool { time <= latest }

  /// Whether one change was made before another; false where one of them doesn't say when.
  ///
  /// A time that isn't believed says nothing: it may stand from a day on which the clock was wrong.
  public func isEarlier(_ time: Timestamp?, than other: Timestamp?) -> Bool {
    guard let time, let other, believes(time), believes(other) else { return false }
    return time < other
  }

  /// Why a row with a time that isn't believed is rejected.
  public func reason(rejecting time: Timestamp) -> String {
    "it says that it was changed at \(time.rfc3339), more than a day ahead of the clock; "
      + "correct the time at its source, or the format and zone of \"changed_at\""
  }
}
