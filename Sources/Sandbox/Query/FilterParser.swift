import Formats

/// Turns `filter[…]` parameters into conditions, by the allow-lists of the schema.
struct FilterParser {
  let type: ResourceType
  let store: Store
  let ignoresUnknown: Bool
  let ignoresCase: Bool

  /// Parses one parameter; nil when it is unknown and unknown ones are ignored.
  func condition(name: String, value: String) throws(APIError) -> Condition? {
    guard let path = BracketPath(name), path.head == "filter" else {
      throw APIError.filterNotAllowed(name)
    }
    let condition: Condition?
    switch path.keys.count {
    case 1: condition = try plain(path.keys[0], value)
    case 2 where path.keys[0] == "q": condition = try matcher(path.keys[1], value)
    default: condition = nil
    }
    if condition == nil && !ignoresUnknown {
      throw APIError.filterNotAllowed(path.keys.last ?? name)
    }
    return condition
  }

  // MARK: filter[q][attributes_matcher]

  private func matcher(_ key: String, _ value: String) throws(APIError) -> Condition? {
    guard let known = store.parsed.filterKey(type, key, parse: { filterKey(key) }) else {
      return nil
    }
    return try condition(known.paths, known.matcher, value, key: key)
  }

  private func filterKey(_ key: String) -> ParsedQueries.FilterKey? {
    for matcher in Matcher.all where key.hasSuffix(matcher.ending) {
      let names = key.dropLast(matcher.ending.count)
      if let paths = paths(String(names)) { return .init(paths: paths, matcher: matcher) }
    }
    return nil
  }

  /// The attributes of `a_or_customer_b`, or nil unless all of them are filterable.
  private func paths(_ names: String) -> [Condition.Path]? {
    var paths: [Condition.Path] = []
    var rest = names[...]
    while let (path, length) = longestPath(rest) {
      paths.append(path)
      rest = rest.dropFirst(length)
      if rest.isEmpty { return paths }
      guard rest.hasPrefix("_or_") else { return nil }
      rest = rest.dropFirst(4)
    }
    return nil
  }

  /// The longest filterable name that the text begins with, up to its end or `_or_`.
  private func longestPath(_ text: Substring) -> (Condition.Path, Int)? {
    for known in FilterableName.byType[Int(type.rawValue)] where text.hasPrefix(known.name) {
      let length = known.name.count
      if text.count == length || text.dropFirst(length).hasPrefix("_or_") {
        return (known.path, length)
      }
    }
    return nil
  }

  private func condition(
    _ paths: [Condition.Path], _ matcher: Matcher, _ value: String, key: String
  ) throws(APIError) -> Condition {
    var operation = matcher.operation
    if let negated = matcher.negatedPresence {
      guard let flag = Self.flag(value) else {
        throw APIError.invalidFilterValue(value, key)
      }
      if !flag { operation = negated }
    }
    var operands: [Condition.Operand] = []
    for path in paths {
      operands.append(
        matcher.negatedPresence != nil
          ? Condition.Operand()
          : try operand(path, matcher, value, key: key))
    }
    return Condition(
      paths: paths, operation: operation, quantifier: matcher.quantifier, orNull: matcher.orNull,
      operands: operands, ignoresCase: ignoresCase)
  }

  private func operand(
    _ path: Condition.Path, _ matcher: Matcher, _ value: String, key: String
  ) throws(APIError) -> Condition.Operand {
    var operand = Condition.Operand()
    if matcher.operation == .jsonContains {
      guard path.attribute.kind == .json, let json = try? JSONValue(parsing: value),
        json.objectValue != nil
      else { throw APIError.invalidFilterValue(value, key) }
      operand.json = json
      return operand
    }
    let texts = matcher.takesList ? Self.list(value) : [value]
    if matcher.isTextual {
      operand.texts = ignoresCase ? texts.map { $0.lowercased() } : texts
      operand.patterns = operand.texts.map(LikePattern.init)
      return operand
    }
    for text in texts {
      operand.values.append(
        try convert(text, path.attribute, relationship: path.relationship, key: key))
    }
    return operand
  }

