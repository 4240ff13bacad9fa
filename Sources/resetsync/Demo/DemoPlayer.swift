import Console
import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation
import Sandbox

/// Plays a story step by step with the same parts that every command uses.
struct DemoPlayer {
  let story: DemoStory
  let folder: DemoFolder
  let sandbox: Sandbox
  let world: World
  /// The clock of `world`.
  let clock: DemoClock
  let isQuiet: Bool

  /// Items that are looked through for those of the story: more than it has.
  private static let itemsMax = 10_000

  /// Plays all steps; gives the account of the last run.
  func play() async throws -> RunSummary {
    let bytes = try Files().read(folder.configuration, bytesMax: Configuration.bytesMax)
    var configuration = try Configuration(parsing: bytes, file: folder.configuration)
    configuration.logLevel = .warning
    let site = try Site(configuration)
    let world = world
    return try await Workbench.withMirror(site, world, command: "demo", waitSeconds: 0) { bench in
      var last: RunSummary?
      for step in story.steps {
        last = try await play(step, bench) ?? last
      }
      guard let last else { throw Failure(.internalError, "the story has no run") }
      try await finish(bench, last)
      return last
    }
  }

  private func play(_ step: DemoStory.Step, _ bench: Workbench) async throws -> RunSummary? {
    switch step {
    case .deliver(let day):
      try deliver(day)
      return nil
    case .reconcile(let expected):
      let summary = try await SyncRun(bench.parts(), Self.request).run()
      tell(summary)
      try await compare(expected, bench)
      return summary
    case .edit(let reset, let patch, let reference):
      try edit(reset, patch, reference)
      say("  somebody in the shop changes \(reset)")
      return nil
    case .delete(let reset):
      _ = sandbox.deleteReset(reset)
      say("  somebody in the shop deletes \(reset)")
      return nil
    case .decide(let kind, let reset, let field, let take, let reason):
      try await decide(kind, reset, field, take, reason, bench)
      return nil
    }
  }

  /// The nights of the story lie behind now as far as they lie behind its last one.
  private func deliver(_ day: CivilDate) throws {
    let last = story.lastDay ?? day
    clock.set(daysBack: last.daysSinceEpoch - day.daysSinceEpoch)
    let tonight = world.time.now.civil().date.daysSinceEpoch
    try folder.deliver(until: day, datedLater: tonight - day.daysSinceEpoch)
    say("The night of \(world.time.now.rfc3339.prefix(10)):")
  }

  private static var request: RunRequest {
    var request = RunRequest(command: "reconcile", by: "demo")
    request.pull = .full
    request.imports = .waiting(mappings: [])
    request.scope = .changes
    return request
  }

  private func edit(_ id: String, _ patch: JSONObject?, _ reference: String?) throws {
    guard let reset = sandbox.reset(id) else {
      throw Failure(.internalError, "the story edits \(id), which the seed lacks")
    }
    var change = SandboxChange(.edit, .id(id))
    if let patch {
      let old = try JSONValue(parsing: reset.metadata ?? "{}")
      change.metadata = Self.merged(old, .object(patch)).written()
    }
    if let reference { change.reference = .some(reference) }
    sandbox.apply(change)
  }

  /// A JSON Merge Patch applied (RFC 7396).
  private static func merged(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
    guard let changes = patch.objectValue else { return patch }
    var object = target.objectValue ?? [:]
    for (key, value) in changes.members {
      let old = object[key.value] ?? .null
      object[key.value] = value.isNull ? nil : merged(old, value)
    }
    return .object(object)
  }

  private func decide(
    _ kind: String, _ reset: String, _ field: String?, _ take: String, _ reason: String,
    _ bench: Workbench
  ) async throws {
    var filter = ConflictFilter.open
    filter.kinds = ConflictKind(rawValue: kind).map { [$0] }
    filter.resetID = reset
    filter.field = field
    guard let conflict = try await bench.mirror.conflicts(filter, limit: 1).first else {
      throw Failure(.internalError, "the story decides a conflict of \(reset) that is not open")
    }
    _ = try await bench.mirror.decide(
      [(conflict.id, conflict.version, try Resolution(parsing: take))],
      act: Act(by: "demo", at: world.time.now, reason: reason))
    say("  somebody decides \(conflict.id): \(take) (\(reason))")
  }

  /// The story knows what its resets must come to; a difference is a fault of the program.
  private func compare(_ expected: [String: String], _ bench: Workbench) async throws {
    let items = try await bench.mirror.items(
      .situations(Situation.allCases, mapping: nil), limit: Self.itemsMax)
    let found = Dictionary(items.lines.map { ($0.resetID ?? "", $0.situation) }) { one, _ in one }
    let wrong = expected.filter { found[$0.key]??.rawValue != $0.value }.sorted { $0.key < $1.key }
    guard wrong.isEmpty else {
      let words = wrong.map { "\($0.key): \(found[$0.key]??.rawValue ?? "none"), not \($0.value)" }
      throw Failure(
        .internalError, "the story went another way:\n" + words.joined(separator: "\n"))
    }
  }

  // MARK: What is printed

  private func say(_ text: String) {
    if !isQuiet { world.output.line(text) }
  }

  private func tell(_ summary: RunSummary) {
    guard !isQuiet else { return }
    let imports = summary.imports.map { "\($0.mapping) \($0.accepted)" }.joined(separator: ", ")
    say("  pulled \(summary.pull.rows) resets; imported \(imports.isEmpty ? "nothing" : imports)")
    say(
      "  \(summary.plan.updates) updates planned, \(summary.push.applied) written,"
        + " \(summary.plan.held) held; \(summary.conflicts.opened) conflicts opened,"
        + " \(summary.conflicts.open) open")
  }

  private func finish(_ bench: Workbench, _ summary: RunSummary) async throws {
    let model = try await bench.site.reportLoader(bench.mirror).load(at: world.time.now)
    let writer = ReportFile(times: bench.site.times(world), style: world.style)
    try Files().write(writer.bytes(model, .html), to: folder.report)
    guard !isQuiet else {
      world.output.line(summary.json.written())
      return
    }
    let severities = try await bench.mirror.openConflictAges(at: world.time.now)
    let counts = Severity.allCases.map { severity in
      "\(severities[severity, default: [:]].values.reduce(0, +)) \(severity.rawValue)"
    }
    world.output.line("")
    world.output.write(SituationText.table(summary.situations, style: world.style))
    world.output.line("")
    world.output.line("Open conflicts: \(counts.joined(separator: ", "))")
    world.output.line("Mirror          \(bench.site.configuration.mirrorPath)")
    world.output.line("Conflict log    \(bench.site.configuration.conflictLog)")
    world.output.line("HTML report     \(folder.report)")
    world.output.line("")
    for line in nextWords(bench.site.configuration) { world.output.line(line) }
  }

  private func nextWords(_ configuration: Configuration) -> [String] {
    let config = "--config \(folder.configuration)"
    let shop =
      folder.isKept
      ? [
        "Go on by hand: start the shop again in another terminal, then type what you like.",
        "  resetsync sandbox --seed \(folder.path)/shop.json --listen \(Self.host(configuration))",
      ] : ["`resetsync demo --keep DIR` leaves a folder to go on in. On this one you can look:"]
    let commands =
      ["conflicts", "status", "explain 10042", "review"] + (folder.isKept ? ["reconcile"] : [])
    return shop + commands.map { "  resetsync \($0) \(config)" }
  }

  private static func host(_ configuration: Configuration) -> String {
    let address = configuration.api.baseURL.drop { $0 != "/" }.drop { $0 == "/" }
    return String(address.prefix { $0 != "/" })
  }
}
