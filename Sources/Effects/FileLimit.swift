internal import Foundation

/// The limit of open files, which the runtime needs some of before this program needs any.
public enum FileLimit {
  /// Below so many the system's libraries end the process without a word.
  public static let countMin = 32

  /// Raises the limit of this process as far as it may and is of use; returns what holds then.
  public static func raiseLimit(to wanted: Int = 4_096) -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(resource, &limit) == 0 else { return countMin }
    let most = min(limit.rlim_max, rlim_t(wanted))
    if limit.rlim_cur < most {
      limit.rlim_cur = most
      unsafe setrlimit(resource, &limit)
      unsafe getrlimit(resource, &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }
}
