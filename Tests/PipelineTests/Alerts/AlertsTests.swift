import Effects
import Formats
import TestKit
import Testing

@testable import Pipeline

actor MemoryAlertStore: AlertStore {
  struct Broken: Error {}
  private(set) var saved: JSONValue?
  private let isBroken: Bool

  init(isBroken: Bool = false) { self.isBroken = isBroken }

  func load() throws -> JSONValue? {
    if isBroken { throw Broken() }
    return saved
  }

  func save(_ ledger: JSONValue) throws {
    if isBroken { throw Broken() }
    saved = ledger
  }
}

/// A webhook that answers as told and remembers what it got.
final class FakeWebhook: Sendable {
  private struct State {
    var statuses: [Int]
    var bodies: [JSONValue] = []
  }
  private let state: Lock<State>

  /// Answers with these statuses in turn, then with 204.
  init(_ statuses: [Int] = []) { state = Lock(State(statuses: statuses)) }

  var bodies: [JSONValue] { state.withLock { $0.bodies } }
  var events: [String] { bodies.compactMap { $0["event"]?.text } }

  var channel: AlertChannel {
    .webhook { body in
      let value = try JSONValue(parsing: body)
      return self.state.withLock { state in
        state.bodies.append(value)
        return state.statuses.isEmpty ? 204 : state.statuses.removeFirst()
      }
    }
  }
}

@Suite struct `Alerts to people` {
  let time = ManualTime()
  let sink = MemorySink()
  let store = MemoryAlertStore()
  let stale = AlertCondition(AlertKey(.staleSource, "sap"), summary: "sap is 40 h old")

  func alerts(_ channels: [AlertChannel], store: MemoryAlertStore? = nil) -> Alerts {
    Alerts(
      store: store ?? self.store, channels: channels, time: time, random: SeededRandom(seed: 5),
      log: Log(time: time, sink: sink))
  }

  @Test func `post a beginning and an end`() async throws {
    let webhook = FakeWebhook()
    let alerts = alerts([webhook.channel])
    await alerts.observe([stale])
    #expect(await alerts.flush() == nil)
    time.advance(seconds: 60)
    await alerts.observe([stale])
    await alerts.flush()
    await alerts.observe([])
    await alerts.flush()
    #expect(webhook.events == ["raised", "cleared"])
    #expect(webhook.bodies.first?["kind"] == "stale_source")
    #expect(webhook.bodies.first?["subject"] == "sap")
    #expect(webhook.bodies.first?["summary"] == "sap is 40 h old")
    #expect(webhook.bodies.last?["since"] == "2026-11-23T10:00:00.000000Z")
  }

  @Test func `try again with growing pauses, and with the same id`() async throws {
    let webhook = FakeWebhook([500, 503, 429])
    let alerts = alerts([webhook.channel])
    await alerts.observe([stale])
    var pauses: [Double] = []
    while let pause = await alerts.flush() {
      pauses.append(pause)
      time.advance(seconds: pause)
    }
    #expect(webhook.bodies.count == 4)
    #expect(Set(webhook.bodies.compactMap { $0["id"]?.text }).count == 1)
    #expect(pauses.count == 3)
    for (index, pause) in pauses.enumerated() {
      let full = 2.0 * Double(1 << index)
      #expect(pause >= full / 2 && pause <= full, "\(pauses)")
    }
    #expect(sink.lines.contains { $0.contains("the webhook answered 500") })
  }

  @Test func `give up after the last attempt and go on with the next notice`() async throws {
    let webhook = FakeWebhook(Array(repeating: 500, count: AlertLedger.attemptsMax))
    let alerts = alerts([webhook.channel])
    await alerts.observe([stale])
    await alerts.observe([])
    while let pause = await alerts.flush() { time.advance(seconds: pause) }
    #expect(webhook.events.count { $0 == "raised" } == AlertLedger.attemptsMax)
    #expect(webhook.events.last == "cleared")
    #expect(sink.lines.contains { $0.contains("alert given up") })
  }

  @Test func `are not repeated by a restart, and deliver what was left`() async throws {
    let broken = FakeWebhook([500])
    let before = alerts([broken.channel])
    await before.observe([stale])
    await before.flush()
    time.advance(seconds: 3_600)
    let webhook = FakeWebhook()
    let after = alerts([webhook.channel])
    await after.observe([stale])
    await after.flush()
    await after.observe([stale])
    await after.flush()
    #expect(webhook.events == ["raised"])
    #expect(await after.active == [stale])
  }

  @Test func `forget what waits for a channel that is no longer configured`() async throws {
    let before = alerts([FakeWebhook([500]).channel])
    await before.observe([stale])
    await before.flush()
    let after = alerts([])
    #expect(await after.flush() == nil)
    #expect(await after.pendingCount == 0)
  }

  @Test func `never fail, whatever their store and channels do`() async throws {
    struct Odd: Error {}
    let alerts = alerts(
      [AlertChannel(name: "odd") { _ in throw Odd() }], store: MemoryAlertStore(isBroken: true))
    await alerts.observe([stale])
    #expect(await alerts.flush() != nil)
    #expect(await alerts.active == [stale])
    #expect(sink.lines.contains { $0.contains("state unknown") })
    #expect(sink.lines.contains { $0.contains("state not stored") })
  }

  @Test func `deliver by themselves while they run`() async throws {
    let webhook = FakeWebhook([500])
    let alerts = alerts([webhook.channel])
    let task = Task { await alerts.run() }
    await time.untilAsleep(1)
    await alerts.observe([stale])
    while webhook.events.count < 2 {
      await time.untilAsleep(1)
      time.wakeNext()
    }
    while await alerts.pendingCount > 0 { await Task.yield() }
    task.cancel()
    await task.value
    #expect(webhook.events == ["raised", "raised"])
  }

  @Test func `hand a command the notice on its standard input`() async throws {
    let folder = try TemporaryFolder()
    let script = try folder.write(
      "#!/bin/sh\ncat > \"$1\"\nexit \"$2\"\n", to: "alert.sh")
    let out = folder.path("out.json")
    let notice = AlertNotice(event: .raised, condition: stale, since: time.now, at: time.now)
    try await AlertChannel.command(["/bin/sh", script, out, "0"]).deliver(notice)
    #expect(AlertNotice(try JSONValue(parsing: try folder.read("out.json"))) == notice)
    await #expect(throws: AlertFailure.exit(3)) {
      try await AlertChannel.command(["/bin/sh", script, out, "3"]).deliver(notice)
    }
    await #expect(throws: Subprocess.Failure.self) {
      try await AlertChannel.command([folder.path("missing")]).deliver(notice)
    }
  }
}
