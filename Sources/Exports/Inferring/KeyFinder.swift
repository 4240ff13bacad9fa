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
  }

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
      guard profile.filled > 0, !profile.holdsEmails, !profile.isStructured else { continue }
      let key = key(profile)
      var score = profile.isUnique ? 400 : 0
      guard profile.isUnique || (key.overlapPercent ?? 0) >= 50 else { continue }
      score += (key.overlapPercent ?? 0) * 10
      if profile.isNamed(Self.names) { score += 100 }
      if Self.looksLikeText(profile) { score -= 200 }
      score -= min(place, 40)
      if best.map({ $0.score < score }) ?? true { best = (score, key) }
    }
    return best?.key
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
      overlapPercent: references.isEmpty ? nil : overlap, isUnique: profile.isUnique)
  }

  private func overlap(_ profile: ColumnProfile, _ steps: [Normalization]) -> Int {
    guard !references.isEmpty else { return 0 }
    let known = Set(references.map { steps.normalize($0) })
    let there = Set(profile.texts.map { steps.normalize($0) })
    return known.intersection(there).count * 100 / known.count
  }
}
