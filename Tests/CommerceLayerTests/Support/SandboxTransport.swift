import CommerceLayer
import Effects
import Formats
import HTTP
import Sandbox
import SandboxKit
import TestKit

/// Carries requests to a sandbox without sockets, on a manual clock.
///
/// Half the latency passes before the sandbox sees a request, half after.
struct SandboxTransport: HTTPTransport {
  let sandbox: Sandbox
  let time: ManualTime
  var latencySeconds = 0.2
  /// How much longer than that an answer is on its way.
  var lateSeconds: @Sendable () -> Double = { 0 }
  /// Adds the `Date` that a real server sends.
  var sendsDate = false
  /// Changes the target of a request, as a server does that reads it in another way.
  var rewrite: @Sendable (String) -> String = { $0 }

  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    try await pass(latencySeconds / 2)
    let target = rewrite(String(request.url.dropFirst("http://localhost".utf8.count)))
    guard
      let call = HTTPServerRequest(
        request.method, target, fields: request.fields, body: request.body)
    else { throw .badAddress(request.url) }
    let answer = sandbox.handle(call)
    try await pass(latencySeconds / 2 + answer.delaySeconds + lateSeconds())
    var fields = answer.fields
    if sendsDate { fields.append("Date", Self.date(sandbox.now)) }
    switch DirectAnswer(answer, fields: fields) {
    case .arrives(let whole): return whole
    case .lost(let error): throw error
    case .hangs:
      try await pass(15)
      throw .outcomeUnknown("timed out")
    }
  }

  private func pass(_ seconds: Double) async throws(HTTPTransportError) {
    do {
      try await time.sleep(seconds: seconds)
    } catch {
      throw .cancelled
    }
  }

  private static func date(_ time: Timestamp) -> String {
    let text = time.rfc3339
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let parts = text.prefix(10).split(separator: "-")
    let month = months[Int(parts[1])! - 1]
    return "Mon, \(parts[2]) \(month) \(parts[0]) \(text.dropFirst(11).prefix(8)) GMT"
  }
}

/// A sandbox, a clock and a client that talks to it in virtual time.
struct Bench {
  let time: ManualTime
  let sandbox: Sandbox
  var latencySeconds = 0.2
  var lateSeconds: @Sendable () -> Double = { 0 }
  var sendsDate = false
  var rewrite: @Sendable (String) -> String = { $0 }
  let sink = MemorySink()

  /// Makes a sandbox with generated rows; `isSimulated` for work inside `SimulatedRun`.
  init(
    rows: Int = 0, isSimulated: Bool = false,
    _ change: (inout SandboxOptions) -> Void = { options in
      options.limits = .unlimited
    }
  ) {
    time = ManualTime(autoAdvance: !isSimulated)
    var options = SandboxOptions()
    options.requestLogMax = 1_000_000
    change(&options)
    var seed = SandboxSeed(options: options)
    seed.generatedResets = rows
    sandbox = Sandbox(seed: seed, time: time, random: SeededRandom(seed: 3))
  }

  func settings(mode: APIMode = .test) -> APISettings {
    var settings = APISettings(
      baseURL: "http://localhost/api", tokenURL: "http://localhost/oauth/token",
      clientID: Secret("admin-\(mode.rawValue)-client"),
      clientSecret: Secret("admin-\(mode.rawValue)-secret"),
      organization: "sandbox", mode: mode)
    settings.rateShare = 1
    settings.limits = .none
    // One page after the other; `WideWalkTests` and others ask for more.
    settings.maxInFlight = 1
    return settings
  }

  func client(
    budget: any RateBudgetStore = MemoryRateBudget(),
    _ change: (inout APISettings) -> Void = { _ in }
  ) throws -> CommerceLayerClient {
    var settings = settings()
    change(&settings)
    return try CommerceLayerClient(
      settings: settings,
      transport: SandboxTransport(
        sandbox: sandbox, time: time, latencySeconds: latencySeconds, lateSeconds: lateSeconds,
        sendsDate: sendsDate, rewrite: rewrite),
      time: time, random: SeededRandom(seed: 5), budget: budget,
      log: Log(level: .debug, time: time, sink: sink))
  }
}

/// What a consumer of pulls keeps: the rows by id, and the state of the last page.
final class Collector: Sendable {
  private let kept = Lock<[String: ResetResource]>([:])
  private let handed = Lock(0)
  private let last = Lock<PullPage?>(nil)

  var rows: [String: ResetResource] { kept.withLock { $0 } }
  /// How many rows were handed on, repetitions included.
  var count: Int { handed.withLock { $0 } }
  var page: PullPage? { last.withLock { $0 } }
  var state: PullState { page?.state ?? PullState() }

  func take(_ page: PullPage) {
    kept.withLock { kept in for row in page.rows { kept[row.id] = row } }
    handed.withLock { $0 += page.rows.count }
    last.withLock { $0 = page }
  }

  func drop(_ ids: [String]) {
    kept.withLock { kept in for id in ids { kept[id] = nil } }
  }

  /// How the collected rows differ from the sandbox's, in words; empty when they are equal.
  func differences(from sandbox: Sandbox) -> [String] {
    let rows = self.rows
    let truth = sandbox.resets()
    var found: [String] = []
    for reset in truth {
      guard let row = rows[reset.id ?? ""] else {
        found.append("missing \(reset.id ?? "?")")
        continue
      }
      let metadata = try? JSONValue(parsing: reset.metadata ?? "{}")
      let isEqual =
        row.customerEmail == reset.customerEmail && row.reference == reset.reference
        && row.referenceOrigin == reset.referenceOrigin
        && (try? JSONValue(parsing: row.metadata)) == metadata
      if !isEqual { found.append("stale \(row.id)") }
    }
    if rows.count > truth.count { found.append("\(rows.count - truth.count) too many") }
    return found
  }
}

/// The most requests in any window of that length, from the times they arrived.
func mostInWindow(_ times: [Int64], seconds: Double) -> Int {
  let times = times.sorted()
  var (first, most) = (0, 0)
  for (index, time) in times.enumerated() {
    while Double(time - times[first]) >= seconds * 1e6 { first += 1 }
    most = max(most, index - first + 1)
  }
  return most
}
