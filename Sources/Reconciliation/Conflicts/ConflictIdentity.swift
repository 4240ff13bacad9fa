import Formats

/// What a conflict is about.
public enum ConflictSubject: Sendable, Hashable {
  /// A key: duplicates, collisions, `source_only`.
  case key(Key)
  /// A reset, and the key of a suggested record where one of several could be taken.
  case reset(String, suggested: Key? = nil)
  /// A reference origin that no mapping names.
  case origin(String?)
}

/// What makes two findings the same conflict, in this run and in all others.
public struct ConflictIdentity: Sendable, Hashable {
  /// The kind.
  public let kind: ConflictKind
  /// The mapping; nil for resets that belong to none.
  public let mapping: String?
  /// What it is about.
  public let subject: ConflictSubject
  /// The field, by its metadata spelling.
  public let field: String?

  /// Takes all parts as they are.
  public init(kind: ConflictKind, mapping: String?, subject: ConflictSubject, field: String? = nil)
  {
    self.kind = kind
    self.mapping = mapping
    self.subject = subject
    self.field = field
  }

  /// A spelling that is equal for equal identities: canonical JSON, `[kind, mapping, …, field]`.
  public var text: String {
    let about: [JSONValue] =
      switch subject {
      case .key(let key): ["key", .string(key.origin), .string(key.reference)]
      case .reset(let id, nil): ["reset", .string(id)]
      case .reset(let id, let key?):
        ["reset", .string(id), .string(key.origin), .string(key.reference)]
      case .origin(let origin): ["origin", origin.map { .string($0) } ?? nil]
      }
    let parts: [JSONValue] = [
      .string(kind.rawValue), mapping.map { .string($0) } ?? nil, .array(about),
      field.map { .string($0) } ?? nil,
    ]
    return JSONValue.array(parts).canonicalText
  }

  /// Reads `text` back; nil for anything else.
  public init?(text: String) {
    guard let parts = (try? JSONValue(parsing: text))?.arrayValue, parts.count == 4,
      let kind = parts[0].text.flatMap(ConflictKind.init), let about = parts[2].arrayValue,
      let subject = ConflictSubject(about)
    else { return nil }
    self.init(kind: kind, mapping: parts[1].text, subject: subject, field: parts[3].text)
  }

  /// The short id that people type: `c` and 12 hex digits.
  public var id: String { "c" + SHA256.hex(of: text).prefix(12) }
}

extension ConflictSubject {
  fileprivate init?(_ parts: [JSONValue]) {
    let texts = parts.dropFirst().map(\.text)
    switch (parts.first?.text, texts.count) {
    case ("key", 2):
      guard let origin = texts[0], let reference = texts[1] else { return nil }
      self = .key(Key(origin: origin, reference: reference))
    case ("reset", 1):
      guard let id = texts[0] else { return nil }
      self = .reset(id)
    case ("reset", 3):
      guard let id = texts[0], let origin = texts[1], let reference = texts[2] else { return nil }
      self = .reset(id, suggested: Key(origin: origin, reference: reference))
    case ("origin", 1): self = .origin(texts[0])
    default: return nil
    }
  }
}
