internal import Formats
internal import HTTP
internal import Reconciliation

/// A form as it came, within the limits of the desk.
struct DeskForm {
  let items: [HTTPQueryItem]

  /// Reads a form; nil if it is too large or no form.
  init?(_ request: HTTPServerRequest, _ settings: DeskSettings) {
    guard request.body.count <= settings.formBytesMax,
      let type = request.fields["Content-Type"]?.lowercased(),
      type.hasPrefix("application/x-www-form-urlencoded"),
      let items = HTTPQueryItem.form(request.body)
    else { return nil }
    self.items = items
  }

  /// The first value of a name; nil if it is missing or empty.
  subscript(name: String) -> String? {
    items.first { $0.name == name && !$0.value.isEmpty }?.value
  }
}

// What people do at the desk; each ends in a redirect, so that a reload repeats nothing.
extension ReviewDesk {
  func act(
    _ path: [String], _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    guard let form = DeskForm(request, settings) else {
      return visit.frame.message(
        "The form can't be read", "It is too large or not a form.", status: 413)
    }
    guard let token = form["csrf"],
      equalInConstantTime(Array(token.utf8), Array(visit.session.formToken.utf8))
    else {
      return visit.frame.message(
        "The form is too old", "Its session has ended; nothing was done.", status: 403,
        hint: "Go back, load the page again and repeat it.")
    }
    switch (path.count, path.first) {
    case (1, "undo"): return try await undo(visit)
    case (1, "leave"): return leave(visit)
    case (1, "me"): return rename(form, visit)
    case (2, "plan") where path[1] == "approve": return try await approve(form, visit)
    case (1, "bulk"): return try await bulk(form, request, visit)
    case (3, "conflicts"): return try await act(on: path[1], path[2], form, request, visit)
    default: return notFound(visit)
    }
  }

  private func text(_ form: DeskForm, _ name: String) -> String? {
    form[name].map { String($0.prefix(settings.textCharactersMax)) }
  }

  private func note(_ visit: Visit, _ notice: DeskNotice) {
    guard let cookie = visit.cookie else { return }
    sessions.update(cookie) { $0.notice = notice }
  }

  /// Lets a plan pass its rails, if it is still the one that the page showed.
  private func approve(_ form: DeskForm, _ visit: Visit) async throws -> HTTPServerResponse {
    guard let digest = form["digest"],
      try await actions.approve(plan: digest, by: visit.session.person)
    else {
      return visit.frame.message(
        "Nothing was approved", "A later run has made another plan since.", status: 409,
        hint: "Look at the plan of today, and approve that.")
    }
    let when = try await actions.nextRun().map { ", \(visit.times.clock($0))" } ?? ""
    note(visit, DeskNotice(text: "Approved. The next run\(when) sends it, if it is due as it was."))
    return DeskFrame.redirect(to: "\(root)/plan")
  }

  private func undo(_ visit: Visit) async throws -> HTTPServerResponse {
    let undone = try await actions.undoLast(by: visit.session.person)
    guard let first = undone.first else {
      note(
        visit,
        DeskNotice(
          text: "There is no decision of yours to take back: what was decided is carried out.",
          isError: true))
      return DeskFrame.redirect(to: root)
    }
    guard undone.count == 1 else {
      note(
        visit,
        DeskNotice(
          text: "Your last \(Words.count(undone.count, "decision")) were taken back; "
            + "the conflicts are open again."))
      return DeskFrame.redirect(to: root)
    }
    note(visit, DeskNotice(text: "Your last decision was taken back; the conflict is open again."))
    return DeskFrame.redirect(to: "\(root)/conflicts/\(VisibleText.of(first))")
  }

  private func leave(_ visit: Visit) -> HTTPServerResponse {
    if let cookie = visit.cookie { sessions.end(cookie) }
    return DeskFrame.redirect(to: root, cookie: DeskGuard.setCookie("", settings))
  }

  private func rename(_ form: DeskForm, _ visit: Visit) -> HTTPServerResponse {
    if case .token = settings.access, let cookie = visit.cookie, let name = form["name"] {
      let short = String(name.prefix(100))
      sessions.update(cookie) { $0.person = short }
    }
    return DeskFrame.redirect(to: root)
  }

  // MARK: - Many

  private func bulk(
    _ form: DeskForm, _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    guard let text = form["take"], let take = try? Resolution(parsing: text) else {
      return visit.frame.message("Nothing was decided", "The decision is missing.", status: 400)
    }
    let items = form.items.filter { $0.name == "item" }.prefix(DeskFilter.pageSize)
    let decisions = items.compactMap { item -> DeskDecision? in
      let parts = item.value.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      return DeskDecision(id: String(parts[0]), facts: String(parts[1]), take: take)
    }
    let outcomes = try await actions.decide(
      decisions, by: visit.session.person, reason: self.text(form, "reason"))
    note(visit, notice(of: outcomes))
    return DeskFrame.redirect(to: root + DeskFilter(request.query).query())
  }

