public import Formats

/// The base of one field: what each side held when they last agreed, or were accepted as different.
public struct BasePair: Sendable, Hashable {
  /// The value of the source then; nil without a base.
  public var source: FieldValue?
  /// The value of the remote then; nil without a base.
  public var remote: FieldValue?

  /// No base at all.
  public static let none = BasePair(source: nil, remote: nil)

  /// A base of its own for each side.
  public init(source: FieldValue?, remote: FieldValue?) {
    self.source = source
    self.remote = remote
  }

  /// One value that both sides agree on.
  public init(agreed value: FieldValue) {
    self.init(source: value, remote: value)
  }
}

/// The bases of all managed fields of a link, by the field's metadata target as the mapping has it.
public struct Base: Sendable, Hashable {
  /// The pairs by field.
  public private(set) var pairs: [String: BasePair]

  /// Takes the pairs as they are.
  public init(_ pairs: [String: BasePair] = [:]) {
    self.pairs = pairs.filter { $0.value != .none }
  }

  /// The base of a field; `.none` where there is none, and setting `.none` removes it.
  public subscript(field: String) -> BasePair {
    get { pairs[field] ?? .none }
    set { pairs[field] = newValue == .none ? nil : newValue }
  }

  /// Whether there is no base for any field.
  public var isEmpty: Bool { pairs.isEmpty }

  /// This base with the pairs of the other in place of its own.
  public func merging(_ moves: Base) -> Base {
    var merged = self
    for (field, pair) in moves.pairs { merged[field] = pair }
    return merged
  }
}

// Stored as one object per link: `{"field":[value]}` where both sides agree (`[]` for absent),
// `{"field":{"s":[value],"r":[value]}}` where they don't.
extension Base {
  /// Compact JSON with fields in code point order, so equal bases are equal text.
  public func encoded() -> String {
    var out = [UInt8(ascii: "{")]
    for field in pairs.keys.sorted(by: { $0.precedesByBytes($1) }) {
      if out.count > 1 { out.append(UInt8(ascii: ",")) }
      JSONValue.string(field).append(to: &out)
      out.append(UInt8(ascii: ":"))
      self[field].encoded.append(to: &out)
    }
    out.append(UInt8(ascii: "}"))
    return String(decoding: out, as: UTF8.self)
  }

  /// Reads what `encoded` wrote; throws `JSONError` for anything else.
  public init(decoding text: String) throws(JSONError) {
    self.init()
    guard case .object(let object) = try JSONValue(parsing: text) else {
      throw Base.malformed("a base is an object")
    }
    for (field, value) in object {
      guard let pair = BasePair(encoded: value) else {
        throw Base.malformed("the base of \"\(field.value)\" is no pair")
      }
      self[field.value] = pair
    }
  }

  private static func malformed(_ message: String) -> JSONError {
    JSONError(message: message, line: 1, column: 1, offset: 0)
  }
}

extension BasePair {
  fileprivate var encoded: JSONValue {
    if source == remote, let value = source { return value.boxed }
    var members: [(String, JSONValue)] = []
    if let source { members.append(("s", source.boxed)) }
    if let remote { members.append(("r", remote.boxed)) }
    return .object(JSONObject(members))
  }

  fileprivate init?(encoded value: JSONValue) {
    switch value {
    case .array(let box):
      guard let agreed = FieldValue(box: box) else { return nil }
      self.init(agreed: agreed)
    case .object(let object):
      self.init(source: nil, remote: nil)
      for (side, boxed) in object {
        guard let box = boxed.arrayValue, let held = FieldValue(box: box) else { return nil }
        switch side.value {
        case "s": source = held
        case "r": remote = held
        default: return nil
        }
      }
    case .null, .bool, .number, .string: return nil
    }
  }
}

extension FieldValue {
  /// `[]` for absent, `[value]` for present: tells absent from null in JSON.
  public var boxed: JSONValue {
    switch self {
    case .absent: .array([])
    case .present(let value): .array([value])
    }
  }

  /// Reads `boxed` back; nil unless the list has at most one element.
  public init?(box: [JSONValue]) {
    switch box.count {
    case 0: self = .absent
    case 1: self = .present(box[0])
    default: return nil
    }
  }
}
