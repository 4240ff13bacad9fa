import Formats
import Mirror
import MirrorKit
import Reconciliation
import TestKit
import Testing

@Suite struct ItemQueriesTests {
  private func all(_ bench: MirrorBench, _ list: ItemList, limit: Int) async throws -> [ItemLine] {
    var (lines, after): ([ItemLine], String?) = ([], nil)
    repeat {
      let page = try await bench.mirror.items(list, after: after, limit: limit)
      #expect(page.lines.count <= limit)
      lines += page.lines
      after = page.next
    } while after != nil
    return lines
  }

  @Test(arguments: [1, 3, 50])
  func `each situation lists as many items as it counts, whatever the page`(
    limit: Int
  ) async throws {
    let bench = try MirrorBench()
    try await bench.pull(
      (0..<7).map { bench.reset("s\($0)", "S\($0)", metadata: #"{"group":"a","limit":"1"}"#) }
        + [
          bench.reset("c", "C", metadata: #"{"group":"b"}"#), bench.reset("n", nil),
          bench.reset("u", "1", origin: "else"), bench.reset("r", "R"), bench.reset("d", "D"),
          bench.reset("e", "D"),
        ])
    try await bench.load(
      (0..<7).map { ["S\($0)", "a", "1"] }
        + [
          ["C", "a"], ["D", "a"], ["O1", "a"], ["O2", "a"],
          ["T", "a"], ["T", "b"],
        ])
    try await bench.reconcile()
    let counts = try await bench.mirror.situations()
    var items = 0
    for situation in Situation.allCases {
      let wanted = counts.values.reduce(0) { $0 + ($1[situation] ?? 0) }
      let found = try await all(bench, .situations([situation], mapping: nil), limit: limit)
      #expect(found.count == wanted && Set(found).count == wanted, "\(situation)")
      #expect(found.allSatisfy { $0.situation == situation })
      for (mapping, own) in counts {
        let part = try await all(bench, .situations([situation], mapping: mapping), limit: limit)
        #expect(part.count == own[situation] ?? 0, "\(situation) \(mapping)")
      }
      items += found.count
    }
    #expect(items > 14 && counts["erp"]?[.inSync] == 7)
    let resets = try await all(bench, .resets, limit: limit)
    #expect(resets.count == 13 && Set(resets.map(\.resetID)).count == 13)
    let records = try await all(bench, .records(mapping: "erp"), limit: limit)
    #expect(records.count == (try await bench.mirror.recordCounts()["erp"]))
    #expect(records.allSatisfy { $0.file != nil && $0.line != nil })
    #expect(try await all(bench, .records(mapping: "nobody"), limit: limit).isEmpty)
  }
}
