import Console
import Formats
import Mirror
import Reconciliation

extension CommandSpec {
  /// `runs`: the run history.
  static let runs = CommandSpec(
    words: ["runs"], summary: "the history of runs",
    options: [OptionSpec("limit", .one("N"), "at most so many (20)"), formatOption],
    run: { try await RunsListCommand(invocation: $0, world: $1).run() })

  /// `runs list`.
  static let runsList = CommandSpec(
    words: ["runs", "list"], summary: "list the last runs",
    options: [OptionSpec("limit", .one("N"), "at most so many (20)"), formatOption],
    run: { try await RunsListCommand(invocation: $0, world: $1).run() })

  /// `runs show ID`.
  static let runsShow = CommandSpec(
    words: ["runs", "show"], summary: "show one run: counts, timings, requests, what it wrote",
    positionals: [.required("ID", "the run, as listed")],
    options: [formatOption],
    run: { try await RunsShowCommand(invocation: $0, world: $1).run() })
}

/// Lists the last runs.
struct RunsListCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let runs = try await mirror.runs(limit: try invocation.number("limit", in: 1...10_000) ?? 20)
    if invocation.wantsJSON {
      world.output.line(JSONValue.array(runs.map(\.json)).written())
    } else {
      world.output.write(RunText.list(runs, times: site.times(world), style: world.style))
    }
    return .done
  }
}

/// Shows the account of one run and what the journal holds of it.
struct RunsShowCommand {
  /// Entries of the journal that are shown, the newest of the run.
  private static let journalLinesMax = 10_000

  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    let run = try await mirror.run(invocation.operands[0])
    guard let document = run.summary else {
      world.output.line(
        "run \(run.id) (\(run.command)) has no account: it is running, or was killed")
      return .done
    }
    let journal = try await mirror.journalLines(run: run.id, limit: Self.journalLinesMax)
    if invocation.wantsJSON {
      var members = document.objectValue ?? [:]
      members["journal"] = .array(journal.map { $0.json(site.masking) })
      world.output.line(members.written())
      return .done
    }
    if let summary = RunSummary(json: document) {
      world.output.write(
        RunText.summary(summary, times: site.times(world), style: world.style))
    }
    let times = site.times(world)
    guard !journal.isEmpty else { return .done }
    world.output.line("\nWhat it did")
    for line in journal { world.output.line("  " + line.text(site.masking, times: times)) }
    return .done
  }
}
