import Formats

/// All mappings of a run with the rules that belong to none of them.
public struct RuleBook: Sendable {
  /// The mappings, in the order of the configuration.
  public let mappings: [Mapping]
  /// How many seconds a reset without record counts as in flight (`conflicts.grace`).
  public let graceSeconds: Double
  private let places: [String: Int]
  private let origins: [String: Int]

  /// The grace of a configuration that names none.
  public static let graceSecondsStandard = 86_400.0

  /// A book of these mappings; of two with one name or origin the first counts (see `problems`).
  public init(_ mappings: [Mapping], graceSeconds: Double = RuleBook.graceSecondsStandard) {
    self.mappings = mappings
    self.graceSeconds = graceSeconds
    var places: [String: Int] = [:]
    var origins: [String: Int] = [:]
    for (place, mapping) in mappings.enumerated() {
      places[mapping.name] = places[mapping.name] ?? place
      for origin in mapping.origins {
        origins[origin.trimmed] = origins[origin.trimmed] ?? place
      }
    }
    self.places = places
    self.origins = origins
  }

  /// The mapping of this name.
  public func mapping(_ name: String) -> Mapping? { places[name].map { mappings[$0] } }

  /// The mapping that names this origin, which is compared as it is after trimming.
  public func mapping(ofOrigin origin: String) -> Mapping? {
    origins[origin.trimmed].map { mappings[$0] }
  }

  /// Which key a reset with this reference and origin carries.
  public func assign(reference: String?, origin: String?) -> KeyAssignment {
    guard let reference, !reference.trimmed.isEmpty else { return .unreferenced }
    guard let origin, let mapping = mapping(ofOrigin: origin) else {
      return .unknownOrigin(origin)
    }
    let normal = mapping.reference.normalize.normalize(reference)
    guard !normal.isEmpty else { return .unreferenced }
    return .known(mapping: mapping.name, Key(origin: mapping.keyOrigin(origin), reference: normal))
  }

  /// Identifies what `assign` goes by: names, origins and normal forms of all mappings.
  public var keysDigest: String {
    let parts = mappings.map { mapping in
      JSONValue.array([
        .string(mapping.name), .array(mapping.origins.map { .string($0.trimmed) }),
        .bool(mapping.originColumn == nil),
        .array(mapping.reference.normalize.map { .string($0.name) }),
      ])
    }
    return SHA256.hex(of: JSONValue.array(parts).canonicalText)
  }

  /// What is wrong between mappings: names or origins that two of them claim.
  public var problems: [String] {
    var found: [String] = []
    for (place, mapping) in mappings.enumerated() {
      if let first = places[mapping.name], first != place {
        found.append("two mappings are named \"\(mapping.name)\"; rename one of them")
      }
      for origin in mapping.origins {
        guard let first = origins[origin.trimmed], first != place else { continue }
        found.append(
          "the origin \"\(origin)\" belongs to the mappings \"\(mappings[first].name)\" and "
            + "\"\(mapping.name)\"; each origin may stand in one mapping only")
      }
    }
    return found
  }
}

extension Mapping {
  /// The origin part of a key: the origin itself with an origin column, else the first alias.
  func keyOrigin(_ origin: String) -> String {
    originColumn == nil ? (origins.first ?? origin).trimmed : origin.trimmed
  }
}
