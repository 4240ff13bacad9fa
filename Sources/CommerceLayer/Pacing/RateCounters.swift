/// What was sent and waited for; grows for the life of a client.
public struct RateCounters: Sendable, Equatable {
  /// Requests sent, the token endpoint included.
  public var requests = 0
  /// Requests by `METHOD status`, such as `GET 200`; `GET error` where no answer came.
  public var byOutcome: [String: Int] = [:]
  /// Answers that said 429.
  public var throttled = 0
  /// Requests sent again after a failure.
  public var retries = 0
  /// Tokens asked for.
  public var tokens = 0
  /// Time spent waiting for a place in the windows or for the end of a block, in milliseconds.
  public var waitedMilliseconds = 0

  /// Makes counters at zero.
  public init() {}
}
