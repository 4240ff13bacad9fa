/// How the reference of a row is put together and brought into normal form.
public struct ReferenceRule: Sendable, Hashable {
  /// The columns, one or several.
  public let columns: [String]
  /// What stands between several columns.
  public let join: String
  /// The steps to the normal form, for both sides.
  public let normalize: [Normalization]

  /// A rule over these columns.
  public init(
    columns: [String], join: String = "-", normalize: [Normalization] = Normalization.standard
  ) {
    self.columns = columns
    self.join = join
    self.normalize = normalize
  }
}

/// The column that tells which origin a row belongs to.
public struct OriginColumn: Sendable, Hashable {
  /// The column.
  public let column: String
  /// Cell text to origin; nil when the cells are the origins themselves.
  public let values: [String: String]?

  /// A rule over this column.
  public init(column: String, values: [String: String]? = nil) {
    self.column = column
    self.values = values
  }
}

/// Which rows of a file belong to the mapping (`where`).
public struct RowFilter: Sendable, Hashable {
  /// The column.
  public let column: String
  /// The texts that belong, compared after trimming; an empty one matches an empty cell.
  public let texts: [String]

  /// A filter on this column.
  public init(column: String, texts: [String]) {
    self.column = column
    self.texts = texts
  }

  func accepts(_ cell: Cell) -> Bool {
    texts.contains { $0.trimmed == (cell.text ?? "").trimmed }
  }
}

/// Where a row says when it was last changed at its source.
public struct ChangedAtRule: Sendable, Hashable {
  /// The column.
  public let column: String
  /// The pattern; nil for ISO 8601 and the common unambiguous forms.
  public let format: DateForm?
  /// The zone of texts without an offset.
  public let zone: LocalZone

  /// A rule on this column.
  public init(column: String, format: DateForm? = nil, zone: LocalZone = .utc) {
    self.column = column
    self.format = format
    self.zone = zone
  }
}

/// How many resets may carry one reference.
public enum Cardinality: String, Sendable, Hashable, CaseIterable {
  /// One reset for one record.
  case oneToOne = "one_to_one"
  /// Several resets for one record.
  case manyToOne = "many_to_one"
}
