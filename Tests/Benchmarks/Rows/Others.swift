import Effects
import Formats
import Foundation

/// The tools that are measured beside us; each is nil where it is not to be had.
struct Others: Sendable {
  /// A Python module with its version.
  struct Module: Sendable {
    let python: String
    let version: String
  }

  /// The SQLite shell.
  var sqlite3: String?
  /// A Python, for its standard library.
  var python: String?
  var duckdb: Module?
  var dlt: Module?

  /// None.
  init() {}

  /// Looks for all of them; `python` is the one that has the modules.
  init(python chosen: String?, folder: String) {
    sqlite3 = Self.program("sqlite3")
    python = chosen ?? Self.program("python3")
    guard let python else { return }
    duckdb = Self.module("duckdb", python, folder)
    dlt = Self.module("dlt", python, folder)
  }

  /// The path of a script beside this file.
  static func script(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Scripts/\(name).py").path
  }

  private static func program(_ name: String) -> String? {
    ["/usr/local/bin", "/usr/bin", "/bin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static func module(_ name: String, _ python: String, _ folder: String) -> Module? {
    let look = Command(
      program: python, arguments: ["-c", "import \(name); print(\(name).__version__)"],
      secondsMax: 60)
    guard let outcome = try? look.run(in: folder) else { return nil }
    return Module(
      python: python, version: outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}

extension Bench {
  /// Runs a script of another tool; it prints one JSON object.
  func script(
    _ name: String, python: String, _ arguments: [String]
  ) throws -> (usage: Usage, result: JSONValue) {
    let outcome = try Command(
      program: python, arguments: [Others.script(name)] + arguments,
      environment: ["HOME": folder, "TMPDIR": folder], secondsMax: 1_200
    ).run(in: folder)
    return (outcome.usage, try JSONValue(parsing: outcome.output))
  }
}

extension JSONValue {
  /// A member that is a number.
  func figure(_ name: String) throws -> Double {
    guard let number = self[name]?.numberValue else {
      throw BenchmarkError("no figure \(name) in \(written())")
    }
    return number.double
  }
}
