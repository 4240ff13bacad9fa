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
      output: DescriptorStream(STDOUT_FILENO), errors: DescriptorStream(STDERR_FILENO),
      directory: FileManager.default.currentDirectoryPath)
  }

  /// The same world with other clocks.
  func keeping(_ time: any TimeSource) -> World {
    World(
      time: time, random: random, environment: environment, output: output, errors: errors,
      directory: directory)
  }

  /// A path of the command line made absolute.
  func path(_ text: String) -> String {
    text.hasPrefix("/") ? text : directory + "/" + text
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
  /// Writes text as it is.
  func write(_ text: String)
  /// Whether a person reads along.
  var isTerminal: Bool { get }
}

extension TextStream {
  /// Writes text and ends the line.
  func line(_ text: String = "") { write(text + "\n") }
}

/// A stream over a file descriptor that is already open; a reader that left is no error.
struct DescriptorStream: TextStream {
  private let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = unsafe bytes.withUnsafeBytes {
        unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return
      }
      bytes = bytes.dropFirst(written)
    }
  }
}
