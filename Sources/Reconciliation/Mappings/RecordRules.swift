public import Formats

/// What of a mapping decides which records the rows of its exports become, in parts that are
/// compared when the mapping changes.
///
/// Policies, values and reactions are no part of it: what they change is decided anew from the
/// records that stand.
public struct RecordRules: Sendable, Equatable {
  /// How files of each mode are read (format, encoding, null marks …), as digests.
  public let reading: [ExportMode: String]
  /// For each needed column, a digest of what its cells decide about a row.
  public let columns: [ExactText: String]
  /// The columns without which nobody can tell which record a row is: those of reference, origin
  /// and `where`.
  public let keyColumns: [String]
  /// The columns of the reference, then what joins them.
  public let reference: [String]
  /// A digest of the columns by which two rows are spelled alike: those of reference and origin.
  public let spelling: String
  /// Which rows are kept: those that all of these take; empty for all.
  ///
  /// A mapping has one at most. What is kept of an export may have been left by several in turn.
  public let filters: [RowFilter]
  /// A digest of what makes a key of reference and origin.
  public let keys: String
  /// A digest of all that is read from the cells of a record that stands: its key, whether it
  /// belongs to the mapping, is deleted, when it was changed.
  public let records: String
  /// A digest of what tells when a row was changed.
  public let changedAt: String
  /// A digest of the pairs that suggest links.
  public let correlate: String

  /// As JSON, to be kept beside the records; one text for equal rules.
  public var json: JSONValue {
    let modes = reading.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      list([$0.key.rawValue, $0.value])
    }
    let digests = columns.sorted { $0.key.text.precedesByBytes($1.key.text) }.map {
      list([$0.key.text, $0.value])
    }
    return [
      "reading": .array(modes), "columns": .array(digests),
      "key_columns": list(keyColumns), "reference": list(reference),
      "where": .array(filters.map { [.string($0.column), list($0.texts)] }),
      "spelling": .string(spelling), "keys": .string(keys), "records": .string(records),
      "changed_at": .string(changedAt),
      "correlate": .string(correlate),
    ]
  }

  /// Reads what `json` wrote; nil if it is nothing of the kind.
  public init?(json: JSONValue) {
    guard let keys = json["keys"]?.text, let records = json["records"]?.text,
      let correlate = json["correlate"]?.text, let changedAt = json["changed_at"]?.text,
      let spelling = json["spelling"]?.text
    else { return nil }
    (self.keys, self.records, self.correlate) = (keys, records, correlate)
    (self.changedAt, self.spelling) = (changedAt, spelling)
    var reading: [ExportMode: String] = [:]
    for pair in json["reading"]?.arrayValue ?? [] {
      let pair = texts(pair)
      if pair.count == 2, let mode = ExportMode(rawValue: pair[0]) { reading[mode] = pair[1] }
    }
    self.reading = reading
    var columns: [ExactText: String] = [:]
    for pair in json["columns"]?.arrayValue ?? [] {
      let pair = texts(pair)
      if pair.count == 2 { columns[ExactText(pair[0])] = pair[1] }
    }
    self.columns = columns
    keyColumns = texts(json["key_columns"])
    reference = texts(json["reference"])
    filters = (json["where"]?.arrayValue ?? []).compactMap { filter in
      guard let parts = filter.arrayValue, parts.count == 2, let column = parts[0].text else {
        return nil
      }
      return RowFilter(column: column, texts: texts(parts[1]))
    }
  }

  /// The same rules with no more than these columns.
  public func having(columns known: [String]) -> RecordRules {
    let known = Set(known.map { ExactText($0) })
    return RecordRules(
      self, columns: columns.filter { known.contains($0.key) }, filters: filters)
  }

  /// The same rules for what is left once the filters of others were applied to it as well;
  /// `isOrderLost` where rows are lacking by now that those of these rules outdated.
  public func leaving(whatTake others: [RowFilter], isOrderLost: Bool) -> RecordRules {
    RecordRules(
      self, columns: columns, filters: filters + others.filter { !filters.contains($0) },
      changedAt: isOrderLost ? "" : changedAt)
  }

  private init(
    _ other: RecordRules, columns: [ExactText: String], filters: [RowFilter],
    changedAt: String? = nil
  ) {
    reading = other.reading
    self.columns = columns
    keyColumns = other.keyColumns
    reference = other.reference
    spelling = other.spelling
    self.filters = filters
    keys = other.keys
    records = other.records
    self.changedAt = changedAt ?? other.changedAt
    correlate = other.correlate
  }

  init(
    origins: [String], exports: [ExportRule], reference: ReferenceRule,
    originColumn: OriginColumn?, rows: RowFilter?, changedAt: ChangedAtRule?,
    deleted: DeletedRule?, correlate: [IdentityPair], fields: [FieldRule], needed: [String]
  ) {
    typealias Text = MappingFingerprint
    let key: JSONValue = [
      list(origins), list(reference.columns), .string(reference.join),
      list(reference.normalize.map(\.name)), Text.describe(originColumn),
    ]
    let marks: JSONValue = [
      Text.describe(rows), Text.describe(changedAt), Text.describe(deleted),
    ]
    var roles: [ExactText: [JSONValue]] = [:]
    func note(_ column: String?, _ role: JSONValue) {
      if let column { roles[ExactText(column), default: []].append(role) }
    }
    for column in reference.columns + [originColumn?.column] { note(column, key) }
    note(rows?.column, Text.describe(rows))
    note(changedAt?.column, Text.describe(changedAt))
    note(deleted?.column, Text.describe(deleted))
    for field in fields { note(field.column, Text.typing(field)) }
    var columns: [ExactText: String] = [:]
    for column in needed.map({ ExactText($0) }) { columns[column] = digest(roles[column] ?? []) }
    self.columns = columns
    reading = Dictionary(grouping: exports, by: \.mode).mapValues {
      digest($0.map(Text.reading))
    }
    keyColumns = reference.columns + [originColumn?.column, rows?.column].compactMap(\.self)
    self.reference = reference.columns + [reference.join]
    filters = rows.map { [$0] } ?? []
    spelling = digest([
      list(reference.columns), .string(reference.join), .string(originColumn?.column ?? ""),
    ])
    keys = digest([key])
    records = digest([key, marks])
    self.changedAt = digest([Text.describe(changedAt)])
    self.correlate = digest(correlate.map(Text.describe))
  }
}

private func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

private func texts(_ value: JSONValue?) -> [String] { value?.arrayValue?.compactMap(\.text) ?? [] }

private func digest(_ parts: [JSONValue]) -> String {
  SHA256.hex(of: JSONValue.array(parts).canonicalText)
}
