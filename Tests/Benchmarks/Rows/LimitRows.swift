import Formats

/// Pull and push at the published limits, in virtual time.
enum LimitRows {
  /// Resets on both sides, and those with a change to push.
  private static let resets = 10_000
  private static let changed = 1_000

  static func measure(_ bench: Bench) throws -> [Finding] {
    bench.say("pull and push at the limits, in virtual time")
    func run(latency milliseconds: Int) throws -> JSONValue {
      try bench.inner(
        "limits",
        [
          "resets": "\(resets)", "changed": "\(changed)", "seed": "\(bench.options.seed)",
          "latency": "\(milliseconds)", "folder": bench.folder + "/limits",
        ]
      ).1
    }
    let result = try run(latency: 200)
    let slow = try run(latency: 800)
    let compared =
      "the line in one process with a simulator at 100 requests a minute and 25 in 10 s, 0.2 s of"
      + " latency (slow: 0.8 s), on a clock that skips waits"
    func line(
      _ name: String, _ work: String, _ member: String, _ unit: Quantity.Unit, _ goal: Goal,
      of result: JSONValue = result
    ) throws -> Finding {
      Finding(
        name: name, work: work, rates: [try result.figure(member)], unit, goal: goal,
        compared: compared)
    }
    let reads = Double((resets + 24) / 25)
    let preReads = Double((changed + 24) / 25)
    return [
      try line(
        "limits-pull-budget", "pull of \(resets) at the limits: budget used", "pull_budget",
        .percent, .figure(.atLeast, 97)),
      try line(
        "limits-pull-requests", "the same: reads, the least is \(Int(reads))", "pull_requests",
        .requests, .figure(.atMost, reads + 1)),
      try line(
        "limits-push-budget", "push of \(changed) at the limits: budget used", "push_budget",
        .percent, .figure(.atLeast, 97)),
      try line(
        "limits-push-reads", "the same: reads before", "push_reads", .requests,
        .figure(.atMost, preReads)),
      try line(
        "limits-push-writes", "the same: PATCH requests", "push_writes", .requests,
        .figure(.atMost, Double(changed))),
      try line(
        "limits-slow-pull", "pull at the limits of a slow API: budget used", "pull_budget",
        .percent, .figure(.atLeast, 97), of: slow),
      try line(
        "limits-slow-push", "push at the limits of a slow API: budget used", "push_budget",
        .percent, .figure(.atLeast, 97), of: slow),
      try line(
        "limits-slow-refused", "both: answers 429", "refused", .requests, .figure(.atMost, 0),
        of: slow),
      try line(
        "limits-refused", "pull and push: answers 429", "refused", .requests, .figure(.atMost, 0)),
    ]
  }
}
