import Effects
import Formats
import Foundation

/// The door: arguments in, exit code out.
@main
enum Door {
  static func main() async {
    StandardDescriptors.fill()
    CoreDumps.forbid()
    Signals.ignoreBrokenPipes()
    let world = World.live()
    let files = FileLimit.raiseLimit()
    guard files >= FileLimit.countMin else {
      let few = Failure(
        .mirrorNeedsPerson, "only \(files) files may be open, \(FileLimit.countMin) are needed",
        hint: "raise the limit: `ulimit -n`, or LimitNOFILE of the unit")
      world.errors.write(few.text)
      _exit(few.exit.rawValue)
    }
    // Not exit(3): its cleaning up crashed under a thread of libcurl that was still connecting.
    // All output is written without buffers, so nothing is lost.
    _exit(await open(arguments, world: world).rawValue)
  }

  /// The words of the command line; names of files in them keep bytes that are no UTF-8.
  private static var arguments: [String] {
    CommandLine.arguments.enumerated().dropFirst().map { place, text in
      guard text.unicodeScalars.contains("\u{FFFD}"),
        let word = unsafe CommandLine.unsafeArgv[place]
      else { return text }
      let bytes = unsafe UnsafeBufferPointer(start: word, count: strlen(word))
      return unsafe FilePath.text(ofBytes: bytes.map { UInt8(bitPattern: $0) })
    }
  }

  /// Runs one command line and says how it ended: in words, as JSON where that was asked for, and
  /// in the exit code, also of output that did not arrive.
  static func open(_ arguments: [String], world: World) async -> ExitCode {
    let exit: ExitCode
    do {
      exit = try await run(arguments, world: world)
    } catch {
      let failure = Failure(describing: error)
      if Self.wantsJSON(arguments), !world.output.isUsed {
        world.output.line(failure.json.written())
      }
      world.errors.write(failure.text)
      exit = failure.exit
    }
    guard let lost = world.output.failure.map(Failure.init(lostOutput:)) else { return exit }
    world.errors.write(lost.text)
    return .first(of: [exit, lost.exit])
  }

  private static func run(_ arguments: [String], world: World) async throws -> ExitCode {
    switch try ArgumentParser(commands: CommandSpec.table).parse(arguments) {
    case .nothing:
      world.errors.write(HelpText(commands: CommandSpec.table).overview)
      return .usage
    case .version:
      world.output.line("resetsync \(Version.text)")
      return .done
    case .help(let words):
      return try help(words, world: world)
    case .run(let invocation):
      return try await invocation.command.run(invocation, world)
    }
  }

  /// Whether JSON is asked for, also by a command line that can't be understood otherwise.
  private static func wantsJSON(_ arguments: [String]) -> Bool {
    let options = arguments.prefix { $0 != "--" }
    return options.contains("--format=json")
      || zip(options, options.dropFirst()).contains { $0 == ("--format", "json") }
  }

  private static func help(_ words: [String], world: World) throws(UsageError) -> ExitCode {
    let help = HelpText(commands: CommandSpec.table)
    guard !words.isEmpty else {
      world.output.write(help.overview)
      return .done
    }
    guard let command = CommandSpec.table.first(where: { $0.words == words }) else {
      _ = try ArgumentParser(commands: CommandSpec.table).parse(words)
      throw UsageError("no help for “\(words.joined(separator: " "))”")
    }
    world.output.write(help.page(of: command))
    return .done
  }
}
