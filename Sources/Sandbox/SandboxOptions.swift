import Formats

/// The two data sets of an organisation; the credential chooses.
public enum SandboxMode: String, Sendable, CaseIterable {
  /// Test data, lower rate limits.
  case test
  /// Live data.
  case live
}

/// One API credential of the organisation.
public struct SandboxCredential: Sendable, Equatable {
  /// What the credential may do (CommerceLayer#Access).
  public enum Role: String, Sendable, CaseIterable {
    /// An integration that may do everything.
    case admin
    /// An integration that may read.
    case readOnly = "read_only"
    /// A sales channel: may update password resets, wants a market scope, has no secret.
    case salesChannel = "sales_channel"
  }

  /// The public part.
  public var clientID: String
  /// The secret part; ignored for sales channels.
  public var clientSecret: String
  /// What it may do.
  public var role: Role
  /// The data set that its tokens open.
  public var mode: SandboxMode

  /// Makes a credential.
  public init(clientID: String, clientSecret: String, role: Role, mode: SandboxMode) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.role = role
    self.mode = mode
  }
}

/// Both sliding windows of one mode (CommerceLayer#Limits).
public struct SandboxRateWindows: Sendable, Equatable {
  /// Most requests over all endpoints in the average window.
  public var average: Int
  /// The average window, in seconds.
  public var averageSeconds: Double
  /// Most requests at one endpoint in the burst window.
  public var burst: Int
  /// The burst window, in seconds.
  public var burstSeconds: Double

  /// Makes a pair of windows; the window lengths are those of the documentation.
  public init(
    average: Int, averageSeconds: Double = 60, burst: Int, burstSeconds: Double = 10
  ) {
    self.average = average
    self.averageSeconds = averageSeconds
    self.burst = burst
    self.burstSeconds = burstSeconds
  }
}

/// The body of a refusal that need not come from the API itself.
public enum SandboxErrorBody: String, Sendable, CaseIterable {
  /// `errors` is one object with a numeric status, as recorded from live 429 answers.
  case object
  /// `errors` is an array of JSON:API error objects.
  case array
  /// An HTML page, as edge servers send.
  case html
  /// No body and no media type.
  case empty
  /// A JSON document that is no error document.
  case json
}

/// How the sandbox limits requests per client address.
public struct SandboxRateLimits: Sendable, Equatable {
  /// False lifts all limits; the headers stay and show the average limit untouched.
  public var isLimited = true
  /// Windows in test mode: 100 in 60 s, 25 in 10 s.
  public var test = SandboxRateWindows(average: 100, burst: 25)
  /// Windows in live mode: 200 in 60 s, 50 in 10 s.
  public var live = SandboxRateWindows(average: 200, burst: 50)
  /// Most token requests in 60 s.
  public var tokensPerMinute = 30
  /// True when refused calls count as calls, so that hammering prolongs the block.
  public var countsRefused = true
  /// True when reads and writes draw on one budget; false gives each its own.
  public var sharesReadsAndWrites = true
  /// The body of a 429.
  public var body = SandboxErrorBody.object
  /// The value of `Retry-After` on a 429, or nil for none; live answers were seen with `0`.
  public var retryAfter: String? = "0"

  /// Makes the documented limits.
  public init() {}

  /// No limits.
  public static var unlimited: SandboxRateLimits {
    var limits = SandboxRateLimits()
    limits.isLimited = false
    return limits
  }
}

/// Where `mode`, `organization_id` and `trace_id` stand in an answer (CommerceLayer#The-resource).
public enum SandboxMetaPlacement: String, Sendable, CaseIterable {
  /// In the meta of each resource, as today.
  case resource
  /// In the meta of the document, as announced.
  case document
  /// In both.
  case both
  /// Nowhere.
  case none
}

