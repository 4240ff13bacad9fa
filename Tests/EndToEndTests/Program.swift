import Foundation
import Synchronization

/// The built program, run as a process of its own, as an operator would.
struct Program: Sendable {
  /// What a finished process left behind.
  struct Outcome: Sendable {
    let exit: Int32
    let output: String
    let errors: String
  }

  /// The folder that relative paths start from.
  let directory: String
  /// Variables on top of a bare environment.
  var environment: [String: String] = [:]
  /// What is run.
  var executable = Self.executable

  /// The executable beside the test bundle, or what RESETSYNC_BINARY names.
  static let executable: URL = {
    if let path = ProcessInfo.processInfo.environment["RESETSYNC_BINARY"] {
      return URL(filePath: path)
    }
    let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return bundle.appending(path: "resetsync")
  }()

  /// What a measured or sanitized build needs to know in every process that it starts.
  private static let passedOn = {
    var kept = ProcessInfo.processInfo.environment.filter { $0.key.hasSuffix("SAN_OPTIONS") }
    if let file = ProcessInfo.processInfo.environment["LLVM_PROFILE_FILE"] {
      // One file for all of them, merged at every exit, in place of one for each.
      kept["LLVM_PROFILE_FILE"] = file.replacing(".%p", with: "")
    }
    if let library = ProcessInfo.processInfo.environment["RESETSYNC_PRELOAD"] {
      kept["LD_PRELOAD"] = library
    }
    return kept
  }()

  /// Runs the program to its end.
  func run(_ arguments: [String]) async throws -> Outcome {
    let running = try start(arguments)
    return await running.outcome()
  }

  /// Starts the program; the caller waits for it or kills it.
  func start(_ arguments: [String]) throws -> RunningProgram {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: directory)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": directory, "NO_COLOR": "1"]
      .merging(Self.passedOn) { $1 }
      .merging(environment) { $1 }
    return try RunningProgram(process)
  }
}

/// A process that runs, with what it has written so far.
final class RunningProgram: Sendable {
  private let process: Process
  private let output: Collector
  private let errors: Collector
  private let ended: AsyncStream<Int32>

  fileprivate init(_ process: Process) throws {
    self.process = process
    let (outPipe, errorPipe) = (Pipe(), Pipe())
    output = Collector(outPipe)
    errors = Collector(errorPipe)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = outPipe
    process.standardError = errorPipe
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    ended = stream
    process.terminationHandler = { process in
      let killed = process.terminationReason == .uncaughtSignal
      continuation.yield(killed ? -process.terminationStatus : process.terminationStatus)
      continuation.finish()
    }
    try process.run()
  }

  /// The process id.
  var id: Int32 { process.processIdentifier }

  /// Whether it has ended: what waits for its doings must not wait for ever.
  var hasEnded: Bool { !process.isRunning }

  /// The first line on standard output, once it is there.
  func firstLine() async -> String? {
    for await text in output.changes where text.contains("\n") {
      return String(text.prefix { $0 != "\n" })
    }
    return nil
  }

  /// Waits until standard error holds a text.
  func waitForError(containing text: String) async -> Bool {
    // A text that an earlier wait has seen comes only once.
    if errors.text.contains(text) { return true }
    for await written in errors.changes where written.contains(text) { return true }
    return false
  }

  /// What standard error holds so far.
  var errorText: String { errors.text }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(id, number) }

  /// Waits for the end.
  func outcome() async -> Program.Outcome {
    var exit: Int32 = -1
    for await status in ended { exit = status }
    return Program.Outcome(
      exit: exit, output: await output.wholeText(), errors: await errors.wholeText())
  }
}

/// Gathers what a pipe delivers, on a thread of its own, without ever blocking a task.
///
/// The end of the process ends the text, not the end of the pipe: processes that were started
/// meanwhile may hold its other end open. (A dispatch source whose descriptor is closed under it
/// has been seen to crash the dispatch manager.)
private final class Collector: Sendable {
  private struct State {
    var bytes = Data()
    var isEnding = false
  }

  private let state = Mutex(State())
  private let done: AsyncStream<Void>
  /// The whole text so far, each time it grows; ends with the process.
  let changes: AsyncStream<String>

  init(_ pipe: Pipe) {
    let (changes, change) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let (done, finish) = AsyncStream<Void>.makeStream()
    self.changes = changes
    self.done = done
    Thread.detachNewThread { [self] in
      let descriptor = pipe.fileHandleForReading.fileDescriptor
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
      while take(from: descriptor, change) {}
      // Foundation keeps each process with its pipes, and can't start one beyond 1,000 descriptors.
      try? pipe.fileHandleForReading.close()
      change.finish()
      finish.finish()
    }
  }

  /// Waits a moment for more and takes it; false at the end.
  private func take(
    from descriptor: Int32, _ change: AsyncStream<String>.Continuation
  ) -> Bool {
    let isEnding = state.withLock(\.isEnding)
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&waiting, 1, isEnding ? 0 : 20)
    var part = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe read(descriptor, &part, part.count)
    guard count > 0 else { return count < 0 && !isEnding }
    let text = state.withLock { state -> String in
      state.bytes.append(contentsOf: part[..<count])
      return String(decoding: state.bytes, as: UTF8.self)
    }
    change.yield(text)
    return true
  }

  /// The text so far.
  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  /// The process has ended: everything that it wrote is in the pipe.
  func wholeText() async -> String {
    state.withLock { $0.isEnding = true }
    for await _ in done {}
    return state.withLock { String(decoding: $0.bytes, as: UTF8.self) }
  }
}
