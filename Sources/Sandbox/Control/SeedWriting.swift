public import Formats

extension Sandbox {
  /// The rows of the shown mode as a seed document, without reset tokens: a sandbox started on it
  /// shows the same resets under the same ids and makes tokens of its own.
  public func seedDocument() -> JSONObject {
    let rows = resets().map { reset -> JSONValue in
      var members = reset.json
      members["reset_password_token"] = nil
      return .object(members)
    }
    let options = options
    return [
      "organization": .string(options.organization), "mode": .string(options.mode.rawValue),
      "limits": ["limited": .bool(options.limits.isLimited)], "resets": .array(rows),
    ]
  }
}
