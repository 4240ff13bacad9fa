public import Effects
internal import Formats

/// Tells people when a condition begins and ends; never stands in the way of a run.
///
/// `observe` only takes note and stores; deliveries are made by `run` in a daemon or by `flush`
/// at the end of a one-shot command. What could not be delivered is stored and tried again.
public actor Alerts {
  private let store: any AlertStore
  private var channels: [AlertChannel]
  private let time: any TimeSource
  private let random: any RandomSource
  private var log: Log

  private var ledger = AlertLedger()
  private var isLoaded = false
  private var isDelivering = false
  private var isDirty = false
  private var isSaving = false
  private var sleeper: Task<Void, Never>?
  private var isPoked = false

  /// The first pause after a failed delivery, in seconds; it doubles with each further one.
  public static let backoffSecondsMin = 2.0
  /// The longest pause between two attempts, in seconds.
  public static let backoffSecondsMax = 900.0
  /// The longest sleep of the delivery loop, in seconds.
  static let sleepSecondsMax = 3_600.0

  /// Prepares alerts over a store and the configured channels.
  public init(
    store: any AlertStore, channels: [AlertChannel], time: any TimeSource,
    random: any RandomSource, log: Log
  ) {
    self.store = store
    self.channels = channels
    self.time = time
    self.random = random
    self.log = log
  }

  /// Takes note of the conditions that hold now; of the `kinds` that were looked at, those that
  /// are not listed have ended.
  public func observe(
    _ conditions: [AlertCondition], of kinds: Set<AlertKind> = Set(AlertKind.allCases)
  ) async {
    await load()
    let notices = ledger.observe(
      conditions, of: kinds, at: time.now, channels: channels.map(\.name))
    for notice in notices {
      let fields: Log.Fields = [
        "alert": .text(notice.condition.key.description), "since": .init(notice.since),
      ]
      switch notice.event {
      case .raised: log.warning("alert raised: \(notice.condition.summary)", fields)
      case .cleared: log.notice("alert cleared: \(notice.condition.summary)", fields)
      }
    }
    await save()
    poke()
  }

  /// Follows a new configuration, and tells of it in another log if one is given; what waits for
  /// a channel that is gone is dropped.
  public func adopt(channels: [AlertChannel], log: Log? = nil) async {
    self.channels = channels
    self.log = log ?? self.log
    await load()
    ledger.keepOnly(channels: Set(channels.map(\.name)))
    await save()
    poke()
  }

  /// The conditions that hold and were told, for `status`.
  public var active: [AlertCondition] {
    ledger.raised.values.filter(\.isTold).map(\.condition).sorted { $0.key < $1.key }
  }

  /// Notices that still wait for delivery.
  public var pendingCount: Int { ledger.pending.count }

  /// Tries each notice that is due once; returns seconds until the next attempt is due, nil if
  /// nothing waits.
  @discardableResult
  public func flush() async -> Double? {
    await load()
    guard !isDelivering else { return Self.backoffSecondsMin }
    isDelivering = true
    defer { isDelivering = false }
    while !Task.isCancelled, let due = ledger.firstDue(at: time.now) {
      await deliver(due.notice, to: due.channel)
      await save()
    }
    return ledger.nextAttempt.map { max(0, $0.seconds(since: time.now)) }
  }

  /// Delivers until the task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      isPoked = false
      let wait = await flush() ?? Self.sleepSecondsMax
      await pause(seconds: min(wait, Self.sleepSecondsMax))
    }
  }

  private func deliver(_ notice: AlertNotice, to name: String) async {
    guard let channel = channels.first(where: { $0.name == name }) else {
      ledger.delivered(notice, to: name)
      return
    }
    do {
      try await channel.deliver(notice)
      ledger.delivered(notice, to: name)
    } catch {
      let (now, random) = (time.now, random)
      let isGivenUp = ledger.failed(notice, to: name) { attempts in
        now.adding(seconds: Self.backoff(attempts: attempts, random: random))
      }
      log.warning(
        isGivenUp ? "alert given up" : "alert not delivered, will be tried again",
        [
          "alert": .text(notice.condition.key.description), "channel": .text(name),
          "error": .text("\(error)"),
        ])
    }
  }

  /// A pause that doubles with each attempt, of which a random half to all is taken.
  static func backoff(attempts: Int, random: any RandomSource) -> Double {
    var pause = backoffSecondsMin
    for _ in 1..<max(attempts, 1) where pause < backoffSecondsMax { pause *= 2 }
    return min(pause, backoffSecondsMax) * (0.5 + random.unit() / 2)
  }

  private func load() async {
    guard !isLoaded else { return }
    do {
      let saved = try await store.load()
      // Another call may have loaded while this one waited.
      guard !isLoaded else { return }
      ledger = saved.map(AlertLedger.init) ?? AlertLedger()
      ledger.keepOnly(channels: Set(channels.map(\.name)))
    } catch {
      log.warning("alerts: state unknown, alerts may be repeated", ["error": .text("\(error)")])
    }
    isLoaded = true
  }

  /// One save at a time, so that an older state never replaces a newer one.
  private func save() async {
    isDirty = true
    guard !isSaving else { return }
    isSaving = true
    while isDirty {
      isDirty = false
      do {
        try await store.save(ledger.json)
      } catch {
        log.warning("alerts: state not stored", ["error": .text("\(error)")])
      }
    }
    isSaving = false
  }

  private func pause(seconds: Double) async {
    guard !isPoked, !Task.isCancelled else { return }
    let sleeper = Task { [time] in
      do { try await time.sleep(seconds: seconds) } catch {}
    }
    self.sleeper = sleeper
    await withTaskCancellationHandler {
      await sleeper.value
    } onCancel: {
      sleeper.cancel()
    }
    self.sleeper = nil
  }

  private func poke() {
    isPoked = true
    sleeper?.cancel()
  }
}
