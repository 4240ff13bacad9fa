import Console
import Effects
import Formats
import Foundation
import Mirror
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
    let (summary, updates) = try await Workbench.withMirror(
      site, world, command: request.command, waitSeconds: try waitSeconds()
    ) { bench in
      let summary = try await Interruptible.run { stop in
        var parts = bench.parts(progress: progress.show)
        parts.stopExitCode = { Int(stop.exit.rawValue) }
        return try await SyncRun(parts, request).run()
      }
      progress.end()
      try await after(bench, summary)
      return (summary, try await writes(of: summary, bench.mirror))
    }
    print(summary)
    if let updates { world.output.write(updates) }
    return summary
  }

  /// What a dry run would write, for people; read while no other run can make another plan.
  private func writes(of summary: RunSummary, _ mirror: Mirror) async throws -> String? {
    guard summary.dryRun, !invocation.wantsJSON, summary.plan.updates > 0,
      let record = try await mirror.plans(limit: 1).first, record.run == summary.run
    else { return nil }
    let loader = PlanLoader(mirror: mirror, book: site.book, masking: site.masking)
    let plan = try await loader.view(
      record, groups: PlanLoader.groupsMax, at: world.time.now)
    return PlanText.updates(plan, style: world.style)
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
    for message in summary.messages { world.tell(message) }
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
  private struct State {
    var step = ""
    var stepStart = 0.0
    var shownAt = -1.0
    var text = ""
  }

  /// How often the line is written anew, in seconds.
  private static let secondsBetween = 0.1

  private let world: World
  private let isShown: Bool
  private let state = Lock(State())

  init(_ world: World) {
    self.world = world
    isShown = world.isLively(world.errors)
  }

  /// Shows a step, if it reads differently from the last one.
  func show(_ progress: RunProgress) {
    guard isShown else { return }
    let now = world.time.monotonicSeconds
    let text = state.withLock { Self.next(&$0, progress, now) }
    if let text { world.errors.write("\r\u{1B}[K\(text)") }
  }

  /// Clears the line.
  func end() {
    if isShown, !state.withLock(\.text.isEmpty) { world.errors.write("\r\u{1B}[K") }
  }

  private static func next(
    _ state: inout State, _ progress: RunProgress, _ now: Double
  ) -> String? {
    let (step, done, total, unit) = parts(progress)
    if state.step != step {
      state.step = step
      state.stepStart = now
    } else if now - state.shownAt < secondsBetween, done != total {
      return nil
    }
    let text = ProgressText.line(
      step, done: done, of: total, unit: unit, elapsed: now - state.stepStart)
    guard text != state.text else { return nil }
    state.text = text
    state.shownAt = now
    return text
  }

  private static func parts(
    _ progress: RunProgress
  ) -> (step: String, done: Int, total: Int?, unit: ProgressText.Unit) {
    switch progress {
    case .pulled(let rows, let total): ("pulling", rows, total, .things("rows"))
    case .importing(let file, let bytes, let total): ("importing \(file)", bytes, total, .bytes)
    case .pushed(let updates, let total): ("pushing", updates, total, .things("updates"))
    }
  }
}
