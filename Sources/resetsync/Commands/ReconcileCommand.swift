import Effects
import Pipeline
import Reconciliation

extension CommandSpec {
  /// `reconcile`: the whole line, once.
  static let reconcile = CommandSpec(
    words: ["reconcile"],
    summary: "pull, import, match, merge and push in one run",
    details: [
      "Pulls what changed at Commerce Layer, imports waiting exports, decides every field with a"
        + " three-way merge, checks the plan against the rails, pushes it and prints the account."
        + " A second run with nothing changed plans nothing and sends nothing.",
      "When a rail trips, what it concerns is withheld and the command that approves the plan is"
        + " printed; an approval lets through that plan and nothing more, for 24 hours.",
    ],
    options: [
      OptionSpec("dry-run", .none, "plan and judge, but send nothing"),
      OptionSpec("no-pull", .none, "use the resets as mirrored"),
      OptionSpec("no-import", .none, "use the records as mirrored"),
      OptionSpec("no-push", .none, "store plan and conflicts, but send nothing"),
      OptionSpec("full", .none, "pull everything instead of what changed"),
      OptionSpec("mapping", .many("NAME"), "only this mapping"),
      OptionSpec("only", .many("REFERENCE"), "only this reference"),
      OptionSpec("plan-out", .one("FILE"), "write the plan to a file"),
      OptionSpec("plan", .one("FILE"), "apply exactly this plan; refused if stale"),
      OptionSpec("approve", .one("DIGEST"), "let the plan with this digest pass its rails"),
      OptionSpec(
        "detailed-exitcode", .none, "exit 2 if the plan has changes or conflicts are open"),
      OptionSpec("wait", .one("DURATION"), "how long to wait for another run to end (0s)"),
      formatOption,
    ],
    examples: [
      ("reconcile --dry-run", "shows what a run would do"),
      ("reconcile --approve 3f9a…", "sends the plan that a rail held back"),
    ],
    run: { try await ReconcileCommand(invocation: $0, world: $1).run() })
}

/// Runs the whole line and prints the account.
struct ReconcileCommand {
  let invocation: Invocation
  let world: World

  /// The most bytes of a plan file.
  private static let planBytesMax = 1 << 30

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let request = try request(site)
    let summary = try await RunCommand(invocation: invocation, world: world, site: site)
      .run(request) { bench, summary in
        if let path = invocation.value("plan-out") {
          try await PlanOut(bench: bench, world: world).write(summary, to: world.path(path))
        }
      }
    return ExitCode(summary)
  }

  private func request(_ site: Site) throws -> RunRequest {
    var request = RunRequest(command: "reconcile", by: world.userName)
    request.mappings = try site.mappings(named: invocation.list("mapping")).map(\.name)
    let only = invocation.list("mapping").isEmpty ? [] : request.mappings
    request.mappings = only
    if !invocation.has("no-pull") { request.pull = invocation.has("full") ? .full : .changes }
    if !invocation.has("no-import") { request.imports = .waiting(mappings: only) }
    let references = invocation.list("only")
    request.scope = references.isEmpty ? .changes : .references(references)
    request.isDryRun = invocation.has("dry-run")
    request.pushes = !request.isDryRun && !invocation.has("no-push")
    request.approvedDigest = invocation.value("approve")
    request.detailsExit = invocation.has("detailed-exitcode")
    if let path = invocation.value("plan") {
      let bytes = try Files().read(world.path(path), bytesMax: Self.planBytesMax)
      request.savedPlan = try PlanFile(parsing: bytes)
    }
    return request
  }
}
