import CommerceLayer
import Effects
import Formats
import HTTP
import Mirror
import Pipeline

/// Keeps in the mirror when each job was last due.
struct MirrorScheduleStore: ScheduleStore {
  let mirror: Mirror

  private static let note = "schedule"

  func lastFired() async throws -> [ScheduledJob: Timestamp] {
    let text = try await mirror.note(Self.note) ?? "{}"
    let object = (try? JSONValue(parsing: text))?.objectValue ?? [:]
    var fired: [ScheduledJob: Timestamp] = [:]
    for job in ScheduledJob.allCases {
      fired[job] = object[job.rawValue]?.text.flatMap { Timestamp(rfc3339: $0) }
    }
    return fired
  }

  func record(_ job: ScheduledJob, firedAt due: Timestamp) async throws {
    _ = try await mirror.updateNote(Self.note) { text in
      var object = text.flatMap { try? JSONValue(parsing: $0) }?.objectValue ?? [:]
      object[job.rawValue] = .string(due.rfc3339Microseconds)
      return (object.written(), true)
    }
  }
}

/// Keeps in the mirror what was told to whom.
struct MirrorAlertStore: AlertStore {
  let mirror: Mirror

  private static let note = "alerts"

  func load() async throws -> JSONValue? {
    try await mirror.note(Self.note).flatMap { try? JSONValue(parsing: $0) }
  }

  func save(_ ledger: JSONValue) async throws {
    try await mirror.setNote(Self.note, ledger.written())
  }
}

/// The channels of a configuration.
struct AlertChannels {
  let all: [AlertChannel]

  init(_ configuration: Configuration, _ world: World) {
    var channels: [AlertChannel] = []
    if let address = configuration.alerts.webhook {
      let transport = CurlTransport(
        settings: TransportSettings(userAgent: "resetsync/\(Version.text)"))
      channels.append(
        .webhook { body in
          let fields = HTTPFields([("Content-Type", "application/json")])
          return try await transport.send(HTTPRequest(.post, address, fields: fields, body: body))
            .status
        })
    }
    if let words = configuration.alerts.command {
      channels.append(.command(words, hiding: configuration.secretVariables))
    }
    all = channels
  }
}

/// The key for hashes of removed e-mails: made once, kept beside the mirror and out of it.
struct EmailKey {
  private let path: String

  /// The length of a key, in bytes.
  private static let byteCount = 32

  init(_ site: Site) { path = site.configuration.mirrorPath + ".email-key" }

  /// The key, if it was made before.
  func existing() throws -> [UInt8]? {
    Files().exists(path) ? try Files().read(path, bytesMax: Self.byteCount) : nil
  }

  /// The key, made now if there is none.
  func bytes(_ random: any RandomSource) throws -> [UInt8] {
    if let key = try existing() { return key }
    let key = random.bytes(Self.byteCount)
    try Files().write(key, to: path)
    return key
  }
}
