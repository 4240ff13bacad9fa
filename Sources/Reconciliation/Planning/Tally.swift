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

  /// Nothing yet.
  public init() {}

  /// Counts an item.
  public mutating func add(_ assessment: ItemAssessment) {
    items += 1
    if let update = assessment.update { add(update) }
    held += assessment.holds ? 1 : assessment.heldFields
    if assessment.isOneSided, let name = assessment.mapping { oneSided.insert(name) }
    conflicts += assessment.findings.count { $0.resolution == .open }
  }

  /// Counts an update.
  public mutating func add(_ update: PlannedUpdate) {
    updates += 1
    fields += update.fields.count
    if update.reference != nil { fields += 1 }
    if update.referenceOrigin != nil { fields += 1 }
  }
}
