import CommerceLayer
import Effects
import Formats
import HTTP
import Sandbox
import TestKit

/// A simulator without sockets and a client on a clock that skips waits.
struct VirtualWorld {
  let time: ManualTime
  let sandbox: Sandbox
  let transport: VirtualTransport

  /// Seconds from a request to its answer, unless told otherwise.
  static let latencySeconds = 0.2

  /// Makes a simulator; `isSimulated` for work inside `SimulatedRun`, with several requests under
  /// way at a time.
  init(
    resets: [SandboxReset], generated: Int = 0, limits: SandboxRateLimits = .unlimited,
    latencySeconds: Double = Self.latencySeconds, isSimulated: Bool = false
  ) {
    // Later than any file of today, so that every export is settled.
    time = ManualTime(
      at: SystemTime().now.adding(seconds: 86_400), autoAdvance: !isSimulated)
    var options = SandboxOptions()
    options.requestLogMax = 1_000_000
    options.limits = limits
    var seed = SandboxSeed(options: options)
    seed.resets[options.mode] = resets
    seed.generatedResets = generated
    sandbox = Sandbox(seed: seed, time: time, random: SeededRandom(seed: 3))
    transport = VirtualTransport(
      sandbox: sandbox, time: time, latencySeconds: latencySeconds)
  }

  func client(limits: RateLimits) throws -> CommerceLayerClient {
    var settings = APISettings(
      baseURL: "http://localhost/api", tokenURL: "http://localhost/oauth/token",
      clientID: Secret("admin-test-client"), clientSecret: Secret("admin-test-secret"),
      organization: "sandbox", mode: .test)
    settings.rateShare = 1
    settings.limits = limits
    return try CommerceLayerClient(
      settings: settings, transport: transport, time: time, random: SeededRandom(seed: 5),
      budget: MemoryRateBudget(), log: Log(level: .error, time: time, sink: NoSink()))
  }
}

/// Carries requests to the simulator; half the latency passes before it sees them, half after.
final class VirtualTransport: HTTPTransport {
  private let sandbox: Sandbox
  private let time: ManualTime
  private let latencySeconds: Double
  private let largest = Lock<[UInt8]>([])

  init(sandbox: Sandbox, time: ManualTime, latencySeconds: Double) {
    self.sandbox = sandbox
    self.time = time
    self.latencySeconds = latencySeconds
  }

  /// The longest answer so far.
  var largestBody: [UInt8] { largest.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    try await pass()
    let target = String(request.url.dropFirst("http://localhost".utf8.count))
    guard
      let call = HTTPServerRequest(
        request.method, target, fields: request.fields, body: request.body)
    else { throw .badAddress(request.url) }
    let answer = sandbox.handle(call)
    try await pass()
    largest.withLock { if answer.body.count > $0.count { $0 = answer.body } }
    return HTTPResponse(status: answer.status, fields: answer.fields, body: answer.body)
  }

  private func pass() async throws(HTTPTransportError) {
    do {
      try await time.sleep(seconds: latencySeconds / 2)
    } catch {
      throw .cancelled
    }
  }
}
