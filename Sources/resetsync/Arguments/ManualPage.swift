/// The manual page `resetsync(1)`, made from the command table in the language of man(7).
struct ManualPage: Sendable {
  /// The commands to describe.
  let commands: [CommandSpec]

  /// The page.
  var text: String {
    var lines = [
      ".\\\" Made by `resetsync generate man`.",
      ".TH RESETSYNC 1 \"\" \"resetsync \(Version.text)\" \"User Commands\"",
      ".SH NAME",
      "resetsync \\- keep Commerce Layer customer password resets in step with an ERP or CRM",
      ".SH SYNOPSIS", ".B resetsync", ".I COMMAND", "[options]",
      ".SH DESCRIPTION",
      Self.escaped(
        "Pulls the password resets of a Commerce Layer organisation into a local mirror, imports"
          + " the exports that an ERP or CRM drops as files, decides field by field with a"
          + " three-way merge, pushes metadata back, and keeps a log of the conflicts that people"
          + " decide. `resetsync demo` shows all of it with nothing to configure."),
      ".SH COMMANDS",
    ]
    for command in commands { lines += section(command) }
    lines += Self.exitStatus + Self.tail
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ command: CommandSpec) -> [String] {
    let usage = ([command.name] + command.positionals.map(\.usage)).joined(separator: " ")
    var lines = [".SS \"\(Self.escaped(usage))\"", Self.escaped(command.summary + ".")]
    for paragraph in command.details { lines += [".PP", Self.escaped(paragraph)] }
    for operand in command.positionals {
      lines += [".TP", ".I \(Self.escaped(operand.name))", Self.escaped(operand.summary)]
    }
    for option in command.allOptions where option != CommandSpec.helpOption {
      lines += [".TP", ".B \(Self.escaped(option.usage))", Self.escaped(option.summary)]
    }
    for example in command.examples {
      lines += [
        ".TP", ".B \(Self.escaped("resetsync \(example.line)"))", Self.escaped(example.does),
      ]
    }
    return lines
  }

  private static var exitStatus: [String] {
    [".SH EXIT STATUS"]
      + ExitCode.allCases.flatMap { [".TP", ".B \($0.rawValue)", escaped($0.words)] }
  }

  private static let tail = [
    ".SH ENVIRONMENT",
    ".TP", ".B RESETSYNC_CONFIG", "The configuration file, unless \\-\\-config names one.",
    ".TP", ".B NO_COLOR", "If set, nothing is coloured and no progress is drawn.",
    ".TP", ".B NOTIFY_SOCKET, WATCHDOG_USEC", "Set by systemd; see sd_notify(3).",
    ".SH FILES",
    ".TP", ".I Config/resetsync.json, /etc/resetsync/resetsync.json",
    "The configuration, looked for in this order.",
    ".SH SEE ALSO", "systemd.service(5), crontab(5)",
  ]

  /// Text in which nothing is taken for a request, and dashes stay what was typed.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("\"", with: "\\(dq")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}

extension ExitCode {
  /// What the code says, in a line.
  var words: String {
    switch self {
    case .done: "done"
    case .internalError: "unexpected internal error"
    case .changesOrConflicts: "with --detailed-exitcode: the plan has changes or conflicts are open"
    case .someFailed: "finished, some records failed"
    case .railTripped: "a rail tripped; the rest was done"
    case .inputNotTrusted: "input not trusted: an export refused, a wrong organisation or mode"
    case .apiUnavailable: "the API is unreachable, refused the credentials, or kept limiting"
    case .mirrorNeedsPerson:
      "the mirror or an output needs a person: corrupt, newer version, can't be written"
    case .locked: "another run, or another program, holds the mirror"
    case .stalePlan: "the saved or approved plan is stale"
    case .usage: "the command line can't be understood, or names what isn't there"
    case .configuration: "the configuration is wrong"
    case .interrupted: "stopped by SIGINT after winding down"
    case .terminated: "stopped by SIGTERM after winding down"
    }
  }
}
