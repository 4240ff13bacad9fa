internal import Effects
internal import HTTP

/// What is told apart about requests before one is sent.
struct APICall: Sendable {
  /// Method and path for messages, without query and values.
  let name: String
  let kind: RateClass
  /// Whether sending it twice is the same as sending it once for certain.
  let isRepeatable: Bool
}

/// Sends one request until it is answered or given up: paced, retried by class, decoded.
final class Exchange: Sendable {
  let pacer: Pacer
  private let transport: any HTTPTransport
  private let policy: RetryPolicy
  private let random: any RandomSource
  private let gate: InFlightGate
  private let log: Log
  /// Why no change may leave just now.
  private let pause: @Sendable () -> String?

  init(
    transport: any HTTPTransport, pacer: Pacer, policy: RetryPolicy, maxInFlight: Int,
    random: any RandomSource, log: Log, pause: @escaping @Sendable () -> String? = { nil }
  ) {
    self.pause = pause
    self.transport = transport
    self.pacer = pacer
    self.policy = policy
    self.random = random
    self.log = log
    gate = InFlightGate(maxInFlight)
  }

  /// What one attempt ended in.
  private enum Attempt<Value: Sendable>: Sendable {
    case done(Value)
    case again(APIError)
    case throttled(APIError, HTTPResponse)
    case refusedToken(APIError)
  }

  /// Sends the request that `authorize` makes; it is told whether the last token was refused.
  func send<Value: Sendable>(
    _ call: APICall,
    authorize: (_ isTokenRefused: Bool) async throws(APIError) -> HTTPRequest,
    decode: @Sendable (HTTPResponse) throws(MalformedDocument) -> Value
  ) async throws(APIError) -> Value {
    var (failures, throttled, isTokenRefused) = (0, 0, false)
    while true {
      let request = try await authorize(isTokenRefused)
      switch try await attempt(call, request, decode) {
      case .done(let value): return value
      case .refusedToken(let error):
        // Once only: a second refusal is about the credentials.
        if isTokenRefused || call.kind == .token { throw error }
        isTokenRefused = true
      case .throttled(let error, let response):
        throttled += 1
        guard throttled <= policy.throttledMax,
          try await pacer.block(call.kind, response, times: throttled)
        else { throw await pacer.explained(error, call.kind, response) }
        log.notice("throttled", ["request": .text(call.name), "times": .int(throttled)])
      case .again(let error):
        failures += 1
        guard failures < policy.attemptsMax else { throw error }
        log.debug("trying again", ["request": .text(call.name), "because": .text(error.detail)])
        pacer.count { $0.retries += 1 }
        try await pacer.pause(policy.pause(after: failures, random: random))
      }
    }
  }

  private func attempt<Value: Sendable>(
    _ call: APICall, _ request: HTTPRequest,
    _ decode: @Sendable (HTTPResponse) throws(MalformedDocument) -> Value
  ) async throws(APIError) -> Attempt<Value> {
    await gate.enter()
    defer { gate.leave() }
    let ticket = try await pacer.admit(call.kind)
    // Asked here, behind all waiting: between this and the request nothing takes time.
    if !call.isRepeatable, let reason = pause() {
      await pacer.withdraw(ticket)
      throw APIError(.paused, reason, request: call.name)
    }
    do {
      let response = try await pacer.timed {
        try await answer(to: request, isRepeatable: call.isRepeatable)
      }
      await pacer.settle(ticket, call.kind, response)
      count(request, String(response.status))
      return try judge(call, response, decode)
    } catch let error as HTTPTransportError {
      if error.isUnsent { await pacer.withdraw(ticket) }
      await pacer.settle(ticket, call.kind, nil)
      count(request, "error")
      return .again(try failure(call, error))
    } catch let error as APIError {
      throw error
    } catch {
      throw APIError(.unreachable, "\(error)", request: call.name)
    }
  }

