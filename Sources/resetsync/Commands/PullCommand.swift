import Pipeline

extension CommandSpec {
  /// `pull`: resets into the mirror.
  static let pull = CommandSpec(
    words: ["pull"],
    summary: "pull password resets from Commerce Layer into the mirror",
    details: [
      "Asks for what changed since the highest change seen, or for everything with --full. Only a"
        + " complete full pull can show that a reset is gone."
    ],
    options: [
      OptionSpec("full", .none, "pull everything, and look for deleted resets"),
      OptionSpec("wait", .one("DURATION"), "how long to wait for another run to end (0s)"),
      formatOption,
    ],
    run: { try await PullCommand(invocation: $0, world: $1).run() })
}

/// Runs the first stage alone.
struct PullCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    var request = RunRequest(command: "pull", by: world.userName)
    request.pull = invocation.has("full") ? .full : .changes
    let site = try Site.load(invocation, world)
    return ExitCode(
      try await RunCommand(invocation: invocation, world: world, site: site).run(request))
  }
}
