import Formats

/// What a cell became.
public enum ConversionResult: Sendable, Hashable {
  /// Left out of this run.
  case ignored
  /// The value; absent when a blank cell means `clear`.
  case value(FieldValue)
  /// Not of the declared type: rejects the row at import.
  case badType(reason: String)
  /// Of the type, but not to be mapped: the situation `invalid`.
  case unmapped(reason: String)

  /// The same for the merge, which makes no difference between the two failures.
  public var sourceValue: SourceValue {
    switch self {
    case .ignored: .ignored
    case .value(let value): .value(value)
    case .badType(let reason), .unmapped(let reason): .invalid(reason: reason)
    }
  }
}

/// What a source says about a field: the cell after blanks, steps, value list and type.
public func convert(_ cell: Cell, by rule: FieldRule) -> SourceValue {
  Conversion(rule: rule).result(cell).sourceValue
}

extension FieldRule {
  /// Whether a cell is of this field's type beyond doubt, told without converting it.
  ///
  /// True for most cells of an export; false says nothing.
  func surelyTakes(_ cell: Cell) -> Bool {
    switch cell {
    case .absent: return true
    case .null: return blank != .value
    case .json: return false
    case .text(let text):
      switch type {
      // Any text is one; what is too long or in no value list is of the type all the same.
      case .string, .list: return true
      case .integer, .decimal:
        return transform.isEmpty && values == nil
          && NumberText.isPlain(text, fraction: type == .decimal && mark == .dot)
      case .boolean, .date, .datetime, .json: return false
      }
    }
  }
}

/// The conversion of cells into the values of one field.
public struct Conversion: Sendable {
  /// The field.
  public let rule: FieldRule

  /// The longest excerpt of a cell in a reason, in characters.
  static let excerptCharactersMax = 40

  /// The conversion for this field.
  public init(rule: FieldRule) { self.rule = rule }

  /// What the cell becomes.
  public func result(_ cell: Cell) -> ConversionResult {
    switch cell {
    case .absent: .ignored
    case .null: blank(isNull: true)
    case .text(let text): convert(text: text)
    case .json(.null): blank(isNull: true)
    case .json(.string(let text)): convert(text: text.value)
    case .json(let value): convert(typed: value)
    }
  }

  // MARK: - Blanks

  private func blank(isNull: Bool) -> ConversionResult {
    switch rule.blank {
    case .ignore: .ignored
    case .clear: .value(.absent)
    case .value:
      rule.type == .json && isNull ? .value(.present(.null)) : mapped("")
    }
  }

  // MARK: - Text

  private func convert(text: String) -> ConversionResult {
    if rule.type == .list { return list(text) }
    let normal = normalized(text)
    return normal.isEmpty ? blank(isNull: false) : mapped(normal)
  }

  private func normalized(_ text: String) -> String {
    rule.transform.isEmpty ? text : rule.transform.normalize(text)
  }

  private func mapped(_ text: String) -> ConversionResult {
    if rule.type == .list { return list(text) }
    guard let values = rule.values else { return typed(text) }
    return looked(up: text, in: values)
  }

  private func looked(up text: String, in values: [String: JSONValue]) -> ConversionResult {
    guard let value = values[text] ?? values[text.trimmed] else {
      return .unmapped(
        reason: "\(excerpt(text)) is not among the values of \"\(rule.metadata)\"")
    }
    guard case .string(let mapped) = value, rule.type != .list else {
      return .value(.present(value))
    }
    return rule.type == .string ? .value(.present(value)) : typed(mapped.value)
  }

  private func typed(_ text: String) -> ConversionResult {
    switch rule.type {
    case .string: return string(text)
    case .integer, .decimal: return number(text)
    case .boolean:
      guard
        let flag = BooleanText.read(text, trueTexts: rule.trueTexts, falseTexts: rule.falseTexts)
      else { return .badType(reason: "\(excerpt(text)) is neither true nor false") }
      return .value(.present(.bool(flag)))
    case .date: return date(text)
    case .datetime: return datetime(text)
    case .json:
      do throws(JSONError) {
        return .value(.present(try JSONValue(parsing: text)))
      } catch {
        return .badType(reason: "\(excerpt(text)) is no JSON: \(error.message)")
      }
    case .list: return list(text)
    }
  }

  private func string(_ text: String) -> ConversionResult {
    if let most = rule.maxLength, text.count > most {
      return .unmapped(
        reason: "the text has \(text.count) characters, \"\(rule.metadata)\" takes \(most)")
    }
    return .value(.text(text))
  }

  private func number(_ text: String) -> ConversionResult {
    if let mark = rule.mark {
      return NumberText.spelling(text, mark: mark).map { number(text, $0) } ?? noNumber(text, mark)
    }
    switch NumberText.reading(text) {
    case .none: return noNumber(text, nil)
    case .plain(let spelling), .proves(_, let spelling): return number(text, spelling)
    case .ambiguous(let comma, let dot):
      return .badType(
        reason: "\(excerpt(text)) can be \(Self.shortened(comma)) or \(Self.shortened(dot)); "
          + "set \"decimal_mark\" to \",\" or \".\" for \"\(rule.metadata)\"")
    }
  }

  /// A number of which the spelling of JSON is known.
  private func number(_ text: String, _ spelling: String) -> ConversionResult {
    let wanted = rule.type == .integer ? NumberText.whole(spelling) : spelling
    guard let number = wanted.flatMap(JSONNumber.init) else { return noNumber(text, nil) }
    return .value(.present(.number(number)))
  }

