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
    options: [OptionSpec("listen", .one("ADDR"), "address and port (127.0.0.1:0)")],
    run: { try await ReviewCommand(invocation: $0, world: $1).run() })
}

/// Serves the desk until a signal ends it.
struct ReviewCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
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
}
