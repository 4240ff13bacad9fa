import Effects
import Formats
import HTTP

/// Asks a review desk for its queue, as a browser would.
enum DeskRun {
  static func run(_ words: InnerCommand.Words) async throws -> JSONObject {
    let entry = try words.text("entry")
    let transport = CurlTransport(settings: TransportSettings(userAgent: "bench"))
    let welcome = try await transport.send(HTTPRequest(.get, entry))
    guard let cookie = welcome.fields["Set-Cookie"]?.split(separator: ";").first else {
      throw BenchmarkError("the desk gave no session: status \(welcome.status)")
    }
    let base = entry.split(separator: "/").prefix(2).joined(separator: "//")
    var request = HTTPRequest(.get, base + "/review")
    request.fields.append("Cookie", String(cookie))
    let times = try words.number("times")
    var (seconds, bytes) = ([Double](), 0)
    for _ in 0..<times {
      let started = SystemTime().monotonicSeconds
      let page = try await transport.send(request)
      seconds.append(SystemTime().monotonicSeconds - started)
      guard page.status == 200 else {
        throw BenchmarkError("the queue answered \(page.status)")
      }
      bytes = page.body.count
    }
    return ["seconds": .array(seconds.map(Quantity.json)), "bytes": .int(bytes)]
  }
}
