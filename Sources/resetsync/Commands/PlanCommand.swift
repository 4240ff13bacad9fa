import Console
import Effects
import Formats
import Mirror
import Reconciliation

extension CommandSpec {
  /// `plan`: the last plan.
  static let plan = CommandSpec(
    words: ["plan"], summary: "show what a run would write, and what holds it",
    options: planOptions, run: { try await PlanCommand(invocation: $0, world: $1).run() })

  /// `plan show [RUN|DIGEST]`.
  static let planShow = CommandSpec(
    words: ["plan", "show"], summary: "show one plan: each update with old → new and why",
    details: [
      "Alikes are one line with their number; which rail holds what is told. All updates are kept of"
        + " the last plan, of an earlier one those that it sent."
    ],
    positionals: [.optional("RUN|DIGEST", "the plan of a run, or by 8 digits or more (the last)")],
    options: planOptions,
    examples: [("plan show r41 --format csv", "every update of run r41")],
    run: { try await PlanCommand(invocation: $0, world: $1).run() })

  private static let planOptions = [
    OptionSpec("limit", .one("N"), "at most so many lines (50); csv and json hold all"),
    OptionSpec("format", .choice(["text", "json", "csv", "markdown"]), "the form (text)"),
  ]
}

/// Shows a stored plan.
struct PlanCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let site = try Site.load(invocation, world)
    let mirror = try site.openMirror()
    guard let record = try await record(mirror) else {
      throw Failure(
        .usage, "no run has planned anything yet",
        hint: "`resetsync reconcile --dry-run` makes a plan")
    }
    let loader = PlanLoader(mirror: mirror, book: site.book, masking: site.masking)
    let limit = try invocation.number("limit", in: 1...10_000) ?? PlanLoader.groupsMax
    switch invocation.value("format") {
    case "csv":
      let output = try LongOutput(world, file: nil)
      try output.write(PlanData.header)
      try await loader.entries(of: record) { try output.write(PlanData.rows($0)) }
      try output.finish()
    case "json":
      let plan = try await loader.view(record, groups: 0, at: world.time.now)
      let output = try LongOutput(world, file: nil)
      let head = JSONValue.object(PlanData.head(plan)).written()
      try output.write(head.dropLast() + ",\"list\":[")
      var isFirst = true
      try await loader.entries(of: record) { entry in
        try output.write((isFirst ? "\n" : ",\n") + PlanData.json(entry).written())
        isFirst = false
      }
      try output.write("\n]}\n")
      try output.finish()
    case "markdown":
      world.output.write(
        PlanData.markdown(try await loader.view(record, groups: limit, at: world.time.now)))
    default:
      let plan = try await loader.view(record, groups: limit, at: world.time.now)
      world.output.write(PlanText.text(plan, times: site.times(world), style: world.style))
    }
    return .done
  }

  /// The plan that is named, or the last one; nil before the first.
  private func record(_ mirror: Mirror) async throws -> PlanRecord? {
    guard let name = invocation.operands.first else {
      return try await mirror.plans(limit: 1).first
    }
    let plans = try await mirror.plans(limit: Self.plansMax)
    if let found = plans.first(where: { $0.run == name }) { return found }
    var digests: Set<String> = []
    let isDigest = name.utf8.count >= Self.digitsMin
    for plan in plans where isDigest && plan.digest.hasPrefix(name.lowercased()) {
      digests.insert(plan.digest)
    }
    if digests.count == 1 { return plans.first { digests.contains($0.digest) } }
    let last = plans.first.map { "the last one is \($0.digest) of run \($0.run)" }
    throw Failure(
      .usage,
      digests.isEmpty
        ? "no plan is stored of “\(name)”"
        : "“\(name)” is the beginning of several; type more of it",
      hint: last ?? "no run has planned anything yet")
  }

  /// How many plans are looked through, the newest.
  private static let plansMax = 1_000
  /// The fewest digits that name a digest.
  private static let digitsMin = 8
}
