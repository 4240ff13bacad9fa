public import Formats

/// What a plan will cost under the rate limits.
public struct PlanCost: Sendable, Hashable {
  /// Reads shortly before the writes.
  public let reads: Int
  /// Writes, one per update.
  public let writes: Int

  /// How many resets one read brings.
  public static let resetsPerRead = 25

  /// The cost of so many updates.
  public init(updates: Int) {
    reads = (updates + PlanCost.resetsPerRead - 1) / PlanCost.resetsPerRead
    writes = updates
  }

  /// All requests.
  public var requests: Int { reads + writes }

  /// How many seconds they take at a steady rate, after a burst that is free.
  ///
  /// - Parameters:
  ///   - perMinute: the requests that one minute allows
  ///   - burst: the requests that may go at once
  public func expectedSeconds(perMinute: Double, burst: Double) -> Double {
    guard perMinute > 0 else { return .infinity }
    return max(0, Double(requests) - burst) * 60 / perMinute
  }
}

/// The head of a plan file.
public struct PlanHeader: Sendable, Hashable {
  /// The digest of the updates, as hex.
  public let digest: String
  /// The run that planned them.
  public let run: String
  /// When.
  public let createdAt: Timestamp
  /// The organisation that they are for.
  public let organization: String
  /// `test` or `live`.
  public let mode: String
  /// The rules digests of the mappings, by name.
  public let mappings: [String: String]
  /// How many updates there are.
  public let updates: Int
  /// How many requests they take.
  public let requests: Int
  /// How many seconds they are expected to take.
  public let expectedSeconds: Double

  /// Takes all parts as they are; requests follow from the updates.
  public init(
    digest: String, run: String, createdAt: Timestamp, organization: String, mode: String,
    mappings: [String: String], updates: Int, expectedSeconds: Double
  ) {
    self.digest = digest
    self.run = run
    self.createdAt = createdAt
    self.organization = organization
    self.mode = mode
    self.mappings = mappings
    self.updates = updates
    requests = PlanCost(updates: updates).requests
    self.expectedSeconds = expectedSeconds
  }
}

/// A saved plan: JSON that a person can read, one update per line.
public struct PlanFile: Sendable, Hashable {
  /// The head.
  public let header: PlanHeader
  /// The updates, in the order of the file.
  public let updates: [PlannedUpdate]

  static let format = "resetsync-plan/1"

  /// The text before the first update.
  public static func opening(_ header: PlanHeader) -> String {
    let names = header.mappings.keys.sorted()
    let members: [(String, JSONValue)] = [
      ("format", .string(format)), ("digest", .string(header.digest)),
      ("run", .string(header.run)), ("created_at", .string(header.createdAt.rfc3339)),
      ("organization", .string(header.organization)), ("mode", .string(header.mode)),
      (
        "mappings",
        .object(JSONObject(names.map { ($0, .string(header.mappings[$0] ?? "")) }))
      ),
      ("updates_count", .int(header.updates)), ("requests", .int(header.requests)),
      ("expected_seconds", .int(Int(header.expectedSeconds.rounded(.up)))),
    ]
    let lines = members.map { "  \(JSONValue.string($0.0).written()): \($0.1.written())," }
    return "{\n" + lines.joined(separator: "\n") + "\n  \"updates\": ["
  }

  /// The text of one update.
  public static func line(_ update: PlannedUpdate, isFirst: Bool) -> String {
    (isFirst ? "\n    " : ",\n    ") + update.json.written()
  }

  /// The text after the last update.
  public static let closing = "\n  ]\n}\n"

  /// A whole plan file.
  public static func written(_ header: PlanHeader, _ updates: [PlannedUpdate]) -> String {
    var text = opening(header)
    for (place, update) in updates.enumerated() { text += line(update, isFirst: place == 0) }
    return text + closing
  }

  /// Reads a plan file; throws when it isn't one, or when its updates are not those of its digest.
  public init(parsing bytes: [UInt8]) throws(PlanFileError) {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw PlanFileError(message: "the plan is no JSON: \(error)")
    }
    guard root["format"]?.text == PlanFile.format, let list = root["updates"]?.arrayValue,
      let header = PlanHeader(json: root)
    else { throw PlanFileError(message: "this is no plan that resetsync wrote") }
    var digest = PlanDigest()
    var updates: [PlannedUpdate] = []
    for (place, item) in list.enumerated() {
      guard let update = PlannedUpdate(json: item) else {
        throw PlanFileError(message: "update \(place + 1) of the plan can't be read")
      }
      digest.add(update)
      updates.append(update)
    }
    guard digest.hex == header.digest else {
      throw PlanFileError(
        message: "the plan was changed after it was written: its updates don't have its digest; "
          + "write it again with --plan-out")
    }
    self.header = header
    self.updates = updates
  }
}

extension PlanHeader {
  fileprivate init?(json: JSONValue) {
    guard let digest = json["digest"]?.text, let run = json["run"]?.text,
      let createdAt = json["created_at"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
      let organization = json["organization"]?.text, let mode = json["mode"]?.text,
      let mappings = json["mappings"]?.objectValue, let updates = json["updates_count"]?.int
    else { return nil }
    let digests = mappings.members.map { ($0.key.value, $0.value.text ?? "") }
    self.init(
      digest: digest, run: run, createdAt: createdAt, organization: organization, mode: mode,
      mappings: Dictionary(digests) { first, _ in first }, updates: updates,
      expectedSeconds: json["expected_seconds"]?.numberValue?.double ?? 0)
  }
}

/// Why a plan file can't be used.
public struct PlanFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and what to do.
  public let message: String
  /// The same.
  public var description: String { message }
}
