import Formats

/// Why a value is written.
public enum WriteReason: String, Sendable, Hashable, CaseIterable {
  /// The policy of the field says so.
  case policy
  /// A person decided it.
  case decision
  /// The field has no base and the remote nothing.
  case first
  /// A run is undone.
  case undo
}

/// One metadata value to be written.
public struct FieldWrite: Sendable, Hashable {
  /// The target as the mapping spells it.
  public let metadata: String
  /// What the remote held when this was planned.
  public let expected: FieldValue
  /// What is to be there; absent removes the key.
  public let value: FieldValue
  /// Why.
  public let reason: WriteReason
  /// The base once the write is verified.
  public let afterBase: BasePair
  /// How many of the nearest parents go with the value where they hold nothing else: those that the
  /// write made which is undone.
  public let prunes: Int

  /// Takes all parts as they are.
  public init(
    metadata: String, expected: FieldValue, value: FieldValue, reason: WriteReason,
    afterBase: BasePair, prunes: Int = 0
  ) {
    self.prunes = prunes
    self.metadata = metadata
    self.expected = expected
    self.value = value
    self.reason = reason
    self.afterBase = afterBase
  }

  /// Whether it takes away a value that wasn't blank.
  public var clears: Bool { value.isBlank && !expected.isBlank }
}

/// A reference or reference origin to be written.
public struct TextWrite: Sendable, Hashable {
  /// What the remote held when this was planned.
  public let expected: String?
  /// What is to be there.
  public let value: String?

  /// Takes both as they are.
  public init(expected: String?, value: String?) {
    self.expected = expected
    self.value = value
  }
}

/// Everything that is to be written to one reset.
public struct PlannedUpdate: Sendable, Hashable {
  /// The reset.
  public let resetID: String
  /// The mapping.
  public let mapping: String
  /// The key of its link.
  public let key: Key
  /// The metadata values, in the order of the mapping.
  public let fields: [FieldWrite]
  /// The reference, when it is to be written.
  public let reference: TextWrite?
  /// The reference origin, when it is to be written.
  public let referenceOrigin: TextWrite?
  /// The ids of the conflicts whose decisions this carries out.
  public let decisions: [String]

  /// Takes all parts as they are.
  public init(
    resetID: String, mapping: String, key: Key, fields: [FieldWrite],
    reference: TextWrite? = nil, referenceOrigin: TextWrite? = nil, decisions: [String] = []
  ) {
    self.resetID = resetID
    self.mapping = mapping
    self.key = key
    self.fields = fields
    self.reference = reference
    self.referenceOrigin = referenceOrigin
    self.decisions = decisions
  }

  /// The same, to settle one conflict more once it is written.
  public func settling(_ conflict: String) -> PlannedUpdate {
    PlannedUpdate(
      resetID: resetID, mapping: mapping, key: key, fields: fields, reference: reference,
      referenceOrigin: referenceOrigin, decisions: decisions + [conflict])
  }

  /// Whether nothing would be written.
  public var isEmpty: Bool { fields.isEmpty && reference == nil && referenceOrigin == nil }
}
