import Console
import Effects
import Formats
import Foundation
import Pipeline
import Reconciliation

/// What all commands that run the line or a part of it share: lock, signals, progress, account.
struct RunCommand {
  let invocation: Invocation
  let world: World
  let site: Site

  /// Runs a request and prints its account; `after` gets the mirror while it is still locked.
  func run(
    _ request: RunRequest, after: (Workbench, RunSummary) async throws -> Void = { _, _ in }
  ) async throws -> RunSummary {
    let progress = ProgressLine(world)
    let summary = try await Workbench.withMirror(
      site, world, command: request.command, waitSeconds: try waitSeconds()
    ) { bench in
      let summary = try await Interruptible.run { stop in
        var parts = bench.parts(progress: progress.show)
        parts.stopExitCode = { Int(stop.exit.rawValue) }
        return try await SyncRun(parts, request).run()
      }
      progress.end()
      try await after(bench, summary)
      return summary
    }
    print(summary)
    return summary
  }

  private func waitSeconds() throws -> Double {
    guard let text = invocation.value("wait") else { return 0 }
    guard let seconds = DurationText.seconds(text) else {
      throw UsageError(
        "--wait takes a duration such as 30s or 5m, not “\(text)”", command: invocation.command)
    }
    return seconds
  }

  private func print(_ summary: RunSummary) {
    if invocation.wantsJSON {
      world.output.line(summary.json.written())
    } else {
      world.output.write(
        RunText.summary(summary, times: site.times(world), style: world.style))
    }
    for message in summary.messages { world.errors.line("resetsync: \(message)") }
  }
}

extension ExitCode {
  /// The exit code of a run.
  init(_ summary: RunSummary) {
    self = ExitCode(rawValue: Int32(summary.exit)) ?? .internalError
  }
}

extension World {
  /// How text is laid out on standard output.
  var style: TextStyle { TextStyle(width: 100, hasColour: isLively(output)) }
}

/// The signal that asked for an end, once one did.
final class StopSignal: Sendable {
  private let signal = Lock<Signals.Signal?>(nil)

  /// How the program ends for it.
  var exit: ExitCode { signal.withLock { $0 } == .interrupt ? .interrupted : .terminated }

  /// Keeps the first signal.
  func note(_ arrived: Signals.Signal) { signal.withLock { $0 = $0 ?? arrived } }
}

/// Lets SIGINT and SIGTERM wind a run down: the first cancels its task, the second ends the
/// process.
enum Interruptible {
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable (StopSignal) async throws -> Value
  ) async throws -> Value {
    let signals = Signals([.interrupt, .terminate])
    let stop = StopSignal()
    let task = Task { try await work(stop) }
    let watch = Task {
      for await arrival in signals.arrivals {
        if arrival.stopCount > 1 { _exit(128 + arrival.signal.rawValue) }
        stop.note(arrival.signal)
        task.cancel()
      }
    }
    defer {
      signals.stop()
      watch.cancel()
    }
    do {
      return try await task.value
    } catch is CancellationError {
      throw Failure(stop.exit, "stopped by a signal")
    }
  }
}

/// A line on a terminal that shows how far a stage is; silent elsewhere.
struct ProgressLine: Sendable {
  private let world: World
  private let isShown: Bool
  private let last = Lock("")

  init(_ world: World) {
    self.world = world
    isShown = world.isLively(world.errors)
  }

  /// Shows a step, if it reads differently from the last one.
  func show(_ progress: RunProgress) {
    guard isShown else { return }
    let text = Self.words(progress)
    let isNew = last.withLock { last in
      defer { last = text }
      return last != text
    }
    if isNew { world.errors.write("\r\u{1B}[K\(text)") }
  }

  /// Clears the line.
  func end() {
    if isShown, !last.withLock(\.isEmpty) { world.errors.write("\r\u{1B}[K") }
  }

  private static func words(_ progress: RunProgress) -> String {
    switch progress {
    case .pulled(let rows, let total): "pulled \(rows)" + (total.map { " of \($0)" } ?? "")
    case .importing(let file, let bytes, let total):
      "importing \(file): \(total > 0 ? bytes * 100 / total : 100) %"
    case .pushed(let updates, let total): "pushed \(updates) of \(total)"
    }
  }
}
