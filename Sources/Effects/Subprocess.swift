internal import Foundation

/// A program that is run for its output, such as a command that prints a secret.
public struct Subprocess: Sendable {
  /// How a program ended.
  public struct Outcome: Sendable, Equatable {
    /// The exit status; 128 plus the signal's number when a signal ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: [UInt8]
    /// The end of what it wrote to standard error, 4,096 bytes at most.
    public let errorTail: String
  }

  /// Why there is no outcome.
  public enum Failure: Error, Sendable, Equatable {
    /// The program could not be started; the text says which and why.
    case cannotStart(String)
    /// It ran longer than allowed and was ended.
    case timedOut(seconds: Double)
    /// It wrote more than allowed and was ended.
    case outputTooLarge(limitBytes: Int)
    /// The task was cancelled, and the program ended.
    case cancelled
  }

  /// The program and its arguments; a name without slash is looked up in `PATH`.
  public var arguments: [String]
  /// What it gets on standard input.
  public var input: [UInt8]
  /// The longest run, in seconds.
  public var timeoutSeconds: Double
  /// The longest output, in bytes.
  public var outputBytesMax: Int
  /// Variables of this process's environment that it doesn't get, such as those with secrets.
  public var hiddenVariables: Set<String> = []

  /// Makes a run with 30 seconds and 1 MiB of output unless said otherwise; no shell is involved.
  public init(
    _ arguments: [String], input: [UInt8] = [], timeoutSeconds: Double = 30,
    outputBytesMax: Int = 1 << 20
  ) {
    self.arguments = arguments
    self.input = input
    self.timeoutSeconds = timeoutSeconds
    self.outputBytesMax = outputBytesMax
  }

  /// Runs the program to its end, on a thread of its own; it and what it started are killed when
  /// a limit is passed or the task is cancelled.
  public func run() async throws(Failure) -> Outcome {
    let child = try ChildProcess(arguments, hiding: hiddenVariables)
    let job = self
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: child.run(job)) }
        thread.name = "subprocess"
        thread.start()
      }
    } onCancel: {
      child.kill(because: .cancelled)
    }
    return try outcome.get()
  }
}
