/// A JSON value that forgets nothing of its source: member order, number and string spelling.
///
/// `==` is canonical: numbers by exact value, strings by canonical equivalence, objects unordered.
public enum JSONValue: Sendable, Hashable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number, kept as written.
  case number(JSONNumber)
  /// A string, kept as written.
  case string(JSONText)
  /// An array.
  case array([JSONValue])
  /// An object, members in order.
  case object(JSONObject)

  /// A string value.
  public static func string(_ text: String) -> JSONValue { .string(JSONText(text)) }

  /// A whole number.
  public static func int(_ number: Int) -> JSONValue { .number(JSONNumber(number)) }

  /// Reads one strict JSON text (RFC 8259): no byte order mark, trailing comma or duplicate key.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    self = try JSONDocument(bytes, limits: limits).root.value
  }

  /// Reads one strict JSON text (RFC 8259) out of any bytes.
  public init(
    parsing bytes: some Sequence<UInt8>, limits: JSONLimits = .standard
  ) throws(JSONError) {
    try self.init(parsing: Array(bytes), limits: limits)
  }

  /// Reads one strict JSON text (RFC 8259).
  public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  /// The kind of the value.
  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// The text of a string, nil for other kinds.
  public var text: String? {
    if case .string(let text) = self { text.value } else { nil }
  }

  /// The members of an object, nil for other kinds.
  public var objectValue: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The elements of an array, nil for other kinds.
  public var arrayValue: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The value of a boolean, nil for other kinds.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The number, nil for other kinds.
  public var numberValue: JSONNumber? {
    if case .number(let number) = self { number } else { nil }
  }

  /// The number as an exact `Int`, nil for other kinds and other numbers.
  public var int: Int? { numberValue?.int }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The member of an object, nil where there is none or this is no object.
  public subscript(key: String) -> JSONValue? { objectValue?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByNilLiteral,
  ExpressibleByDictionaryLiteral
{
  /// A string value.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// The value `null`.
  public init(nilLiteral: ()) { self = .null }
  /// An object.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}
