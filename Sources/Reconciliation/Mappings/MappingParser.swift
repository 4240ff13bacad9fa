public import Formats

extension Mapping {
  /// Reads a mapping file; throws every problem in it at once, each with its place and a hint.
  public convenience init(parsing bytes: [UInt8], file: String) throws(SettingsProblems) {
    let reader = SettingsReader(try SettingsDocument(bytes, file: file))
    let parser = MappingParser(reader: reader)
    let fields = parser.fields()
    let name = parser.name()
    let origins = parser.origins()
    let exports = parser.exports()
    let reference = parser.reference(reader.section("reference"))
    let (verify, correlate) = (parser.identityPairs("verify"), parser.identityPairs("correlate"))
    let cardinality: Cardinality = reader.choice("cardinality", default: .oneToOne)
    let groups = parser.groups(of: fields)
    let guards = reader.optionalSection("safety").map(Mapping.guards)
    let (originColumn, rows) = (parser.originColumn(), parser.rowFilter())
    let (changedAt, deleted) = (parser.changedAt(), parser.deleted())
    let reactions = parser.reactions()
    try reader.finish()
    self.init(
      name: name, origins: origins, exports: exports, reference: reference,
      originColumn: originColumn, rows: rows, changedAt: changedAt, deleted: deleted,
      cardinality: cardinality, verify: verify, correlate: correlate, fields: fields,
      groups: groups, reactions: reactions, guards: guards)
  }
}

extension Mapping {
  /// Whether a text can name a mapping: letters, digits, `-`, `_` and `.` of ASCII, one at least.
  public static func isName(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D
        || byte == 0x5F || byte == 0x2E
    }
    return isPlain && !text.isEmpty
  }
}

/// Reads the parts of a mapping file, noting problems on the reader.
struct MappingParser {
  let reader: SettingsReader

  fileprivate func name() -> String {
    let name = reader.string("name")
    if reader.has("name"), !Mapping.isName(name) {
      reader.problem(
        "name", "\"\(name)\" is no name", hint: "use letters, digits, \"-\", \"_\" and \".\"")
    }
    return name
  }

  fileprivate func origins() -> [String] {
    let origins = reader.strings("origins", atLeast: 1)
    var seen: Set<String> = []
    for origin in origins {
      if origin.trimmed.isEmpty { reader.problem("origins", "an origin is empty") }
      if !seen.insert(origin.trimmed).inserted {
        reader.problem("origins", "\"\(origin)\" stands here twice", hint: "remove one of them")
      }
    }
    return origins
  }

  func export(_ reader: SettingsReader) -> ExportRule {
    var rule = ExportRule(path: reader.string("path"), format: reader.choice("format"))
    rule.member = reader.optionalString("member")
    if rule.member?.isEmpty == true {
      reader.problem("member", "a pattern has a character at least", hint: "such as \"*.csv\"")
    }
    rule.encoding = reader.optionalString("encoding")
    if let name = rule.encoding, !TextEncoding.isKnown(name) {
      reader.problem(
        "encoding", "\"\(name)\" is no encoding that this system knows",
        hint: TextEncoding.advice(inPlaceOf: name))
    }
    DialectParser(reader: reader).read(into: &rule)
    rule.headerRow = reader.int("header_row", in: 1...10_000, default: rule.headerRow)
    rule.skipFooterRows = reader.int("skip_footer_rows", in: 0...10_000, default: 0)
    rule.mode = reader.choice("mode", default: .full)
    rule.doneMarker = reader.optionalString("done_marker")
    rule.settleSeconds = reader.duration("settle", default: rule.settleSeconds)
    rule.maxAgeSeconds = reader.optionalDuration("max_age")
    rule.rowsAt = reader.optionalString("rows_at")
    nulls(in: reader, &rule)
    ProofParser(reader: reader).read(into: &rule)
    return rule
  }

  /// Texts and scalars; in a format without types, a scalar is the text that spells it.
  private func nulls(in reader: SettingsReader, _ rule: inout ExportRule) {
    guard let list = reader.values("nulls") else { return }
    rule.nulls = list.compactMap(\.string)
    for element in list where element.string == nil {
      guard let text = element.json.plainText ?? (element.json.isNull ? "null" : nil) else {
        element.problem(
          "expected a text, a number, true, false or null", hint: "write [\"\", \"NULL\", false]")
        continue
      }
      rule.nullScalars.append(element.json)
      if !rule.format.hasTypes { rule.nulls.append(text) }
    }
  }

  fileprivate func reference(_ reader: SettingsReader) -> ReferenceRule {
    var columns = reader.optionalStrings("columns") ?? []
    if let column = reader.optionalString("column") {
      if !columns.isEmpty {
        reader.problem(
          "columns", "a reference has \"column\" or \"columns\", not both",
          hint: "remove one of them")
      }
      columns = [column]
      if column.trimmed.isEmpty {
        reader.problem(
          "column", "the key is left to be filled in",
          hint: "write the column whose values the resets have as their reference; `resetsync "
            + "preview FILE` shows the columns")
      }
    } else if columns.isEmpty {
      reader.problem(
        "column", "the reference needs its column",
        hint: "add \"column\": \"…\", or \"columns\": […] with \"join\"")
    }
    let join = reader.optionalString("join")
    if join != nil, columns.count < 2 {
      reader.problem("join", "there is nothing to join", hint: "use it with \"columns\"")
    }
    return ReferenceRule(
      columns: columns, join: join ?? "-",
      normalize: MappingParser.steps("normalize", in: reader) ?? Normalization.standard)
  }

