extension CommandSpec {
  /// `generate`: for packagers, so that no newcomer meets it in the overview.
  static let generate = CommandSpec(
    words: ["generate"],
    summary: "print a completion script or the manual page",
    positionals: [.required("KIND", "bash, zsh, fish or man")],
    examples: [
      (
        "generate bash > /usr/share/bash-completion/completions/resetsync",
        "completes commands and options in bash"
      )
    ],
    needsConfiguration: false,
    run: { try GenerateCommand(invocation: $0, world: $1).run() })
}

/// Prints what is made from the command table.
struct GenerateCommand {
  let invocation: Invocation
  let world: World

  func run() throws -> ExitCode {
    let completions = ShellCompletions(commands: CommandSpec.table)
    switch invocation.operands[0] {
    case "bash": world.output.write(completions.bash)
    case "zsh": world.output.write(completions.zsh)
    case "fish": world.output.write(completions.fish)
    case "man": world.output.write(ManualPage(commands: CommandSpec.table).text)
    case let other:
      throw UsageError(
        "generate takes bash, zsh, fish or man, not “\(other)”", command: invocation.command)
    }
    return .done
  }
}
