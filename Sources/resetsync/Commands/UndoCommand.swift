import Pipeline
import Reconciliation

extension CommandSpec {
  /// `undo`.
  static let undo = CommandSpec(
    words: ["undo"],
    summary: "plan and push the inverse of what a run wrote",
    details: ["Only where Commerce Layer still holds what that run wrote; through the same rails."],
    positionals: [.required("RUN", "the run, as listed by `runs`")],
    options: [
      OptionSpec("dry-run", .none, "show the inverse, but send nothing"),
      OptionSpec("approve", .one("DIGEST"), "let the plan with this digest pass its rails"),
      OptionSpec("wait", .one("DURATION"), "how long to wait for another run to end (0s)"),
      formatOption,
    ],
    run: { try await UndoCommand(invocation: $0, world: $1).run() })
}

/// Takes back what a run wrote.
struct UndoCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    var request = RunRequest(command: "undo", by: world.userName)
    request.pull = .changes
    request.scope = .undo(run: invocation.operands[0])
    request.isDryRun = invocation.has("dry-run")
    request.pushes = !request.isDryRun
    request.approvedDigest = invocation.value("approve")
    return ExitCode(
      try await RunCommand(invocation: invocation, world: world, site: site).run(request))
  }
}