  private func notice(of outcomes: [DeskOutcome]) -> DeskNotice {
    var (decided, moved, refused) = (0, 0, 0)
    for outcome in outcomes {
      switch outcome {
      case .decided: decided += 1
      case .moved: moved += 1
      case .refused: refused += 1
      }
    }
    var words = "\(Words.count(decided, "conflict")) decided."
    if moved > 0 { words += " \(Words.count(moved)) moved meanwhile and stay open." }
    if refused > 0 { words += " \(Words.count(refused)) could not be decided so." }
    return DeskNotice(text: words, isError: decided < outcomes.count, canUndo: decided > 0)
  }

  // MARK: - One

  private func act(
    on id: String, _ verb: String, _ form: DeskForm, _ request: HTTPServerRequest, _ visit: Visit
  ) async throws -> HTTPServerResponse {
    guard let view = try await actions.conflict(id) else { return notFound(visit) }
    let person = visit.session.person
    switch verb {
    case "decide":
      if let response = try await decide(view, form, visit) { return response }
    case "snooze":
      let days = min(365, max(1, form["days"].flatMap { Int($0) } ?? 1))
      let until = visit.times.now.adding(seconds: Double(days) * 86_400)
      try await actions.snooze(view.id, until: until, by: person, reason: text(form, "reason"))
      note(visit, DeskNotice(text: "Put off until \(visit.times.short(until))."))
    case "assign":
      let name = text(form, "assignee")
      // The field may show the name masked: left as it is, it changes nothing.
      if name != view.assignee {
        try await actions.assign(view.id, to: name, by: person)
      }
      let shown: String? = settings.masking.text(name)
      note(visit, DeskNotice(text: "Assigned to \(shown ?? "nobody")."))
    case "comment":
      guard let comment = text(form, "comment") else { break }
      try await actions.comment(view.id, text: comment, by: person)
      note(visit, DeskNotice(text: "Comment added."))
    case "reopen":
      let written = try await actions.reopen(view.id, by: person, reason: text(form, "reason"))
      note(
        visit, DeskNotice(text: ["Open again.", written].compactMap { $0 }.joined(separator: " ")))
    default: return notFound(visit)
    }
    return DeskFrame.redirect(to: "\(root)/conflicts/\(view.id)" + way(back: request))
  }

  /// The filter and the place in it, so that the way through the queue is kept.
  private func way(back request: HTTPServerRequest) -> String {
    let place = request.queryValue("at").flatMap { Int($0) }
    return DeskFilter(request.query).query(place.map { [("at", String($0))] } ?? [])
  }

  /// Decides one conflict; nil when it went well and the page is to be shown again.
  private func decide(
    _ view: ConflictView, _ form: DeskForm, _ visit: Visit
  ) async throws -> HTTPServerResponse? {
    let take: Resolution
    do throws(ResolutionError) {
      take = try Self.take(form)
    } catch {
      return visit.frame.message("Nothing was decided", error.message, status: 400)
    }
    let decision = DeskDecision(id: view.id, facts: form["facts"] ?? "", take: take)
    let outcomes = try await actions.decide(
      [decision], by: visit.session.person, reason: text(form, "reason"))
    switch outcomes.first {
    case .decided?:
      let when = try await actions.nextRun().map { ", \(visit.times.clock($0))" } ?? ""
      note(
        visit,
        DeskNotice(text: "Decided. It is carried out by the next run\(when).", canUndo: true))
      return nil
    case .moved(let now)?:
      let seen = form["seen"].flatMap { try? JSONValue(parsing: $0) }
      let page = MovedPage(frame: visit.frame, seen: seen, now: now)
      return visit.frame.page("The values moved", status: 409) { page.write(into: &$0) }
    case .refused(let why)?:
      return visit.frame.message("Nothing was decided", why, status: 422)
    case nil: return notFound(visit)
    }
  }

  /// What a form asks for; a typed value is a text unless it was said to be JSON.
  private static func take(_ form: DeskForm) throws(ResolutionError) -> Resolution {
    switch form["take"] {
    case "value="?:
      let typed = form.items.first { $0.name == "value" }?.value ?? ""
      switch form["form"] {
      case "empty"? where typed.isEmpty: return .value("")
      case "empty"?:
        throw ResolutionError(message: "an empty text was chosen, and a value is in the box")
      case _ where typed.isEmpty:
        throw ResolutionError(
          message: "the other value is missing: write it into the box; for an empty one choose"
            + " “an empty text” beside it")
      case "json"?: return try Resolution(parsing: "value=" + typed)
      default: return .value(.string(typed))
      }
    case "link="?: return try Resolution(parsing: "link=" + (form["reset"] ?? ""))
    case let text?: return try Resolution(parsing: text)
    case nil: return try Resolution(parsing: "")
    }
  }
}
