import Reconciliation

/// The references of the resets in the mirror, by origin.
struct KnownReferences {
  /// What a column has of them.
  struct Share {
    /// The origin of which the column has most; nil where it has none, or the resets name none.
    var origin: String?
    /// How many references of that origin the column has, and how many there are.
    var hits = 0
    var total = 0

    /// `hits` of `total` in percent.
    var percent: Int { total == 0 ? 0 : hits * 100 / total }
  }

  private let byOrigin: [String: [String]]

  init(_ references: [KnownReference]) {
    byOrigin = Dictionary(grouping: references) { $0.origin ?? "" }
      .mapValues { $0.map(\.reference) }
  }

  /// Whether nothing is known.
  var isEmpty: Bool { byOrigin.isEmpty }

  /// What a column has, by the steps that it needs.
  func share(of profile: ColumnProfile) -> Share { share(of: profile, steps(for: profile)) }

  private func share(of profile: ColumnProfile, _ steps: [Normalization]) -> Share {
    guard !isEmpty else { return Share() }
    let there = Set(profile.texts.map { steps.normalize($0) })
    var best = Share()
    for (origin, references) in byOrigin.sorted(by: { $0.key < $1.key }) {
      let known = Set(references.map { steps.normalize($0) })
      let hits = known.intersection(there).count
      if hits > best.hits {
        best = Share(origin: origin.isEmpty ? nil : origin, hits: hits, total: known.count)
      }
    }
    return best
  }

  /// The steps under which the values of a column meet the references.
  ///
  /// Zeros in front are stripped only where the mirror shows that nothing meets with them and much
  /// does without, where all values have one length, and where no two become one.
  func steps(for profile: ColumnProfile) -> [Normalization] {
    var steps = Normalization.standard
    if profile.guarded * 2 > profile.filled { steps.insert(.unguard, at: 0) }
    if profile.holdsEmails { steps.append(.casefold) }
    let stripped = steps + [.stripLeadingZeros]
    guard profile.longest == profile.shortest,
      share(of: profile, steps).hits == 0, areApart(profile.texts, stripped),
      share(of: profile, stripped).hits >= KeyFinder.hitsMin
    else { return steps }
    return stripped
  }

  private func areApart(_ texts: [String], _ steps: [Normalization]) -> Bool {
    Set(texts.map { steps.normalize($0) }).count == texts.count
  }

  /// Whether several resets of an origin share a reference.
  func repeats(_ origin: String?, _ steps: [Normalization]) -> Bool {
    guard let references = byOrigin[origin ?? ""] else { return false }
    return Set(references.map { steps.normalize($0) }).count < references.count
  }
}
