import Exports
import Formats
import Foundation
import Reconciliation
import TestKit
import Testing

/// Exports of every make, generated with their true values: no value arrives that is not the true
/// one.
///
/// `RESETSYNC_SWEEP=N` sets how many files, `RESETSYNC_SWEEP_SEED=S` where their seeds begin: file
/// n is made from seed S + n alone.
@Suite struct SweepTests {
  private static func setting(_ name: String, default value: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
  }

  /// How the files of a sweep ended.
  private struct Count {
    var files = 0
    var refused = 0
    var rows = 0
    var rejected = 0
    var values = 0
    var damaged = 0
  }

  @Test func `no value arrives that is not the true one`() throws {
    let first = Self.setting("RESETSYNC_SWEEP_SEED", default: 1)
    let files = Self.setting("RESETSYNC_SWEEP", default: 1_500)
    var count = Count()
    var faults: [String] = []
    for seed in first..<(first + files) where faults.count < 20 {
      faults += try Self.check(UInt64(seed), &count)
    }
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n\n"))")
    // A sweep that reads nothing would find nothing.
    #expect(count.values > files, "\(count)")
    print("sweep: \(count)")
  }

  private static func check(_ seed: UInt64, _ count: inout Count) throws -> [String] {
    var random = SplitMix(seed)
    guard var export = SweepWriter.export(&random) else { return [] }
    if random.chance(35) {
      export.damage(&random)
      count.damaged += 1
    }
    count.files += 1
    let story = "seed \(seed): \(export.story.joined(separator: ", "))"
    let mapping = try Mapping(parsing: Array(export.mapping.utf8), file: "sweep.json")
    let reading: SweepReading
    do {
      reading = try SweepReading(export, mapping)
    } catch let refusal as ExportRefusal {
      count.refused += 1
      return export.promise == .taken ? ["\(story)\nrefused: \(refusal)"] : []
    }
    count.rows += reading.rows.count
    count.rejected += reading.rejected.count
    var faults = reading.faults(by: export, &count.values)
    if export.promise == .taken, let rejection = reading.rejected.first {
      faults.append("rejected: \(rejection.reason) in line \(rejection.line)")
    }
    return faults.map { "\(story)\n\($0)" }
  }
}

/// What came out of an export, by an import's own reader.
struct SweepReading {
  let rows: [ImportedRow]
  let rejected: [RowRejection]
  private let mapping: Mapping
  private let facts: ExportFacts

  /// Reads an export as an import does, again where its columns proved a locale on the way.
  init(_ export: SweepExport, _ mapping: Mapping) throws {
    let file = ExportFile(name: export.name, bytes: ByteArraySource(export.bytes))
    var collector = RowCollector()
    var known = mapping
    do {
      facts = try ExportReader(file, by: known).read(into: collector)
    } catch let proved as MarksProved {
      known = mapping.knowing(proved.marks)
      collector = RowCollector()
      facts = try ExportReader(file, by: known).read(into: collector)
    }
    self.mapping = known
    rows = collector.rows
    rejected = collector.rejected
  }

  /// Values that are not the true ones; counts all that arrived.
  func faults(by export: SweepExport, _ values: inout Int) -> [String] {
    // A last line without the end that it had is refused by the guard of last lines.
    let last = export.endedItsLastLine && facts.endsWithNewline == false ? rows.last?.line : nil
    var faults: [String] = []
    for row in rows where row.line != last {
      guard let truth = export.truth[row.record.rawReference] else {
        faults.append("nobody has the reference \(row.record.rawReference.debugDescription)")
        continue
      }
      for (field, value) in zip(mapping.fields, arrived(row)) {
        guard let value else { continue }
        values += 1
        if truth[field.metadata]?.isTold(by: value) != true {
          faults.append(
            "\(row.record.rawReference), \(field.metadata): \(value.written()) arrived, true is "
              + "\(truth[field.metadata].map { "\($0)" } ?? "nothing")")
        }
      }
    }
    return faults
  }

  private func arrived(_ row: ImportedRow) -> [JSONValue?] {
    let places = Dictionary(
      mapping.columnsNeeded.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let cells = row.cells
    return mapping.fields.map { field in
      guard let place = places[field.column], place < cells.count,
        case .value(let value) = convert(cells[place], by: field)
      else { return nil }
      return value.json
    }
  }
}
