import Testing

@testable import HTTP

/// What is refused before a handler sees it (RFC 9112).
struct RequestHeadTests {
  private static func parse(
    _ text: String, limits: HTTPServerLimits = .standard
  ) throws(RequestRefusal) -> RequestHead? {
    var scanner = HeadScanner(limits: limits)
    let buffer = Array(text.utf8)
    guard try scanner.scan(buffer) != nil else { return nil }
    return try RequestHead(buffer, lines: scanner.lines, limits: limits)
  }

  private static func status(_ text: String, limits: HTTPServerLimits = .standard) -> Int {
    do throws(RequestRefusal) {
      return try parse(text, limits: limits) == nil ? 0 : 200
    } catch {
      return error.status
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200), ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    ("GET / HTTP/1.0\r\n\r\n", 200), ("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200), ("GET / HTTP/1.1\r\nHost: a\r\n", 0),
    ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    ("GET /\r\nHost: a\r\n\r\n", 400), ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /# HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    ("GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{1}\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n", 417),
    ("\r\n\r\n\r\n\r\n\r\n\r\n", 400),
  ])
  func `a head is taken or refused`(text: String, status: Int) {
    #expect(Self.status(text) == status)
  }

  @Test(arguments: [
    ("Content-Length: 5", 200), ("Content-Length: 5\r\nContent-Length: 5", 400),
    ("Content-Length: 5, 5", 400), ("Content-Length: +5", 400), ("Content-Length: -1", 400),
    ("Content-Length: 0x5", 400), ("Content-Length:", 400), ("Content-Length: 5000000", 413),
    ("Content-Length: 99999999999999999999999", 413), ("Transfer-Encoding: chunked", 200),
    ("Transfer-Encoding: Chunked", 200), ("Transfer-Encoding: gzip", 501),
    ("Transfer-Encoding: gzip, chunked", 501), ("Transfer-Encoding: chunked, gzip", 400),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
    ("Transfer-Encoding: chunked\r\nContent-Length: 5", 400),
    ("Transfer-Encoding: xchunked", 501), ("Transfer-Encoding:", 400),
  ])
  func `framing that two readers could see differently is refused`(fields: String, status: Int) {
    #expect(Self.status("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n") == status)
  }

  @Test func `sizes are limited`() {
    var limits = HTTPServerLimits()
    limits.requestLineBytesMax = 50
    limits.headerBytesMax = 200
    limits.headerCountMax = 4
    let long = String(repeating: "a", count: 60)
    #expect(Self.status("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits) == 414)
    #expect(Self.status("GET /\(long)", limits: limits) == 414)
    let wide = "X: " + String(repeating: "b", count: 220)
    #expect(Self.status("GET / HTTP/1.1\r\n\(wide)", limits: limits) == 431)
    let many = String(repeating: "X: y\r\n", count: 5)
    #expect(Self.status("GET / HTTP/1.1\r\n\(many)\r\n", limits: limits) == 431)
  }

  @Test func `a head that comes byte by byte is the same`() throws {
    let text = Array("POST /a%20b?x=1+2&y HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n".utf8)
    var scanner = HeadScanner(limits: .standard)
    for end in 1..<text.count {
      let early = try scanner.scan(Array(text[..<end]))
      #expect(early == nil)
    }
    let end = try scanner.scan(text)
    #expect(end == text.count)
    let head = try RequestHead(text, lines: scanner.lines, limits: .standard)
    #expect(head.framing == .length(3) && head.keepsAlive)
    let target = try #require(HTTPTarget(head.target))
    #expect(target.segments == ["a b"])
    #expect(target.query == [HTTPQueryItem("x", "1 2"), HTTPQueryItem("y", "")])
  }

  @Test(arguments: [
    ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
    ("HTTP/1.1", "Connection: x, Close\r\n", false), ("HTTP/1.0", "", false),
    ("HTTP/1.0", "Connection: keep-alive\r\n", true),
  ])
  func `connections persist as the version says`(version: String, field: String, keeps: Bool) throws
  {
    let head = try Self.parse("GET / \(version)\r\nHost: a\r\n\(field)\r\n")
    #expect(head?.keepsAlive == keeps)
  }

  // MARK: Chunks

  private static func decode(_ text: String, by step: Int) throws(RequestRefusal) -> [UInt8]? {
    var decoder = ChunkedDecoder(limits: .standard)
    let bytes = Array(text.utf8)
    var buffer: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let end = min(bytes.count, position + step)
      buffer += bytes[position..<end]
      position = end
      let used = try decoder.decode(buffer, from: 0)
      buffer.removeFirst(used)
    }
    return decoder.isDone ? decoder.body : nil
  }

  @Test(arguments: [1, 2, 3, 100])
  func `chunks are joined however they arrive`(step: Int) throws {
    let text = "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n000\r\nT: v\r\n\r\n"
    let body = try Self.decode(text, by: step)
    #expect(body == Array("abc0123456789".utf8))
  }

  @Test(arguments: [
    "x\r\n", "\r\n", "-1\r\n", "+3\r\nabc\r\n", "0x3\r\nabc\r\n", "3 \r\nabc\r\n", " 3\r\nabc\r\n",
    "3\nabc\r\n", "3\r\nabcd\r\n", "3\r\nab\r\n\r\n", "ffffffffffffffff\r\n", "3\r\nabc\n0\r\n\r\n",
    "0\r\n folded\r\n\r\n", "3;\u{1}\r\nabc\r\n", "500000\r\n",
  ])
  func `bad chunks are refused`(text: String) {
    #expect(throws: RequestRefusal.self) { () throws -> Void in
      _ = try Self.decode(text, by: 100)
    }
  }

  @Test func `percent-coding goes there and back`() {
    let text = "a b/c?d=é%+"
    #expect(PercentCoding.decoded(Array(PercentCoding.encoded(text).utf8)) == text)
    for broken in ["%", "%1", "%zz", "%ff", "a%2"] {
      #expect(PercentCoding.decoded(Array(broken.utf8)) == nil)
    }
  }

  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_795_428_000, "Mon, 23 Nov 2026 10:00:00 GMT"),
    (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
  ])
  func `dates are written as HTTP wants them`(seconds: Int, text: String) {
    #expect(HTTPDate.text(unixSeconds: seconds) == text)
  }

  @Test(arguments: [1, 2, 15, 100])
  func `a request line as long as its limit is taken however it arrives`(
    piece: Int
  ) {
    let buffer = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    for (bytesMax, isTaken) in [(14, true), (13, false)] {
      var limits = HTTPServerLimits()
      limits.requestLineBytesMax = bytesMax
      var scanner = HeadScanner(limits: limits)
      var (count, end, status) = (0, Int?.none, 200)
      while count < buffer.count, end == nil, status == 200 {
        count = min(buffer.count, count + piece)
        do throws(RequestRefusal) {
          end = try scanner.scan(Array(buffer[..<count]))
        } catch {
          status = error.status
        }
      }
      #expect(status == (isTaken ? 200 : 414))
      #expect((end != nil) == isTaken)
    }
  }
}
