import Console
import Effects
import Formats
import Foundation
import HTTP
import Mirror
import Pipeline

/// The desk behind the house's HTTP server, guarded as the configuration says.
final class DeskServer: Sendable {
  typealias Answer = @Sendable (ReviewDesk, HTTPServerRequest) async -> HTTPServerResponse

  private let world: World
  private let answer: Answer
  private let desk = Lock<ReviewDesk?>(nil)
  private let server = Lock<HTTPServer?>(nil)

  /// The most bytes of a password file.
  static let passwordBytesMax = 1 << 20

  /// Forms are small, and people few: what all connections may hold at once stays below 300 MB.
  private static let limits: HTTPServerLimits = {
    var limits = HTTPServerLimits.standard
    limits.bodyBytesMax = 524_288
    limits.connectionsMax = 512
    return limits
  }()

  /// A server that answers every request by `answer`.
  init(world: World, answer: @escaping Answer) {
    self.world = world
    self.answer = answer
  }

  /// Listens; gives the address and the path with a one-time token.
  func start(
    _ listen: String, _ site: Site, desk actions: MirrorDesk
  ) throws -> (url: String, entry: String) {
    try check(listen, site)
    let (time, desk, answer) = (world.time, desk, answer)
    let server = HTTPServer(
      limits: Self.limits, unixSeconds: { Int(time.now.microseconds / 1_000_000) },
      asyncHandler: { request in
        guard let desk = desk.withLock({ $0 }) else { return HTTPServerResponse(status: 503) }
        return await answer(desk, request)
      })
    let address = try server.start(listening: listen)
    self.server.withLock { $0 = server }
    let made = ReviewDesk(
      actions: actions, settings: try settings(site, "\(address)"), time: world.time,
      zone: Self.zone(site),
      random: world.random)
    desk.withLock { $0 = made }
    return ("http://\(address)", made.newEntryPath())
  }

  /// Follows a new configuration: mappings, masking and time zone; visits go on.
  func adopt(_ site: Site, desk actions: MirrorDesk) {
    desk.withLock { $0 = $0?.following(actions, zone: Self.zone(site)) }
  }

  private static func zone(_ site: Site) -> TimeZone {
    TimeZone(identifier: site.configuration.schedule.timeZone) ?? .gmt
  }

  /// Stops listening and ends what is under way.
  func stop() { server.withLock { _ = $0?.stop(.graceful(withinSeconds: 2)) } }

  private func check(_ listen: String, _ site: Site) throws {
    if let problem = site.configuration.review.refusal(of: listen) {
      throw Failure(.configuration, problem, hint: Configuration.Review.listenHint)
    }
  }

  private func settings(_ site: Site, _ address: String) throws -> DeskSettings {
    let configuration = site.configuration
    let port = Int(address.split(separator: ":").last ?? "") ?? 0
    var settings = DeskSettings(
      hosts: DeskSettings.loopbackHosts(port: port).union(configuration.review.hosts)
        .union([address]),
      person: world.userName, organization: configuration.api.organization,
      mode: configuration.api.mode)
    settings.port = port
    settings.masking = site.masking
    let mark = PauseMark(mirror: configuration.mirrorPath)
    settings.pause = { mark.current() }
    if let header = configuration.review.proxyUserHeader {
      settings.access = .proxy(header: header, peers: ["127.0.0.1", "::1"])
      settings.isSecure = true
    } else if let path = configuration.review.passwordFile {
      let bytes = try Files().read(path, bytesMax: Self.passwordBytesMax)
      settings.access = .passwords(
        try PasswordFile(parsing: String(decoding: bytes, as: UTF8.self)))
    }
    return settings
  }
}
