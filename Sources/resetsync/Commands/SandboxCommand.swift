import Effects
import Formats
import HTTP
import Sandbox

extension CommandSpec {
  /// `sandbox`: the simulator by itself.
  static let sandbox = CommandSpec(
    words: ["sandbox"],
    summary: "run the Commerce Layer simulator by itself",
    details: [
      "Serves OAuth and password resets on loopback as Commerce Layer does: filters, sorting,"
        + " sparse fieldsets, includes, errors, rate limits, the three-step reset. Prints one JSON"
        + " line with its addresses and credentials, then serves until it is stopped.",
      "Faults, edits by somebody else and the state are reached under /__sandbox while it runs, or"
        + " stand in the seed file.",
    ],
    options: [
      OptionSpec("listen", .one("ADDR"), "address and port on loopback (127.0.0.1:0)"),
      OptionSpec("seed", .one("FILE"), "customers, resets, credentials and faults to start with"),
      OptionSpec("generate", .one("N"), "make up so many resets, up to 1,000,000"),
      OptionSpec("random", .one("SEED"), "the seed of chance, a whole number (1)"),
      OptionSpec("mode", .choice(["test", "live"]), "the environment of the credentials (test)"),
      OptionSpec("organization", .one("SLUG"), "the organisation's slug (sandbox)"),
      OptionSpec("no-limits", .none, "lift the rate limits"),
      OptionSpec(
        "meta", .choice(SandboxMetaPlacement.allCases.map(\.rawValue)),
        "where mode, organisation and trace stand (resource)"),
      OptionSpec("token-seconds", .one("N"), "life of an access token (7200)"),
    ] + SandboxCommand.switches.map { OptionSpec($0.name, .none, $0.summary) },
    examples: [
      ("sandbox --generate 1000", "a thousand resets at the documented rate limits"),
      ("sandbox --seed seed.json --listen 127.0.0.1:9090", "a known state at a known address"),
    ],
    needsConfiguration: false,
    run: { try await SandboxCommand(invocation: $0, world: $1).run() })
}

/// Serves the simulator until a signal ends it.
struct SandboxCommand {
  /// A behaviour that the documentation leaves open, and how to choose the other reading.
  struct Switch: @unchecked Sendable {
    let name: String
    let summary: String
    let option: WritableKeyPath<SandboxOptions, Bool>
    var value = true
  }

  static let switches: [Switch] = [
    Switch(
      name: "merge-metadata", summary: "PATCH merges metadata instead of replacing it",
      option: \.mergesMetadata),
    Switch(
      name: "null-metadata", summary: "empty metadata reads back as null",
      option: \.emptyMetadataIsNull),
    Switch(
      name: "jsonb-metadata", summary: "metadata is reordered and respelled as jsonb does",
      option: \.normalizesMetadata),
    Switch(
      name: "touch-on-no-change", summary: "a PATCH without change moves updated_at",
      option: \.touchesOnNoChange),
    Switch(
      name: "ignore-unknown-filters", summary: "unknown filters are ignored, not refused",
      option: \.ignoresUnknownFilters),
    Switch(
      name: "ignore-case", summary: "text matchers don't look at case",
      option: \.ignoresCaseInMatchers),
    Switch(
      name: "accept-wildcard", summary: "Accept: */* passes", option: \.acceptsWildcard),
    Switch(
      name: "allow-unknown-parameters", summary: "unknown query parameters pass",
      option: \.refusesUnknownParameters, value: false),
    Switch(
      name: "shuffle-ties", summary: "rows that sort equal come in changing order",
      option: \.shufflesTies),
    Switch(
      name: "refuse-guests", summary: "resets for customers without password are refused",
      option: \.refusesGuests),
    Switch(
      name: "clear-used-token", summary: "a used reset token reads as null",
      option: \.clearsUsedResetToken),
    Switch(
      name: "token-errors-as-object", summary: "token errors are one object, not a list",
      option: \.tokenErrorsAsObject),
    Switch(
      name: "status-as-number", summary: "status of errors is a number",
      option: \.errorStatusAsNumber),
    Switch(
      name: "show-token-in-events", summary: "event stores show reset_password_token",
      option: \.eventStoresShowToken),
  ]

  let invocation: Invocation
  let world: World
  /// The most bytes of a seed file.
  private static let seedBytesMax = 1 << 30
  /// The most resets that are made up.
  private static let generatedMax = 1_000_000

  func run() async throws -> ExitCode {
    let listen = invocation.value("listen") ?? "127.0.0.1:0"
    guard try HTTPServerAddress(listen).isLoopback else {
      throw UsageError(
        "the sandbox listens on loopback only, not on \(listen): its credentials are known to all",
        command: invocation.command)
    }
    let signals = Signals([.interrupt, .terminate])
    let chance = try invocation.number("random", in: 0...Int.max) ?? 1
    let sandbox = Sandbox(
      seed: try seed(), time: world.time, random: SeededRandom(seed: UInt64(chance)))
    let address = try sandbox.start(listening: listen)
    world.output.line(address.jsonLine)
    world.errors.line("resetsync sandbox: serving \(address.baseURL); stop with control-C")
    for await arrival in signals.arrivals {
      sandbox.stop(arrival.stopCount > 1 ? .immediately : .graceful(withinSeconds: 2))
      return arrival.signal == .interrupt ? .interrupted : .terminated
    }
    return .done
  }

  private func seed() throws -> SandboxSeed {
    var options = SandboxOptions()
    var seed = SandboxSeed(options: options)
    if let path = invocation.value("seed") {
      let bytes = try Files().read(world.path(path), bytesMax: Self.seedBytesMax)
      seed = try SandboxSeed(parsing: bytes, options: options)
      options = seed.options
    }
    if let mode = invocation.value("mode").flatMap(SandboxMode.init) { options.mode = mode }
    if let slug = invocation.value("organization") { options.organization = slug }
    if let meta = invocation.value("meta").flatMap(SandboxMetaPlacement.init) {
      options.meta = meta
    }
    if invocation.has("no-limits") { options.limits.isLimited = false }
    let tokenSeconds = try invocation.number("token-seconds", in: 1...1_296_000)
    options.tokenSeconds = tokenSeconds ?? options.tokenSeconds
    for choice in Self.switches where invocation.has(choice.name) {
      options[keyPath: choice.option] = choice.value
    }
    seed.options = options
    let generated = try invocation.number("generate", in: 0...Self.generatedMax)
    seed.generatedResets = generated ?? seed.generatedResets
    return seed
  }
}
