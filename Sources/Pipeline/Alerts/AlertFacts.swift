internal import Formats

/// What the program knows that may be worth an alert; `conditions` says what is.
///
/// Conditions stand for groups (a mapping, a rail), not for single records: five thousand
/// critical conflicts are one alert with a figure.
public struct AlertFacts: Sendable {
  /// How old the data of a source is.
  public struct Source: Sendable {
    /// The mapping's name.
    public let mapping: String
    /// Age of the last accepted export in seconds, nil if there never was one.
    public let ageSeconds: Double?
    /// The age that its mapping allows, in seconds; nil without a limit.
    public let ageSecondsMax: Double?

    /// Describes a source.
    public init(mapping: String, ageSeconds: Double?, ageSecondsMax: Double?) {
      self.mapping = mapping
      self.ageSeconds = ageSeconds
      self.ageSecondsMax = ageSecondsMax
    }
  }

  /// An export that was refused and not followed by an accepted one.
  public struct RefusedExport: Sendable {
    /// The mapping's name.
    public let mapping: String
    /// The file's name.
    public let file: String
    /// Why it was refused.
    public let reason: String

    /// Describes a refused export.
    public init(mapping: String, file: String, reason: String) {
      self.mapping = mapping
      self.file = file
      self.reason = reason
    }
  }

  /// A rail that tripped in the last run.
  public struct Rail: Sendable {
    /// The mapping's name.
    public let mapping: String
    /// The rail's name.
    public let name: String
    /// What was measured.
    public let measured: Int
    /// The limit.
    public let limit: Int

    /// Describes a tripped rail.
    public init(mapping: String, name: String, measured: Int, limit: Int) {
      self.mapping = mapping
      self.name = name
      self.measured = measured
      self.limit = limit
    }
  }

  /// How old each source is.
  public var sources: [Source] = []
  /// Why the folders of a source can't be looked into, by mapping.
  public var unreachable: [String: String] = [:]
  /// Exports refused last.
  public var refusedExports: [RefusedExport] = []
  /// Rails that tripped.
  public var rails: [Rail] = []
  /// Open conflicts of the highest severity, by mapping.
  public var criticalConflicts: [String: Int] = [:]
  /// Conflicts open for longer than their target, by mapping.
  public var overdueConflicts: [String: Int] = [:]
  /// Runs in a row that failed at the API.
  public var apiFailuresInARow = 0
  /// The reason why pushing is paused, nil if it is not.
  public var pushPause: String?

  /// Runs in a row that must fail at the API before that is a condition.
  public static let apiFailuresMin = 3

  /// Nothing is wrong.
  public init() {}

  /// The conditions that hold.
  public var conditions: [AlertCondition] {
    outOfReach + sources.compactMap(\.condition) + refused + rails.map(\.condition)
      + conflicts(criticalConflicts, .criticalConflict, "of the highest severity are open")
      + conflicts(overdueConflicts, .overdueConflict, "are open for longer than their target")
      + program
  }

  private var outOfReach: [AlertCondition] {
    unreachable.sorted { $0.key < $1.key }.map { mapping, reason in
      AlertCondition(
        AlertKey(.unreachableSource, mapping),
        summary: "the source \(mapping) is unreachable: \(reason); make the folder or mount the "
          + "share, or correct the path in the mapping",
        facts: ["reason": .string(reason)])
    }
  }

  /// Several refused files of one mapping are one condition, told by the last.
  private var refused: [AlertCondition] {
    Dictionary(grouping: refusedExports, by: \.mapping).sorted { $0.key < $1.key }
      .compactMap { mapping, exports in
        exports.last.map { export in
          AlertCondition(
            AlertKey(.refusedExport, mapping),
            summary: "the export \(export.file) of \(mapping) was refused: \(export.reason)",
            facts: [
              "file": .string(export.file), "reason": .string(export.reason),
              "count": .int(exports.count),
            ])
        }
      }
  }

  private func conflicts(
    _ counts: [String: Int], _ kind: AlertKind, _ words: String
  ) -> [AlertCondition] {
    counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { mapping, count in
      AlertCondition(
        AlertKey(kind, mapping), summary: "\(count) conflicts of \(mapping) \(words)",
        facts: ["count": .int(count)])
    }
  }

  private var program: [AlertCondition] {
    var conditions: [AlertCondition] = []
    if apiFailuresInARow >= Self.apiFailuresMin {
      conditions.append(
        AlertCondition(
          AlertKey(.apiFailure),
          summary: "\(apiFailuresInARow) runs in a row failed at the API",
          facts: ["runs": .int(apiFailuresInARow)]))
    }
    if let pushPause {
      conditions.append(
        AlertCondition(
          AlertKey(.pausedPush), summary: "nothing is pushed: \(pushPause)",
          facts: ["reason": .string(pushPause)]))
    }
    return conditions
  }
}

extension AlertFacts.Source {
  /// Whether it is older than its mapping allows.
  public var isLate: Bool { ageSecondsMax.map { ageSeconds ?? .infinity > $0 } ?? false }

  var condition: AlertCondition? {
    guard let ageSecondsMax, isLate else { return nil }
    let hours = ageSeconds.map { "\(Int($0 / 3_600)) h old" } ?? "missing"
    return AlertCondition(
      AlertKey(.staleSource, mapping),
      summary: "the last accepted export of \(mapping) is \(hours), "
        + "\(Int(ageSecondsMax / 3_600)) h are allowed",
      facts: [
        "age_seconds": ageSeconds.map { .int(Int($0)) } ?? .null,
        "age_seconds_max": .int(Int(ageSecondsMax)),
      ])
  }
}

extension AlertFacts.Rail {
  var condition: AlertCondition {
    AlertCondition(
      AlertKey(.trippedRail, "\(mapping)/\(name)"),
      summary: "the rail \(name) holds back the plan of \(mapping): \(measured) measured, "
        + "\(limit) allowed; look at the plan, then approve it or mend the source",
      facts: ["measured": .int(measured), "limit": .int(limit)])
  }
}
