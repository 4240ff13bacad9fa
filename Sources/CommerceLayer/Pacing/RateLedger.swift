public import Formats

/// What a request counts towards: the limit of its class, and the burst limit of its endpoint.
public struct RateClass: Sendable, Hashable {
  /// All requests that share one average limit, such as `core`.
  public let name: String
  /// The part of the class with a burst limit of its own, such as `customer_password_resets`.
  public let endpoint: String

  /// Reads and writes of everything that isn't cacheable, budgeted as one.
  public static func core(_ endpoint: String) -> Self { Self(name: "core", endpoint: endpoint) }
  /// The token endpoint.
  public static let token = Self(name: "token", endpoint: "token")
}

/// The figures that a reservation is judged by, `rate_share` applied.
public struct RateFigures: Sendable, Equatable {
  /// Requests of the class in `averageSeconds`.
  public var averageLimit: Int
  /// The length of the average window, in seconds.
  public var averageSeconds: Double
  /// Requests of the endpoint in `burstSeconds`.
  public var burstLimit: Int
  /// The length of the burst window, in seconds.
  public var burstSeconds: Double
  /// The part of a limit that the server announces which is ours, above 0 and at most 1.
  public var share: Double

  /// Makes figures from granted limits.
  public init(
    averageLimit: Int, averageSeconds: Double, burstLimit: Int, burstSeconds: Double,
    share: Double
  ) {
    self.averageLimit = averageLimit
    self.averageSeconds = averageSeconds
    self.burstLimit = burstLimit
    self.burstSeconds = burstSeconds
    self.share = share
  }

  /// What one may use of a limit: at least one request.
  static func part(_ limit: Int, _ share: Double) -> Int { max(1, Int(Double(limit) * share)) }
}

/// The recent requests of one address, from which follows when the next may be sent.
///
/// A pure value: whoever keeps it runs each operation as one atomic step. A request counts from
/// its reservation until a full window after its answer, because the server counted it somewhere
/// between the two; so no window of the server ever holds more than ours.
public struct RateLedger: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let ticket: Int
    let kind: RateClass
    /// The reservation while open, the answer once settled; microseconds since 1970.
    var at: Int64
    var isOpen: Bool
  }

  struct Announcement: Sendable, Equatable {
    var limit: Int
    var seconds: Double
    /// Requests in the server's window that were not ours.
    var foreign: Int
    var at: Int64
  }

  /// Added to each window, in seconds, for the edges of the server's.
  static let marginSeconds = 0.05
  /// After this time without an answer a request counts as answered: its process is gone.
  static let openSecondsMax = 60.0

  var entries: [Entry] = []
  var announced: [String: Announcement] = [:]
  var blockedUntil: [String: Int64] = [:]

  /// Makes an empty ledger.
  public init() {}

  /// Books a request and returns 0, or returns the seconds to wait before asking again.
  public mutating func reserve(
    _ kind: RateClass, ticket: Int, figures: RateFigures, now: Timestamp
  ) -> Double {
    let now = now.microseconds
    tidy(now, figures)
    var wait = Self.seconds((blockedUntil[kind.name] ?? 0) - now)
    let average = averageWindow(kind.name, figures, now)
    wait = max(wait, self.wait(now, average.seconds, average.limit) { $0.name == kind.name })
    wait = max(wait, self.wait(now, figures.burstSeconds, figures.burstLimit) { $0 == kind })
    guard wait <= 0 else { return wait }
    entries.append(Entry(ticket: ticket, kind: kind, at: now, isOpen: true))
    return 0
  }

  /// Starts the window of an answered request.
  public mutating func settle(ticket: Int, now: Timestamp) {
    guard let index = entries.lastIndex(where: { $0.ticket == ticket }) else { return }
    entries[index].at = now.microseconds
    entries[index].isOpen = false
  }

  /// Takes back a request that was never sent.
  public mutating func withdraw(ticket: Int) {
    entries.removeAll { $0.ticket == ticket }
  }

  /// Notes what the server says of its average limit after an answer.
  public mutating func announce(
    _ name: String, limit: Int, seconds: Double, remaining: Int, now: Timestamp
  ) {
    guard limit > 0, seconds > 0, seconds <= 3_600 else { return }
    let own = entries.count { $0.kind.name == name }
    announced[name] = Announcement(
      limit: limit, seconds: seconds, foreign: max(0, limit - remaining - own),
      at: now.microseconds)
  }

  /// Stops all requests of a class until an instant.
  public mutating func block(_ name: String, until: Timestamp) {
    blockedUntil[name] = max(blockedUntil[name] ?? 0, until.microseconds)
  }

  /// What is known of a class's window: our requests in it, and those of others that the server
  /// counted, nil where it never said.
  public func use(of name: String) -> (own: Int, foreign: Int?) {
    (entries.count { $0.kind.name == name }, announced[name]?.foreign)
  }

  // MARK: Windows

  private func averageWindow(
    _ name: String, _ figures: RateFigures, _ now: Int64
  ) -> (seconds: Double, limit: Int) {
    guard let said = announced[name] else { return (figures.averageSeconds, figures.averageLimit) }
    // The agreed figures in the server's window length, and never above what the server allows.
    let scaled = Double(figures.averageLimit) * said.seconds / figures.averageSeconds
    // What others used leaves the window bit by bit.
    let age = min(1, max(0, Self.seconds(now - said.at) / said.seconds))
    let foreign = Int((Double(said.foreign) * (1 - age)).rounded(.up))
    let limit = min(
      Int(scaled.rounded(.down)), RateFigures.part(said.limit, figures.share),
      said.limit - foreign)
    return (said.seconds, limit)
  }

  /// Seconds until fewer than `limit` matching requests lie in the window.
  private func wait(
    _ now: Int64, _ seconds: Double, _ limit: Int, _ matches: (RateClass) -> Bool
  ) -> Double {
    // The server's window is full of others' requests: look again when a tenth has gone by.
    guard limit > 0 else { return seconds / 10 }
    let length = Int64((seconds + Self.marginSeconds) * 1e6)
    var places: [Int64] = []
    for entry in entries where matches(entry.kind) {
      // Open ones stay at least a window from now on; no answer comes from the future.
      let leaves = (entry.isOpen ? max(entry.at, now) : min(entry.at, now)) + length
      if leaves > now { places.append(leaves) }
    }
    places.sort()
    guard places.count >= limit else { return 0 }
    return Self.seconds(places[places.count - limit] - now)
  }

  private mutating func tidy(_ now: Int64, _ figures: RateFigures) {
    let longest = max(
      figures.averageSeconds, figures.burstSeconds, announced.values.map(\.seconds).max() ?? 0)
    let oldest = now - Int64((longest + Self.marginSeconds) * 1e6)
    let abandoned = now - Int64(Self.openSecondsMax * 1e6)
    for index in entries.indices where entries[index].isOpen && entries[index].at < abandoned {
      entries[index].isOpen = false
    }
    entries.removeAll { !$0.isOpen && $0.at <= oldest }
    blockedUntil = blockedUntil.filter { $0.value > now }
    announced = announced.filter { now - $0.value.at < Int64(2e6 * $0.value.seconds) }
  }

  private static func seconds(_ microseconds: Int64) -> Double { Double(microseconds) / 1e6 }
}
