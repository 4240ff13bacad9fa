public import Formats
public import Mirror
public import Reconciliation

/// What `/metrics` measures at the moment it is asked.
public struct MetricsGauges: Sendable {
  /// The version of the program.
  public var version: String
  /// Whether database, credentials and the last pull are in order.
  public var isReady = true
  /// Whether a person holds all writing back.
  public var isPaused = false
  /// The instant of the measurement.
  public var now: Timestamp
  /// Requests left in the windows, by class.
  public var rateBudget: [String: Int] = [:]
  /// Items by mapping and situation.
  public var items: [String: [Situation: Int]] = [:]
  /// Open conflicts by severity and age.
  public var openConflicts: [Severity: [AgeBucket: Int]] = [:]
  /// Updates that wait, by state.
  public var outbox: [String: Int] = [:]
  /// The size of the mirror's file and of its write-ahead log, in bytes.
  public var mirrorBytes = (file: 0, log: 0)
  /// When each source last delivered; nil for never.
  public var deliveredAt: [String: Timestamp?] = [:]
  /// Sources whose folders can't be looked into.
  public var unreachable: Set<String> = []
  /// When each command last ended well.
  public var lastSuccess: [String: Timestamp] = [:]

  /// Makes gauges without measurements.
  public init(version: String, now: Timestamp) {
    self.version = version
    self.now = now
  }

  /// Measures the mirror; the sources are those of the configuration.
  public static func measure(
    _ mirror: Mirror, sources: [String], version: String, rateBudget: [String: Int] = [:],
    at now: Timestamp
  ) async throws -> MetricsGauges {
    var gauges = MetricsGauges(version: version, now: now)
    gauges.rateBudget = rateBudget
    gauges.isPaused = mirror.pause() != nil
    gauges.items = try await mirror.situations()
    gauges.openConflicts = try await mirror.openConflictAges(at: now)
    for (state, count) in try await mirror.updateCounts() { gauges.outbox[state.rawValue] = count }
    let sizes = try await mirror.sizes()
    gauges.mirrorBytes = (Int(sizes.file), Int(sizes.log))
    for source in try await mirror.sources(sources) {
      gauges.deliveredAt[source.mapping] = source.last.at as Timestamp?
      if source.state?.unreachableSince != nil { gauges.unreachable.insert(source.mapping) }
    }
    for run in try await mirror.runs(limit: 200) {
      guard let end = run.endedAt, run.exit == 0 || run.exit == 2 else { continue }
      gauges.lastSuccess[run.command] = max(gauges.lastSuccess[run.command] ?? end, end)
    }
    return gauges
  }
}
