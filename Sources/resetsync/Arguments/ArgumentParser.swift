import Formats

/// A command line that can't be understood; exit code 64.
struct UsageError: Error, Sendable {
  /// What is wrong.
  let message: String
  /// The command whose help would tell more.
  let command: String?

  init(_ message: String, command: CommandSpec? = nil) {
    self.message = message
    self.command = command?.name
  }
}

/// What a command line asks for.
enum Request: Sendable {
  /// Run a command.
  case run(Invocation)
  /// Show the overview, or the help of the commands whose words begin so.
  case help([String])
  /// Show the version.
  case version
  /// No command at all, as where a variable of a script was empty.
  case nothing
}

/// Turns arguments into a request after the GNU conventions: long options with `=` or a
/// following value, operands anywhere, `--` to end options.
struct ArgumentParser: Sendable {
  /// The commands there are.
  let commands: [CommandSpec]

  /// The most arguments that are read; a shell glob may hand over many.
  static let argumentsMax = 20_000

  /// Parses the arguments after the program's name.
  func parse(_ arguments: [String]) throws(UsageError) -> Request {
    guard arguments.count <= Self.argumentsMax else {
      throw UsageError("more than \(Self.argumentsMax) arguments")
    }
    guard let first = arguments.first else { return .nothing }
    switch first {
    case "-h", "--help": return .help([])
    case "--version": return .version
    case "help": return .help(Array(arguments.dropFirst().filter { !$0.hasPrefix("-") }))
    default: break
    }
    let (command, rest) = try findCommand(arguments)
    if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "-h" || $0 == "--help" }) {
      return .help(command.words)
    }
    return .run(try parseOptions(rest, of: command))
  }

  /// The command with the longest matching words, and what follows them.
  private func findCommand(
    _ arguments: [String]
  ) throws(UsageError) -> (CommandSpec, [String]) {
    let matches = commands.filter { arguments.starts(with: $0.words) }
    if let best = matches.max(by: { $0.words.count < $1.words.count }) {
      return (best, Array(arguments.dropFirst(best.words.count)))
    }
    let first = arguments[0]
    if first.hasPrefix("-") {
      throw UsageError("a command comes first; “\(first)” is an option")
    }
    let names = Set(commands.map { $0.words[0] })
    var message = "unknown command “\(first)”"
    if let near = nearestName(to: first, among: names.sorted()) {
      message += "; did you mean “\(near)”?"
    }
    throw UsageError(message)
  }

  private func parseOptions(
    _ arguments: [String], of command: CommandSpec
  ) throws(UsageError) -> Invocation {
    var operands: [String] = []
    var values: [String: [String]] = [:]
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      let (option, inline) = try findOption(argument, of: command)
      values[option.name, default: []] += try value(
        of: option, inline: inline, rest: &rest, command: command)
    }
    try check(operands, of: command)
    return Invocation(command: command, operands: operands, values: values)
  }

  private func findOption(
    _ argument: String, of command: CommandSpec
  ) throws(UsageError) -> (OptionSpec, String?) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0].drop { $0 == "-" })
    guard argument.hasPrefix("--"),
      let option = command.allOptions.first(where: { $0.name == name })
    else {
      var message = "\(command.name) has no option “\(parts[0])”"
      let known = command.allOptions.map(\.name)
      if let near = nearestName(to: name, among: known) {
        message += "; did you mean “--\(near)”?"
      }
      throw UsageError(message, command: command)
    }
    return (option, parts.count == 2 ? String(parts[1]) : nil)
  }

  private func value(
    of option: OptionSpec, inline: String?, rest: inout ArraySlice<String>, command: CommandSpec
  ) throws(UsageError) -> [String] {
    if option.value == .none {
      guard inline == nil else {
        throw UsageError("--\(option.name) takes no value", command: command)
      }
      return []
    }
    guard let value = inline ?? rest.popFirst() else {
      throw UsageError("--\(option.name) needs a value: \(option.usage)", command: command)
    }
    if case .choice(let words) = option.value, !words.contains(value) {
      throw UsageError(
        "--\(option.name) is one of \(words.joined(separator: ", ")), not “\(value)”",
        command: command)
    }
    return [value]
  }

  private func check(_ operands: [String], of command: CommandSpec) throws(UsageError) {
    let least = command.positionals.map(\.count.lowerBound).reduce(0, +)
    let most = command.positionals.map(\.count.upperBound).reduce(0, +)
    if operands.count < least {
      let wanted = command.positionals.map(\.usage).joined(separator: " ")
      throw UsageError("\(command.name) needs \(wanted)", command: command)
    }
    if operands.count > most {
      let surplus = operands[most]
      throw UsageError("\(command.name) does not take “\(surplus)”", command: command)
    }
  }
}
