internal import Formats
internal import HTTP

/// The checks before anything is answered, and the fields that go with every answer.
enum DeskGuard {
  /// The name of the session's cookie; the prefixed name makes browsers insist on `Secure`.
  static func cookieName(_ settings: DeskSettings) -> String {
    (settings.isSecure ? "__Host-" : "") + "resetsync" + (settings.port.map { "-\($0)" } ?? "")
  }

  /// Why a request is refused whoever sends it; nil if it may go on.
  static func refusal(_ request: HTTPServerRequest, _ settings: DeskSettings) -> String? {
    let hosts = request.fields.values(of: "Host")
    // A page that was loaded under another name may reach this address after its name was pointed
    // here (DNS rebinding): it then still names its own host.
    guard hosts.count == 1, settings.hosts.contains(hosts[0].lowercased()) else {
      return "This address is not served under that name."
    }
    guard request.method == .post else { return nil }
    if let site = request.fields["Sec-Fetch-Site"], site != "same-origin" {
      return "The form came from another site."
    }
    guard let origin = request.fields["Origin"] else { return nil }
    if origin == "null" {
      // Browsers hide the origin under `no-referrer`; the field above then vouches for it.
      return request.fields["Sec-Fetch-Site"] == "same-origin"
        ? nil : "The form came from an unknown place."
    }
    let scheme = settings.isSecure ? "https" : "http"
    return origin.lowercased() == "\(scheme)://\(hosts[0].lowercased())"
      ? nil : "The form came from another site."
  }

  /// The secret in the session's cookie; nil if it is missing or given twice.
  static func cookie(_ request: HTTPServerRequest, _ settings: DeskSettings) -> String? {
    var found: [String] = []
    for field in request.fields.values(of: "Cookie") {
      for pair in field.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { continue }
        let name = parts[0].drop { $0 == " " }
        if name == cookieName(settings) { found.append(String(parts[1])) }
      }
    }
    return found.count == 1 ? found[0] : nil
  }

  /// The line that sets the cookie; an empty secret removes it.
  static func setCookie(_ secret: String, _ settings: DeskSettings) -> String {
    let age = secret.isEmpty ? 0 : Int(settings.sessionSecondsMax)
    return "\(cookieName(settings))=\(secret); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(age)"
      + (settings.isSecure ? "; Secure" : "")
  }

  /// What every answer of the desk carries.
  static let fields: [(String, String)] = [
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", policy),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
  ]

  private static let policy =
    "default-src 'none'; style-src '\(StyleSheet.policyHash)'; form-action 'self'; "
    + "frame-ancestors 'none'; base-uri 'none'"
}
