import Dispatch
import Foundation
import Glibc

/// A small, strict HTTP/1.1 server (RFC 9112) for loopback: one blocking thread per connection.
///
/// It serves pipelined requests in order, reads chunked content, answers `Expect: 100-continue`,
/// and refuses whatever two readers could understand differently. It ignores SIGPIPE by sending
/// without it.
public final class HTTPServer: Sendable {
  /// Answers one request; runs on the connection's own thread and may block.
  public typealias Handler = @Sendable (HTTPServerRequest) -> HTTPServerResponse

  /// How to end a server.
  public enum Stop: Sendable, Equatable {
    /// Requests in flight are answered, for at most so many seconds; then as `immediately`.
    case graceful(withinSeconds: Double)
    /// Every connection is shut down at once.
    case immediately
  }

  private struct Listening {
    var descriptor: Int32 = -1
    var address: HTTPServerAddress?
    var stopped = false
  }

  private let state: ServerState
  private let lock = NSLock()
  private nonisolated(unsafe) var listening = Listening()

  /// Makes a server that does not listen yet.
  ///
  /// `unixSeconds` gives the time for the `Date` field; without it the field is left out.
  public init(
    limits: HTTPServerLimits = .standard, unixSeconds: (@Sendable () -> Int)? = nil,
    handler: @escaping Handler
  ) {
    state = ServerState(limits: limits, unixSeconds: unixSeconds, handler: handler)
  }

  /// Makes a server whose handler is asynchronous; the connection's thread waits for it.
  public convenience init(
    limits: HTTPServerLimits = .standard, unixSeconds: (@Sendable () -> Int)? = nil,
    asyncHandler: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerResponse
  ) {
    self.init(limits: limits, unixSeconds: unixSeconds) { request in
      AsyncAnswer.wait { await asyncHandler(request) }
    }
  }

  /// Listens on `127.0.0.1:PORT`, `[::1]:PORT`, `localhost:PORT` or `unix:PATH`; port 0 is any.
  ///
  /// Returns the bound address. Throws `HTTPServerError`.
  @discardableResult
  public func start(listening text: String) throws(HTTPServerError) -> HTTPServerAddress {
    let wanted = try HTTPServerAddress(text)
    lock.lock()
    defer { lock.unlock() }
    guard unsafe listening.address == nil else { throw HTTPServerError.alreadyStarted }
    let (descriptor, address) = try ServerSocket.listen(wanted)
    unsafe listening = Listening(descriptor: descriptor, address: address)
    let state = self.state
    let started = ServerThread.start(stackBytes: 262_144) {
      Self.acceptLoop(descriptor, state)
    }
    guard started else { throw HTTPServerError.cannotListen("the system refuses a thread") }
    return address
  }

  /// The bound address, or nil before the start.
  public var address: HTTPServerAddress? {
    lock.lock()
    defer { lock.unlock() }
    return unsafe listening.address
  }

  /// How many connections are open now.
  public var openConnections: Int { state.openConnections }

  /// How many connections were accepted since the start.
  public var acceptedConnections: Int { state.acceptedConnections }

  /// Ends the server and waits for its connections; true when all of them ended in the orderly way.
  @discardableResult
  public func stop(_ how: Stop = .graceful(withinSeconds: 5)) -> Bool {
    closeListener()
    switch how {
    case .graceful(let seconds):
      state.beginStop(all: false)
      if state.waitUntilEmpty(seconds: seconds) { return true }
      state.beginStop(all: true)
      _ = state.waitUntilEmpty(seconds: 5)
      return false
    case .immediately:
      state.beginStop(all: true)
      return state.waitUntilEmpty(seconds: 5)
    }
  }

  private func closeListener() {
    lock.lock()
    defer { lock.unlock() }
    guard unsafe !listening.stopped, unsafe listening.address != nil else { return }
    unsafe listening.stopped = true
    // The accepting thread wakes with an error and closes the descriptor itself.
    unsafe shutdown(listening.descriptor, Int32(SHUT_RDWR))
    if case .unix(let path)? = unsafe listening.address { _ = unsafe unlink(path) }
  }

  private static func acceptLoop(_ listener: Int32, _ state: ServerState) {
    while let (descriptor, peer) = ServerSocket.accept(listener) {
      guard state.enter(descriptor) else {
        turnAway(descriptor, state)
        continue
      }
      let started = ServerThread.start(stackBytes: state.limits.threadStackBytes) {
        var connection = ServerConnection(descriptor: descriptor, peer: peer, shared: state)
        connection.run()
        state.leave(descriptor)
      }
      if !started { state.leave(descriptor) }
    }
    close(listener)
  }

  private static func turnAway(_ descriptor: Int32, _ state: ServerState) {
    var response = HTTPServerResponse(
      status: 503, mediaType: "text/plain; charset=utf-8",
      text: "503 Service Unavailable: \(state.refusal)\n")
    response.fields.append("Retry-After", "1")
    let bytes = ResponseWriter(unixSeconds: state.unixSeconds)
      .whole(response, omitsBody: false, keepsAlive: false, isHTTP11: true)
    var stream = ConnectionStream(descriptor: descriptor)
    ServerSocket.prepare(descriptor, idleSeconds: 0.01, sendSeconds: 0.01)
    if stream.send(bytes, withinSeconds: 0.01) { stream.linger(seconds: 0.01) }
    close(descriptor)
  }
}

/// Lets a thread wait for an asynchronous answer.
private enum AsyncAnswer {
  private final class Box: Sendable {
    let done = DispatchSemaphore(value: 0)
    // Written before the signal and read after the wait: never both at once.
    nonisolated(unsafe) var response = HTTPServerResponse(status: 500)
  }

  static func wait(
    _ produce: @escaping @Sendable () async -> HTTPServerResponse
  ) -> HTTPServerResponse {
    let box = Box()
    Task.detached {
      unsafe box.response = await produce()
      box.done.signal()
    }
    box.done.wait()
    return unsafe box.response
  }
}
