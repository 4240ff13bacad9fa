internal import Dispatch

/// Makes batches on a thread of its own while another one uses those made before.
///
/// A few batches wait at most; who makes them then waits too. `finish` must be called before what
/// `make` works with goes away.
final class ReadAhead<Batch>: @unchecked Sendable {
  private let guarded = DispatchQueue(label: "engine.ahead.guard")
  private let free = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var waiting: [Batch] = []
  private var failure: (any Error)?
  private var isOver = false
  private var isStopped = false

  /// Batches that wait to be used.
  private static var waitingMax: Int { 4 }

  private struct Stopped: Error {}

  /// Starts at once; `make` hands each batch to its argument.
  init(_ make: @escaping @Sendable ((Batch) throws -> Void) throws -> Void) {
    // Counted up from zero: a semaphore that is dropped below its first value stops the program.
    for _ in 0..<Self.waitingMax { free.signal() }
    DispatchQueue(label: "engine.ahead", qos: .userInitiated).async { [self] in
      do {
        try make(put)
        end(nil)
      } catch {
        end(error is Stopped ? nil : error)
      }
    }
  }

  private func put(_ batch: Batch) throws {
    free.wait()
    try guarded.sync {
      guard !isStopped else { throw Stopped() }
      waiting.append(batch)
    }
    filled.signal()
  }

  private func end(_ error: (any Error)?) {
    guarded.sync {
      isOver = true
      failure = error
    }
    filled.signal()
    ended.signal()
  }

  /// The next batch, nil at the end; throws what `make` threw.
  func next() throws -> Batch? {
    filled.wait()
    let batch: Batch? = try guarded.sync {
      guard waiting.isEmpty else { return waiting.removeFirst() }
      if let failure { throw failure }
      return nil
    }
    if batch != nil { free.signal() }
    return batch
  }

  /// Makes no more and waits until nothing works on it.
  func finish() {
    guarded.sync { isStopped = true }
    free.signal()
    ended.wait()
  }
}
