internal import CSQLite
internal import Glibc

/// Stops the statement that a connection runs, from any thread; does nothing once it is closed.
@safe public final class Interruption: @unchecked Sendable {
  // Guarded by `mutex`: the connection may close while another thread interrupts it.
  private var handle: OpaquePointer?
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init(_ handle: OpaquePointer) {
    unsafe self.handle = handle
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Makes the running statement fail with `SQLiteError.Kind.interrupted`.
  public func interrupt() {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if let handle = unsafe handle { unsafe sqlite3_interrupt(handle) }
  }

  /// Forgets the connection, which is about to close.
  func end() {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    unsafe handle = nil
  }
}
