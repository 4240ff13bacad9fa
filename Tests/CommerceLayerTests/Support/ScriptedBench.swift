import CommerceLayer
import Effects
import HTTP
import TestKit

/// A client over a script, in virtual time.
struct ScriptedBench {
  let time = ManualTime(autoAdvance: true)
  let sink = MemorySink()
  let transport: ScriptedTransport

  init(
    _ script: @escaping @Sendable (Int, HTTPRequest) throws(HTTPTransportError) -> HTTPResponse
  ) {
    transport = ScriptedTransport(script)
  }

  /// A token first, then the answers in order; the last one is repeated.
  init(_ answers: [Result<HTTPResponse, HTTPTransportError>]) {
    let left = Lock(answers)
    transport = ScriptedTransport {
      (_, request) throws(HTTPTransportError) -> HTTPResponse in
      if request.url.hasSuffix("/oauth/token") { return tokenAnswer() }
      let next = left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
      return try next.get()
    }
  }

  func client(_ change: (inout APISettings) -> Void = { _ in }) throws -> CommerceLayerClient {
    var settings = APISettings(
      baseURL: "https://acme.example/api", tokenURL: "https://auth.example/oauth/token",
      clientID: Secret("the-client"), clientSecret: Secret("the-secret"), organization: "acme",
      mode: .test)
    change(&settings)
    return try CommerceLayerClient(
      settings: settings, transport: transport, time: time, random: SeededRandom(seed: 1),
      budget: MemoryRateBudget(), log: Log(level: .debug, time: time, sink: sink))
  }
}

/// The error of work that must fail.
func failure<Value>(_ work: () async throws -> Value) async -> APIError? {
  do {
    _ = try await work()
    return nil
  } catch {
    return error as? APIError
  }
}
