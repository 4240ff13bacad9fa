import Testing

@testable import Benchmarks

struct StatisticsTests {
  @Test func `the median is the middle, or the mean of the two middle ones`() {
    #expect(Statistics.median([3, 1, 2]) == 2)
    #expect(Statistics.median([4, 1, 3, 2]) == 2.5)
    #expect(Statistics.median([7]) == 7)
    #expect(Statistics.median([]) == nil)
  }

  @Test(arguments: [0.5, 1.0, 2.0])
  func `the exponent of a power is its exponent`(_ exponent: Double) throws {
    let points = [10.0, 100, 1_000, 5_000].map { size in
      (size: size, figure: 3 * power(size, exponent))
    }
    #expect(abs(try #require(Statistics.exponent(points)) - exponent) < 1e-9)
  }

  @Test func `there is no exponent without two sizes, or through a figure of nothing`() {
    #expect(Statistics.exponent([(10, 1)]) == nil)
    #expect(Statistics.exponent([(10, 1), (10, 2)]) == nil)
    #expect(Statistics.exponent([(10, 1), (100, 0)]) == nil)
  }

  /// By square roots, so that the test needs no library of its own.
  private func power(_ base: Double, _ exponent: Double) -> Double {
    exponent == 0.5 ? base.squareRoot() : exponent == 1 ? base : base * base
  }
}
