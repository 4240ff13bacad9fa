public import Formats

/// The rails: limits that stop a plan which looks like an accident (Contract#Plan-and-rails).
public enum RailName: String, Sendable, Hashable, CaseIterable {
  /// Too many resets written.
  case updates
  /// One field written on too many resets.
  case sameField = "same_field"
  /// One field set to one value too often.
  case sameValue = "same_value"
  /// Too many resets lose a value.
  case clears
  /// Too many records deleted.
  case sourceDeleted = "source_deleted"
  /// Too many resets newly gone.
  case remoteDeleted = "remote_deleted"
  /// Too many links with a new key.
  case rekeyed
  /// The rules changed since the last run.
  case mappingChanged = "mapping_changed"
  /// The first reconcile of a mapping.
  case firstRun = "first_run"

  /// The limit when the configuration says nothing; nil for rails without figures.
  public var standardLimit: RailLimit? {
    switch self {
    case .updates: RailLimit(rows: 10, share: 0.1, hard: 5000)
    case .sameField: RailLimit(rows: 20, share: 0.5, hard: nil)
    case .sameValue: RailLimit(rows: 20, share: 0.3, hard: nil)
    case .clears: RailLimit(rows: 5, share: 0.02, hard: nil)
    case .sourceDeleted, .remoteDeleted: RailLimit(rows: 5, share: 0.05, hard: nil)
    case .rekeyed: RailLimit(rows: 3, share: 0.01, hard: nil)
    case .mappingChanged, .firstRun: nil
    }
  }

  /// Whether `rows` is the least count that can trip (`min 20`), and not the most that passes.
  var rowsTrip: Bool { self == .sameField || self == .sameValue }

  /// Whether an approval of the plan lets it pass.
  ///
  /// No plan tells which resets are gone, so that none can be agreed to: what was due beside them
  /// waits for the next run, to which they are news no more.
  public var canBeApproved: Bool { self != .remoteDeleted }

  /// Whether it begins with the second run of a mapping.
  var waitsForSecondRun: Bool { self == .updates || rowsTrip }
}

/// The figures of a rail.
public struct RailLimit: Sendable, Hashable {
  /// Up to so many rows never trip it, whatever their share.
  public var rows: Int
  /// The share of linked rows (of updates for `same_value`) that may be reached.
  public var share: Double
  /// More rows than this trip it, whatever their share.
  public var hard: Int?

  /// Takes the figures as they are.
  public init(rows: Int, share: Double, hard: Int? = nil) {
    self.rows = rows
    self.share = share
    self.hard = hard
  }

  /// The greatest count that passes among so many rows.
  func passes(_ rail: RailName, of population: Int) -> Int {
    // A share of a count that is whole but for binary rounding counts as whole.
    let byShare = Int((share * Double(population) + 1e-9).rounded(.down))
    let soft = max(rail.rowsTrip ? rows - 1 : rows, byShare)
    return hard.map { min(soft, $0) } ?? soft
  }
}

/// How rails are set.
public struct SafetySettings: Sendable, Hashable {
  /// What a mapping's first reconcile does.
  public enum FirstRun: String, Sendable, Hashable, CaseIterable {
    /// Plans, reports, waits for approval.
    case approve
    /// Sends at once.
    case push
  }

  /// Whether anything is pushed at all.
  public var push = true
  /// What a mapping's first reconcile does.
  public var firstRun = FirstRun.approve
  /// Rails with other figures than the default; nil inside means off.
  public var limits: [RailName: RailLimit?] = [:]

  /// The defaults.
  public init() {}

  /// The figures of a rail; nil when it is off or has none.
  public func limit(_ rail: RailName) -> RailLimit? { limits[rail] ?? rail.standardLimit }

  /// Whether a rail without figures is on.
  public func isOn(_ rail: RailName) -> Bool {
    if rail == .firstRun { return firstRun == .approve }
    if let set = limits[rail] { return set != nil }
    return true
  }

