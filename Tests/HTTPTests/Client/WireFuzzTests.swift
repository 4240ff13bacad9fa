import Foundation
import HTTP
import Testing

/// Answers damaged on the wire: status lines, fields, chunks, codings, cuts and stray bytes.
///
/// `RESETSYNC_FUZZ_ROUNDS` sets the number of requests, `RESETSYNC_FUZZ_SEED` where to begin; from
/// 100,000 requests on memory is looked at too.
@Suite(.serialized) struct WireFuzzTests {
  private static let rounds =
    ProcessInfo.processInfo.environment["RESETSYNC_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 400
  private static let seed =
    ProcessInfo.processInfo.environment["RESETSYNC_FUZZ_SEED"].flatMap { Int($0) } ?? 20_261_123
  private static let bodyBytesMax = 32_768
  private static let headerBytesMax = 8_192

  /// A generator that repeats itself (SplitMix64).
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  }

  /// "hello" by gzip -n.
  private static let zipped: [UInt8] = [
    0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0, 0x86, 0xA6, 0x10,
    0x36, 5, 0, 0, 0,
  ]

  private static let answers: [[UInt8]] = [
    Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8),
    Array("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nuntil the end".utf8),
    Array("HTTP/1.0 404 No\r\nDate: x\r\n\r\n{}".utf8),
    Array("HTTP/1.1 204 No Content\r\n\r\n".utf8),
    Array(
      "HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n".utf8),
    Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8),
    Array(
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-End: 1\r\n\r\n").utf8),
    Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n".utf8) + zipped,
    Array(
      ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n").utf8
    )
      + zipped + Array("\r\n0\r\n\r\n".utf8),
  ]

  private static let pieces: [[UInt8]] =
    [
      "\r\n", "\n", "\r", "\u{0}", ":", " ", "\t folded\r\n", "\r\n\r\n", "HTTP/1.1 200 OK\r\n",
      "HTTP/2 200\r\n", "HTTP/9.9 999 X\r\n", "HTTP/1.1 -1 X\r\n", "HTTP/1.1 99999999999 X\r\n",
      "Content-Length: 5\r\n", "Content-Length: -1\r\n", "Content-Length: 18446744073709551616\r\n",
      "Content-Length: 4000000000\r\n", "Transfer-Encoding: chunked\r\n",
      "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n",
      "Content-Encoding: gzip\r\n", "Content-Encoding: gzip, gzip, gzip\r\n",
      "Content-Encoding: br\r\n", "Connection: close\r\n",
      "Upgrade: h2c\r\nConnection: upgrade\r\n",
      "Set-Cookie: a=b\r\n", "ffffffffffffffff\r\n", "-5\r\n", "7fffffff\r\n", "0\r\n\r\n",
      "Trailer: X\r\n", "Retry-After: \u{FFFD}\r\n", "\u{1F}\u{8B}\u{8}", "PRI * HTTP/2.0\r\n\r\n",
    ].map { Array($0.utf8) } + [
      Array("X-Long: ".utf8) + [UInt8](repeating: 0x61, count: 9_000) + [0x0D, 0x0A],
      [UInt8](repeating: 0x7A, count: 40_000), [0xFF, 0xFE, 0x80, 0xC0],
    ]

  private static func damaged(_ dice: inout Dice) -> [UInt8] {
    var bytes = answers[dice.below(answers.count)]
    for _ in 0..<dice.below(5) {
      let place = dice.below(bytes.count + 1)
      switch dice.below(6) {
      case 0 where place < bytes.count: bytes[place] = UInt8(dice.below(256))
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(30)))
      case 2: bytes.removeLast(bytes.count - place)
      case 3: bytes.insert(contentsOf: bytes.prefix(dice.below(100)), at: place)
      case 4: bytes += answers[dice.below(answers.count)]
      default: bytes.insert(contentsOf: pieces[dice.below(pieces.count)], at: place)
      }
    }
    return bytes
  }

  /// Says the damaged answer of the number in the request's target, in up to three pieces.
  private static let server = RawServer { server, connection in
    while let request = connection.request() {
      let number = request.split(separator: "/").dropFirst().first
        .flatMap { UInt64($0.prefix { $0.isNumber }) }
      var dice = Dice(state: (number ?? 0) &* 0x1_0000_0001)
      let bytes = damaged(&dice)
      let cuts = [dice.below(bytes.count + 1), dice.below(bytes.count + 1)].sorted()
      connection.write(Array(bytes[..<cuts[0]]))
      connection.write(Array(bytes[cuts[0]..<cuts[1]]))
      connection.write(Array(bytes[cuts[1]...]))
      switch dice.below(8) {
      case 0: return connection.reset()
      // Stays open: the next request meets what is left of this answer.
      case 1: continue
      default: return
      }
    }
  }

  private enum Ending { case answer, error }

  private static func ending(_ number: Int, _ transport: CurlTransport) async -> Ending {
    let url = server.url + "\(number)"
    let request =
      number % 3 == 0
      ? HTTPRequest(.patch, url, body: Array("{}".utf8)) : HTTPRequest(.get, url)
    do throws(HTTPTransportError) {
      let answer = try await transport.send(request)
      #expect((100...599).contains(answer.status))
      #expect(answer.body.count <= bodyBytesMax)
      let head = answer.fields.all.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
      // What was not UTF-8 grows by being replaced.
      #expect(head <= headerBytesMax * 3)
      return .answer
    } catch {
      #expect(!"\(error)".isEmpty)
      return .error
    }
  }

  /// Resident memory in bytes.
  private static var memory: Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4_096 } ?? 0
  }

  @Test func `answers damaged on the wire end in an answer or an error`() async {
    var settings = TransportSettings(userAgent: "fuzz")
    settings.bodyBytesMax = Self.bodyBytesMax
    settings.headerBytesMax = Self.headerBytesMax
    settings.totalSeconds = 0.5
    let transport = CurlTransport(settings: settings)
    var (answers, before) = (0, 0)
    for start in stride(from: 0, to: Self.rounds, by: 50) {
      if start == 20_000 { before = Self.memory }
      answers += await withTaskGroup(of: Ending.self) { group in
        for number in start..<min(start + 50, Self.rounds) {
          group.addTask { await Self.ending(Self.seed + number, transport) }
        }
        return await group.reduce(0) { $0 + ($1 == .answer ? 1 : 0) }
      }
    }
    // Some survive the damage, most do not.
    #expect(answers > 0 && answers < Self.rounds)
    if Self.rounds >= 100_000 { #expect(Self.memory - before < 64 << 20) }
  }
}
