internal import Dispatch

/// Runs an actor's jobs one after the other on a thread where blocking is allowed.
///
/// SQLite blocks on the disk; the cooperative pool has one thread per core and must never wait.
public final class DatabaseExecutor: SerialExecutor {
  private let queue: DispatchQueue

  /// Makes an executor; the label shows in debuggers.
  public init(label: String) {
    queue = DispatchQueue(label: label, qos: .userInitiated)
  }

  /// Puts a job in line.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  /// Stops the program unless it runs on this executor.
  public func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
