import Formats
import Testing

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("90s", 90.0), ("15m", 900), ("24h", 86400), ("7d", 604_800), ("2w", 1_209_600),
    ("1h30m", 5400), ("500ms", 0.5), ("1.5h", 5400), ("0s", 0), ("1m500ms", 60.5),
  ])
  func `durations are read`(text: String, seconds: Double) {
    #expect(DurationText.seconds(text) == seconds)
  }

  @Test(arguments: [
    "", "90", "s", "-5s", "5 s", "5x", "5m1h", "1h1h", ".5h", "5.h", "1e3s", "+1s", "٣s", "1.2.3s",
  ])
  func `what is no duration is refused`(text: String) { #expect(DurationText.seconds(text) == nil) }

  @Test(arguments: [
    (90.0, "1m30s"), (0, "0s"), (0.25, "250ms"), (90061, "1d1h1m1s"), (-5, "-5s"),
    (.infinity, "unlimited"),
  ])
  func `durations are written`(seconds: Double, text: String) {
    #expect(DurationText.written(seconds: seconds) == text)
  }
}
