import Effects
import Pipeline

extension CommandSpec {
  /// `daemon`.
  static let daemon = CommandSpec(
    words: ["daemon"],
    summary: "the scheduler and its HTTP endpoints",
    details: [
      "Runs the jobs of `schedule` in the configuration and serves /healthz, /readyz, /metrics,"
        + " /status, /report and /review.",
      "SIGTERM and SIGINT end it after the request in flight, a second one at once; SIGHUP reads"
        + " the configuration again and keeps the old one if the new one is wrong.",
    ],
    run: { try await DaemonCommand(invocation: $0, world: $1).run() })
}

/// Runs the scheduler and its endpoints until a signal ends them.
struct DaemonCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    Signals.ignoreUserSignals()
    let site = try Site.load(invocation, world)
    _ = try site.daemonSchedule()
    return try await Workbench.withDaemonLock(site, world, command: "daemon") {
      try await Daemon(site, world, reload: { try Site.load(invocation, world) }).run()
    }
  }
}
