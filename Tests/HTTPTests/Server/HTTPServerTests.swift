import Dispatch
import Foundation
import Glibc
import HTTP
import Testing

/// The server over real sockets.
struct HTTPServerTests {
  /// Echoes the method, the target and the content.
  private static let echo: HTTPServer.Handler = { request in
    HTTPServerResponse(
      status: 200, mediaType: "text/plain",
      text: "\(request.method.rawValue) \(request.target) "
        + String(decoding: request.body, as: UTF8.self)
    )
  }

  private static func serving<Result>(
    limits: HTTPServerLimits = .standard, _ handler: @escaping HTTPServer.Handler = echo,
    _ body: (UInt16, HTTPServer) throws -> Result
  ) throws -> Result {
    let server = HTTPServer(limits: limits, handler: handler)
    let port = try #require(try server.start(listening: "127.0.0.1:0").port)
    defer { server.stop(.immediately) }
    return try body(port, server)
  }

  /// Sends text, ends the sending side, returns everything that came back.
  private static func exchange(
    _ text: String, limits: HTTPServerLimits = .standard,
    _ handler: @escaping HTTPServer.Handler = echo
  ) throws -> (text: String, failure: Int32) {
    try serving(limits: limits, handler) { port, _ in
      let client = try RawClient(port: port)
      client.send(text)
      client.finish()
      return client.receiveAll()
    }
  }

  @Test func `pipelined requests are answered in order`() throws {
    let requests = (0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
    let (text, _) = try Self.exchange(requests)
    let bodies = text.components(separatedBy: "\r\n").filter { $0.contains("GET /") }
      .map { $0.replacingOccurrences(of: "HTTP/1.1 200 OK", with: "") }
    #expect(bodies.count == 20)
    #expect(bodies.enumerated().allSatisfy { $1.hasPrefix("GET /\($0) ") })
  }

  @Test func `contents come by length and by chunks`() throws {
    let (text, _) = try Self.exchange(
      "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        + "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n")
    #expect(text.contains("POST /a abc") && text.contains("POST /b de"))
  }

  @Test func `HEAD has the length but no content`() throws {
    let (text, _) = try Self.exchange("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(text.contains("Content-Length: 8\r\n"))
    #expect(text.hasSuffix("\r\n\r\n"))
  }

  @Test func `a client that expects 100 is told to go on`() throws {
    try Self.serving { port, _ in
      let client = try RawClient(port: port)
      client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      client.send("ok")
      #expect(client.receive(until: "ok").hasPrefix("HTTP/1.1 200 OK"))
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
    ("\u{1}\u{2}\u{3}\r\n\r\n", 400), ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413),
    ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505), ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
  ])
  func `a refusal says why and closes`(request: String, status: Int) throws {
    let (text, failure) = try Self.exchange(request)
    #expect(text.hasPrefix("HTTP/1.1 \(status) "))
    #expect(text.contains("Connection: close\r\n") && failure == 0)
  }

  @Test func `slow heads and contents run out of time`() throws {
    var limits = HTTPServerLimits()
    limits.headerSecondsMax = 0.05
    limits.bodySecondsMax = 0.05
    for start in ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"] {
      try Self.serving(limits: limits) { port, _ in
        let client = try RawClient(port: port)
        client.send(start)
        #expect(client.receiveAll().text.hasPrefix("HTTP/1.1 408 "))
      }
    }
  }

  @Test func `a silent connection is closed`() throws {
    var limits = HTTPServerLimits()
    limits.idleSecondsMax = 0.05
    try Self.serving(limits: limits) { port, _ in
      let client = try RawClient(port: port)
      #expect(client.receive() == .end)
    }
  }

  @Test func `the last request of a connection says so`() throws {
    var limits = HTTPServerLimits()
    limits.requestsPerConnectionMax = 2
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    let (text, _) = try Self.exchange(request + request + request, limits: limits)
    #expect(text.components(separatedBy: "200 OK").count == 3)
    #expect(text.components(separatedBy: "Connection: close").count == 2)
  }

  @Test func `too many connections are turned away`() throws {
    var limits = HTTPServerLimits()
    limits.connectionsMax = 2
    try Self.serving(limits: limits) { port, server in
      let kept = [try RawClient(port: port), try RawClient(port: port)]
      for client in kept {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = client.receive(until: "GET / ")
      }
      let third = try RawClient(port: port)
      #expect(third.receiveAll().text.hasPrefix("HTTP/1.1 503 "))
      #expect(server.openConnections == 2)
    }
  }

