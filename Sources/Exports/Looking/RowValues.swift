public import Formats
public import Reconciliation

/// What a mapping makes of one row: the key, and for each managed field the cell and the value that
/// would be written, or why none would.
public struct RowValues: Sendable {
  /// What a field would become.
  public enum Outcome: Sendable {
    /// The value that would be written; absent where the metadata key would be removed.
    case value(FieldValue)
    /// Nothing would be written, and why.
    case ignored(String)
    /// The cell can't be converted, and why.
    case invalid(String)
  }

  /// One managed field of the row.
  public struct Field: Sendable {
    /// The metadata target as the mapping spells it.
    public let metadata: String
    /// The column of the cell.
    public let column: String
    /// The cell as a person may read it; nil for null and absent.
    public let cell: String?
    /// What it would become.
    public let outcome: Outcome
  }

  /// The line of the row in its file, from 1.
  public let line: Int
  /// The key in normal form; nil where the row has none.
  public let key: Key?
  /// The managed fields in the order of the mapping; none where the row could not be read at all.
  public let fields: [Field]
  /// Why an import would reject the whole row; nil where it would take it.
  public let rejection: RowRejection?
  /// Whether the row marks its record as deleted, so that no field counts.
  public let isDeleted: Bool
}

extension RowValues {
  /// A row that could not be read, with what its cells tell of its key.
  init(_ rejection: RowRejection) {
    self.init(
      line: rejection.line, key: rejection.key, fields: [], rejection: rejection, isDeleted: false)
  }

  /// The values of cells that are parallel to the mapping's `columnsNeeded`, after null marks;
  /// `faults` are those that hold no value.
  init(
    _ mapping: Mapping, _ cells: [Cell], _ faults: [CellFault], line: Int, key: Key?,
    rejection: RowRejection?, isDeleted: Bool
  ) {
    let fields = mapping.fields.map { rule in
      let place = mapping.columnsNeeded.firstIndex { $0.isExactly(rule.column) }
      let cell = place.flatMap { $0 < cells.count ? cells[$0] : nil } ?? .absent
      let fault = faults.first { $0.column.isExactly(rule.column) }
      return Field(
        metadata: rule.metadata, column: rule.column, cell: cell.cellText,
        outcome: fault.map { .invalid($0.reason) } ?? Self.outcome(cell, rule))
    }
    self.init(line: line, key: key, fields: fields, rejection: rejection, isDeleted: isDeleted)
  }

  private static func outcome(_ cell: Cell, _ rule: FieldRule) -> Outcome {
    switch Conversion(rule: rule).result(cell) {
    case .value(let value): .value(value)
    case .ignored:
      .ignored(
        cell == .absent ? "the row has no such column" : "an empty cell says nothing here")
    case .badType(let reason), .unmapped(let reason): .invalid(reason)
    }
  }

  /// `{line, key: {origin, reference}, fields: [{metadata, column, cell, value|ignored|reason}]}`,
  /// and `rejected` where the row would be.
  public var json: JSONValue {
    let key: JSONValue? = key.map {
      ["origin": .string($0.origin), "reference": .string($0.reference)]
    }
    var members: [(String, JSONValue)] = [
      ("line", .int(line)), ("key", key ?? .null),
      ("deleted", .bool(isDeleted)), ("fields", .array(fields.map(\.json))),
    ]
    if let rejection { members.append(("rejected", rejection.json)) }
    return .object(JSONObject(members))
  }
}

extension RowValues.Field {
  fileprivate var json: JSONValue {
    let (name, value): (String, JSONValue) =
      switch outcome {
      case .value(.present(let value)): ("value", value)
      case .value(.absent): ("value", ["absent": true])
      case .ignored(let reason): ("ignored", .string(reason))
      case .invalid(let reason): ("reason", .string(reason))
      }
    return .object(
      JSONObject([
        ("metadata", .string(metadata)), ("column", .string(column)),
        ("cell", cell.map(JSONValue.string) ?? .null), (name, value),
      ]))
  }
}
