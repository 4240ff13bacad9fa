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
        return transform.isEmpty && values == nil && decimalMark != .comma
          && NumberText.isPlain(text, fraction: type == .decimal)
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
    let normal = rule.transform.isEmpty ? text : rule.transform.normalize(text)
    return normal.isEmpty ? blank(isNull: false) : mapped(normal)
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
    case .integer:
      return number(text) { text throws(NumberText.Failure) in
        try NumberText.wholeSpelling(text, mark: rule.decimalMark)
      }
    case .decimal:
      return number(text) { text throws(NumberText.Failure) in
        try NumberText.spelling(text, mark: rule.decimalMark)
      }
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

  private func number(
    _ text: String, _ spelling: (String) throws(NumberText.Failure) -> String
  ) -> ConversionResult {
    let noun = rule.type == .integer ? "whole number" : "decimal number"
    do throws(NumberText.Failure) {
      guard let number = JSONNumber(try spelling(text)) else { throw .noNumber }
      return .value(.present(.number(number)))
    } catch {
      switch error {
      case .noNumber: return .badType(reason: "\(excerpt(text)) is no \(noun)")
      case .ambiguous:
        return .badType(
          reason: "\(excerpt(text)) can be read in two ways; "
            + "set \"decimal_mark\" to \",\" or \".\" for \"\(rule.metadata)\"")
      }
    }
  }

  private func date(_ text: String) -> ConversionResult {
    switch DateText.read(text, form: rule.dateFormat) {
    case .blank: return noDate
    case .reading(let reading): return .value(.text(DateText.written(reading.civil.date)))
    case .unreadable: return .badType(reason: "\(excerpt(text)) is no date\(expectedPattern)")
    }
  }

  private func datetime(_ text: String) -> ConversionResult {
    switch DateText.read(text, form: rule.dateFormat) {
    case .blank: return noDate
    case .reading(let reading):
      guard let instant = DateText.instant(reading, zone: rule.zone) else {
        return unreadableDatetime(text)
      }
      return .value(.text(DateText.written(instant)))
    case .unreadable: return unreadableDatetime(text)
    }
  }

  private func unreadableDatetime(_ text: String) -> ConversionResult {
    .badType(reason: "\(excerpt(text)) is no date and time\(expectedPattern)")
  }

  /// A date that was never set is an empty cell; as a value it is no date at all.
  private var noDate: ConversionResult {
    rule.blank == .ignore ? .ignored : .value(.absent)
  }

  private var expectedPattern: String {
    rule.dateFormat.map { " of the form \($0.text)" } ?? " (set \"format\" if it has another form)"
  }

  private func list(_ text: String) -> ConversionResult {
    var elements: [JSONValue] = []
    for part in text.split(separator: rule.separator) {
      let element = String(part).trimmed
      if element.isEmpty { continue }
      guard let values = rule.values else {
        elements.append(.string(element))
        continue
      }
      guard case .value(.present(let value)) = looked(up: element, in: values) else {
        return looked(up: element, in: values)
      }
      elements.append(value)
    }
    return bounded(elements)
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
    case (.boolean, .bool(let flag)) where rule.values == nil: return .value(.present(.bool(flag)))
    case (.list, .array(let elements)): return list(elements)
    case (_, .array), (_, .object):
      return .badType(
        reason: "\(value.kind.words) stands where a \(rule.type.rawValue) is expected")
    default: return convert(text: value.plainText ?? "")
    }
  }

  private func list(_ elements: [JSONValue]) -> ConversionResult {
    var mapped: [JSONValue] = []
    for element in elements {
      guard let values = rule.values, let text = element.plainText else {
        mapped.append(element)
        continue
      }
      guard case .value(.present(let value)) = looked(up: text, in: values) else {
        return looked(up: text, in: values)
      }
      mapped.append(value)
    }
    return mapped.isEmpty && rule.blank != .value ? blank(isNull: false) : bounded(mapped)
  }

  private func excerpt(_ text: String) -> String { Conversion.excerpt(text) }

  /// A text in quotes, cut where it is long.
  static func excerpt(_ text: String) -> String {
    let most = excerptCharactersMax
    return text.count <= most ? "\"\(text)\"" : "\"\(text.prefix(most))…\""
  }
}
