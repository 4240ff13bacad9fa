public import Formats

/// Whether the program can do its work, with a reason for each thing that is missing.
public struct Readiness: Sendable, Equatable {
  /// One thing that must be in order.
  public struct Check: Sendable, Equatable {
    /// Its name: `database`, `credentials`, `pull`.
    public var name: String
    /// Whether it is in order.
    public var isGood: Bool
    /// What is wrong, in words.
    public var reason: String?

    /// Makes a check.
    public init(name: String, isGood: Bool, reason: String? = nil) {
      self.name = name
      self.isGood = isGood
      self.reason = reason
    }
  }

  /// The checks in order.
  public var checks: [Check]

  /// Makes a state of readiness.
  public init(_ checks: [Check]) { self.checks = checks }

  /// Whether all is in order.
  public var isReady: Bool { checks.allSatisfy(\.isGood) }

  /// The state as JSON.
  public var json: JSONValue {
    .object(
      JSONObject([
        ("ready", .bool(isReady)),
        (
          "checks",
          .array(
            checks.map { check in
              .object(
                JSONObject([
                  ("name", .string(check.name)), ("ok", .bool(check.isGood)),
                  ("reason", ConflictView.text(check.reason)),
                ]))
            })
        ),
      ]))
  }
}