  /// Reads the rails of a `safety` object: `{"rows", "share", "hard"}` or `"off"` each, `push`,
  /// `first_run`; other keys are left for the caller to ask for.
  public init(_ reader: SettingsReader) {
    push = reader.bool("push", default: true)
    firstRun = reader.choice("first_run", default: .approve)
    for rail in RailName.allCases where rail != .firstRun {
      guard let value = reader.value(rail.rawValue) else { continue }
      if value.string == "off" {
        limits[rail] = RailLimit?.none
      } else if let standard = rail.standardLimit, let section = value.section {
        limits[rail] = RailLimit(
          rows: section.int("rows", in: 0...1_000_000_000, default: standard.rows),
          share: section.double("share", in: 0...1, default: standard.share),
          hard: section.optionalInt("hard", in: 0...1_000_000_000) ?? standard.hard)
      } else if rail.standardLimit == nil {
        value.problem("\"\(rail.rawValue)\" has no figures", hint: "use \"off\", or leave it out")
      } else {
        value.problem(
          "expected figures or \"off\"",
          hint: "write {\"rows\": 10, \"share\": 0.1, \"hard\": 5000}, or \"off\"")
      }
    }
  }
}

/// What a rail holds back when it trips.
public enum RailConcern: Sendable, Hashable {
  /// Every update of a mapping.
  case mapping(String)
  /// Every update of a mapping that writes this field.
  case field(mapping: String, metadata: String)

  /// Whether an update is held back.
  public func concerns(_ update: PlannedUpdate) -> Bool {
    switch self {
    case .mapping(let name): update.mapping == name
    case .field(let name, let metadata):
      update.mapping == name && update.fields.contains { $0.metadata == metadata }
    }
  }
}

/// What a rail says about a plan.
public struct RailVerdict: Sendable, Hashable {
  /// The rail.
  public let name: RailName
  /// The mapping that it was judged for.
  public let mapping: String
  /// What was counted.
  public let measured: Int
  /// The greatest count that passes.
  public let limit: Int
  /// Whether the count is beyond the limit.
  public let tripped: Bool
  /// Whether an approval of this plan, or of one that held all it concerns, lets it pass.
  public let approved: Bool
  /// What it holds back.
  public let concerns: RailConcern

  /// Whether it holds anything back.
  public var blocks: Bool { tripped && !approved }
}

/// A person's consent to exactly one plan.
public struct Approval: Sendable, Hashable {
  /// The digest of the plan, as hex.
  public let digest: String
  /// When it was given.
  public let at: Timestamp
  /// The run that used it up; nil while it stands.
  public let spentBy: String?

  /// How long it is good for.
  public static let secondsMax = 86_400.0

  /// Takes both as they are.
  public init(digest: String, at: Timestamp, spentBy: String? = nil) {
    self.digest = digest
    self.at = at
    self.spentBy = spentBy
  }

  /// Whether it covers this plan now.
  public func covers(_ plan: PlanDigest, now: Timestamp) -> Bool {
    spentBy == nil && digest == plan.hex && now.seconds(since: at) < Approval.secondsMax
      && now >= at
  }
}

extension RailVerdict {
  /// The verdict as a stored plan keeps it.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(name.rawValue)), ("mapping", .string(mapping)),
      ("measured", .int(measured)), ("limit", .int(limit)), ("tripped", .bool(tripped)),
      ("approved", .bool(approved)),
    ]
    if case .field(_, let metadata) = concerns { members.append(("field", .string(metadata))) }
    return .object(JSONObject(members))
  }
}

extension RailVerdict {
  /// Reads `json` back; nil for anything else.
  public init?(json: JSONValue) {
    guard let name = json["name"]?.text.flatMap(RailName.init), let mapping = json["mapping"]?.text,
      let measured = json["measured"]?.int, let limit = json["limit"]?.int,
      let tripped = json["tripped"]?.boolValue, let approved = json["approved"]?.boolValue
    else { return nil }
    self.init(
      name: name, mapping: mapping, measured: measured, limit: limit, tripped: tripped,
      approved: approved,
      concerns: json["field"]?.text.map { .field(mapping: mapping, metadata: $0) }
        ?? .mapping(mapping))
  }
}
