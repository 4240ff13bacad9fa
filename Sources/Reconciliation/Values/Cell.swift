public import Formats

/// One raw cell of a record, after null marks, before any conversion.
public enum Cell: Sendable, Hashable {
  /// The file has no such column, or the JSON row no such member.
  case absent
  /// A null mark of the mapping, or JSON null.
  case null
  /// Text as it stood in the file.
  case text(String)
  /// A typed cell of a JSON, NDJSON or spreadsheet row.
  case json(JSONValue)

  /// The cell as text: numbers as spelled, booleans as words, nil for absent, null, lists, objects.
  public var text: String? {
    switch self {
    case .absent, .null: nil
    case .text(let text): text
    case .json(let value): value.plainText
    }
  }

  /// The cell as a person may read it: lists and objects as JSON, no text for null and absent.
  public var shown: String {
    if case .json(let value) = self, text == nil, !value.isNull { return value.written() }
    return text ?? ""
  }

  /// Whether there is nothing in it: absent, null, or no text.
  public var isBlank: Bool {
    switch self {
    case .absent, .null: true
    case .text(let text): text.isEmpty
    case .json(let value): value.isNull || value.text == ""
    }
  }
}

extension JSONValue {
  /// Text of a scalar as a person would type it; nil for null, lists and objects.
  var plainText: String? {
    switch self {
    case .string(let text): text.value
    case .number(let number): number.spelling
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
