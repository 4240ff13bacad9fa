import Formats

// The fields of a mapping and their groups.
extension MappingParser {
  func fields() -> [FieldRule] {
    let sections = reader.sections("fields", atLeast: 1)
    var fields: [FieldRule] = []
    for section in sections {
      guard let field = field(section) else { continue }
      if let other = fields.first(where: { $0.target.overlaps(field.target) }) {
        section.problem(
          "metadata",
          other.target == field.target
            ? "\"\(field.metadata)\" is already fed by column \"\(other.column)\""
            : "\"\(field.metadata)\" and \"\(other.metadata)\" lie inside each other",
          hint: "each place in the metadata may have one column")
      }
      fields.append(field)
    }
    return fields
  }

  private func field(_ reader: SettingsReader) -> FieldRule? {
    let column = reader.string("column")
    let metadata = reader.string("metadata")
    let target = FieldTarget(metadata)
    if target == nil, !metadata.isEmpty {
      reader.problem(
        "metadata", "\"\(metadata)\" is no JSON pointer",
        hint: "write ~0 for ~ and ~1 for / inside a key, or leave out the / at the start")
    } else if target == nil, reader.has("metadata") {
      reader.problem("metadata", "the key is empty", hint: "name a key of the metadata")
    }
    var rule = FieldRule(
      column: column, metadata: metadata, target: target ?? .key(metadata))
    rule.type = reader.choice("type", default: .string)
    rule.policy = reader.choice("policy", default: .ask)
    rule.blank = reader.choice("blank", default: .ignore)
    rule.values = values(in: reader)
    rule.transform = MappingParser.steps("transform", in: reader) ?? []
    rule.maxLength = reader.optionalInt("max_length", in: 1...1_000_000)
    rule.trueTexts = reader.optionalStrings("true")
    rule.falseTexts = reader.optionalStrings("false")
    rule.separator = reader.string("separator", default: rule.separator)
    rule.unordered = reader.bool("unordered", default: false)
    rule.dateFormat = MappingParser.pattern(in: reader)
    rule.zone = MappingParser.zone(in: reader) ?? .utc
    rule.decimalMark = reader.optionalChoice("decimal_mark")
    checkFit(reader, rule)
    return target == nil ? nil : rule
  }

  private func values(in reader: SettingsReader) -> [String: JSONValue]? {
    guard reader.has("values") else { return nil }
    let pairs = reader.valueMap("values").map { ($0.key, $0.value.json) }
    if pairs.isEmpty { reader.problem("values", "the list of values is empty") }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Keys that mean something for some types only.
  private static let typed: [(key: String, types: [ValueType])] = [
    ("true", [.boolean]), ("false", [.boolean]), ("separator", [.list]), ("unordered", [.list]),
    ("format", [.date, .datetime]), ("time_zone", [.datetime]),
    ("decimal_mark", [.decimal, .integer]), ("max_length", [.string, .list]),
  ]

  private func checkFit(_ reader: SettingsReader, _ rule: FieldRule) {
    for (key, types) in MappingParser.typed where reader.has(key) && !types.contains(rule.type) {
      let names = types.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      reader.problem(
        key, "\"\(key)\" means nothing for the type \"\(rule.type.rawValue)\"",
        hint: "set \"type\": \(names), or remove it")
    }
    if rule.separator.isEmpty {
      reader.problem("separator", "the separator is empty", hint: "use \",\" or \"|\"")
    }
    let both = Set((rule.trueTexts ?? []).map(\.trimmed))
      .intersection((rule.falseTexts ?? []).map(\.trimmed))
    if let text = both.min() {
      reader.problem("false", "\"\(text)\" means true and false", hint: "remove one of them")
    }
  }

  func groups(of fields: [FieldRule]) -> [[String]] {
    guard let value = reader.value("groups") else { return [] }
    guard value.kind == .array else {
      value.problem(
        "expected a list of groups", hint: "write [[\"field\", \"other field\"]]")
      return []
    }
    return value.elements.map { group in
      if group.kind != .array {
        group.problem("expected a list of fields", hint: "write [\"field\", \"other field\"]")
      } else if group.elements.count < 2 {
        group.problem("a group needs at least two fields")
      }
      return group.elements.compactMap { member in
        guard let name = member.string, fields.contains(where: { $0.metadata == name }) else {
          let near = member.string.flatMap { nearestName(to: $0, among: fields.map(\.metadata)) }
          member.problem(
            "no field feeds \(member.json.written())",
            hint: near.map { "did you mean \"\($0)\"?" }
              ?? "name a field by its \"metadata\", as it is spelled there")
          return nil
        }
        return name
      }
    }
  }
}
