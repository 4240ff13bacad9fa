import Effects
import Formats

/// A full pull from the simulator on loopback, beside dlt's REST source.
enum PullRows {
  /// Resets of the simulator.
  private static let rowsMax = 100_000

  static func measure(_ bench: Bench) throws -> [Finding] {
    let rows = min(rowsMax, bench.options.size)
    let sandbox = try SandboxProcess(bench, generating: rows)
    defer { sandbox.stop() }
    let site = try Site(bench.folder + "/pull", address: sandbox.address)
    var (ours, theirs) = ([Usage](), [(seconds: Double, cpu: Double, usage: Usage)]())
    try bench.rounds("pull") { _ in
      try site.empty()
      Scratch.settle()
      ours.append(try bench.run(site, ["pull", "--full"]))
      if let dlt = bench.others.dlt {
        Scratch.settle()
        theirs += bench.beside("dlt") { [try pullByDLT(bench, dlt, sandbox, rows: rows)] } ?? []
      }
    }
    try site.empty()
    if bench.others.dlt == nil, !bench.options.skipsOthers {
      bench.skip("dlt", "no Python module dlt")
    }
    return findings(bench, rows: Double(rows), ours, theirs)
  }

  private static func findings(
    _ bench: Bench, rows: Double, _ ours: [Usage],
    _ theirs: [(seconds: Double, cpu: Double, usage: Usage)]
  ) -> [Finding] {
    let name = "dlt \(bench.others.dlt?.version ?? "")"
    let work = "pull of \(Int(rows)) resets, unlimited, loopback, stored"
    let compared =
      "the same simulator, fields and pages of 25: resetsync pull --full, whole process, into a"
      + " new mirror; dlt's rest_api source into SQLite by its sqlalchemy destination, appended"
      + " without keys, without its start and imports"
    let speed = Finding(
      name: "pull", work: work, rates: ours.map { rows / $0.seconds }, .rowsPerSecond, runs: ours,
      goal: .figure(.atLeast, 40_000), compared: compared)
    guard !theirs.isEmpty else { return [speed] }
    var beside = Finding(
      name: "pull-beside-dlt", work: "the same", rates: ours.map { rows / $0.seconds },
      .rowsPerSecond, runs: ours, goal: .ratio(.atLeast, 8), compared: compared)
    beside.other = .init(
      name: name, rates: theirs.map { rows / $0.seconds }, .rowsPerSecond,
      runs: theirs.map(\.usage))
    var processor = Finding(
      name: "pull-cpu", work: "the same, processor time",
      rates: ours.map { $0.cpuSeconds / rows * 1e6 }, .microsecondsPerRow, runs: ours,
      goal: .ratio(.atMost, 0.1), compared: compared)
    processor.other = .init(
      name: name, rates: theirs.map { $0.cpu / rows * 1e6 }, .microsecondsPerRow,
      runs: theirs.map(\.usage))
    return [speed, beside, processor]
  }

  private static func pullByDLT(
    _ bench: Bench, _ dlt: Others.Module, _ sandbox: SandboxProcess, rows: Int
  ) throws -> (seconds: Double, cpu: Double, usage: Usage) {
    let scratch = bench.folder + "/dlt"
    try Scratch.remove(scratch)
    try Files().makeFolder(scratch)
    defer { try? Scratch.remove(scratch) }
    let (usage, result) = try bench.script(
      "rest_pull", python: dlt.python, [sandbox.address, Site.clientID, Site.clientSecret, scratch])
    guard try result.figure("rows") == Double(rows) else {
      throw BenchmarkError("dlt stored \(try result.figure("rows")) rows of \(rows)")
    }
    return (try result.figure("seconds"), try result.figure("cpu_seconds"), usage)
  }
}

/// The simulator as a process of its own.
final class SandboxProcess {
  /// Scheme, host and port.
  let address: String
  private let running: RunningCommand

  init(_ bench: Bench, generating rows: Int) throws {
    let seed = bench.folder + "/sandbox.json"
    let text = """
      {"organization": "\(Site.organization)", "mode": "\(Site.mode)", "generate": \(rows),
       "credentials": [{"client_id": "\(Site.clientID)", "client_secret": "\(Site.clientSecret)",
         "role": "admin", "mode": "\(Site.mode)"}]}
      """
    try Files().write(Array(text.utf8), to: seed)
    let (reading, writing) = try Descriptor.pipe()
    running = try RunningCommand(
      Command(
        program: bench.program, arguments: ["sandbox", "--seed", seed, "--no-limits"],
        secondsMax: 7_200),
      output: writing, errors: try Descriptor(writing: bench.folder + "/sandbox.log"))
    let line = reading.firstLine()
    guard let base = try JSONValue(parsing: line)["base_url"]?.text else {
      throw BenchmarkError("the simulator said no address: \(line)")
    }
    address = base.replacing("/api", with: "")
  }

  func stop() { _ = try? running.stop() }
}
