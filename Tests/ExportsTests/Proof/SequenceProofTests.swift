import Exports
import Reconciliation
import Testing

@Suite struct SequenceProofTests {
  @Test(
    arguments: [
      (5...5, 4, true), (5...9, 4, true), (1...1, nil, true), (9...9, 4, false), (6...6, 5, false),
    ] as [(ClosedRange<Int64>, Int64?, Bool)])
  func `the next one is taken`(_ numbers: ClosedRange<Int64>, _ last: Int64?, _ counts: Bool) {
    #expect(SequenceProof.judge(numbers, last: last, counts: counts) == .next)
  }

  @Test(arguments: [
    (4...4, "4 is that of the last"), (3...3, "3 lies before 4"), (3...7, "3 lies"),
  ])
  func `what was there is past`(_ numbers: ClosedRange<Int64>, _ words: String) {
    for counts in [true, false] {
      guard case .past(let told) = SequenceProof.judge(numbers, last: 4, counts: counts) else {
        Issue.record("\(numbers) is not past")
        continue
      }
      #expect(told.contains(words), "\(told)")
    }
  }

  @Test(arguments: [(6...6, "number 5 is not there"), (9...9, "numbers 5 to 8 are not there")])
  func `changes wait for what lies between`(_ numbers: ClosedRange<Int64>, _ words: String) {
    guard case .gap(let told) = SequenceProof.judge(numbers, last: 4, counts: true) else {
      Issue.record("no gap before \(numbers)")
      return
    }
    #expect(told.contains(words), "\(told)")
  }

  @Test(arguments: [
    ("delta_0042.csv", 42 as Int64?), ("delta_.csv", nil), ("delta_1234567890123456789.csv", nil),
  ])
  func `is read from a name`(_ name: String, _ number: Int64?) throws {
    let pattern = try #require(TextPattern(#"_(\d+)\.csv$"#))
    #expect(SequenceNumber(in: name, by: pattern.matcher)?.value == number)
  }
}
