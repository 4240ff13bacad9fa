import CommerceLayer
import Effects
import HTTP
import Sandbox
import TestKit
import Testing

/// A fault that comes again and again, on the API only.
private func often(
  _ action: SandboxFault.Action, every: Int = 3, method: String? = nil, count: Int? = nil
) -> SandboxFault {
  var fault = SandboxFault(action, method: method, path: "/api/")
  fault.every = every
  fault.count = count
  return fault
}

private func change(
  _ kind: SandboxChange.Kind, _ target: SandboxChange.Target, isBefore: Bool = false
) -> SandboxFault {
  var change = SandboxChange(kind, target)
  change.isBefore = isBefore
  change.metadata = "{\"by\":\"somebody else\"}"
  change.customerEmail = "somebody@example.com"
  return often(.change(change), every: 2, count: 20)
}

private let faults: [(name: String, fault: SandboxFault)] = [
  ("429 object", often(.respond(status: 429, body: .object, retryAfter: "0"), every: 5)),
  ("429 html", often(.respond(status: 429, body: .html, retryAfter: nil), every: 5)),
  ("429 empty", often(.respond(status: 429, body: .empty, retryAfter: "7"), every: 5)),
  ("500 empty", often(.respond(status: 500, body: .empty, retryAfter: nil))),
  ("502 html", often(.respond(status: 502, body: .html, retryAfter: nil))),
  ("503 array", often(.respond(status: 503, body: .array, retryAfter: "1"))),
  ("reset before", often(.resetBefore)), ("reset after", often(.resetAfter)),
  ("close before", often(.closeBefore)), ("close after", often(.closeAfter)),
  ("hang", often(.hang, every: 7, count: 3)), ("hang after", often(.hangAfter, every: 7, count: 3)),
  ("delay", often(.delay(seconds: 0.02))),
  ("trickle", often(.trickle(bytes: 2_000, everySeconds: 0.001))),
  ("truncate", often(.truncate(afterBytes: 300, reset: false))),
  ("truncate by reset", often(.truncate(afterBytes: 300, reset: true))),
  ("invalid JSON", often(.invalidJSON)),
  ("other body", often(.body("<html></html>", mediaType: "text/html"))),
  ("empty body", often(.body("", mediaType: nil))),
  ("other media type", often(.mediaType("text/plain"))), ("no media type", often(.mediaType(nil))),
  ("repeated page", often(.repeatPage, every: 4, method: "GET")),
  ("revoked token", often(.revokeToken)), ("leaked token", often(.leakToken)),
  ("edit last", change(.edit, .last)), ("edit next", change(.edit, .next)),
  ("edit all", change(.edit, .answered)), ("delete first", change(.delete, .first)),
  ("delete last", change(.delete, .last)), ("delete next", change(.delete, .next, isBefore: true)),
  ("create", change(.create, .first)), ("random", change(.edit, .random, isBefore: true)),
]

@Suite struct FaultTests {
  /// Pulls until the mirror is proved complete, as a scheduler would, and drops what is gone.
  private func settle(_ client: CommerceLayerClient, _ rows: Collector) async throws {
    var state = PullState()
    for _ in 0..<8 {
      do {
        let seen = Collector()
        let outcome = try await client.pullAll { page in
          seen.take(page)
          rows.take(page)
        }
        state = outcome.state
        guard case .complete = outcome.completeness else { continue }
        let absent = rows.rows.keys.filter { seen.rows[$0] == nil }
        rows.drop(try await client.missing(among: Array(absent)))
        break
      } catch let error as APIError {
        guard [.unreachable, .incompatible].contains(error.kind) else { throw error }
      }
    }
    for _ in 0..<8 {
      do {
        _ = try await client.pull(since: state) { page in
          rows.take(page)
          state = page.state ?? state
        }
        return
      } catch let error as APIError {
        guard [.unreachable, .incompatible].contains(error.kind) else { throw error }
      }
    }
  }

  /// Sends changes and settles unknown outcomes by reading, as a push does; each change is a
  /// number of its own, so that a doubled one would show in the trail.
  private func push(_ client: CommerceLayerClient, _ sandbox: Sandbox) async throws {
    for (number, id) in sandbox.resets().compactMap(\.id).prefix(12).enumerated() {
      let value = "pushed-\(number)"
      for _ in 0..<6 {
        do throws(APIError) {
          _ = try await client.update(id, try PatchAttributes(referenceOrigin: .set(value)))
          break
        } catch {
          if error.kind == .notFound { break }
          #expect([.outcomeUnknown, .unreachable].contains(error.kind), "\(error)")
          if try await client.retrieve(id)?.referenceOrigin == value { break }
        }
      }
    }
  }

