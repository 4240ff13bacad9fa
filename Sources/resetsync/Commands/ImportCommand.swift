import Pipeline
import Reconciliation

extension CommandSpec {
  /// `import`: exports into the mirror.
  static let importExports = CommandSpec(
    words: ["import"],
    summary: "import waiting exports into the mirror",
    details: [
      "An export is taken whole or not at all. A file that was accepted before is left alone; a"
        + " refused one stays where it is, and --accept with its SHA-256 lets exactly it through."
    ],
    positionals: [.several("MAPPING", "the mappings to import for; all unless given")],
    options: [
      OptionSpec("file", .one("FILE"), "import this file instead of those that wait"),
      OptionSpec("accept", .one("SHA256"), "let the export with this SHA-256 pass its guards"),
      OptionSpec("wait", .one("DURATION"), "how long to wait for another run to end (0s)"),
      formatOption,
    ],
    run: { try await ImportCommand(invocation: $0, world: $1).run() })
}

/// Runs the second stage alone.
struct ImportCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    var request = RunRequest(command: "import", by: world.userName)
    let mappings = try site.mappings(named: invocation.operands)
    request.acceptedExport = invocation.value("accept")
    if let path = invocation.value("file") {
      guard let mapping = mappings.first, mappings.count == 1 else {
        throw UsageError(
          "--file needs the mapping to import it for: import MAPPING --file FILE",
          command: invocation.command)
      }
      request.imports = .file(path: world.path(path), mapping: mapping.name)
    } else {
      request.imports = .waiting(mappings: mappings.map(\.name))
    }
    return ExitCode(
      try await RunCommand(invocation: invocation, world: world, site: site).run(request))
  }
}
