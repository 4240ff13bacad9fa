public import Formats

/// Recognises a field that alternates between two values (Contract#Merge).
public enum WriteFight {
  /// How long writes count, in seconds.
  public static let windowSeconds = 86_400.0
  /// How many alternations within the window freeze the field.
  public static let alternationsMax = 3

  /// Whether one more write of this value over that one would prolong a fight: the last three
  /// writes, all within the window, went to and fro between the same two values.
  ///
  /// Writes before `since`, the time of the last decision about the fight, don't count.
  public static func isFight(
    field: String, replacing old: FieldValue, with new: FieldValue, memory: [FieldWriteMemory],
    since: Timestamp?, now: Timestamp
  ) -> Bool {
    guard memory.count >= alternationsMax else { return false }
    let pair: Set<String> = [old.digest, new.digest]
    let start = max(now.adding(seconds: -windowSeconds), since ?? Timestamp(microseconds: .min))
    let last = memory.filter { $0.field == field && $0.at >= start }.suffix(alternationsMax)
    return last.count == alternationsMax
      && last.allSatisfy { pair == [$0.replaced, $0.written] }
  }
}

extension FieldValue {
  /// SHA-256 of the canonical text, as hex: what write memories and facts hold instead of values.
  public var digest: String { SHA256.hex(of: canonicalText) }
}
