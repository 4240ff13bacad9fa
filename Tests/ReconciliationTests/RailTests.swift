import Formats
import Reconciliation
import Testing

private func update(
  _ id: Int, field: String = "group", value: String = "a", expected: FieldValue = .absent,
  mapping: String = "sap"
) -> PlannedUpdate {
  let wanted: FieldValue = value.isEmpty ? .absent : .text(value)
  return PlannedUpdate(
    resetID: "r\(id)", mapping: mapping, key: Key(origin: "sap", reference: "\(id)"),
    fields: [
      FieldWrite(
        metadata: field, expected: expected, value: wanted, reason: .policy,
        afterBase: BasePair(agreed: wanted))
    ])
}

private func assessment(
  _ situation: Situation, effect: DecisionEffect, previous: Situation? = nil
) -> ItemAssessment {
  var item = ItemAssessment(
    item: .reset("r"), mapping: "sap", key: nil, situation: situation, previous: previous)
  let kind = ConflictKind(rawValue: situation.rawValue) ?? .conflict
  item.findings = [
    ConflictFinding(
      identity: ConflictIdentity(kind: kind, mapping: "sap", subject: .reset("r")), key: nil,
      resetID: "r", factsDigest: "", effect: effect)
  ]
  return item
}

private func verdicts(
  _ updates: [PlannedUpdate], linked: Int, settings: SafetySettings = SafetySettings(),
  facts: (inout RailContext.MappingFacts) -> Void = { _ in }, approval: Approval? = nil,
  items: [ItemAssessment] = []
) -> [RailVerdict] {
  var counters = RailCounters()
  for update in updates { counters.add(update) }
  for item in items { counters.add(item) }
  var own = RailContext.MappingFacts(linkedRows: linked)
  facts(&own)
  let context = RailContext(mappings: ["sap": own], approval: approval, now: noon)
  return judge(counters, settings: settings, context: context)
}

private func tripped(_ verdicts: [RailVerdict]) -> [RailName] {
  verdicts.filter(\.tripped).map(\.name)
}

/// So many updates whose values all differ.
private func spread(_ count: Int) -> [PlannedUpdate] {
  (0..<count).map { update($0, field: "f\($0 % 3)", value: "v\($0)") }
}

@Test(arguments: [
  // updates, linked, trips
  (10, 10, false), (11, 109, true), (11, 110, false), (11, 0, true), (5000, 50_000, false),
  (5001, 1_000_000, true),
])
func `the rail of updates wants rows and share, or the hard limit`(
  updates: Int, linked: Int, trips: Bool
) {
  let found = verdicts(spread(updates), linked: linked)
  #expect(found.first { $0.name == .updates }?.tripped == trips)
}

@Test func `one field on most rows trips from 20 on`() {
  var settings = SafetySettings()
  settings.limits = [.updates: nil, .sameValue: nil]
  func trips(_ count: Int, of linked: Int) -> Bool {
    let updates = (0..<count).map { update($0, value: "v\($0)") }
    return tripped(verdicts(updates, linked: linked, settings: settings)) == [.sameField]
  }
  #expect(!trips(19, of: 19))
  #expect(trips(20, of: 39))
  #expect(!trips(20, of: 40))
}

@Test func `one value in many updates trips from 20 on`() {
  var settings = SafetySettings()
  settings.limits = [.updates: nil, .sameField: nil]
  func trips(_ same: Int, of count: Int) -> Bool {
    let updates = (0..<count).map { update($0, value: $0 < same ? "x" : "v\($0)") }
    return tripped(verdicts(updates, linked: 1000, settings: settings)) == [.sameValue]
  }
  #expect(!trips(19, of: 40))
  #expect(trips(20, of: 66))
  #expect(!trips(20, of: 67))
}

@Test func `values that are taken away are counted by reset`() {
  func trips(_ count: Int, of linked: Int) -> Bool {
    let updates = (0..<count).map { update($0, field: "f\($0)", value: "", expected: .text("x")) }
    return tripped(verdicts(updates, linked: linked)).contains(.clears)
  }
  #expect(!trips(5, of: 10))
  #expect(trips(6, of: 299))
  #expect(!trips(6, of: 300))
  let blank = (0..<9).map { update($0, field: "f\($0)", value: "", expected: .text("")) }
  #expect(!tripped(verdicts(blank, linked: 10)).contains(.clears))
}

