import Foundation
import HTTP
import Testing

/// A transport with short time-outs and a small body limit where a test asks for them.
private func transport(_ change: (inout TransportSettings) -> Void = { _ in }) -> CurlTransport {
  var settings = TransportSettings(userAgent: "resetsync/test")
  change(&settings)
  return CurlTransport(settings: settings)
}

/// The error of a request that must not succeed.
private func failure(
  of request: HTTPRequest, by transport: CurlTransport = transport()
) async -> HTTPTransportError? {
  do {
    _ = try await transport.send(request)
    return nil
  } catch {
    return error
  }
}

@Suite struct CurlTransportTests {
  @Test func `status, fields and body of an answer arrive`() async throws {
    let server = serving { _, connection in
      connection.answer(404, fields: "X-A: one\r\nx-a:  two \r\nX-Empty:\r\n", "hello")
      return true
    }
    let answer = try await transport().send(HTTPRequest(.get, server.url))
    #expect(answer.status == 404)
    #expect(answer.fields.values(of: "x-A") == ["one", "two"])
    #expect(answer.fields["x-empty"] == "")
    #expect(answer.body == Array("hello".utf8))
  }

  @Test func `an answer that begins with a folded line continues no other answer`() async throws {
    let answers = [
      "HTTP/1.1 200 OK\r\nX-Last: before\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 2\r\n\r\nok",
    ]
    let server = RawServer { server, connection in
      while server.read(connection) != nil {
        connection.write(answers[(server.requests.count - 1) % 2])
      }
    }
    let transport = transport()
    for _ in 0..<20 {
      do throws(HTTPTransportError) {
        let answer = try await transport.send(HTTPRequest(.get, server.url))
        #expect(answer.status == 200)
        #expect(answer.fields["X-Last"] ?? "before" == "before")
      } catch {
        // Refusing such an answer is right too.
        #expect(!"\(error)".isEmpty)
      }
    }
  }

  @Test func `a request says who it is and nothing that nobody chose`() async throws {
    let server = serving { _, connection in
      connection.answer()
      return true
    }
    let fields = HTTPFields([("Accept", "application/vnd.api+json"), ("X-Empty", "")])
    _ = try await transport().send(HTTPRequest(.get, server.url + "a?b=1", fields: fields))
    let lines = Set(server.requests[0].split(separator: "\r\n").map(String.init))
    #expect(
      lines == [
        "GET /a?b=1 HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "User-Agent: resetsync/test",
        "Accept: application/vnd.api+json", "Accept-Encoding: gzip", "X-Empty:",
      ])
  }

  @Test(arguments: [HTTPMethod.patch, .post, .put])
  func `a body is sent with its length`(_ method: HTTPMethod) async throws {
    let server = serving { _, connection in
      connection.answer(200, "ok")
      return true
    }
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
    let fields = HTTPFields([("Content-Type", "application/vnd.api+json")])
    _ = try await transport().send(
      HTTPRequest(method, server.url, fields: fields, body: body))
    let request = server.requests[0]
    #expect(request.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
    #expect(request.contains("Content-Length: 300000\r\n"))
    #expect(!request.contains("Expect"))
    #expect(request.hasSuffix("\r\n\r\n" + String(decoding: body, as: UTF8.self)))
  }

  @Test(arguments: [HTTPMethod.delete, .head, .options, .post])
  func `methods without a body work`(_ method: HTTPMethod) async throws {
    let server = serving { _, connection in
      connection.write("HTTP/1.1 204 None\r\n\r\n")
      return true
    }
    let answer = try await transport().send(HTTPRequest(method, server.url))
    #expect(answer.status == 204)
    #expect(answer.body.isEmpty)
    #expect(server.requests[0].hasPrefix(method.rawValue + " / "))
    #expect(!server.requests[0].contains("Content-Type"))
  }

  @Test func `connections are used again`() async throws {
    let server = serving { _, connection in
      connection.answer(200, "x")
      return true
    }
    let transport = transport()
    for _ in 0..<20 { _ = try await transport.send(HTTPRequest(.get, server.url)) }
    #expect(server.connections == 1)
    #expect(server.requests.count == 20)
  }

  @Test func `many requests run at once and each gets its own answer`() async throws {
    let server = serving { request, connection in
      connection.answer(200, String(request.split(separator: " ")[1]))
      return true
    }
    let transport = transport()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          let answer = try await transport.send(HTTPRequest(.get, server.url + "\(number)"))
          return answer.body == Array("/\(number)".utf8)
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
    #expect(server.connections <= 16)
  }

  @Test func `interim answers and trailers are left out`() async throws {
    let server = serving { _, connection in
      connection.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n  2\r\n\r\n")
      connection.write("3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n")
      return true
    }
    let answer = try await transport().send(HTTPRequest(.get, server.url))
    #expect(answer.body == Array("abcde".utf8))
    #expect(answer.fields["Link"] == nil)
    #expect(answer.fields["X-Trailer"] == nil)
    #expect(answer.fields["X-A"] == "1 2")
  }

  @Test func `gzip is undone`() async throws {
    // "hello" by gzip -n.
    let packed: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0,
    ]
    let server = serving { _, connection in
      connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n")
      connection.write("Content-Length: \(packed.count)\r\n\r\n")
      connection.write(packed)
      return true
    }
    let answer = try await transport().send(HTTPRequest(.get, server.url))
    #expect(answer.body == Array("hello".utf8))
  }

  @Test func `a redirect is an answer and is not followed`() async throws {
    let server = serving { _, connection in
      connection.answer(302, fields: "Location: https://elsewhere.example/\r\n")
      return true
    }
    let answer = try await transport().send(HTTPRequest(.get, server.url))
    #expect(answer.status == 302)
    #expect(server.requests.count == 1)
  }
}

