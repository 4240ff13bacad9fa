public import Effects
internal import Formats
public import Foundation
public import HTTP
internal import Reconciliation

/// The review desk: server-rendered pages under one path, for the house's HTTP server.
///
/// Safety in the order of the checks: host and origin, session, form token. Everything else is in
/// the pages: no script, no foreign content, everything escaped by the writer.
public struct ReviewDesk: Sendable {
  private(set) var actions: any DeskActions
  let settings: DeskSettings
  let root: String
  let sessions: DeskSessions
  let time: any TimeSource
  private(set) var zone: TimeZone

  /// A desk that lives under a path such as `/review`.
  public init(
    actions: any DeskActions, settings: DeskSettings, root: String = "/review",
    time: any TimeSource, zone: TimeZone, random: any RandomSource
  ) {
    self.actions = actions
    self.settings = settings
    self.root = root
    self.time = time
    self.zone = zone
    sessions = DeskSessions(random: random, settings: settings)
  }

  /// The desk over what a new configuration says; who is in stays in.
  public func following(_ actions: any DeskActions, zone: TimeZone) -> ReviewDesk {
    var desk = self
    desk.actions = actions
    desk.zone = zone
    return desk
  }

  /// A path with a new one-time token, to be printed after the server's address.
  public func newEntryPath() -> String { "\(root)?token=\(sessions.newToken(at: time.now))" }

  /// Whether a request is for the desk.
  public func serves(_ request: HTTPServerRequest) -> Bool {
    "/" + (request.pathSegments.first ?? "") == root
  }

