import Foundation

/// State that only one thread at a time can see.
final class StateLock<State>: Sendable {
  private let lock = NSLock()
  private nonisolated(unsafe) var state: State

  init(_ state: sending State) {
    unsafe self.state = state
  }

  /// Runs the closure with the state to itself.
  func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try unsafe body(&state)
  }
}
