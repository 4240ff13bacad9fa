public import Formats

/// Which conditions were told, and which notices still have to be delivered.
///
/// Pure: it is told what holds and when, and answers with what to say. A condition is told once
/// when it begins and once when it ends. One that begins again within `quietSeconds` of its end
/// is told only if it still holds when they are over, so that a flapping condition stays rare.
public struct AlertLedger: Sendable, Equatable {
  /// A condition that holds.
  struct Raised: Sendable, Equatable {
    var condition: AlertCondition
    let since: Timestamp
    var isTold: Bool
  }

  /// A notice on its way to one channel.
  struct Pending: Sendable, Equatable {
    let notice: AlertNotice
    let channel: String
    var attempts = 0
    var nextAttempt: Timestamp
  }

  private(set) var raised: [AlertKey: Raised] = [:]
  private(set) var endings: [AlertKey: Timestamp] = [:]
  private(set) var pending: [Pending] = []
  /// Notices that were given up, for lack of room or after `attemptsMax` attempts.
  public internal(set) var droppedCount = 0

  /// How long a condition must stay away to be told again at once, in seconds.
  public static let quietSeconds = 900.0
  /// Conditions that are followed at the same time; more are not told.
  public static let conditionsMax = 500
  /// Notices that wait for delivery; the oldest one goes when another comes.
  public static let pendingMax = 200
  /// Attempts to deliver one notice.
  public static let attemptsMax = 12

  /// Nothing holds, nothing waits.
  public init() {}

  mutating func restore(
    raised: [AlertKey: Raised], endings: [AlertKey: Timestamp], pending: [Pending]
  ) {
    self.raised = raised
    self.endings = endings
    self.pending = Array(pending.suffix(Self.pendingMax))
  }

  /// Takes note of what holds now.
  ///
  /// `kinds` were looked at: a condition of these kinds that is not in `conditions` has ended.
  /// Returns the notices that this makes, which wait for each of the channels.
  @discardableResult
  public mutating func observe(
    _ conditions: [AlertCondition], of kinds: Set<AlertKind> = Set(AlertKind.allCases),
    at now: Timestamp, channels: [String]
  ) -> [AlertNotice] {
    let holding = Dictionary(conditions.map { ($0.key, $0) }) { _, last in last }
    var notices: [AlertNotice] = []
    for (key, known) in raised.sorted(by: { $0.key < $1.key })
    where holding[key] == nil && kinds.contains(key.kind) {
      raised[key] = nil
      guard known.isTold else { continue }
      endings[key] = now
      notices.append(
        AlertNotice(event: .cleared, condition: known.condition, since: known.since, at: now))
    }
    for (key, condition) in holding.sorted(by: { $0.key < $1.key }) where kinds.contains(key.kind) {
      if let notice = hold(condition, at: now) { notices.append(notice) }
    }
    endings = endings.filter { now.seconds(since: $0.value) < Self.quietSeconds }
    for notice in notices { enqueue(notice, channels, now) }
    return notices
  }

  private mutating func hold(_ condition: AlertCondition, at now: Timestamp) -> AlertNotice? {
    let key = condition.key
    guard raised[key] != nil || raised.count < Self.conditionsMax else { return nil }
    var entry = raised[key] ?? Raised(condition: condition, since: now, isTold: false)
    defer { raised[key] = entry }
    guard !entry.isTold else { return nil }
    entry.condition = condition
    if let ending = endings[key], now.seconds(since: ending) < Self.quietSeconds { return nil }
    entry.isTold = true
    return AlertNotice(event: .raised, condition: condition, since: entry.since, at: now)
  }

  private mutating func enqueue(_ notice: AlertNotice, _ channels: [String], _ now: Timestamp) {
    for channel in channels {
      if pending.count >= Self.pendingMax {
        pending.removeFirst()
        droppedCount += 1
      }
      pending.append(Pending(notice: notice, channel: channel, nextAttempt: now))
    }
  }
}

extension AlertLedger {
  /// The next notice to try, one per channel at most so that their order is kept.
  func firstDue(at now: Timestamp) -> (notice: AlertNotice, channel: String)? {
    var seen: Set<String> = []
    for entry in pending where seen.insert(entry.channel).inserted {
      if entry.nextAttempt <= now { return (entry.notice, entry.channel) }
    }
    return nil
  }

  /// When the next attempt is due, nil if nothing waits.
  var nextAttempt: Timestamp? {
    var seen: Set<String> = []
    return pending.filter { seen.insert($0.channel).inserted }.map(\.nextAttempt).min()
  }

  mutating func delivered(_ notice: AlertNotice, to channel: String) {
    pending.removeAll { $0.channel == channel && $0.notice.id == notice.id }
  }

  /// Puts an attempt off; true if the notice was given up instead.
  mutating func failed(
    _ notice: AlertNotice, to channel: String, retryAt: (_ attempts: Int) -> Timestamp
  ) -> Bool {
    guard
      let index = pending.firstIndex(where: {
        $0.channel == channel && $0.notice.id == notice.id
      })
    else { return false }
    pending[index].attempts += 1
    guard pending[index].attempts < Self.attemptsMax else {
      pending.remove(at: index)
      droppedCount += 1
      return true
    }
    pending[index].nextAttempt = retryAt(pending[index].attempts)
    return false
  }

  /// Gives up what waits for channels that are no longer configured.
  mutating func keepOnly(channels: Set<String>) {
    pending.removeAll { !channels.contains($0.channel) }
  }
}
