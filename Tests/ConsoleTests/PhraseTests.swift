import Formats
import Reconciliation
import Testing

@testable import Console

/// Long values are cut around what differs, never before it.
@Suite struct PhraseTests {
  private let start = String(repeating: "Deliver to the back door. ", count: 5)

  @Test(arguments: [40, 60])
  func `two values that begin alike show where they differ`(most: Int) {
    let (ring, knock) = (start + "Ring twice.", start + "Knock.")
    let one = ShownValue.shortened(ring, against: knock, to: most)
    let other = ShownValue.shortened(knock, against: ring, to: most)
    #expect(one.hasPrefix("…") && one.contains("Ring twice."))
    #expect(other.hasPrefix("…") && other.contains("Knock."))
    #expect(one.count <= most && other.count <= most && one != other)
    // With more behind the difference, that is cut.
    let long = ShownValue.shortened(ring + start, against: knock + start, to: most)
    #expect(long.hasPrefix("…") && long.hasSuffix("…") && long.contains("Ring"))
    #expect(long.count <= most)
  }

  @Test func `what differs at the beginning is cut at its end, and what is short not at all`() {
    #expect(ShownValue.shortened("a" + start, against: "b" + start).hasPrefix("aDeliver"))
    #expect(ShownValue.shortened("short", against: "shorn") == "short")
    #expect(ShownValue.shortened(start, against: start + "more") != start)
  }

  @Test func `a choice names both values so that they can be told apart`() {
    let (source, remote) = (FieldValue.text(start + "Ring."), FieldValue.text(start + "Knock."))
    let sentence: Phrase = "Write \(source, against: remote) (now \(remote, against: source))"
    #expect(sentence.text.contains("Ring.") && sentence.text.contains("Knock."))
  }
}
