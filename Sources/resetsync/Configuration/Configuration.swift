import Effects
import Formats
import Reconciliation

/// The configuration file, decoded; relative paths are resolved against the file's folder.
struct Configuration: Sendable {
  /// Where a secret comes from.
  enum SecretSource: Sendable, Equatable {
    /// An environment variable.
    case environment(String)
    /// A file that only its owner can read.
    case file(String)
    /// What a command prints.
    case command([String])
  }

  /// How to reach Commerce Layer.
  struct API: Sendable, Equatable {
    var baseURL: String
    var tokenURL: String
    var clientID: SecretSource
    var clientSecret: SecretSource
    var scope: String?
    var organization: String
    var mode: String
    /// The share of the published limits to use, above 0 and at most 1.
    var rateShare: Double
    /// Whether the published limits hold; `false` is for simulators on loopback.
    var isLimited: Bool
    /// A PEM file with the certificate authorities to trust; nil for those of the system.
    var certificateFile: String?
    /// Seconds for one request.
    var timeout: Double
    var maxInFlight: Int
  }

  /// When the daemon does what.
  struct Schedule: Sendable, Equatable {
    var timeZone: String
    var pull: String?
    var fullPull: String?
    var importExports: String?
    var reconcile: String?
    var report: String?
    /// Seconds by which a job may start late, so that many daemons don't knock at once.
    var jitter: Double
    /// Windows as written, each `allow` or `deny`.
    var windows: [Window]

    struct Window: Sendable, Equatable {
      var allows: Bool
      var text: String
    }
  }

  /// What is told to whom when something is wrong.
  struct Alerts: Sendable, Equatable {
    var webhook: String?
    var command: [String]?
    /// Seconds after which an open conflict is overdue.
    var conflictTarget: Double
  }

  /// How the review desk lets people in.
  struct Review: Sendable, Equatable {
    /// A file with a password for addresses beyond loopback.
    var passwordFile: String?
    /// The header in which a reverse proxy names the person.
    var proxyUserHeader: String?
    /// The host names under which the desk may be called, beside loopback.
    var hosts: [String]

    static let listenHint =
      "listen on 127.0.0.1, or set review.password_file or review.proxy_user_header"

    /// Why the desk may not listen there; nil if it may.
    func refusal(of listen: String) -> String? {
      let isGuarded = passwordFile != nil || proxyUserHeader != nil
      let isNear = listen.hasPrefix("unix:") || API.isLoopback("http://\(listen)")
      return isGuarded || isNear
        ? nil : "\(listen) is not loopback, and anybody could decide there"
    }
  }

  /// How long things are kept, in seconds; nil for ever.
  struct Retention: Sendable, Equatable {
    var journal: Double?
    var closedConflicts: Double?
    var email: Double?
  }

  /// The file itself, absolute.
  var file: String
  var api: API
  var mirrorPath: String
  /// Patterns of mapping files, absolute.
  var mappings: [String]
  var schedule: Schedule
  var safety: SafetySettings
  /// The import guards where the configuration sets them.
  var guards: GuardOverrides
  var conflictLog: String
  /// Bytes after which the conflict log is rotated.
  var conflictLogBytesMax: Int
  /// Seconds for which a reset without record is in flight.
  var grace: Double
  var reportPath: String
  /// Whether e-mail addresses are shown in full.
  var showsEmail: Bool
  var listen: String
  var alerts: Alerts
  var review: Review
  var logLevel: LogLevel
  var logFormat: LogFormat
  var retention: Retention

  /// The folder that relative paths start from.
  var folder: String { FilePath.folder(of: file) }
}
