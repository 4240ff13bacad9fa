import Effects
import Formats
import Foundation

/// What all groups share: the programs, the folder, the data that is made once.
final class Bench {
  let options: Options
  /// The folder of data and databases.
  let folder: String
  /// The program that is measured.
  let program: String
  /// The other tools, as far as they are there.
  let others: Others
  private(set) var skipped: [Skipped] = []
  private var made: [String: String] = [:]

  init(_ options: Options) throws {
    self.options = options
    let own = Self.ownPath
    program = options.program ?? FilePath.folder(of: own) + "/resetsync"
    guard Files().exists(program) else {
      throw BenchmarkError("no program at \(program); build it, or name it with --program")
    }
    folder = options.work ?? NSTemporaryDirectory() + "/resetsync-bench-\(getpid())"
    try Files().makeFolder(folder)
    others = options.skipsOthers ? Others() : Others(python: options.python, folder: folder)
  }

  /// Where this program lies.
  static var ownPath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// Tells people how far it is.
  func say(_ text: String) { FileHandle.standardError.write(Data("bench: \(text)\n".utf8)) }

  /// Notes what can't be measured.
  func skip(_ name: String, _ reason: String) {
    say("\(name) skipped: \(reason)")
    skipped.append(Skipped(name: name, reason: reason))
  }

  /// Runs another tool; where that fails, its figure is missing and ours still stands.
  @discardableResult
  func beside<Value>(_ name: String, _ work: () throws -> Value) -> Value? {
    do {
      return try work()
    } catch {
      skip(name, "\(error)")
      return nil
    }
  }

  // MARK: Running

  /// Runs `resetsync` at a site.
  @discardableResult
  func run(_ site: Site, _ arguments: [String], expects: Set<Int32> = [0]) throws -> Usage {
    let command = Command(
      program: program, arguments: arguments + ["--config", site.configuration],
      environment: Site.environment, expects: expects)
    return try command.run(in: folder).usage
  }

  /// Runs a part of this program as a process of its own, and gives the JSON that it prints.
  @discardableResult
  func inner(_ name: String, _ words: [String: String]) throws -> (Usage, JSONValue) {
    let arguments = ["inner", name] + words.map { "\($0.key)=\($0.value)" }
    let outcome = try Command(program: Self.ownPath, arguments: arguments).run(in: folder)
    return (outcome.usage, try JSONValue(parsing: outcome.output))
  }

  /// Runs a work once for each round.
  func rounds(_ name: String, _ work: (Int) throws -> Void) rethrows {
    for round in 1...options.rounds {
      say("\(name), round \(round) of \(options.rounds)")
      try work(round)
    }
  }

  // MARK: Data, made once

  /// Gives a path, and has the file made when it is first asked for.
  func once(_ name: String, _ make: (String) throws -> Void) throws -> String {
    if let path = made[name] { return path }
    let path = folder + "/" + name
    say("making \(name)")
    try make(path)
    made[name] = path
    return path
  }

  /// An export of all customers.
  func export(
    _ order: ExportText.Order = .byKey, changed: Int = 0, isQuoted: Bool = false,
    size: Int? = nil
  ) throws -> String {
    let size = size ?? options.size
    let name = "export-\(size)-\(order.rawValue)-\(changed)\(isQuoted ? "-quoted" : "").csv"
    return try once(name) { path in
      _ = try inner(
        "export",
        [
          "path": path, "size": "\(size)", "seed": "\(options.seed)", "order": order.rawValue,
          "changed": "\(changed)", "quoted": "\(isQuoted)",
        ])
    }
  }

  /// A mirror that holds all records and nothing else.
  func recordsMirror(size: Int? = nil) throws -> String {
    let size = size ?? options.size
    return try once("records-\(size).sqlite") { path in
      let site = try Site(folder + "/records")
      try site.empty()
      try run(site, ["import", "crm", "--file", try export(size: size)])
      try Scratch.copyDatabase(site.mirror, to: path)
      try site.empty()
    }
  }

  /// A mirror that holds both sides, never reconciled.
  func sidesMirror(_ likeness: ResetSides.Likeness, size: Int? = nil) throws -> String {
    let size = size ?? options.size
    return try once("sides-\(size)-\(likeness.rawValue).sqlite") { path in
      try Scratch.copyDatabase(try recordsMirror(size: size), to: path)
      _ = try inner(
        "resets",
        [
          "mirror": path, "size": "\(size)", "seed": "\(options.seed)",
          "likeness": likeness.rawValue,
        ])
    }
  }

  /// A mirror in which every customer is linked and in sync.
  func steadyMirror() throws -> String {
    try once("steady-\(options.size).sqlite") { path in
      let site = try Site(folder + "/steady")
      try site.empty()
      try Scratch.copyDatabase(try sidesMirror(.same), to: site.mirror)
      try run(site, Bench.reconcile)
      try Scratch.copyDatabase(site.mirror, to: path)
      try site.empty()
    }
  }

  /// A mirror with one open conflict for each of so many customers.
  func conflictMirror(_ count: Int) throws -> String {
    try once("conflicts-\(count).sqlite") { path in
      let site = try Site(folder + "/conflicts")
      try site.empty()
      try Scratch.copyDatabase(try sidesMirror(.different, size: count), to: site.mirror)
      try run(site, Bench.reconcile)
      try Scratch.copyDatabase(site.mirror, to: path)
      try site.empty()
    }
  }

  /// Matching, merging, planning and storing, without network and without new exports.
  static let reconcile = ["reconcile", "--no-pull", "--no-import", "--no-push"]
}
