internal import Effects
internal import Formats
internal import HTTP

/// Lets requests go when the windows have room, and learns from what the server says.
final class Pacer: Sendable {
  private let settings: APISettings
  private let store: any RateBudgetStore
  private let time: any TimeSource
  private let random: any RandomSource
  private let start: (wall: Timestamp, monotonic: Double)
  private let counted = Lock(RateCounters())
  private let answering = Lock<Double?>(nil)

  init(
    _ settings: APISettings, store: any RateBudgetStore, time: any TimeSource,
    random: any RandomSource
  ) {
    self.settings = settings
    self.store = store
    self.time = time
    self.random = random
    start = (time.now, time.monotonicSeconds)
  }

  var counters: RateCounters { counted.withLock { $0 } }

  func count(_ change: @Sendable (inout RateCounters) -> Void) {
    counted.withLock { change(&$0) }
  }

  /// Seconds from a request to its answer, a moving average; nil before the first answer.
  var answerSeconds: Double? { answering.withLock { $0 } }

  /// Runs a request and notes how long its answer took.
  func timed<Value>(_ work: () async throws -> Value) async rethrows -> Value {
    let begun = time.monotonicSeconds
    let value = try await work()
    let took = time.monotonicSeconds - begun
    answering.withLock { $0 = $0.map { $0 + (took - $0) / 4 } ?? took }
    return value
  }

  /// The wall clock at the start plus the time since: windows don't follow a clock that jumps.
  private var now: Timestamp {
    start.wall.adding(seconds: time.monotonicSeconds - start.monotonic)
  }

  private var isUnlimited: Bool { settings.limits == .none }

  /// Waits for a place in the windows and returns its ticket.
  func admit(_ kind: RateClass) async throws(APIError) -> Int {
    let ticket = Int(random.next() >> 2)
    guard !isUnlimited else { return ticket }
    let figures = RateFigures(
      kind, share: settings.rateShare, limits: settings.limits, mode: settings.mode)
    while true {
      let now = self.now
      let wait = try await update {
        $0.reserve(kind, ticket: ticket, figures: figures, now: now)
      }
      guard wait > 0 else { return ticket }
      try await pause(wait)
    }
  }

  /// Books an answer: its window starts, and its fields are listened to.
  func settle(_ ticket: Int, _ kind: RateClass, _ response: HTTPResponse?) async {
    guard !isUnlimited else { return }
    let now = self.now
    let said = response.flatMap { Announced($0.fields) }
    _ = try? await update { ledger in
      ledger.settle(ticket: ticket, now: now)
      if let said {
        ledger.announce(
          kind.name, limit: said.limit, seconds: said.seconds, remaining: said.remaining,
          now: now)
      }
    }
  }

  /// Gives back the place of a request that never left.
  func withdraw(_ ticket: Int) async {
    guard !isUnlimited else { return }
    _ = try? await update { $0.withdraw(ticket: ticket) }
  }

  /// Stops the class after a 429 for as long as the server and its windows need; false when the
  /// server asks for more patience than the policy has.
  ///
  /// `Retry-After: 0` was seen from the live service, so the window decides at least: the average
  /// one, or the burst one where the average is said to have room.
  func block(
    _ kind: RateClass, _ response: HTTPResponse, times: Int
  ) async throws(APIError) -> Bool {
    let said = Announced(response.fields)
    let window = (said?.remaining ?? 0) > 0 ? RateFigures.burstSecondsStandard : said?.seconds
    let asked = RetryAfter.seconds(response.fields["Retry-After"], now: time.now)
    if let asked, asked > settings.retry.retryAfterSecondsMax { return false }
    let floor = max(isUnlimited ? 0 : window ?? RateFigures.averageSecondsStandard, asked ?? 0)
    let wait = floor + settings.retry.pause(after: times, random: random)
    let until = now.adding(seconds: wait)
    if isUnlimited {
      try await pause(wait)
    } else {
      try await update { $0.block(kind.name, until: until) }
    }
    return true
  }

  /// The error with what is known of the limit that was met.
  func explained(_ error: APIError, _ kind: RateClass, _ response: HTTPResponse) async -> APIError {
    let use = isUnlimited ? nil : try? await store.update { $0.use(of: kind.name) }
    var error = error
    error.remedy =
      ThrottleAdvice(
        kind: kind, said: Announced(response.fields),
        askedSeconds: RetryAfter.seconds(response.fields["Retry-After"], now: time.now),
        own: use?.own, foreign: use?.foreign,
        patienceSeconds: settings.retry.retryAfterSecondsMax
      ).text
    return error
  }

  /// Sleeps and counts the time.
  func pause(_ seconds: Double) async throws(APIError) {
    count { $0.waitedMilliseconds += Int(seconds * 1_000) }
    do {
      try await time.sleep(seconds: seconds)
    } catch {
      throw APIError(.cancelled, "stopped while waiting for the rate limit")
    }
  }

  private func update<Value: Sendable>(
    _ step: @Sendable (inout RateLedger) -> Value
  ) async throws(APIError) -> Value {
    do {
      return try await store.update(step)
    } catch {
      throw APIError(.misconfigured, "the shared rate budget can't be used: \(error)")
    }
  }
}

/// The three fields that describe the average limit of an answer's class.
struct Announced: Sendable, Equatable {
  let limit: Int
  let seconds: Double
  let remaining: Int

  init?(_ fields: HTTPFields) {
    guard let limit = fields["X-Ratelimit-Limit"].flatMap({ Int($0) }), limit > 0,
      let remaining = fields["X-Ratelimit-Remaining"].flatMap({ Int($0) })
    else { return nil }
    self.limit = limit
    self.remaining = max(0, min(remaining, limit))
    seconds = fields["X-Ratelimit-Interval"].flatMap(Double.init).map { max(1, $0) } ?? 60
  }
}
