import Formats
import Reconciliation
import Testing

private let first = noon.adding(seconds: -86_400)
private let later = noon.adding(seconds: 3_600)

@Test func `a change of one part makes no other newer`() {
  var times = FieldTimes(firstSeen: first)
  times.note(
    from: object(#"{"a": 1, "erp": {"x": 1, "y": 1}}"#),
    to: object(#"{"a": 1.0, "erp": {"x": 1, "y": 2}, "opened": 1}"#), after: first, until: noon)
  #expect(times.span(of: ["a"]) == ChangeSpan(after: nil, until: first))
  #expect(times.span(of: ["erp", "x"]) == ChangeSpan(after: nil, until: first))
  #expect(times.span(of: ["erp", "y"]) == ChangeSpan(after: first, until: noon))
  // What holds a changed part has changed with it.
  #expect(times.span(of: ["erp"]) == ChangeSpan(after: first, until: noon))
  times.note(
    from: object(#"{"erp": {"x": 1}}"#), to: object(#"{"erp": "text"}"#), after: noon,
    until: later)
  #expect(times.span(of: ["erp", "x"]) == ChangeSpan(after: noon, until: later))
  #expect(FieldTimes(decoding: times.encoded()) == times)
  #expect(FieldTimes(decoding: "[1]") == nil)
}

@Test func `beyond a number of parts only the last change is known`() {
  var times = FieldTimes(firstSeen: first)
  let many = (0...FieldTimes.partsMax).map { "\"k\($0)\": 1" }.joined(separator: ",")
  times.note(from: JSONObject(), to: object("{\(many)}"), after: first, until: noon)
  #expect(times.span(of: ["k1"]) == ChangeSpan(after: nil, until: noon))
  #expect(times.span(of: ["other"]) == ChangeSpan(after: nil, until: noon))
}

@Test func `a side is later only if it can't have been earlier`() {
  func later(_ source: Double, _ after: Double?, _ until: Double?) -> Side? {
    func time(_ seconds: Double?) -> Timestamp? { seconds.map { noon.adding(seconds: $0) } }
    return ChangeTimes(
      source: time(source), remote: ChangeSpan(after: time(after), until: time(until))
    ).later
  }
  #expect(later(200, nil, 0) == .source)
  #expect(later(0, nil, 200) == nil)
  #expect(later(0, 200, 300) == .remote)
  #expect(later(100, 0, 300) == nil)
  #expect(later(0, 100, 300) == nil)
  #expect(later(0, nil, nil) == nil)
}
