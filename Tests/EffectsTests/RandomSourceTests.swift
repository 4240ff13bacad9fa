import Effects
import Testing

@Suite struct RandomSourceTests {
  @Test func `the same seed gives the same numbers`() {
    let (one, two, other) = (SeededRandom(seed: 7), SeededRandom(seed: 7), SeededRandom(seed: 8))
    let numbers = (0..<10).map { _ in one.next() }
    #expect(numbers == (0..<10).map { _ in two.next() })
    #expect(numbers != (0..<10).map { _ in other.next() })
  }

  @Test func `SplitMix64 gives its published numbers`() {
    let random = SeededRandom(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
  }

  @Test func `numbers stay in their range and reach all of it`() {
    let random = SeededRandom(seed: 1)
    #expect(Set((0..<200).map { _ in random.below(7) }) == Set(0..<7))
    #expect((0..<1_000).allSatisfy { _ in (0..<1).contains(random.unit()) })
    #expect(random.below(1) == 0)
  }

  @Test(arguments: [0, 1, 7, 8, 33])
  func `bytes come in the number asked for`(_ count: Int) {
    #expect(SystemRandom().bytes(count).count == count)
  }
}
