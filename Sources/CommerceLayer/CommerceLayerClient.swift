public import Effects
internal import Formats
public import HTTP

/// Talks to one organisation: reads resets, their history and customers, and changes resets.
///
/// Every request asks for the needed fields only, stays inside the rate budget, and is tried
/// again where that can't double a change. Safe to use from any number of tasks.
public final class CommerceLayerClient: Sendable {
  static let mediaType = "application/vnd.api+json"

  /// The settings the client was made with.
  public let settings: APISettings
  let time: any TimeSource
  let random: any RandomSource
  let log: Log
  private let exchange: Exchange
  private let tokens: TokenKeeper
  private let organizationID = Lock<String?>(nil)

  /// Makes a client without sending anything; throws `misconfigured` for settings that can't work.
  ///
  /// `pause` is asked right before each change: where it gives a reason, nothing is sent.
  public init(
    settings: APISettings, transport: any HTTPTransport, time: any TimeSource,
    random: any RandomSource, budget: any RateBudgetStore, log: Log,
    pause: @escaping @Sendable () -> String? = { nil }
  ) throws(APIError) {
    try Self.check(settings)
    self.settings = settings
    self.time = time
    self.random = random
    self.log = log
    let pacer = Pacer(settings, store: budget, time: time, random: random)
    exchange = Exchange(
      transport: transport, pacer: pacer, policy: settings.retry,
      maxInFlight: settings.maxInFlight, random: random, log: log, pause: pause)
    tokens = TokenKeeper(settings, exchange: exchange, time: time, log: log)
  }

  private static func check(_ settings: APISettings) throws(APIError) {
    guard settings.rateShare > 0, settings.rateShare <= 1 else {
      throw APIError(.misconfigured, "rate_share must be above 0 and at most 1")
    }
    for (name, url) in [("base_url", settings.baseURL), ("token_url", settings.tokenURL)] {
      guard let address = WebAddress(url), !url.contains("?") else {
        throw APIError(.misconfigured, "\(name) is not an absolute address")
      }
      guard address.isSecure || address.isLoopback else {
        throw APIError(.misconfigured, "\(name) must begin with https://")
      }
      guard settings.limits != .none || address.isLoopback else {
        throw APIError(.misconfigured, "pacing can be switched off for this machine only")
      }
    }
  }

  /// What was sent and waited for so far.
  public var counters: RateCounters { exchange.pacer.counters }

  /// Above this part of the granted rate, one request after the other would leave some of it.
  private static let oneByOneShareMax = 0.9

  /// How many requests to have on the way where their order doesn't matter: one, unless the API
  /// answers too slowly to use the granted rate one by one; then `max_in_flight`.
  public var requestsAtOnce: Int {
    guard let limit = settings.limits.figures(for: settings.mode)?.averagePerMinute,
      let latency = exchange.pacer.answerSeconds
    else { return 1 }
    let rate = Double(RateFigures.part(limit, settings.rateShare)) / 60
    return latency * rate > Self.oneByOneShareMax ? max(1, settings.maxInFlight) : 1
  }

  /// The same for pages: without a granted rate, one at a time would always leave some of it.
  var pagesAtOnce: Int {
    let isUnlimited = settings.limits.figures(for: settings.mode) == nil
    return isUnlimited ? max(1, settings.maxInFlight) : requestsAtOnce
  }

  /// Gets a token and checks organisation and mode, without asking for any record.
  public func connect() async throws(APIError) {
    _ = try await tokens.token()
  }

  // MARK: Requests

  /// Reads a document below the base address.
  func get<Value: Sendable>(
    _ path: String, _ parameters: [(name: String, value: String)],
    decode: @Sendable (HTTPResponse) throws(MalformedDocument) -> Value
  ) async throws(APIError) -> Value {
    let query = parameters.map { parameter in
      PercentCoding.encoded(parameter.name) + "=" + PercentCoding.encoded(parameter.value)
    }
    let call = APICall(
      name: "GET \(path)", kind: .core(Self.endpoint(of: path)), isRepeatable: true)
    return try await exchange.send(
      call, authorize: authorize(.get, path + "?" + query.joined(separator: "&"), []),
      decode: decode)
  }

  /// Changes a resource; the answer shows the same fields as a read.
  func patch<Value: Sendable>(
    _ path: String, body: [UInt8],
    decode: @Sendable (HTTPResponse) throws(MalformedDocument) -> Value
  ) async throws(APIError) -> Value {
    let fields = PercentCoding.encoded("fields[\(ResetResource.type)]")
    let query = "\(fields)=\(PercentCoding.encoded(ResetQuery.fields))"
    let call = APICall(
      name: "PATCH \(path)", kind: .core(Self.endpoint(of: path)), isRepeatable: false)
    return try await exchange.send(
      call, authorize: authorize(.patch, "\(path)?\(query)", body), decode: decode)
  }

  private func authorize(
    _ method: HTTPMethod, _ target: String, _ body: [UInt8]
  ) -> (Bool) async throws(APIError) -> HTTPRequest {
    let used = Lock<AccessToken?>(nil)
    let base =
      settings.baseURL.hasSuffix("/")
      ? String(settings.baseURL.dropLast()) : settings.baseURL
    return { (isTokenRefused: Bool) async throws(APIError) -> HTTPRequest in
      let refused = isTokenRefused ? used.withLock { $0 } : nil
      let token: AccessToken
      if let refused {
        token = try await self.tokens.token(insteadOf: refused)
      } else {
        token = try await self.tokens.token()
      }
      used.withLock { $0 = token }
      self.expect(organizationID: token.claims?.organizationID)
      var fields = HTTPFields([
        ("Accept", Self.mediaType), ("Authorization", "Bearer \(token.secret.reveal())"),
      ])
      if !body.isEmpty { fields.append("Content-Type", Self.mediaType) }
      return HTTPRequest(method, base + target, fields: fields, body: body)
    }
  }

  /// The first part of the path: burst limits are counted per endpoint, and counting the parts
  /// below a resource with it errs on the safe side.
  private static func endpoint(of path: String) -> String {
    String(path.split(separator: "/").first ?? "")
  }

  // MARK: Where answers come from

  private func expect(organizationID id: String?) {
    guard let id else { return }
    organizationID.withLock { $0 = id }
  }

  /// Throws when an answer says that it belongs elsewhere; saying nothing is allowed.
  func verify(_ meta: DocumentMeta) throws(APIError) {
    if let mode = meta.mode, mode != settings.mode.rawValue {
      throw APIError(.wrongMode, "the answer is \(mode) data, not \(settings.mode.rawValue)")
    }
    guard let id = meta.organizationID else { return }
    let expected: String = organizationID.withLock { known in
      known = known ?? id
      return known ?? id
    }
    guard id == expected else {
      throw APIError(.wrongOrganization, "the answer is of organization \(id), not \(expected)")
    }
  }
}
