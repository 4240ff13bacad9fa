import Effects
import Exports
import Formats
import Mirror
import Reconciliation

/// An export that is left for later: what comes before it is not there yet.
struct LeftForLater: Error {
  /// What it waits for, in words.
  let reason: String
}

/// Whether one delivery is whole, and the next of its source: by what lies beside it, by what it
/// says of itself, and by what its source has done so far.
struct DeliveryProof {
  private let delivery: Delivery
  private let mapping: Mapping
  private let beside: BesideProof
  private let text: TextProof
  /// The last numbered delivery, and whether what lies between it and this one is missed.
  private let last: (number: Int64?, counts: Bool)
  private let number: Int64?

  /// How many of the last exports must have ended their last line for that to be a habit.
  static let habitExports = 5
  /// How many accepted exports of one mode are looked through for those of one rule.
  private static let exportsLookedAt = 20

  /// Gathers what a delivery is judged by; `members` are its files.
  ///
  /// Throws `ProofMissing`, `ExportRefusal` and `LeftForLater` for what is wrong already.
  init(
    _ delivery: Delivery, _ members: [BesideProof.Member], _ mapping: Mapping, _ parts: RunParts
  ) async throws {
    let rule = delivery.rule
    self.delivery = delivery
    self.mapping = mapping
    let before = try await parts.mirror.receipts(
      ReceiptFilter(mapping: mapping.name, state: .accepted, mode: rule.mode),
      limit: Self.exportsLookedAt
    ).filter { Self.isOf($0, rule, mapping) }
    let lines = before.compactMap(\.endsWithNewline).prefix(Self.habitExports)
    text = TextProof(
      rule.proof, habit: lines.count == Self.habitExports && !lines.contains(false))
    let numbered = before.first { $0.sequence != nil }
    let source = try await parts.mirror.sources([mapping.name]).first
    let full = source?.deliveries[.full]?.accepted?.id ?? 0
    last = (
      numbered?.sequence?.upperBound, rule.mode == .delta && full < numbered?.id ?? 0
    )
    number = delivery.sequenceNumber
    if case .name? = rule.proof?.sequence {
      guard let number else {
        throw ExportRefusal(
          .unproved, "its name has no number where proof.sequence looks for one",
          file: delivery.name)
      }
      try Self.judge(number...number, last, delivery.name)
    }
    beside = try BesideProof(rule.proof, members, ofSet: delivery.set, files: parts.files)
  }

  /// The numbers of the delivery, once it was read.
  func sequence(_ facts: ExportFacts) -> ClosedRange<Int64>? {
    number.map { $0...$0 } ?? facts.sequence
  }

  /// Judges what was read; throws as the initializer.
  func check(_ facts: ExportFacts, _ session: ImportSession) throws {
    try beside.check(facts)
    try text.check(facts)
    if number == nil, let numbers = facts.sequence {
      try Self.judge(numbers, last, delivery.name)
    }
    if let fault = facts.sequenceFault {
      throw ExportRefusal(.unproved, fault, file: delivery.name)
    }
    let isEmpty = delivery.rule.mode == .delta && facts.rows == 0
    guard let canary = delivery.rule.proof?.canary, !isEmpty,
      try !session.holds(reference: mapping.normal(reference: canary))
    else { return }
    throw ExportRefusal(
      .unproved, "no row has the reference “\(canary)”, which must be there (proof.canary)",
      file: delivery.name)
  }

  private static func judge(
    _ numbers: ClosedRange<Int64>, _ last: (number: Int64?, counts: Bool), _ file: String
  ) throws {
    switch SequenceProof.judge(numbers, last: last.number, counts: last.counts) {
    case .next: return
    case .past(let words): throw ExportRefusal(.unproved, words, file: file)
    case .gap(let words): throw LeftForLater(reason: words)
    }
  }

  /// Whether an export was read by a rule, as far as its name tells.
  private static func isOf(_ receipt: ImportReceipt, _ rule: ExportRule, _ mapping: Mapping) -> Bool
  {
    guard mapping.exports.count > 1 else { return true }
    return mapping.rule(forFileNamed: FilePath.name(of: receipt.path)) == rule
  }
}
