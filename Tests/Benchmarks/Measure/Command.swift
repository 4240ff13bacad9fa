import Effects
import Foundation

/// What a finished process used, as the kernel counted it.
struct Usage: Sendable, Equatable {
  /// From its start to its end, by the wall clock.
  var seconds = 0.0
  /// In the program itself.
  var userSeconds = 0.0
  /// In the kernel on its behalf.
  var systemSeconds = 0.0
  /// The most memory that was resident at once.
  var peakBytes = 0

  var cpuSeconds: Double { userSeconds + systemSeconds }
}

/// A program to run, with absolute paths only.
struct Command: Sendable {
  var program: String
  var arguments: [String]
  /// Variables on top of a bare environment.
  var environment: [String: String] = [:]
  /// Exit codes that mean success.
  var expects: Set<Int32> = [0]
  /// Seconds after which it is killed.
  var secondsMax = 3_600.0

  /// What a run came to.
  struct Outcome: Sendable {
    var usage: Usage
    var output: String
  }

  /// Runs it to its end; its output goes through files in `folder`, so that it never waits for us.
  func run(in folder: String) throws -> Outcome {
    let (output, errors) = (folder + "/output", folder + "/errors")
    let running = try RunningCommand(
      self, output: try Descriptor(writing: output), errors: try Descriptor(writing: errors))
    let (status, usage) = try running.wait()
    let text = Self.text(output)
    guard expects.contains(status) else {
      let said = Self.text(errors).split(separator: "\n").suffix(3).joined(separator: "; ")
      throw BenchmarkError("\(name) ended with \(status): \(said.isEmpty ? text : said)")
    }
    return Outcome(usage: usage, output: text)
  }

  /// The program and its first word, for messages.
  var name: String {
    ([FilePath.name(of: program)] + arguments.prefix(1)).joined(separator: " ")
  }

  private static func text(_ path: String) -> String {
    (try? Files().read(path, bytesMax: 64 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

/// A process that runs, started without a shell.
///
/// The kernel counts the memory of a process from that of the one it was started from, so this
/// program must stay small itself: what needs memory runs as a process too (`InnerCommand`).
final class RunningCommand {
  let id: pid_t
  private let name: String
  private let started: Double
  private let watchdog: DispatchWorkItem
  private var isEnded = false

  init(_ command: Command, output: Descriptor, errors: Descriptor) throws {
    name = command.name
    started = SystemTime().monotonicSeconds
    let id = try Self.spawn(command, output, errors)
    self.id = id
    watchdog = DispatchWorkItem { kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(
      deadline: .now() + command.secondsMax, execute: watchdog)
  }

  deinit {
    watchdog.cancel()
    guard !isEnded else { return }
    kill(id, SIGKILL)
    _ = try? wait()
  }

  /// Asks it to end, waits, and gives what it used.
  func stop() throws -> Usage {
    kill(id, SIGTERM)
    return try wait().usage
  }

  /// Waits for its end: the exit code, or the negative number of the signal that ended it.
  func wait() throws -> (status: Int32, usage: Usage) {
    var (status, used) = (Int32(0), rusage())
    while unsafe wait4(id, &status, 0, &used) < 0 {
      guard errno == EINTR else { throw BenchmarkError("can't wait for \(name): errno \(errno)") }
    }
    let seconds = SystemTime().monotonicSeconds - started
    isEnded = true
    watchdog.cancel()
    let usage = Usage(
      seconds: seconds, userSeconds: Self.seconds(used.ru_utime),
      systemSeconds: Self.seconds(used.ru_stime), peakBytes: used.ru_maxrss * 1_024)
    let signal = status & 0x7F
    return (signal == 0 ? status >> 8 & 0xFF : -signal, usage)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }

  private static func spawn(
    _ command: Command, _ output: Descriptor, _ errors: Descriptor
  ) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.number, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors.number, 2)
    let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"]
      .merging(command.environment) { $1 }
    let words = CStrings([command.program] + command.arguments)
    let variables = CStrings(environment.map { "\($0)=\($1)" })
    var id: pid_t = 0
    let code = unsafe posix_spawn(
      &id, command.program, &actions, nil, words.pointers, variables.pointers)
    guard code == 0 else {
      throw BenchmarkError("can't start \(command.program): errno \(code)")
    }
    return id
  }
}

/// A file descriptor that children inherit only where they are given it; closed with its owner.
final class Descriptor {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  /// A file to write, emptied.
  init(writing path: String) throws {
    number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw BenchmarkError("can't write \(path): errno \(errno)") }
  }

  deinit { close(number) }

  /// Both ends of a new pipe.
  static func pipe() throws -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [0, 0]
    guard unsafe Foundation.pipe(&ends) == 0 else {
      throw BenchmarkError("no pipe: errno \(errno)")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (Descriptor(ends[0]), Descriptor(ends[1]))
  }

  /// Reads up to the first line break or the end.
  func firstLine() -> String {
    var (line, byte) = ([UInt8](), UInt8(0))
    while unsafe read(number, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
  }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws {
    var left = bytes[...]
    while !left.isEmpty {
      let count = unsafe left.withUnsafeBytes {
        unsafe Foundation.write(number, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw BenchmarkError("can't write: errno \(errno)") }
      left = left.dropFirst(count)
    }
  }
}

/// Texts as C wants them, ended by a null pointer; freed with their owner.
@safe private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ texts: [String]) {
    unsafe pointers = texts.map { unsafe strdup($0) } + [nil]
  }

  deinit {
    for index in unsafe pointers.indices { unsafe free(pointers[index]) }
  }
}
