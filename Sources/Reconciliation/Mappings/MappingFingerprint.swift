import Formats

/// The texts that the digests of a mapping are made of.
///
/// Paths, waiting times and guards are left out: they change when a file is taken, not what it
/// means.
enum MappingFingerprint {
  static func rules(
    name: String, origins: [String], exports: [ExportRule], reference: ReferenceRule,
    originColumn: OriginColumn?, rows: RowFilter?, changedAt: ChangedAtRule?,
    deleted: DeletedRule?, cardinality: Cardinality, identity: [[IdentityPair]],
    fields: [FieldRule], groups: [[String]], reactions: Reactions
  ) -> String {
    text([
      .string(name), list(origins), reading(exports),
      [list(reference.columns), .string(reference.join), list(reference.normalize.map(\.name))],
      describe(originColumn), describe(rows), describe(changedAt), describe(deleted),
      .string(cardinality.rawValue), .array(identity.map { .array($0.map(describe)) }),
      .array(fields.map(describe)), .array(groups.map(list)), describe(reactions),
    ])
  }

  /// Of a single export its rule alone.
  private static func reading(_ exports: [ExportRule]) -> JSONValue {
    exports.count == 1 ? reading(exports[0]) : .array(exports.map(reading))
  }

  /// How the files of one rule are read.
  static func reading(_ export: ExportRule) -> JSONValue {
    var parts: [JSONValue] = [
      .string(export.format.rawValue), text(export.encoding), text(export.delimiter),
      .int(export.headerRow), .int(export.skipFooterRows), .string(export.mode.rawValue),
      text(export.rowsAt), list(export.nulls), .array(export.nullScalars),
    ]
    let dialect = [export.quote, export.escape, export.comment]
    if dialect != ["\"", nil, nil] { parts += dialect.map { text($0) } }
    if let member = export.member { parts.append(["member", .string(member)]) }
    // A line that matches is none of the rows.
    if let trailer = export.proof?.trailer {
      parts.append(["trailer", .string(trailer.match.text)])
    }
    return .array(parts)
  }

  static func describe(_ rows: RowFilter?) -> JSONValue {
    rows.map { [.string($0.column), list($0.texts)] } ?? nil
  }

  static func describe(_ changedAt: ChangedAtRule?) -> JSONValue {
    changedAt.map { [.string($0.column), text($0.format?.text), .string($0.zone.name)] } ?? nil
  }

  static func describe(_ deleted: DeletedRule?) -> JSONValue {
    deleted.map { [.string($0.column), list($0.equals), list($0.not)] } ?? nil
  }

  static func describe(_ origin: OriginColumn?) -> JSONValue {
    guard let origin else { return nil }
    let values = origin.values.map { pairs in
      JSONValue.object(JSONObject(pairs.map { ($0.key, .string($0.value)) }))
    }
    return [.string(origin.column), values ?? nil]
  }

  static func describe(_ pair: IdentityPair) -> JSONValue {
    [.string(pair.column), .string(pair.attribute.name), .string(pair.compare.rawValue)]
  }

  /// What of a field decides whether a row can be used.
  static func typing(_ field: FieldRule) -> JSONValue {
    [
      .string(field.type.rawValue), .string(field.blank.rawValue),
      field.trueTexts.map(list) ?? nil, field.falseTexts.map(list) ?? nil,
      list(field.transform.map(\.name)), .string(field.separator), text(field.dateFormat?.text),
      .string(field.zone.name), text(field.decimalMark?.rawValue),
    ]
  }

  private static func describe(_ field: FieldRule) -> JSONValue {
    let values = field.values.map { JSONValue.object(JSONObject($0.map { ($0.key, $0.value) })) }
    return [
      .string(field.column), .string(field.metadata), .string(field.type.rawValue),
      .string(field.policy.rawValue), .string(field.blank.rawValue), values ?? nil,
      field.trueTexts.map(list) ?? nil, field.falseTexts.map(list) ?? nil,
      list(field.transform.map(\.name)), field.maxLength.map(JSONValue.int) ?? nil,
      .string(field.separator), .bool(field.unordered), text(field.dateFormat?.text),
      .string(field.zone.name), text(field.decimalMark?.rawValue),
    ]
  }

  private static func describe(_ reactions: Reactions) -> JSONValue {
    .object(
      JSONObject(
        Situation.allCases.compactMap { situation in
          reactions[situation].map { (situation.rawValue, .string($0.rawValue)) }
        }))
  }

  private static func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? nil }

  private static func text(_ parts: [JSONValue]) -> String {
    JSONValue.array(parts).canonicalText
  }
}
