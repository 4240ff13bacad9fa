import Formats

/// What a sandbox starts with: organisation, credentials, limits, rows and faults.
///
///     {"organization": "acme", "organization_id": "xRRkjDFafe", "mode": "test",
///      "credentials": [{"client_id": "…", "client_secret": "…", "role": "admin", "mode": "test"}],
///      "limits": {"limited": true, "test": {"average": 100, "burst": 25}, "retry_after": "0"},
///      "options": {"meta": "both", "merges_metadata": false},
///      "customers": [{"email": "…", "has_password": true, "metadata": {}}],
///      "resets": [{"customer_email": "…", "reference": "…", "reference_origin": "…",
///                  "metadata": {"keeps": 1.0}, "reset_password_token": "…", "created_at": "…"}],
///      "generate": 1000,
///      "faults": [{"action": "respond", "status": 429, "path": "/customer_password_resets"}]}
public struct SandboxSeed: Sendable, Equatable {
  /// A customer to start with.
  public struct Customer: Sendable, Equatable {
    /// The id, or nil to let the sandbox make it.
    public var id: String?
    /// The e-mail, unique in its mode.
    public var email: String
    /// False for a guest.
    public var hasPassword = true
    /// The external identifier.
    public var reference: String?
    /// The system that the reference belongs to.
    public var referenceOrigin: String?
    /// JSON text of the metadata object, or nil.
    public var metadata: String?

    /// Makes a registered customer.
    public init(email: String) {
      self.email = email
    }
  }

  /// Organisation, credentials, limits and switches.
  public var options: SandboxOptions
  /// Customers by mode; those of the resets are made when missing here.
  public var customers: [SandboxMode: [Customer]] = [:]
  /// Resets by mode, in insertion order.
  public var resets: [SandboxMode: [SandboxReset]] = [:]
  /// The faults that are set from the start.
  public var faults: [SandboxFault] = []
  /// How many resets to make up, after those above, in the mode of the options.
  public var generatedResets = 0

  /// Makes an empty seed.
  public init(options: SandboxOptions = SandboxOptions()) {
    self.options = options
  }

  /// Reads a seed document; what it does not name stays as in `options`.
  ///
  /// Throws `SandboxSeedError` with the place of the first problem.
  public init(
    parsing bytes: [UInt8], options: SandboxOptions = SandboxOptions()
  ) throws(SandboxSeedError) {
    self.init(options: options)
    let document: JSONValue
    do {
      document = try JSONValue(parsing: bytes)
    } catch {
      throw SandboxSeedError(pointer: "", message: "not JSON: \(error)")
    }
    let seed = try SeedObject(document, at: "")
    try seed.allow([
      "organization", "organization_id", "mode", "credentials", "limits", "options", "customers",
      "resets", "generate", "faults",
    ])
    try readOptions(seed)
    for entry in try seed.children("customers") { try readCustomer(entry) }
    for entry in try seed.children("resets") {
      let mode = try entry.choice("mode", SandboxMode.self) ?? self.options.mode
      resets[mode, default: []].append(try SandboxReset(entry))
    }
    generatedResets = try seed.integer("generate") ?? 0
    for entry in try seed.children("faults") { faults.append(try SandboxFault(entry)) }
  }

  private mutating func readOptions(_ seed: SeedObject) throws(SandboxSeedError) {
    if let slug = try seed.text("organization") { options.organization = slug }
    if let id = try seed.text("organization_id") { options.organizationID = id }
    if let mode = try seed.choice("mode", SandboxMode.self) { options.mode = mode }
    let credentials = try seed.children("credentials")
    if !credentials.isEmpty {
      options.credentials = []
      for entry in credentials {
        options.credentials.append(try SandboxCredential(entry, mode: options.mode))
      }
    }
    if let limits = try seed.child("limits") { try options.limits.apply(limits) }
    if let switches = try seed.child("options") { try options.apply(switches) }
  }

  private mutating func readCustomer(_ seed: SeedObject) throws(SandboxSeedError) {
    try seed.allow([
      "id", "email", "has_password", "reference", "reference_origin", "metadata", "mode",
    ])
    var customer = Customer(email: try seed.required("email"))
    customer.id = try seed.text("id")
    customer.hasPassword = try seed.bool("has_password") ?? true
    customer.reference = try seed.text("reference")
    customer.referenceOrigin = try seed.text("reference_origin")
    customer.metadata = try seed.metadata("metadata")
    let mode = try seed.choice("mode", SandboxMode.self) ?? options.mode
    customers[mode, default: []].append(customer)
  }
}

extension SeedObject {
  /// JSON text of a member, an object or a list that a script of somebody's stored in its place,
  /// spelled as in the seed; nil when missing or null.
  func metadata(_ key: String) throws(SandboxSeedError) -> String? {
    guard let value = value(key), !value.isNull else { return nil }
    guard value.objectValue != nil || value.arrayValue != nil else {
      throw error(key, "expected an object or a list")
    }
    return value.written()
  }
}

extension SandboxReset {
  init(_ seed: SeedObject) throws(SandboxSeedError) {
    try seed.allow([
      "id", "customer_email", "reset_password_token", "reset_password_at", "created_at",
      "updated_at", "reference", "reference_origin", "metadata", "mode",
    ])
    self.init(
      customerEmail: try seed.required("customer_email"), reference: try seed.text("reference"),
      referenceOrigin: try seed.text("reference_origin"), metadata: try seed.metadata("metadata"))
    id = try seed.text("id")
    token = try seed.text("reset_password_token")
    resetAt = try seed.time("reset_password_at")
    createdAt = try seed.time("created_at")
    updatedAt = try seed.time("updated_at")
  }

  /// The reset as a JSON object with the members of a seed.
  var json: JSONObject {
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    func time(_ time: Timestamp?) -> JSONValue {
      text(time.map { Instant.text($0.microseconds) })
    }
    return JSONObject([
      ("id", text(id)), ("customer_email", .string(customerEmail)),
      ("reset_password_token", text(token)), ("reset_password_at", time(resetAt)),
      ("created_at", time(createdAt)), ("updated_at", time(updatedAt)),
      ("reference", text(reference)), ("reference_origin", text(referenceOrigin)),
      ("metadata", metadata.flatMap { try? JSONValue(parsing: $0) } ?? .null),
    ])
  }
}
