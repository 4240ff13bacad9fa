internal import Foundation

/// Keeps secrets out of core dumps: memory holds credentials and access tokens.
public enum CoreDumps {
  /// Lets neither this process nor those that it starts write a core dump, whatever the service
  /// manager or the shell allow (`setrlimit(2)`, `RLIMIT_CORE`).
  public static func forbid() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    // Lowering a limit is always allowed.
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }
}