  /// Answers a request for the desk.
  public func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    let times = TimeWords(now: time.now, zone: zone)
    if let refusal = DeskGuard.refusal(request, settings) {
      return frame(nil, times).message("Refused", refusal, status: 403)
    }
    do {
      return try await route(request, times)
    } catch {
      return frame(nil, times).message(
        "It didn't work", "\(error)", status: 500, hint: "Go back and try it again.")
    }
  }

  func frame(_ session: DeskSession?, _ times: TimeWords) -> DeskFrame {
    DeskFrame(settings: settings, root: root, session: session, times: times)
  }

  private func route(
    _ request: HTTPServerRequest, _ times: TimeWords
  ) async throws -> HTTPServerResponse {
    let path = Array(request.pathSegments.dropFirst())
    if path == ["login"] { return login(request, times) }
    if let token = request.queryValue("token"), path.isEmpty, request.method == .get {
      return enter(token, times)
    }
    guard let visit = visit(request, times) else { return stranger(times) }
    switch request.method {
    case .get, .head: return try await show(path, request, visit)
    case .post: return try await act(path, request, visit)
    default: return frame(nil, times).message("Not allowed", "Only GET and POST.", status: 405)
    }
  }

  // MARK: - Getting in

  /// A request with its session.
  struct Visit {
    let cookie: String?
    let session: DeskSession
    let frame: DeskFrame
    let times: TimeWords
  }

  private func visit(_ request: HTTPServerRequest, _ times: TimeWords) -> Visit? {
    let cookie = DeskGuard.cookie(request, settings)
    var session = cookie.flatMap { sessions.session($0, at: times.now) }
    if case .proxy(let header, let peers) = settings.access {
      let names = request.fields.values(of: header)
      guard peers.contains(request.peer), names.count == 1, !names[0].isEmpty else { return nil }
      guard session?.person == names[0] else {
        let fresh = sessions.begin(person: names[0], at: times.now)
        session = sessions.session(fresh, at: times.now)
        return session.map {
          Visit(cookie: fresh, session: $0, frame: frame($0, times), times: times)
        }
      }
    }
    guard let cookie, let session else { return nil }
    if session.notice != nil, request.method == .get {
      sessions.update(cookie) { $0.notice = nil }
    }
    return Visit(cookie: cookie, session: session, frame: frame(session, times), times: times)
  }

  private func enter(_ token: String, _ times: TimeWords) -> HTTPServerResponse {
    guard case .token = settings.access else { return stranger(times) }
    guard !sessions.isBlocked(at: times.now) else { return blocked(times) }
    guard let cookie = sessions.enter(token: token, person: settings.person, at: times.now) else {
      sessions.noteFailure(at: times.now)
      return frame(nil, times).message(
        "This address was used already", "It works once, and not for ever.", status: 403,
        hint: "`resetsync review` prints a new one.")
    }
    return DeskFrame.redirect(to: root, cookie: DeskGuard.setCookie(cookie, settings))
  }

  private func login(_ request: HTTPServerRequest, _ times: TimeWords) -> HTTPServerResponse {
    guard case .passwords(let file) = settings.access else { return stranger(times) }
    guard request.method == .post else { return LoginPage.page(frame(nil, times), failed: false) }
    guard !sessions.isBlocked(at: times.now) else { return blocked(times) }
    // Counted before the password is looked at, which takes a while: many at once are stopped too.
    sessions.noteFailure(at: times.now)
    guard let form = DeskForm(request, settings), let name = form["name"],
      let password = form["password"], file.allows(name: name, password: password)
    else { return LoginPage.page(frame(nil, times), failed: true) }
    sessions.forgetFailure()
    let cookie = sessions.begin(person: name, at: times.now)
    return DeskFrame.redirect(to: root, cookie: DeskGuard.setCookie(cookie, settings))
  }

  private func stranger(_ times: TimeWords) -> HTTPServerResponse {
    switch settings.access {
    case .token:
      frame(nil, times).message(
        "This desk is locked", "Your visit is over, or it has not begun.", status: 401,
        hint: "`resetsync review` prints an address that lets you in.")
    case .passwords: DeskFrame.redirect(to: "\(root)/login")
    case .proxy:
      frame(nil, times).message(
        "This desk is locked", "The proxy in front of it names nobody.", status: 401)
    }
  }

  private func blocked(_ times: TimeWords) -> HTTPServerResponse {
    frame(nil, times).message(
      "Too many wrong attempts", "Wait a minute, then try it again.", status: 429)
  }

  // MARK: - Looking

  private func show(
    _ path: [String], _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    let filter = DeskFilter(request.query)
    var response: HTTPServerResponse
    switch (path.count, path.first) {
    case (0, _): response = try await queue(filter, visit)
    case (1, "confirm"): response = try await confirm(request, visit)
    case (1, "report"): response = try await report(visit)
    case (1, "me"): response = MePage.page(visit.frame, canLeave: !isProxied)
    case (2, "conflicts"): response = try await conflict(path[1], request, filter, visit)
    default:
      guard let list = try await list(path, request, visit) else { return notFound(visit) }
      response = list
    }
    if isProxied, let cookie = visit.cookie {
      response.fields.append("Set-Cookie", DeskGuard.setCookie(cookie, settings))
    }
    return response
  }

  var isProxied: Bool {
    if case .proxy = settings.access { return true }
    return false
  }

  func notFound(_ visit: Visit) -> HTTPServerResponse {
    visit.frame.message("Nothing here", "There is no such page or conflict.", status: 404)
  }

  private func queue(_ filter: DeskFilter, _ visit: Visit) async throws -> HTTPServerResponse {
    let queue = try await actions.queue(
      filter, limit: DeskFilter.pageSize, offset: filter.offset)
    let model = try await actions.headline()
    let page = QueuePage(
      frame: visit.frame, filter: filter, queue: queue, offers: try await actions.offers(),
      headline: Headline(of: model, times: visit.times),
      places: ListPlaces(model, desk: root))
    return visit.frame.page("Queue") { page.write(into: &$0) }
  }

  private func report(_ visit: Visit) async throws -> HTTPServerResponse {
    var report = ReportHTML(try await actions.report(), times: visit.times)
    report.desk = root
    return visit.frame.page("Report") { report.main(&$0) }
  }

  private func conflict(
    _ id: String, _ request: HTTPServerRequest, _ filter: DeskFilter, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    guard let view = try await actions.conflict(id) else { return notFound(visit) }
    let place = request.queryValue("at").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    let neighbours = try await neighbours(of: view.id, at: place, filter)
    let page = ConflictPage(
      frame: visit.frame, view: view, history: try await actions.history(view.id),
      related: try await actions.related(to: view), sides: try await actions.sides(of: view),
      nextRun: try await actions.nextRun(), filter: filter, place: neighbours.place,
      neighbours: (neighbours.previous, neighbours.next))
    return visit.frame.page(VisibleText.of(view.subject)) { page.write(into: &$0) }
  }

  /// The conflicts before and after a place of the filter.
  ///
  /// When the one at that place is another by now (it was decided and left the list), the one that
  /// took its place is the next.
  private func neighbours(
    of id: String, at place: Int?, _ filter: DeskFilter
  ) async throws -> (previous: String?, next: String?, place: Int?) {
    guard let place else { return (nil, nil, nil) }
    let start = max(0, place - 1)
    let around = try await actions.queue(filter, limit: 3, offset: start).views
    let here = place - start
    if let found = around.firstIndex(where: { $0.id == id }) {
      return (
        found > 0 ? around[found - 1].id : nil,
        found + 1 < around.count ? around[found + 1].id : nil, start + found
      )
    }
    return (
      here > 0 ? around.first?.id : nil, here < around.count ? around[here].id : nil, place - 1
    )
  }

  private func confirm(
    _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    let filter = DeskFilter(
      request.query.compactMap { item in
        item.name.hasPrefix("f.") ? HTTPQueryItem(String(item.name.dropFirst(2)), item.value) : nil
      })
    var views: [ConflictView] = []
    if let page = request.queryValue("page").flatMap({ Int($0) }) {
      let shown = filter.on(page: min(DeskFilter.pageMax, max(1, page)))
      views = try await actions.queue(shown, limit: DeskFilter.pageSize, offset: shown.offset).views
    } else {
      for item in request.query.filter({ $0.name == "id" }).prefix(DeskFilter.pageSize) {
        if let view = try await actions.conflict(item.value) { views.append(view) }
      }
    }
    let page = ConfirmPage(
      frame: visit.frame, filter: filter, take: request.queryValue("take") ?? "", views: views)
    return visit.frame.page("Confirm") { page.write(into: &$0) }
  }
}
