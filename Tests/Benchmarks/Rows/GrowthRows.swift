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
    var lines = [
      Line(work: "import, first"), Line(work: "import, unchanged"),
      Line(work: "reconcile, first"), Line(work: "reconcile, 100 changed"), Line(work: "status"),
    ]
    for size in Options.growthSizes where size <= bench.options.growthMax {
      bench.say("growth, \(size) customers")
      do {
        let runs = try measure(bench, size)
        for (index, run) in runs.enumerated() { lines[index].points.append((size, run)) }
      } catch {
        bench.skip("growth at \(size)", "\(error)")
        break
      }
    }
    return lines
  }

  private static func measure(_ bench: Bench, _ size: Int) throws -> [Usage] {
    let site = try Site(bench.folder + "/growth")
    try site.empty()
    let export = try bench.export(size: size)
    Scratch.settle()
    let first = try bench.run(site, ["import", "crm", "--file", export])
    let again = try bench.run(site, ["import", "crm", "--file", export])
    let words = ["mirror": site.mirror, "size": "\(size)", "seed": "\(bench.options.seed)"]
    try bench.inner(
      "resets", words.merging(["likeness": ResetSides.Likeness.mixed.rawValue]) { $1 })
    Scratch.settle()
    let reconcile = try bench.run(site, Bench.reconcile)
    try bench.inner("change", words.merging(["count": "100", "round": "1"]) { $1 })
    Scratch.settle()
    let changes = try bench.run(site, Bench.reconcile)
    let status = try bench.run(site, ["status"])
    try site.empty()
    try Scratch.remove(export)
    return [first, again, reconcile, changes, status]
  }
}
