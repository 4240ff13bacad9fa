/// How a run ended; several may apply, and the first in this order names the run.
public enum RunResult: String, Sendable, CaseIterable {
  /// An unexpected internal error.
  case internalError = "internal_error"
  /// A signal ended the run after winding down.
  case stopped
  /// The mirror needs a person: corrupt, or written by a newer version.
  case mirrorNeedsPerson = "mirror_needs_person"
  /// Input was not trusted: an export refused, a wrong organisation or mode.
  case inputNotTrusted = "input_not_trusted"
  /// A rail tripped; the rest was done.
  case railTripped = "rail_tripped"
  /// The API was unreachable, refused the credentials, or kept limiting.
  case apiUnavailable = "api_unavailable"
  /// Finished, but some records failed.
  case someFailed = "some_failed"
  /// The saved or approved plan no longer matches what the mirror holds.
  case stalePlan = "stale_plan"
  /// An option named something that isn't there, which showed only on the way.
  case notThere = "not_there"
  /// Asked for in detail: the plan has changes, or conflicts are open.
  case changes
  /// Everything was done.
  case ok

  /// The exit code of the contract; 143 stands for `stopped` unless the signal says otherwise.
  public var exitCode: Int {
    switch self {
    case .internalError: 1
    case .stopped: 143
    case .mirrorNeedsPerson: 7
    case .inputNotTrusted: 5
    case .railTripped: 4
    case .apiUnavailable: 6
    case .someFailed: 3
    case .stalePlan: 9
    case .notThere: 64
    case .changes: 2
    case .ok: 0
    }
  }

  /// The one that names a run to which all of these apply.
  public static func first(of results: some Sequence<RunResult>) -> RunResult {
    let found = Set(results)
    return allCases.first { found.contains($0) } ?? .ok
  }
}
