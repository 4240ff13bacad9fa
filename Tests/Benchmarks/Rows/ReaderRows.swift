import Formats

/// The readers of JSON and CSV, in memory, beside those of others.
enum ReaderRows {
  /// What goes through a JSON reader for one sample, in megabytes.
  private static let megabytes = 200
  /// The rows of the CSV that is read.
  private static let rowsMax = 200_000

  static func measureJSON(_ bench: Bench) throws -> [Finding] {
    let page = try bench.once("page.json") { try bench.inner("page", ["path": $0]) }
    var samples: [String: [Double]] = [:]
    var runs: [String: [Usage]] = [:]
    try bench.rounds("JSON") { _ in
      for reader in ["document", "tree", "foundation"] {
        let (usage, result) = try bench.inner(
          "json", ["path": page, "reader": reader, "megabytes": "\(megabytes)"])
        samples[reader, default: []].append(try result.figure("megabytes_per_second"))
        runs[reader, default: []].append(usage)
      }
      guard let python = bench.others.python else { return }
      bench.beside("Python") {
        let (_, result) = try bench.script(
          "plain", python: python, ["json", page, "\(megabytes / 4)"])
        samples["python", default: []].append(try result.figure("megabytes_per_second"))
      }
    }
    let size = Scratch.size(page)
    let compared = "one page of 25 resets as the client asks for it, \(size) bytes, in memory"
    func line(
      _ name: String, _ work: String, _ reader: String, _ other: String, _ goal: Goal?
    ) -> Finding {
      var line = Finding(
        name: name, work: work, rates: samples[reader] ?? [], .megabytesPerSecond,
        runs: runs[reader] ?? [], goal: goal, compared: compared)
      let name = other == "python" ? "Python json" : "JSONSerialization"
      line.other = .init(name: name, rates: samples[other] ?? [], .megabytesPerSecond)
      return line
    }
    return [
      line(
        "json", "JSON, strict, lossless: pages of 25 resets", "document", "python",
        .figure(.atLeast, 400)),
      line("json-tree", "the same into trees of values", "tree", "foundation", nil),
    ]
  }

  static func measureCSV(_ bench: Bench) throws -> [Finding] {
    let size = min(rowsMax, bench.options.size)
    return try [false, true].map { isQuoted in
      try measureCSV(bench, try bench.export(isQuoted: isQuoted, size: size), isQuoted: isQuoted)
    }
  }

  private static func measureCSV(
    _ bench: Bench, _ path: String, isQuoted: Bool
  ) throws -> Finding {
    var (ours, theirs, duck, runs) = ([Double](), [Double](), [Double](), [Usage]())
    try bench.rounds(isQuoted ? "CSV, quoted" : "CSV") { _ in
      let (usage, result) = try bench.inner("csv", ["path": path, "megabytes": "\(megabytes)"])
      ours.append(try result.figure("megabytes_per_second"))
      runs.append(usage)
      if let python = bench.others.python {
        bench.beside("Python") {
          let (_, result) = try bench.script("plain", python: python, ["csv", path, "1"])
          theirs.append(try result.figure("megabytes_per_second"))
        }
      }
      if let duckdb = bench.others.duckdb {
        bench.beside("DuckDB") {
          let (_, result) = try bench.script("duck", python: duckdb.python, ["read", path])
          duck.append(Double(Scratch.size(path)) / 1e6 / (try result.figure("seconds")))
        }
      }
    }
    var line = Finding(
      name: isQuoted ? "csv-quoted" : "csv",
      work: "CSV, fields out, \(isQuoted ? "every field quoted" : "quotes where needed")",
      rates: ours, .megabytesPerSecond, runs: runs, goal: .figure(.atLeast, 600),
      compared:
        "twelve columns from chunks of 1 MiB in memory, each field handed out as a range of the row's bytes, unquoted;"
        + " DuckDB: read_csv of all columns as text, all cores; Python: csv.reader")
    line.other =
      .init(name: "DuckDB read_csv", rates: duck, .megabytesPerSecond)
      ?? .init(name: "Python csv", rates: theirs, .megabytesPerSecond)
    return line
  }
}