  private func convert(
    _ text: String, _ attribute: Attribute, relationship: Relationship?, key: String
  ) throws(APIError) -> FieldValue {
    switch attribute.kind {
    case .text: return .text(text)
    case .identifier:
      let owner = relationship?.target ?? type
      return store.number(owner, id: text).map { .identifier($0) } ?? .null
    case .time:
      if let time = Instant.microseconds(of: text) { return .time(time) }
    case .integer:
      if let number = Int(text) { return .integer(number) }
    case .bool:
      if let flag = Self.flag(text) { return .bool(flag) }
    case .json:
      if let json = try? JSONValue(parsing: text) { return .json(json.writtenBytes()) }
    }
    throw APIError.invalidFilterValue(text, key)
  }

  // MARK: filter[attribute]

  private func plain(_ key: String, _ value: String) throws(APIError) -> Condition? {
    let schema = type.schema
    if key == "ids", let id = schema.attribute("id") {
      return try plain(.init(relationship: nil, attribute: id), "in", value, key)
    }
    if let attribute = schema.attribute(key), attribute.use.contains(.filter) {
      let suffix = attribute.kind == .json ? "eq" : "in"
      return try plain(.init(relationship: nil, attribute: attribute), suffix, value, key)
    }
    for relationship in schema.relationships where key == relationship.name + "_id" {
      guard relationship.isFilterable, let id = relationship.target?.schema.attribute("id") else {
        continue
      }
      return try plain(.init(relationship: relationship, attribute: id), "in", value, key)
    }
    for (ending, suffix) in [("_from", "gteq"), ("_to", "lteq")] where key.hasSuffix(ending) {
      guard let attribute = schema.attribute(String(key.dropLast(ending.count))),
        attribute.kind == .time, attribute.use.contains(.filter)
      else { continue }
      return try plain(.init(relationship: nil, attribute: attribute), suffix, value, key)
    }
    return nil
  }

  private func plain(
    _ path: Condition.Path, _ suffix: String, _ value: String, _ key: String
  ) throws(APIError) -> Condition? {
    guard let matcher = Matcher.all.first(where: { $0.suffix == suffix }) else { return nil }
    return try condition([path], matcher, value, key: key)
  }

  static func list(_ value: String) -> [String] {
    value.split(separator: ",", omittingEmptySubsequences: true).map(String.init)
  }

  static func flag(_ value: String) -> Bool? {
    switch value {
    case "true", "1", "t": true
    case "false", "0", "f": false
    default: nil
    }
  }
}

/// A name that `filter[q]` knows: an attribute, or `relation_attribute`.
private struct FilterableName {
  let name: String
  let path: Condition.Path

  /// By type, longest name first.
  static let byType: [[FilterableName]] = ResourceType.allCases.map { type in
    var names: [FilterableName] = []
    for attribute in type.schema.attributes where attribute.use.contains(.filter) {
      names.append(
        .init(name: attribute.name, path: .init(relationship: nil, attribute: attribute)))
    }
    for relationship in type.schema.relationships where relationship.isFilterable {
      for attribute in relationship.target?.schema.attributes ?? []
      where attribute.use.contains(.filter) {
        names.append(
          .init(
            name: relationship.name + "_" + attribute.name,
            path: .init(relationship: relationship, attribute: attribute)))
      }
    }
    return names.sorted { $0.name.count > $1.name.count }
  }
}

/// A parameter name of the form `head[key][key]`.
struct BracketPath {
  let head: String
  let keys: [String]

  init?(_ name: String) {
    guard let open = name.firstIndex(of: "[") else {
      head = name
      keys = []
      return
    }
    head = String(name[..<open])
    var keys: [String] = []
    var rest = name[open...]
    while !rest.isEmpty {
      guard rest.first == "[", let close = rest.firstIndex(of: "]") else { return nil }
      keys.append(String(rest[rest.index(after: rest.startIndex)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    self.keys = keys
  }
}
