import Effects
import Formats
import HTTP

/// Everything behind the sandbox's lock: data, tokens, limits, faults, log and clock.
final class Engine {
  var options: SandboxOptions
  let stores: [SandboxMode: Store]
  var tokens = AccessTokens()
  var limiter = RateLimiter()
  var faults = FaultPlayer()
  var log = RequestLog()
  /// `http://127.0.0.1:8080`, known after the start.
  var origin = "http://127.0.0.1"
  private let time: any TimeSource
  private let random: any RandomSource
  private var clockOffset: Int64 = 0

  init(options: SandboxOptions, time: any TimeSource, random: any RandomSource) {
    self.options = options
    self.time = time
    self.random = random
    var stores: [SandboxMode: Store] = [:]
    for mode in SandboxMode.allCases {
      let store = Store(mode: mode, organizationID: options.organizationID)
      store.eventStoresMax = options.eventStoresMax
      stores[mode] = store
    }
    self.stores = stores
  }

  /// Now by the sandbox's clock, in microseconds since 1970.
  var now: Int64 { time.now.microseconds + clockOffset }

  func advance(seconds: Double) {
    clockOffset += Int64((min(max(seconds, -1e9), 1e9) * 1_000_000).rounded())
  }

  func randomNumber() -> UInt64 { random.next() }

  func store(_ mode: SandboxMode) -> Store {
    stores[mode] ?? Store(mode: mode, organizationID: options.organizationID)
  }

  // MARK: Serving

  /// Answers one request and notes it.
  func answer(_ request: HTTPServerRequest) -> HTTPServerResponse {
    if request.pathSegments.first == "__sandbox", options.controlEndpoint {
      return ControlEndpoint(engine: self, request: request).answer()
    }
    let due = faults.due(request, random: randomNumber)
    var played = Played()
    for position in due { played.take(faults.action(position), position) }
    let response = answer(request, played)
    note(request, response, wasApplied: played.early == nil)
    return response
  }

  private func answer(_ request: HTTPServerRequest, _ played: Played) -> HTTPServerResponse {
    if let early = played.early { return early.response(statusAsNumber: true) }
    if played.revokesToken, let token = Self.bearer(request) { tokens.revoke(token) }
    for change in played.changes where change.isBefore { apply(change, request, rows: []) }
    switch request.pathSegments.first {
    case "oauth"
    where ["token", "revoke"].contains(request.pathSegments.dropFirst().first)
      && request.pathSegments.count == 2:
      return played.finish(answerToken(request))
    case "api": return answerAPI(request, played)
    default:
      var writer = ByteWriter()
      writer.errors([.routeNotFound], statusAsNumber: options.errorStatusAsNumber)
      return played.finish(
        HTTPServerResponse(
          status: 404, fields: HTTPFields([("Content-Type", APIExchange.mediaType)]),
          body: writer.bytes))
    }
  }

  private func answerToken(_ request: HTTPServerRequest) -> HTTPServerResponse {
    let verdict = limiter.tokenCall(options.limits, address: Self.client(request), now: now)
    var response =
      verdict.isAllowed
      ? TokenEndpoint(options: options, now: now, random: randomNumber())
        .answer(request, path: request.pathSegments[1], tokens: &tokens)
      : throttled()
    addLimitFields(verdict, to: &response)
    return response
  }

  private func answerAPI(_ request: HTTPServerRequest, _ played: Played) -> HTTPServerResponse {
    var segments = Array(request.pathSegments.dropFirst())
    var base = origin + "/api"
    if let version = segments.first, Self.isVersion(version) {
      base += "/" + version
      segments.removeFirst()
    }
    let grant = Self.bearer(request).flatMap { tokens.grant($0, now: now) }
    let verdict = limiter.call(
      options.limits, mode: grant?.credential.mode ?? options.mode, address: Self.client(request),
      endpoint: segments.first ?? "", isWrite: request.method != .get && request.method != .head,
      now: now)
    guard verdict.isAllowed else {
      var response = throttled()
      addLimitFields(verdict, to: &response)
      return played.finish(response)
    }
    var answer = exchange(request, segments, base, grant, played)
    if answer.isPage, answer.status == 200 {
      if let position = played.pagePosition {
        answer.body = faults.page(position, fresh: answer.body)
      }
      faults.note(page: answer.body, for: request)
    }
    for change in played.changes where !change.isBefore {
      apply(change, request, rows: answer.rows)
    }
    var response = HTTPServerResponse(status: answer.status, body: answer.body)
    if let mediaType = answer.mediaType { response.fields.append("Content-Type", mediaType) }
    if let location = answer.location { response.fields.append("Location", location) }
    if let allow = answer.allow { response.fields.append("Allow", allow) }
    addLimitFields(verdict, to: &response)
    return played.finish(response)
  }

