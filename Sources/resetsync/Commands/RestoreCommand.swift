import Effects
import Formats
import Mirror

extension CommandSpec {
  /// `restore`.
  static let restore = CommandSpec(
    words: ["restore"],
    summary: "put a backup in the place of the mirror",
    details: [
      "The backup is checked first, the mirror in place is kept beside it, and the next run only"
        + " plans. A daemon on this mirror has to be stopped before."
    ],
    positionals: [.required("FILE", "the backup")],
    options: [formatOption],
    run: { try await RestoreCommand(invocation: $0, world: $1).run() })
}

/// Puts a backup in the place of the mirror.
struct RestoreCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let path = site.configuration.mirrorPath
    let backup = world.path(invocation.operands[0])
    // A daemon keeps the mirror open: it would go on with the file that was put aside.
    try await Workbench.withDaemonLock(site, world, command: "restore") {
      try await Workbench.withLock(site, world, command: "restore", waitSeconds: 0) {
        try await Mirror.restore(
          from: backup, to: path, by: world.userName, at: world.time.now)
      }
    }
    if invocation.wantsJSON {
      world.output.line(JSONValue.object(["restored": .string(path)]).written())
    } else {
      world.output.line("\(path) now holds \(backup). The next run plans, and waits for approval.")
    }
    return .done
  }
}
