import Effects
import Pipeline

extension CommandSpec {
  /// `daemon`.
  static let daemon = CommandSpec(
    words: ["daemon"],
    summary: "the scheduler and its HTTP endpoints",
    details: [
      "Runs the jobs of `schedule` in the configuration and serves /healthz, /readyz, /metrics, /status, /report and /review."
    ],
    run: { try await DaemonCommand(invocation: $0, world: $1).run() })
}

/// Runs the scheduler and its endpoints until a signal ends them.
struct DaemonCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    _ = try site.daemonSchedule()
    let path = site.configuration.mirrorPath
    try Files().makeFolder(FilePath.folder(of: path))
    let lock = try await RunLock.acquire(
      path + ".daemon.lock", as: .current(command: "daemon", since: world.time.now),
      time: world.time)
    defer { lock.release() }
    return try await Daemon(site, world, reload: { try Site.load(invocation, world) }).run()
  }
}
