/// Time and memory of the big works over several sizes.
enum GrowthRows {
  /// One work over all sizes.
  struct Line: Sendable {
    var work: String
    var points: [(size: Int, usage: Usage)] = []

    var exponent: Double? {
      Statistics.exponent(points.map { (Double($0.size), $0.usage.seconds) })
    }

    /// The exponent of the peak of memory.
    var memoryExponent: Double? {
      Statistics.exponent(points.map { (Double($0.size), Double($0.usage.peakBytes)) })
    }
  }

  /// Measures every size up to the largest; a size that fails ends it.
  static func measure(_ bench: Bench) -> [Line] {
    var lines: [Line] = []
    for size in Options.growthSizes where size <= bench.options.growthMax {
      bench.say("growth, \(size) customers")
      do {
        let runs =
          try imports(bench, size) + reconciles(bench, size) + [("pull", try pull(bench, size))]
        for (work, usage) in runs { add(work, size, usage, to: &lines) }
      } catch {
        bench.skip("growth at \(size)", "\(error)")
        break
      }
    }
    return lines
  }

  private typealias Run = (work: String, usage: Usage)

  private static func add(_ work: String, _ size: Int, _ usage: Usage, to lines: inout [Line]) {
    let index = lines.firstIndex { $0.work == work } ?? lines.endIndex
    if index == lines.endIndex { lines.append(Line(work: work)) }
    lines[index].points.append((size, usage))
  }

  /// Imports into a mirror that is empty at first, in both orders.
  private static func imports(_ bench: Bench, _ size: Int) throws -> [Run] {
    let site = try Site(bench.folder + "/growth-imports")
    defer { try? site.empty() }
    func run(_ file: String) throws -> Usage {
      Scratch.settle()
      return try bench.run(site, ["import", "crm", "--file", file])
    }
    func first(_ file: String) throws -> Usage {
      try site.empty()
      return try run(file)
    }
    let shuffled = try first(try bench.export(.shuffled, size: size))
    let export = try bench.export(size: size)
    return [
      ("import, first", try first(export)), ("import, first, keys in no order", shuffled),
      ("import, unchanged", try run(export)),
      (
        "import, \(changedRows) changed",
        try run(try bench.export(changed: changedRows, size: size))
      ),
    ]
  }

  private static let changedRows = 1_000

  /// A first reconcile with its report, then small ones where all keys are linked and in sync.
  private static func reconciles(_ bench: Bench, _ size: Int) throws -> [Run] {
    let site = try Site(bench.folder + "/growth-reconciles")
    defer { try? site.empty() }
    func run(_ arguments: [String]) throws -> Usage {
      Scratch.settle()
      return try bench.run(site, arguments)
    }
    let words = ["mirror": site.mirror, "size": "\(size)", "seed": "\(bench.options.seed)"]
    func sides(_ likeness: ResetSides.Likeness) throws {
      try site.empty()
      try bench.run(site, ["import", "crm", "--file", try bench.export(size: size)])
      try bench.inner("resets", words.merging(["likeness": likeness.rawValue]) { $1 })
    }
    let report = ["report", "--format", "html", "--out", bench.folder + "/growth.html"]
    try sides(.mixed)
    let first: [Run] = [
      ("reconcile, first", try run(Bench.reconcile)), ("HTML report of it", try run(report)),
    ]
    try sides(.same)
    try bench.run(site, Bench.reconcile)
    try bench.inner("change", words.merging(["count": "100", "round": "1"]) { $1 })
    return first + [
      ("reconcile, 100 changed", try run(Bench.reconcile)),
      ("reconcile, nothing changed", try run(Bench.reconcile)), ("status", try run(["status"])),
    ]
  }

  /// A full pull of an unlimited simulator.
  private static func pull(_ bench: Bench, _ size: Int) throws -> Usage {
    let sandbox = try SandboxProcess(bench, generating: size)
    defer { sandbox.stop() }
    let site = try Site(bench.folder + "/growth-pull", address: sandbox.address)
    try site.empty()
    defer { try? site.empty() }
    Scratch.settle()
    return try bench.run(site, ["pull", "--full"])
  }
}
