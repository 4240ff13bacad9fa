import Effects
import Formats
import Mirror
import Reconciliation

/// RECONCILE, CLEAR and RECORD: what is, compared with what should be, becomes a plan; the rails
/// say what of it may leave; all of it is stored in one transaction.
struct ReconcileStage {
  let parts: RunParts
  let run: String
  let request: RunRequest

  /// What came of it.
  struct Result {
    var outcome: ReconcileOutcome
    var plan: RunSummary.Plan
    var verdicts: [RailVerdict]
    /// What a saved plan and this one differ in; nil when they agree or none was asked for.
    var stale: String?
    /// Mappings whose first plan since a restore this is.
    var restored: Set<String> = []
    /// Mappings whose plan waits for an export.
    var needing: Set<String> = []
    /// Mappings whose first reconcile this is, and nobody has approved its plan.
    var firstRuns: Set<String> = []
  }

  func reconcile() async throws -> Result {
    let now = parts.time.now
    let book = try await parts.mirror.knowing(parts.book)
    var order = ReconcileRequest(run: run, now: now, book: book, isDryRun: request.isDryRun)
    if !request.mappings.isEmpty { order.mappings = Set(request.mappings) }
    if case .references(let references) = request.scope { order.references = references }
    let court = try await court(now)
    let outcome = try await parts.mirror.reconcile(
      order,
      assess: { assess($0, rules: book, at: now) },
      consume: { court.hear($0) },
      clear: { court.clear($0) })
    return court.result(outcome)
  }

  /// The court of this run: rails, approvals, a saved plan to compare with.
  func court(_ now: Timestamp) async throws -> Court {
    let approvals = try await approvals(now)
    return Court(
      safety: parts.safety, facts: try await parts.mirror.mappingFacts(book: parts.book),
      approvals: approvals, approvedUpdates: try await parts.mirror.approvedUpdates(at: now),
      request: request, isPaused: try await parts.mirror.pause() != nil, pace: parts.pace,
      now: now)
  }

  /// The approvals that were given with this run or before and have not expired.
  private func approvals(_ now: Timestamp) async throws -> [Approval] {
    if let digest = request.approvedDigest {
      try await parts.mirror.approve(digest: digest, by: request.by, at: now)
    }
    return try await parts.mirror.approvals(at: now)
  }
}

/// Hears every assessment of a run and gives the word of the rails at the end.
///
/// Used by one thread, that of the mirror, for the time of one reconcile.
final class Court: @unchecked Sendable {
  private let safety: SafetySettings
  private let facts: [String: RailContext.MappingFacts]
  private let approvals: [Approval]
  private let request: RunRequest
  private let isPaused: Bool
  private let pace: PushPace?
  private let now: Timestamp
  private var counters: RailCounters
  private var comparison: PlanComparison?
  private var verdicts: [RailVerdict] = []
  private var stale: String?

  init(
    safety: SafetySettings, facts: [String: RailContext.MappingFacts], approvals: [Approval],
    approvedUpdates: Set<String>, request: RunRequest, isPaused: Bool, pace: PushPace?,
    now: Timestamp
  ) {
    self.safety = safety
    self.facts = facts
    self.approvals = approvals
    self.request = request
    self.isPaused = isPaused
    self.pace = pace
    counters = RailCounters(approved: approvedUpdates)
    self.now = now
    comparison = request.savedPlan.map(PlanComparison.init)
  }

  func hear(_ assessment: ItemAssessment) {
    counters.add(assessment)
    if let update = assessment.update { comparison?.add(update) }
  }

  func hear(_ update: PlannedUpdate) {
    counters.add(update)
    comparison?.add(update)
  }

  func clear(_ tally: WalkTally) -> Clearance {
    var context = RailContext(mappings: facts, now: now)
    for (mapping, linked) in tally.linked {
      context.mappings[mapping, default: .init(linkedRows: 0)].linkedRows = linked
    }
    for (mapping, count) in tally.sourceDeletedElsewhere {
      context.mappings[mapping, default: .init(linkedRows: 0)].sourceDeletedElsewhere = count
    }
    for (mapping, count) in tally.rekeyedElsewhere {
      context.mappings[mapping, default: .init(linkedRows: 0)].rekeyedElsewhere = count
    }
    context.approval = approvals.first { $0.covers(counters.digest, now: now) }
    verdicts = judge(counters, settings: safety, context: context)
    stale = comparison?.difference
    return Clearance(
      digest: counters.digest.hex, verdicts: .array(verdicts.map(\.json)), sending: sending,
      emptied: Set(verdicts.filter { $0.name == .remoteDeleted && $0.blocks }.map(\.mapping)))
  }

  private var sending: Sending {
    guard request.pushes, safety.push, !isPaused, stale == nil else { return .none }
    let blocking = verdicts.filter(\.blocks)
    guard !blocking.isEmpty else { return .all }
    return .only { rails(holding: $0, among: blocking).isEmpty }
  }

  func result(_ outcome: ReconcileOutcome) -> ReconcileStage.Result {
    ReconcileStage.Result(
      outcome: outcome, plan: plan(outcome), verdicts: verdicts, stale: stale,
      restored: Set(facts.filter(\.value.wasRestored).keys),
      needing: Set(facts.filter(\.value.needsExport).keys),
      firstRuns: Set(facts.filter(\.value.isFirstRun).keys).subtracting(
        verdicts.filter { $0.name == .firstRun && $0.approved }.map(\.mapping)))
  }

  private func plan(_ outcome: ReconcileOutcome) -> RunSummary.Plan {
    var plan = RunSummary.Plan()
    plan.digest = counters.digest.hex
    plan.updates = outcome.tally.updates
    plan.fields = outcome.tally.fields
    plan.conflicts = outcome.tally.conflicts
    plan.held = outcome.tally.held
    plan.assessed = outcome.tally.groups
    let cost = PlanCost(updates: outcome.tally.updates)
    plan.requests = cost.requests
    if let pace {
      let seconds = cost.expectedSeconds(perMinute: pace.perMinute, burst: pace.burst)
      plan.seconds = Int(seconds.rounded(.up))
    }
    return plan
  }
}

/// Compares a saved plan with the updates of today.
private struct PlanComparison {
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

extension RailVerdict {
  /// The rail as the run summary tells it.
  var summary: RunSummary.Rail {
    RunSummary.Rail(
      name: name.rawValue, mapping: mapping, measured: measured, limit: limit, tripped: blocks)
  }

  /// The rail as the stored plan keeps it.
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(name.rawValue)), ("mapping", .string(mapping)),
      ("measured", .int(measured)), ("limit", .int(limit)), ("tripped", .bool(tripped)),
      ("approved", .bool(approved)),
    ]
    if case .field(_, let metadata) = concerns { members.append(("field", .string(metadata))) }
    return .object(JSONObject(members))
  }
}
