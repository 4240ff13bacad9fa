import Console
import Effects
import Formats
import Mirror
import Reconciliation

extension CommandSpec {
  /// `report`.
  static let report = CommandSpec(
    words: ["report"],
    summary: "write the conflict report",
    options: [
      OptionSpec("format", .choice(["html", "text", "json", "csv", "ndjson"]), "the form (text)"),
      OptionSpec("out", .one("F"), "write to this file instead of standard output"),
      OptionSpec("run", .one("ID"), "as of this run instead of the last"),
    ],
    run: { try await ReportCommand(invocation: $0, world: $1).run() })
}

/// Writes the report to standard output or a file.
struct ReportCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let form = ReportFile.Form(rawValue: invocation.value("format") ?? "text") ?? .text
    var loader = site.reportLoader(mirror)
    if let run = invocation.value("run") {
      loader = site.reportLoader(mirror, run: try await mirror.run(run).id)
    }
    let model = try await loader.load(at: world.time.now)
    let bytes = ReportFile(times: site.times(world), style: world.style).bytes(model, form)
    if let path = invocation.value("out") {
      try Files().write(bytes, to: world.path(path))
      try await mirror.setNote("report.at", world.time.now.rfc3339Microseconds)
      world.errors.line("resetsync: report written to \(world.path(path))")
    } else {
      world.output.write(String(decoding: bytes, as: UTF8.self))
    }
    return .done
  }
}
