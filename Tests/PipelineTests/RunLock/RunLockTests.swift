import Effects
import Formats
import Foundation
import TestKit
import Testing

@testable import Pipeline

@Suite struct `Run lock` {
  let folder: TemporaryFolder
  let time = ManualTime(autoAdvance: true)

  init() throws {
    folder = try TemporaryFolder()
  }

  func holder(_ command: String) -> RunLockHolder {
    RunLockHolder.current(command: command, since: time.now)
  }

  @Test func `is held by one run at a time, and says by whom`() async throws {
    let path = folder.path("mirror.lock")
    let lock = try await RunLock.acquire(path, as: holder("daemon"), time: time)
    let error = await #expect(throws: RunLockError.self) {
      try await RunLock.acquire(path, as: holder("reconcile"), time: time)
    }
    #expect(error == .held(path: path, by: holder("daemon"), waitedSeconds: 0))
    let words = try #require(error?.description)
    #expect(words.contains("daemon of \(NSUserName())"))
    #expect(words.contains("process \(getpid())"))
    #expect(words.contains("since 2026-11-23T10:00:00"))
    lock.release()
  }

  @Test func `is free again after release, also after a second one`() async throws {
    let path = folder.path("mirror.lock")
    let first = try await RunLock.acquire(path, as: holder("pull"), time: time)
    first.release()
    let second = try await RunLock.acquire(path, as: holder("import"), time: time)
    first.release()
    await #expect(throws: RunLockError.self) {
      try await RunLock.acquire(path, as: holder("report"), time: time)
    }
    second.release()
    #expect(RunLockHolder.read(path) == nil)
  }

  @Test func `is given back when its owner is gone`() async throws {
    let path = folder.path("mirror.lock")
    do { _ = try await RunLock.acquire(path, as: holder("pull"), time: time) }
    let lock = try await RunLock.acquire(path, as: holder("import"), time: time)
    lock.release()
  }

  @Test func `waits as long as it is told`() async throws {
    let path = folder.path("mirror.lock")
    let lock = try await RunLock.acquire(path, as: holder("daemon"), time: time)
    let start = time.monotonicSeconds
    let error = await #expect(throws: RunLockError.self) {
      try await RunLock.acquire(path, as: holder("pull"), waitSeconds: 5, time: time)
    }
    #expect(abs(time.monotonicSeconds - start - 5) < 0.001)
    #expect(error?.description.contains("waited 5 s") == true)
    lock.release()
  }

  @Test func `is taken when it comes free during the wait`() async throws {
    let path = folder.path("mirror.lock")
    let clock = ManualTime()
    let first = try await RunLock.acquire(path, as: holder("daemon"), time: clock)
    let waiting = Task {
      try await RunLock.acquire(
        path, as: RunLockHolder.current(command: "pull", since: clock.now), waitSeconds: 60,
        time: clock)
    }
    await clock.untilAsleep(1)
    first.release()
    clock.wakeNext()
    let second = try await waiting.value
    #expect(RunLockHolder.read(path)?.command == "pull")
    second.release()
  }

  @Test func `stops waiting when cancelled`() async throws {
    let path = folder.path("mirror.lock")
    let clock = ManualTime()
    let first = try await RunLock.acquire(path, as: holder("daemon"), time: clock)
    let waiting = Task {
      try await RunLock.acquire(
        path, as: RunLockHolder.current(command: "pull", since: clock.now), waitSeconds: 60,
        time: clock)
    }
    await clock.untilAsleep(1)
    waiting.cancel()
    await #expect(throws: RunLockError.cancelled) { try await waiting.value }
    first.release()
  }

  @Test func `is given back by the kernel when its process is killed`() async throws {
    let path = folder.path("mirror.lock")
    let child = Process()
    child.executableURL = URL(filePath: "/usr/bin/flock")
    child.arguments = ["--exclusive", "--no-fork", path, "cat"]
    let input = Pipe()
    child.standardInput = input
    child.standardOutput = FileHandle.nullDevice
    try child.run()
    // The other program holds the lock as soon as ours is refused.
    let clock = SystemTime()
    while (try? await RunLock.acquire(path, as: holder("pull"), time: clock))?.release() != nil {
      await Task.yield()
    }
    await #expect(throws: RunLockError.held(path: path, by: nil, waitedSeconds: 0)) {
      try await RunLock.acquire(path, as: holder("pull"), time: time)
    }
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    let lock = try await RunLock.acquire(path, as: holder("pull"), time: time)
    lock.release()
  }

  @Test(arguments: ["", "garbage", "{\"owner\": 1}", "[]", "{\"owner\":\"x\",\"host\":\"y\""])
  func `takes a free lock whatever its file says`(_ content: String) async throws {
    try folder.write(content, to: "mirror.lock")
    let path = folder.path("mirror.lock")
    #expect(RunLockHolder.read(path) == nil)
    let lock = try await RunLock.acquire(path, as: holder("pull"), time: time)
    #expect(RunLockHolder.read(path) == holder("pull"))
    lock.release()
  }

  @Test func `does not name a process that is gone`() throws {
    let here = RunLockHolder.current(command: "pull", since: time.now)
    // Process numbers stay below 2^22 on Linux.
    let gone = RunLockHolder(
      owner: "x", host: here.host, pid: 4_194_305, command: "pull", since: time.now)
    try folder.write(gone.json.written(), to: "mirror.lock")
    #expect(RunLockHolder.read(folder.path("mirror.lock")) == nil)
    let elsewhere = RunLockHolder(
      owner: "x", host: "another", pid: 4_194_305, command: "pull", since: time.now)
    try folder.write(elsewhere.json.written(), to: "mirror.lock")
    #expect(RunLockHolder.read(folder.path("mirror.lock")) == elsewhere)
  }

  @Test func `keeps its file to its owner`() async throws {
    let path = folder.path("mirror.lock")
    try folder.write("", to: "mirror.lock")
    _ = unsafe chmod(path, 0o666)
    let lock = try await RunLock.acquire(path, as: holder("pull"), time: time)
    #expect(try Files().facts(path)?.mode == 0o600)
    lock.release()
  }

  @Test func `excludes nobody by a file that was replaced, so it takes the new one`() async throws {
    let path = folder.path("mirror.lock")
    let old = try await RunLock.acquire(path, as: holder("daemon"), time: time)
    try Files().remove(path)
    let new = try await RunLock.acquire(path, as: holder("pull"), waitSeconds: 1, time: time)
    await #expect(throws: RunLockError.self) {
      try await RunLock.acquire(path, as: holder("report"), time: time)
    }
    old.release()
    #expect(RunLockHolder.read(path)?.command == "pull")
    new.release()
  }

  @Test func `is not taken on a file that was replaced after it was opened`() throws {
    let path = try folder.write("", to: "mirror.lock")
    let old = unsafe open(path, O_RDWR)
    #expect(try RunLock.take(old, of: path))
    try Files().remove(path)
    #expect(try !RunLock.take(old, of: path))
    try folder.write("", to: "mirror.lock")
    #expect(try !RunLock.take(old, of: path))
    close(old)
    #expect(throws: RunLockError.self) { try RunLock.take(old, of: path) }
  }

  @Test func `says what to do about a folder that is missing and a link`() async throws {
    let missing = folder.path("nowhere/mirror.lock")
    let error = await #expect(throws: RunLockError.self) {
      try await RunLock.acquire(missing, as: holder("pull"), time: time)
    }
    #expect(error?.description.contains("No such file") == true)
    #expect(error?.description.contains("must be writable") == true)
    let link = folder.path("link.lock")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path("target"))
    await #expect(throws: RunLockError.self) {
      try await RunLock.acquire(link, as: holder("pull"), time: time)
    }
  }
}
