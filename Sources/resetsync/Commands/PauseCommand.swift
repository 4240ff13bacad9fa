import Effects
import Formats
import Mirror

extension CommandSpec {
  /// `pause`.
  static let pause = CommandSpec(
    words: ["pause"],
    summary: "write nothing until `resume`",
    details: [
      "Works at once, whatever a run or a reader does with the mirror: a push that is under way ends"
        + " before its next request, and what it did not send stays due. Pulls, imports, plans and"
        + " reports go on."
    ],
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
    let mark = PauseMark(
      mirror: try ConfigurationFile(invocation: invocation, world: world).mirrorPath())
    let by = invocation.value("by") ?? world.userName
    let lost = try mark.pause(Act(by: by, at: world.time.now, reason: invocation.value("reason")))
    if invocation.wantsJSON {
      world.output.line(JSONValue.object(["paused": true, "by": .string(by)]).written())
    } else {
      world.output.line(
        "Paused: no request that writes leaves from now on, until `resetsync resume`.")
    }
    if let lost { world.tell("paused, but who and why could not be kept: \(lost)") }
    return .done
  }
}
