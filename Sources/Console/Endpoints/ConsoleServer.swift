internal import Effects
internal import Formats
public import HTTP

/// Everything the daemon answers over HTTP: health, metrics, status, report, desk.
///
/// Health, readiness and metrics are open to whoever reaches the address, and name no customer.
/// `/status` and `/report` need the same session as the desk.
public struct ConsoleServer: Sendable {
  /// What the daemon is asked for when a page needs it.
  public struct Sources: Sendable {
    /// Whether the program can do its work.
    public var readiness: @Sendable () async -> Readiness
    /// The metrics page.
    public var metrics: @Sendable () async throws -> String
    /// The state of things.
    public var status: @Sendable () async throws -> StatusModel

    /// Makes the set of sources.
    public init(
      readiness: @escaping @Sendable () async -> Readiness,
      metrics: @escaping @Sendable () async throws -> String,
      status: @escaping @Sendable () async throws -> StatusModel
    ) {
      self.readiness = readiness
      self.metrics = metrics
      self.status = status
    }
  }

  private let desk: ReviewDesk?
  private let sources: Sources

  /// A server's handler; without a desk only health, readiness and metrics are answered.
  public init(desk: ReviewDesk?, sources: Sources) {
    self.desk = desk
    self.sources = sources
  }

  /// Answers one request.
  public func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    if let desk, desk.serves(request) { return await desk.answer(request) }
    guard request.method == .get || request.method == .head else {
      return plain(405, "only GET is answered here\n")
    }
    switch request.pathSegments {
    case []:
      guard let desk else { return plain(404, "nothing here\n") }
      return DeskFrame.redirect(to: desk.root)
    case ["healthz"]: return plain(200, "ok\n")
    case ["readyz"]:
      let readiness = await sources.readiness()
      return json(readiness.isReady ? 200 : 503, readiness.json)
    case ["metrics"]: return await metrics()
    case ["status"]: return await status(request)
    case ["report"]:
      guard let desk else { return plain(404, "nothing here\n") }
      return DeskFrame.redirect(to: "\(desk.root)/report")
    default: return plain(404, "nothing here\n")
    }
  }

  private func metrics() async -> HTTPServerResponse {
    do {
      return HTTPServerResponse(
        status: 200, mediaType: MetricsPage.mediaType, text: try await sources.metrics())
    } catch {
      return plain(503, "the mirror can't be read now\n")
    }
  }

  /// The state as JSON; from this machine without a session, else with that of the desk.
  private func status(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    if let desk, let refusal = desk.refusal(of: request) { return plain(403, refusal + "\n") }
    do {
      return json(200, try await sources.status().json)
    } catch {
      return plain(503, "the mirror can't be read now\n")
    }
  }

  private func plain(_ status: Int, _ text: String) -> HTTPServerResponse {
    var response = HTTPServerResponse(
      status: status, mediaType: "text/plain; charset=utf-8", text: text)
    harden(&response)
    return response
  }

  private func json(_ status: Int, _ value: JSONValue) -> HTTPServerResponse {
    var response = HTTPServerResponse(
      status: status, mediaType: "application/json", text: value.written() + "\n")
    harden(&response)
    return response
  }

  private func harden(_ response: inout HTTPServerResponse) {
    for (name, value) in [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")] {
      response.fields.append(name, value)
    }
  }
}

extension ReviewDesk {
  /// Why this request may not see the state; nil if it may: from this machine, or with a session.
  func refusal(of request: HTTPServerRequest) -> String? {
    if let refusal = DeskGuard.refusal(request, settings) { return refusal }
    if ["127.0.0.1", "::1", "unix"].contains(request.peer), !isProxied { return nil }
    let cookie = DeskGuard.cookie(request, settings)
    return cookie.flatMap { sessions.session($0, at: time.now) } == nil
      ? "Sign in at the desk first." : nil
  }
}
