extension SandboxOptions {
  /// The switches of the member `options`, by their names in a seed.
  private static func switches() -> [(String, WritableKeyPath<SandboxOptions, Bool>)] {
    [
      ("token_errors_as_object", \.tokenErrorsAsObject),
      ("clears_used_reset_token", \.clearsUsedResetToken),
      ("refuses_guests", \.refusesGuests), ("merges_metadata", \.mergesMetadata),
      ("empty_metadata_is_null", \.emptyMetadataIsNull),
      ("normalizes_metadata", \.normalizesMetadata),
      ("touches_on_no_change", \.touchesOnNoChange),
      ("ignores_unknown_filters", \.ignoresUnknownFilters),
      ("ignores_case_in_matchers", \.ignoresCaseInMatchers),
      ("accepts_wildcard", \.acceptsWildcard),
      ("refuses_unknown_parameters", \.refusesUnknownParameters),
      ("shuffles_ties", \.shufflesTies),
      ("deletes_resets_with_customer", \.deletesResetsWithCustomer),
      ("event_stores_show_token", \.eventStoresShowToken),
      ("error_status_as_number", \.errorStatusAsNumber),
      ("control_endpoint", \.controlEndpoint),
    ]
  }

  private static func numbers() -> [(String, WritableKeyPath<SandboxOptions, Int>)] {
    [
      ("token_seconds", \.tokenSeconds), ("request_log_max", \.requestLogMax),
      ("event_stores_max", \.eventStoresMax), ("tokens_max", \.tokensMax),
    ]
  }

  /// Applies the member `options` of a seed or the body of a control request.
  mutating func apply(_ seed: SeedObject) throws(SandboxSeedError) {
    let switches = Self.switches()
    let numbers = Self.numbers()
    try seed.allow(
      switches.map(\.0) + numbers.map(\.0)
        + ["meta", "token_reuse_seconds_left", "reset_token_seconds"])
    for (name, path) in switches {
      if let flag = try seed.bool(name) { self[keyPath: path] = flag }
    }
    for (name, path) in numbers {
      if let number = try seed.integer(name) { self[keyPath: path] = number }
    }
    if let placement = try seed.choice("meta", SandboxMetaPlacement.self) { meta = placement }
    if seed.has("token_reuse_seconds_left") {
      tokenReuseSecondsLeft = try seed.integer("token_reuse_seconds_left")
    }
    if let seconds = try seed.double("reset_token_seconds") { resetTokenSeconds = seconds }
  }
}

extension SandboxRateLimits {
  /// Applies the member `limits` of a seed or the body of a control request.
  mutating func apply(_ seed: SeedObject) throws(SandboxSeedError) {
    try seed.allow([
      "limited", "test", "live", "tokens_per_minute", "counts_refused",
      "shares_reads_and_writes", "body", "retry_after",
    ])
    if let flag = try seed.bool("limited") { isLimited = flag }
    if let windows = try seed.child("test") { try test.apply(windows) }
    if let windows = try seed.child("live") { try live.apply(windows) }
    if let number = try seed.integer("tokens_per_minute") { tokensPerMinute = number }
    if let flag = try seed.bool("counts_refused") { countsRefused = flag }
    if let flag = try seed.bool("shares_reads_and_writes") { sharesReadsAndWrites = flag }
    if let kind = try seed.choice("body", SandboxErrorBody.self) { body = kind }
    if seed.has("retry_after") { retryAfter = try seed.text("retry_after") }
  }
}

extension SandboxRateWindows {
  mutating func apply(_ seed: SeedObject) throws(SandboxSeedError) {
    try seed.allow(["average", "average_seconds", "burst", "burst_seconds"])
    if let number = try seed.integer("average") { average = number }
    if let seconds = try seed.double("average_seconds") { averageSeconds = seconds }
    if let number = try seed.integer("burst") { burst = number }
    if let seconds = try seed.double("burst_seconds") { burstSeconds = seconds }
  }
}

extension SandboxCredential {
  init(_ seed: SeedObject, mode: SandboxMode) throws(SandboxSeedError) {
    try seed.allow(["client_id", "client_secret", "role", "mode"])
    self.init(
      clientID: try seed.required("client_id"),
      clientSecret: try seed.text("client_secret") ?? "",
      role: try seed.choice("role", Role.self) ?? .admin,
      mode: try seed.choice("mode", SandboxMode.self) ?? mode)
  }
}
