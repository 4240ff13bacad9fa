import Effects

/// Reconciling both sides of the mirror, beside DuckDB's join.
enum ReconcileRows {
  /// Keys that change between two runs.
  private static let changedKeys = 100

  static func measureFirst(_ bench: Bench) throws -> [Finding] {
    let size = bench.options.size
    let sides = try bench.sidesMirror(.mixed)
    let tables = try joinTables(bench)
    let site = try Site(bench.folder + "/reconcile")
    var (ours, joins, joinRuns) = ([Usage](), [Double](), [Usage]())
    try bench.rounds("first reconcile") { _ in
      try site.empty()
      try Scratch.copyDatabase(sides, to: site.mirror)
      Scratch.settle()
      ours.append(try bench.run(site, Bench.reconcile))
      if let duckdb = bench.others.duckdb, let tables {
        Scratch.settle()
        bench.beside("DuckDB") {
          let (usage, result) = try bench.script("duck", python: duckdb.python, ["join", tables])
          joins.append(try result.figure("seconds"))
          joinRuns.append(usage)
        }
      }
    }
    try site.empty()
    let name = "DuckDB \(bench.others.duckdb?.version ?? ""), full outer join"
    return [
      .times(
        "reconcile-first", "first reconcile, \(size) records, \(size) resets, plan stored", ours,
        goal: .ratio(.atMost, 2), other: .init(name, seconds: joins, runs: joinRuns),
        compared: "resetsync reconcile --no-pull --no-import --no-push, whole process: links,"
          + " merge, rails, plan and conflicts stored durably; DuckDB: CREATE TABLE AS … FULL"
          + " OUTER JOIN of the same records and resets on the reference with all columns, then"
          + " CHECKPOINT, without its start")
    ]
  }

  /// The same two tables in a DuckDB file; nil without DuckDB.
  private static func joinTables(_ bench: Bench) throws -> String? {
    guard let duckdb = bench.others.duckdb else {
      if !bench.options.skipsOthers { bench.skip("DuckDB", "no Python module duckdb") }
      return nil
    }
    let records = try bench.export()
    let resets = try bench.once("resets-\(bench.options.size).csv") { path in
      _ = try bench.inner(
        "resets-csv",
        [
          "path": path, "size": "\(bench.options.size)", "seed": "\(bench.options.seed)",
          "likeness": ResetSides.Likeness.mixed.rawValue,
        ])
    }
    return bench.beside("DuckDB") {
      try bench.once("tables-\(bench.options.size).duckdb") { path in
        _ = try bench.script("duck", python: duckdb.python, ["load", path, records, resets])
      }
    }
  }

  static func measureChanges(_ bench: Bench) throws -> [Finding] {
    let size = bench.options.size
    let changed = min(changedKeys, size)
    let site = try Site(bench.folder + "/changes")
    try site.empty()
    try Scratch.copyDatabase(try bench.steadyMirror(), to: site.mirror)
    var (ours, unchanged) = ([Usage](), [Usage]())
    try bench.rounds("reconcile of changes") { round in
      try bench.inner(
        "change",
        [
          "mirror": site.mirror, "size": "\(size)", "seed": "\(bench.options.seed)",
          "count": "\(changed)", "round": "\(round)",
        ])
      Scratch.settle()
      ours.append(try bench.run(site, Bench.reconcile))
      unchanged.append(try bench.run(site, Bench.reconcile))
    }
    try site.empty()
    let compared = "resetsync reconcile --no-pull --no-import --no-push, whole process"
    return [
      .times(
        "reconcile-changes", "reconcile, \(changed) changed keys among \(size) links", ours,
        goal: .figure(.atMost, 0.060), compared: compared),
      .times(
        "reconcile-unchanged", "reconcile, nothing changed among \(size) links", unchanged,
        compared: compared),
    ]
  }
}
