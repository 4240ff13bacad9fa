import Reconciliation

/// A reference that a reset carries.
public struct KnownReference: Sendable, Hashable {
  /// The origin that stands beside it.
  public let origin: String?
  /// The reference as it stands.
  public let reference: String

  /// Makes a known reference.
  public init(origin: String?, reference: String) {
    self.origin = origin
    self.reference = reference
  }
}

/// What the known references tell of a source whose key column has been found.
struct KnownSource {
  /// The origin that most references of the column carry.
  private(set) var origin: String?
  /// Whether several resets of that origin share a reference.
  private(set) var repeatsReferences = false

  init(_ references: [KnownReference], _ profile: ColumnProfile, _ key: KeyFinder.Key) {
    let steps = key.normalize.compactMap(Normalization.init(name:))
    let there = Set(profile.texts.map { steps.normalize($0) })
    let hits = references.filter { there.contains(steps.normalize($0.reference)) }
    let origins = Dictionary(grouping: hits.compactMap(\.origin)) { $0 }.mapValues(\.count)
    if let most = origins.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      most.value * 2 > hits.count, !most.key.isEmpty
    {
      origin = most.key
    }
    let own = origin.map { origin in references.filter { $0.origin == origin } } ?? hits
    let distinct = Set(
      own.map { KnownReference(origin: $0.origin, reference: steps.normalize($0.reference)) })
    repeatsReferences = distinct.count < own.count
  }
}

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
    /// Whether the values are e-mail addresses.
    var isEmail = false
    /// Other columns that tell the rows apart.
    var others: [String] = []
  }

  /// The share of known references that makes a key of a column that is not unique, in percent.
  static let overlapPercentMin = 50

  static let names = [
    "id", "reference", "ref", "kunnr", "number", "nummer", "nr", "no", "code", "key", "account",
    "customernumber", "customeraccount", "external", "guid", "uuid",
  ]

  private let references: Set<String>

  /// `references` are those that the shop has.
  init(references: [KnownReference]) {
    self.references = Set(references.map { Normalization.standard.normalize($0.reference) })
  }

  /// The best column of a file: by overlap with the known references, then by uniqueness, name and
  /// place; e-mail addresses only where nothing else will do.
  func find(_ profiles: [ColumnProfile]) -> Key? {
    guard var key = find(profiles.filter { !$0.holdsEmails }, isEmail: false) else {
      return find(profiles.filter(\.holdsEmails), isEmail: true)
    }
    key.others = profiles.filter { profile in
      profile.isUnique && !profile.holdsEmails && !profile.isMachinery
        && profile.name != key.column && !Self.looksLikeText(profile)
    }.map(\.name)
    return key
  }

  private func find(_ profiles: [ColumnProfile], isEmail: Bool) -> Key? {
    var best: (score: Int, key: Key)?
    for (place, profile) in profiles.enumerated() {
      guard profile.filled > 0, !profile.isStructured, !profile.isMachinery else { continue }
      let key = key(profile, isEmail)
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

  private func key(_ profile: ColumnProfile, _ isEmail: Bool) -> Key {
    var steps: [Normalization] = Normalization.standard
    if profile.guarded * 2 > profile.filled { steps.insert(.unguard, at: 0) }
    if isEmail { steps.append(.casefold) }
    var overlap = overlap(profile, steps)
    if profile.padded > 0 {
      let stripped = self.overlap(profile, steps + [.stripLeadingZeros])
      if stripped > overlap || references.isEmpty && Self.areApart(profile, steps) {
        steps.append(.stripLeadingZeros)
        overlap = stripped
      }
    }
    return Key(
      column: profile.name, normalize: steps.map(\.name),
      overlapPercent: references.isEmpty ? nil : overlap, isUnique: profile.isUnique,
      repeated: profile.repeated, isEmail: isEmail)
  }

  /// Whether values that differ still differ without zeros in front.
  private static func areApart(_ profile: ColumnProfile, _ steps: [Normalization]) -> Bool {
    let before = Set(profile.texts.map { steps.normalize($0) })
    return Set(before.map { [.stripLeadingZeros].normalize($0) }).count == before.count
  }

  private func overlap(_ profile: ColumnProfile, _ steps: [Normalization]) -> Int {
    guard !references.isEmpty else { return 0 }
    let known = Set(references.map { steps.normalize($0) })
    let there = Set(profile.texts.map { steps.normalize($0) })
    return known.intersection(there).count * 100 / known.count
  }
}
