/// Serves one connection from its first byte to its close, on its own thread.
///
///     idle → head → content → handler → answer ─┐
///      ↑_______________________________________│  until close, error, time-out or stop
struct ServerConnection {
  private var stream: ConnectionStream
  private let peer: String
  private let shared: ServerState
  private var requests = 0

  init(descriptor: Int32, peer: String, shared: ServerState) {
    stream = ConnectionStream(descriptor: descriptor)
    self.peer = peer
    self.shared = shared
  }

  private var limits: HTTPServerLimits { shared.limits }

  /// Serves until the end; the caller closes the descriptor.
  mutating func run() {
    ServerSocket.prepare(
      stream.descriptor, idleSeconds: limits.idleSecondsMax, sendSeconds: limits.sendSecondsMax)
    while shared.mayServe(stream.descriptor) {
      do throws(RequestRefusal) {
        guard let request = try nextRequest() else { return }
        guard serve(request) else { return }
      } catch {
        refuse(error)
        return
      }
    }
  }

  private struct Received {
    var request: HTTPServerRequest
    var keepsAlive: Bool
  }

  /// Reads one request; nil when the client closed or stayed silent.
  private mutating func nextRequest() throws(RequestRefusal) -> Received? {
    shared.setWaiting(stream.descriptor, true)
    if stream.buffer.isEmpty {
      shared.setIdle(stream.descriptor, true)
      guard case .bytes = stream.receiveIdle() else { return nil }
      shared.setIdle(stream.descriptor, false)
    }
    guard let head = try readHead() else { return nil }
    let body = try readBody(head)
    guard
      var request = HTTPServerRequest(
        head.method, head.target, fields: head.fields, body: body, peer: peer)
    else { throw RequestRefusal(400, "the request target has a broken percent-encoding") }
    request.isHTTP11 = head.isHTTP11
    requests += 1
    return Received(
      request: request,
      keepsAlive: head.keepsAlive && requests < limits.requestsPerConnectionMax)
  }

  private mutating func readHead() throws(RequestRefusal) -> RequestHead? {
    var scanner = HeadScanner(limits: limits)
    var deadline: Double?
    while true {
      if let end = try scanner.scan(stream.buffer) {
        let head = try RequestHead(stream.buffer, lines: scanner.lines, limits: limits)
        stream.consume(end)
        return head
      }
      let until = deadline ?? ServerSocket.monotonicSeconds + limits.headerSecondsMax
      deadline = until
      switch stream.receive(until: until) {
      case .bytes: continue
      case .ended: return nil
      case .timedOut: throw RequestRefusal(408, "the header section took too long")
      }
    }
  }

  private mutating func readBody(_ head: RequestHead) throws(RequestRefusal) -> [UInt8] {
    let deadline: Double
    switch head.framing {
    case .none: return []
    case .length(let length) where stream.buffer.count >= length:
      let body = Array(stream.buffer[..<length])
      stream.consume(length)
      return body
    default: deadline = ServerSocket.monotonicSeconds + limits.bodySecondsMax
    }
    if head.expectsContinue, stream.buffer.isEmpty {
      _ = stream.send(
        Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), withinSeconds: limits.sendSecondsMax)
    }
    if case .length(let length) = head.framing {
      while stream.buffer.count < length { try receiveBody(until: deadline) }
      let body = Array(stream.buffer[..<length])
      stream.consume(length)
      return body
    }
    var decoder = ChunkedDecoder(limits: limits)
    while true {
      let bytes = stream.takeBuffer()
      let used = try decoder.decode(bytes, from: 0)
      stream.setBuffer(used == bytes.count ? [] : Array(bytes[used...]))
      if decoder.isDone { return decoder.body }
      try receiveBody(until: deadline)
    }
  }

  private mutating func receiveBody(until deadline: Double) throws(RequestRefusal) {
    switch stream.receive(until: deadline) {
    case .bytes: return
    case .ended: throw RequestRefusal(400, "the content ended before its length")
    case .timedOut: throw RequestRefusal(408, "the content took too long")
    }
  }

  /// Runs the handler and sends its answer; false when the connection must be closed.
  private mutating func serve(_ received: Received) -> Bool {
    shared.setWaiting(stream.descriptor, false)
    let response = shared.handler(received.request)
    if response.delaySeconds > 0, !stream.pause(seconds: response.delaySeconds) { return false }
    let keeps = received.keepsAlive && !response.closes && !shared.isStopping
    return deliver(response, for: received.request, keepsAlive: keeps)
  }

  private mutating func refuse(_ refusal: RequestRefusal) {
    var response = HTTPServerResponse(
      status: refusal.status, mediaType: "text/plain; charset=utf-8",
      text: "\(refusal.status) \(ResponseHead.phrase(refusal.status)): \(refusal.reason)\n")
    response.closes = true
    let bytes = ResponseWriter(unixSeconds: shared.unixSeconds)
      .whole(response, omitsBody: false, keepsAlive: false, isHTTP11: true)
    if stream.send(bytes, withinSeconds: limits.sendSecondsMax) {
      stream.linger(seconds: limits.lingerSecondsMax)
    }
  }
}

extension ServerConnection {
  private mutating func deliver(
    _ response: HTTPServerResponse, for request: HTTPServerRequest, keepsAlive: Bool
  ) -> Bool {
    let writer = ResponseWriter(unixSeconds: shared.unixSeconds)
    let omitsBody = request.method == .head
    let seconds = limits.sendSecondsMax
    switch response.delivery {
    case .whole:
      let bytes = writer.whole(
        response, omitsBody: omitsBody, keepsAlive: keepsAlive, isHTTP11: request.isHTTP11)
      guard stream.send(bytes, withinSeconds: seconds) else { return false }
      if !keepsAlive { stream.linger(seconds: limits.lingerSecondsMax) }
      return keepsAlive
    case .chunked(let produce):
      return deliverChunked(
        response, produce, writer, omitsBody: omitsBody,
        keepsAlive: keepsAlive, isHTTP11: request.isHTTP11)
    case .custom(let delivery):
      let bytes = writer.whole(
        response, omitsBody: omitsBody, keepsAlive: keepsAlive, isHTTP11: request.isHTTP11)
      var wire = HTTPWire(
        answer: bytes, bodyBytes: omitsBody ? 0 : response.body.count, stream: stream,
        shared: shared)
      return delivery.play(&wire) && keepsAlive
    }
  }

  /// Sends pieces as chunks, or until the close for HTTP/1.0.
  private mutating func deliverChunked(
    _ response: HTTPServerResponse, _ produce: (HTTPChunkSink) -> Void, _ writer: ResponseWriter,
    omitsBody: Bool, keepsAlive: Bool, isHTTP11: Bool
  ) -> Bool {
    let keeps = keepsAlive && isHTTP11
    let head = writer.chunkedHead(response, keepsAlive: keeps, isHTTP11: isHTTP11)
    let seconds = limits.sendSecondsMax
    guard stream.send(head, withinSeconds: seconds) else { return false }
    if omitsBody { return keeps }
    let stream = self.stream
    var alive = true
    produce(
      HTTPChunkSink { piece in
        let framed = isHTTP11 ? ResponseWriter.chunk(piece) : piece
        alive = alive && stream.send(framed, withinSeconds: seconds)
        return alive
      })
    guard alive else { return false }
    if isHTTP11, !stream.send(Array("0\r\n\r\n".utf8), withinSeconds: seconds) { return false }
    if !keeps { self.stream.linger(seconds: limits.lingerSecondsMax) }
    return keeps
  }
}