  private func exchange(
    _ request: HTTPServerRequest, _ segments: [String], _ base: String, _ grant: AccessGrant?,
    _ played: Played
  ) -> APIAnswer {
    guard let grant else {
      var writer = ByteWriter()
      writer.errors([.invalidToken], statusAsNumber: options.errorStatusAsNumber)
      return APIAnswer(status: 401, body: writer.bytes)
    }
    let store = store(grant.credential.mode)
    let exchange = APIExchange(
      request: request, segments: segments, base: base, store: store, grant: grant,
      options: options, now: now, traceID: traceID(),
      tieBreaker: options.shufflesTies ? randomNumber() : nil, shownMode: played.shownMode,
      shownOrganizationID: played.shownOrganizationID, leaksToken: played.leaksToken)
    return exchange.answer()
  }

  private func throttled() -> HTTPServerResponse {
    FaultAnswer(
      status: 429, body: options.limits.body, retryAfter: options.limits.retryAfter
    ).response(statusAsNumber: true)
  }

  private func addLimitFields(
    _ verdict: RateLimiter.Verdict, to response: inout HTTPServerResponse
  ) {
    response.fields.append("X-Ratelimit-Limit", String(verdict.limit))
    response.fields.append("X-Ratelimit-Interval", String(verdict.intervalSeconds))
    response.fields.append("X-Ratelimit-Remaining", String(verdict.remaining))
  }

  /// 64 hexadecimal digits.
  private func traceID() -> String {
    var text: [UInt8] = []
    let digits = Array("0123456789abcdef".utf8)
    for _ in 0..<4 {
      var value = randomNumber()
      for _ in 0..<16 {
        text.append(digits[Int(value & 15)])
        value >>= 4
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The address that limits count by: the connection's, or the one that a trusted back end
  /// forwards for its own client (CommerceLayer#Access).
  private static func client(_ request: HTTPServerRequest) -> String {
    guard request.fields["X-Backend-Auth"] != nil,
      let address = request.fields["X-True-Client-IP"], address.utf8.count <= 45
    else { return request.peer }
    return address
  }

  static func bearer(_ request: HTTPServerRequest) -> String? {
    guard let value = request.fields["Authorization"],
      value.prefix(7).lowercased() == "bearer "
    else { return nil }
    return String(value.dropFirst(7))
  }

  /// A date stamp such as `2026-05` (CommerceLayer#Access).
  private static func isVersion(_ segment: String) -> Bool {
    let parts = segment.split(separator: "-", omittingEmptySubsequences: false)
    return (2...3).contains(parts.count) && parts[0].utf8.count == 4
      && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  private func note(
    _ request: HTTPServerRequest, _ response: HTTPServerResponse, wasApplied: Bool
  ) {
    var fields: [String: String] = [:]
    if options.requestLogMax > 0 {
      for name in ["accept", "content-type", "user-agent"] {
        if let value = request.fields[name] { fields[name] = value }
      }
    }
    let isAnswered: Bool
    switch response.delivery {
    case .custom(let delivery): isAnswered = delivery.answers
    case .whole, .chunked: isAnswered = true
    }
    log.add(
      SandboxRequest(
        number: log.total + 1, microseconds: now, method: request.method.rawValue,
        target: request.target, isAuthorized: request.fields["Authorization"] != nil,
        fields: fields, body: Array(request.body.prefix(RequestLog.bodyBytesMax)),
        status: isAnswered ? response.status : 0, responseBytes: response.body.count,
        wasApplied: wasApplied),
      max: options.requestLogMax)
  }
}