  @Test func `a connection that keeps the server waiting makes room for another`() throws {
    var limits = HTTPServerLimits()
    limits.connectionsMax = 2
    limits.makesRoomAfterSeconds = 0
    try Self.serving(limits: limits) { port, server in
      let first = try RawClient(port: port)
      first.send("GET / HTTP/1.1\r\n")
      let half = try RawClient(port: port)
      half.send("GET / HTTP/1.1\r\nHost:")
      let third = try RawClient(port: port)
      third.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(third.receiveAll().text.hasPrefix("HTTP/1.1 200 "))
      #expect(first.receiveAll().text.isEmpty)
      half.send(" a\r\nConnection: close\r\n\r\n")
      #expect(half.receiveAll().text.hasPrefix("HTTP/1.1 200 "))
    }
  }

  // MARK: Deliveries

  private static func delivered(
    _ delivery: HTTPDelivery, body: String = "0123456789"
  ) throws -> (text: String, failure: Int32) {
    try exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n") { _ in
      var response = HTTPServerResponse(status: 200, mediaType: "text/plain", text: body)
      response.delivery = delivery
      return response
    }
  }

  private static func custom(
    answers: Bool = true, _ play: @escaping @Sendable (inout HTTPWire) -> Bool
  ) -> HTTPDelivery {
    .custom(HTTPCustomDelivery(name: "test", answers: answers, play: play))
  }

  @Test func `a delivery of one's own has the wire to itself`() throws {
    let cut = try Self.delivered(
      Self.custom { wire in
        _ = wire.send(wire.answer[..<(wire.answer.count - wire.bodyBytes + 4)])
        return false
      })
    #expect(cut.text.contains("Content-Length: 10") && cut.text.hasSuffix("\r\n\r\n0123"))
    let gone = try Self.delivered(
      Self.custom(answers: false) { wire in
        wire.linger(secondsMax: 0.05)
        return false
      })
    #expect(gone.text.isEmpty && gone.failure == 0)
    let reset = try Self.delivered(
      Self.custom(answers: false) { wire in
        wire.resetOnClose()
        return false
      })
    #expect(reset.text.isEmpty && reset.failure == ECONNRESET)
    let slow = try Self.delivered(
      Self.custom { wire in
        wire.answer.indices.allSatisfy {
          wire.pause(seconds: 0.000_1) && wire.send(wire.answer[$0...$0])
        }
      })
    #expect(slow.text.hasSuffix("0123456789"))
  }

  @Test func `an answer of unknown length comes in chunks`() throws {
    let pieces = try Self.delivered(
      .chunked { sink in
        for piece in ["ab", "", "cde"] { _ = sink.send(Array(piece.utf8)) }
      })
    #expect(pieces.text.contains("Transfer-Encoding: chunked\r\n"))
    #expect(pieces.text.hasSuffix("\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"))
  }

  @Test func `a hanging answer ends with the server`() throws {
    // Stopped before the request is taken, the server would turn the connection away instead.
    let taken = DispatchSemaphore(value: 0)
    let hang: HTTPServer.Handler = { _ in
      taken.signal()
      var response = HTTPServerResponse(status: 200)
      response.delivery = Self.custom(answers: false) { wire in
        wire.waitForEnd()
        return false
      }
      return response
    }
    try Self.serving(hang) { port, server in
      let client = try RawClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      taken.wait()
      #expect(server.stop(.graceful(withinSeconds: 5)))
      #expect(client.receiveAll().text.isEmpty)
    }
  }

  @Test func `fields can't be injected`() throws {
    let (text, _) = try Self.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n") { _ in
      HTTPServerResponse(status: 204, fields: HTTPFields([("X-A", "b\r\nX-Evil: c")]))
    }
    #expect(text.contains("X-A: b  X-Evil: c\r\n") && !text.contains("\r\nX-Evil"))
    #expect(!text.contains("Content-Length"))
  }

  // MARK: Life

  @Test func `a graceful stop answers what is in flight`() throws {
    let entered = DispatchSemaphore(value: 0)
    let leave = DispatchSemaphore(value: 0)
    let server = HTTPServer { _ in
      entered.signal()
      leave.wait()
      return HTTPServerResponse(status: 200, mediaType: "text/plain", text: "done")
    }
    let port = try #require(try server.start(listening: "localhost:0").port)
    let idle = try RawClient(port: port)
    let busy = try RawClient(port: port)
    busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    entered.wait()
    let stopped = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      server.stop(.graceful(withinSeconds: 10))
      stopped.signal()
    }
    #expect(idle.receive() == .end)
    leave.signal()
    #expect(busy.receiveAll().text.hasSuffix("done"))
    stopped.wait()
    #expect(throws: (any Error).self) { _ = try RawClient(port: port) }
  }

  @Test func `it listens on IPv6 and on a path, and says where`() throws {
    let six = HTTPServer(handler: Self.echo)
    let address = try six.start(listening: "[::1]:0")
    #expect(address.description.hasPrefix("[::1]:") && address.port != 0 && address.isLoopback)
    six.stop()
    let path = FileManager.default.temporaryDirectory.appending(path: "s\(getpid()).sock").path()
    let unix = HTTPServer(handler: Self.echo)
    let bound = try unix.start(listening: "unix:\(path)")
    #expect(bound.description == "unix:\(path)")
    unix.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: ["", "nowhere", "127.0.0.1", "127.0.0.1:99999", "::1:80", "example:80"])
  func `bad addresses are refused`(text: String) {
    #expect(throws: HTTPServerError.self) {
      try HTTPServer(handler: Self.echo).start(listening: text)
    }
  }

  @Test func `a used port is refused, a second start too`() throws {
    let first = HTTPServer(handler: Self.echo)
    let address = try first.start(listening: "127.0.0.1:0")
    defer { first.stop() }
    #expect(throws: HTTPServerError.self) {
      try HTTPServer(handler: Self.echo).start(listening: address.description)
    }
    #expect(throws: HTTPServerError.alreadyStarted) { try first.start(listening: "127.0.0.1:0") }
  }

  @Test func `an asynchronous handler answers`() throws {
    let server = HTTPServer(
      unixSeconds: { 1_795_428_000 },
      asyncHandler: { request in
        await Task.yield()
        return HTTPServerResponse(status: 200, mediaType: "text/plain", text: request.target)
      })
    let port = try #require(try server.start(listening: "127.0.0.1:0").port)
    defer { server.stop() }
    let client = try RawClient(port: port)
    client.send("GET /async HTTP/1.0\r\n\r\n")
    let text = client.receiveAll().text
    #expect(text.hasSuffix("\r\n\r\n/async"))
    #expect(text.contains("Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"))
  }

  // MARK: Abuse

  @Test func `a thousand connections that vanish leave it well`() throws {
    try Self.serving { port, server in
      for round in 0..<1_000 {
        let client = try RawClient(port: port)
        if round % 3 == 0 { client.send("GET / HT") }
        if round % 3 == 1 {
          client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
        }
      }
      let client = try RawClient(port: port)
      client.send("GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(client.receiveAll().text.hasSuffix("GET /alive "))
      #expect(server.acceptedConnections == 1_001)
    }
  }

  /// Mutates good requests; `RESETSYNC_FUZZ_ROUNDS` makes it longer.
  @Test func `malformed requests never crash or hang it`() throws {
    var limits = HTTPServerLimits()
    limits.headerSecondsMax = 0.2
    limits.bodySecondsMax = 0.2
    limits.lingerSecondsMax = 0.05
    let rounds =
      ProcessInfo.processInfo.environment["RESETSYNC_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 300
    var fuzz = RequestFuzz(seed: 2_026)
    try Self.serving(limits: limits) { port, _ in
      for _ in 0..<rounds {
        let client = try RawClient(port: port)
        client.send(fuzz.next())
        client.finish()
        let (text, failure) = client.receiveAll()
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 "))
        #expect(failure == 0 || failure == ECONNRESET)
      }
      let client = try RawClient(port: port)
      client.send("GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(client.receiveAll().text.hasSuffix("GET /alive "))
    }
  }
}

/// Good requests, damaged.
struct RequestFuzz {
  private var state: UInt64
  private static let seeds = [
    "GET /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: x\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "PATCH /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
  ]
  private static let pieces = [
    "\r", "\n", "\r\n", "\0", " ", ":", "%", "HTTP/1.1", "Content-Length: 1\r\n", "chunked",
    "Transfer-Encoding: chunked\r\n", "ffffffff", "\u{ff}", "-1", "0\r\n\r\n",
  ]

  init(seed: UInt64) {
    state = seed
  }

  private mutating func number(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  mutating func next() -> [UInt8] {
    var bytes = Array(Self.seeds[number(Self.seeds.count)].utf8)
    if number(3) == 0 { bytes += Array(Self.seeds[number(Self.seeds.count)].utf8) }
    for _ in 0...number(4) {
      let place = number(bytes.count + 1)
      switch number(5) {
      case 0 where place < bytes.count: bytes[place] = UInt8(number(256))
      case 1 where place < bytes.count: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: Self.pieces[number(Self.pieces.count)].utf8, at: place)
      case 3: bytes.removeSubrange(place...)
      default: bytes.insert(UInt8(number(256)), at: place)
      }
      if bytes.isEmpty { bytes = [0] }
    }
    return bytes
  }
}
