public import Formats

/// The value of a managed field on one side; `==` is the canonical comparison of the merge:
/// absent, null and empty text differ, numbers compare by value, text in normal form C.
public enum FieldValue: Sendable, Hashable {
  /// The key isn't there.
  case absent
  /// The key is there with this value, which may be JSON null.
  case present(JSONValue)

  /// A present text.
  public static func text(_ text: String) -> FieldValue { .present(.string(text)) }

  /// Absent, null or empty text: what `fill_blank` may fill.
  public var isBlank: Bool {
    switch self {
    case .absent: true
    case .present(let value): value.isNull || value.text == ""
    }
  }

  /// The value, or nil when absent.
  public var json: JSONValue? {
    switch self {
    case .absent: nil
    case .present(let value): value
    }
  }

  /// The value as a set when the field is an unordered list: sorted and without repeats.
  public func canonical(unordered: Bool) -> FieldValue {
    guard unordered, case .present(.array(let elements)) = self else { return self }
    let sorted = elements.map { ($0.canonicalText, $0) }.sorted { $0.0.precedesByBytes($1.0) }
    var set: [JSONValue] = []
    var last: String?
    for (text, element) in sorted where text != last {
      set.append(element)
      last = text
    }
    return .present(.array(set))
  }

  /// A spelling that is equal for equal values: what digests are made of.
  public var canonicalText: String {
    switch self {
    case .absent: "-"
    case .present(let value): "=" + value.canonicalText
    }
  }
}

/// What a source says about a managed field in this run.
public enum SourceValue: Sendable, Hashable {
  /// A blank cell or a missing column: the field is left out of this run.
  case ignored
  /// The converted value; absent when a blank cell means `clear`.
  case value(FieldValue)
  /// The cell can't become a value, and why.
  case invalid(reason: String)

  /// The value, when there is one.
  public var value: FieldValue? {
    if case .value(let value) = self { return value }
    return nil
  }
}
