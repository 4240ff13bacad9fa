import Formats

/// What an access token opens.
struct AccessGrant {
  let credential: SandboxCredential
  let applicationID: String
  let expiresAt: Int64
  let issuedAt: Int64
  let scope: String?

  var author: Author {
    Author(
      applicationID: applicationID,
      kind: credential.role == .salesChannel ? "sales_channel" : "integration",
      isPublic: credential.role == .salesChannel, ownerID: nil)
  }
}

/// Issues and knows access tokens: JWTs in shape (CommerceLayer#Access), looked up as a whole.
struct AccessTokens {
  private var grants: [String: AccessGrant] = [:]
  private var order: [String] = []
  private var latest: [String: String] = [:]

  /// The grant of a token that is known and not over.
  func grant(_ token: String, now: Int64) -> AccessGrant? {
    guard let grant = grants[token], grant.expiresAt > now else { return nil }
    return grant
  }

  /// Issues a token, or gives the last one again where the options say so.
  mutating func issue(
    _ credential: SandboxCredential, scope: String?, options: SandboxOptions, random: UInt64,
    now: Int64
  ) -> (token: String, grant: AccessGrant) {
    let name = credential.clientID + " " + (scope ?? "")
    if let left = options.tokenReuseSecondsLeft, let token = latest[name],
      let grant = grants[token], grant.expiresAt - now > Int64(left) * 1_000_000
    {
      return (token, grant)
    }
    let seconds = now / 1_000_000
    let lifetime =
      credential.role == .salesChannel ? options.tokenSeconds * 2 : options.tokenSeconds
    let grant = AccessGrant(
      credential: credential,
      applicationID: ResourceIDs(key: ResourceIDs.key("applications"))
        .id(Int(ResourceIDs.key(credential.clientID) & 0xFFFF)),
      expiresAt: (seconds + Int64(lifetime)) * 1_000_000, issuedAt: seconds * 1_000_000,
      scope: scope)
    let token = TokenText.make(grant, options: options, random: random)
    grants[token] = grant
    latest[name] = token
    order.append(token)
    if order.count > options.tokensMax { grants[order.removeFirst()] = nil }
    return (token, grant)
  }

  /// Forgets one token; false when it was not known.
  @discardableResult
  mutating func revoke(_ token: String) -> Bool {
    grants.removeValue(forKey: token) != nil
  }

  /// Forgets all tokens.
  mutating func revokeAll() {
    grants = [:]
    latest = [:]
    order = []
  }
}

/// The text of a token: header, payload and a signature that nobody checks.
private enum TokenText {
  static func make(_ grant: AccessGrant, options: SandboxOptions, random: UInt64) -> String {
    let header = "{\"alg\":\"RS512\",\"typ\":\"JWT\",\"kid\":\"sandbox-key-1\"}"
    return Base64.encode(Array(header.utf8), .url) + "."
      + Base64.encode(payload(grant, options, random), .url) + "."
      + Base64.encode(signature(random), .url)
  }

  private static func payload(
    _ grant: AccessGrant, _ options: SandboxOptions, _ random: UInt64
  ) -> [UInt8] {
    let isChannel = grant.credential.role == .salesChannel
    var writer = ByteWriter(capacityBytes: 600)
    writer.raw("{\"organization\":{\"id\":")
    writer.string(options.organizationID)
    writer.raw(",\"slug\":")
    writer.string(options.organization)
    writer.raw(",\"enterprise\":false,\"region\":\"eu-west-1\"},\"application\":{\"id\":")
    writer.string(grant.applicationID)
    writer.raw(",\"client_id\":")
    writer.string(grant.credential.clientID)
    writer.raw(",\"kind\":")
    writer.string(isChannel ? "sales_channel" : "integration")
    writer.raw(",\"public\":")
    writer.raw(text: isChannel ? "true,\"confidential\":false}" : "false,\"confidential\":true}")
    if isChannel {
      writer.raw(",\"market\":{\"id\":[\"mArKeTiDaB\"],\"stock_location_ids\":[]}")
    }
    writer.raw(",\"scope\":")
    writer.string(grant.scope ?? "market:all")
    writer.raw(",\"test\":")
    writer.raw(text: grant.credential.mode == .test ? "true" : "false")
    writer.raw(",\"exp\":")
    writer.integer(Int(grant.expiresAt / 1_000_000))
    writer.raw(",\"iat\":")
    writer.integer(Int(grant.issuedAt / 1_000_000))
    writer.raw(",\"iss\":\"https://auth.commercelayer.io\",\"rand\":\"")
    writer.raw(text: hex(random))
    writer.raw("\"}")
    return writer.bytes
  }

  /// 512 bytes, the size of a signature by a 4096-bit key.
  private static func signature(_ random: UInt64) -> [UInt8] {
    var state = random
    var bytes: [UInt8] = []
    while bytes.count < 512 {
      state = ResourceIDs.mixed(state &+ 0x9E37_79B9_7F4A_7C15)
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: state >> UInt64(shift)))
      }
    }
    return bytes
  }

  private static func hex(_ value: UInt64) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
