public import Formats

extension RateFigures {
  /// The window of the average limit unless the server says otherwise, in seconds.
  static let averageSecondsStandard = 60.0
  /// The window of the burst limit, in seconds.
  static let burstSecondsStandard = 10.0
  private static let tokensPerMinute = 30

  /// The figures of a class under these limits.
  init(_ kind: RateClass, share: Double, limits: RateLimits, mode: APIMode) {
    let (average, burst) = Self.granted(kind, limits, mode)
    self.init(
      averageLimit: Self.part(average, share), averageSeconds: Self.averageSecondsStandard,
      burstLimit: Self.part(burst, share), burstSeconds: Self.burstSecondsStandard, share: share)
  }

  private static func granted(
    _ kind: RateClass, _ limits: RateLimits, _ mode: APIMode
  ) -> (average: Int, burst: Int) {
    if kind == .token { return (tokensPerMinute, tokensPerMinute) }
    let published = RateLimits.published.figures(for: mode)
    return limits.figures(for: mode) ?? published ?? (1, 1)
  }
}

extension RateLedger {
  /// Requests that may leave now by class, of the tighter window; empty where nothing is paced.
  public func room(
    share: Double, limits: RateLimits, mode: APIMode, now: Timestamp
  ) -> [String: Int] {
    guard limits != .none else { return [:] }
    let kind = RateClass.core(ResetResource.type)
    let figures = RateFigures(kind, share: share, limits: limits, mode: mode)
    var (trial, room) = (self, 0)
    // Asked of the ledger itself, so that this figure and the pacing can't differ.
    while room < figures.averageLimit,
      trial.reserve(kind, ticket: -1, figures: figures, now: now) <= 0
    {
      room += 1
    }
    return [kind.name: room]
  }
}
