public import Formats

/// What rails must see of a run, item by item, in bounded memory.
public struct RailCheck: Sendable {
  private var counters: RailCounters
  private var comparison: PlanComparison?

  /// Nothing seen yet; `approved` are the digests of updates that an earlier approval covers,
  /// `saved` a plan from which this one may not differ.
  public init(approved: Set<String> = [], saved: PlanFile? = nil) {
    counters = RailCounters(approved: approved)
    comparison = saved.map { PlanComparison($0) }
  }

  /// Takes in one item.
  public mutating func observe(_ assessment: ItemAssessment) {
    counters.add(assessment)
    if let update = assessment.update { comparison?.add(update) }
  }

  /// Takes in an update that comes from no assessment: an undo.
  public mutating func observe(_ update: PlannedUpdate) {
    counters.add(update)
    comparison?.add(update)
  }

  /// The plan of everything that was observed, with what else the run found.
  public func plan(_ tally: Tally) -> Plan {
    Plan(tally: tally, counters: counters, stale: comparison?.difference)
  }
}

/// What a run would send, as far as the rails judge it; the updates stand in the mirror.
public struct Plan: Sendable {
  /// What the run found.
  public let tally: Tally
  /// What rails count in its updates, and the digest of these.
  public let counters: RailCounters
  /// What it and a saved plan differ in, in words; nil when they agree or there is none.
  public let stale: String?
}

/// The rails of one run.
public struct Rails: Sendable {
  /// The limits.
  public var settings: SafetySettings
  /// What is known of each mapping before the run.
  public var mappings: [String: RailContext.MappingFacts]
  /// The consent of people: the plans that they approved.
  public var approvals: [Approval]
  /// Whether the run may send at all: it was not told otherwise, and nobody has paused writing.
  public var sends: Bool
  /// The time of the run.
  public var now: Timestamp

  /// Takes all parts as they are.
  public init(
    settings: SafetySettings, mappings: [String: RailContext.MappingFacts] = [:],
    approvals: [Approval] = [], sends: Bool, now: Timestamp
  ) {
    self.settings = settings
    self.mappings = mappings
    self.approvals = approvals
    self.sends = sends
    self.now = now
  }
}

/// What may leave for the remote.
public enum Sending: Sendable, Hashable {
  /// All planned updates.
  case all
  /// None: the run may not send, or a saved plan differs.
  case none
  /// All but what one of these rails holds back.
  case unless([RailVerdict])

  /// Whether an update may leave.
  public func lets(_ update: PlannedUpdate) -> Bool {
    switch self {
    case .all: true
    case .none: false
    case .unless(let verdicts): rails(holding: update, among: verdicts).isEmpty
    }
  }
}

/// The word of the rails on a plan.
public struct Clearance: Sendable, Hashable {
  /// The digest of the plan, 64 hex digits.
  public let digest: String
  /// What each rail measured.
  public let verdicts: [RailVerdict]
  /// What may leave.
  public let sending: Sending
  /// What the plan and a saved one differ in, in words; nil when they agree or there is none.
  public let stale: String?

  /// Mappings of which too many resets are newly gone.
  public var emptied: Set<String> {
    Set(verdicts.filter { $0.name == .remoteDeleted && $0.blocks }.map(\.mapping))
  }
}

/// Says what of a plan may leave.
public func clear(_ plan: Plan, by rails: Rails) -> Clearance {
  var context = RailContext(mappings: rails.mappings, now: rails.now)
  for (mapping, linked) in plan.tally.linked {
    context.mappings[mapping, default: .init(linkedRows: 0)].linkedRows = linked
  }
  for (mapping, count) in plan.tally.sourceDeletedElsewhere {
    context.mappings[mapping, default: .init(linkedRows: 0)].sourceDeletedElsewhere = count
  }
  for (mapping, count) in plan.tally.rekeyedElsewhere {
    context.mappings[mapping, default: .init(linkedRows: 0)].rekeyedElsewhere = count
  }
  let digest = plan.counters.digest
  context.approval = rails.approvals.first { $0.covers(digest, now: rails.now) }
  let verdicts = judge(plan.counters, settings: rails.settings, context: context)
  let blocking = verdicts.filter(\.blocks)
  let sends = rails.sends && rails.settings.push && plan.stale == nil
  return Clearance(
    digest: digest.hex, verdicts: verdicts,
    sending: !sends ? .none : blocking.isEmpty ? .all : .unless(blocking), stale: plan.stale)
}
