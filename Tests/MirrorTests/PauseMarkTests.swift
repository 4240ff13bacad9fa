import Formats
import Foundation
import Mirror
import MirrorKit
import SQLite
import TestKit
import Testing

/// The kill switch: a mark beside the mirror that asks nothing of the database.
@Suite struct PauseMarkTests {
  private let now = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

  private func act(_ by: String, _ reason: String? = nil, after seconds: Double = 0) -> Act {
    Act(by: by, at: now.adding(seconds: seconds), reason: reason)
  }

  @Test func `the last act counts, and who paused is told`() throws {
    let folder = try TemporaryFolder()
    let mark = PauseMark(mirror: folder.path + "/var/mirror.sqlite")
    #expect(mark.current() == nil)
    #expect(try mark.resume(act("ann")) == nil)
    try mark.pause(act("ann", "wrong prices"))
    let note = try #require(mark.current())
    #expect(note.by == "ann" && note.reason == "wrong prices" && note.since == now)
    #expect(note.words == "ann paused all writing: wrong prices")
    try mark.pause(act("bob", after: 1))
    #expect(mark.current()?.by == "bob")
    #expect(try mark.resume(act("ann", after: 2))?.by == "bob")
    #expect(mark.current() == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: mark.path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test(arguments: ["", "{", #"{"kind":"pause","at":"2026-11"#, "resumed\n", #"{"kind":"go"}"#])
  func `what can't be read whole counts as paused`(_ text: String) throws {
    let folder = try TemporaryFolder()
    let mark = PauseMark(mirror: folder.path + "/mirror.sqlite")
    try text.write(toFile: mark.path, atomically: true, encoding: .utf8)
    #expect(mark.current()?.by == "somebody")
    // A cut line is no obstacle to the end of the pause.
    _ = try mark.resume(act("ann"))
    #expect(mark.current() == nil)
  }

  @Test func `a link in its place pauses, and is not written through`() throws {
    let folder = try TemporaryFolder()
    let mark = PauseMark(mirror: folder.path + "/mirror.sqlite")
    try "theirs".write(toFile: folder.path + "/other", atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: mark.path, withDestinationPath: folder.path + "/other")
    #expect(mark.current() != nil)
    #expect(throws: MirrorError.self) { try mark.pause(act("ann")) }
    #expect(try String(contentsOfFile: folder.path + "/other", encoding: .utf8) == "theirs")
  }

  @Test func `it is set while another process holds the mirror's write lock`() async throws {
    let bench = try MirrorBench()
    _ = try await bench.pull([bench.reset("a", "K1")])
    let holder = try Connection(path: bench.path)
    try holder.begin(.immediate)
    let other = PauseMark(mirror: bench.path)
    try other.pause(act("ann"))
    #expect(bench.mirror.pause()?.by == "ann")
    try holder.commit()
  }

  @Test func `the next run takes the acts into the journal, each once, and removes what is over`()
    async throws
  {
    let bench = try MirrorBench()
    let mark = bench.mirror.pauseMark
    try mark.pause(act("ann", "stop"))
    _ = try await bench.mirror.beginRun(command: "pull", at: bench.now)
    _ = try await bench.mirror.beginRun(command: "pull", at: bench.now)
    #expect(mark.current() != nil)
    _ = try mark.resume(act("bob", after: 1))
    try mark.pause(act("cem", after: 2))
    _ = try mark.resume(act("ann", after: 3))
    _ = try await bench.mirror.beginRun(command: "pull", at: bench.now)
    _ = try await bench.mirror.beginRun(command: "pull", at: bench.now)
    let lines = try await bench.mirror.journalLines().map(\.entry)
    let acts = lines.filter { ["pause", "resume"].contains($0.kind) }
    #expect(
      acts.map { "\($0.kind) \($0.payload["by"]?.text ?? "")" }
        == ["pause ann", "resume bob", "pause cem", "resume ann"])
    #expect(acts[0].payload["reason"] == "stop")
    #expect(!FileManager.default.fileExists(atPath: mark.path))
  }

  @Test func `acts without end take no room without end`() throws {
    let folder = try TemporaryFolder()
    let mark = PauseMark(mirror: folder.path + "/mirror.sqlite")
    for number in 0..<2_000 {
      try mark.pause(act("ann \(number)", String(repeating: "x", count: 100)))
    }
    #expect(mark.current()?.by == "ann 1999")
    let size = try FileManager.default.attributesOfItem(atPath: mark.path)[.size] as? Int ?? 0
    #expect(size < 70_000)
  }
}
