import Formats

/// Digests of the facts that a decision is about; equal facts, equal digest.
enum Facts {
  /// The three values of a contested field.
  static func field(base: BasePair, source: FieldValue, remote: FieldValue) -> String {
    digest([
      "field", base.source?.boxed ?? nil, base.remote?.boxed ?? nil, source.boxed, remote.boxed,
    ])
  }

  /// A cell that can't be mapped, next to what the remote holds.
  static func invalid(cell: Cell, reason: String, remote: FieldValue) -> String {
    digest(["invalid", describe(cell), .string(reason), remote.boxed])
  }

  /// Texts that define a situation, in this order.
  static func texts(_ kind: ConflictKind, _ texts: [String?]) -> String {
    digest([.string(kind.rawValue)] + texts.map { text in text.map { .string($0) } ?? nil })
  }

  static func digest(_ parts: [JSONValue]) -> String {
    SHA256.hex(of: JSONValue.array(parts).canonicalText)
  }

  private static func describe(_ cell: Cell) -> JSONValue {
    switch cell {
    case .absent: []
    case .null: [nil]
    case .text(let text): [.string(text)]
    case .json(let value): [value]
    }
  }
}
