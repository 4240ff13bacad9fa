import Formats

/// The digest of a plan: the same for the same updates in whatever order they come.
///
/// Each update's SHA-256 is added up modulo 2^256, so that a plan of any size is digested as it
/// streams by; the sum and the count are hashed once more.
public struct PlanDigest: Sendable, Hashable {
  private var sum = [UInt8](repeating: 0, count: 32)
  /// How many updates were added.
  public private(set) var count = 0

  /// The digest of an empty plan.
  public init() {}

  /// Adds one update.
  public mutating func add(_ update: PlannedUpdate) {
    var carry = 0
    for (place, byte) in update.digestBytes.enumerated().reversed() {
      let total = Int(sum[place]) + Int(byte) + carry
      sum[place] = UInt8(truncatingIfNeeded: total)
      carry = total >> 8
    }
    count += 1
  }

  /// The digest as 64 hex digits.
  public var hex: String { SHA256.hex(of: sum + Array("\(count)".utf8)) }
}

extension PlannedUpdate {
  /// The SHA-256 of what an approval is about, as 64 hex digits.
  public var digest: String { SHA256.hex(of: Array(identityJSON.canonicalText.utf8)) }

  var digestBytes: [UInt8] {
    var hash = SHA256()
    hash.update(Array(identityJSON.canonicalText.utf8))
    return hash.finish()
  }

  /// What is sent and what must be there before: everything that an approval is about.
  var identityJSON: JSONValue {
    let fields = fields.map { write in
      JSONValue.array(
        [.string(write.metadata), write.expected.boxed, write.value.boxed]
          + (write.prunes > 0 ? [.int(write.prunes)] : []))
    }
    return [
      .string(resetID), .string(mapping), .string(key.origin), .string(key.reference),
      .array(fields), PlannedUpdate.json(reference), PlannedUpdate.json(referenceOrigin),
    ]
  }

  private static func json(_ write: TextWrite?) -> JSONValue {
    guard let write else { return nil }
    return [write.expected.map { .string($0) } ?? nil, write.value.map { .string($0) } ?? nil]
  }
}
