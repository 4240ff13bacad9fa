public import Formats

/// Counts what the rails look at, item by item, in bounded memory.
public struct RailCounters: Sendable {
  /// The digest of the updates that were added.
  public private(set) var digest = PlanDigest()
  private var mappings: [String: MappingCount] = [:]
  /// Digests of updates that an earlier approval covers.
  private let approved: Set<String>

  /// How many different values of one field are told apart; a value that first appears later is
  /// not counted by `same_value`.
  public static let valuesPerFieldMax = 10_000

  fileprivate struct MappingCount: Sendable {
    var updates = 0
    /// Whether there are updates that no earlier approval covers, and the fields that they write.
    var isBeyond = false
    var fieldsBeyond: Set<String> = []
    var clears = 0
    var sourceDeleted = 0
    /// Those among them that the run before did not see.
    var sourceDeletedNew = 0
    var remoteDeleted = 0
    var rekeyed = 0
    /// Those among them that the run before did not see.
    var rekeyedNew = 0
    var fields: [String: Int] = [:]
    var values: [String: [String: Int]] = [:]

    mutating func add(_ update: PlannedUpdate, isBeyond: Bool) {
      updates += 1
      if isBeyond { self.isBeyond = true }
      if update.fields.contains(where: \.clears) { clears += 1 }
      for write in update.fields {
        fields[write.metadata, default: 0] += 1
        if isBeyond { fieldsBeyond.insert(write.metadata) }
        RailCounters.count(write.value.digest, in: &values[write.metadata, default: [:]])
      }
    }
  }

  private static func count(_ value: String, in known: inout [String: Int]) {
    guard known.count >= valuesPerFieldMax else {
      known[value, default: 0] += 1
      return
    }
    if let times = known[value] { known[value] = times + 1 }
  }

  /// Nothing counted; `approved` are the digests of updates that an earlier approval covers.
  public init(approved: Set<String> = []) { self.approved = approved }

  /// Counts one item; a deleted record or a new key that a person has decided about counts no more.
  ///
  /// Only what the run before did not see is news: what stands since then has passed its rail, or
  /// is among what that withheld (`MappingFacts.sourceDeletedHeld`).
  public mutating func add(_ assessment: ItemAssessment) {
    if let update = assessment.update { add(update) }
    guard let mapping = assessment.mapping else { return }
    switch assessment.situation {
    case .sourceDeleted where assessment.isUnsettled(.sourceDeleted):
      mappings[mapping, default: MappingCount()].sourceDeleted += 1
      if assessment.previous != .sourceDeleted {
        mappings[mapping, default: MappingCount()].sourceDeletedNew += 1
      }
    case .remoteDeleted where assessment.previous != .remoteDeleted:
      mappings[mapping, default: MappingCount()].remoteDeleted += 1
    case .rekeyed where assessment.isUnsettled(.rekeyed):
      mappings[mapping, default: MappingCount()].rekeyed += 1
      if assessment.previous != .rekeyed {
        mappings[mapping, default: MappingCount()].rekeyedNew += 1
      }
    default: break
    }
  }

  /// Counts one update that comes from no assessment: an undo, a saved plan.
  public mutating func add(_ update: PlannedUpdate) {
    digest.add(update)
    let isBeyond = approved.isEmpty || !approved.contains(update.digest)
    // In place: a copy of the counts would be a copy of all values, for each update.
    mappings[update.mapping, default: MappingCount()].add(update, isBeyond: isBeyond)
  }

  /// The mappings with anything counted, in order.
  public var countedMappings: [String] { mappings.keys.sorted() }

  fileprivate func count(_ mapping: String) -> MappingCount { mappings[mapping] ?? MappingCount() }
}

extension ItemAssessment {
  /// Whether nobody has decided about the finding of this kind yet.
  fileprivate func isUnsettled(_ kind: ConflictKind) -> Bool {
    guard let finding = findings.first(where: { $0.kind == kind }) else { return true }
    switch finding.effect {
    case .open, .refused: return true
    case .planned, .waiting, .settled, .standing: return false
    }
  }
}

/// What the rails must know beside the plan.
public struct RailContext: Sendable {
  /// What is known of one mapping.
  public struct MappingFacts: Sendable, Hashable {
    /// How many links are active.
    public var linkedRows: Int
    /// Whether this is its first reconcile.
    public var isFirstRun: Bool
    /// Whether its rules changed since the last run that was free to push.
    public var rulesChanged: Bool
    /// Whether a backup took the mirror's place since: what the backup knows is the past, so that
    /// `mapping_changed` holds its first plan even where that rail is off.
    public var wasRestored: Bool
    /// Whether its records are not what its rules make of them until an export comes:
    /// `mapping_changed` holds its plans until then, and no approval lets them pass.
    public var needsExport: Bool
    /// Undecided `source_deleted` items that this run didn't look at.
    public var sourceDeletedElsewhere: Int
    /// Undecided `rekeyed` items that this run didn't look at.
    public var rekeyedElsewhere: Int
    /// What `source_deleted` measured when it tripped in the last run; 0 if it let the plan go.
    public var sourceDeletedHeld: Int
    /// What `rekeyed` measured when it tripped in the last run; 0 if it let the plan go.
    public var rekeyedHeld: Int

    /// Takes the figures as they are.
    public init(
      linkedRows: Int, isFirstRun: Bool = false, rulesChanged: Bool = false,
      wasRestored: Bool = false, needsExport: Bool = false, sourceDeletedElsewhere: Int = 0,
      rekeyedElsewhere: Int = 0, sourceDeletedHeld: Int = 0, rekeyedHeld: Int = 0
    ) {
      self.linkedRows = linkedRows
      self.isFirstRun = isFirstRun
      self.rulesChanged = rulesChanged
      self.wasRestored = wasRestored
      self.needsExport = needsExport
      self.sourceDeletedElsewhere = sourceDeletedElsewhere
      self.rekeyedElsewhere = rekeyedElsewhere
      self.sourceDeletedHeld = sourceDeletedHeld
      self.rekeyedHeld = rekeyedHeld
    }
  }

