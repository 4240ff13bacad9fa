import Effects
import Formats
import Mirror

extension CommandSpec {
  /// `pause`.
  static let pause = CommandSpec(
    words: ["pause"],
    summary: "write nothing until `resume`",
    options: [
      OptionSpec("reason", .one("TEXT"), "why"),
      OptionSpec("by", .one("NAME"), "who (the login name)"), formatOption,
    ],
    run: { try await PauseCommand(invocation: $0, world: $1).run() })
}

/// Throws the kill switch.
struct PauseCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let mirror = try Site.load(invocation, world).openMirror()
    let by = invocation.value("by") ?? world.userName
    try await mirror.setPause(
      Act(by: by, at: world.time.now, reason: invocation.value("reason")))
    if invocation.wantsJSON {
      world.output.line(JSONValue.object(["paused": true, "by": .string(by)]).written())
    } else {
      world.output.line("Paused: nothing is written until `resetsync resume`.")
    }
    return .done
  }
}
