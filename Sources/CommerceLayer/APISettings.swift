public import Effects

/// Which data set of an organisation is meant.
public enum APIMode: String, Sendable, CaseIterable {
  /// Data to try things with.
  case test
  /// The real data.
  case live
}

/// Whose figures the pacing goes by.
public enum RateLimits: Sendable, Equatable {
  /// Those the vendor publishes for the mode, or lower ones that the server announces.
  case published
  /// Agreed figures: requests in 60 seconds, and in 10 seconds per endpoint.
  case custom(averagePerMinute: Int, burstPer10Seconds: Int)
  /// No pacing at all; for a sandbox on this machine only.
  case none

  /// Requests in 60 seconds, and in 10 seconds per endpoint, before any share; nil without pacing.
  public func figures(for mode: APIMode) -> (averagePerMinute: Int, burstPer10Seconds: Int)? {
    switch (self, mode) {
    case (.none, _): nil
    case (.custom(let average, let burst), _): (average, burst)
    case (.published, .live): (200, 50)
    case (.published, .test): (100, 25)
    }
  }
}

/// Everything that must be known to talk to one organisation.
public struct APISettings: Sendable, Equatable {
  /// The most rows of one page, fixed by the API.
  public static let pageSizeMax = 25

  /// The root of the API, such as `https://yourdomain.commercelayer.io/api`, version included.
  public var baseURL: String
  /// Where tokens are issued.
  public var tokenURL: String
  /// The name of the credentials.
  public var clientID: Secret
  /// Their secret.
  public var clientSecret: Secret
  /// A market, store or stock location to restrict the token to; nil for none.
  public var scope: String?
  /// The slug that the token must belong to, compared without regard to case.
  public var organization: String
  /// The data set that the token must belong to.
  public var mode: APIMode
  /// The part of the limits to use, above 0 and at most 1.
  public var rateShare = 0.5
  /// Whose figures the pacing goes by.
  public var limits = RateLimits.published
  /// The most requests under way at a time.
  public var maxInFlight = 4
  /// How often and how patiently a request is tried again.
  public var retry = RetryPolicy()
  /// How far an incremental pull goes back behind the newest row it saw, in seconds: rows may
  /// become visible later than their time says.
  public var overlapSeconds = 60.0

  /// Makes settings with the defaults named at each member.
  public init(
    baseURL: String, tokenURL: String, clientID: Secret, clientSecret: Secret,
    scope: String? = nil, organization: String, mode: APIMode
  ) {
    self.baseURL = baseURL
    self.tokenURL = tokenURL
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.scope = scope
    self.organization = organization
    self.mode = mode
  }
}

/// How often and how patiently a request is tried again.
public struct RetryPolicy: Sendable, Equatable {
  /// The most times one request is sent, throttled answers not counted.
  public var attemptsMax = 5
  /// The most throttled answers that one request waits out.
  public var throttledMax = 6
  /// The first pause is a random part of this, in seconds; it doubles each time (full jitter).
  public var firstPauseSeconds = 0.5
  /// The longest pause, in seconds.
  public var pauseSecondsMax = 30.0
  /// The longest `Retry-After` that is waited for, in seconds; above it the run gives up.
  public var retryAfterSecondsMax = 900.0

  /// Makes a policy with the defaults named at each member.
  public init() {}

  /// A random part of the pause after the given number of failed attempts.
  func pause(after failures: Int, random: any RandomSource) -> Double {
    let ceiling = min(pauseSecondsMax, firstPauseSeconds * Double(1 << min(failures - 1, 20)))
    return ceiling * random.unit()
  }
}
