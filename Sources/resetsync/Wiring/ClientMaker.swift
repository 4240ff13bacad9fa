import CommerceLayer
import Effects
import HTTP
import Mirror

/// Makes a client for the organisation of a configuration.
struct ClientMaker: Sendable {
  private let configuration: Configuration
  private let world: World

  init(_ configuration: Configuration, _ world: World) {
    self.configuration = configuration
    self.world = world
  }

  /// Fetches the secrets and makes the client; nothing is sent yet.
  func client(budget: any RateBudgetStore, log: Log) async throws -> CommerceLayerClient {
    let mark = PauseMark(mirror: configuration.mirrorPath)
    return try CommerceLayerClient(
      settings: try await settings(), transport: transport(), time: world.time,
      random: world.random, budget: budget, log: log,
      pause: { mark.current()?.words })
  }

  private func settings() async throws -> APISettings {
    let api = configuration.api
    let reader = SecretReader(
      files: Files(), environment: world.environment,
      secretVariables: configuration.secretVariables)
    var settings = APISettings(
      baseURL: api.baseURL, tokenURL: api.tokenURL,
      clientID: try await reader.read(api.clientID, name: "client_id"),
      clientSecret: try await reader.read(api.clientSecret, name: "client_secret"),
      scope: api.scope, organization: api.organization,
      mode: APIMode(rawValue: api.mode) ?? .test)
    settings.rateShare = api.rateShare
    settings.limits = api.isLimited ? .published : .none
    settings.maxInFlight = api.maxInFlight
    return settings
  }

  private func transport() -> CurlTransport {
    var settings = TransportSettings(userAgent: "resetsync/\(Version.text)")
    settings.connectSeconds = configuration.api.timeout
    settings.totalSeconds = configuration.api.timeout
    settings.certificateAuthorities = configuration.api.certificateFile
    return CurlTransport(settings: settings)
  }
}
