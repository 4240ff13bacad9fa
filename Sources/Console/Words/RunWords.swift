internal import Reconciliation

/// What a run did, in words that report, summary and status share.
enum RunWords {
  /// `41 updates written, 0 failed, 7 held`.
  static func push(_ run: RunSummary) -> String {
    if run.dryRun { return "dry run: \(Words.count(run.plan.updates, "update")) planned" }
    var words = "\(Words.count(run.push.applied, "update")) written"
    words += ", \(Words.count(run.push.failed)) failed, \(Words.count(run.plan.held)) held"
    if run.push.skipped > 0 { words += ", \(Words.count(run.push.skipped)) left for the next run" }
    return words
  }

  /// `61 requests, 38 s, no throttling`.
  static func cost(_ run: RunSummary) -> String {
    let length = TimeWords.length(Double(run.durationMilliseconds) / 1_000)
    let throttling =
      run.rate.throttled == 0
      ? "no throttling" : "throttled \(Words.count(run.rate.throttled, "time"))"
    return "\(Words.count(run.rate.requests, "request")), \(length), \(throttling)"
  }

  /// How a run ended.
  static func result(_ result: RunResult) -> String {
    switch result {
    case .ok: "done"
    case .changes: "done; changes or conflicts are open"
    case .someFailed: "finished, some records failed"
    case .railTripped: "a rail tripped"
    case .inputNotTrusted: "input was not trusted"
    case .apiUnavailable: "\(SystemNames.remote) was not available"
    case .mirrorNeedsPerson: "the mirror needs a person"
    case .stalePlan: "the saved plan is stale"
    case .stopped: "stopped by a signal"
    case .internalError: "internal error"
    }
  }
}