  /// Sends a request: a read ends with its task, a change on its way is waited for.
  ///
  /// So a run that is told to stop knows what became of it; the timeout bounds the wait.
  private func answer(
    to request: HTTPRequest, isRepeatable: Bool
  ) async throws -> HTTPResponse {
    guard !isRepeatable else { return try await transport.send(request) }
    return try await Task { [transport] in try await transport.send(request) }.value
  }

  private func count(_ request: HTTPRequest, _ outcome: String) {
    let key = "\(request.method.rawValue) \(outcome)"
    pacer.count {
      $0.requests += 1
      $0.byOutcome[key, default: 0] += 1
    }
  }

  private func judge<Value: Sendable>(
    _ call: APICall, _ response: HTTPResponse,
    _ decode: @Sendable (HTTPResponse) throws(MalformedDocument) -> Value
  ) throws(APIError) -> Attempt<Value> {
    switch response.status {
    case 200..<300: return try decoded(call, response, decode)
    case 300..<400:
      throw APIError(
        .incompatible, "the address redirects elsewhere; use the final address in the settings",
        request: call.name, status: response.status)
    default: break
    }
    let document = ErrorDocument(response)
    let error = document.error(for: call.name)
    switch response.status {
    case 429:
      pacer.count { $0.throttled += 1 }
      return .throttled(error, response)
    case 401 where document.isTokenRefused && call.kind != .token: return .refusedToken(error)
    case 400...403 where call.kind == .token:
      throw error.of(.refusedCredentials)
    case 500...:
      if call.isRepeatable { return .again(error) }
      throw error.of(.outcomeUnknown)
    default: throw error
    }
  }

  private func decoded<Value: Sendable>(
    _ call: APICall, _ response: HTTPResponse,
    _ decode: @Sendable (HTTPResponse) throws(MalformedDocument) -> Value
  ) throws(APIError) -> Attempt<Value> {
    do {
      return .done(try decode(response))
    } catch {
      let kind = call.isRepeatable ? APIError.Kind.incompatible : .outcomeUnknown
      let failure = APIError(kind, error.reason, request: call.name, status: response.status)
      guard call.isRepeatable else { throw failure }
      return .again(failure)
    }
  }

  /// The error to try again after, or to throw where trying again could double a change.
  private func failure(
    _ call: APICall, _ error: HTTPTransportError
  ) throws(APIError) -> APIError {
    switch error {
    case .badAddress(let text): throw APIError(.misconfigured, text, request: call.name)
    case .untrustedServer(let text):
      // Trying again would meet the same certificate.
      var error = APIError(
        .unreachable, "the server could not prove who it is: \(text)", request: call.name)
      error.remedy =
        "check the address; its certificate has to name this host, be valid today and come from"
        + " an authority that this machine trusts (package ca-certificates, or ca_file)"
      throw error
    case .cancelled: throw APIError(.cancelled, "stopped by the caller", request: call.name)
    case .cannotConnect(let text): return APIError(.unreachable, text, request: call.name)
    case .outcomeUnknown(let text), .malformedAnswer(let text):
      if call.isRepeatable { return APIError(.unreachable, text, request: call.name) }
      throw APIError(.outcomeUnknown, text, request: call.name)
    case .bodyTooLarge(let limit):
      let text = "the answer is larger than \(limit) bytes"
      throw APIError(
        call.isRepeatable ? .incompatible : .outcomeUnknown, text, request: call.name)
    }
  }
}

extension HTTPTransportError {
  /// Whether no byte of the request can have left.
  fileprivate var isUnsent: Bool {
    switch self {
    case .badAddress, .cannotConnect, .untrustedServer: true
    default: false
    }
  }
}

extension APIError {
  /// The same failure, seen as another class.
  func of(_ kind: Kind) -> APIError {
    var error = APIError(kind, detail, request: request, status: status)
    error.code = code
    error.pointer = pointer
    error.traceID = traceID
    return error
  }
}
