import Reconciliation

/// How the program ends; the numbers are part of the contract (README, "Exit codes").
enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done.
  case done = 0
  /// An unexpected internal error.
  case internalError = 1
  /// With `--detailed-exitcode`: the plan has changes or conflicts are open.
  case changesOrConflicts = 2
  /// Finished, some records failed.
  case someFailed = 3
  /// A rail tripped; the rest was done.
  case railTripped = 4
  /// Input not trusted: an export refused, a wrong organisation or mode.
  case inputNotTrusted = 5
  /// The API is unreachable, refused the credentials, or kept limiting.
  case apiUnavailable = 6
  /// The mirror needs a person.
  case mirrorNeedsPerson = 7
  /// Another run holds the lock.
  case locked = 8
  /// The saved plan is stale.
  case stalePlan = 9
  /// The command line can't be understood.
  case usage = 64
  /// The configuration is wrong.
  case configuration = 78
  /// Stopped by SIGINT after winding down.
  case interrupted = 130
  /// Stopped by SIGTERM after winding down.
  case terminated = 143

  /// The name of the code in JSON, such as `mirror_needs_person`: where a run can end so, the word
  /// of its result.
  var name: String {
    switch self {
    case .done: "done"
    case .locked: "locked"
    case .usage: "usage"
    case .configuration: "configuration"
    case .interrupted: RunResult.stopped.rawValue
    default: RunResult.allCases.first { $0.exitCode == Int(rawValue) }?.rawValue ?? "\(rawValue)"
    }
  }

  /// The one to return if all of these apply.
  ///
  /// One that no run ends with, else the first in the order of `RunResult`.
  static func first(of codes: some Sequence<ExitCode>) -> ExitCode {
    let all = Array(codes)
    let order = RunResult.allCases.filter { $0 != .notThere }.map { Int32($0.exitCode) }
    if let other = all.first(where: { !order.contains($0.rawValue) }) { return other }
    return order.lazy.compactMap { code in all.first { $0.rawValue == code } }.first ?? .done
  }
}
