import Console
import Formats
import Pipeline

extension CommandSpec {
  /// `status`.
  static let status = CommandSpec(
    words: ["status"],
    summary: "runs, freshness, open conflicts, queue and rate budget",
    options: [formatOption],
    run: { try await StatusCommand(invocation: $0, world: $1).run() })
}

/// Shows how things stand.
struct StatusCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let status = try await site.status(try site.openMirror(), world)
    if invocation.wantsJSON {
      world.output.line(status.json.written())
    } else {
      world.output.write(StatusText.text(status, times: site.times(world), style: world.style))
    }
    return .done
  }
}
