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
      OptionSpec("run", .one("ID"), "as things stood after this run"),
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
    let loader = site.reportLoader(mirror, for: form)
    let model: ReportModel
    if let run = invocation.value("run") {
      model = try await loader.load(asOf: try await mirror.run(run))
    } else {
      model = try await loader.load(at: world.time.now)
    }
    if model.openCount > ReportContext.dataConflictsMax {
      world.tell(
        "only the first \(model.conflicts.count) of \(model.openCount) conflicts are listed")
    }
    let bytes = ReportFile(times: site.times(at: model.asOf), style: world.style)
      .bytes(model, form)
    if let path = invocation.value("out") {
      try Files().deliver(bytes, to: world.path(path))
      if model.pastRun == nil {
        try await mirror.setNote(ReportLoader.reportNote, model.asOf.rfc3339Microseconds)
      }
      world.tell("report written to \(world.path(path))")
    } else {
      world.output.write(String(decoding: bytes, as: UTF8.self))
    }
    return .done
  }
}
