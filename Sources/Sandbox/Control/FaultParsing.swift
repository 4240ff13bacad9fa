import Formats

extension SandboxFault {
  /// Reads a rule: the matching members, `action`, and what the action wants.
  init(_ seed: SeedObject) throws(SandboxSeedError) {
    try seed.allow([
      "method", "path", "query", "skip", "count", "every", "probability", "action", "status",
      "body", "retry_after", "seconds", "bytes", "every_seconds", "after_bytes", "reset", "text",
      "media_type", "length", "change", "mode", "organization_id",
    ])
    self.init(try Action(seed))
    method = try seed.text("method")
    path = try seed.text("path")
    query = try seed.text("query")
    skip = try seed.integer("skip") ?? 0
    if seed.has("count") { count = try seed.integer("count") }
    every = max(1, try seed.integer("every") ?? 1)
    probability = try seed.double("probability") ?? 1
  }
}

extension SandboxFault.Action {
  init(_ seed: SeedObject) throws(SandboxSeedError) {
    let name = try seed.required("action")
    switch name {
    case "respond":
      self = .respond(
        status: try Self.status(seed),
        body: try seed.choice("body", SandboxErrorBody.self) ?? .empty,
        retryAfter: try seed.text("retry_after"))
    case "reset_before": self = .resetBefore
    case "reset_after": self = .resetAfter
    case "close_before": self = .closeBefore
    case "close_after": self = .closeAfter
    case "hang": self = .hang
    case "hang_after": self = .hangAfter
    case "delay": self = .delay(seconds: try seed.double("seconds") ?? 1)
    case "trickle":
      self = .trickle(
        bytes: try seed.integer("bytes") ?? 1,
        everySeconds: try seed.double("every_seconds") ?? 0.05)
    case "truncate":
      self = .truncate(
        afterBytes: try seed.integer("after_bytes") ?? 10, reset: try seed.bool("reset") ?? false)
    case "invalid_json": self = .invalidJSON
    case "body":
      self = .body(try seed.text("text") ?? "", mediaType: try seed.text("media_type"))
    case "media_type": self = .mediaType(try seed.text("media_type"))
    case "repeat_page": self = .repeatPage
    case "cycle_pages": self = .cyclePages(length: try seed.integer("length") ?? 2)
    case "revoke_token": self = .revokeToken
    case "leak_token": self = .leakToken
    case "meta":
      self = .meta(
        mode: try seed.text("mode"), organizationID: try seed.text("organization_id"))
    case "change":
      guard let change = try seed.child("change") else {
        throw seed.error("change", "expected an object")
      }
      self = .change(try SandboxChange(change))
    default:
      throw seed.error("action", "unknown action \(name); known are \(Self.names)")
    }
  }

  private static let names =
    "respond, reset_before, reset_after, close_before, close_after, hang, hang_after, delay, "
    + "trickle, truncate, invalid_json, body, media_type, repeat_page, cycle_pages, "
    + "revoke_token, leak_token, meta, change"

  private static func status(_ seed: SeedObject) throws(SandboxSeedError) -> Int {
    let status = try seed.integer("status") ?? 500
    guard (200...599).contains(status) else {
      throw seed.error("status", "expected a status from 200 to 599")
    }
    return status
  }
}

extension SandboxChange {
  /// Reads a change: `kind`, `target`, `before`, and the new values.
  init(_ seed: SeedObject) throws(SandboxSeedError) {
    try seed.allow([
      "kind", "target", "before", "metadata", "merges_metadata", "reference", "reference_origin",
      "customer_email",
    ])
    let kind = try seed.choice("kind", Kind.self) ?? .edit
    self.init(kind, Target(try seed.text("target") ?? "path"))
    isBefore = try seed.bool("before") ?? false
    mergesMetadata = try seed.bool("merges_metadata") ?? false
    if seed.has("metadata") {
      let value = seed.value("metadata") ?? .null
      guard value.isNull || value.objectValue != nil || value.arrayValue != nil else {
        throw seed.error("metadata", "expected an object or a list")
      }
      metadata = value.written()
    }
    if seed.has("reference") { reference = .some(try seed.text("reference")) }
    if seed.has("reference_origin") { referenceOrigin = .some(try seed.text("reference_origin")) }
    customerEmail = try seed.text("customer_email")
  }
}

extension SandboxChange.Target {
  /// `path`, `first`, `last`, `answered`, `next`, `random`, or an id.
  init(_ text: String) {
    switch text {
    case "path": self = .path
    case "first": self = .first
    case "last": self = .last
    case "answered": self = .answered
    case "next": self = .next
    case "random": self = .random
    default: self = .id(text)
    }
  }
}
