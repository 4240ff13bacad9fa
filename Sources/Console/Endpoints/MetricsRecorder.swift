internal import Effects
public import Reconciliation

/// Counts what happens while the program runs, for `/metrics`.
public final class MetricsRecorder: Sendable {
  /// A label set of runs.
  struct RunLabel: Hashable, Sendable {
    let command: String
    let result: String
  }

  /// A label set of requests to the API.
  struct RequestLabel: Hashable, Sendable {
    let className: String
    let status: String
  }

  /// How long the runs of one command took.
  struct Durations: Sendable {
    var buckets: [Int] = Array(repeating: 0, count: MetricsRecorder.durationBounds.count)
    /// In seconds.
    var sum = 0.0
    var count = 0

    mutating func add(_ seconds: Double) {
      sum += seconds
      count += 1
      for (place, bound) in MetricsRecorder.durationBounds.enumerated() where seconds <= bound {
        buckets[place] += 1
      }
    }
  }

  /// What was counted so far.
  struct Counts: Sendable {
    var runs: [RunLabel: Int] = [:]
    var durations: [String: Durations] = [:]
    var requests: [RequestLabel: Int] = [:]
    var throttled = 0
    var rowsPulled = 0
    var rowsImported: [String: Int] = [:]
    var rowsRejected: [String: Int] = [:]
  }

  /// Upper bounds of the buckets of run durations, in seconds.
  static let durationBounds = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600]

  private let counts = Lock(Counts())

  /// Classes of requests: each has a series from the start, so that a rule sees what never happens.
  static let requestClasses = ["read", "write", "token"]

  /// A recorder that has counted nothing.
  public init() {
    counts.withLock { counts in
      for name in Self.requestClasses {
        counts.requests[RequestLabel(className: name, status: "200")] = 0
      }
    }
  }

  /// Counts a run that ended.
  public func note(run: RunSummary) {
    counts.withLock { counts in
      counts.runs[RunLabel(command: run.command, result: run.result.rawValue), default: 0] += 1
      counts.durations[run.command, default: Durations()].add(
        Double(run.durationMilliseconds) / 1_000)
      counts.rowsPulled += run.pull.rows
      for export in run.imports where export.state == "accepted" {
        counts.rowsImported[export.mapping, default: 0] += export.accepted
        counts.rowsRejected[export.mapping, default: 0] += export.rejected
      }
    }
  }

  /// Counts requests to the API: their class (`read`, `write`, `token`) and their status, `0`
  /// when no answer came.
  public func noteRequest(className: String, status: String, count: Int = 1) {
    counts.withLock { counts in
      counts.requests[RequestLabel(className: className, status: status), default: 0] += count
      if status == "429" { counts.throttled += count }
    }
  }

  /// What was counted so far.
  var snapshot: Counts { counts.withLock { $0 } }
}