  private func noNumber(_ text: String, _ mark: DecimalMark?) -> ConversionResult {
    let noun = rule.type == .integer ? "whole number" : "decimal number"
    guard let mark, case .proves = NumberText.reading(text) else {
      return .badType(reason: "\(excerpt(text)) is no \(noun)")
    }
    let why =
      rule.decimalMark == nil
      ? "which the column has elsewhere" : "the \"decimal_mark\" of \"\(rule.metadata)\""
    return .badType(
      reason: "\(excerpt(text)) is no \(noun) with \"\(mark.rawValue)\" as decimal mark, \(why)")
  }

  /// A number as short as it can be written, for people.
  private static func shortened(_ spelling: String) -> String {
    JSONNumber(spelling)?.canonicalSpelling ?? spelling
  }

  private func date(_ text: String) -> ConversionResult {
    switch DateText.read(text, form: rule.dateFormat) {
    case .blank: noDate
    case .reading(let reading): .value(.text(DateText.written(reading.civil.date)))
    case .unreadable:
      .badType(
        reason: "\(excerpt(text)) is no date\(DateText.advice(text, form: rule.dateFormat))")
    }
  }

  private func datetime(_ text: String) -> ConversionResult {
    switch DateText.read(text, form: rule.dateFormat) {
    case .blank: return noDate
    case .reading(let reading):
      guard let instant = DateText.instant(reading, zone: rule.zone) else {
        return .badType(reason: DateText.skipped(excerpt(text), rule.zone))
      }
      return .value(.text(DateText.written(instant)))
    case .unreadable:
      let advice = DateText.advice(text, form: rule.dateFormat)
      return .badType(reason: "\(excerpt(text)) is no date and time\(advice)")
    }
  }

  /// A date that was never set is an empty cell; as a value it is no date at all.
  private var noDate: ConversionResult {
    rule.blank == .ignore ? .ignored : .value(.absent)
  }

  /// The steps are those of each element; only a guard may be around the whole cell as well.
  private func list(_ text: String) -> ConversionResult {
    let whole = rule.transform.contains(.unguard) ? Normalization.unguard.apply(text) : text
    let parts = whole.split(separator: rule.separator).map { String($0).trimmed }
    return list(parts.filter { !$0.isEmpty }.map { .string($0) })
  }

  private func list(_ elements: [JSONValue]) -> ConversionResult {
    var mapped: [JSONValue] = []
    for element in elements {
      guard let text = element.text.map(normalized) ?? element.plainText else {
        mapped.append(element)
        continue
      }
      if text.isEmpty, element.text != "" { continue }
      guard let values = rule.values else {
        mapped.append(element.text == nil ? element : .string(text))
        continue
      }
      guard case .value(.present(let value)) = looked(up: text, in: values) else {
        return looked(up: text, in: values)
      }
      mapped.append(value)
    }
    return mapped.isEmpty && rule.blank != .value ? blank(isNull: false) : bounded(mapped)
  }

  private func bounded(_ elements: [JSONValue]) -> ConversionResult {
    if let most = rule.maxLength,
      let long = elements.first(where: { ($0.text?.count ?? 0) > most })?.text
    {
      return .unmapped(
        reason: "an element has \(long.count) characters, \"\(rule.metadata)\" takes \(most)")
    }
    return .value(rule.canonical(.present(.array(elements))))
  }

  // MARK: - Typed cells

  private func convert(typed value: JSONValue) -> ConversionResult {
    switch (rule.type, value) {
    case (.json, _): return .value(.present(value))
    case (.list, .array(let elements)): return list(elements)
    case (_, .array), (_, .object):
      return .badType(
        reason: "\(value.kind.words) stands where \(rule.type.noun) is expected")
    case (_, .bool(let flag)): return convert(flag)
    case (.integer, .number(let number)), (.decimal, .number(let number)):
      return convert(number)
    default: return convert(text: value.plainText ?? "")
    }
  }

  /// A flag is itself, or what `values` says of it, and never a word.
  private func convert(_ flag: Bool) -> ConversionResult {
    if rule.values != nil { return convert(text: flag ? "true" : "false") }
    if rule.type == .boolean { return .value(.present(.bool(flag))) }
    return .badType(reason: Self.misplaced(flag, rule.type.noun))
  }

  /// Why a typed flag is not what stands here.
  static func misplaced(_ flag: Bool, _ noun: String) -> String {
    let empty = "; if it stands for an empty cell, add false to \"nulls\" of the export"
    return "\(flag) stands where \(noun) is expected\(flag ? "" : empty)"
  }

  /// The spelling of JSON has one reading, whatever the mark of the column's texts.
  private func convert(_ token: JSONNumber) -> ConversionResult {
    let text = normalized(token.spelling)
    guard rule.values == nil else { return mapped(text) }
    guard let spelling = NumberText.spelling(text, mark: .dot) else { return noNumber(text, nil) }
    return number(text, spelling)
  }

  private func excerpt(_ text: String) -> String { Conversion.excerpt(text) }

  /// A text in quotes, cut where it is long.
  static func excerpt(_ text: String) -> String {
    let most = excerptCharactersMax
    return text.count <= most ? "\"\(text)\"" : "\"\(text.prefix(most))…\""
  }
}
