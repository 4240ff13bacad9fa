import CommerceLayer
import Formats
import Mirror
import Pipeline
import Reconciliation
import Sandbox

// The ways in which a run comes about, each held against the oracle.
extension History {
  /// A round of runs that the oracle judges.
  func judge(full: Bool, _ round: Int) async throws -> String? {
    if oracle.rules.rail == nil, pick(5) == 0, let flaw = try await underSchedule(isJudged: true) {
      return flaw
    }
    touched = []
    let isCalm = try await trouble(full: full)
    if isCalm, let difference = try await before(full: full) { return difference }
    var planned: RunSummary?
    if isCalm, pick(4) == 0 {
      planned = try await shop.run(full: full) { $0.isDryRun = true }
    }
    tell("run", full ? "full" : "")
    let expected = oracle.run(full: full, at: programSeconds + 1)
    let first = try await shop.run(full: full)
    noteWrites()
    if let planned, planned.plan.digest != first.plan.digest {
      return "the dry run planned \(planned.plan), the run \(first.plan)"
    }
    if isCalm, let difference = try await compare(first, expected) { return difference }
    if isCalm { remember(first) }
    if oracle.rules.rail?.name == "remote_deleted", expected.verdict.blocks {
      happened.insert("rail remote_deleted")
      // What is gone is news once: what waited beside it goes with the next run.
      let resumed = oracle.run(full: full, at: programSeconds + 1)
      let second = try await shop.run(full: full)
      if let difference = try await compare(second, resumed) { return "resumed: " + difference }
      remember(second)
    }
    if let difference = try await settle(first, expected, full) { return difference }
    if let difference = try await whole(round, held: heldCount) { return difference }
    guard isCalm, pick(4) == 0 else { return nil }
    return try await undo()
  }

  /// How many updates a rail holds.
  private var heldCount: Int { heldPlan?.updates.count ?? 0 }

  private func remember(_ summary: RunSummary) {
    if !oracle.lastWritten.isEmpty { written.append((summary.run, oracle.lastWritten)) }
  }

  /// After the run: nothing changed since, so nothing is sent, and nothing planned but what is
  /// held.
  private func settle(
    _ first: RunSummary, _ expected: Oracle.Outcome, _ full: Bool
  ) async throws -> String? {
    let quiet = oracle.run(full: full, at: programSeconds + 1)
    let second = try await shop.run(full: full)
    if second.plan.updates != quiet.held.count || second.push.attempted > 0 {
      return "the second run plans \(second.plan.updates) and sends \(second.push.attempted)"
    }
    if let difference = try await compare(second, quiet) { return "second run: " + difference }
    guard quiet.verdict.blocks else {
      heldPlan = nil
      return nil
    }
    happened.insert("rail \(oracle.rules.rail?.name ?? "")")
    let before = heldPlan
    heldPlan = (second.plan.digest, quiet.plan)
    if let before, pick(3) == 0 {
      // A consent to what was planned in an earlier round.
      return try await approve(before, coversParts: false, full)
    }
    guard pick(3) > 0, let plan = heldPlan else { return nil }
    return try await approve(plan, coversParts: true, full)
  }

  /// Somebody consents to a plan, with a run that goes by it.
  private func approve(
    _ plan: (digest: String, updates: [String: Oracle.Update]), coversParts: Bool, _ full: Bool
  ) async throws -> String? {
    oracle.approve(plan.updates, at: programSeconds + 1, coversParts: coversParts)
    let expected = oracle.run(full: full, at: programSeconds + 1)
    tell("approve", "\(plan.digest.prefix(8)): \(expected.verdict)")
    let summary = try await shop.run(full: full) { $0.approvedDigest = plan.digest }
    if let difference = try await compare(summary, expected, approving: plan.digest) {
      return "approved: " + difference
    }
    if summary.plan.digest != plan.digest, !expected.verdict.isApproved {
      oracle.withdrawApproval(of: plan.updates)
    }
    remember(summary)
    if !expected.verdict.blocks { happened.insert("approved \(oracle.rules.rail?.name ?? "")") }
    let quiet = oracle.run(full: full, at: programSeconds + 1)
    let second = try await shop.run(full: full)
    if second.push.attempted > 0 { return "after an approval it sends once more" }
    heldPlan = quiet.verdict.blocks ? (second.plan.digest, quiet.plan) : nil
    return try await compare(second, quiet).map { "after an approval: " + $0 }
  }

  /// A fault or a crash in a run that is not judged; whether there was none.
  private func trouble(full: Bool) async throws -> Bool {
    // What is left of a crashed run is another plan, which its rail judges otherwise.
    guard oracle.rules.rail == nil else { return true }
    switch pick(4) {
    case 0:
      try await crash(full: full)
      return false
    case 1:
      let faults: [SandboxFault.Action] = [
        .respond(status: 500, body: .object, retryAfter: nil), .closeAfter, .closeBefore,
        .respond(status: 429, body: .object, retryAfter: "1"), .revokeToken,
      ]
      let fault = SandboxFault(one(of: faults))
      shop.sandbox.addFault(fault)
      tell("fault", "\(fault.action)")
      let summary = try await shop.run(full: full)
      shop.sandbox.setFaults([])
      if summary.push.failed > 0, summary.result == .ok {
        throw HistoryFlaw(what: "failed, and yet ok")
      }
      return false
    default: return true
    }
  }

