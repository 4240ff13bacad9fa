public import Effects
public import Formats
public import HTTP

/// A faithful Commerce Layer simulator on loopback: OAuth, JSON:API, rate limits, faults.
///
/// Usable over HTTP after `start`, and in-process through `handle` and the control methods. All of
/// it may be called from any thread.
public final class Sandbox: Sendable {
  private let engine: Lock<Engine>
  private let server: HTTPServer

  /// Makes a sandbox that does not listen yet; `time` moves tokens, windows and `updated_at`.
  public init(
    seed: SandboxSeed = SandboxSeed(), time: any TimeSource, random: any RandomSource,
    serverLimits: HTTPServerLimits = .standard
  ) {
    let engine = Lock(Self.seeded(seed, time, random))
    self.engine = engine
    server = HTTPServer(limits: serverLimits) { request in
      engine.withLock { $0.answer(request) }
    }
  }

  /// Makes an empty sandbox with options.
  public convenience init(
    options: SandboxOptions, time: any TimeSource, random: any RandomSource
  ) {
    self.init(seed: SandboxSeed(options: options), time: time, random: random)
  }

  private static func seeded(
    _ seed: SandboxSeed, _ time: any TimeSource, _ random: any RandomSource
  ) -> sending Engine {
    let engine = Engine(options: seed.options, time: time, random: random)
    for (mode, customers) in seed.customers {
      for customer in customers { engine.add(customer, mode: mode) }
    }
    for (mode, resets) in seed.resets {
      for reset in resets { _ = engine.add(reset, mode: mode) }
    }
    if seed.generatedResets > 0 {
      Generator(store: engine.store(seed.options.mode), now: engine.now)
        .make(seed.generatedResets)
    }
    engine.faults.set(seed.faults)
    return engine
  }

  /// Listens, on a free loopback port unless told otherwise.
  ///
  /// Throws `HTTPServerError`.
  @discardableResult
  public func start(
    listening address: String = "127.0.0.1:0"
  ) throws(HTTPServerError) -> SandboxAddress {
    let bound = try server.start(listening: address)
    return engine.withLock { engine in
      engine.origin = "http://\(bound)"
      return Self.address(engine)
    }
  }

  private static func address(_ engine: Engine) -> SandboxAddress {
    let options = engine.options
    let credential =
      options.credentials.first { $0.role == .admin && $0.mode == options.mode }
      ?? options.credentials.first
    return SandboxAddress(
      baseURL: engine.origin + "/api", tokenURL: engine.origin + "/oauth/token",
      clientID: credential?.clientID ?? "", clientSecret: credential?.clientSecret ?? "",
      organization: options.organization, mode: options.mode)
  }

  /// Stops listening; true when the connections ended in the orderly way.
  @discardableResult
  public func stop(_ how: HTTPServer.Stop = .graceful(withinSeconds: 2)) -> Bool {
    server.stop(how)
  }

  /// Answers a request without a socket.
  public func handle(_ request: HTTPServerRequest) -> HTTPServerResponse {
    engine.withLock { $0.answer(request) }
  }

  // MARK: Rows

  /// Adds a reset; nil when its metadata is no JSON object, else the id.
  @discardableResult
  public func createReset(_ reset: SandboxReset, mode: SandboxMode? = nil) -> String? {
    engine.withLock { $0.add(reset, mode: mode ?? $0.options.mode) }
  }

  /// Adds a customer.
  public func createCustomer(_ customer: SandboxSeed.Customer, mode: SandboxMode? = nil) {
    engine.withLock { $0.add(customer, mode: mode ?? $0.options.mode) }
  }

  /// Makes a change as somebody else; how many rows it touched.
  @discardableResult
  public func apply(_ change: SandboxChange, mode: SandboxMode? = nil) -> Int {
    engine.withLock {
      $0.apply(change, mode: mode ?? $0.options.mode, request: nil, rows: [])
    }
  }

  /// Replaces a reset's metadata as somebody else; false when there is no such reset.
  @discardableResult
  public func editReset(_ id: String, metadata: String) -> Bool {
    var change = SandboxChange(.edit, .id(id))
    change.metadata = metadata
    return apply(change) == 1
  }

  /// Deletes a reset; false when there is no such reset.
  @discardableResult
  public func deleteReset(_ id: String) -> Bool {
    apply(SandboxChange(.delete, .id(id))) == 1
  }

  /// The reset with that id, secrets included, or nil.
  public func reset(_ id: String, mode: SandboxMode? = nil) -> SandboxReset? {
    engine.withLock { $0.reset(id, mode: mode ?? $0.options.mode) }
  }

  /// All resets in insertion order, secrets included.
  public func resets(mode: SandboxMode? = nil) -> [SandboxReset] {
    engine.withLock { $0.allResets(mode: mode ?? $0.options.mode) }
  }

  // MARK: Circumstances

  /// The options; changes act from the next request on, but not on organisation and ids.
  public var options: SandboxOptions {
    get { engine.withLock { $0.options } }
    set { engine.withLock { $0.options = newValue } }
  }

  /// Moves the sandbox's clock, in seconds; a negative figure sets it back.
  public func advance(seconds: Double) {
    engine.withLock { $0.advance(seconds: seconds) }
  }

  /// The time by the sandbox's clock.
  public var now: Timestamp {
    engine.withLock { Timestamp(microseconds: $0.now) }
  }

  /// Replaces all fault rules.
  public func setFaults(_ faults: [SandboxFault]) {
    engine.withLock { $0.faults.set(faults) }
  }

  /// Adds a fault rule.
  public func addFault(_ fault: SandboxFault) {
    engine.withLock { $0.faults.add(fault) }
  }

  /// Revokes every access token.
  public func revokeTokens() {
    engine.withLock { $0.tokens.revokeAll() }
  }

  /// Forgets the calls that the rate limits counted.
  public func resetRateLimits() {
    engine.withLock { $0.limiter.reset() }
  }

  // MARK: Log

  /// The last served requests, oldest first, at most `requestLogMax`.
  public var requests: [SandboxRequest] {
    engine.withLock { $0.log.all }
  }

  /// How many requests were served since the start.
  public var requestCount: Int {
    engine.withLock { $0.log.total }
  }

  /// Empties the log; the numbers go on.
  public func clearRequests() {
    engine.withLock { $0.log.clear() }
  }
}
