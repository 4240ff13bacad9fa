import Formats

/// One source: where its exports are, how rows become records, which metadata they feed.
///
/// Immutable; a class only because it is passed along with every item and is large to copy.
public final class Mapping: Sendable {
  /// The name of the mapping.
  public let name: String
  /// The `reference_origin` values of this source; the first is the one that is written.
  public let origins: [String]
  /// Its exports, one at least: mostly one, or a full one and deltas.
  public let exports: [ExportRule]
  /// The reference of a row.
  public let reference: ReferenceRule
  /// Where one file holds several origins.
  public let originColumn: OriginColumn?
  /// Which rows belong to this mapping (`where`); nil for all.
  public let rows: RowFilter?
  /// When a row was changed.
  public let changedAt: ChangedAtRule?
  /// What marks a record as deleted.
  public let deleted: DeletedRule?
  /// How many resets may carry one reference.
  public let cardinality: Cardinality
  /// What must agree for a link to be believed.
  public let verify: [IdentityPair]
  /// What suggests a link.
  public let correlate: [IdentityPair]
  /// The managed fields, in the order of the file.
  public let fields: [FieldRule]
  /// Fields that are written together or not at all, by their metadata spelling.
  public let groups: [[String]]
  /// What each situation calls for.
  public let reactions: Reactions
  /// The import guards of this mapping where they differ from those of the configuration.
  public let guards: GuardOverrides?
  /// Every column named anywhere, in the order of first mention; only these cells are kept.
  public let columnsNeeded: [String]
  /// SHA-256 over everything that changes results, as hex.
  public let rulesDigest: String
  /// What decides which records the rows of an export become.
  public let recordRules: RecordRules
  /// SHA-256 over `recordRules`, as hex.
  public let recordsDigest: String
  /// The place of each needed column; names are compared as bytes.
  let columnPlaces: [ExactText: Int]
  /// Whether the columns are the places of the rules below, for quick access.
  let fieldPlaces: [Int]
  /// The fields again, in a form that is cheap to pass along.
  let managed: [ManagedField]
  /// For each field, the places of the fields that share a group with it.
  let groupMates: [[Int]]
  /// The places of the fields of each group.
  let groupPlaces: [[Int]]

  /// A mapping of these rules; columns and digests follow from them.
  public init(
    name: String, origins: [String], exports: [ExportRule], reference: ReferenceRule,
    originColumn: OriginColumn? = nil, rows: RowFilter? = nil, changedAt: ChangedAtRule? = nil,
    deleted: DeletedRule? = nil, cardinality: Cardinality = .oneToOne,
    verify: [IdentityPair] = [], correlate: [IdentityPair] = [], fields: [FieldRule],
    groups: [[String]] = [], reactions: Reactions = Reactions(), guards: GuardOverrides? = nil
  ) {
    self.name = name
    self.origins = origins
    self.exports = exports
    self.reference = reference
    self.originColumn = originColumn
    self.rows = rows
    self.changedAt = changedAt
    self.deleted = deleted
    self.cardinality = cardinality
    self.verify = verify
    self.correlate = correlate
    self.fields = fields
    self.groups = groups
    self.reactions = reactions
    self.guards = guards
    var needed: [String] = reference.columns
    needed += [originColumn?.column, rows?.column, changedAt?.column, deleted?.column]
      .compactMap(\.self)
    needed += verify.map(\.column) + correlate.map(\.column) + fields.map(\.column)
    var places: [ExactText: Int] = [:]
    var columns: [String] = []
    for column in needed where places[ExactText(column)] == nil {
      places[ExactText(column)] = columns.count
      columns.append(column)
    }
    columnsNeeded = columns
    columnPlaces = places
    fieldPlaces = fields.map { places[ExactText($0.column)] ?? 0 }
    managed = fields.map { ManagedField($0) }
    groupMates = Mapping.mates(of: fields, in: groups)
    groupPlaces = groups.map { group in
      fields.indices.filter { group.contains(fields[$0].metadata) }
    }
    recordRules = RecordRules(
      origins: origins, exports: exports, reference: reference, originColumn: originColumn,
      rows: rows, changedAt: changedAt, deleted: deleted, correlate: correlate, fields: fields,
      needed: columns)
    recordsDigest = SHA256.hex(of: recordRules.json.written())
    rulesDigest = SHA256.hex(
      of: MappingFingerprint.rules(
        name: name, origins: origins, exports: exports, reference: reference,
        originColumn: originColumn, rows: rows, changedAt: changedAt, deleted: deleted,
        cardinality: cardinality, identity: [verify, correlate], fields: fields, groups: groups,
        reactions: reactions))
  }

  /// A mapping with one export.
  public convenience init(
    name: String, origins: [String], export: ExportRule, reference: ReferenceRule,
    originColumn: OriginColumn? = nil, rows: RowFilter? = nil, changedAt: ChangedAtRule? = nil,
    deleted: DeletedRule? = nil, cardinality: Cardinality = .oneToOne,
    verify: [IdentityPair] = [], correlate: [IdentityPair] = [], fields: [FieldRule],
    groups: [[String]] = [], reactions: Reactions = Reactions(), guards: GuardOverrides? = nil
  ) {
    self.init(
      name: name, origins: origins, exports: [export], reference: reference,
      originColumn: originColumn, rows: rows, changedAt: changedAt, deleted: deleted,
      cardinality: cardinality, verify: verify, correlate: correlate, fields: fields,
      groups: groups, reactions: reactions, guards: guards)
  }

  /// The export of a mapping that has one, else the first: the full one, where there is one.
  public var export: ExportRule { exports.first ?? ExportRule(path: "", format: .csv) }

  /// The least age that one of the exports allows, in seconds; nil where none sets one.
  public var maxAgeSeconds: Double? { exports.compactMap(\.maxAgeSeconds).min() }

  private static func mates(of fields: [FieldRule], in groups: [[String]]) -> [[Int]] {
    fields.indices.map { place in
      let own = groups.filter { $0.contains(fields[place].metadata) }.joined()
      return fields.indices.filter { $0 != place && own.contains(fields[$0].metadata) }
    }
  }

  /// A managed field; a class because its rule is large to copy and every item asks for it.
  final class ManagedField: Sendable {
    let rule: FieldRule
    let conversion: Conversion

    init(_ rule: FieldRule) {
      self.rule = rule
      conversion = Conversion(rule: rule)
    }
  }

  /// The rule of this field, by its metadata spelling.
  public func field(_ metadata: String) -> FieldRule? {
    fields.first { $0.metadata == metadata }
  }
}
