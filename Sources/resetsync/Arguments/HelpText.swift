/// The help of the program and of its commands, made from the command table.
struct HelpText: Sendable {
  /// The commands to tell of.
  let commands: [CommandSpec]

  /// The commands in the groups in which a newcomer meets them.
  static let groups: [(title: String, commands: [String])] = [
    ("Start here", ["demo", "init", "check", "preview"]),
    ("Keep in step", ["reconcile", "pull", "import", "daemon", "pause", "resume"]),
    ("Review", ["plan", "conflicts", "report", "review", "explain", "link", "unlink", "undo"]),
    ("Look after it", ["status", "runs", "schedule", "backup", "restore", "verify"]),
    ("Try out", ["sandbox"]),
  ]

  /// What `resetsync` alone prints.
  var overview: String {
    var lines = [
      "resetsync keeps Commerce Layer customer password resets in step with an ERP or CRM.",
      "",
      "usage: resetsync COMMAND [options]",
    ]
    for group in Self.groups {
      let rows: [(String, String)] = group.commands.compactMap { name in
        commands.first { $0.words == [name] }.map { (name, $0.summary) }
      }
      guard !rows.isEmpty else { continue }
      lines += ["", group.title] + Self.table(rows)
    }
    lines += [
      "",
      "`resetsync demo` shows all of it on a simulator, with nothing to configure.",
      "`resetsync help COMMAND` tells the options of a command. --version prints the version.",
      "The configuration is --config FILE, else RESETSYNC_CONFIG, else Config/resetsync.json,",
      "else /etc/resetsync/resetsync.json.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The help of one command, with its subcommands.
  func page(of command: CommandSpec) -> String {
    let operands = command.positionals.map(\.usage)
    let usage = (["usage: resetsync", command.name] + operands + ["[options]"])
    var lines = [command.summary, "", usage.joined(separator: " ")]
    for paragraph in command.details { lines += [""] + Self.wrap(paragraph, width: 88) }
    if !command.positionals.isEmpty {
      lines += [""] + Self.table(command.positionals.map { ($0.name, $0.summary) })
    }
    let children = commands.filter {
      $0.words.count > command.words.count && $0.words.starts(with: command.words)
    }
    if !children.isEmpty {
      lines += ["", "Commands"] + Self.table(children.map { ($0.name, $0.summary) })
    }
    lines += ["", "Options"] + Self.table(command.allOptions.map { ($0.usage, $0.summary) })
    if !command.examples.isEmpty {
      lines += ["", "Examples"]
      for example in command.examples {
        lines += ["  resetsync \(example.line)", "      \(example.does)"]
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Two columns; a long left cell gets a line of its own.
  private static func table(_ rows: [(String, String)]) -> [String] {
    let fitting = rows.map(\.0.count).filter { $0 <= 30 }.max() ?? 0
    return rows.flatMap { name, summary -> [String] in
      if name.count > fitting {
        return ["  \(name)", "  " + String(repeating: " ", count: fitting + 2) + summary]
      }
      let padding = String(repeating: " ", count: fitting - name.count + 2)
      return ["  \(name)\(padding)\(summary)"]
    }
  }

  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
