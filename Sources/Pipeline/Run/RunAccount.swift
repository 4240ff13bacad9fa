import CommerceLayer
import Effects
import Engine
import Formats
import Mirror
import Reconciliation

/// The account of a run while it goes on: counts, results, what to tell.
struct RunAccount {
  let parts: RunParts
  let request: RunRequest
  var summary: RunSummary
  private(set) var client: CommerceLayerClient?
  private var countersBefore = RateCounters()
  /// Whether the data that came is that of the configured organisation, as far as was seen.
  private(set) var mayPush = true
  private var results: Set<RunResult> = []
  /// Whether the API answered whatever the run asked so far.
  var mayAsk: Bool { !results.contains(.apiUnavailable) }
  private let startedAt: Double
  /// How the last run of this command ended; nil if there was none, or it did not end.
  private let resultBefore: String?
  /// What the last run of this command that ended told of near misses.
  let nearMissesBefore: [RunSummary.NearMiss]
  /// How many runs are looked through for one that ended.
  private static let runsBefore = 3
  /// What a dry run found and did not store.
  private var planned: [Situation: Int]?

  var id: String { summary.run }

  static func begin(_ parts: RunParts, _ request: RunRequest) async throws -> RunAccount {
    let now = parts.time.now
    let before = try await parts.mirror.runs(command: request.command, limit: Self.runsBefore)
    let id = try await parts.mirror.beginRun(
      command: request.command, isDryRun: request.isDryRun, at: now)
    parts.log.debug("run started", ["run": .text(id), "command": .text(request.command)])
    return RunAccount(
      parts: parts, request: request,
      summary: RunSummary(
        run: id, command: request.command, dryRun: request.isDryRun, startedAt: now),
      startedAt: parts.time.monotonicSeconds, resultBefore: before.first?.result,
      nearMissesBefore: before.lazy.compactMap { $0.summary.flatMap { RunSummary(json: $0) } }
        .first?.nearMisses ?? [])
  }

  private init(
    parts: RunParts, request: RunRequest, summary: RunSummary, startedAt: Double,
    resultBefore: String?, nearMissesBefore: [RunSummary.NearMiss]
  ) {
    self.parts = parts
    self.request = request
    self.summary = summary
    self.startedAt = startedAt
    self.resultBefore = resultBefore
    self.nearMissesBefore = nearMissesBefore
  }

  /// Notes a result and what to tell of it.
  mutating func note(_ result: RunResult, _ message: String) {
    results.insert(result)
    tell(message)
  }

  /// Has the account begin with what makes all the rest doubtful.
  mutating func begin(with headline: String) {
    summary.headline = headline
    results.insert(.inputNotTrusted)
    summary.messages.insert(headline, at: 0)
  }

  /// Notes that an option names nothing, and what there is; nothing is sent by such a run.
  mutating func noteMissing(_ what: String, there: [String]) {
    note(.notThere, what + (there.isEmpty ? "" : "; there is: " + there.joined(separator: "; ")))
    mayPush = false
  }

  /// Notes what the operator should know, whatever the result.
  mutating func tell(_ message: String) {
    if !summary.messages.contains(message) { summary.messages.append(message) }
  }

  /// Counts what a pause keeps from being sent as left, but for what rails withhold anyway.
  mutating func leaveAll() {
    summary.push.skipped += max(0, summary.plan.updates - summary.plan.withheld)
  }

  /// Tells that a person holds all writing back; no failure, and what is due stays due.
  mutating func tell(pausedBy words: String) {
    let left = summary.push.skipped
    tell(words + (left > 0 ? "; \(left) updates stay due" : "") + "; `resetsync resume` ends it")
  }

  /// Does work that needs the API; its failure is noted, and wrong data ends the run.
  mutating func attempt(_ work: (inout RunAccount) async throws -> Void) async throws {
    do {
      try await work(&self)
    } catch let error as APIError {
      try take(error)
    }
  }

  private mutating func take(_ error: APIError) throws {
    switch error.kind {
    case .wrongOrganization, .wrongMode:
      throw RunStop(result: .inputNotTrusted, message: error.description)
    case .paused: tell(pausedBy: error.detail)
    case .cancelled: throw RunStop(result: .stopped, message: "stopped by a signal")
    case .misconfigured, .incompatible, .unreachable, .refusedCredentials, .notPermitted,
      .throttled, .outcomeUnknown, .notFound, .refused:
      note(.apiUnavailable, error.description)
    }
  }

  /// Takes the client whose requests the account counts from now on.
  mutating func use(_ client: CommerceLayerClient) {
    guard self.client == nil else { return }
    self.client = client
    // A daemon's client has served the runs before this one.
    countersBefore = client.counters
  }

