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
    guard let run = invocation.value("run") else {
      switch form {
      case .html, .text: break
      case .json, .csv, .ndjson: return try await stream(form, site, mirror)
      }
      return try await tell(
        try await site.reportLoader(mirror, for: form).load(at: world.time.now), form, site, mirror)
    }
    let model = try await site.reportLoader(mirror, for: form)
      .load(asOf: try await mirror.run(run))
    if model.openCount > ReportContext.dataConflictsMax {
      world.tell(
        "only the first \(model.conflicts.count) of \(model.openCount) conflicts are listed")
    }
    return try await tell(model, form, site, mirror)
  }

  private func tell(
    _ model: ReportModel, _ form: ReportFile.Form, _ site: Site, _ mirror: Mirror
  ) async throws -> ExitCode {
    let bytes = ReportFile(times: site.times(at: model.asOf), style: world.style)
      .bytes(model, form)
    if let path = invocation.value("out") {
      try Files().deliver(bytes, to: world.path(path))
      try await note(model, mirror, path)
    } else {
      world.output.write(String(decoding: bytes, as: UTF8.self))
    }
    return .done
  }

  /// What programs read holds every conflict, and is never in memory as a whole.
  private func stream(
    _ form: ReportFile.Form, _ site: Site, _ mirror: Mirror
  ) async throws -> ExitCode {
    let loader = site.reportLoader(mirror, for: form)
    let model = try await loader.load(at: world.time.now)
    let output = try LongOutput(world, file: invocation.value("out"))
    if form == .json {
      let (head, foot) = ReportJSON.open(model, times: site.times(at: model.asOf))
      try output.write(head)
      var isFirst = true
      try await loader.each(.open) { view in
        try output.write((isFirst ? "" : ",") + ReportJSON.conflict(view))
        isFirst = false
      }
      try output.write(foot + "\n")
    } else {
      if form == .csv { try output.write(ConflictCSV.header) }
      try await loader.each(.open) { view in
        try output.write(form == .csv ? ConflictCSV.row(of: view) : ReportJSON.lines([view]))
      }
    }
    try output.finish()
    if let path = invocation.value("out") { try await note(model, mirror, path) }
    return .done
  }

  /// A report in a file is what the next one is compared with.
  private func note(_ model: ReportModel, _ mirror: Mirror, _ path: String) async throws {
    if model.pastRun == nil {
      try await mirror.setNote(ReportLoader.reportNote, model.asOf.rfc3339Microseconds)
    }
    world.tell("report written to \(world.path(path))")
  }
}