  /// A run that may write nothing, before one that may.
  private func before(full: Bool) async throws -> String? {
    switch pick(8) {
    case 0: try await strangeHouse(full: full)
    case 1: try await paused(full: full)
    case 2: try await savedPlan(full: full, isStale: false)
    case 3: try await savedPlan(full: full, isStale: true)
    default: nil
    }
  }

  /// Another organisation's data: the run stops before it concludes or writes anything.
  private func strangeHouse(full: Bool) async throws -> String? {
    let isOther = pick(2) == 0
    let house = House(
      organization: isOther ? "another" : "sandbox", mode: isOther ? .test : .live)
    tell(isOther ? "wrong organisation" : "wrong mode")
    let (conflicts, situations) = (try await conflictStates(), try await shop.mirror.situations())
    let writes = shop.writes
    let summary = try await shop.run(full: full, at: house)
    guard summary.result == .inputNotTrusted, summary.exit == 5 else {
      return "\(house) was trusted: \(summary.result)"
    }
    let same = try await conflictStates() == conflicts
    guard same, try await shop.mirror.situations() == situations, shop.writes == writes else {
      return "a run for \(house) changed something"
    }
    return nil
  }

  /// While paused, or told not to push, everything is brought up to date and nothing written.
  private func paused(full: Bool) async throws -> String? {
    let isPaused = pick(2) == 0
    tell(isPaused ? "pause" : "no push")
    let act = Act(by: "history", at: shop.now)
    if isPaused { try shop.mirror.pauseMark.pause(act) }
    let writes = shop.writes
    let expected = oracle.run(full: full, at: programSeconds + 1, sends: false)
    let summary = try await shop.run(full: full) { $0.pushes = isPaused }
    if isPaused { _ = try shop.mirror.pauseMark.resume(act) }
    if shop.writes != writes { return "it wrote though it must not" }
    return try await compare(summary, expected).map { "while paused: " + $0 }
  }

  /// A plan that was saved, and applied as it is, or stale by then.
  private func savedPlan(full: Bool, isStale: Bool) async throws -> String? {
    var dry = oracle
    let planned = dry.run(full: full, at: programSeconds + 1)
    let before = try await conflictStates()
    let summary = try await shop.run(full: full) { $0.isDryRun = true }
    guard summary.plan.updates == planned.updates else {
      return "a dry run plans \(summary.plan.updates), expected \(planned.updates)"
    }
    if try await conflictStates() != before { return "a dry run changed conflicts" }
    let file = try await shop.planFile(of: summary)
    // The dry run has pulled, which the trial did not.
    oracle.pull(full: full)
    if isStale { for _ in 0..<3 { edit() } }
    touched = []
    var trial = oracle
    let now = trial.run(full: full, at: programSeconds + 1).plan
    let isSame =
      now.count == planned.plan.count && now.allSatisfy { planned.plan[$0.key] == $0.value }
    tell(isSame ? "saved plan" : "stale plan")
    let expected = oracle.run(full: full, at: programSeconds + 1, sends: isSame)
    let run = try await shop.run(full: full) { $0.savedPlan = file }
    guard !isSame, !expected.verdict.blocks else {
      if isSame { remember(run) }
      return try await compare(run, expected).map { "saved plan: " + $0 }
    }
    guard run.result == .stalePlan, run.exit == 9, run.push.attempted == 0 else {
      return "a stale plan gives \(run.result) and sends \(run.push.attempted)"
    }
    return nil
  }

  /// Somebody takes back what a run wrote; the undo can be undone in turn.
  func undo() async throws -> String? {
    guard !written.isEmpty else { return nil }
    let place = pick(3) == 0 ? pick(written.count) : written.count - 1
    let (run, updates) = written[place]
    let expected = oracle.undo(updates, at: programSeconds + 1)
    tell("undo", "\(run): \(expected.plan)")
    var request = RunRequest(command: "undo", by: "history")
    request.pull = .changes
    request.scope = .undo(run: run)
    let summary = try await shop.run(request)
    if summary.plan.updates != expected.updates {
      return "an undo plans \(summary.plan.updates), expected \(expected.updates)"
    }
    if summary.result != (expected.verdict.blocks ? .railTripped : .ok) {
      return "an undo ends \(summary.result): \(summary.messages)"
    }
    noteWrites()
    remember(summary)
    let next = oracle.run(full: false, at: programSeconds + 1)
    let after = try await shop.run(full: false)
    heldPlan = next.verdict.blocks ? (after.plan.digest, next.plan) : nil
    if let difference = try await compare(after, next) { return "after an undo: " + difference }
    remember(after)
    return nil
  }
}

/// What a history finds wrong in the middle of something.
struct HistoryFlaw: Error {
  let what: String
}
