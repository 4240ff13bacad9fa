import Testing

@testable import Sandbox

/// The parts that must be right for every answer to be right.
struct StoreTests {
  @Test func `ids decode to their numbers and nothing else does`() {
    let ids = ResourceIDs(key: 42)
    var seen = Set<String>()
    for number in 0..<5_000 {
      let id = ids.id(number)
      #expect(ids.number(id) == number)
      seen.insert(id)
    }
    #expect(seen.count == 5_000)
    for text in ["", "abc", "ABCDEFGHI1", "ABCDEFGHIJK", "ÄBCDEFGHI"] {
      #expect(ids.number(text) == nil)
    }
  }

  @Test func `the ordered index agrees with a sorted array`() {
    var index = OrderedIndex()
    var model: [OrderedIndex.Entry] = []
    var random: UInt64 = 1
    func next(_ bound: UInt64) -> Int {
      random = ResourceIDs.mixed(random &+ 0x9E37_79B9_7F4A_7C15)
      return Int(random % bound)
    }
    for step in 0..<12_000 {
      let entry = OrderedIndex.Entry(primary: Int64(next(500)), sequence: Int32(next(2_000)))
      let place = model.firstIndex { !($0 < entry) } ?? model.count
      let isThere = place < model.count && model[place] == entry
      if step % 3 == 2, isThere {
        model.remove(at: place)
        index.remove(entry)
      } else if !isThere {
        model.insert(entry, at: place)
        index.insert(entry)
      }
      if step % 97 == 0 { #expect(index.rank(entry) == place) }
    }
    #expect(index.count == model.count)
    let all = model.map { Int($0.sequence) }
    #expect(index.sequences(in: 0..<model.count) == all)
    #expect(index.sequences(in: 100..<130, descending: true) == all[100..<130].reversed())
    #expect(index.sequences(in: (model.count - 1)..<(model.count + 9)) == [all[all.count - 1]])
  }

  @Test(arguments: [
    ("2026-01-01", 1_767_225_600_000_000), ("2026-01-01T00:00:00Z", 1_767_225_600_000_000),
    ("2026-01-01T01:00:00.5+01:00", 1_767_225_600_500_000),
    ("1969-12-31T23:59:59.999999Z", -1), ("2024-02-29T00:00:00.1234567Z", 1_709_164_800_123_456),
  ])
  func `times are read`(text: String, microseconds: Int64) {
    #expect(Instant.microseconds(of: text) == microseconds)
  }

  @Test(arguments: [
    "2026-02-30", "2026-13-01", "2026-1-1", "2026-01-01T00:00", "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:00Zjunk", "2026-01-01T00:00:00.Z", "now", "",
  ])
  func `other texts are no times`(text: String) {
    #expect(Instant.microseconds(of: text) == nil)
  }

  @Test(arguments: [
    ("%", "", true), ("a%", "abc", true), ("%c", "abc", true), ("a_c", "abc", true),
    ("a\\%", "a%", true), ("a\\%", "abc", false), ("%b%d", "abcbd", true), ("ab", "abc", false),
  ])
  func `patterns match as LIKE does`(pattern: String, text: String, matches: Bool) {
    #expect(LikePattern(pattern).matches(text) == matches)
  }

  @Test(arguments: [
    ("1", "1"), ("1.50", "1.50"), ("1e2", "100"), ("1.25e1", "12.5"), ("-0", "0"), ("-0.0", "0.0"),
    ("25e-3", "0.025"), ("-1E+1", "-10"),
  ])
  func `numbers are respelled as jsonb does`(spelling: String, plain: String) {
    #expect(JSONB.plain(spelling) == plain)
  }
}
