import Console
import Effects
import Foundation
import HTTP
import Mirror

extension CommandSpec {
  /// `review`.
  static let review = CommandSpec(
    words: ["review"],
    summary: "serve the review desk on loopback",
    options: [
      OptionSpec("listen", .one("ADDR"), "address and port (127.0.0.1:0)"),
      OptionSpec(
        "password", .one("NAME"),
        "read a password from standard input, print the line of NAME for review.password_file"),
    ],
    run: { try await ReviewCommand(invocation: $0, world: $1).run() })
}

/// Serves the desk until a signal ends it.
struct ReviewCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    if let name = invocation.value("password") { return try printPasswordLine(of: name) }
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let listen = invocation.value("listen") ?? "127.0.0.1:0"
    let server = DeskServer(world: world) { desk, request in await desk.answer(request) }
    let signals = Signals([.interrupt, .terminate])
    let address = try server.start(listen, site, desk: site.desk(mirror, world))
    world.output.line("\(address.url)\(address.entry)")
    world.errors.line(
      "resetsync: the review desk is open at the address above, once; stop it with control-C")
    for await arrival in signals.arrivals {
      server.stop()
      return arrival.signal == .interrupt ? .interrupted : .terminated
    }
    return .done
  }

  /// Prints what lets a person in by name and password; nothing else keeps the password.
  private func printPasswordLine(of name: String) throws -> ExitCode {
    guard !name.isEmpty, !name.contains(where: { $0 == ":" || $0.isNewline }) else {
      throw UsageError("a name has no colon and no line end", command: invocation.command)
    }
    world.tell("type the password of \(name), then Enter")
    guard let password = readLine(), password.count >= Self.passwordCharactersMin else {
      throw Failure(
        .usage, "a password has \(Self.passwordCharactersMin) characters or more",
        hint: "it is read from standard input, one line")
    }
    world.output.line(PasswordFile.line(name: name, password: password, random: world.random))
    return .done
  }

  /// The shortest password that is taken, in characters.
  private static let passwordCharactersMin = 8
}
