internal import Effects
internal import Formats

/// One person at the desk.
struct DeskSession: Sendable, Equatable {
  var person: String
  /// What every form of this session carries.
  let formToken: String
  let begunAt: Timestamp
  var seenAt: Timestamp
  /// What the next page says once.
  var notice: DeskNotice?
}

/// What a page says once, after something was done.
struct DeskNotice: Sendable, Equatable {
  var text: String
  var isError = false
  /// Whether the last decision can be taken back from here.
  var canUndo = false
}

/// Tokens and sessions, in memory only; keys are kept as hashes, so that memory gives none away.
final class DeskSessions: Sendable {
  private struct State {
    var tokens: [String: Timestamp] = [:]
    var sessions: [String: DeskSession] = [:]
    /// Wrong tokens and passwords lately.
    var failures: [Timestamp] = []
  }

  /// Wrong attempts a minute before all are refused.
  static let failuresPerMinuteMax = 20

  private let state = Lock(State())
  private let random: any RandomSource
  private let settings: DeskSettings

  init(random: any RandomSource, settings: DeskSettings) {
    self.random = random
    self.settings = settings
  }

  private func secret() -> String { Base64.encode(random.bytes(32), .url) }

  private static func hashed(_ secret: String) -> String { SHA256.hex(of: secret) }

  /// A token for a printed address; it can be used once.
  func newToken(at now: Timestamp) -> String {
    let token = secret()
    let end = now.adding(seconds: settings.tokenSecondsMax)
    state.withLock { $0.tokens[Self.hashed(token)] = end }
    return token
  }

  /// Uses up a token and begins a session; nil if the token is unknown, used or too old.
  func enter(token: String, person: String, at now: Timestamp) -> String? {
    let key = Self.hashed(token)
    let isGood = state.withLock { state in
      guard let end = state.tokens.removeValue(forKey: key) else { return false }
      return now <= end
    }
    return isGood ? begin(person: person, at: now) : nil
  }

  /// Begins a session and returns the secret of its cookie.
  func begin(person: String, at now: Timestamp) -> String {
    let cookie = secret()
    let session = DeskSession(
      person: person, formToken: secret(), begunAt: now, seenAt: now, notice: nil)
    let settings = self.settings
    state.withLock { state in
      state.sessions = state.sessions.filter { Self.isAlive($0.value, now, settings) }
      if state.sessions.count >= settings.sessionsMax,
        let oldest = state.sessions.min(by: { $0.value.seenAt < $1.value.seenAt })
      {
        state.sessions[oldest.key] = nil
      }
      state.sessions[Self.hashed(cookie)] = session
    }
    return cookie
  }

  /// The session of a cookie, if it lives; being asked for keeps it alive.
  func session(_ cookie: String, at now: Timestamp) -> DeskSession? {
    let key = Self.hashed(cookie)
    let settings = self.settings
    return state.withLock { state in
      guard var session = state.sessions[key] else { return nil }
      guard Self.isAlive(session, now, settings) else {
        state.sessions[key] = nil
        return nil
      }
      session.seenAt = now
      state.sessions[key] = session
      return session
    }
  }

  /// Changes a session that lives.
  func update(_ cookie: String, _ change: @Sendable (inout DeskSession) -> Void) {
    let key = Self.hashed(cookie)
    state.withLock { state in
      guard var session = state.sessions[key] else { return }
      change(&session)
      state.sessions[key] = session
    }
  }

  /// Ends a session.
  func end(_ cookie: String) {
    let key = Self.hashed(cookie)
    state.withLock { $0.sessions[key] = nil }
  }

  /// Notes a wrong token or password.
  func noteFailure(at now: Timestamp) {
    state.withLock { state in
      state.failures = state.failures.filter { now.seconds(since: $0) < 60 }
      state.failures.append(now)
    }
  }

  /// Takes back the last note: the attempt was right.
  func forgetFailure() { state.withLock { _ = $0.failures.popLast() } }

  /// Whether too many attempts were wrong in the last minute.
  func isBlocked(at now: Timestamp) -> Bool {
    state.withLock { state in
      state.failures.filter { now.seconds(since: $0) < 60 }.count >= Self.failuresPerMinuteMax
    }
  }

  private static func isAlive(
    _ session: DeskSession, _ now: Timestamp, _ settings: DeskSettings
  ) -> Bool {
    now.seconds(since: session.seenAt) <= settings.idleSecondsMax
      && now.seconds(since: session.begunAt) <= settings.sessionSecondsMax
  }
}
