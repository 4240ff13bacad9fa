internal import Foundation

/// A value that one thread at a time may touch.
///
/// Over `NSLock`, since the Thread Sanitizer raises false alarms on `Synchronization.Mutex`.
public final class Lock<State>: @unchecked Sendable {
  private let lock = NSLock()
  private var state: State

  /// Puts a value behind a lock.
  public init(_ state: sending State) {
    self.state = state
  }

  /// Lends the value; keep the work short, never wait inside.
  public func withLock<Value, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Value
  ) throws(Failure) -> sending Value {
    lock.lock()
    defer { lock.unlock() }
    return try body(&state)
  }
}
