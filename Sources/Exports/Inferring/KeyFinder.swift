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

/// Finds the column that carries the reference, or says why none can be chosen.
///
/// A key is what the resets hold: stable and known to people. So references that the mirror knows
/// count first, then names of customer numbers and external ids; being unique is a condition and no
/// reason.
struct KeyFinder {
  /// With fewer rows nothing is chosen.
  static let rowsMin = 5
  /// The share of the references of an origin that a column must have to be proved, in percent.
  static let sharePercentMin = 50
  /// How many references a column must have to be proved.
  static let hitsMin = 3
  /// A name of less weight is never enough.
  static let weightMin = 40

  private let references: KnownReferences

  /// `references` are those that the shop has.
  init(references: [KnownReference]) { self.references = KnownReferences(references) }

  /// The proposal for a file of so many rows.
  func find(_ columns: [ColumnFacts], rows: Int) -> KeyProposal {
    let hasRecordID = columns.contains { KeyName($0.name) == .record }
    let all = columns.compactMap { candidate($0, hasRecordID) }.sorted { $0.score > $1.score }
    let able = all.filter(\.tellsApart)
    var proposal = KeyProposal(candidates: all)
    proposal.pair = pair(columns, all)
    guard rows >= Self.rowsMin else {
      proposal.reason = .fewRows
      return proposal
    }
    if let proved = proved(able) {
      proposal.choose(proved)
    } else {
      chooseByName(able, all, &proposal)
    }
    return proposal
  }

  private func candidate(_ column: ColumnFacts, _ hasRecordID: Bool) -> KeyCandidate? {
    let profile = column.profile
    guard profile.filled > 0, !profile.isStructured, !profile.isMachinery, column.dates == nil,
      column.numbers.map({ !$0.looksLikeQuantity || $0.areTokens && !$0.hasFraction }) ?? true
    else { return nil }
    let known = references.share(of: profile)
    var name = KeyName(column.name)
    // Beside the id of the record itself, the id of an account or a company is that of another.
    if hasRecordID, name == .customerNumber, column.name.words.last == "id" || isOneWordID(column) {
      name = Self.isGroup(column.name) ? .other : .number
    }
    if name == .customer, profile.holdsPhrases || !profile.hasDigits { name = .none }
    let isKnown = known.hits >= Self.hitsMin
    if name == .never, !profile.countsRows, !isKnown { return nil }
    if profile.holdsPhrases, name.weight < 50, !isKnown { return nil }
    let found = KeyCandidate(profile: profile, name: name, known: known)
    return found.tellsApart || name.weight >= Self.weightMin || isKnown ? found : nil
  }

  private func isOneWordID(_ column: ColumnFacts) -> Bool {
    column.name.words.count == 1 && column.name.squeezed.hasSuffix("id")
  }

  private static func isGroup(_ name: ColumnName) -> Bool {
    ["account", "acc", "partner", "konto", "vendor", "supplier"].contains {
      name.squeezed.hasPrefix($0)
    }
  }

  /// The column that has most of the references of an origin, and at least twice as many as any
  /// other; a count of rows agrees with small numbers by chance.
  private func proved(_ candidates: [KeyCandidate]) -> KeyCandidate? {
    let ranked = candidates.sorted { $0.known.hits > $1.known.hits }
    guard let first = ranked.first, first.known.hits >= Self.hitsMin,
      first.known.percent >= Self.sharePercentMin, !first.profile.countsRows
    else { return nil }
    let second = ranked.dropFirst().first?.known.hits ?? 0
    return second * 2 <= first.known.hits ? first : nil
  }

  private func chooseByName(
    _ able: [KeyCandidate], _ all: [KeyCandidate], _ proposal: inout KeyProposal
  ) {
    guard let first = able.first else {
      proposal.reason = .nothing
      return
    }
    let second = able.dropFirst().map(\.score).max() ?? 0
    let isBetter = { (other: KeyCandidate) in
      !other.tellsApart && other.name.weight >= KeyName.externalID.weight
        && other.name.weight > first.name.weight && other.isFull
    }
    if let better = all.first(where: isBetter) {
      proposal.reason = .repeats(better.profile.name.text)
    } else if first.profile.countsRows {
      proposal.reason = .countsRows(first.profile.name.text)
    } else if first.name.weight < Self.weightMin || first.score - second < KeyName.clear {
      proposal.reason = .noClearWinner
    } else {
      proposal.choose(first)
    }
  }

  /// Two columns that tell the rows apart together: a number, and the area that it counts in
  /// or a code beside it.
  private func pair(_ columns: [ColumnFacts], _ all: [KeyCandidate]) -> KeyProposal.Pair? {
    guard let number = all.first(where: { !$0.tellsApart && $0.name.weight >= 50 }),
      let cells = number.profile.rows
    else { return nil }
    let areas = columns.filter { $0.name.isNamed(NameLists.areas) }
    let codes = columns.filter { KeyName($0.name) == .number }
    for (place, column) in (areas + codes).enumerated() {
      guard let others = column.profile.rows, column.profile.blank == 0,
        column.profile.texts.count > 1, column.name.text != number.profile.name.text
      else { continue }
      if Set(zip(cells, others).map { [$0, $1] }).count == cells.count {
        return KeyProposal.Pair(
          number: number.profile.name.text, other: column.name.text,
          areas: place < areas.count ? column.profile.texts : nil)
      }
    }
    return nil
  }
}
