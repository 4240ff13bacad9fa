import Effects

/// Imports of exports into the mirror, beside the SQLite shell.
enum ImportRows {
  /// Rows that differ in the second export.
  private static let changedMax = 1_000

  private struct Runs {
    var first: [Usage] = []
    var changed: [Usage] = []
    var again: [Usage] = []
    var sqlite: [Usage] = []
    var hash: [Usage] = []
  }

  static func measure(_ bench: Bench) throws -> [Finding] {
    let changed = min(changedMax, bench.options.size / 10)
    let byKey = try measure(bench, .byKey, changed: changed)
    let shuffled = try measure(bench, .shuffled, changed: 0)
    let first = Statistics.median(byKey.first.map(\.seconds)) ?? 0
    return [
      firstImport(bench, "import-first", "keys in order", byKey),
      firstImport(bench, "import-shuffled", "keys in no order", shuffled),
      .times(
        "import-changed", "the same with \(changed) rows changed", byKey.changed,
        goal: .ratio(.atMost, 0.35),
        other: .init("resetsync, first import", seconds: [first]),
        compared: "one process: resetsync import of the changed file, over its first import"),
      .times(
        "import-unchanged", "the same file again, unchanged", byKey.again,
        goal: .ratio(.atMost, 1), other: .init("sha256sum", byKey.hash),
        compared: "one process: resetsync import; sha256sum of the file, both from the page cache"),
    ]
  }

  private static func firstImport(
    _ bench: Bench, _ name: String, _ order: String, _ runs: Runs
  ) -> Finding {
    .times(
      name, "import \(bench.options.size) × 12, first, \(order)", runs.first,
      goal: .ratio(.atMost, 1), other: .init("sqlite3 .import", runs.sqlite),
      compared: "one process each, into a new file, one transaction, WAL, synchronous FULL, page"
        + " cache of 24 MiB: resetsync decodes, validates, keys and hashes; the sqlite3 shell"
        + " stores twelve TEXT columns with UNIQUE(ID)")
  }

  private static func measure(
    _ bench: Bench, _ order: ExportText.Order, changed: Int
  ) throws -> Runs {
    let first = try bench.export(order)
    let second = changed > 0 ? try bench.export(order, changed: changed) : nil
    let site = try Site(bench.folder + "/import")
    var runs = Runs()
    if bench.others.sqlite3 == nil, !bench.options.skipsOthers, order == .byKey {
      bench.skip("sqlite3", "the shell is not installed")
    }
    try bench.rounds("import, order \(order.rawValue)") { _ in
      try site.empty()
      Scratch.settle()
      runs.first.append(try bench.run(site, ["import", "crm", "--file", first]))
      if let sqlite = bench.others.sqlite3 {
        Scratch.settle()
        runs.sqlite += bench.beside("sqlite3") { [try importBySQLite(bench, sqlite, first)] } ?? []
      }
      guard let second else { return }
      Scratch.settle()
      runs.again.append(try bench.run(site, ["import", "crm", "--file", first]))
      runs.hash.append(
        try Command(program: "/usr/bin/sha256sum", arguments: [first]).run(in: bench.folder).usage)
      runs.changed.append(try bench.run(site, ["import", "crm", "--file", second]))
    }
    try site.empty()
    return runs
  }

  private static func importBySQLite(
    _ bench: Bench, _ sqlite: String, _ file: String
  ) throws -> Usage {
    let database = bench.folder + "/import.sqlite"
    for suffix in ["", "-wal", "-shm"] { try Scratch.remove(database + suffix) }
    defer { try? Scratch.remove(database) }
    let columns = ExportText.columns.map { "\"\($0)\" TEXT" }.joined(separator: ", ")
    let command = Command(
      program: sqlite,
      arguments: [
        "-batch", database,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -24576;"
          + " CREATE TABLE records(\(columns), UNIQUE(ID));",
        ".import --csv --skip 1 \(file) records",
      ])
    return try command.run(in: bench.folder).usage
  }
}
