/// What one reconcile found at the keys that it looked at.
public struct Tally: Sendable, Hashable {
  /// Key groups looked at.
  public var groups = 0
  /// Items assessed.
  public var items = 0
  /// Updates planned.
  public var updates = 0
  /// Values in those updates, references among them.
  public var fields = 0
  /// Items or fields whose pushes are withheld for a conflict.
  public var held = 0
  /// Conflicts found that nobody has decided.
  public var conflicts = 0
  /// Links that are not closed, by mapping, this run's new ones included.
  public var linked: [String: Int] = [:]
  /// Mappings of which every key was looked at; "" for resets of no mapping.
  public var walkedWhole: Set<String> = []
  /// Undecided `source_deleted` items that this run did not look at, by mapping.
  public var sourceDeletedElsewhere: [String: Int] = [:]
  /// Undecided `rekeyed` items that this run did not look at, by mapping.
  public var rekeyedElsewhere: [String: Int] = [:]
  /// Mappings with an item that has, or had before, but one side: these may be near misses.
  public var oneSided: Set<String> = []

  /// By how much the items of each situation become more.
  public private(set) var changes: [CountedSituation: Int] = [:]
  /// How many items changed from a situation to another.
  public private(set) var transitions: [SituationTransition: Int] = [:]
  /// Items that are in a situation which rails count.
  private var railed: [CountedSituation: Int] = [:]
  /// Undecided conflicts about such a situation that were there before and whose groups were
  /// looked at.
  private var undecidedSeen: [CountedSituation: Int] = [:]

  /// Nothing yet.
  public init() {}

  /// Counts a group: its assessments, and what they come to.
  public mutating func add(
    _ group: KeyGroup, _ assessments: [ItemAssessment], _ effects: [Effect]
  ) {
    groups += 1
    for assessment in assessments { add(assessment) }
    for case .situation(let change) in effects { add(change) }
    for conflict in group.known where conflict.state.isPending {
      guard let situation = conflict.identity.kind.railed,
        case .reset(let id, suggested: _) = conflict.identity.subject,
        group.previous[.reset(id)] == situation
      else { continue }
      let mapping = conflict.identity.mapping ?? ""
      undecidedSeen[CountedSituation(mapping, situation), default: 0] += 1
    }
  }

  /// Counts pairs that agree in everything; `new` are those among them that did not before.
  public mutating func add(agreed pairs: Int, new: Int, mapping: String) {
    groups += pairs
    items += pairs
    if new > 0 { changes[CountedSituation(mapping, .inSync), default: 0] += new }
  }

  private mutating func add(_ change: SituationEffect) {
    if let before = change.before { changes[before, default: 0] -= 1 }
    guard let now = change.now else { return }
    changes[now, default: 0] += 1
    if let (from, to) = change.transition {
      transitions[SituationTransition(from: from, to: to), default: 0] += 1
    }
    guard case .reset = change.item, [.sourceDeleted, .rekeyed].contains(now.situation) else {
      return
    }
    railed[now, default: 0] += 1
  }

  /// Counts what rails look at beyond the groups of this run.
  ///
  /// - Parameters:
  ///   - undecided: undecided conflicts before the run
  ///   - items: items by mapping and situation before the run
  ///   - mappings: the mappings; one that asks nobody about a situation has its items counted
  ///     themselves
  public mutating func countElsewhere(
    undecided: [CountedSituation: Int], items: [String: [Situation: Int]], mappings: [Mapping]
  ) {
    for (counted, count) in undecided {
      setElsewhere(counted, count - undecidedSeen[counted, default: 0])
    }
    for mapping in mappings {
      for situation in [Situation.sourceDeleted, .rekeyed]
      where mapping.reactions[situation] != .conflict {
        let counted = CountedSituation(mapping.name, situation)
        let before = items[mapping.name]?[situation] ?? 0
        setElsewhere(
          counted, before + changes[counted, default: 0] - railed[counted, default: 0])
      }
    }
  }

  private mutating func setElsewhere(_ counted: CountedSituation, _ count: Int) {
    if counted.situation == .rekeyed {
      rekeyedElsewhere[counted.mapping] = max(0, count)
    } else {
      sourceDeletedElsewhere[counted.mapping] = max(0, count)
    }
  }

  /// Items by mapping and situation after the run, of which `items` were there before.
  public func situations(after items: [String: [Situation: Int]]) -> [String: [Situation: Int]] {
    var items = items
    for (counted, delta) in changes {
      items[counted.mapping, default: [:]][counted.situation, default: 0] += delta
    }
    return items
  }

  /// Counts an item.
  public mutating func add(_ assessment: ItemAssessment) {
    items += 1
    if let update = assessment.update { add(update) }
    held += assessment.holds ? 1 : assessment.heldFields
    if assessment.isOneSided, let name = assessment.mapping { oneSided.insert(name) }
    conflicts += assessment.findings.count { $0.effect == .open }
  }

  /// Counts an update.
  public mutating func add(_ update: PlannedUpdate) {
    updates += 1
    fields += update.fields.count
    if update.reference != nil { fields += 1 }
    if update.referenceOrigin != nil { fields += 1 }
  }
}

/// A change from one situation to another.
public struct SituationTransition: Sendable, Hashable {
  /// The one before.
  public let from: Situation
  /// The one now, and where it is counted.
  public let to: CountedSituation
}

extension ConflictKind {
  /// The situation that a conflict of this kind is about and that rails count; nil for others.
  fileprivate var railed: Situation? {
    switch self {
    case .sourceDeleted: .sourceDeleted
    case .rekeyed: .rekeyed
    default: nil
    }
  }
}
