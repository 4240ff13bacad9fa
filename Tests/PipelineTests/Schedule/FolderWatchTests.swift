import Effects
import Foundation
import TestKit
import Testing

@testable import Pipeline

/// Folders in which changes were noticed; a test waits until one comes.
final class ChangeLog: Sendable {
  private let continuation: AsyncStream<String>.Continuation
  private let stream: AsyncStream<String>
  init() { (stream, continuation) = AsyncStream.makeStream() }
  func add(_ folder: String) { continuation.yield(folder) }
  /// Waits for the first change in a folder.
  func untilChange(in folder: String) async {
    for await changed in stream where changed == folder { return }
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Folder watch` {
  let time = ManualTime()
  let changes = ChangeLog()
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  func watch(_ folders: [String]) -> Task<Void, Never> {
    let changes = changes
    let watch = FolderWatch(folders: folders, time: time, log: Log(time: time, sink: NoSink())) {
      changes.add($0)
    }
    return Task { await watch.run() }
  }

  @Test func `notices files that arrive, are moved in and go, without a clock`() async throws {
    let task = watch([folder.path])
    await time.untilAsleep(1)
    _ = try folder.write("a", to: "a.csv")
    await changes.untilChange(in: folder.path)
    try Files().rename(folder.path("a.csv"), to: folder.path("b.csv"))
    await changes.untilChange(in: folder.path)
    try Files().remove(folder.path("b.csv"))
    await changes.untilChange(in: folder.path)
    task.cancel()
    await task.value
  }

  @Test func `tells apart the folders that it watches`() async throws {
    try Files().makeFolder(folder.path("one"))
    try Files().makeFolder(folder.path("two"))
    let task = watch([folder.path("one"), folder.path("two")])
    await time.untilAsleep(1)
    _ = try folder.write("a", to: "two/a.csv")
    await changes.untilChange(in: folder.path("two"))
    _ = try folder.write("a", to: "one/a.csv")
    await changes.untilChange(in: folder.path("one"))
    task.cancel()
    await task.value
  }

  @Test func `finds a folder that is made later, and one made again`() async throws {
    let late = folder.path("late")
    let task = watch([late])
    await time.untilAsleep(1)
    _ = try folder.write("a", to: "late/a.csv")
    time.wakeNext()
    await changes.untilChange(in: late)
    await time.untilAsleep(1)
    try FileManager.default.removeItem(atPath: late)
    await changes.untilChange(in: late)
    try Files().makeFolder(late)
    time.wakeNext()
    await time.untilAsleep(1)
    _ = try folder.write("b", to: "late/b.csv")
    await changes.untilChange(in: late)
    task.cancel()
    await task.value
  }

  @Test func `polls where the kernel gives no notices`() throws {
    var rounds = FolderRounds(folders: [folder.path])
    #expect(rounds.look(nil).isEmpty)
    #expect(rounds.look(nil).isEmpty)
    _ = try folder.write("a", to: "a.csv")
    #expect(rounds.look(nil) == [folder.path])
    #expect(rounds.look(nil).isEmpty)
    try Files().remove(folder.path("a.csv"))
    #expect(rounds.look(nil) == [folder.path])
  }

  @Test func `sweeps folders with notices too, more rarely`() throws {
    let notices = try #require(FolderNotices { _ in })
    var rounds = FolderRounds(folders: [folder.path])
    #expect(rounds.look(notices).isEmpty)
    _ = try folder.write("a", to: "a.csv")
    for _ in 1..<FolderWatch.roundsPerSweep { #expect(rounds.look(notices).isEmpty) }
    #expect(rounds.look(notices) == [folder.path])
    notices.close()
  }

  @Test func `sees by a snapshot what was added, changed, touched and removed`() throws {
    let empty = FolderSnapshot(folder.path)
    #expect(empty == FolderSnapshot(folder.path))
    _ = try folder.write("a", to: "a.csv")
    let one = FolderSnapshot(folder.path)
    #expect(one != empty)
    _ = try folder.write("ab", to: "a.csv")
    let grown = FolderSnapshot(folder.path)
    #expect(grown != one)
    try Files().remove(folder.path("a.csv"))
    #expect(FolderSnapshot(folder.path) == empty)
    #expect(FolderSnapshot(folder.path("missing")) == empty)
  }

  @Test func `ends at once when cancelled`() async throws {
    let task = watch([folder.path])
    await time.untilAsleep(1)
    task.cancel()
    await task.value
  }
}
