internal import Foundation

/// Hands values from one thread to another: the giver works ahead by a bounded number of them.
///
///     let queue = HandOver<Batch>(waitingMax: 4)
///     queue.start { give in … try give(batch) … }     on a thread of its own
///     while let batch = try queue.take() { … }        here
public final class HandOver<Value: Sendable>: @unchecked Sendable {
  /// What the giver is thrown once nobody takes any more.
  public struct Abandoned: Error {}

  private let condition = NSCondition()
  private let waitingMax: Int
  private var waiting: [Value] = []
  private var hasEnded = false
  private var failure: (any Error)?
  private var isAbandoned = false

  /// A queue in which at most so many values wait.
  public init(waitingMax: Int) { self.waitingMax = max(1, waitingMax) }

  /// Runs the giver on a thread of its own; its error is thrown by `take` behind its values.
  public func start(
    _ giver: @escaping @Sendable (_ give: @escaping (sending Value) throws -> Void) throws -> Void
  ) {
    let thread = Thread {
      do {
        try giver { try self.give($0) }
        self.end(nil)
      } catch {
        self.end(error)
      }
    }
    thread.name = "giver"
    thread.start()
  }

  /// The next value, waiting for it; nil after the last.
  ///
  /// Throws what the giver threw.
  public func take() throws -> Value? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty, !hasEnded { condition.wait() }
    if waiting.isEmpty {
      if let failure { throw failure }
      return nil
    }
    let value = waiting.removeFirst()
    condition.broadcast()
    return value
  }

  /// Wants no more values, and waits until the giver has ended.
  public func abandon() {
    condition.lock()
    isAbandoned = true
    waiting = []
    condition.broadcast()
    while !hasEnded { condition.wait() }
    condition.unlock()
  }

  private func give(_ value: sending Value) throws {
    condition.lock()
    defer { condition.unlock() }
    while waiting.count >= waitingMax, !isAbandoned { condition.wait() }
    guard !isAbandoned else { throw Abandoned() }
    waiting.append(value)
    condition.broadcast()
  }

  private func end(_ error: (any Error)?) {
    condition.lock()
    hasEnded = true
    failure = error
    condition.broadcast()
    condition.unlock()
  }
}