@Suite struct CurlTransportFailureTests {
  @Test(arguments: [
    "http://example.com/", "http://10.0.0.1/", "ftp://127.0.0.1/", "nonsense", "",
    "http://user:secret@127.0.0.1/",
  ])
  func `an address that must not be used is refused before anything is sent`(
    _ url: String
  ) async {
    guard case .badAddress(let text) = await failure(of: HTTPRequest(.get, url)) else {
      Issue.record("not refused")
      return
    }
    #expect(!text.contains("secret"))
  }

  @Test(arguments: [("X", "a\r\nY: b"), ("X:", "a"), ("", "a"), ("X", "a\u{0}")])
  func `fields can't smuggle lines`(_ name: String, _ value: String) async {
    let server = serving { _, connection in
      connection.answer()
      return true
    }
    let fields = HTTPFields([(name, value)])
    let error = await failure(of: HTTPRequest(.get, server.url, fields: fields))
    guard case .badAddress = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(server.connections == 0)
  }

  @Test func `a refused connection and an unknown host sent nothing`() async {
    let server = serving { _, _ in false }
    server.stop()
    for url in [server.url, "https://nowhere.invalid/"] {
      let error = await failure(of: HTTPRequest(.get, url))
      guard case .cannotConnect(let text) = error else {
        Issue.record("\(url): \(String(describing: error))")
        continue
      }
      #expect(!text.isEmpty)
    }
  }

  @Test func `TLS to a server that speaks none sent nothing`() async {
    let server = RawServer { _, connection in connection.write("HTTP/1.1 200 OK\r\n\r\n") }
    let url = "https://127.0.0.1:\(server.port)/"
    let error = await failure(of: HTTPRequest(.get, url))
    guard case .cannotConnect = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [true, false])
  func `a connection lost after the request leaves the outcome unknown`(_ byReset: Bool) async {
    let server = serving { _, connection in
      if byReset { connection.reset() }
      return false
    }
    let request = HTTPRequest(.patch, server.url, body: Array("{}".utf8))
    let error = await failure(of: request)
    guard case .outcomeUnknown = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(server.requests.count == 1)
  }

  @Test func `a body is not sent twice when a reused connection dies`() async throws {
    let server = serving { request, connection in
      guard request.hasPrefix("GET") else { return false }
      connection.answer(200, "x")
      return true
    }
    let transport = transport()
    _ = try await transport.send(HTTPRequest(.get, server.url))
    let request = HTTPRequest(.patch, server.url, body: Array("{}".utf8))
    let error = await failure(of: request, by: transport)
    guard case .outcomeUnknown = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(server.requests.count { $0.hasPrefix("PATCH") } == 1)
  }

  @Test func `an answer cut short is malformed`() async {
    let server = serving { _, connection in
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
      return false
    }
    let error = await failure(of: HTTPRequest(.get, server.url))
    guard case .malformedAnswer = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [
    "SSH-2.0-nothing\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello",
  ])
  func `what is no HTTP is malformed`(_ bytes: String) async {
    let server = serving { _, connection in
      connection.write(bytes)
      return true
    }
    let error = await failure(of: HTTPRequest(.get, server.url))
    guard case .malformedAnswer = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `bodies and field blocks are bounded`() async {
    let server = serving { request, connection in
      if request.hasPrefix("GET /fields") {
        connection.answer(200, fields: "X: \(String(repeating: "y", count: 2_000))\r\n")
      } else {
        connection.answer(200, String(repeating: "x", count: 2_000))
      }
      return true
    }
    let small = transport {
      $0.bodyBytesMax = 1_999
      $0.headerBytesMax = 1_000
    }
    #expect(
      await failure(of: HTTPRequest(.get, server.url), by: small)
        == .bodyTooLarge(limitBytes: 1_999))
    #expect(
      await failure(of: HTTPRequest(.get, server.url + "fields"), by: small)
        == .malformedAnswer("the answer's fields exceed 1000 bytes"))
    let enough = transport { $0.bodyBytesMax = 2_000 }
    #expect(await failure(of: HTTPRequest(.get, server.url), by: enough) == nil)
  }

  @Test func `a server that never answers ends in an unknown outcome`() async {
    let server = RawServer { server, connection in
      while server.read(connection) != nil {}
    }
    let hasty = transport { $0.totalSeconds = 0.2 }
    let error = await failure(of: HTTPRequest(.get, server.url), by: hasty)
    guard case .outcomeUnknown = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `cancelling the task aborts the transfer`() async {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = RawServer { server, connection in
      while server.read(connection) != nil { arrived.yield() }
      arrived.finish()
    }
    let transport = transport()
    let task = Task { await failure(of: HTTPRequest(.get, server.url), by: transport) }
    var iterator = arrivals.makeAsyncIterator()
    _ = await iterator.next()
    task.cancel()
    #expect(await task.value == .cancelled)
    // The stream ends because the client hung up.
    #expect(await iterator.next() == nil)
  }

  @Test func `a task cancelled beforehand sends nothing`() async {
    let server = serving { _, connection in
      connection.answer()
      return true
    }
    let transport = transport()
    let task = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return await failure(of: HTTPRequest(.get, server.url), by: transport)
    }
    #expect(await task.value == .cancelled)
    #expect(server.requests.isEmpty)
  }
}
