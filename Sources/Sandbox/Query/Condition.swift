import Formats

/// One filter, ready to be asked of rows: any of its paths must satisfy the matcher.
struct Condition {
  /// An attribute of the row itself or of a related one.
  struct Path {
    let relationship: Relationship?
    let attribute: Attribute
  }

  /// Values of a filter, converted to the attribute's kind once.
  struct Operand {
    var values: [FieldValue] = []
    var texts: [String] = []
    var patterns: [LikePattern] = []
    var json: JSONValue?
  }

  let paths: [Path]
  let operation: Matcher.Operation
  let quantifier: Matcher.Quantifier
  let orNull: Bool
  /// One per path, since paths may differ in kind.
  let operands: [Operand]
  let ignoresCase: Bool

  func holds(for record: RecordRef, in store: Store) -> Bool {
    for (path, operand) in zip(paths, operands) {
      guard let relationship = path.relationship else {
        if holds(value(path, record, store), operand) { return true }
        continue
      }
      let others = store.related(relationship, of: record)
      // An outer join: without related rows the attribute is null.
      if others.isEmpty && holds(.null, operand) { return true }
      if others.contains(where: { holds(value(path, $0, store), operand) }) { return true }
    }
    return false
  }

  private func value(_ path: Path, _ record: RecordRef, _ store: Store) -> FieldValue {
    store.value(path.attribute.field, of: record, emptyMetadataIsNull: true)
  }

  /// Whether one value satisfies the matcher; null satisfies only what says so.
  func holds(_ value: FieldValue, _ operand: Operand) -> Bool {
    switch operation {
    case .present: return !Self.isBlank(value)
    case .blank: return Self.isBlank(value)
    case .isNull: return value.isNull
    case .isNotNull: return !value.isNull
    case .isTrue: return Self.flag(value) == true
    case .isFalse: return Self.flag(value) == false
    default: break
    }
    if value.isNull { return orNull }
    switch operation {
    case .equal, .inList: return operand.values.contains { Self.equal(value, $0) }
    case .notEqual, .notInList: return !operand.values.contains { Self.equal(value, $0) }
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return quantified(operand.values) { compares(value, $0) }
    case .jsonContains:
      guard case .json(let bytes) = value, let part = operand.json,
        let whole = try? JSONValue(parsing: bytes)
      else { return false }
      return Self.contains(whole, part)
    default:
      return holdsText(Self.text(value), operand)
    }
  }

  private func holdsText(_ text: String, _ operand: Operand) -> Bool {
    let text = ignoresCase ? text.lowercased() : text
    switch operation {
    case .like: return quantified(operand.patterns) { $0.matches(text) }
    case .notLike: return quantified(operand.patterns) { !$0.matches(text) }
    case .start: return quantified(operand.texts) { text.hasPrefix($0) }
    case .notStart: return quantified(operand.texts) { !text.hasPrefix($0) }
    case .end: return quantified(operand.texts) { text.hasSuffix($0) }
    case .notEnd: return quantified(operand.texts) { !text.hasSuffix($0) }
    case .contains: return quantified(operand.texts) { $0.isEmpty || text.contains($0) }
    case .notContains: return quantified(operand.texts) { !$0.isEmpty && !text.contains($0) }
    default: return false
    }
  }

  private func quantified<Value>(_ values: [Value], _ holds: (Value) -> Bool) -> Bool {
    quantifier == .all ? values.allSatisfy(holds) : values.contains(where: holds)
  }

  private func compares(_ value: FieldValue, _ other: FieldValue) -> Bool {
    // An id that decodes to nothing compares as unknown, as SQL's null does.
    guard !other.isNull else { return false }
    return switch operation {
    case .less: FieldValue.precedes(value, other)
    case .lessOrEqual: !FieldValue.precedes(other, value)
    case .greater: FieldValue.precedes(other, value)
    default: !FieldValue.precedes(value, other)
    }
  }

  static func equal(_ left: FieldValue, _ right: FieldValue) -> Bool {
    switch (left, right) {
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.time(let a), .time(let b)): a == b
    case (.integer(let a), .integer(let b)), (.identifier(let a), .identifier(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.json(let a), .json(let b)):
      a == b || (try? JSONValue(parsing: a)) == (try? JSONValue(parsing: b))
    default: false
    }
  }

  private static func isBlank(_ value: FieldValue) -> Bool {
    switch value {
    case .null: true
    case .text(let text): text.isEmpty
    default: false
    }
  }

  private static func flag(_ value: FieldValue) -> Bool? {
    if case .bool(let flag) = value { flag } else { nil }
  }

  private static func text(_ value: FieldValue) -> String {
    switch value {
    case .text(let text): text
    case .json(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let number): String(number)
    case .bool(let flag): flag ? "true" : "false"
    case .time(let time): Instant.text(time)
    case .null, .identifier: ""
    }
  }

  /// Containment as PostgreSQL's `@>` defines it for `jsonb`.
  static func contains(_ whole: JSONValue, _ part: JSONValue) -> Bool {
    switch (whole, part) {
    case (.object(let all), .object(let some)):
      some.allSatisfy { member in
        all[member.key.value].map { contains($0, member.value) } ?? false
      }
    case (.array(let all), .array(let some)):
      some.allSatisfy { element in all.contains { contains($0, element) } }
    default: whole == part
    }
  }
}