  /// The facts by mapping.
  public var mappings: [String: MappingFacts]
  /// The consent of a person, if one was given.
  public var approval: Approval?
  /// The time of the run.
  public var now: Timestamp

  /// Takes all parts as they are.
  public init(mappings: [String: MappingFacts], approval: Approval? = nil, now: Timestamp) {
    self.mappings = mappings
    self.approval = approval
    self.now = now
  }
}

/// Judges a plan by every rail, for each mapping: one verdict per rail that is on, tripped or not.
///
/// Of `same_field` and `same_value` there is one verdict per field that trips, or else one for the
/// field that comes nearest to it.
public func judge(
  _ counters: RailCounters, settings: SafetySettings, context: RailContext
) -> [RailVerdict] {
  let names = Set(context.mappings.keys).union(counters.countedMappings).sorted()
  let approved = context.approval?.covers(counters.digest, now: context.now) ?? false
  return names.flatMap { name in
    MappingRails(
      mapping: name, count: counters.count(name),
      facts: context.mappings[name] ?? RailContext.MappingFacts(linkedRows: 0),
      settings: settings, approved: approved
    ).verdicts
  }
}

/// The rails that hold back an update; empty when it may go.
public func rails(holding update: PlannedUpdate, among verdicts: [RailVerdict]) -> [RailVerdict] {
  verdicts.filter { $0.blocks && $0.concerns.concerns(update) }
}

/// The judgement for one mapping.
private struct MappingRails {
  let mapping: String
  let count: RailCounters.MappingCount
  let facts: RailContext.MappingFacts
  let settings: SafetySettings
  let approved: Bool

  var verdicts: [RailVerdict] {
    RailName.allCases.flatMap { rail -> [RailVerdict] in
      if rail.waitsForSecondRun, facts.isFirstRun { return [] }
      switch rail {
      case .updates: return figure(rail, count.updates)
      case .clears: return figure(rail, count.clears)
      case .sourceDeleted:
        return figure(
          rail,
          Self.news(
            count.sourceDeletedNew, facts.sourceDeletedHeld,
            of: count.sourceDeleted + facts.sourceDeletedElsewhere))
      case .remoteDeleted: return figure(rail, count.remoteDeleted)
      case .rekeyed:
        return figure(
          rail,
          Self.news(
            count.rekeyedNew, facts.rekeyedHeld, of: count.rekeyed + facts.rekeyedElsewhere))
      case .sameField:
        return worst(
          rail, of: facts.linkedRows, count.fields.map { (field: $0.key, measured: $0.value) })
      case .sameValue:
        return worst(
          rail, of: count.updates,
          count.values.map { (field: $0.key, measured: $0.value.values.max() ?? 0) })
      case .mappingChanged:
        let holds = facts.wasRestored || facts.needsExport
        return flag(
          rail, holds || facts.rulesChanged && !facts.isFirstRun, isOn: holds || settings.isOn(rail)
        )
      case .firstRun: return flag(rail, facts.isFirstRun, isOn: settings.isOn(rail))
      }
    }
  }

  /// What this run finds, with what the rail held before and nobody has approved or decided since.
  private static func news(_ found: Int, _ held: Int, of undecided: Int) -> Int {
    min(found + held, undecided)
  }

  private func figure(_ rail: RailName, _ measured: Int) -> [RailVerdict] {
    guard let limit = settings.limit(rail) else { return [] }
    return [verdict(rail, measured, limit.passes(rail, of: facts.linkedRows), .mapping(mapping))]
  }

  private func worst(
    _ rail: RailName, of population: Int, _ fields: [(field: String, measured: Int)]
  ) -> [RailVerdict] {
    guard let limit = settings.limit(rail) else { return [] }
    let most = limit.passes(rail, of: population)
    let ranked = fields.sorted { ($1.measured, $0.field) < ($0.measured, $1.field) }
    let verdicts = ranked.map {
      verdict(rail, $0.measured, most, .field(mapping: mapping, metadata: $0.field))
    }
    let tripped = verdicts.filter(\.tripped)
    if !tripped.isEmpty { return tripped }
    return [verdicts.first ?? verdict(rail, 0, most, .mapping(mapping))]
  }

  /// A rail that trips on any update at all while its condition holds.
  private func flag(_ rail: RailName, _ holds: Bool, isOn: Bool) -> [RailVerdict] {
    guard isOn else { return [] }
    return [verdict(rail, holds ? count.updates : 0, 0, .mapping(mapping))]
  }

  private func verdict(
    _ rail: RailName, _ measured: Int, _ limit: Int, _ concerns: RailConcern
  ) -> RailVerdict {
    let tripped = measured > limit
    return RailVerdict(
      name: rail, mapping: mapping, measured: measured, limit: limit, tripped: tripped,
      approved: tripped && rail.canBeApproved && !isWaiting(rail)
        && (approved || isLeftOver(concerns)),
      concerns: concerns)
  }

  private func isWaiting(_ rail: RailName) -> Bool {
    rail == .mappingChanged && facts.needsExport
  }

  /// Whether all that would be held back belongs to a plan that was approved before: an approval is
  /// a ceiling, and what is left of its plan is below it.
  private func isLeftOver(_ concerns: RailConcern) -> Bool {
    switch concerns {
    case .mapping: count.updates > 0 && !count.isBeyond
    case .field(_, let field): !count.fieldsBeyond.contains(field)
    }
  }
}
