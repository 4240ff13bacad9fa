internal import Foundation
public import Reconciliation

/// Near misses of keys, in words.
public enum NearMissWords {
  /// How many pairs of a run are alike, in what, and what to do: one sentence or two.
  public static func text(_ miss: RunSummary.NearMiss) -> String {
    let count = (miss.isAtLeast ? "at least " : "") + Words.count(miss.pairs, "key")
    let (source, remote) = (SystemNames.source(miss.mapping), SystemNames.remote)
    return "\(count) of \(source) and \(remote) differ only in \(differences(miss.differences)): "
      + "\(quoted(miss.remote)) in \(remote), \(quoted(miss.source)) in \(source). "
      + advice(miss.differences, miss.normalize, pairs: miss.pairs)
  }

  /// What one side has in the place of a key that it lacks.
  static func text(
    _ key: String, like other: String, at side: Side, of source: String
  ) -> String? {
    guard let likeness = Lookalike(key, other) else { return nil }
    let system = side == .source ? source : SystemNames.remote
    return "\(system) has \(quoted(key)), which differs only in "
      + "\(differences(likeness.differences)). "
      + advice(likeness.differences, likeness.steps.map(\.name), pairs: 1)
  }

  /// In what two texts differ, where that is but their spelling; nil where they differ in more.
  static func difference(_ one: String, _ other: String) -> String? {
    if let likeness = Lookalike(one, other) { return differences(likeness.differences) }
    guard let here = MailDomain(one), let there = MailDomain(other), here.name == there.name
    else { return nil }
    return here.domain == there.domain ? nil : "the form of the domain (letters or punycode)"
  }

  private static func quoted(_ key: String) -> String { "“\(VisibleText.of(key))”" }

  private static func differences(_ differences: [Lookalike.Difference]) -> String {
    Words.list(differences.map(words))
  }

  private static func words(_ difference: Lookalike.Difference) -> String {
    switch difference {
    case .zeroWidth: "a mark without width"
    case .guarded: "a spreadsheet's guard"
    case .form: "compatibility form"
    case .blanks: "blanks"
    case .pointZero: "“.0” at the end"
    case .length: "15 and 18 characters"
    case .letterCase: "case"
    case .leadingZeros: "zeros in front"
    }
  }

  private static func advice(
    _ differences: [Lookalike.Difference], _ steps: [String], pairs: Int
  ) -> String {
    guard steps.isEmpty else {
      let names = Words.list(steps.map { "\"\($0)\"" })
      return "\(names) in \"normalize\" of the reference would join \(pairs == 1 ? "it" : "them")."
    }
    return differences.contains(.pointZero)
      ? "No step joins them: have the source write its keys as text, not as numbers."
      : "No step joins them: have both sides spell them alike."
  }
}

/// An e-mail address with its domain in ASCII (IDNA).
private struct MailDomain {
  /// The address with the domain in ASCII.
  let name: String
  /// The domain as it was written.
  let domain: Substring

  init?(_ address: String) {
    guard let sign = address.lastIndex(of: "@") else { return nil }
    domain = address[address.index(after: sign)...]
    guard let ascii = URLComponents(string: "http://\(domain)")?.encodedHost, !ascii.isEmpty else {
      return nil
    }
    name = address[...sign] + ascii
  }
}
