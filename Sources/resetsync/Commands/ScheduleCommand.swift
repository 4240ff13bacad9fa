import Effects
import Formats
import Pipeline

extension CommandSpec {
  /// `schedule`.
  static let schedule = CommandSpec(
    words: ["schedule"],
    summary: "when a cron expression would fire next",
    positionals: [.required("EXPRESSION", "five fields, @hourly …, or @every DURATION")],
    options: [
      OptionSpec("time-zone", .one("Z"), "the zone (that of the configuration, else UTC)"),
      OptionSpec("from", .one("TIME"), "the instant to start from, RFC 3339 (now)"),
      OptionSpec("count", .one("N"), "how many times (5)"),
      formatOption,
    ],
    needsConfiguration: false,
    run: { try await ScheduleCommand(invocation: $0, world: $1).run() })
}

/// Prints the next firing times of an expression.
struct ScheduleCommand {
  let invocation: Invocation
  let world: World

  /// The most times that are printed.
  private static let timesMax = 10_000

  func run() async throws -> ExitCode {
    let expression = try CronExpression(parsing: invocation.operands[0])
    let zone = try ScheduleZone(invocation.value("time-zone") ?? configuredZone() ?? "UTC")
    let count = try invocation.number("count", in: 1...Self.timesMax) ?? 5
    let times = expression.times(after: try start(), in: zone).prefix(count).map(zone.text)
    if invocation.wantsJSON {
      world.output.line(JSONValue.array(times.map { .string($0) }).written())
    } else if times.isEmpty {
      world.output.line("never: no such date comes in the years ahead")
    } else {
      for time in times { world.output.line(time) }
    }
    return .done
  }

  private func start() throws -> Timestamp {
    guard let text = invocation.value("from") else { return world.time.now }
    guard let time = Timestamp(rfc3339: text) else {
      throw UsageError(
        "--from takes an instant such as 2026-03-29T00:00:00+01:00, not “\(text)”",
        command: invocation.command)
    }
    return time
  }

  /// The zone of the configuration, if there is one that can be read.
  private func configuredZone() -> String? {
    try? ConfigurationFile(invocation: invocation, world: world).load().schedule.timeZone
  }
}