  mutating func take(_ result: ReconcileStage.Result) {
    if request.isDryRun { planned = result.outcome.situations }
    summary.plan = result.plan
    summary.undo = result.undo
    summary.rails = zip(result.verdicts, result.outcome.railed.each).map {
      $0.summary(holding: $1)
    }
    summary.conflicts.opened = result.outcome.opened
    summary.conflicts.closed = result.outcome.closed
    summary.conflicts.lapsed = result.outcome.lapsed
    for rail in result.verdicts where rail.blocks {
      if rail.name == .mappingChanged, result.needing.contains(rail.mapping) {
        note(.railTripped, "\(rail.mapping): \(rail.measured) updates wait for an export")
        continue
      }
      guard rail.name.canBeApproved else {
        note(.railTripped, Self.words(ofGone: rail))
        continue
      }
      let isRestored = rail.name == .mappingChanged && result.restored.contains(rail.mapping)
      let cause =
        isRestored
        ? "a backup was restored, so that the first plan waits: \(rail.measured) updates"
        : "rail \(rail.name.rawValue) tripped: \(rail.measured), limit \(rail.limit)"
      let command = request.command(approving: result.plan.digest)
      summary.plan.approval = command
      let spent = result.spentBy.map { "; the approval of this plan was used up by run \($0)" }
      note(
        .railTripped,
        "\(rail.mapping): \(cause)\(spent ?? ""); `\(command)` lets this plan pass")
    }
    if let approved = request.approvedDigest, approved != result.plan.digest,
      !result.verdicts.contains(where: \.approved)
    {
      note(
        .stalePlan,
        "the approved plan \(approved) is not due: it was sent, or something moved since; today's is"
          + " \(result.plan.digest) with \(result.plan.updates) updates")
    }
    if let stale = result.stale {
      note(.stalePlan, "the saved plan is stale: \(stale)")
      mayPush = false
    }
  }

  private static func words(ofGone rail: RailVerdict) -> String {
    "\(rail.mapping): \(rail.measured) linked resets are gone at once (rail \(rail.name.rawValue), limit"
      + " \(rail.limit)); look whether the credentials' role was narrowed or data was wiped before you"
      + " believe it; what else was due here waits for the next run, and once they are back all is as"
      + " before"
  }

  /// Adds what was settled before the plan was made.
  mutating func add(_ push: RunSummary.Push) {
    summary.push.requests += push.requests
    summary.push.attempted += push.attempted
    summary.push.applied += push.applied
    summary.push.failed += push.failed
    summary.push.skipped += push.skipped
  }

  mutating func take(_ result: PushStage.Result) {
    add(result.push)
    if result.push.failed > 0 {
      note(.someFailed, "\(result.push.failed) updates failed; `resetsync conflicts` tells why")
    }
    if let error = result.error, error.kind == .paused {
      tell(pausedBy: error.detail)
    } else if let stopped = result.stopped {
      note(result.error == nil ? .someFailed : .apiUnavailable, "the push stopped: \(stopped)")
    }
  }

  private var isNews: Bool {
    // What fails again and again in the same way was told when it began.
    summary.result.rawValue != resultBefore ?? RunResult.ok.rawValue
      || summary.pull.changed > 0 || summary.pull.full
      || summary.imports.contains { $0.state == "accepted" } || summary.plan.updates > 0
      || summary.push.attempted > 0 || summary.conflicts.opened > 0
      || summary.conflicts.closed > 0 || summary.conflicts.lapsed > 0
  }

  /// Completes the account and stores it.
  mutating func end() async throws -> RunSummary {
    let mirror = parts.mirror
    let stored = Situation.totals(of: try await mirror.situations())
    summary.situations = planned ?? stored
    summary.conflicts.open = try await mirror.openConflicts().reduce(0) { $0 + $1.count }
    if let counters = client?.counters {
      let before = countersBefore
      summary.rate.requests = counters.requests - before.requests
      summary.rate.throttled = counters.throttled - before.throttled
      summary.rate.waitedMilliseconds = counters.waitedMilliseconds - before.waitedMilliseconds
    }
    if request.detailsExit, summary.plan.updates > 0 || summary.conflicts.open > 0 {
      results.insert(.changes)
    }
    if Task.isCancelled { results.insert(.stopped) }
    summary.result = .first(of: results)
    summary.exit =
      summary.result == .stopped ? parts.stopExitCode() : summary.result.exitCode
    let elapsed = parts.time.monotonicSeconds - startedAt
    summary.durationMilliseconds = Int((elapsed * 1_000).rounded())
    try await mirror.endRun(
      id: id,
      RunEnd(
        result: summary.result.rawValue, exit: summary.exit, requests: summary.rate.requests,
        applied: summary.push.applied, failed: summary.push.failed, summary: summary.json),
      at: parts.time.now)
    // A run that changed nothing is no news: a daemon has hundreds of them every day.
    parts.log.write(
      isNews ? .info : .debug, "run ended",
      [
        "run": .text(id), "command": .text(request.command),
        "result": .text(summary.result.rawValue),
        "applied": .int(summary.push.applied), "open_conflicts": .int(summary.conflicts.open),
      ])
    return summary
  }
}
