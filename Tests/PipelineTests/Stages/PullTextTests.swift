import CommerceLayer
import Formats
import Testing

@testable import Pipeline

@Suite struct PullTextTests {
  @Test func `where a pull stands is read back as it was written`() throws {
    let state = PullState(
      watermark: RemoteInstant("2026-01-01T12:00:00.123456Z"),
      serverTime: Timestamp(rfc3339: "2026-01-01T12:00:01Z"),
      ownTime: Timestamp(rfc3339: "2026-01-01T12:00:02Z"))
    #expect(PullState(text: state.text) == state)
    let ranges = [
      WalkBounds(after: nil, before: "b"), WalkBounds(after: "c", before: "d"),
      WalkBounds(after: "e", before: nil),
    ]
    let cursor = FullPullCursor(ranges: ranges, rows: 75, stateBefore: state)
    #expect(FullPullCursor(text: cursor.text) == cursor)
  }

  @Test(arguments: [
    "", "{}", #"{"after":"a","rows":1,"state":{}}"#, #"{"ranges":[],"rows":0,"state":{}}"#,
  ])
  func `anything else begins anew`(_ text: String) {
    #expect(FullPullCursor(text: text) == nil)
  }
}
