import Testing

@testable import Benchmarks

struct FindingTests {
  private func finding(_ seconds: [Double], other: [Double], goal: Goal) -> Finding {
    .times(
      "work", "some work", seconds.map { Usage(seconds: $0, peakBytes: Int($0 * 1e6)) },
      goal: goal, other: .init("other", seconds: other), compared: "")
  }

  @Test func `a ratio is that of the medians and is held against its bound`() {
    let within = finding([1, 9, 2], other: [4, 4, 1], goal: .ratio(.atMost, 0.5))
    #expect(within.ratio == 0.5)
    #expect(within.isMet == true)
    #expect(within.peakBytes == 9_000_000)
    #expect(finding([3], other: [4], goal: .ratio(.atMost, 0.5)).isMet == false)
    #expect(finding([3], other: [4], goal: .ratio(.atLeast, 0.75)).isMet == true)
  }

  @Test func `a goal that needs another tool is neither met nor missed without it`() {
    #expect(finding([1], other: [], goal: .ratio(.atMost, 1)).isMet == nil)
    #expect(finding([1], other: [], goal: .figure(.atMost, 1)).isMet == true)
    #expect(finding([1.1], other: [], goal: .figure(.atMost, 1)).isMet == false)
  }

  @Test func `figures keep three digits, and short times are milliseconds`() {
    #expect(Quantity(0.0432, .seconds).text == "43.2 ms")
    #expect(Quantity(5.312, .seconds).text == "5.31 s")
    #expect(Quantity(41_234.5, .rowsPerSecond).text == "41234 rows/s")
    #expect(Quantity(0, .requests).text == "0")
  }

  @Test func `columns line up`() {
    #expect(TableText.columns([["a", "b"], ["long", "c"]]) == "a     b\nlong  c")
  }
}
