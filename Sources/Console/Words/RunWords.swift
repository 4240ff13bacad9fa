internal import Reconciliation

/// What a run did, in words that report, summary and status share.
enum RunWords {
  /// What a number of the account counts.
  enum Counted {
    case planned
    case written
    case failed
    case held
    case withheld
    case left
  }

  /// `41 updates written, 0 failed, 7 held`.
  static func push(_ run: RunSummary) -> String {
    pushParts(run).map { $0.number + $0.rest }.joined(separator: ", ")
  }

  /// The same in pieces: each number with its noun, what follows it, and what it counts.
  static func pushParts(
    _ run: RunSummary
  ) -> [(number: String, rest: String, counted: Counted, count: Int)] {
    if run.dryRun {
      let updates = Words.count(run.plan.updates, "update")
      return [("dry run: \(updates)", " planned", .planned, run.plan.updates)] + withheld(run)
    }
    var parts: [(String, String, Counted, Int)] = [
      (Words.count(run.push.applied, "update"), " written", .written, run.push.applied),
      (Words.count(run.push.failed), " failed", .failed, run.push.failed),
    ]
    // "0 held" is never said while something is.
    if run.plan.held > 0 || run.plan.withheld == 0 {
      parts.append((Words.count(run.plan.held), " held", .held, run.plan.held))
    }
    parts += withheld(run)
    if run.push.skipped > 0 {
      parts.append(
        (Words.count(run.push.skipped), " left for the next run", .left, run.push.skipped))
    }
    return parts
  }

  private static func withheld(
    _ run: RunSummary
  ) -> [(number: String, rest: String, counted: Counted, count: Int)] {
    guard run.plan.withheld > 0 else { return [] }
    let rails = Set(run.rails.filter(\.tripped).map(\.name)).count
    return [
      (
        Words.count(run.plan.withheld), rails == 1 ? " withheld by a rail" : " withheld by rails",
        .withheld, run.plan.withheld
      )
    ]
  }

  /// `7 held`, `15 withheld by a rail`, or both.
  static func heldWords(_ run: RunSummary) -> String {
    let railed = withheld(run).map { $0.number + $0.rest }
    let held = run.plan.held > 0 || railed.isEmpty ? ["\(Words.count(run.plan.held)) held"] : []
    return (held + railed).joined(separator: ", ")
  }

  /// `61 requests, 38 s, no throttling`.
  static func cost(_ run: RunSummary) -> String {
    let length = TimeWords.length(Double(run.durationMilliseconds) / 1_000)
    let throttling =
      run.rate.throttled == 0
      ? "no throttling" : "throttled \(Words.count(run.rate.throttled, "time"))"
    return "\(Words.count(run.rate.requests, "request")), \(length), \(throttling)"
  }

  /// What a run did, line by line.
  static func account(_ run: RunSummary) -> [(name: String, value: String)] {
    let plan = run.plan
    let imports = run.imports.map { "\(name(of: $0.file)): \($0.state)" }
    return [
      ("Result", result(run.result)),
      ("Read", read(run.pull)),
      ("Exports", imports.isEmpty ? "none were waiting" : imports.joined(separator: "; ")),
      (
        "Planned",
        "\(Words.count(plan.updates, "update")) of \(Words.count(plan.fields, "value")), "
          + heldWords(run)
      ),
      ("Sent", push(run)),
      (
        "Conflicts",
        "\(Words.count(run.conflicts.open)) open, \(Words.count(run.conflicts.opened)) opened, "
          + "\(Words.count(run.conflicts.closed)) closed, \(Words.count(run.conflicts.lapsed)) lapsed"
      ),
      ("Cost", cost(run)),
    ]
  }

  private static func name(of path: String) -> String {
    VisibleText.of(path.split(separator: "/").last.map(String.init) ?? path)
  }

  private static func read(_ pull: RunSummary.Pull) -> String {
    guard pull.requests > 0 else { return "nothing" }
    return "\(Words.count(pull.rows, "reset")), \(Words.count(pull.changed)) of them changed"
      + (pull.full ? ", all there are" : "") + (pull.complete ? "" : "; not complete")
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
    case .stalePlan: "the plan that was given is stale"
    case .notThere: "what was named isn't there"
    case .stopped: "stopped by a signal"
    case .internalError: "internal error"
    }
  }
}
