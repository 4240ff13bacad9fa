import Effects
import Formats
import Mirror

extension CommandSpec {
  /// `resume`.
  static let resume = CommandSpec(
    words: ["resume"],
    summary: "end a pause",
    options: [OptionSpec("by", .one("NAME"), "who (the login name)"), formatOption],
    run: { try await ResumeCommand(invocation: $0, world: $1).run() })
}

/// Ends a pause.
struct ResumeCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let mark = PauseMark(
      mirror: try ConfigurationFile(invocation: invocation, world: world).mirrorPath())
    let was = try mark.resume(
      Act(by: invocation.value("by") ?? world.userName, at: world.time.now))
    if invocation.wantsJSON {
      world.output.line(JSONValue.object(["paused": false]).written())
    } else {
      world.output.line(was == nil ? "It was not paused." : "Writing goes on with the next run.")
    }
    return .done
  }
}
