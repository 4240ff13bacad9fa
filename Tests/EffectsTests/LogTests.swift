import Effects
import Formats
import TestKit
import Testing

@Suite struct LogTests {
  private let sink = MemorySink()

  private func log(_ format: LogFormat, level: LogLevel = .debug) -> Log {
    Log(level: level, format: format, time: ManualTime(), sink: sink)
  }

  @Test func `a text line has time, level, message and fields`() {
    log(.text).with(["run": "r1"]).warning(
      "page refused", ["page": 3, "reason": "two words", "who": .null, "again": true])
    #expect(
      sink.lines == [
        "2026-11-23T10:00:00.000Z warning page refused run=r1 page=3 reason=\"two words\" "
          + "who=null again=true"
      ])
  }

  @Test func `a JSON line is one object that fields can't break`() throws {
    log(.json).info("line\nbreak", ["level": "fake", "ratio": 0.5, "text": "\"quoted\""])
    let object = try JSONValue(parsing: sink.lines[0])
    #expect(object["level"]?.text == "info")
    #expect(object["field_level"]?.text == "fake")
    #expect(object["message"]?.text == "line\nbreak")
    #expect(object["ratio"]?.numberValue?.double == 0.5)
    #expect(object["text"]?.text == "\"quoted\"")
    #expect(!sink.lines[0].contains("\n"))
  }

  @Test func `lines below the level are not made`() {
    log(.text, level: .notice).info("quiet")
    log(.text, level: .notice).notice("heard")
    #expect(sink.lines.count == 1)
  }

  @Test(arguments: LogFormat.allCases)
  func `what may be a secret is masked`(_ format: LogFormat) {
    log(format).info(
      "sent Authorization: Bearer abc.def.ghi now",
      [
        "access_token": "t0p", "clientSecret": "t0p", "Password": "t0p", "Set-Cookie": "t0p",
        "note": "Bearer t0p", "secret": .init(Secret("t0p")), "detail": .init(Secret("t0p")),
      ])
    #expect(!sink.lines[0].contains("t0p"))
    #expect(!sink.lines[0].contains("abc.def"))
    #expect(sink.lines[0].contains(Secret.mask))
  }

  @Test func `what only speaks of a secret is shown`() {
    log(.text).info(
      "x", ["reset_password_at": "2026", "token_url": "https://a/", "token_count": 3])
    #expect(sink.lines[0].hasSuffix("reset_password_at=2026 token_url=https://a/ token_count=3"))
  }

  @Test func `control characters can't forge lines or move a cursor`() {
    log(.text).info("a\nb\u{1B}[2J", ["x": "1\r2", "y": "\u{202E}abc"])
    #expect(sink.lines[0].unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
  }

  @Test func `the memory sink keeps the newest lines`() {
    let small = MemorySink(linesMax: 2)
    for line in ["a", "b", "c"] { small.write(line) }
    #expect(small.lines == ["b", "c"])
  }
}
