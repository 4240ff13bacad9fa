import Effects
import Formats

/// What people wait for: status, report, review desk.
enum ConsoleRows {
  private static let reportConflictsMax = 10_000
  private static let queueConflictsMax = 100_000
  /// How often a page of the desk is asked for in one round.
  private static let pagesPerRound = 10

  static func measureStatus(_ bench: Bench) throws -> [Finding] {
    let size = bench.options.size
    let site = try Site(bench.folder + "/status")
    try Scratch.copyDatabase(try bench.steadyMirror(), to: site.mirror)
    var runs: [Usage] = []
    try bench.rounds("status") { _ in runs.append(try bench.run(site, ["status"])) }
    try site.empty()
    return [
      .times(
        "status", "status, mirror of \(size) links", runs, goal: .figure(.atMost, 0.025),
        compared: "resetsync status, whole process")
    ]
  }

  static func measureReport(_ bench: Bench) throws -> [Finding] {
    let count = min(reportConflictsMax, bench.options.size)
    let site = try Site(bench.folder + "/report")
    try Scratch.copyDatabase(try bench.conflictMirror(count), to: site.mirror)
    let file = bench.folder + "/report.html"
    var runs: [Usage] = []
    try bench.rounds("report") { _ in
      runs.append(try bench.run(site, ["report", "--format", "html", "--out", file]))
    }
    let size = Scratch.size(file)
    try site.empty()
    return [
      .times(
        "report", "HTML report, \(count) conflicts", runs, goal: .figure(.atMost, 1),
        compared: "resetsync report --format html, whole process; \(size) bytes")
    ]
  }

  static func measureQueue(_ bench: Bench) throws -> [Finding] {
    let count = min(queueConflictsMax, bench.options.size)
    let site = try Site(bench.folder + "/queue")
    try Scratch.copyDatabase(try bench.conflictMirror(count), to: site.mirror)
    let (reading, writing) = try Descriptor.pipe()
    let desk = try RunningCommand(
      Command(
        program: bench.program, arguments: ["review", "--config", site.configuration],
        environment: Site.environment),
      output: writing, errors: try Descriptor(writing: bench.folder + "/review.log"))
    let entry = reading.firstLine()
    var seconds: [Double] = []
    var bytes = 0.0
    bench.say("review queue")
    let (_, result) = try bench.inner(
      "desk", ["entry": entry, "times": "\(pagesPerRound * bench.options.rounds)"])
    seconds = result["seconds"]?.arrayValue?.compactMap { $0.numberValue?.double } ?? []
    bytes = try result.figure("bytes")
    let usage = try desk.stop()
    try site.empty()
    var line = Finding(
      name: "queue", work: "review queue, page of \(count) conflicts", rates: seconds, .seconds,
      runs: [usage], goal: .figure(.atMost, 0.050),
      compared: "resetsync review over HTTP on loopback, one page, \(Int(bytes)) bytes")
    line.samples = seconds
    return [line]
  }
}