@Test func `deletions and new keys count until somebody decides`() {
  let gone = Array(repeating: assessment(.sourceDeleted, effect: .open), count: 6)
  #expect(tripped(verdicts([], linked: 119, items: gone)) == [.sourceDeleted])
  #expect(tripped(verdicts([], linked: 120, items: gone)).isEmpty)
  let known = Array(repeating: assessment(.sourceDeleted, effect: .standing), count: 9)
  #expect(tripped(verdicts([], linked: 9, items: known)).isEmpty)
  // What stands since a run that let it pass is no news, however much has gathered.
  #expect(tripped(verdicts([], linked: 9, facts: { $0.sourceDeletedElsewhere = 6 })).isEmpty)
  let seen = Array(
    repeating: assessment(.sourceDeleted, effect: .open, previous: .sourceDeleted), count: 6)
  #expect(tripped(verdicts([], linked: 9, items: seen)).isEmpty)
  // What tripped stays news, as far as nobody has decided about it.
  func held(_ elsewhere: Int) -> (inout RailContext.MappingFacts) -> Void {
    { ($0.sourceDeletedHeld, $0.sourceDeletedElsewhere) = (6, elsewhere) }
  }
  #expect(tripped(verdicts([], linked: 9, facts: held(6))) == [.sourceDeleted])
  #expect(tripped(verdicts([], linked: 9, facts: held(5))).isEmpty)
  #expect(tripped(verdicts([], linked: 9, facts: held(0), items: seen)) == [.sourceDeleted])
  let moved = Array(repeating: assessment(.rekeyed, effect: .open), count: 4)
  #expect(tripped(verdicts([], linked: 399, items: moved)) == [.rekeyed])
  #expect(tripped(verdicts([], linked: 400, items: moved)).isEmpty)
  // A mapping that asks nobody about them counts them all the same.
  var unasked = assessment(.sourceDeleted, effect: .open)
  unasked.findings = []
  let silent = Array(repeating: unasked, count: 6)
  #expect(tripped(verdicts([], linked: 119, items: silent)) == [.sourceDeleted])
  // Those that were held before are added.
  func elsewhere(_ facts: inout RailContext.MappingFacts) {
    (facts.sourceDeletedElsewhere, facts.sourceDeletedHeld) = (3, 3)
    (facts.rekeyedElsewhere, facts.rekeyedHeld) = (2, 2)
  }
  let some = Array(gone.prefix(3)) + Array(moved.prefix(2))
  #expect(tripped(verdicts([], linked: 9, items: some)).isEmpty)
  #expect(
    tripped(verdicts([], linked: 9, facts: elsewhere, items: some)) == [.sourceDeleted, .rekeyed])
}

@Test func `resets that are gone count in the run that first sees it, and no approval hides them`()
{
  func gone(_ count: Int, before: Situation? = .inSync) -> [ItemAssessment] {
    (0..<count).map { _ in
      ItemAssessment(
        item: .reset("r"), mapping: "sap", key: nil, situation: .remoteDeleted, previous: before)
    }
  }
  #expect(tripped(verdicts([], linked: 119, items: gone(6))) == [.remoteDeleted])
  #expect(tripped(verdicts([], linked: 120, items: gone(6))).isEmpty)
  #expect(tripped(verdicts([], linked: 9, items: gone(5))).isEmpty)
  #expect(tripped(verdicts([], linked: 9, items: gone(9, before: .remoteDeleted))).isEmpty)
  #expect(tripped(verdicts([], linked: 9, items: gone(6, before: nil))) == [.remoteDeleted])
  // What is due beside them waits for the next run, whatever was approved.
  let updates = [update(1)]
  var counters = RailCounters(approved: Set(updates.map(\.digest)))
  for item in gone(6) { counters.add(item) }
  for update in updates { counters.add(update) }
  let now = Timestamp(microseconds: 0)
  let context = RailContext(
    mappings: ["sap": .init(linkedRows: 9)],
    approval: Approval(digest: counters.digest.hex, at: now), now: now)
  let verdict = judge(counters, settings: SafetySettings(), context: context)
    .first { $0.name == .remoteDeleted }
  #expect(verdict?.blocks == true && verdict?.concerns.concerns(updates[0]) == true)
}

