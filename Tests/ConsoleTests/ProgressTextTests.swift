import Testing

@testable import Console

@Suite struct ProgressTextTests {
  @Test func `shows share, rate and what remains`() {
    let line = ProgressText.line(
      "importing a.csv", done: 25_000_000, of: 100_000_000, unit: .bytes, elapsed: 2)
    #expect(line == "importing a.csv [######------------------] 25 % · 12.5 MB/s · 6 s left")
  }

  @Test func `says no rate before it means something, and no time without an end`() {
    #expect(
      ProgressText.line("pushing", done: 0, of: 10, unit: .things("updates"), elapsed: 0.1)
        == "pushing [------------------------] 0 % · 0 updates")
    #expect(
      ProgressText.line("pulling", done: 1_500, of: nil, unit: .things("rows"), elapsed: 1)
        == "pulling · 1,500 rows · 1,500 a second")
  }

  @Test func `counts hours and stays whole at the end`() {
    let long = ProgressText.line("x", done: 1, of: 10_001, unit: .bytes, elapsed: 1)
    #expect(long.hasSuffix("0 kB/s · 2 h 46 min left"))
    let end = ProgressText.line("x", done: 12, of: 10, unit: .bytes, elapsed: 1)
    #expect(end.hasPrefix("x [########################] 100 %"))
  }
}
