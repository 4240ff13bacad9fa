import Effects
import Formats
import Mirror

extension CommandSpec {
  /// `backup`.
  static let backup = CommandSpec(
    words: ["backup"],
    summary: "copy the mirror to a file while it is in use",
    positionals: [.required("FILE", "where to write the copy")],
    options: [formatOption],
    run: { try await BackupCommand(invocation: $0, world: $1).run() })
}

/// Copies the mirror while it is in use.
struct BackupCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    // A copy is a database of its own: it takes the place of a file, behind links, and of no other.
    let target = Files().resolved(world.path(invocation.operands[0]))
    if let place = try Files().facts(target), place.kind != .file {
      throw Failure(
        .usage, "\(target) is no regular file", hint: "name a file for the copy, new or old")
    }
    let mirror = try site.openMirror()
    try await mirror.backUp(to: target)
    let flaws = try await Mirror.open(path: target, access: .readOnly).verify()
    guard flaws.isEmpty else { return FlawList(flaws).tell(invocation, world) }
    if invocation.wantsJSON {
      world.output.line(JSONValue.object(["backup": .string(target)]).written())
    } else {
      world.output.line("The mirror was copied to \(target) and the copy checked.")
    }
    return .done
  }
}