@Test func `a first run waits for approval, and the size rails begin with the second`() {
  let many = (0..<40).map { update($0) }
  #expect(tripped(verdicts(many, linked: 40)) == [.updates, .sameField, .sameValue])
  #expect(tripped(verdicts(many, linked: 40, facts: { $0.isFirstRun = true })) == [.firstRun])
  var settings = SafetySettings()
  settings.firstRun = .push
  #expect(
    tripped(verdicts(many, linked: 40, settings: settings, facts: { $0.isFirstRun = true }))
      .isEmpty)
  #expect(tripped(verdicts([], linked: 40, facts: { $0.isFirstRun = true })).isEmpty)
}

@Test func `changed rules make one run plan only`() {
  let one = [update(1)]
  #expect(tripped(verdicts(one, linked: 9, facts: { $0.rulesChanged = true })) == [.mappingChanged])
  var settings = SafetySettings()
  settings.limits[.mappingChanged] = RailLimit?.none
  #expect(
    tripped(verdicts(one, linked: 9, settings: settings, facts: { $0.rulesChanged = true }))
      .isEmpty)
}

@Test func `after a restore one run is plan only, whatever the settings`() {
  let one = [update(1)]
  var settings = SafetySettings()
  settings.limits[.mappingChanged] = RailLimit?.none
  settings.firstRun = .push
  func found(_ updates: [PlannedUpdate], first: Bool = false) -> [RailName] {
    tripped(
      verdicts(updates, linked: 9, settings: settings) {
        $0.wasRestored = true
        $0.rulesChanged = true
        $0.isFirstRun = first
      })
  }
  #expect(found(one) == [.mappingChanged])
  #expect(found(one, first: true) == [.mappingChanged])
  #expect(found([]).isEmpty)
}

@Test func `an approval covers one plan for a day`() {
  let many = spread(30)
  var digest = PlanDigest()
  for update in many.reversed() { digest.add(update) }
  func blocked(_ updates: [PlannedUpdate], _ approval: Approval) -> Bool {
    verdicts(updates, linked: 30, approval: approval).contains(where: \.blocks)
  }
  let now = Approval(digest: digest.hex, at: noon)
  #expect(!blocked(many, now))
  #expect(blocked(spread(31), now))
  #expect(blocked(many, Approval(digest: digest.hex, at: noon.adding(seconds: -86_400))))
  #expect(!blocked(many, Approval(digest: digest.hex, at: noon.adding(seconds: -86_399))))
  #expect(blocked(many, Approval(digest: digest.hex, at: noon.adding(seconds: 1))))
  let verdict = verdicts(many, linked: 30, approval: now).first { $0.name == .updates }
  #expect(verdict?.tripped == true && verdict?.measured == 30 && verdict?.limit == 10)
}

@Test func `a rail holds back what it concerns and nothing else`() {
  var settings = SafetySettings()
  settings.limits = [.updates: nil, .sameValue: nil]
  let many = (0..<30).map { update($0, value: "v\($0)") } + [update(99, field: "other")]
  let found = verdicts(many, linked: 30, settings: settings)
  #expect(tripped(found) == [.sameField])
  #expect(rails(holding: many[0], among: found).map(\.name) == [.sameField])
  #expect(rails(holding: many[30], among: found).isEmpty)
  #expect(rails(holding: update(1, mapping: "crm"), among: found).isEmpty)
  let all = verdicts(spread(11), linked: 11)
  #expect(tripped(all) == [.updates])
  #expect(rails(holding: update(99, field: "other"), among: all).map(\.name) == [.updates])
  #expect(rails(holding: update(1, mapping: "crm"), among: all).isEmpty)
}

