import Reconciliation

/// Finds the column that carries the reference.
struct KeyFinder {
  /// A proposal.
  struct Key {
    var column: String
    var normalize: [String]
    /// How many of the known references the column has, in percent; nil where none are known.
    var overlapPercent: Int?
    var isUnique: Bool
    /// How many rows have a value that another row has too.
    var repeated: Int
  }

  /// The share of known references that makes a key of a column that is not unique, in percent.
  static let overlapPercentMin = 50

  static let names = [
    "id", "reference", "ref", "kunnr", "number", "nummer", "nr", "no", "code", "key", "account",
    "customernumber", "customeraccount", "external", "guid", "uuid",
  ]

  private let references: Set<String>

  /// `references` are those that the shop has.
  init(references: [String]) {
    self.references = Set(references.map { Normalization.standard.normalize($0) })
  }

  /// The best column of a file: by overlap with the known references, then by uniqueness, name and
  /// place.
  func find(_ profiles: [ColumnProfile]) -> Key? {
    var best: (score: Int, key: Key)?
    for (place, profile) in profiles.enumerated() {
      guard profile.filled > 0, !profile.holdsEmails, !profile.isStructured,
        !profile.isMachinery
      else { continue }
      let key = key(profile)
      let isKnown = (key.overlapPercent ?? 0) >= Self.overlapPercentMin
      guard let own = Self.ownValues(profile) ?? (isKnown ? 0 : nil) else { continue }
      var score = own + (key.overlapPercent ?? 0) * 10
      if profile.isNamed(Self.names) { score += 100 }
      if Self.looksLikeText(profile) { score -= 200 }
      score -= min(place, 40)
      if best.map({ $0.score < score }) ?? true { best = (score, key) }
    }
    return best?.key
  }

  /// How well the values tell the rows apart; nil where they do not.
  ///
  /// Real exports repeat a few keys by mistake, and some number customers per company: a column
  /// that is named as a key is one all the same.
  private static func ownValues(_ profile: ColumnProfile) -> Int? {
    if profile.isUnique { return 400 }
    let rows = profile.filled + profile.blank
    if profile.filled * 20 >= rows * 19, profile.repeated * 20 <= rows { return 300 }
    let isNumbered = profile.blank == 0 && profile.texts.count * 2 >= rows
    return isNumbered && profile.isNamed(names) ? 150 : nil
  }

  /// Names of people and places can be unique too, dates and amounts as well.
  private static func looksLikeText(_ profile: ColumnProfile) -> Bool {
    let type = ColumnType.infer(profile).type
    if type == .date || type == .datetime || type == .decimal { return true }
    let spaced = profile.samples.count { $0.contains(" ") }
    return spaced * 5 > profile.samples.count
  }

  private func key(_ profile: ColumnProfile) -> Key {
    var steps: [Normalization] = Normalization.standard
    if profile.guarded * 2 > profile.filled { steps.insert(.unguard, at: 0) }
    var overlap = overlap(profile, steps)
    if profile.padded > 0 {
      let stripped = self.overlap(profile, steps + [.stripLeadingZeros])
      if stripped > overlap || references.isEmpty {
        steps.append(.stripLeadingZeros)
        overlap = stripped
      }
    }
    return Key(
      column: profile.name, normalize: steps.map(\.name),
      overlapPercent: references.isEmpty ? nil : overlap, isUnique: profile.isUnique,
      repeated: profile.repeated)
  }

  private func overlap(_ profile: ColumnProfile, _ steps: [Normalization]) -> Int {
    guard !references.isEmpty else { return 0 }
    let known = Set(references.map { steps.normalize($0) })
    let there = Set(profile.texts.map { steps.normalize($0) })
    return known.intersection(there).count * 100 / known.count
  }
}
