import Formats
import HTTP

/// Answers `/__sandbox/…`, what tests do from outside, in plain JSON without authentication.
///
///     GET    /__sandbox/state              counts, clock, faults left, requests served
///     GET    /__sandbox/requests           the log; ?since=NUMBER leaves out older ones
///     DELETE /__sandbox/requests           clears it
///     GET    /__sandbox/resets             all rows with secrets; ?mode=live
///     POST   /__sandbox/resets             adds one (members as in a seed); 201 with its id
///     GET    /__sandbox/resets/ID          one row
///     PATCH  /__sandbox/resets/ID          edits it as somebody else (members of a change)
///     DELETE /__sandbox/resets/ID          deletes it
///     GET    /__sandbox/faults             how many rules are left
///     POST   /__sandbox/faults             adds a rule or an array of rules
///     PUT    /__sandbox/faults             replaces all rules by an array
///     DELETE /__sandbox/faults             removes all rules
///     POST   /__sandbox/clock              {"advance_seconds": 3600}
///     PATCH  /__sandbox/options            switches, as the member `options` of a seed
///     PATCH  /__sandbox/limits             as the member `limits` of a seed; forgets past calls
///     POST   /__sandbox/tokens/revoke      revokes all access tokens
struct ControlEndpoint {
  let engine: Engine
  let request: HTTPServerRequest

  func answer() -> HTTPServerResponse {
    do throws(SandboxSeedError) {
      return try route()
    } catch {
      return Self.json(400, .object(["error": .string(error.description)]))
    }
  }

  private func route() throws(SandboxSeedError) -> HTTPServerResponse {
    let path = request.pathSegments.dropFirst().joined(separator: "/")
    switch (request.method, path) {
    case (.get, "state"): return state()
    case (.get, "requests"): return requests()
    case (.delete, "requests"):
      engine.log.clear()
      return Self.json(200, [:])
    case (_, "faults"): return try faults()
    case (.post, "clock"):
      guard let seconds = try body().double("advance_seconds") else {
        throw SandboxSeedError(pointer: "/advance_seconds", message: "expected a number")
      }
      engine.advance(seconds: seconds)
      return Self.json(200, ["now": .string(Instant.text(engine.now))])
    case (.patch, "options"):
      try engine.options.apply(try body())
      return Self.json(200, [:])
    case (.patch, "limits"):
      try engine.options.limits.apply(try body())
      engine.limiter.reset()
      return Self.json(200, [:])
    case (.post, "tokens/revoke"):
      engine.tokens.revokeAll()
      return Self.json(200, [:])
    default: return try resets()
    }
  }

  private func body() throws(SandboxSeedError) -> SeedObject {
    try SeedObject(try json(), at: "")
  }

  private func json() throws(SandboxSeedError) -> JSONValue {
    do {
      return try JSONValue(parsing: request.body)
    } catch {
      throw SandboxSeedError(pointer: "", message: "not JSON: \(error)")
    }
  }

  private var mode: SandboxMode {
    request.queryValue("mode").flatMap(SandboxMode.init) ?? engine.options.mode
  }

  // MARK: Resets

  private func resets() throws(SandboxSeedError) -> HTTPServerResponse {
    let segments = Array(request.pathSegments.dropFirst())
    guard segments.first == "resets", segments.count <= 2 else { return Self.notFound }
    guard segments.count == 2 else { return try collection() }
    let id = segments[1]
    guard let reset = engine.reset(id, mode: mode) else { return Self.notFound }
    switch request.method {
    case .get: return Self.json(200, .object(reset.json))
    case .delete:
      engine.apply(SandboxChange(.delete, .id(id)), mode: mode, request: nil, rows: [])
      return Self.json(200, [:])
    case .patch:
      var change = try SandboxChange(try body())
      change.target = .id(id)
      engine.apply(change, mode: mode, request: nil, rows: [])
      return Self.json(200, .object(engine.reset(id, mode: mode)?.json ?? [:]))
    default: return Self.notFound
    }
  }

  private func collection() throws(SandboxSeedError) -> HTTPServerResponse {
    switch request.method {
    case .get:
      return Self.json(200, .array(engine.allResets(mode: mode).map { .object($0.json) }))
    case .post:
      guard let id = engine.add(try SandboxReset(try body()), mode: mode) else {
        throw SandboxSeedError(pointer: "/metadata", message: "expected JSON")
      }
      return Self.json(201, ["id": .string(id)])
    default: return Self.notFound
    }
  }

  // MARK: Faults, log, state

  private func faults() throws(SandboxSeedError) -> HTTPServerResponse {
    switch request.method {
    case .get: break
    case .delete: engine.faults.set([])
    case .post, .put:
      let document = try json()
      var rules: [SandboxFault] = []
      for (index, element) in (document.arrayValue ?? [document]).enumerated() {
        rules.append(try SandboxFault(try SeedObject(element, at: "/\(index)")))
      }
      if request.method == .put { engine.faults.set([]) }
      for rule in rules { engine.faults.add(rule) }
    default: return Self.notFound
    }
    return Self.json(200, ["faults": .int(engine.faults.rules.count)])
  }

  private func requests() -> HTTPServerResponse {
    let since = request.queryValue("since").flatMap { Int($0) } ?? 0
    let entries = engine.log.all.filter { $0.number > since }.map { entry in
      JSONValue.object([
        "number": .int(entry.number), "time": .string(Instant.text(entry.microseconds)),
        "method": .string(entry.method), "target": .string(entry.target),
        "status": .int(entry.status), "authorized": .bool(entry.isAuthorized),
        "applied": .bool(entry.wasApplied), "response_bytes": .int(entry.responseBytes),
        "fields": .object(
          JSONObject(entry.fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        "body": .string(String(decoding: entry.body, as: UTF8.self)),
      ])
    }
    return Self.json(200, .array(entries))
  }

  private func state() -> HTTPServerResponse {
    let counts = SandboxMode.allCases.map { mode in
      let store = engine.store(mode)
      return (
        mode.rawValue,
        JSONValue.object([
          "customer_password_resets": .int(store.resetsByNumber.count),
          "customers": .int(store.liveCustomers.count), "events": .int(store.events.count),
        ])
      )
    }
    return Self.json(
      200,
      .object([
        "now": .string(Instant.text(engine.now)), "requests": .int(engine.log.total),
        "faults": .int(engine.faults.rules.count), "data": .object(JSONObject(counts)),
      ]))
  }

  private static let notFound = json(404, ["error": "no such control; see the documentation"])

  private static func json(_ status: Int, _ value: JSONValue) -> HTTPServerResponse {
    HTTPServerResponse(
      status: status, fields: HTTPFields([("Content-Type", "application/json")]),
      body: value.writtenBytes())
  }
}
