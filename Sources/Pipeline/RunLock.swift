public import Effects
internal import Formats
internal import Foundation

/// The right to change the mirror, held by one run at a time on one machine.
///
/// A lock of the kernel (`flock(2)`) on a file beside the mirror: it goes when its process goes,
/// however it ended. The file also says who holds it; that text may be stale and is only shown.
public final class RunLock: Sendable {
  /// The path of the lock file.
  public let path: String
  private let descriptor: Lock<Int32?>

  /// How often a held lock is tried again, in seconds.
  public static let retrySeconds = 0.2

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = Lock(descriptor)
  }

  deinit { release() }

  /// Takes the lock, waiting up to `waitSeconds` for whoever holds it.
  ///
  /// Throws `RunLockError`: `held` with the holder's name, `unusable`, or `cancelled`.
  public static func acquire(
    _ path: String, as holder: RunLockHolder, waitSeconds: Double = 0, time: any TimeSource
  ) async throws(RunLockError) -> RunLock {
    let start = time.monotonicSeconds
    while true {
      if let descriptor = try attempt(path) {
        describe(holder, in: descriptor)
        return RunLock(path: path, descriptor: descriptor)
      }
      let waited = time.monotonicSeconds - start
      guard waited < waitSeconds else {
        throw .held(path: path, by: RunLockHolder.read(path), waitedSeconds: waited)
      }
      do {
        try await time.sleep(seconds: min(retrySeconds, waitSeconds - waited))
      } catch {
        throw .cancelled
      }
    }
  }

  /// Gives the lock back; nothing happens the second time.
  public func release() {
    let held = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    guard let held else { return }
    // The file stays: removing it would let two others lock two files of one name.
    _ = ftruncate(held, 0)
    close(held)
  }

  /// An open descriptor that holds the lock, nil if somebody else does.
  private static func attempt(_ path: String) throws(RunLockError) -> Int32? {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .unusable(path: path, reason: reason(errno)) }
    do throws(RunLockError) {
      if try take(descriptor, of: path) { return descriptor }
    } catch {
      close(descriptor)
      throw error
    }
    close(descriptor)
    return nil
  }

  /// Locks an open file; false if somebody else holds it, or if the file was removed or replaced
  /// since it was opened: such a lock would exclude nobody.
  static func take(_ descriptor: Int32, of path: String) throws(RunLockError) -> Bool {
    var result: Int32
    repeat { result = flock(descriptor, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
    if result == 0 { return isSame(descriptor, path) }
    guard errno == EWOULDBLOCK else { throw .unusable(path: path, reason: reason(errno)) }
    return false
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var open = stat()
    var named = stat()
    guard unsafe fstat(descriptor, &open) == 0, unsafe lstat(path, &named) == 0 else {
      return false
    }
    return open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }

  /// Writes who holds the lock; the lock holds even where that fails, as on a full disk.
  private static func describe(_ holder: RunLockHolder, in descriptor: Int32) {
    _ = fchmod(descriptor, 0o600)
    let bytes = Array((holder.json.written() + "\n").utf8)
    guard ftruncate(descriptor, 0) == 0 else { return }
    _ = unsafe pwrite(descriptor, bytes, bytes.count, 0)
  }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
