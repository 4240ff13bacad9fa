import Testing

@testable import Exports

@Suite struct ExactSumTests {
  @Test(arguments: [
    (["0.1", "0.2"], "0.3"), (["-1.50", "1.5"], "0"), (["10", "0.05", "-0.06"], "9.99"),
    (["12345678901234567890", "1"], "12345678901234567891"), ([], "0"), (["-0.5"], "-0.50"),
  ])
  func `adds without loss`(_ texts: [String], _ sum: String) throws {
    var total = ExactSum()
    for text in texts {
      let isAdded = total.add(try #require(ExactSum(text)))
      #expect(isAdded)
    }
    let expected = try #require(ExactSum(sum))
    #expect(total == expected)
    #expect(Set([total, expected]).count == 1, "equal sums have one hash: \(total.text)")
  }

  @Test(arguments: ["", "-", "1e3", "1,5", "0.1234567890123456789", "a", "1.2.3"])
  func `takes nothing that is no plain number`(_ text: String) { #expect(ExactSum(text) == nil) }

  @Test func `a sum beyond its room is none`() throws {
    var total = try #require(ExactSum(String(repeating: "9", count: 38)))
    let more = try #require(ExactSum("0.000000000000000001"))
    let isAdded = total.add(more)
    #expect(!isAdded)
  }

  @Test(arguments: [("-0.05", "-0.05"), ("12.340", "12.340"), ("7", "7")])
  func `is told as it is written`(_ text: String, _ told: String) {
    #expect(ExactSum(text)?.text == told)
  }
}
