import Console
import Effects
import Foundation

/// What the program is given from outside: clocks, chance, variables, streams.
struct World: Sendable {
  /// The clocks.
  let time: any TimeSource
  /// Chance for jitter, tokens and run ids.
  let random: any RandomSource
  /// The environment variables.
  let environment: any EnvironmentSource
  /// Where results go.
  let output: any TextStream
  /// Where progress and messages go.
  let errors: any TextStream
  /// The folder that relative paths of the command line start from.
  let directory: String

  /// The world of a real process.
  static func live() -> World {
    World(
      time: SystemTime(), random: SystemRandom(), environment: SystemEnvironment(),
      output: DescriptorStream(STDOUT_FILENO, name: "standard output"),
      errors: DescriptorStream(STDERR_FILENO, name: "standard error"),
      directory: FileManager.default.currentDirectoryPath)
  }

  /// The same world with other clocks.
  func keeping(_ time: any TimeSource) -> World {
    World(
      time: time, random: random, environment: environment, output: output, errors: errors,
      directory: directory)
  }

  /// A path of the command line made absolute, without the steps that stay where they are (`.`).
  func path(_ text: String) -> String {
    let whole = text.hasPrefix("/") ? text : directory + "/" + text
    let steps = whole.split(separator: "/", omittingEmptySubsequences: false).filter { $0 != "." }
    return steps.count > 1 ? steps.joined(separator: "/") : "/"
  }

  /// Who sits at the keyboard, for decisions without `--by`.
  var userName: String {
    environment.value(of: "SUDO_USER") ?? environment.value(of: "USER")
      ?? environment.value(of: "LOGNAME")
      ?? (NSUserName().isEmpty ? "uid \(getuid())" : NSUserName())
  }

  /// Tells something beside the result; what comes from outside in it can't steer the terminal.
  func tell(_ text: String) { errors.line("resetsync: \(VisibleText.of(text))") }

  /// Whether colour and progress bars may be used on a stream.
  func isLively(_ stream: any TextStream) -> Bool {
    stream.isTerminal && (environment.value(of: "NO_COLOR") ?? "").isEmpty
      && environment.value(of: "TERM") != "dumb"
  }
}

/// Somewhere that text is written to.
protocol TextStream: Sendable {
  /// Writes text as it is; what fails is kept in `failure`.
  func write(_ text: String)
  /// Whether a person reads along.
  var isTerminal: Bool { get }
  /// Whether anything was written.
  var isUsed: Bool { get }
  /// Why some of the text did not arrive; nil while all did, or if its reader left.
  var failure: FileError? { get }
}

extension TextStream {
  /// Writes text and ends the line.
  func line(_ text: String = "") { write(text + "\n") }
}

/// A stream over a file descriptor that is already open.
///
/// After a failure nothing more is written: what follows a gap would mislead. A reader that left
/// (`| head`) has seen what it wanted, which is no failure.
final class DescriptorStream: TextStream {
  private let descriptor: Int32
  private let name: String
  /// Whether anything was written, and the `errno(3)` of the first failure, 0 for none.
  private let state = Lock((isUsed: false, failure: Int32(0)))

  init(_ descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }
  var isUsed: Bool { state.withLock(\.isUsed) }

  var failure: FileError? {
    let code = state.withLock(\.failure)
    return code == 0 || code == EPIPE ? nil : FileError(path: name, action: "write to", code: code)
  }

  func write(_ text: String) {
    state.withLock { state in
      guard state.failure == 0, !text.isEmpty else { return }
      state.isUsed = true
      state.failure = writeAll(text)
    }
  }

  private func writeAll(_ text: String) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = unsafe bytes.withUnsafeBytes {
        unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return errno
      }
      bytes = bytes.dropFirst(written)
    }
    return 0
  }
}
