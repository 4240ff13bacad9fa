import Effects
public import Reconciliation

/// Full exports that look like the parts of one, where their rule knows of no parts: their names
/// differ in one small number only.
///
///     Kunden_20261122_001.csv  Kunden_20261122_002.csv     one export in two parts, or two
///                                                          exports: their keys tell
public struct UntoldParts: Sendable {
  /// The deliveries, by their numbers.
  public let members: [Delivery]
  /// Whether a time in the name says that all of them are of one moment.
  public let haveStamp: Bool
  /// A pattern for `parts` that takes their names apart.
  public let pattern: String

  /// The longest number of a part, in digits.
  private static let digitsMax = 6
  /// How many rows of a file are looked at for their keys.
  public static let rowsMax = 1_000

  private struct Kind: Hashable {
    let folder: String
    let before: String
    let after: String
    let stamp: FileNameTime?
    let rule: ExportRule
  }

  /// The groups among some deliveries.
  public static func groups(_ deliveries: [Delivery]) -> [UntoldParts] {
    var found: [Kind: [(number: Int, delivery: Delivery)]] = [:]
    for delivery in deliveries where delivery.set == nil && delivery.rule.mode == .full {
      guard delivery.rule.proof?.sequence == nil else { continue }
      for run in digitRuns(delivery.name) {
        let kind = Kind(
          folder: FilePath.folder(of: delivery.path), before: run.before, after: run.after,
          stamp: FileNameTime(in: delivery.name), rule: delivery.rule)
        found[kind, default: []].append((run.number, delivery))
      }
    }
    return found.filter { $0.value.count > 1 && $0.value.contains { $0.number <= 1 } }
      .map { kind, members in
        UntoldParts(
          members: members.sorted { $0.number < $1.number }.map(\.delivery),
          haveStamp: kind.stamp != nil, pattern: pattern(before: kind.before, after: kind.after))
      }
      .sorted { $0.members[0].path < $1.members[0].path }
  }

  /// A sibling whose rows have no key in common with those of a member, so that both are parts of
  /// one export; nil where one export follows the other, or that can't be told.
  ///
  /// The first rows of some of its siblings are looked at.
  public func sibling(
    apartFrom member: Delivery, among others: [Delivery], by mapping: Mapping
  ) -> Delivery? {
    guard let keys = Self.keys(member, mapping), !keys.isEmpty else { return nil }
    var apart: Delivery?
    for other in others.prefix(Self.siblingsMax) where other != member {
      guard let there = Self.keys(other, mapping), !there.isEmpty else { continue }
      guard keys.isDisjoint(with: there) else { return nil }
      apart = apart ?? other
    }
    return apart
  }

  /// How many siblings are looked at.
  private static let siblingsMax = 5

  private static func keys(_ delivery: Delivery, _ mapping: Mapping) -> Set<Key>? {
    guard let file = try? ExportFile(path: delivery.path) else { return nil }
    return try? ExportTrial.keys(of: file, by: mapping, rule: delivery.rule, rowsMax: rowsMax)
  }

  // MARK: - Names

  /// The numbers of a name that may count parts, each with what stands before and behind it.
  private static func digitRuns(
    _ name: String
  ) -> [(before: String, number: Int, after: String)] {
    var runs: [(String, Int, String)] = []
    var start = name.startIndex
    while let first = name[start...].firstIndex(where: { $0.isASCII && $0.isNumber }) {
      let end = name[first...].firstIndex { !($0.isASCII && $0.isNumber) } ?? name.endIndex
      if name.distance(from: first, to: end) <= digitsMax, let number = Int(name[first..<end]) {
        runs.append((String(name[..<first]), number, String(name[end...])))
      }
      start = end
    }
    return runs
  }

  /// What changes from export to export is the set: the side of the number that has digits too,
  /// else the one before.
  private static func pattern(before: String, after: String) -> String {
    let hasDigits = { (text: String) in text.contains { $0.isASCII && $0.isNumber } }
    let isMark = { (character: Character) in !character.isLetter && !character.isNumber }
    let (first, last) = (TextPattern.escaped(before), TextPattern.escaped(after))
    let number = "(?<part>\\d+)"
    if hasDigits(after), !hasDigits(before) {
      let mark = TextPattern.escaped(after.prefix(while: isMark))
      return "^\(first)\(number)\(mark)(?<set>.+)\(TextPattern.escaped(suffix(after)))$"
    }
    let mark = String(before.reversed().prefix(while: isMark).reversed())
    let set = before.count > mark.count ? "(?<set>.+)" : "(?<set>.*)"
    return "^\(set)\(TextPattern.escaped(mark))\(number)\(last)$"
  }

  /// The endings of a name that tell its format and packing.
  private static func suffix(_ text: String) -> String {
    var place = text.endIndex
    while let dot = text[..<place].lastIndex(of: "."),
      text[text.index(after: dot)..<place].allSatisfy(\.isLetter)
    {
      place = dot
    }
    return String(text[place...])
  }
}
