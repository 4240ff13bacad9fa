internal import Formats

/// The addresses around a reset: its own, and those of its relationships.
public struct ResetLinks: Sendable, Hashable {
  /// The addresses of one relationship, as far as the answer gave them.
  public struct Relation: Sendable, Hashable {
    /// Where the relationship itself stands.
    public let relationship: String?
    /// Where the related resources stand; this is the address to read.
    public let related: String?

    /// Takes both as they are.
    public init(relationship: String?, related: String?) {
      self.relationship = relationship
      self.related = related
    }
  }

  /// The relationships of a reset, in the order of the documentation.
  public static let names = ["customer", "events", "event_stores"]

  /// The address of the reset itself; nil where the answer gave none.
  public let own: String?
  /// The relationships by name; one without links in the answer is missing.
  public let relations: [String: Relation]

  /// Takes both as they are.
  public init(own: String?, relations: [String: Relation]) {
    self.own = own
    self.relations = relations
  }

  /// The links of a mirrored reset: `compact` as it was made, nil for the standard ones.
  public init(own: String?, compact: String?) {
    self.own = own
    guard let compact else {
      relations = Self.standard(own)
      return
    }
    var relations: [String: Relation] = [:]
    let members = (try? JSONValue(parsing: compact))?.objectValue ?? [:]
    for (name, value) in members {
      let pair = value.arrayValue ?? []
      guard pair.count == 2 else { continue }
      relations[name.value] = Relation(relationship: pair[0].text, related: pair[1].text)
    }
    self.relations = relations
  }

  /// What the mirror keeps: nil where the relationships stand below the reset's own address, as
  /// the API has it, else a small JSON text.
  public var compact: String? {
    guard relations != Self.standard(own) else { return nil }
    let members = Self.names.compactMap { name -> (String, JSONValue)? in
      guard let relation = relations[name] else { return nil }
      let pair = [relation.relationship, relation.related]
      return (name, .array(pair.map { $0.map { .string($0) } ?? .null }))
    }
    return JSONValue.object(JSONObject(members)).written()
  }

  private static func standard(_ own: String?) -> [String: Relation] {
    guard let own else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: names.map { name in
        (name, Relation(relationship: "\(own)/relationships/\(name)", related: "\(own)/\(name)"))
      })
  }
}
