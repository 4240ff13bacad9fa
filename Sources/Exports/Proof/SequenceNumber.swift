public import Reconciliation

/// The number of a delivery: digits, at most 18.
public struct SequenceNumber: Sendable, Hashable {
  /// The number.
  public let value: Int64

  /// A number from its digits; nil where the text is none.
  init?(_ digits: String) {
    guard (1...18).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(digits)
    else { return nil }
    self.value = value
  }

  /// The number in the name of a file; nil where the pattern finds none.
  public init?(in name: String, by matcher: TextMatcher) {
    guard let digits = matcher.groups(in: name)?[""], let found = Self(digits) else { return nil }
    self = found
  }
}

extension ExportRule {
  /// The number that the name of a file has by the sequence of this rule; nil for none.
  public func sequenceNumber(ofFileNamed name: String) -> Int64? {
    guard case .name(let pattern)? = proof?.sequence else { return nil }
    return SequenceNumber(in: name, by: pattern.matcher)?.value
  }
}

/// Compares the numbers of a delivery with those of the last one.
public enum SequenceProof {
  /// What the numbers say.
  public enum Finding: Sendable, Equatable {
    /// The delivery is the next one, or the first.
    case next
    /// It was there before, or one behind it was: why, in words.
    case past(String)
    /// Changes before it are still missing: which, in words.
    case gap(String)
  }

  /// Judges the numbers of a delivery; `last` is that of the last one, `counts` whether what lies
  /// between them is missed: by changes, but not by a full export, nor by changes after one.
  public static func judge(
    _ numbers: ClosedRange<Int64>, last: Int64?, counts: Bool
  ) -> Finding {
    guard let last else { return .next }
    let first = numbers.lowerBound
    if first <= last {
      return .past(
        first == last
          ? "its number \(first) is that of the last delivery"
          : "its number \(first) lies before \(last), that of the last delivery")
    }
    guard counts, first > last + 1 else { return .next }
    let missing =
      first == last + 2 ? "number \(last + 1) is" : "numbers \(last + 1) to \(first - 1) are"
    return .gap("it is number \(first), and \(missing) not there yet; \(last) was the last one")
  }
}