  /// The normalisation steps under a key; nil when it is missing.
  static func steps(_ key: String, in reader: SettingsReader) -> [Normalization]? {
    guard let names = reader.optionalStrings(key) else { return nil }
    return names.compactMap { name in
      if let step = Normalization(name: name) { return step }
      let near = nearestName(to: name, among: Normalization.names)
      reader.problem(
        key, "unknown step \"\(name)\"",
        hint: (near.map { "did you mean \"\($0)\"? " } ?? "") + "one of "
          + Normalization.names.joined(separator: ", "))
      return nil
    }
  }

  /// A column by name alone, or an object with the column and its values.
  fileprivate func originColumn() -> OriginColumn? {
    guard let value = reader.value("origin_column") else { return nil }
    if let column = value.string { return OriginColumn(column: column) }
    guard let section = value.section else {
      value.problem(
        "expected a column or an object in { }",
        hint: "write {\"column\": \"…\", \"values\": {\"cell\": \"origin\"}}")
      return nil
    }
    let column = section.string("column")
    guard section.has("values") else { return OriginColumn(column: column) }
    let pairs = section.stringMap("values")
    let origins = reader.optionalStrings("origins") ?? []
    for (cell, origin) in pairs where !origins.contains(origin) {
      section.problem(
        "values", "\"\(cell)\" leads to \"\(origin)\", which \"origins\" doesn't name",
        hint: "add \"\(origin)\" to \"origins\"")
    }
    return OriginColumn(
      column: column, values: Dictionary(pairs.map { ($0.key, $0.value) }) { first, _ in first })
  }

  fileprivate func rowFilter() -> RowFilter? {
    reader.optionalSection("where").map {
      RowFilter(column: $0.string("column"), texts: $0.strings("in", atLeast: 1))
    }
  }

  fileprivate func changedAt() -> ChangedAtRule? {
    reader.optionalSection("changed_at").map {
      ChangedAtRule(
        column: $0.string("column"), format: MappingParser.pattern(in: $0),
        zone: MappingParser.zone(in: $0) ?? .utc)
    }
  }

  fileprivate func deleted() -> DeletedRule? {
    reader.optionalSection("deleted").map {
      let rule = DeletedRule(
        column: $0.string("column"), equals: $0.strings("equals", atLeast: 1),
        not: $0.strings("not", default: []))
      if let text = rule.contested {
        $0.problem("not", "\"\(text)\" stands in \"equals\" too", hint: "remove one of them")
      }
      return rule
    }
  }

  /// The date pattern under `format`.
  static func pattern(in reader: SettingsReader) -> DateForm? {
    guard let text = reader.optionalString("format") else { return nil }
    do throws(DatePattern.Fault) {
      return try DateForm(text)
    } catch {
      let counts = MachineTime.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      reader.problem(
        "format", "\"\(text)\" is no date pattern: \(error.message)",
        hint: "counts since 1970 are \(counts)")
      return nil
    }
  }

  /// The zone under `time_zone`.
  static func zone(in reader: SettingsReader) -> LocalZone? {
    guard let name = reader.optionalString("time_zone") else { return nil }
    if let zone = LocalZone(name) { return zone }
    reader.problem(
      "time_zone", "\"\(name)\" is no time zone",
      hint: "use a name of the tz database, such as \"Europe/Berlin\" or \"UTC\"")
    return nil
  }

  fileprivate func identityPairs(_ key: String) -> [IdentityPair] {
    reader.sections(key).compactMap { section in
      let column = section.string("column")
      let name = section.string("attribute")
      let compare: IdentityComparison = section.choice("compare", default: .exact)
      guard let attribute = RemoteAttribute(name) else {
        if !name.isEmpty {
          section.problem(
            "attribute", "unknown attribute \"\(name)\"",
            hint: "use \"customer_email\", or a JSON pointer into the metadata such as \"/email\"")
        }
        return nil
      }
      return IdentityPair(column: column, attribute: attribute, compare: compare)
    }
  }

  fileprivate func reactions() -> Reactions {
    guard let section = reader.optionalSection("reactions") else { return Reactions() }
    var chosen: [Situation: Reaction] = [:]
    for situation in Situation.allCases where situation.standardReaction != nil {
      chosen[situation] = section.optionalChoice(situation.rawValue)
    }
    return Reactions(chosen)
  }
}

extension Mapping {
  /// The import guards of a `safety` object: a share (seconds as a duration for `max_age`), or
  /// `"off"`.
  ///
  /// Other keys of the object are left for the caller to ask for.
  public static func guards(_ reader: SettingsReader) -> GuardOverrides {
    var overrides = GuardOverrides()
    for name in ExportGuard.allCases {
      guard let value = reader.value(name.rawValue) else { continue }
      if value.string == "off" {
        overrides.settings[name] = .off
      } else if name == .maxAge {
        reader.optionalDuration(name.rawValue).map { overrides.settings[name] = .figure($0) }
      } else if name == .older {
        value.problem("\"older\" has no figure", hint: "use \"off\", or leave it out")
      } else if let number = value.number, (0...1000).contains(number.double) {
        overrides.settings[name] = .figure(number.double)
      } else {
        value.problem(
          "expected a share or \"off\"", hint: "write 0.5 for 50 %, or \"off\"")
      }
    }
    return overrides
  }
}
