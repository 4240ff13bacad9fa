import Formats
import Reconciliation
import Testing

private let mail = #"""
  "verify": [{"column": "MAIL", "attribute": "customer_email"}],
  "correlate": [{"column": "MAIL", "attribute": "customer_email"}]
  """#
private let cells = ["GRP": "a", "MAIL": "ann@x.org"]

@Test(arguments: [("zz", "crm"), (nil, nil), ("7", "sap")] as [(String?, String?)])
func `a link by decision is planned until its reset carries the key, whatever it carries now`(
  reference: String?, origin: String?
) throws {
  let world = World(try sap(more: #""reactions": {"source_only": "conflict"}"#))
  let records = [world.record("1", ["GRP": "a"])]
  let finding = world.assess(world.group("1", records: records))[0].findings[0]
  var group = world.group(
    "1", records: records, links: [world.link("r", "1")],
    linkedResets: [world.reset("r", reference, origin: origin)])
  let decision = decide(finding, .link(resetID: "r"))
  group.decisions = [decision]
  let item = world.assess(group)[0]
  #expect(item.situation == .update && item.linkChanges.isEmpty)
  #expect(item.update?.reference == TextWrite(expected: reference, value: "1"))
  #expect(item.update?.decisions == [decision.identity.id])
  #expect(item.findings.map(\.resolution) == [.planned])
}

@Test func `what was kept apart for other facts is asked anew and no longer apart`() throws {
  let world = World(try sap(more: mail))
  let live = [world.record("1", cells)]
  let gone = [world.record("1", cells, deleted: true)]
  let link = world.link("r", "1", state: .apart(kind: .rekeyed, facts: "of another day"))
  func group(
    _ records: [SourceRecord], _ reset: RemoteReset, candidates: [SourceRecord] = []
  ) -> KeyGroup {
    var group = world.group("1", records: records, links: [link], linkedResets: [reset])
    group.candidates = candidates.map { CorrelationCandidate(resetID: "r", record: $0) }
    return group
  }
  func reset(_ reference: String, _ email: String = "ann@x.org", deleted: Bool = false)
    -> RemoteReset
  {
    world.reset("r", reference, email: email, deleted: deleted)
  }
  let asked: [(Situation, KeyGroup)] = [
    (.identityMismatch, group(live, reset("1", "bob@x.org"))),
    (.rekeyed, group(live, reset("2"))),
    (.rekeyed, group(gone, reset("1"), candidates: [world.record("9", cells)])),
    (.remoteDeleted, group(live, reset("1", deleted: true))),
    (.sourceDeleted, group(gone, reset("1"))),
  ]
  for (situation, group) in asked {
    let item = world.assess(group)[0]
    #expect(item.situation == situation)
    #expect(item.linkChanges == [.rejoin], "\(situation)")
    #expect(item.findings.map(\.resolution) == [.open], "\(situation)")
  }
}

@Test func `a decision that needs no write is settled by the run that carries it out`() throws {
  let world = World(try sap(more: mail))
  let live = [world.record("1", cells)]
  func settled(_ group: KeyGroup, _ take: Take) -> Resolution? {
    var group = group
    guard let finding = world.assess(group).first?.findings.first else { return nil }
    group.decisions = [decide(finding, take)]
    return world.assess(group).first?.findings.first { $0.id == finding.id }?.resolution
  }
  let stranger = world.group(
    "1", records: live, resets: [world.reset("r", "1", email: "bob@x.org")],
    links: [world.link("r", "1")])
  let moved = world.group(
    "1", records: live, links: [world.link("r", "1")],
    linkedResets: [world.reset("r", "2", email: "ann@x.org")])
  for take in [Take.link(resetID: "r"), .apart, .ignore] {
    #expect(settled(stranger, take) == .settled, "\(take)")
  }
  for take in [Take.remote, .apart, .ignore] { #expect(settled(moved, take) == .settled) }
  #expect(
    settled(stranger, .link(resetID: "s"))
      == .refused(reason: "link=r confirms this pair, s is another"))
}

@Test func `a key that a decision prefers may have duplicates too`() throws {
  let world = World(try sap())
  var group = world.group(
    "1", records: [world.record("1", ["GRP": "a"])], links: [world.link("r", "1")],
    linkedResets: [world.reset("r", "2")])
  let finding = world.assess(group)[0].findings[0]
  group.decisions = [decide(finding, .source)]
  #expect(world.assess(group)[0].situation == .update)
  group.records.append(world.record("1", ["GRP": "b"], id: 2))
  let item = world.assess(group)[0]
  #expect(item.situation == .sourceDuplicate && item.update == nil)
}

@Test func `a suggestion is a live record of a mapping whose pairs agree with this reset`() throws {
  let world = World(try sap(more: mail))
  let other = World(
    try mapping(
      """
      {"name": "crm", "origins": ["crm"], "export": {"path": "*", "format": "csv"},
       "reference": {"column": "N"}, \(mail), "fields": [{"column": "G", "metadata": "g"}]}
      """))
  var group = world.orphan(world.reset("r", nil, email: "ann@x.org"))
  func suggested(_ candidate: CorrelationCandidate) -> Int {
    group.candidates = [candidate]
    return world.assess(group)[0].findings.count
  }
  let record = world.record("1", cells)
  #expect(suggested(CorrelationCandidate(resetID: "r", record: record)) == 1)
  #expect(suggested(CorrelationCandidate(resetID: "s", record: record)) == 0)
  #expect(
    suggested(
      CorrelationCandidate(resetID: "r", record: world.record("1", cells, deleted: true))) == 0)
  #expect(
    suggested(CorrelationCandidate(resetID: "r", record: world.record("1", ["MAIL": ""]))) == 0)
  #expect(suggested(CorrelationCandidate(resetID: "r", record: other.record("1", cells))) == 0)
}

@Test func `a key may be linked to a reset whose own key has no live record`() throws {
  let world = World(try sap(more: #""reactions": {"source_only": "conflict"}"#))
  var group = world.group("1", records: [world.record("1", ["GRP": "a"])])
  group.decisions = [decide(world.assess(group)[0].findings[0], .link(resetID: "r"))]
  group.decisionResets = [world.reset("r", "7"), world.reset("s", "8")]
  func place(_ reference: String, _ records: [SourceRecord]) -> KeyNeighbourhood {
    KeyNeighbourhood(mapping: "sap", key: world.key(reference), records: records, resets: [])
  }
  group.neighbours = [
    place("8", [world.record("8")]), place("7", [world.record("7", deleted: true)]),
  ]
  #expect(world.assess(group)[0].situation == .update)
  group.neighbours[1] = place("7", [world.record("7")])
  #expect(world.assess(group)[0].situation == .sourceOnly)
}

@Test func `the items of a mapping that is gone are told all the same`() throws {
  let world = World(try sap())
  var group = KeyGroup(mapping: "gone", key: world.key("1"))
  group.resets = [world.reset("r", "1")]
  group.linkedResets = [world.reset("s", "1", deleted: true), world.reset("t", nil)]
  let items = world.assess(group)
  #expect(items.map(\.item) == [.reset("r"), .reset("s"), .reset("t")])
  #expect(items.map(\.situation) == [.rekeyed, .bothDeleted, .unreferenced])
  #expect(items.map(\.linkChanges) == [[], [.close], []])
}

@Test func `a write of our own makes no value of the remote newer`() throws {
  let world = World(
    try sap(fields: #"{"column": "GRP", "metadata": "group", "policy": "newest"}"#))
  let record = world.record("1", ["GRP": "b"], changedAt: noon)
  let written = noon.adding(seconds: 3600)
  func step(_ own: OwnUpdate?) -> String? {
    let link = Link(
      id: 1, mapping: "sap", resetID: "r", key: world.key("1"),
      base: Base(["group": BasePair(agreed: .text("a"))]), madeBy: .match, state: .active,
      ownUpdate: own)
    let reset = world.reset("r", "1", metadata: #"{"group": "c"}"#, updatedAt: written)
    return world.assess(world.group("1", records: [record], resets: [reset], links: [link]))[0]
      .fields.first?.outcome.name
  }
  #expect(step(nil) == "accept_remote")
  #expect(step(OwnUpdate(at: written, before: noon.adding(seconds: -3600))) == "write")
  #expect(step(OwnUpdate(at: written, before: noon.adding(seconds: 3000))) == "accept_remote")
  #expect(step(OwnUpdate(at: written, before: nil)) == "contested")
  // Somebody else wrote after us.
  #expect(step(OwnUpdate(at: noon, before: noon.adding(seconds: -3600))) == "accept_remote")
}
