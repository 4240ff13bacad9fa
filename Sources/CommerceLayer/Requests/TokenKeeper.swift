internal import Effects
internal import Formats
internal import HTTP

/// Holds the current token; however many requests need a new one, one is asked for.
actor TokenKeeper {
  private let settings: APISettings
  private let exchange: Exchange
  private let time: any TimeSource
  private let log: Log
  private var current: AccessToken?
  private var renewal: Task<Result<AccessToken, APIError>, Never>?

  init(_ settings: APISettings, exchange: Exchange, time: any TimeSource, log: Log) {
    self.settings = settings
    self.exchange = exchange
    self.time = time
    self.log = log
  }

  /// A token that is good for some time yet.
  func token() async throws(APIError) -> AccessToken {
    if let current, time.monotonicSeconds < current.replaceAt { return current }
    return try await renew()
  }

  /// Another token than the one that the API refused.
  func token(insteadOf refused: AccessToken) async throws(APIError) -> AccessToken {
    if let current, current.secret != refused.secret { return current }
    current = nil
    let token = try await renew()
    guard token.secret != refused.secret else {
      throw APIError(.refusedCredentials, "the token endpoint repeats a token that was refused")
    }
    return token
  }

  private func renew() async throws(APIError) -> AccessToken {
    let task = renewal ?? Task { await fetch() }
    renewal = task
    let outcome = await task.value
    renewal = nil
    if case .success(let token) = outcome { current = token }
    return try outcome.get()
  }

  private func fetch() async -> Result<AccessToken, APIError> {
    do {
      return .success(try await request())
    } catch {
      return .failure(error)
    }
  }

  private func request() async throws(APIError) -> AccessToken {
    var body: [(String, JSONValue)] = [
      ("grant_type", "client_credentials"), ("client_id", .string(settings.clientID.reveal())),
      ("client_secret", .string(settings.clientSecret.reveal())),
    ]
    if let scope = settings.scope { body.append(("scope", .string(scope))) }
    let request = HTTPRequest(
      .post, settings.tokenURL,
      fields: HTTPFields([("Accept", "application/json"), ("Content-Type", "application/json")]),
      body: Array(JSONObject(body).written().utf8))
    let sentAt = time.monotonicSeconds
    let call = APICall(name: "POST token", kind: .token, isRepeatable: true)
    exchange.pacer.count { $0.tokens += 1 }
    let decode: @Sendable (HTTPResponse) throws(MalformedDocument) -> AccessToken = {
      answer throws(MalformedDocument) in
      try AccessToken(answer.body, sentAt: sentAt)
    }
    let token = try await exchange.send(call, authorize: { _ in request }, decode: decode)
    guard let claims = token.claims else {
      log.warning("the token says nothing; organization and mode are checked by answers only")
      return token
    }
    try claims.check(against: settings)
    return token
  }
}
