import Effects
import Formats
import Testing

@testable import Pipeline

@Suite struct `Alert ledger` {
  let start = Timestamp(wholeSeconds: 1_795_428_000)
  let stale = AlertCondition(
    AlertKey(.staleSource, "sap"), summary: "sap is 40 h old", facts: ["age_seconds": 144_000])
  let rail = AlertCondition(AlertKey(.trippedRail, "sap/updates"), summary: "tripped")

  func at(_ seconds: Double) -> Timestamp { start.adding(seconds: seconds) }

  @Test func `tells once when a condition begins and once when it ends`() {
    var ledger = AlertLedger()
    #expect(ledger.observe([stale], at: at(0), channels: ["w"]).map(\.event) == [.raised])
    for second in 1..<100 {
      #expect(ledger.observe([stale], at: at(Double(second)), channels: ["w"]).isEmpty)
    }
    let ended = ledger.observe([], at: at(100), channels: ["w"])
    #expect(ended.map(\.event) == [.cleared])
    #expect(ended.first?.since == at(0))
    #expect(ended.first?.condition == stale)
    #expect(ledger.observe([], at: at(101), channels: ["w"]).isEmpty)
  }

  @Test func `ends only conditions of the kinds that were looked at`() {
    var ledger = AlertLedger()
    ledger.observe([stale, rail], at: at(0), channels: [])
    let ended = ledger.observe([], of: [.trippedRail], at: at(1), channels: [])
    #expect(ended.map(\.condition.key.kind) == [.trippedRail])
    #expect(ledger.observe([stale], of: [.trippedRail], at: at(2), channels: []).isEmpty)
    #expect(ledger.raised.keys.sorted() == [stale.key])
  }

  @Test func `stays rare when a condition flaps`() {
    var ledger = AlertLedger()
    var notices = 0
    for second in stride(from: 0.0, to: 7_200, by: 10) {
      let holds = Int(second / 10) % 2 == 0
      notices += ledger.observe(holds ? [stale] : [], at: at(second), channels: ["w"]).count
    }
    // Two hours have eight quiet times: a beginning and an end each.
    #expect(notices == 16)
  }

  @Test func `tells a condition that stays after its quiet time, since its true beginning`() {
    var ledger = AlertLedger()
    ledger.observe([stale], at: at(0), channels: [])
    ledger.observe([], at: at(10), channels: [])
    #expect(ledger.observe([stale], at: at(20), channels: []).isEmpty)
    #expect(ledger.observe([stale], at: at(909), channels: []).isEmpty)
    let told = ledger.observe([stale], at: at(910), channels: [])
    #expect(told.map(\.event) == [.raised])
    #expect(told.first?.since == at(20))
  }

  @Test func `bounds conditions and notices`() {
    var ledger = AlertLedger()
    let many = (0..<2_000).map {
      AlertCondition(AlertKey(.trippedRail, "m\($0)"), summary: "tripped")
    }
    ledger.observe(many, at: at(0), channels: ["a", "b"])
    #expect(ledger.raised.count == AlertLedger.conditionsMax)
    #expect(ledger.pending.count == AlertLedger.pendingMax)
    #expect(ledger.droppedCount == 2 * AlertLedger.conditionsMax - AlertLedger.pendingMax)
  }

  @Test func `keeps the order of a channel and lets no channel wait for another`() throws {
    var ledger = AlertLedger()
    ledger.observe([rail], at: at(0), channels: ["a", "b"])
    ledger.observe([], at: at(1), channels: ["a", "b"])
    let first = try #require(ledger.firstDue(at: at(1)))
    #expect(first.channel == "a" && first.notice.event == .raised)
    #expect(!ledger.failed(first.notice, to: "a") { _ in at(60) })
    let second = try #require(ledger.firstDue(at: at(1)))
    #expect(second.channel == "b" && second.notice.event == .raised)
    ledger.delivered(second.notice, to: "b")
    let third = try #require(ledger.firstDue(at: at(1)))
    #expect(third.channel == "b" && third.notice.event == .cleared)
    ledger.delivered(third.notice, to: "b")
    #expect(ledger.firstDue(at: at(59)) == nil)
    #expect(ledger.nextAttempt == at(60))
    #expect(ledger.firstDue(at: at(60))?.notice.event == .raised)
  }

  @Test func `survives being stored`() throws {
    var ledger = AlertLedger()
    ledger.observe([stale, rail], at: at(0.25), channels: ["webhook", "command"])
    ledger.observe([stale], at: at(5), channels: ["webhook", "command"])
    ledger.observe([stale, rail], at: at(6), channels: ["webhook", "command"])
    let first = try #require(ledger.firstDue(at: at(6)))
    _ = ledger.failed(first.notice, to: first.channel) { _ in at(9) }
    let text = ledger.json.written()
    #expect(AlertLedger(try JSONValue(parsing: text)) == ledger)
  }

  @Test(arguments: ["{}", "[]", "null", "{\"raised\":[1,{\"told\":true}],\"pending\":{}}"])
  func `begins anew where the stored text is strange`(_ text: String) throws {
    #expect(AlertLedger(try JSONValue(parsing: text)) == AlertLedger())
  }
}

@Suite struct `Alert facts` {
  @Test func `hold nothing when all is well`() {
    var facts = AlertFacts()
    facts.sources = [
      .init(mapping: "sap", ageSeconds: 10, ageSecondsMax: 100),
      .init(mapping: "crm", ageSeconds: nil, ageSecondsMax: nil),
    ]
    facts.criticalConflicts = ["sap": 0]
    facts.apiFailuresInARow = AlertFacts.apiFailuresMin - 1
    #expect(facts.conditions.isEmpty)
  }

  @Test func `make one condition for each thing that is wrong`() {
    var facts = AlertFacts()
    facts.sources = [
      .init(mapping: "sap", ageSeconds: 40 * 3_600, ageSecondsMax: 36 * 3_600),
      .init(mapping: "crm", ageSeconds: nil, ageSecondsMax: 36 * 3_600),
    ]
    facts.refusedExports = [
      .init(mapping: "sap", file: "a.csv", reason: "older than the last accepted"),
      .init(mapping: "sap", file: "b.csv", reason: "column KUNNR is missing"),
    ]
    facts.rails = [.init(mapping: "sap", name: "updates", measured: 600, limit: 50)]
    facts.criticalConflicts = ["sap": 5_000]
    facts.overdueConflicts = ["crm": 2]
    facts.apiFailuresInARow = 3
    facts.pushPause = "five failures in a row"
    let conditions = facts.conditions
    #expect(
      conditions.map(\.key.description) == [
        "stale_source:sap", "stale_source:crm", "refused_export:sap", "tripped_rail:sap/updates",
        "critical_conflict:sap", "overdue_conflict:crm", "api_failure", "paused_push",
      ])
    #expect(conditions[0].summary.contains("40 h old, 36 h are allowed"))
    #expect(conditions[1].summary.contains("is missing"))
    #expect(conditions[2].summary.contains("b.csv"))
    #expect(conditions[2].facts["count"] == 2)
    #expect(conditions[4].facts["count"] == 5_000)
  }
}
