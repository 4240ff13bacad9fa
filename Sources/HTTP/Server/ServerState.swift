// curl.h drags the thread types in, so their initialisers count as CCurl's.
import CCurl
import Foundation
import Glibc

/// What the threads of one server share: limits, handler, and the table of open connections.
///
/// A connection leaves the table before its descriptor is closed, so that `stop` never shuts down
/// a descriptor that the system has given to somebody else.
final class ServerState: Sendable {
  private struct Table {
    var idleByDescriptor: [Int32: Bool] = [:]
    /// Since when connections keep the server waiting for the rest of a request.
    var waitingSince: [Int32: Double] = [:]
    /// Connections that were shut down for others and have not left yet.
    var evicted: Set<Int32> = []
    var stopping = false
    var accepted = 0
  }

  let limits: HTTPServerLimits
  let unixSeconds: (@Sendable () -> Int)?
  let handler: @Sendable (HTTPServerRequest) -> HTTPServerResponse
  private let condition = NSCondition()
  private nonisolated(unsafe) var table = Table()

  init(
    limits: HTTPServerLimits, unixSeconds: (@Sendable () -> Int)?,
    handler: @escaping @Sendable (HTTPServerRequest) -> HTTPServerResponse
  ) {
    self.limits = limits
    self.unixSeconds = unixSeconds
    self.handler = handler
  }

  private func locked<Result>(_ body: (inout Table) -> Result) -> Result {
    condition.lock()
    defer { condition.unlock() }
    return unsafe body(&table)
  }

  var isStopping: Bool { locked { $0.stopping } }
  var openConnections: Int { locked { $0.idleByDescriptor.count } }
  var acceptedConnections: Int { locked { $0.accepted } }

  /// Enters a connection; false when there are too many or the server stops.
  func enter(_ descriptor: Int32) -> Bool {
    locked { table in
      guard !table.stopping, hasRoom(&table) else { return false }
      table.accepted += 1
      table.idleByDescriptor[descriptor] = false
      table.waitingSince[descriptor] = ServerSocket.monotonicSeconds
      return true
    }
  }

  /// Whether there is room, or the one that waited longest could be made to leave.
  private func hasRoom(_ table: inout Table) -> Bool {
    if table.idleByDescriptor.count - table.evicted.count < limits.connectionsMax { return true }
    guard let oldest = table.waitingSince.min(by: { $0.value < $1.value }),
      ServerSocket.monotonicSeconds - oldest.value >= limits.makesRoomAfterSeconds
    else { return false }
    table.waitingSince[oldest.key] = nil
    table.evicted.insert(oldest.key)
    shutdown(oldest.key, Int32(SHUT_RDWR))
    return true
  }

  /// Notes that a connection keeps the server waiting from now on, or no more.
  func setWaiting(_ descriptor: Int32, _ waits: Bool) {
    locked { table in
      let since = table.waitingSince[descriptor] ?? ServerSocket.monotonicSeconds
      table.waitingSince[descriptor] = waits ? since : nil
    }
  }

  /// Why a connection is turned away, in words.
  var refusal: String {
    locked { table in
      table.stopping ? "the server is stopping" : "more than \(limits.connectionsMax) connections"
    }
  }

  /// Takes a connection off the table and closes it.
  func leave(_ descriptor: Int32) {
    locked { table in
      table.idleByDescriptor[descriptor] = nil
      table.waitingSince[descriptor] = nil
      table.evicted.remove(descriptor)
      close(descriptor)
      condition.broadcast()
    }
  }

  /// Whether the next request on this connection may be waited for.
  func mayServe(_ descriptor: Int32) -> Bool {
    !isStopping
  }

  /// Notes that a connection waits for its client; a stopping server closes it at once.
  func setIdle(_ descriptor: Int32, _ idle: Bool) {
    locked { table in
      table.idleByDescriptor[descriptor] = idle
      if idle && table.stopping { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  /// Begins to stop: closes connections that wait for their client, or all of them.
  func beginStop(all: Bool) {
    locked { table in
      table.stopping = true
      for (descriptor, idle) in table.idleByDescriptor where idle || all {
        shutdown(descriptor, Int32(SHUT_RDWR))
      }
    }
  }

  /// Waits until no connection is open; false when the time ran out before.
  func waitUntilEmpty(seconds: Double) -> Bool {
    let deadline = ServerSocket.monotonicSeconds + seconds
    condition.lock()
    defer { condition.unlock() }
    while unsafe !table.idleByDescriptor.isEmpty {
      let left = deadline - ServerSocket.monotonicSeconds
      guard left > 0 else { return false }
      _ = condition.wait(until: Date(timeIntervalSinceNow: left))
    }
    return true
  }
}

/// Starts threads of their own for blocking work.
enum ServerThread {
  private final class Work {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs the work on a new detached thread; false when the system refuses one.
  static func start(stackBytes: Int, _ run: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    _ = unsafe pthread_attr_init(&attributes)
    defer { _ = unsafe pthread_attr_destroy(&attributes) }
    _ = unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    _ = unsafe pthread_attr_setstacksize(&attributes, max(stackBytes, 131_072))
    let work = unsafe Unmanaged.passRetained(Work(run))
    var thread = pthread_t()
    let refused = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      }, work.toOpaque())
    if refused != 0 { unsafe work.release() }
    return refused == 0
  }
}
