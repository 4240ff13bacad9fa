import Effects
import Formats
import Foundation

/// Parts of the benchmark that run as processes of their own: those that make data, so that this
/// program stays small, and those that measure a piece of the house without its door.
enum InnerCommand {
  /// `NAME=VALUE` words.
  struct Words: Sendable {
    private let values: [String: String]

    init(_ words: [String]) {
      let pairs = words.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
      values = Dictionary(
        pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { $1 })
    }

    func text(_ name: String) throws -> String {
      guard let value = values[name] else { throw BenchmarkError("inner: \(name)= is missing") }
      return value
    }

    func number(_ name: String) throws -> Int {
      guard let number = Int(try text(name)) else {
        throw BenchmarkError("inner: \(name)= is no whole number")
      }
      return number
    }

    func seed() throws -> UInt64 { UInt64(try number("seed")) }
  }

  /// Runs one and prints its result as one JSON object.
  static func run(_ name: String, _ words: Words) async throws {
    let result: JSONObject =
      switch name {
      case "export": try DataMaking.export(words)
      case "resets": try await DataMaking.resets(words)
      case "resets-csv": try DataMaking.resetsText(words)
      case "change": try await DataMaking.change(words)
      case "page": try await DataMaking.page(words)
      case "json": try ReaderRuns.json(words)
      case "csv": try ReaderRuns.csv(words)
      case "limits": try await LimitRun(words).run()
      case "desk": try await DeskRun.run(words)
      default: throw BenchmarkError("inner: \(name) is unknown")
      }
    FileHandle.standardOutput.write(Data((result.written() + "\n").utf8))
  }
}