  private func check(_ rows: Collector, _ client: CommerceLayerClient, _ sandbox: Sandbox) {
    let differences = rows.differences(from: sandbox)
    // A row deleted behind every pager is only known by asking for it.
    #expect(differences.allSatisfy { $0.hasSuffix("too many") }, "\(differences)")
    for request in sandbox.requests {
      #expect(!request.target.contains("reset_password_token"))
      let body = String(decoding: request.body, as: UTF8.self)
      #expect(!body.contains("customer_password\"") && !body.contains("password_token"))
    }
    for reset in sandbox.resets() where reset.referenceOrigin?.hasPrefix("pushed") == true {
      let writes = sandbox.requests.filter {
        $0.method == "PATCH" && $0.wasApplied && [0, 200].contains($0.status)
          && $0.target.contains(reset.id ?? "?")
      }
      #expect(writes.count == 1, "\(reset.id ?? "") was written \(writes.count) times")
    }
  }

  /// A sandbox and its client; `isWide` where it asks for several pages at a time.
  private func bench(isWide: Bool) throws -> (Bench, CommerceLayerClient) {
    let bench = Bench(rows: 260, isSimulated: isWide)
    let client = try bench.client {
      $0.retry.attemptsMax = 12
      if isWide { $0.maxInFlight = 4 }
    }
    return (bench, client)
  }

  private func run(
    _ bench: Bench, isWide: Bool, _ work: @escaping @Sendable () async throws -> Void
  ) async throws {
    if isWide { try await SimulatedRun.run(on: bench.time, work) } else { try await work() }
  }

  @Test(arguments: faults.indices, [false, true])
  func `the mirror ends equal to the server under each fault`(
    _ index: Int, _ isWide: Bool
  ) async throws {
    let (bench, client) = try bench(isWide: isWide)
    try await run(bench, isWide: isWide) {
      var fault = faults[index].fault
      // Requests renew a refused token once, so the next one must last for those under way.
      if isWide && fault.action == .revokeToken { fault.every = 20 }
      bench.sandbox.setFaults([fault])
      let rows = Collector()
      try await settle(client, rows)
      try await push(client, bench.sandbox)
      bench.sandbox.setFaults([])
      try await settle(client, rows)
      check(rows, client, bench.sandbox)
    }
  }

  @Test(arguments: 1...10, [false, true])
  func `and under all kinds of faults together`(_ seed: UInt64, _ isWide: Bool) async throws {
    let (bench, client) = try bench(isWide: isWide)
    let random = SeededRandom(seed: seed)
    bench.sandbox.setFaults(
      faults.map { entry in
        var fault = entry.fault
        fault.every = 1
        fault.probability = 0.02 * random.unit()
        return fault
      })
    try await run(bench, isWide: isWide) {
      let rows = Collector()
      try await settle(client, rows)
      try await push(client, bench.sandbox)
      try await settle(client, rows)
      bench.sandbox.setFaults([])
      try await settle(client, rows)
      check(rows, client, bench.sandbox)
    }
  }

  @Test func `over real sockets too`() async throws {
    var options = SandboxOptions()
    options.limits = .unlimited
    options.requestLogMax = 100_000
    var seed = SandboxSeed(options: options)
    seed.generatedResets = 200
    let sandbox = Sandbox(seed: seed, time: SystemTime(), random: SeededRandom(seed: 9))
    let address = try sandbox.start()
    defer { sandbox.stop(.graceful(withinSeconds: 0.1)) }
    var settings = APISettings(
      baseURL: address.baseURL, tokenURL: address.tokenURL, clientID: Secret(address.clientID),
      clientSecret: Secret(address.clientSecret), organization: address.organization, mode: .test)
    settings.limits = .none
    settings.retry.firstPauseSeconds = 0.001
    settings.retry.pauseSecondsMax = 0.01
    let client = try CommerceLayerClient(
      settings: settings,
      transport: CurlTransport(settings: TransportSettings(userAgent: "resetsync/test")),
      time: SystemTime(), random: SeededRandom(seed: 4), budget: MemoryRateBudget(),
      log: Log(time: SystemTime(), sink: NoSink()))
    let onTheWire = [
      "reset before", "reset after", "close before", "close after", "trickle", "truncate",
      "truncate by reset", "empty body", "delay",
    ]
    for (name, fault) in faults where onTheWire.contains(name) {
      let rows = Collector()
      sandbox.setFaults([fault])
      try await settle(client, rows)
      sandbox.setFaults([])
      try await settle(client, rows)
      #expect(rows.differences(from: sandbox).allSatisfy { $0.hasSuffix("too many") }, "\(name)")
    }
  }
}
