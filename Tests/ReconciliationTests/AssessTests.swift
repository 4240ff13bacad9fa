import Formats
import Reconciliation
import Testing

private func agreed(_ text: String) -> Base { Base(["group": BasePair(agreed: .text(text))]) }

private let verify = #"""
  "verify": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}],
  "correlate": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}]
  """#

@Test func `a first match is linked and compared in the same run`() throws {
  let world = World(try sap())
  let items = world.assess(
    world.group("1", records: [world.record("1", ["GRP": "a"])], resets: [world.reset("r", "1")]))
  #expect(items.count == 1)
  #expect(items[0].situation == .update)
  #expect(items[0].linkChanges == [.create(resetID: "r", key: world.key("1"), madeBy: .match)])
  #expect(items[0].update?.fields.first?.value == .text("a"))
  #expect(items[0].update?.fields.first?.reason == .first)
  #expect(items[0].baseMoves.isEmpty)
}

@Test func `equal sides are in step and the base is made once`() throws {
  let world = World(try sap())
  let record = world.record("1", ["GRP": "a"])
  let reset = world.reset("r", "1", metadata: #"{"group": "a"}"#)
  let first = world.assess(world.group("1", records: [record], resets: [reset]))[0]
  #expect(first.situation == .inSync)
  #expect(first.baseMoves == agreed("a"))
  let link = world.link("r", "1", base: first.baseMoves)
  let second = world.assess(world.group("1", records: [record], resets: [reset], links: [link]))[0]
  #expect(second.situation == .inSync)
  #expect(second.baseMoves.isEmpty && second.update == nil && second.linkChanges.isEmpty)
}

@Test func `records with one key and different values are duplicates, whatever else holds`() throws
{
  let world = World(try sap())
  let records = [
    world.record("1", ["GRP": "a"]),
    world.record("001", ["GRP": "b"], key: world.key("1"), id: 2),
  ]
  let resets = [world.reset("r", "1"), world.reset("s", "1")]
  let items = world.assess(world.group("1", records: records, resets: resets))
  #expect(items.map(\.situation) == [.sourceDuplicate, .sourceDuplicate])
  #expect(items.allSatisfy { $0.holds && $0.update == nil && $0.linkChanges.isEmpty })
  #expect(items.allSatisfy { $0.findings.allSatisfy(\.holds) })
  #expect(Set(items.flatMap { $0.findings.map(\.id) }).count == 1)
  // Without a reset the key is the item.
  let alone = world.assess(world.group("1", records: records))
  #expect(alone.map(\.item) == [.key(mapping: "sap", world.key("1"))])
  #expect(alone[0].situation == .sourceDuplicate)
  // A deleted variant is none.
  let one = [records[0], world.record("001", ["GRP": "b"], key: world.key("1"), deleted: true)]
  #expect(world.assess(world.group("1", records: one))[0].situation == .sourceOnly)
}

@Test func `equal records collapse, but not under different raw references`() throws {
  let world = World(try sap())
  let same = [world.record("1", ["GRP": "a"]), world.record("1", ["GRP": "a"], id: 2)]
  #expect(world.assess(world.group("1", records: same))[0].situation == .sourceOnly)
  let raw = [
    world.record("1", ["GRP": "a"]),
    world.record("001", ["GRP": "a"], key: world.key("1"), id: 2),
  ]
  let item = world.assess(world.group("1", records: raw, resets: [world.reset("r", "1")]))[0]
  #expect(item.situation == .keyCollision)
  #expect(item.holds)
}

@Test func `several resets with one key are duplicates only where one is allowed`() throws {
  let one = World(try sap())
  let record = one.record("1", ["GRP": "a"])
  let resets = [one.reset("r", "1"), one.reset("s", "1")]
  #expect(
    one.assess(one.group("1", records: [record], resets: resets)).map(\.situation)
      == [.remoteDuplicate, .remoteDuplicate])
  let many = World(try sap(more: #""cardinality": "many_to_one""#))
  #expect(
    many.assess(many.group("1", records: [record], resets: resets)).map(\.situation)
      == [.update, .update])
  let spelled = [many.reset("r", "1"), many.reset("s", "01")]
  #expect(
    many.assess(many.group("1", records: [record], resets: spelled)).map(\.situation)
      == [.keyCollision, .keyCollision])
}

@Test func `a person picks one of the duplicates, and the others stand apart`() throws {
  let world = World(try sap())
  let record = world.record("1", ["GRP": "a"])
  var group = world.group(
    "1", records: [record], resets: [world.reset("r", "1"), world.reset("s", "1")])
  let finding = try #require(world.assess(group)[0].findings.first)
  group.decisions = [decide(finding, .link(resetID: "s"))]
  let items = world.assess(group)
  #expect(items.map(\.situation) == [.driftAccepted, .update])
  #expect(items[1].linkChanges.count == 1)
  #expect(items.flatMap(\.findings).map(\.effect) == [.settled, .settled])
  group.known = [
    KnownConflict(
      identity: finding.identity, state: .closed, factsDigest: finding.factsDigest,
      firstSeen: noon, lastResolution: .link(resetID: "s"), lastDecidedAt: noon)
  ]
  #expect(
    world.assess(group).flatMap(\.findings).map(\.effect) == [.standing, .standing])
  group.known = []
  // A third one changes the facts.
  group.resets.append(world.reset("t", "1"))
  #expect(Set(world.assess(group).map(\.situation)) == [.remoteDuplicate])
  // One that isn't there can't be picked.
  group.resets.removeLast()
  group.decisions = [decide(finding, .link(resetID: "x"))]
  let refused = world.assess(group)[0]
  #expect(refused.situation == .remoteDuplicate)
  #expect(
    refused.findings[0].effect == .refused(reason: "reset x does not carry this key"))
}

@Test func `resets that belong to nobody are unknown or unreferenced`() throws {
  let world = World(try sap())
  let unknown = ["r", "s"].map {
    world.assess(world.orphan(world.reset($0, "1", origin: "crm")))[0]
  }
  #expect(unknown.map(\.situation) == [.unknownOrigin, .unknownOrigin])
  #expect(Set(unknown.flatMap { $0.findings.map(\.id) }).count == 1)
  #expect(Set(unknown.flatMap { $0.findings.map(\.factsDigest) }).count == 1)
  let bare = world.assess(world.orphan(world.reset("r", nil)))[0]
  #expect(bare.situation == .unreferenced)
  #expect(bare.findings.isEmpty)
  let asked = World(try sap(more: #""reactions": {"unreferenced": "conflict"}"#))
  #expect(asked.assess(asked.orphan(asked.reset("r", nil)))[0].findings.count == 1)
}

@Test func `a suggested link names its reason and rivals, and is carried out by decision`() throws {
  let world = World(try sap(more: verify))
  let reset = world.reset("r", nil, origin: nil, email: "Anna@example.com")
  var group = world.orphan(reset)
  let cells = ["MAIL": "anna@EXAMPLE.com", "GRP": "a"]
  let records = ["1", "2"].map { world.record("00\($0)", cells, key: world.key($0)) }
  group.candidates = [
    CorrelationCandidate(resetID: "r", record: records[0]),
    CorrelationCandidate(resetID: "r", record: records[1], linkedTo: ["q"]),
    CorrelationCandidate(resetID: "r", record: world.record("3", ["MAIL": "b@example.com"])),
  ]
  let item = world.assess(group)[0]
  #expect(item.situation == .unreferenced)
  #expect(item.findings.count == 2)
  #expect(item.findings[0].reason?.contains("MAIL equals customer_email; rivals: sap/2") == true)
  #expect(item.findings[1].reason?.contains("already linked to reset q") == true)

  let decision = decide(item.findings[0], .link(resetID: "r"))
  group.decisions = [decision]
  let linked = world.assess(group)[0]
  #expect(linked.situation == .update)
  #expect(
    linked.linkChanges
      == [.create(resetID: "r", key: world.key("1"), madeBy: .decision(by: "anna"))])
  #expect(linked.update?.reference == TextWrite(expected: nil, value: "001"))
  #expect(linked.update?.referenceOrigin == TextWrite(expected: nil, value: "sap"))
  #expect(linked.update?.decisions == [decision.identity.id])

  // The link is there now; until the write is verified it is planned again.
  var home = world.group(
    "1", records: [records[0]], links: [world.link("r", "1")], linkedResets: [reset])
  home.decisions = [decision]
  let again = world.assess(home)[0]
  #expect(again.situation == .update)
  #expect(again.linkChanges.isEmpty)
  #expect(again.update?.reference?.value == "001")
  // Somebody else gave it a reference: the decision is about other facts.
  home.linkedResets = [world.reset("r", "7", email: "anna@example.com")]
  #expect(world.assess(home)[0].situation == .rekeyed)
}

@Test func `a linked reset that loses its reference is unreferenced and can get it back`() throws {
  let world = World(try sap())
  var group = world.group(
    "1", records: [world.record("1", ["GRP": "a"])],
    links: [world.link("r", "1", base: agreed("a"))],
    linkedResets: [world.reset("r", nil, metadata: #"{"group": "a"}"#)])
  let item = world.assess(group)[0]
  #expect(item.situation == .unreferenced && item.update == nil)
  group.decisions = [decide(item.findings[0], .link(resetID: "r"))]
  #expect(world.assess(group)[0].update?.reference?.value == "1")
  group.linkedResets = [world.reset("r", "1", origin: "crm")]
  #expect(world.assess(group)[0].situation == .unknownOrigin)
}

@Test func `a pair that is not the same person is held until somebody confirms it`() throws {
  let world = World(try sap(more: verify))
  let record = world.record("1", ["GRP": "a", "MAIL": "anna@example.com"])
  let reset = world.reset("r", "1", email: "bob@example.com")
  var group = world.group("1", records: [record], resets: [reset])
  let item = world.assess(group)[0]
  #expect(item.situation == .identityMismatch && item.holds && item.update == nil)
  #expect(item.linkChanges.count == 1)
  let finding = item.findings[0]
  #expect(finding.severity == .critical)
  #expect(finding.source == .present(["MAIL": "anna@example.com"]))

  group.links = [world.link("r", "1")]
  group.decisions = [decide(finding, .link(resetID: "r"))]
  let confirmed = world.assess(group)[0]
  #expect(confirmed.situation == .update)
  #expect(confirmed.linkChanges == [.confirmIdentity(digest: finding.factsDigest)])
  group.decisions = []
  group.links = [world.link("r", "1", accepted: finding.factsDigest)]
  #expect(world.assess(group)[0].situation == .update)
  // Another address is another question.
  group.resets = [world.reset("r", "1", email: "carl@example.com")]
  #expect(world.assess(group)[0].situation == .identityMismatch)
  // A blank is no difference, but doesn't end one that was found.
  group.links = [world.link("r", "1")]
  group.resets = [world.reset("r", "1", email: nil)]
  #expect(world.assess(group)[0].situation == .update)
  group.known = [
    KnownConflict(
      identity: finding.identity, state: .open, factsDigest: finding.factsDigest, firstSeen: noon)
  ]
  #expect(world.assess(group)[0].situation == .identityMismatch)
}

@Test func `a pair that is kept apart stays so until its facts change`() throws {
  let world = World(try sap(more: verify))
  let record = world.record("1", ["GRP": "a", "MAIL": "anna@example.com"])
  func reset(_ mail: String?) -> RemoteReset { world.reset("r", "1", email: mail) }
  var group = world.group(
    "1", records: [record], resets: [reset("bob@example.com")], links: [world.link("r", "1")])
  let finding = world.assess(group)[0].findings[0]
  group.decisions = [decide(finding, .apart)]
  let set = world.assess(group)[0]
  #expect(set.situation == .driftAccepted)
  #expect(set.linkChanges == [.apart(kind: .identityMismatch, facts: finding.factsDigest)])
  group.links = [
    world.link("r", "1", state: .apart(kind: .identityMismatch, facts: finding.factsDigest))
  ]
  func known(_ state: ConflictState) -> KnownConflict {
    KnownConflict(
      identity: finding.identity, state: state, factsDigest: finding.factsDigest, firstSeen: noon,
      lastResolution: .apart, lastDecidedAt: noon)
  }
  group.known = [known(.closed)]
  let kept = world.assess(group)[0]
  #expect(kept.situation == .driftAccepted && kept.linkChanges.isEmpty && kept.update == nil)
  #expect(kept.findings.first?.effect == .standing)
  // Reopened and decided alike before a run came by: the new decision is over with this run.
  group.known = [known(.decided)]
  let again = world.assess(group)[0]
  #expect(again.situation == .driftAccepted && again.linkChanges.isEmpty)
  #expect(again.findings.first?.effect == .settled)
  group.known = []
  group.resets = [reset(nil)]
  #expect(world.assess(group)[0].situation == .driftAccepted)
  group.resets = [reset("carl@example.com")]
  #expect(world.assess(group)[0].situation == .identityMismatch)
  group.resets = [reset("anna@example.com")]
  let back = world.assess(group)[0]
  #expect(back.situation == .update && back.linkChanges == [.rejoin])
}

@Test func `a reset with another key is rekeyed, and either side may win`() throws {
  let world = World(try sap())
  let moved = world.reset("r", "2", metadata: #"{"group": "a"}"#)
  var group = world.group(
    "1", records: [world.record("1", ["GRP": "a"])],
    links: [world.link("r", "1", base: agreed("a"))], linkedResets: [moved])
  let there = world.record("2", ["GRP": "b"])
  group.neighbours = [
    KeyNeighbourhood(mapping: "sap", key: world.key("2"), records: [there], resets: [moved])
  ]
  let item = world.assess(group)[0]
  #expect(item.situation == .rekeyed && item.holds && item.update == nil)

  group.decisions = [decide(item.findings[0], .source)]
  let back = world.assess(group)[0]
  #expect(back.situation == .update)
  #expect(back.update?.reference == TextWrite(expected: "2", value: "1"))
  #expect(back.update?.referenceOrigin == nil)

  group.decisions = [decide(item.findings[0], .remote)]
  let followed = world.assess(group)[0]
  #expect(followed.linkChanges == [.move(to: world.key("2"))])
  #expect(followed.situation == .update)
  #expect(followed.update?.fields.first?.value == .text("b"))

  group.decisions = [decide(item.findings[0], .apart)]
  #expect(world.assess(group)[0].situation == .driftAccepted)

  // Where it went, it makes a duplicate of the one that is there.
  let rival = world.reset("s", "2")
  group.decisions = []
  group.neighbours = [
    KeyNeighbourhood(mapping: "sap", key: world.key("2"), records: [there], resets: [moved, rival])
  ]
  #expect(world.assess(group)[0].situation == .remoteDuplicate)
  var other = world.group("2", records: [there], resets: [moved, rival])
  other.links = [world.link("r", "1")]
  let visited = world.assess(other)
  #expect(visited.map(\.item) == [.reset("s")])
  #expect(visited[0].situation == .remoteDuplicate)
}

@Test func `a record that comes back under another key is rekeyed`() throws {
  let world = World(try sap(more: verify))
  let cells = ["GRP": "a", "MAIL": "anna@example.com"]
  let reset = world.reset("r", "1", email: "anna@example.com", metadata: #"{"group": "a"}"#)
  var group = world.group(
    "1", records: [world.record("1", cells, deleted: true)], resets: [reset],
    links: [world.link("r", "1", base: agreed("a"))])
  let renamed = world.record("9", cells)
  group.candidates = [CorrelationCandidate(resetID: "r", record: renamed)]
  let item = world.assess(group)[0]
  #expect(item.situation == .rekeyed)

  let decision = decide(item.findings[0], .source)
  group.decisions = [decision]
  let moved = world.assess(group)[0]
  #expect(moved.linkChanges == [.move(to: world.key("9"))])
  #expect(moved.update?.reference == TextWrite(expected: "1", value: "9"))
  #expect(moved.findings.map(\.id) == [decision.identity.id])
  #expect(moved.findings.map(\.effect) == [.planned])
  // Next run, before the write is verified: the link has the new key, the reset the old one.
  var home = world.group(
    "9", records: [renamed], links: [world.link("r", "9", base: agreed("a"))],
    linkedResets: [reset])
  home.decisions = [decision]
  let again = world.assess(home)[0]
  #expect(again.situation == .update && again.update?.reference?.value == "9")

  group.decisions = [decide(item.findings[0], .remote)]
  #expect(world.assess(group)[0].situation == .sourceDeleted)
  // Two candidates, or one that is linked, prove nothing.
  group.decisions = []
  group.candidates = [CorrelationCandidate(resetID: "r", record: renamed, linkedTo: ["s"])]
  #expect(world.assess(group)[0].situation == .sourceDeleted)
  // Nor does one of another mapping.
  let crm = try mapping(
    """
    {"name": "crm", "origins": ["crm"], "export": {"path": "*", "format": "csv"},
     "reference": {"column": "NR"}, \(verify), "fields": [{"column": "G", "metadata": "g"}]}
    """)
  let both = World(world.mapping, others: [crm])
  group.candidates = [
    CorrelationCandidate(resetID: "r", record: World(crm).record("9", cells))
  ]
  #expect(both.assess(group)[0].situation == .sourceDeleted)
  // Nor does one that this run links to the reset which carries its key.
  group.candidates = [CorrelationCandidate(resetID: "r", record: renamed, carriedBy: ["s"])]
  #expect(world.assess(group)[0].situation == .sourceDeleted)
  group.candidates = ["8", "9"].map {
    CorrelationCandidate(resetID: "r", record: world.record($0, cells))
  }
  #expect(world.assess(group)[0].situation == .sourceDeleted)
}

@Test func `deletions on one side ask, on both sides end the link`() throws {
  let world = World(try sap())
  let link = world.link("r", "1", base: agreed("a"))
  let live = world.record("1", ["GRP": "b"])
  let gone = world.reset("r", "1", deleted: true)
  let remote = world.assess(
    world.group("1", records: [live], links: [link], linkedResets: [gone]))
  #expect(remote.map(\.situation) == [.remoteDeleted])
  #expect(remote[0].update == nil && remote[0].findings[0].severity == .low)

  let missing = world.record("1", ["GRP": "b"], missing: 2)
  var group = world.group("1", records: [missing], resets: [world.reset("r", "1")], links: [link])
  let source = world.assess(group)[0]
  #expect(source.situation == .sourceDeleted && source.update == nil)
  group.records = [world.record("1", ["GRP": "b"], missing: 1)]
  #expect(world.assess(group)[0].situation != .sourceDeleted)

  let both = world.assess(
    world.group("1", records: [missing], links: [link], linkedResets: [gone]))
  #expect(both.map(\.situation) == [.bothDeleted])
  #expect(both[0].linkChanges == [.close] && both[0].findings.isEmpty)
  // Never linked and gone: no item.
  #expect(world.assess(world.group("1", records: [missing])).isEmpty)
}

@Test func `an ignored deletion stays ignored until it changes`() throws {
  let world = World(try sap())
  let link = world.link("r", "1", base: agreed("a"))
  var group = world.group(
    "1", records: [world.record("1", deleted: true)], resets: [world.reset("r", "1")],
    links: [link])
  let finding = world.assess(group)[0].findings[0]
  #expect(finding.effect == .open)
  group.decisions = [decide(finding, .ignore)]
  #expect(world.assess(group)[0].findings[0].effect == .settled)
  group.known = [
    KnownConflict(
      identity: finding.identity, state: .closed, factsDigest: finding.factsDigest,
      firstSeen: noon, lastResolution: .ignore, lastDecidedAt: noon)
  ]
  #expect(world.assess(group)[0].findings[0].effect == .standing)
  #expect(world.assess(group)[0].situation == .sourceDeleted)
}

@Test func `a reset without record is in flight until the grace is over`() throws {
  let world = World(try sap(), grace: 3600)
  var group = world.group("1", resets: [world.reset("r", "1")])
  let finding = world.assess(group)[0].findings[0]
  #expect(world.assess(group)[0].situation == .remoteOnly)
  #expect(finding.due == noon.adding(seconds: 3600))
  group.known = [
    KnownConflict(
      identity: finding.identity, state: .inFlight, factsDigest: finding.factsDigest,
      firstSeen: noon)
  ]
  let later = noon.adding(seconds: 3601)
  #expect(world.assess(group, at: later)[0].findings[0].due == noon.adding(seconds: 3600))
}

@Test func `a record without reset is counted, or linked by decision`() throws {
  let world = World(try sap())
  #expect(world.assess(world.group("1", records: [world.record("1")]))[0].findings.isEmpty)
  let asked = World(try sap(more: #""reactions": {"source_only": "conflict"}"#))
  var group = asked.group("1", records: [asked.record("01", ["GRP": "a"], key: asked.key("1"))])
  let finding = asked.assess(group)[0].findings[0]
  group.decisions = [decide(finding, .link(resetID: "r"))]
  for there in [[], [asked.reset("s", nil)], [asked.reset("r", nil, deleted: true)]] {
    group.decisionResets = there
    let lacking = asked.assess(group)[0]
    #expect(lacking.situation == .sourceOnly)
    #expect(
      lacking.findings.map(\.effect) == [.refused(reason: "the mirror holds no reset r")])
  }
  group.decisionResets = [asked.reset("r", "zz", origin: "crm")]
  let linked = asked.assess(group)[0]
  #expect(linked.situation == .update)
  #expect(linked.update?.resetID == "r")
  #expect(linked.update?.reference == TextWrite(expected: "zz", value: "01"))
  #expect(linked.update?.referenceOrigin == TextWrite(expected: "crm", value: "sap"))
  // Its values go with its key: the next run finds nothing left to write.
  #expect(linked.update?.fields.map(\.value) == [.text("a")])

  // Not one that belongs to another record.
  var taken = group
  taken.decisionLinks = [asked.link("r", "7")]
  #expect(isRefused(asked.assess(taken)[0]))
  taken = group
  taken.orderedElsewhere = ["r"]
  #expect(isRefused(asked.assess(taken)[0]))
  taken.orderedElsewhere = []
  taken.decisionResets = [asked.reset("r", "7")]
  taken.neighbours = [
    KeyNeighbourhood(
      mapping: asked.mapping.name, key: asked.key("7"), records: [asked.record("7")],
      resets: taken.decisionResets)
  ]
  #expect(isRefused(asked.assess(taken)[0]))
}

private func isRefused(_ item: ItemAssessment) -> Bool {
  guard item.situation == .sourceOnly, item.update == nil, item.linkChanges.isEmpty,
    case .refused? = item.findings.first?.effect
  else { return false }
  return true
}

@Test func `the previous situation is told`() throws {
  let world = World(try sap())
  var group = world.group("1", records: [world.record("1")], resets: [world.reset("r", "1")])
  group.previous = [.reset("r"): .remoteOnly]
  #expect(world.assess(group)[0].previous == .remoteOnly)
}
