/// One request that the sandbox served.
public struct SandboxRequest: Sendable, Equatable {
  /// Counts from 1 over all requests since the start.
  public let number: Int
  /// When it was answered, in microseconds since 1970 by the sandbox's clock.
  public let microseconds: Int64
  /// The method.
  public let method: String
  /// Path and query as sent.
  public let target: String
  /// True when the request carried an `Authorization` field; its value is never kept.
  public let isAuthorized: Bool
  /// The other fields that tell something of the client, lower-case names.
  public let fields: [String: String]
  /// The request's content, at most 16 KiB of it.
  public let body: [UInt8]
  /// The status answered; 0 when the connection was cut or left hanging.
  public let status: Int
  /// How many body bytes the answer had.
  public let responseBytes: Int
  /// True when the request had its effect, or would have shown one.
  public let wasApplied: Bool
}

/// The last requests, oldest dropped first.
struct RequestLog {
  static let bodyBytesMax = 16_384
  private var entries: [SandboxRequest] = []
  private var start = 0
  private(set) var total = 0

  mutating func add(_ request: SandboxRequest, max: Int) {
    total += 1
    guard max > 0 else { return }
    if entries.count < max {
      entries.append(request)
    } else {
      start %= entries.count
      entries[start] = request
      start += 1
    }
  }

  /// The entries in order.
  var all: [SandboxRequest] {
    Array(entries[Swift.min(start, entries.count)...] + entries[..<Swift.min(start, entries.count)])
  }

  mutating func clear() {
    entries = []
    start = 0
  }
}
