import Formats

/// Digests of the facts that a decision is about; equal facts, equal digest.
enum Facts {
  /// The three values of a contested field.
  static func field(base: BasePair, source: FieldValue, remote: FieldValue) -> String {
    digest([
      "field", base.source?.boxed ?? nil, base.remote?.boxed ?? nil, source.boxed, remote.boxed,
    ])
  }

  /// A cell that can't be mapped, next to what the remote holds: one half of the digest for each,
  /// so that the same cell is known again.
  static func invalid(cell: Cell, reason: String, remote: FieldValue) -> String {
    String(digest(["invalid", describe(cell), .string(reason)]).prefix(halfLength))
      + digest(["invalid", remote.boxed]).prefix(halfLength)
  }

  /// Whether two digests of `invalid` are about the same cell, whatever the remote holds.
  static func isSameCell(_ one: String, _ other: String) -> Bool {
    one.prefix(halfLength) == other.prefix(halfLength)
  }

  private static let halfLength = 32

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

extension ConflictFinding {
  /// The digest of the facts about a contested field, as runs make it: a decision applies to it.
  public static func fieldFacts(
    base: BasePair, source: FieldValue, remote: FieldValue
  ) -> String {
    Facts.field(base: base, source: source, remote: remote)
  }

  /// The digest of the facts about a reset that is to be linked to this key.
  public static func suggestionFacts(_ reset: RemoteReset, _ key: Key) -> String {
    KeyFactsDigest.suggestion(reset, key)
  }

  /// The digest of the facts about a side that went from one key to another.
  public static func rekeyedFacts(_ side: Side, from old: Key?, to new: Key?) -> String {
    KeyFactsDigest.rekeyed(side, from: old, to: new)
  }
}
