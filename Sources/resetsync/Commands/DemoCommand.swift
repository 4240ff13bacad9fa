import Console
import Effects
import Formats
import Mirror
import Pipeline
import Reconciliation
import Sandbox

extension CommandSpec {
  /// `demo`.
  static let demo = CommandSpec(
    words: ["demo"],
    summary: "the whole job on a simulator, with nothing to configure",
    details: [
      "Starts the embedded Commerce Layer simulator with seeded resets, imports the shipped sample"
        + " exports of five systems over three nights, reconciles, pushes, and prints what was done,"
        + " the open conflicts, and where mirror, conflict log and report lie."
    ],
    options: [
      OptionSpec("keep", .one("DIR"), "leave everything in this folder to go on by hand"),
      formatOption,
    ],
    needsConfiguration: false,
    run: { try await DemoCommand(invocation: $0, world: $1).run() })
}

/// Plays the story of the shipped samples: three nights of exports and what people do in between.
struct DemoCommand {
  let invocation: Invocation
  let world: World

  func run() async throws -> ExitCode {
    let samples = try DemoSamples.find(world)
    let story = try DemoStory(parsing: try samples.read("demo-story.json"))
    let clock = DemoClock(world.time)
    let world = world.keeping(clock)
    let folder = try DemoFolder(invocation.value("keep").map(world.path), world, samples: samples)
    var seed = try SandboxSeed(parsing: try samples.read(story.seed))
    seed.options.limits.isLimited = false
    let sandbox = Sandbox(seed: seed, time: world.time, random: SeededRandom(seed: 1))
    let address = try sandbox.start()
    defer { sandbox.stop() }
    try folder.write(address)
    let player = DemoPlayer(
      story: story, folder: folder, sandbox: sandbox, world: world, clock: clock,
      isQuiet: invocation.wantsJSON)
    let summary = try await player.play()
    try folder.keep(sandbox)
    return ExitCode(summary)
  }
}
