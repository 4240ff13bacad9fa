import Formats
import Mirror

extension CommandSpec {
  /// `verify`.
  static let verify = CommandSpec(
    words: ["verify"],
    summary: "check database, journal chain and accounts",
    options: [formatOption],
    run: { try await VerifyCommand(invocation: $0, world: $1).run() })
}

/// Checks the mirror from end to end.
struct VerifyCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let flaws = try await site.openMirror().verify()
    return FlawList(flaws).tell(invocation, world)
  }
}

/// What a check found, printed; exit 7 if it is anything.
struct FlawList {
  private let flaws: [Flaw]

  init(_ flaws: [Flaw]) { self.flaws = flaws }

  func tell(_ invocation: Invocation, _ world: World) -> ExitCode {
    if invocation.wantsJSON {
      let rows = flaws.map { flaw in
        JSONValue.object(["check": .string(flaw.check), "message": .string(flaw.message)])
      }
      world.output.line(
        JSONValue.object(["ok": .bool(flaws.isEmpty), "flaws": .array(rows)]).written())
    } else if flaws.isEmpty {
      world.output.line(
        "The mirror is sound: database, references, journal chain, counts, no secrets.")
    } else {
      for flaw in flaws { world.output.line("\(flaw.check): \(flaw.message)") }
      world.errors.line("resetsync: restore a backup: resetsync restore FILE")
    }
    return flaws.isEmpty ? .done : .mirrorNeedsPerson
  }
}
