/// Sliding windows per client address (CommerceLayer#Limits).
///
/// Whether a window is full depends only on when its n-th last call was, so a window of n calls
/// keeps n times, however hard a client hammers.
struct RateLimiter {
  /// What one call found.
  struct Verdict {
    var isAllowed: Bool
    var limit: Int
    var intervalSeconds: Int
    var remaining: Int
  }

  private struct Window {
    private var times: [Int64]
    private var next = 0

    init(limit: Int) {
      times = [Int64](repeating: .min, count: limit)
    }

    /// How many calls are younger than the window's length.
    func used(now: Int64, lengthMicroseconds: Int64) -> Int {
      times.count { $0 != .min && $0 > now - lengthMicroseconds }
    }

    func isFull(now: Int64, lengthMicroseconds: Int64) -> Bool {
      times[next] != .min && times[next] > now - lengthMicroseconds
    }

    mutating func add(_ now: Int64) {
      times[next] = now
      next = (next + 1) % times.count
    }

    var capacity: Int { times.count }
  }

  private struct Key: Hashable {
    let address: String
    let mode: SandboxMode?
    let bucket: String
  }

  private static let addressesMax = 4_096
  /// Windows of more calls than this are cut to it, so that each keeps at most 8 MB of times.
  private static let limitMax = 1_000_000
  private var windows: [Key: Window] = [:]

  /// Counts a call of the API; `endpoint` names its burst window.
  mutating func call(
    _ limits: SandboxRateLimits, mode: SandboxMode, address: String, endpoint: String,
    isWrite: Bool, now: Int64
  ) -> Verdict {
    let sizes = mode == .live ? limits.live : limits.test
    guard limits.isLimited else {
      return Verdict(
        isAllowed: true, limit: sizes.average, intervalSeconds: Int(sizes.averageSeconds),
        remaining: sizes.average)
    }
    let kind = limits.sharesReadsAndWrites ? "" : isWrite ? "w:" : "r:"
    let average = Key(address: address, mode: mode, bucket: kind + "*")
    let burst = Key(address: address, mode: mode, bucket: kind + endpoint)
    return count(
      [
        (average, sizes.average, sizes.averageSeconds),
        (burst, sizes.burst, sizes.burstSeconds),
      ], countsRefused: limits.countsRefused, now: now)
  }

  /// Counts a token request.
  mutating func tokenCall(
    _ limits: SandboxRateLimits, address: String, now: Int64
  ) -> Verdict {
    guard limits.isLimited else {
      return Verdict(
        isAllowed: true, limit: limits.tokensPerMinute, intervalSeconds: 60,
        remaining: limits.tokensPerMinute)
    }
    let key = Key(address: address, mode: nil, bucket: "token")
    return count(
      [(key, limits.tokensPerMinute, 60)], countsRefused: limits.countsRefused, now: now)
  }

  private mutating func count(
    _ parts: [(key: Key, limit: Int, seconds: Double)], countsRefused: Bool, now: Int64
  ) -> Verdict {
    if windows.count > Self.addressesMax { windows.removeAll() }
    let parts = parts.map {
      (key: $0.key, limit: min(max(1, $0.limit), Self.limitMax), seconds: min($0.seconds, 1e9))
    }
    var isAllowed = true
    for part in parts {
      let length = Int64(part.seconds * 1_000_000)
      if windows[part.key]?.capacity != part.limit {
        windows[part.key] = Window(limit: part.limit)
      }
      if windows[part.key]?.isFull(now: now, lengthMicroseconds: length) == true {
        isAllowed = false
      }
    }
    if isAllowed || countsRefused {
      for part in parts { windows[part.key]?.add(now) }
    }
    let first = parts[0]
    let used =
      windows[first.key]?.used(now: now, lengthMicroseconds: Int64(first.seconds * 1_000_000)) ?? 0
    return Verdict(
      isAllowed: isAllowed, limit: first.limit, intervalSeconds: Int(first.seconds),
      remaining: isAllowed ? max(0, first.limit - used) : 0)
  }

  /// Forgets all calls.
  mutating func reset() {
    windows = [:]
  }
}
