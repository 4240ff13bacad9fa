import Glibc
import TestKit
import Testing

@testable import CommerceLayer

struct SeenFilterTests {
  /// The ids of a list, as the API makes them.
  private static func ids(_ numbers: Range<Int>) -> [String] { numbers.map { "nrtPtJ\($0)" } }

  /// The share of so many ids that a filter wrongly may contain, by the formula.
  private static func share(ids: Int, bytes: Int) -> Double {
    let probes = Double(SeenFilter.probes)
    return pow(1 - exp(-probes * Double(ids) / Double(bytes * 8)), probes)
  }

  @Test(arguments: [0, 1, 77] as [UInt64])
  func `what was added is always found, and little else`(seed: UInt64) {
    // As full as a filter may become, at the least bytes of an id.
    let expected = SeenFilter.bytesMin / SeenFilter.bytesPerID * 2
    var filter = SeenFilter(seed: seed, expecting: expected)
    #expect(filter.bytes == expected * SeenFilter.bytesPerID)
    let added = Self.ids(0..<expected)
    for id in added { filter.insert(id) }
    let forgotten = added.filter { !filter.mayContain($0) }
    #expect(forgotten.isEmpty)
    let others = Self.ids(expected..<expected + 400_000)
    let found = Double(others.count { filter.mayContain($0) }) / Double(others.count)
    let share = Self.share(ids: expected, bytes: filter.bytes)
    #expect(share < 0.001)
    #expect((share * 0.7...share * 1.3).contains(found), "\(found), not \(share)")
  }

  @Test func `an empty filter contains nothing`() {
    let filter = SeenFilter(seed: 3, expecting: 0)
    let found = Self.ids(0..<1_000).filter { filter.mayContain($0) }
    #expect(found.isEmpty)
  }

  @Test(
    arguments: [
      (-1, 64 << 10), (0, 64 << 10), (32_768, 64 << 10), (32_769, 128 << 10),
      (100_000, 256 << 10), (1_000_000, 2 << 20), (2_097_152, 4 << 20), (2_097_153, 8 << 20),
      (5_000_000, 8 << 20), (.max, 8 << 20), (nil, 8 << 20),
    ] as [(Int?, Int)])
  func `it takes two bytes of an id or more, within its limits`(_ ids: Int?, _ bytes: Int) {
    #expect(SeenFilter(seed: 1, expecting: ids).bytes == bytes)
  }

  @Test func `which ids look alike depends on the seed`() {
    var filters = (SeenFilter(seed: 1, bytes: 1 << 10), SeenFilter(seed: 2, bytes: 1 << 10))
    for id in Self.ids(0..<1_000) {
      filters.0.insert(id)
      filters.1.insert(id)
    }
    let others = Self.ids(1_000..<6_000)
    let alike = (
      Set(others.filter { filters.0.mayContain($0) }),
      Set(others.filter { filters.1.mayContain($0) })
    )
    let share = Self.share(ids: 1_000, bytes: 1 << 10)
    for found in [alike.0, alike.1] {
      #expect(abs(Double(found.count) / 5_000 - share) < share / 5)
    }
    // As many as by chance.
    let both = Double(alike.0.intersection(alike.1).count)
    #expect(both / 5_000 < share * share * 2)
  }
}
