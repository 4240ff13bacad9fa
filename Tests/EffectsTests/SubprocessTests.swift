import Effects
import Glibc
import Testing

private func failure(of job: Subprocess) async -> Subprocess.Failure? {
  do {
    _ = try await job.run()
    return nil
  } catch {
    return error
  }
}

@Suite struct SubprocessTests {
  @Test func `output, errors and status come back`() async throws {
    let outcome = try await Subprocess(["sh", "-c", "echo out; echo err >&2; exit 3"]).run()
    #expect(outcome.output == Array("out\n".utf8))
    #expect(outcome.errorTail == "err\n")
    #expect(outcome.status == 3)
  }

  @Test func `input arrives, also more than a pipe holds`() async throws {
    let input = [UInt8](repeating: 7, count: 500_000)
    let outcome = try await Subprocess(["cat"], input: input).run()
    #expect(outcome.output == input)
  }

  @Test func `a program that reads nothing does no harm`() async throws {
    let input = [UInt8](repeating: 7, count: 500_000)
    #expect(try await Subprocess(["true"], input: input).run().status == 0)
  }

  @Test func `hidden variables don't reach the program, all others do`() async throws {
    for (name, value) in [("RESETSYNC_T_SECRET", "s3cret"), ("RESETSYNC_T_OTHER", "a=b")] {
      unsafe setenv(name, value, 1)
    }
    defer { for name in ["RESETSYNC_T_SECRET", "RESETSYNC_T_OTHER"] { unsafe unsetenv(name) } }
    var job = Subprocess(["env"])
    job.hiddenVariables = ["RESETSYNC_T_SECRET"]
    let lines = String(decoding: try await job.run().output, as: UTF8.self).split(separator: "\n")
    #expect(lines.contains("RESETSYNC_T_OTHER=a=b"))
    #expect(lines.contains { $0.hasPrefix("PATH=") })
    #expect(!lines.contains { $0.contains("RESETSYNC_T_SECRET") || $0.contains("s3cret") })
  }

  @Test func `no file that this process has open reaches the program`() async throws {
    let open = unsafe Glibc.open("/dev/null", O_RDONLY)
    defer { close(open) }
    let outcome = try await Subprocess(["sh", "-c", "ls /proc/$$/fd; ulimit -c"]).run()
    // Some shells keep one of their own at 10 or above.
    let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
    #expect(lines.prefix(3) == ["0", "1", "2"])
    #expect(!lines.contains("\(open)"), "\(lines) with \(open) open")
  }

  @Test func `a core dump can't be written after it was forbidden`() async throws {
    CoreDumps.forbid()
    let outcome = try await Subprocess(["sh", "-c", "ulimit -c; ulimit -c unlimited"]).run()
    #expect(outcome.output == Array("0\n".utf8))
    #expect(outcome.status != 0)
  }

  @Test func `the limit of open files is raised, and told`() {
    let before = FileLimit.raiseLimit(to: 0)
    #expect(before > FileLimit.countMin)
    #expect(FileLimit.raiseLimit() >= before)
  }

  @Test func `arguments reach the program as they are`() async throws {
    let outcome = try await Subprocess(["printf", "%s|", "a b", "$HOME", "*"]).run()
    #expect(String(decoding: outcome.output, as: UTF8.self) == "a b|$HOME|*|")
  }

  @Test(arguments: [[], [""], ["/nonexistent/program"], ["no-such-program-anywhere"]])
  func `what can't be started says so`(_ arguments: [String]) async {
    guard case .cannotStart(let text) = await failure(of: Subprocess(arguments)) else {
      Issue.record("it started")
      return
    }
    #expect(!text.isEmpty)
  }

  @Test func `a run that is too long ends with all its children`() async {
    let job = Subprocess(["sh", "-c", "sleep 1000 & sleep 1000"], timeoutSeconds: 0.05)
    #expect(await failure(of: job) == .timedOut(seconds: 0.05))
  }

  @Test func `a program that closes its output is still waited for, within the time`() async {
    let job = Subprocess(["sh", "-c", "exec >&- 2>&-; sleep 1000"], timeoutSeconds: 0.05)
    #expect(await failure(of: job) == .timedOut(seconds: 0.05))
  }

  @Test func `endless output ends at the limit`() async {
    let job = Subprocess(["yes"], outputBytesMax: 100_000)
    #expect(await failure(of: job) == .outputTooLarge(limitBytes: 100_000))
  }

  @Test func `cancelling the task ends the program`() async {
    let task = Task { await failure(of: Subprocess(["sleep", "1000"])) }
    task.cancel()
    #expect(await task.value == .cancelled)
  }

  @Test func `a signal shows in the status`() async throws {
    #expect(try await Subprocess(["sh", "-c", "kill -TERM $$"]).run().status == 128 + 15)
  }

  @Test func `many run at once`() async throws {
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<16 {
        group.addTask { try await Subprocess(["echo", "x"]).run().output }
      }
      for try await output in group { #expect(output == Array("x\n".utf8)) }
    }
  }
}