/// Everything that can be chosen about a sandbox; each inferred behaviour has its switch.
public struct SandboxOptions: Sendable, Equatable {
  /// The organisation's slug, claim `organization.slug`.
  public var organization = "sandbox"
  /// The organisation's id, in claims and meta.
  public var organizationID = "xRRkjDFafe"
  /// The mode of the credential that `SandboxAddress` shows.
  public var mode = SandboxMode.test
  /// The credentials; the default has an admin, a read-only and a sales channel one per mode.
  public var credentials = SandboxOptions.defaultCredentials
  /// Rate limits.
  public var limits = SandboxRateLimits()
  /// Life of an access token, in seconds.
  public var tokenSeconds = 7_200
  /// A repeated token request gives the same token until so many seconds before its end.
  ///
  /// Nil gives a new one each time.
  public var tokenReuseSecondsLeft: Int?
  /// Token errors carry `errors` as an object instead of an array.
  public var tokenErrorsAsObject = false
  /// Life of a reset password token, in seconds.
  public var resetTokenSeconds = 21_600.0
  /// `reset_password_token` reads as null after it was used.
  public var clearsUsedResetToken = false
  /// A reset for a customer without a password is refused with 422.
  public var refusesGuests = false
  /// PATCH merges metadata key by key instead of replacing the object.
  public var mergesMetadata = false
  /// Absent or empty metadata reads back as null instead of `{}`.
  public var emptyMetadataIsNull = false
  /// Metadata is kept as a `jsonb` column keeps it: keys reordered, numbers respelled.
  public var normalizesMetadata = false
  /// A PATCH that changes nothing moves `updated_at` nevertheless.
  public var touchesOnNoChange = false
  /// Where mode, organisation and trace stand.
  public var meta = SandboxMetaPlacement.resource
  /// Unknown filters are ignored instead of refused with 400.
  public var ignoresUnknownFilters = false
  /// Text matchers (`matches`, `cont`, `start`, `end`) do not look at case.
  public var ignoresCaseInMatchers = false
  /// `Accept: */*` and a missing `Accept` pass; by the documentation they are 406.
  public var acceptsWildcard = false
  /// Unknown query parameters of lower-case letters are refused with 400 (JSON:API 1.0).
  public var refusesUnknownParameters = true
  /// Rows that the sort criteria leave equal come in an order that changes with every request.
  public var shufflesTies = false
  /// Deleting a customer deletes its password resets.
  public var deletesResetsWithCustomer = true
  /// Event stores show `reset_password_token` in the payload of a create.
  public var eventStoresShowToken = false
  /// `status` of API errors is a number instead of a string.
  public var errorStatusAsNumber = false
  /// How many served requests the log keeps, newest last; 0 switches it off.
  public var requestLogMax = 10_000
  /// How many event store entries are kept over all records.
  public var eventStoresMax = 200_000
  /// How many access tokens are remembered at once.
  public var tokensMax = 10_000
  /// The control endpoint `/__sandbox` answers.
  public var controlEndpoint = true

  /// Makes the documented behaviour.
  public init() {}

  /// One credential per role and mode, with made-up names.
  public static var defaultCredentials: [SandboxCredential] {
    SandboxMode.allCases.flatMap { mode in
      SandboxCredential.Role.allCases.map { role in
        SandboxCredential(
          clientID: "\(role.rawValue)-\(mode.rawValue)-client",
          clientSecret: role == .salesChannel ? "" : "\(role.rawValue)-\(mode.rawValue)-secret",
          role: role, mode: mode)
      }
    }
  }
}

/// How to reach a started sandbox.
public struct SandboxAddress: Sendable, Equatable {
  /// The base of the API, such as `http://127.0.0.1:8080/api`.
  public let baseURL: String
  /// The token endpoint.
  public let tokenURL: String
  /// The admin credential of the chosen mode.
  public let clientID: String
  /// Its secret.
  public let clientSecret: String
  /// The organisation's slug.
  public let organization: String
  /// The mode of that credential.
  public let mode: SandboxMode

  /// The line that `resetsync sandbox` prints on start.
  public var jsonLine: String {
    let members: JSONObject = [
      "base_url": .string(baseURL), "token_url": .string(tokenURL),
      "client_id": .string(clientID), "client_secret": .string(clientSecret),
      "organization": .string(organization), "mode": .string(mode.rawValue),
    ]
    return members.written()
  }
}
