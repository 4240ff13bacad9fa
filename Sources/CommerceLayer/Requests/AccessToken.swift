internal import Effects
internal import Formats

/// What a token says about itself; read without checking the signature, since it came over
/// verified TLS from the issuer and only guards against mixed-up settings.
struct TokenClaims: Equatable {
  let organization: String?
  let organizationID: String?
  let applicationKind: String?
  let isTest: Bool?

  /// Reads the payload of a JSON Web Token (RFC 7519 §3); nil when the token is none.
  init?(_ token: Secret) {
    let parts = token.reveal().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let bytes = Base64.decode(String(parts[1]), .url),
      let root = try? JSONDocument(bytes).root, root.kind == .object
    else { return nil }
    organization = root["organization"]?["slug"]?.string
    organizationID = root["organization"]?["id"]?.string
    applicationKind = root["application"]?["kind"]?.string
    isTest = root["test"]?.bool
  }

  /// Throws when the token belongs elsewhere than the settings say.
  func check(against settings: APISettings) throws(APIError) {
    if let organization, organization.lowercased() != settings.organization.lowercased() {
      throw APIError(
        .wrongOrganization,
        "the token is of organization \(organization), not \(settings.organization)")
    }
    if let isTest, isTest != (settings.mode == .test) {
      let found = isTest ? "test" : "live"
      throw APIError(.wrongMode, "the token is for \(found) data, not \(settings.mode.rawValue)")
    }
    if applicationKind == "sales_channel" {
      throw APIError(.notPermitted, "the credentials are of a sales channel")
    }
  }
}

/// A token with the time at which to replace it.
struct AccessToken: Sendable, Equatable {
  /// Replaced that long before its end, in seconds; or after nine tenths of a short life.
  private static let marginSeconds = 60.0
  /// The life of a token that doesn't say: the vendor's default, in seconds.
  private static let usualSeconds = 7_200.0

  let secret: Secret
  let claims: TokenClaims?
  /// On the monotonic clock, in seconds.
  let replaceAt: Double

  /// Reads the answer of the token endpoint; `sentAt` is on the monotonic clock.
  init(_ bytes: [UInt8], sentAt: Double) throws(MalformedDocument) {
    let root = try ResetDecoder.root(of: bytes)
    guard let text = root["access_token"]?.string, !text.isEmpty,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw MalformedDocument("the token endpoint gave no access_token") }
    secret = Secret(text)
    claims = TokenClaims(secret)
    let life = root["expires_in"]?.number?.double ?? Self.usualSeconds
    replaceAt = sentAt + max(life * 0.9, life - Self.marginSeconds)
  }
}
