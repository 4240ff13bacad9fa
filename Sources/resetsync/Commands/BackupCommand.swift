import Formats
import Mirror

extension CommandSpec {
  /// `backup`.
  static let backup = CommandSpec(
    words: ["backup"],
    summary: "copy the mirror to a file while it is in use",
    positionals: [.required("FILE", "where to write the copy")],
    options: [formatOption],
    run: { try await BackupCommand(invocation: $0, world: $1).run() })
}

/// Copies the mirror while it is in use.
struct BackupCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let target = world.path(invocation.operands[0])
    let mirror = try site.openMirror()
    try await mirror.backUp(to: target)
    let flaws = try await Mirror.check(backup: target)
    guard flaws.isEmpty else { return FlawList(flaws).tell(invocation, world) }
    if invocation.wantsJSON {
      world.output.line(JSONValue.object(["backup": .string(target)]).written())
    } else {
      world.output.line("The mirror was copied to \(target) and the copy checked.")
    }
    return .done
  }
}
