import Foundation
import Testing

/// Faults of the system that can be made anywhere in no time; `Tests/Soak/faults.py` makes the
/// others: full and read-only disks, certificates, servers that never answer.
@Suite(.serialized) struct SystemFaultTests {
  private static func shop() async throws -> Shop {
    let shop = try await Shop(
      resets: (1...3).map {
        Shop.Reset(id: "reset\($0)", email: "p\($0)@example.com", reference: "K\($0)")
      })
    try shop.deliver("20261101.csv", (1...3).map { "K\($0);g;\($0);n" })
    return shop
  }

  @Test(arguments: [3, 12, 31])
  func `too few open files are told before anything is done`(count: Int) async throws {
    let shop = try await Self.shop()
    var shell = shop.program
    shell.executable = URL(filePath: "/bin/sh")
    let outcome = try await shell.run([
      "-c", "ulimit -n \(count); exec \"$0\" reconcile", Program.executable.path,
    ])
    // Below some number the dynamic loader can't even find the program's libraries.
    #expect(outcome.exit == 7 || (count < 4 && outcome.exit == 127), "\(outcome)")
    if count > 3 { #expect(outcome.errors.contains("ulimit -n"), "\(outcome.errors)") }
    #expect(try await shop.writes() == 0)
    #expect(try await shop.reconcile().number("push.applied") == 3)
  }

  @Test func `a name that does not resolve is told, and the next run goes on`() async throws {
    let shop = try await Self.shop()
    try shop.writeConfiguration(
      api: ["base_url": #""https://nowhere.invalid/api""#, "limits": #""published""#])
    let away = try await shop.reconcile()
    #expect(away.exit == 6, "\(away.errors)")
    #expect(away.errors.contains("nowhere.invalid"), "\(away.errors)")
    // What it planned without the remote was no first run: nothing has to be approved twice.
    try shop.writeConfiguration()
    #expect(try await shop.reconcile().number("push.applied") == 3)
  }

  @Test func `a conflict log that can't be written holds nothing up and loses nothing`()
    async throws
  {
    let shop = try await Self.shop()
    try shop.write("no folder", to: "var/blocked")
    let path = shop.folder + "/Config/resetsync.json"
    let good = try String(contentsOfFile: path, encoding: .utf8)
    try shop.write(
      good.replacing("../var/conflicts.ndjson", with: "../var/blocked/c.ndjson"),
      to: "Config/resetsync.json")
    try await shop.edit("reset1", #"{"kind": "edit", "metadata": {"group": "theirs"}}"#)
    let run = try await shop.reconcile()
    #expect(run.exit == 7, "\(run.errors)")
    #expect(run.errors.contains("var/blocked"), "\(run.errors)")
    #expect(run.number("push.applied") == 3, "\(run.members)")
    #expect(run.number("conflicts.opened") == 1)

    try FileManager.default.removeItem(atPath: shop.folder + "/var/blocked")
    #expect(try await shop.reconcile().exit == 0)
    let log = try String(
      contentsOfFile: shop.folder + "/var/blocked/c.ndjson", encoding: .utf8)
    let lines = log.split(separator: "\n")
    #expect(log.contains(#""field":"group""#), "\(log)")
    #expect(Set(lines).count == lines.count, "\(log)")
  }

  /// With a reader the log is in use; without one, whoever opens the mirror would recover it.
  @Test(arguments: [true, false])
  func `another program that holds the write lock is called that`(hasReader: Bool) async throws {
    let shop = try await Self.shop()
    #expect(try await shop.reconcile(["--no-push"]).exit == 0)
    let reader = hasReader ? try shop.program.start(["review", "--listen", "127.0.0.1:0"]) : nil
    _ = await reader?.firstLine()
    defer { reader?.signal(SIGKILL) }
    let mirror = shop.folder + "/var/mirror.sqlite"
    // What SQLite locks for a transaction that writes: byte 120 of this file.
    let descriptor = unsafe open(mirror + "-shm", O_RDWR | O_CREAT, 0o600)
    var lock = flock(
      l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 120, l_len: 1, l_pid: 0)
    #expect(unsafe fcntl(descriptor, F_SETLK, &lock) == 0)
    let (exit, document, errors) = try await shop.json(["reconcile"])
    let error = (document as? [String: Any])?["error"] as? [String: Any]
    #expect(exit == 8 && error?["code"] as? String == "locked", "\(document)")
    #expect(errors.contains("another program, no run of resetsync"), "\(errors)")
    if hasReader { #expect(errors.contains("process \(getpid())"), "\(errors)") }
    #expect(try await shop.writes() == 0)
    close(descriptor)
    #expect(try await shop.reconcile().number("push.applied") == 3)
    #expect(try await shop.program.run(["verify"]).exit == 0)
  }

  @Test func `a report that can't be written is told with its path`() async throws {
    let shop = try await Self.shop()
    _ = try await shop.reconcile()
    try shop.write("no folder", to: "var/blocked")
    let outcome = try await shop.program.run(["report", "--out", "var/blocked/r.html"])
    #expect([64, 7].contains(outcome.exit), "\(outcome)")
    #expect(outcome.errors.contains("var/blocked/r.html"), "\(outcome.errors)")
  }
}