@Test func `the digest of a plan is that of its updates, in any order`() {
  func digest(_ updates: [PlannedUpdate]) -> String {
    var digest = PlanDigest()
    for update in updates { digest.add(update) }
    return digest.hex
  }
  let plan = spread(5)
  #expect(digest(plan) == digest(plan.reversed()))
  #expect(digest(plan) != digest(Array(plan.dropLast())))
  #expect(digest(plan) != digest(plan + [plan[0]]))
  #expect(digest([update(1, value: "a")]) != digest([update(1, value: "b")]))
  #expect(digest([update(1)]) != digest([update(1, expected: .present(.null))]))
  #expect(digest([]).count == 64)
}

@Test func `rails are set by figures or switched off`() throws {
  func settings(_ text: String) throws -> SafetySettings {
    let document = try SettingsDocument(Array(text.utf8), file: "c.json")
    let reader = SettingsReader(document)
    let settings = SafetySettings(reader)
    try reader.finish()
    return settings
  }
  let set = try settings(
    #"{"push": false, "first_run": "push", "updates": {"rows": 3}, "clears": "off"}"#)
  #expect(!set.push && set.firstRun == .push)
  #expect(set.limit(.updates) == RailLimit(rows: 3, share: 0.1, hard: 5000))
  #expect(set.limit(.clears) == nil)
  #expect(set.limit(.rekeyed) == RailLimit(rows: 3, share: 0.01))
  #expect(try settings("{}") == SafetySettings())
  for (text, words) in [
    (#"{"updates": 5}"#, "expected figures"), (#"{"mapping_changed": {"rows": 1}}"#, "no figures"),
  ] {
    let problems = #expect(throws: SettingsProblems.self) { try settings(text) }
    #expect(problems?.description.contains(words) == true)
  }
}

@Test func `each field that trips is told, or else the one that comes nearest`() {
  var settings = SafetySettings()
  settings.limits = [.updates: nil, .sameValue: nil]
  func found(_ counts: [(String, Int)]) -> [RailVerdict] {
    let updates = counts.flatMap { field, count in
      (0..<count).map { update($0, field: field, value: "v\($0)") }
    }
    return verdicts(updates, linked: 40, settings: settings).filter { $0.name == .sameField }
  }
  func field(_ name: String) -> RailConcern { .field(mapping: "sap", metadata: name) }
  let two = found([("a", 21), ("b", 22), ("c", 5)])
  #expect(two.map(\.concerns) == [field("b"), field("a")])
  #expect(two.map(\.measured) == [22, 21] && two.allSatisfy(\.tripped))
  let none = found([("a", 4), ("b", 5), ("c", 5)])
  #expect(none.map(\.concerns) == [field("b")] && none.map(\.measured) == [5])
  let idle = found([])
  #expect(idle.map(\.concerns) == [.mapping("sap")] && idle.map(\.measured) == [0])
}

@Test func `a value that is known goes on counting where no more are told apart`() {
  var counters = RailCounters()
  counters.add(update(0, value: "x"))
  for place in 1..<RailCounters.valuesPerFieldMax {
    counters.add(update(place, value: "v\(place)"))
  }
  for place in 0..<30 { counters.add(update(place, value: "late")) }
  for place in 0..<19 { counters.add(update(place, value: "x")) }
  let found = judge(
    counters, settings: SafetySettings(),
    context: RailContext(mappings: ["sap": .init(linkedRows: 0)], now: noon))
  #expect(found.first { $0.name == .sameValue }?.measured == 20)
}

@Test func `what is left of an approved plan passes, and what goes beyond it does not`() {
  let plan = (0..<30).map { update($0, value: "v\($0)") }
  func blocking(_ updates: [PlannedUpdate], linked: Int = 30) -> [RailVerdict] {
    var counters = RailCounters(approved: Set(plan.map(\.digest)))
    for update in updates { counters.add(update) }
    let context = RailContext(mappings: ["sap": .init(linkedRows: linked)], now: noon)
    return judge(counters, settings: SafetySettings(), context: context).filter(\.blocks)
  }
  #expect(blocking(plan).isEmpty)
  #expect(blocking(Array(plan.dropFirst(5))).isEmpty)
  // One more of another field: it is the plan that grew, not the field.
  #expect(blocking(plan + [update(99, field: "other")]).map(\.name) == [.updates])
  #expect(blocking(plan + [update(99)]).map(\.name) == [.updates, .sameField])
  // A rail may be so narrow that one update trips it.
  var counters = RailCounters(approved: Set(plan.map(\.digest)))
  counters.add(plan[0])
  var narrow = SafetySettings()
  for rail in [RailName.updates, .sameField, .sameValue] {
    narrow.limits[rail] = RailLimit(rows: 0, share: 0)
  }
  let one = judge(
    counters, settings: narrow,
    context: RailContext(mappings: ["sap": .init(linkedRows: 30)], now: noon))
  #expect(one.filter(\.tripped).map(\.name) == [.updates, .sameField, .sameValue])
  #expect(one.filter(\.blocks).isEmpty)
  // Without facts of a mapping nothing is linked: any update is more than all of it.
  narrow.limits = [.updates: RailLimit(rows: 0, share: 1)]
  let unknown = judge(counters, settings: narrow, context: RailContext(mappings: [:], now: noon))
  #expect(unknown.filter(\.tripped).map(\.name).contains(.updates))
  // Deletions are no part of a plan that was approved.
  counters = RailCounters(approved: Set(plan.map(\.digest)))
  for _ in 0..<6 { counters.add(assessment(.sourceDeleted, effect: .open)) }
  let gone = judge(
    counters, settings: SafetySettings(),
    context: RailContext(mappings: ["sap": .init(linkedRows: 30)], now: noon))
  #expect(gone.filter(\.blocks).map(\.name) == [.sourceDeleted])
}

/// A plan that was approved or saved must be known again by a later version.
@Test func `the digest of a plan stays what it is`() {
  var digest = PlanDigest()
  #expect(digest.hex == "4f59298d607f3143532ed694fb2f10454a684c1a29ef83e250bf5e234c6720b7")
  for update in spread(5) { digest.add(update) }
  #expect(digest.hex == "7f93f71fa63e46897535ef953b3cb0b13389ac2d1391420c85d7bd15e69a7405")
}

/// A clearance of these updates by rails that would let them pass.
private func cleared(
  _ updates: [PlannedUpdate], sends: Bool = true, push: Bool = true, saved: PlanFile? = nil,
  linked: Int = 1_000
) -> Clearance {
  var check = RailCheck(saved: saved)
  for update in updates { check.observe(update) }
  var settings = SafetySettings()
  settings.push = push
  var tally = Tally()
  tally.linked = ["sap": linked]
  return clear(
    check.plan(tally), by: Rails(settings: settings, sends: sends, now: noon))
}

@Test func `a plan may leave unless the run, the configuration or a rail says otherwise`() {
  let plan = spread(3)
  #expect(cleared(plan).sending == .all)
  #expect(cleared(plan, sends: false).sending == .none)
  #expect(cleared(plan, push: false).sending == .none)
  let held = cleared(spread(200))
  #expect(!held.sending.lets(update(1)) && held.sending.lets(update(1, mapping: "crm")))
  #expect(held.verdicts.contains { $0.name == .updates && $0.blocks })
}

@Test func `a saved plan that differs holds everything`() throws {
  let header = PlanHeader(
    digest: cleared([update(1)]).digest, run: "r", createdAt: noon, organization: "o",
    mode: "test", mappings: [:], updates: 1, expectedSeconds: 0)
  let saved = try PlanFile(parsing: Array(PlanFile.written(header, [update(1)]).utf8))
  #expect(cleared([update(1)], saved: saved).sending == .all)
  let stale = cleared([update(1, value: "b")], saved: saved)
  #expect(stale.sending == .none)
  #expect(stale.stale == "the values for reset r1 (1) moved")
  #expect(cleared([], saved: saved).stale == "reset r1 (1) needs no write any more")
}
