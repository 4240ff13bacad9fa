import Console
import Effects
import Formats
import Foundation
import HTTP
import TestKit
import Testing

/// A browser of few manners: it keeps its cookie and fills in forms.
final class Visitor {
  static let host = "127.0.0.1:8780"
  var desk: ReviewDesk
  let fake: FakeDesk
  let time: ManualTime
  var cookie: String?
  var fields: [(String, String)] = [("Host", Visitor.host)]

  init(
    _ views: [ConflictView] = SampleReport.model.conflicts, access: DeskSettings.Access = .token,
    over actions: (any DeskActions)? = nil
  ) {
    fake = FakeDesk(views)
    time = ManualTime(at: SampleReport.now)
    var settings = DeskSettings(
      hosts: DeskSettings.loopbackHosts(port: 8_780), person: "giulia", organization: "acme",
      mode: "test")
    settings.access = access
    desk = ReviewDesk(
      actions: actions ?? fake, settings: settings, time: time, zone: .gmt,
      random: SeededRandom(seed: 1))
  }

  func get(_ target: String) async throws -> HTTPServerResponse {
    try await send(.get, target)
  }

  func send(
    _ method: HTTPMethod, _ target: String, body: String = ""
  ) async throws -> HTTPServerResponse {
    var all = fields
    if let cookie { all.append(("Cookie", "other=1; \(cookie)")) }
    if method == .post { all.append(("Content-Type", "application/x-www-form-urlencoded")) }
    let request = try #require(
      HTTPServerRequest(method, target, fields: HTTPFields(all), body: Array(body.utf8)))
    let response = await desk.answer(request)
    if let line = response.fields["Set-Cookie"] {
      cookie = String(line.prefix { $0 != ";" })
    }
    return response
  }

  /// Comes in by the printed address.
  func enter() async throws {
    let response = try await get(desk.newEntryPath())
    try #require(response.status == 303)
  }

  /// Posts a form with the token of the page it stands on, and follows the redirect.
  func post(
    _ target: String, on page: HTTPServerResponse, _ items: [(String, String)]
  ) async throws -> HTTPServerResponse {
    let token = try #require(page.text.firstMatch(of: #/name="csrf" value="([^"]*)"/#)).1
    let facts = page.text.firstMatch(of: #/name="facts" value="([^"]*)"/#).map { String($0.1) }
    var all = [("csrf", String(token))]
    if let facts { all.append(("facts", facts)) }
    let body = (all + items).map { "\($0.0)=\(PercentCoding.encoded($0.1))" }
    return try await send(.post, target, body: body.joined(separator: "&"))
  }
}

extension HTTPServerResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
  var location: String? { fields["Location"] }
}
