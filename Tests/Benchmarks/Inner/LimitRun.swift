import CommerceLayer
import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation
import Sandbox
import TestKit

/// A pull and a push by the whole line, at the published limits, in virtual time.
struct LimitRun {
  /// Above this latency one request after the other can't use the limits, in seconds.
  private static let slowSeconds = 0.5

  private let resets: Int
  private let latencySeconds: Double
  private let changed: Int
  private let seed: UInt64
  private let site: Site

  /// The published average of test mode, in requests a minute.
  private static let perMinute = 100

  init(_ words: InnerCommand.Words) throws {
    resets = try words.number("resets")
    changed = try words.number("changed")
    latencySeconds = Double(try words.number("latency")) / 1_000
    seed = try words.seed()
    site = try Site(try words.text("folder"))
    try site.empty()
  }

  func run() async throws -> JSONObject {
    let isSlow = latencySeconds > Self.slowSeconds
    let world = VirtualWorld(
      resets: sandboxResets(), limits: SandboxRateLimits(), latencySeconds: latencySeconds,
      isSimulated: isSlow)
    guard isSlow else { return try await measure(world) }
    return try await SimulatedRun.run(on: world.time) { try await measure(world) }
  }

  private func measure(_ world: VirtualWorld) async throws -> JSONObject {
    let parts = try parts(world)
    var pull = RunRequest(command: "pull", by: "bench")
    pull.pull = .full
    try await check(SyncRun(parts, pull).run())
    let pulled = try calls(world)
    world.sandbox.clearRequests()

    // A minute of rest, so that the push begins with an empty window too.
    world.time.advance(seconds: 60)
    let export = site.folder + "/exports/crm.csv"
    let file = try Descriptor(writing: export)
    try ExportText(size: resets, seed: seed, changed: changed).write { try file.write($0) }
    var push = RunRequest(command: "reconcile", by: "bench")
    push.imports = .file(path: export, mapping: "crm")
    push.scope = .changes
    let summary = try await SyncRun(parts, push).run()
    try check(summary)
    guard summary.push.applied == changed else {
      throw BenchmarkError("\(summary.push.applied) of \(changed) updates were applied")
    }
    let pushed = try calls(world)
    try site.empty()
    return [
      "pull_budget": Quantity.json(try Self.budget(pulled)), "pull_requests": .int(pulled.count),
      "push_budget": Quantity.json(try Self.budget(pushed)),
      "push_reads": .int(pushed.count { $0.method == "GET" }),
      "push_writes": .int(pushed.count { $0.method == "PATCH" }),
      "refused": .int((pulled + pushed).count { $0.status == 429 }),
    ]
  }

  /// The resets as the source knows them, but for the credit limit of those that will change.
  private func sandboxResets() -> [SandboxReset] {
    let sides = ResetSides(size: resets, seed: seed, likeness: .same)
    return sides.all.map { reset in
      SandboxReset(
        customerEmail: reset.email, reference: reset.reference, referenceOrigin: Site.origin,
        metadata: reset.metadata)
    }
  }

  private func parts(_ world: VirtualWorld) throws -> RunParts {
    let client = try world.client(limits: .published)
    var safety = SafetySettings()
    safety.firstRun = .push
    for rail in RailName.allCases { safety.limits[rail] = RailLimit?.none }
    return RunParts(
      mirror: try Mirror.open(path: site.mirror), client: { client }, book: try Site.book(),
      mappingFolders: ["crm": site.folder + "/Mappings"], safety: safety,
      guards: GuardOverrides(), time: world.time, random: SeededRandom(seed: seed),
      log: Log(level: .error, time: world.time, sink: NoSink()), files: Files(),
      conflictLog: ConflictLogFile(
        path: site.folder + "/var/conflicts.ndjson", bytesMax: 1 << 30, masking: .masked,
        files: Files(), time: world.time))
  }

  private func check(_ summary: RunSummary) throws {
    guard summary.exit == 0 else {
      throw BenchmarkError("\(summary.command): \(summary.messages.joined(separator: "; "))")
    }
  }

  /// The calls of the API, tokens not counted, in order.
  private func calls(_ world: VirtualWorld) throws -> [SandboxRequest] {
    world.sandbox.requests.filter { $0.target.hasPrefix("/api") }
  }

  /// How much of the average was used, in per cent: whole minutes' worth of requests against the
  /// minutes they took.
  private static func budget(_ calls: [SandboxRequest]) throws -> Double {
    let times = calls.map(\.microseconds).sorted()
    let minutes = (times.count - 1) / perMinute
    guard minutes > 0 else {
      throw BenchmarkError("\(times.count) requests are too few to tell how much was used")
    }
    let took = Double(times[minutes * perMinute] - times[0]) / 60e6
    return Double(minutes) / took * 100
  }
}
