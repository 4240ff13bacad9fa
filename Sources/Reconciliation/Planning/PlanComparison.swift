import Formats

/// Compares a saved plan with the updates of today.
struct PlanComparison: Sendable {
  private var expected: [String: PlannedUpdate]
  private var moved: [String] = []
  private var movedCount = 0
  /// How many differences are named.
  private static let namedMax = 5

  init(_ plan: PlanFile) {
    expected = Dictionary(
      plan.updates.map { ($0.resetID, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func add(_ update: PlannedUpdate) {
    guard let planned = expected.removeValue(forKey: update.resetID) else {
      return note(
        "reset \(update.resetID) (\(update.key.reference)) is due now and not in the plan")
    }
    if planned.json.canonicalText != update.json.canonicalText {
      note("the values for reset \(update.resetID) (\(update.key.reference)) moved")
    }
  }

  private mutating func note(_ difference: String) {
    movedCount += 1
    if moved.count < Self.namedMax { moved.append(difference) }
  }

  /// What differs, in words; nil when nothing does.
  var difference: String? {
    var all = moved
    var count = movedCount + expected.count
    for (id, update) in expected.sorted(by: { $0.key < $1.key }).prefix(Self.namedMax - all.count) {
      all.append("reset \(id) (\(update.key.reference)) needs no write any more")
    }
    guard count > 0 else { return nil }
    count -= all.count
    return all.joined(separator: "; ") + (count > 0 ? "; and \(count) more" : "")
  }
}
