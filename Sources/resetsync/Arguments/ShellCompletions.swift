/// Completion scripts of the shells, made from the command table.
struct ShellCompletions: Sendable {
  /// The commands to complete.
  let commands: [CommandSpec]

  private var firstWords: [CommandSpec] { commands.filter { $0.words.count == 1 } }
  private var pairs: [CommandSpec] { commands.filter { $0.words.count == 2 } }

  private func children(of command: CommandSpec) -> [CommandSpec] {
    pairs.filter { $0.words[0] == command.name }
  }

  // MARK: bash

  /// The script for bash.
  var bash: String {
    let names = firstWords.map(\.name) + ["help"]
    let twoWords = pairs.map { "\"\($0.name)\"" }.joined(separator: " | ")
    let values = commands.flatMap { command in
      command.allOptions.compactMap { option in Self.bashValue(option, of: command) }
    }
    let options = commands.map { command in
      let words =
        command.allOptions.map { "--\($0.name)" } + children(of: command).map { $0.words[1] }
      return "    \"\(command.name)\") offers=\"\(words.joined(separator: " "))\" ;;"
    }
    return """
      # Completion of resetsync for bash; made by `resetsync generate bash`.
      _resetsync() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        local command=${COMP_WORDS[1]-} offers=
        case "$command ${COMP_WORDS[2]-}" in
          \(twoWords)) command="$command ${COMP_WORDS[2]}" ;;
        esac
        # bash takes `--option=value` for three words.
        [ "$current" = "=" ] && current=
        [ "$previous" = "=" ] && previous=${COMP_WORDS[COMP_CWORD-2]}
        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
          mapfile -t COMPREPLY < <(compgen -W "\(names.joined(separator: " "))" -- "$current")
          return
        fi
        case "$command $previous" in
      \(values.joined(separator: "\n"))
        esac
        case "$command" in
      \(options.joined(separator: "\n"))
          help) offers="\(names.joined(separator: " "))" ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$offers" -- "$current")
        [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
      }
      complete -o filenames -F _resetsync resetsync

      """
  }

  private static func bashValue(_ option: OptionSpec, of command: CommandSpec) -> String? {
    let place = "    \"\(command.name) --\(option.name)\")"
    switch option.value {
    case .none: return nil
    case .choice(let words):
      let list = words.joined(separator: " ")
      return place + " mapfile -t COMPREPLY < <(compgen -W \"\(list)\" -- \"$current\"); return ;;"
    case .one(let word), .many(let word):
      guard isFile(word) else { return place + " return ;;" }
      return place + " mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return ;;"
    }
  }

  private static func isFile(_ word: String) -> Bool { ["FILE", "F", "DIR"].contains(word) }

  // MARK: zsh

  /// The script for zsh.
  var zsh: String {
    let names = firstWords.map { "    '\($0.name):\(Self.quotedInside($0.summary))'" }
    let parents = firstWords.filter { !children(of: $0).isEmpty }.map { parent in
      let list = children(of: parent).map { "'\($0.words[1]):\(Self.quotedInside($0.summary))'" }
      return "    (\(parent.name)) subcommands=(\(list.joined(separator: " "))) ;;"
    }
    let twoWords = pairs.map { "\"\($0.name)\"" }.joined(separator: "|")
    return """
      #compdef resetsync
      # Completion of resetsync for zsh; made by `resetsync generate zsh`.
      _resetsync() {
        local -a commands subcommands
        commands=(
      \(names.joined(separator: "\n"))
          'help:show the help of a command'
        )
        if (( CURRENT == 2 )); then
          _describe -t commands command commands
          return
        fi
        local command=$words[2]
        case $command in
      \(parents.joined(separator: "\n"))
        esac
        if (( CURRENT == 3 && $#subcommands )) && [[ $words[3] != -* ]]; then
          _describe -t commands subcommand subcommands
          return
        fi
        case "$words[2] $words[3]" in
          (\(twoWords))
            command="$words[2] $words[3]"
            shift words
            (( CURRENT-- ))
            ;;
        esac
        shift words
        (( CURRENT-- ))
        case $command in
      \(commands.map(Self.zshArguments).joined(separator: "\n"))
          (help) _describe -t commands command commands ;;
        esac
      }
      _resetsync "$@"

      """
  }

  private static func zshArguments(_ command: CommandSpec) -> String {
    var words = command.allOptions.map { option in
      let head = "--\(option.name)"
      let text = "[\(quotedInside(option.summary))]"
      switch option.value {
      case .none: return "'\(head)\(text)'"
      case .choice(let list):
        return "'\(head)=\(text):value:(\(list.joined(separator: " ")))'"
      case .one(let word): return "'\(head)=\(text):\(word):\(isFile(word) ? "_files" : " ")'"
      case .many(let word): return "'*\(head)=\(text):\(word):\(isFile(word) ? "_files" : " ")'"
      }
    }
    if !command.positionals.isEmpty { words.append("'*:operand:_files'") }
    let list = words.joined(separator: " \\\n        ")
    return "    (\"\(command.name)\")\n      _arguments \\\n        \(list) ;;"
  }

  /// For a single-quoted word in which brackets have a meaning.
  private static func quotedInside(_ text: String) -> String {
    text.replacing("'", with: "'\\''").replacing("[", with: "\\[").replacing("]", with: "\\]")
  }

  // MARK: fish

  /// The script for fish.
  var fish: String {
    var lines = [
      "# Completion of resetsync for fish; made by `resetsync generate fish`.",
      "complete -c resetsync -f",
    ]
    for command in firstWords {
      lines.append(
        "complete -c resetsync -n __fish_use_subcommand -a \(command.name)"
          + " -d \(Self.fishQuoted(command.summary))")
    }
    for command in commands {
      lines += fishLines(command)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func fishLines(_ command: CommandSpec) -> [String] {
    let condition = command.words.map { "__fish_seen_subcommand_from \($0)" }
      .joined(separator: "; and ")
    let head = "complete -c resetsync -n \(Self.fishQuoted(condition))"
    var lines = children(of: command).map {
      "\(head) -a \($0.words[1]) -d \(Self.fishQuoted($0.summary))"
    }
    lines += command.allOptions.map { option in
      let text = " -l \(option.name) -d \(Self.fishQuoted(option.summary))"
      return switch option.value {
      case .none: head + text
      case .choice(let list): head + text + " -x -a \(Self.fishQuoted(list.joined(separator: " ")))"
      case .one(let word), .many(let word): head + text + (Self.isFile(word) ? " -r -F" : " -x")
      }
    }
    if command.positionals.contains(where: { Self.isFile($0.name) }) { lines.append(head + " -F") }
    return lines
  }

  private static func fishQuoted(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}
