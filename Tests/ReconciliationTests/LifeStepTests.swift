import Formats
import Reconciliation
import Testing

private func finding(
  _ effect: DecisionEffect = .open, facts: String = "f", due: Timestamp? = nil
) -> ConflictFinding {
  ConflictFinding(
    identity: ConflictIdentity(kind: .conflict, mapping: "sap", subject: .reset("r")), key: nil,
    resetID: "r", factsDigest: facts, due: due, effect: effect)
}

private func steps(
  _ life: ConflictLife, _ finding: ConflictFinding, facts: String = "f",
  decided: String? = nil, until: Timestamp? = nil
) -> [LifeStep] {
  life.steps(on: finding, facts: facts, decidedFacts: decided, snoozedUntil: until, at: noon)
}

private let seen = LifeStep.event(.seen(sameFacts: true, inFlight: false))
private let changed = LifeStep.event(.seen(sameFacts: false, inFlight: false))

@Test func `a conflict seen again goes on, and tells once that its values moved`() {
  #expect(steps(ConflictLife(.open, .new), finding()) == [seen])
  #expect(steps(ConflictLife(.open, .ongoing), finding()).isEmpty)
  #expect(steps(ConflictLife(.open, .ongoing), finding(), facts: "g") == [.moved])
}

@Test func `a decision is judged by the facts that its author saw`() {
  let decided = ConflictLife(.decided)
  #expect(steps(decided, finding(.planned), facts: "g", decided: "f") == [.moved])
  #expect(steps(decided, finding(), facts: "f", decided: "g") == [changed])
  #expect(steps(decided, finding(.settled), decided: "f") == [.event(.settle)])
  #expect(
    steps(decided, finding(.refused(reason: "no")), decided: "f")
      == [.event(.reopen, reason: "no")])
  // Only a decision that stands can be refused.
  #expect(steps(ConflictLife(.open, .ongoing), finding(.refused(reason: "no"))).isEmpty)
}

@Test func `a snooze ends with its time or with a change`() {
  let snoozed = ConflictLife(.snoozed)
  #expect(steps(snoozed, finding(), until: noon.adding(seconds: 1)).isEmpty)
  #expect(steps(snoozed, finding(), until: noon) == [.event(.wake)])
  #expect(steps(snoozed, finding(facts: "g"), until: noon.adding(seconds: 1)) == [changed])
}

@Test func `a grace that is over opens what was in flight`() {
  let flying = ConflictLife(.inFlight)
  #expect(steps(flying, finding(due: noon.adding(seconds: 1))).isEmpty)
  #expect(steps(flying, finding(due: noon)) == [seen])
}
