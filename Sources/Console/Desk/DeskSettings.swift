public import Formats
public import Mirror

/// Who may use the desk and from where.
public struct DeskSettings: Sendable {
  /// How people get in.
  public enum Access: Sendable {
    /// By the one-time token of a printed address; for loopback.
    case token
    /// By name and password, each line `NAME:HASH` as `PasswordFile` writes it.
    case passwords(PasswordFile)
    /// A reverse proxy in front has done it and names the person in a header field; the field is
    /// believed from these peers only.
    case proxy(header: String, peers: Set<String>)
  }

  /// How people get in.
  public var access: Access = .token
  /// The values of `Host` that are answered, such as `127.0.0.1:8780`; all others are refused.
  public var hosts: Set<String>
  /// The port it listens on; cookies don't tell ports apart, so it stands in the cookie's name.
  public var port: Int?
  /// Whether browsers reach the desk by `https`: cookies are then marked `Secure`.
  public var isSecure = false
  /// What a person is called who came by token and gave no name.
  public var person: String
  /// How e-mail addresses are shown in what the desk says itself.
  public var masking = Masking.masked
  /// The organisation and its mode, for the top line.
  public var organization: String
  /// `test` or `live`.
  public var mode: String
  /// Whether writing is paused, asked for each page.
  public var pause: @Sendable () -> PauseNote? = { nil }
  /// How long a printed token can be used, in seconds.
  public var tokenSecondsMax = 43_200.0
  /// How long a session lasts without a request, in seconds.
  public var idleSecondsMax = 3_600.0
  /// How long a session lasts at most, in seconds.
  public var sessionSecondsMax = 43_200.0
  /// Sessions at once; the oldest ends when there are more.
  public var sessionsMax = 100
  /// The largest form, in bytes.
  public var formBytesMax = 262_144
  /// The longest reason or comment, in characters.
  public var textCharactersMax = 2_000

  /// Settings for these hosts.
  public init(hosts: Set<String>, person: String, organization: String, mode: String) {
    self.hosts = Set(hosts.map { $0.lowercased() })
    self.person = person
    self.organization = organization
    self.mode = mode
  }

  /// The hosts that a browser on this machine may name for a loopback port.
  public static func loopbackHosts(port: Int) -> Set<String> {
    ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"]
  }
}
