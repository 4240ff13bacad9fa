import Effects
import Formats
import Mirror
import Reconciliation
import TestKit
import Testing

@testable import Pipeline

/// Numbers of files, from the folder into records.
struct ImportNumbersTests {
  @Test func `a mark that one export proves reads the next ones too`() async throws {
    let bench = try ImportBench()
    #expect(try await bench.take("A;1.000\nB;1.234,50\nC;12.000\n") == "accepted 3, rejected 0")
    #expect(try await bench.values() == ["A": "1000", "B": "1234.50", "C": "12000"])
    // Nothing in this one proves a mark.
    #expect(try await bench.take("A;5.000\nB;900\nC;12.000\n") == "accepted 3, rejected 0")
    #expect(try await bench.values() == ["A": "5000", "B": "900", "C": "12000"])
  }

  @Test func `before anything is proved, what has two readings is rejected with both`()
    async throws
  {
    let bench = try ImportBench()
    #expect(try await bench.take("A;1.000\nB;900\n") == "accepted 1, rejected 1")
    #expect(try await bench.values() == ["B": "900"])
    #expect(bench.last?.rejections.first?.reason.contains("can be 1000 or 1; set") == true)
    #expect(try await bench.take("A;1.000\nB;0,5\n") == "accepted 2, rejected 0")
    #expect(try await bench.values() == ["A": "1000", "B": "0.5"])
  }

  @Test func `a file with the other mark is refused until it is accepted by its digest`()
    async throws
  {
    let bench = try ImportBench()
    _ = try await bench.take("A;1.000\nB;0,5\n")
    #expect(try await bench.take("A;1.000\nB;0.5\n").hasPrefix("refused"))
    #expect(try await bench.values() == ["A": "1000", "B": "0.5"])
    let refused = try #require(bench.last)
    for words in ["night2.csv, line 3", "night1.csv, line 3", "decimal_mark", refused.sha256] {
      #expect(refused.reason?.contains(words) == true, "\(words): \(refused.reason ?? "")")
    }
    let result = try await bench.accept(refused.sha256)
    #expect(result == "accepted 2, rejected 0")
    #expect(try await bench.values() == ["A": "1.000", "B": "0.5"])
    #expect(try await bench.take("A;2.500\nB;1\n") == "accepted 2, rejected 0")
    #expect(try await bench.values()["A"] == "2.500")
  }

  @Test func `a file that says both is refused, whoever accepts it`() async throws {
    let bench = try ImportBench()
    #expect(try await bench.take("A;1.234,50\nB;1,234.50\n").hasPrefix("refused"))
    let reason = try #require(bench.last?.reason)
    #expect(reason.contains("line 2 has \",\"") && reason.contains("line 3 has \".\""))
    #expect(try await bench.accept(try #require(bench.last).sha256).hasPrefix("refused"))
    #expect(try await bench.values().isEmpty)
  }

  @Test func `rows that were stored before the proof came are not stored twice`() async throws {
    let bench = try ImportBench()
    let rows = (0..<3_000).map { "K\($0);\($0 % 7 == 0 ? "1.000" : "\($0)")\n" }.joined()
    #expect(try await bench.take(rows + "Z;0,5\n") == "accepted 3001, rejected 0")
    #expect(bench.last?.added == 3_001)
    #expect(try await bench.mirror.verify().isEmpty)
  }
}

/// A folder of exports of one mapping with one decimal field, and the mirror behind it.
private final class ImportBench {
  let mirror: Mirror
  private(set) var last: RunSummary.Import?
  private let folder: TemporaryFolder
  /// A clock that is not behind the times of the files.
  private let time = ManualTime(at: Timestamp(microseconds: 4_000_000_000_000_000))
  private let mapping: Mapping
  private var nights = 0

  private static let rules = """
    {"name": "erp", "origins": ["erp"],
     "export": {"path": "*.csv", "format": "csv", "delimiter": ";", "settle": "0s"},
     "reference": {"column": "ref"},
     "fields": [{"column": "v", "metadata": "v", "type": "decimal"}]}
    """

  init() throws {
    folder = try TemporaryFolder()
    mapping = try Mapping(parsing: Array(Self.rules.utf8), file: "erp.json")
    mirror = try Mirror.open(path: folder.path("mirror.sqlite"))
  }

  /// Imports a file with these rows, and tells what became of it.
  func take(_ rows: String) async throws -> String {
    nights += 1
    try folder.write("ref;v\n" + rows, to: name)
    return try await importNow(accepting: nil)
  }

  /// Imports the last file once more, accepting it.
  func accept(_ sha256: String) async throws -> String { try await importNow(accepting: sha256) }

  private var name: String { "night\(nights).csv" }

  private func importNow(accepting sha256: String?) async throws -> String {
    let stage = ImportStage(parts: parts, run: "r\(nights)", acceptedExport: sha256)
    let result = try await stage.importFile(at: folder.path(name), for: mapping)
    last = result.imports.first
    guard let last, last.state == "accepted" else { return "refused: \(last?.reason ?? "")" }
    return "accepted \(last.accepted), rejected \(last.rejected)"
  }

  private var parts: RunParts {
    let off = ExportGuard.allCases.map { ($0, GuardSetting.off) }
    return RunParts(
      mirror: mirror, client: { throw CancellationError() }, book: RuleBook([mapping]),
      mappingFolders: ["erp": folder.path], safety: SafetySettings(),
      guards: GuardOverrides(Dictionary(uniqueKeysWithValues: off)), time: time,
      random: SeededRandom(seed: 1), log: Log(level: .error, time: time, sink: MemorySink()),
      files: Files(),
      conflictLog: ConflictLogFile(
        path: folder.path("conflicts.ndjson"), bytesMax: 1 << 20, masking: .masked,
        files: Files(), time: time))
  }

  /// The numbers as the next reconcile would write them, by reference.
  func values() async throws -> [String: String] {
    let book = try await mirror.knowing(RuleBook([mapping]))
    var values: [String: String] = [:]
    for reference in ["A", "B", "C"] {
      for story in (try? await mirror.explain(reference)) ?? [] {
        for record in story.group.records where !record.isDeleted {
          let cell = record.cell("v")
          guard
            case .value(.present(let value)) = Conversion(rule: book.mappings[0].fields[0])
              .result(cell)
          else { continue }
          values[reference] = value.written()
        }
      }
    }
    return values
  }
}
