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
  #expect(item.findings.map(\.effect) == [.planned])
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
    switch situation {
    case .remoteDeleted, .sourceDeleted:
      // The side that is there tells the key.
      let there = FieldValue.text("sap/1")
      let isSource = situation == .remoteDeleted
      #expect(item.findings.map(\.source) == [isSource ? there : .absent])
      #expect(item.findings.map(\.remote) == [isSource ? .absent : there])
    default: break
    }
    #expect(item.situation == situation)
    #expect(item.linkChanges == [.rejoin], "\(situation)")
    #expect(item.findings.map(\.effect) == [.open], "\(situation)")
    // A deletion holds nothing back: there is nothing to write.
    #expect(item.findings.map(\.holds) == [situation.holds], "\(situation)")
  }
}

@Test func `a decision that needs no write is settled by the run that carries it out`() throws {
  let world = World(try sap(more: mail))
  let live = [world.record("1", cells)]
  func settled(_ group: KeyGroup, _ take: Resolution) -> DecisionEffect? {
    var group = group
    guard let finding = world.assess(group).first?.findings.first else { return nil }
    group.decisions = [decide(finding, take)]
    return world.assess(group).first?.findings.first { $0.id == finding.id }?.effect
  }
  let stranger = world.group(
    "1", records: live, resets: [world.reset("r", "1", email: "bob@x.org")],
    links: [world.link("r", "1")])
  let moved = world.group(
    "1", records: live, links: [world.link("r", "1")],
    linkedResets: [world.reset("r", "2", email: "ann@x.org")])
  for take in [Resolution.link(resetID: "r"), .apart, .ignore] {
    #expect(settled(stranger, take) == .settled, "\(take)")
  }
  var renamed = world.group(
    "1", records: [world.record("1", cells, deleted: true)],
    resets: [world.reset("r", "1", email: "ann@x.org")], links: [world.link("r", "1")])
  renamed.candidates = [CorrelationCandidate(resetID: "r", record: world.record("9", cells))]
  for take in [Resolution.remote, .apart, .ignore] {
    #expect(settled(moved, take) == .settled, "\(take)")
    #expect(settled(renamed, take) == .settled, "\(take)")
  }
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

@Test func `only a change of the field itself makes its value newer`() throws {
  let world = World(
    try sap(fields: #"{"column": "GRP", "metadata": "group", "policy": "newest"}"#))
  let record = world.record("1", ["GRP": "b"], changedAt: noon)
  let link = Link(
    id: 1, mapping: "sap", resetID: "r", key: world.key("1"),
    base: Base(["group": BasePair(agreed: .text("a"))]), madeBy: .match, state: .active)
  func step(_ times: FieldTimes?) -> String? {
    var reset = world.reset(
      "r", "1", metadata: #"{"group": "c"}"#, updatedAt: noon.adding(seconds: 3600))
    reset.fieldTimes = times
    return world.assess(world.group("1", records: [record], resets: [reset], links: [link]))[0]
      .fields.first?.outcome.name
  }
  #expect(step(nil) == "contested")
  var times = FieldTimes(firstSeen: noon.adding(seconds: -3600))
  #expect(step(times) == "write")
  times.note(
    from: object(#"{"group": "c"}"#), to: object(#"{"group": "c", "opened": 1}"#),
    after: noon.adding(seconds: 600), until: noon.adding(seconds: 3600))
  #expect(step(times) == "write")
  times.note(
    from: object(#"{"group": "a"}"#), to: object(#"{"group": "c"}"#),
    after: noon.adding(seconds: 600), until: noon.adding(seconds: 3600))
  #expect(step(times) == "accept_remote")
}

@Test func `a linked reset of an origin that nobody names asks about the origin`() throws {
  let world = World(try sap())
  let item = world.assess(
    world.group(
      "1", records: [world.record("1")], links: [world.link("r", "1")],
      linkedResets: [world.reset("r", "1", origin: "crm")]))[0]
  #expect(item.situation == .unknownOrigin)
  #expect(item.findings.map(\.identity.subject) == [.origin("crm")])
}

@Test func `a reset without record is linked to the one record that it could be`() throws {
  let world = World(try sap(more: mail))
  var group = world.group("1", resets: [world.reset("r", "1", email: "ann@x.org")])
  let alone = world.assess(group)[0].findings[0]
  let one = CorrelationCandidate(resetID: "r", record: world.record("7", cells))
  group.candidates = [one]
  let finding = world.assess(group)[0].findings[0]
  #expect(finding.id == alone.id && finding.factsDigest != alone.factsDigest)
  #expect(finding.reason == "could be sap/7: MAIL equals customer_email")
  group.decisions = [decide(finding, .link(resetID: "r"))]
  let linked = world.assess(group)[0]
  #expect(linked.situation == .update)
  #expect(linked.update?.reference == TextWrite(expected: "1", value: "7"))

  group.candidates = [one, CorrelationCandidate(resetID: "r", record: world.record("8", cells))]
  let two = world.assess(group)[0].findings[0]
  group.decisions = [decide(two, .link(resetID: "r"))]
  let refused = world.assess(group)[0]
  #expect(refused.situation == .remoteOnly && refused.update == nil)
  #expect(
    refused.findings[0].effect
      == .refused(reason: "there are 2 records that it could be; one is needed"))
}

@Test func `a suggestion names every rival`() throws {
  let world = World(try sap(more: mail))
  var group = world.orphan(world.reset("r", nil, email: "ann@x.org"))
  group.candidates = [
    CorrelationCandidate(
      resetID: "r", record: world.record("1", cells), linkedTo: ["q"], otherResets: ["s", "t"]),
    CorrelationCandidate(resetID: "r", record: world.record("2", cells)),
  ]
  #expect(
    world.assess(group)[0].findings.map(\.reason) == [
      "MAIL equals customer_email; rivals: sap/2, reset s, reset t, already linked to reset q",
      "MAIL equals customer_email; rivals: sap/1",
    ])
}

@Test func `a reset is assessed where its own open link leads`() throws {
  let world = World(try sap())
  let records = [world.record("1", ["GRP": "a"])]
  let moved = world.reset("r", "2")
  func items(_ links: [Link]) -> [ItemID] {
    world.assess(world.group("1", records: records, links: links, linkedResets: [moved])).map(
      \.item)
  }
  let foreign = Link(
    id: 1, mapping: "crm", resetID: "r", key: world.key("1"), base: Base(), madeBy: .match,
    state: .active)
  #expect(items([world.link("r", "1")]) == [.reset("r")])
  for link in [
    world.link("r", "1", state: .closed), world.link("r", "3"), world.link("s", "1"), foreign,
  ] {
    #expect(!items([link]).contains(.reset("r")))
    #expect(items([link, world.link("r", "1")]) == [.reset("r")])
  }
}

@Test func `the facts of a mismatch are the same wherever they are asked for`() throws {
  let world = World(try sap(more: mail))
  let record = world.record("1", cells)
  let stranger = world.reset("r", "1", email: "bob@x.org")
  let item = world.assess(world.group("1", records: [record], resets: [stranger]))[0]
  #expect(world.mapping.identityFacts(record, stranger) == item.findings.first?.factsDigest)
  for email in ["ann@x.org", nil] {
    #expect(world.mapping.identityFacts(record, world.reset("r", "1", email: email)) == nil)
  }
}

@Test func `a pair that is confirmed may be rekeyed all the same`() throws {
  let world = World(try sap(more: mail))
  var group = world.group(
    "1", records: [world.record("1", cells)], links: [world.link("r", "1")],
    linkedResets: [world.reset("r", "2", email: "bob@x.org")])
  let finding = world.assess(group)[0].findings[0]
  group.decisions = [decide(finding, .link(resetID: "r"))]
  let item = world.assess(group)[0]
  #expect(item.situation == .rekeyed)
  #expect(item.linkChanges == [.confirmIdentity(digest: finding.factsDigest)])
}

@Test func `a link follows its reset to the records of the new key`() throws {
  let world = World(try sap())
  let moved = world.reset("r", "2")
  var group = world.group(
    "1", records: [world.record("1", ["GRP": "a"])], links: [world.link("r", "1")],
    linkedResets: [moved])
  group.decisions = [decide(world.assess(group)[0].findings[0], .remote)]
  group.neighbours = ["3", "2"].map { reference in
    KeyNeighbourhood(
      mapping: "sap", key: world.key(reference),
      records: [world.record(reference, ["GRP": "of \(reference)"])], resets: [])
  }
  let item = world.assess(group)[0]
  #expect(item.key == world.key("2") && item.linkChanges == [.move(to: world.key("2"))])
  #expect(item.update?.fields.map(\.value) == [.text("of 2")])
  // Nothing is there: the record of the new key is gone.
  group.neighbours.removeLast()
  #expect(world.assess(group)[0].situation == .sourceDeleted)
}

@Test func `a suggested record with a rival of its own key is not taken`() throws {
  let world = World(try sap(more: mail))
  var group = world.orphan(world.reset("r", nil, email: "ann@x.org"))
  let one = CorrelationCandidate(resetID: "r", record: world.record("1", cells))
  let two = CorrelationCandidate(
    resetID: "r", record: world.record("1", ["GRP": "b", "MAIL": "ann@x.org"], id: 2))
  group.candidates = [one]
  group.decisions = [decide(world.assess(group)[0].findings[0], .link(resetID: "r"))]
  #expect(world.assess(group)[0].situation == .update)
  group.candidates = [one, two]
  let item = world.assess(group)[0]
  #expect(item.situation == .sourceDuplicate && item.update == nil)
}

@Test func `a reset that moved is held by duplicates at its own new key alone`() throws {
  let world = World(try sap())
  let moved = world.reset("r", "2")
  var group = world.group(
    "1", records: [world.record("1", ["GRP": "a"])], links: [world.link("r", "1")],
    linkedResets: [moved])
  func place(_ reference: String, _ resets: [RemoteReset]) -> KeyNeighbourhood {
    KeyNeighbourhood(mapping: "sap", key: world.key(reference), records: [], resets: resets)
  }
  let two = [world.reset("s", "3"), world.reset("t", "3")]
  group.neighbours = [place("3", two), place("2", [moved])]
  #expect(world.assess(group)[0].situation == .rekeyed)
  group.neighbours = [place("3", two), place("2", [moved, world.reset("u", "2")])]
  #expect(world.assess(group)[0].situation == .remoteDuplicate)
}

@Test func `a link ends where its reset went to a key of another mapping`() throws {
  let crm = try mapping(
    """
    {"name": "crm", "origins": ["crm"], "export": {"path": "*", "format": "csv"},
     "reference": {"column": "NR"}, "fields": [{"column": "GRP", "metadata": "group"}]}
    """)
  let world = World(try sap(), others: [crm])
  let moved = world.reset("r", "7", origin: "crm")
  var group = world.group(
    "1", records: [world.record("1", ["GRP": "a"])], links: [world.link("r", "1")],
    linkedResets: [moved])
  let there = World(crm)
  group.neighbours = [
    KeyNeighbourhood(
      mapping: "crm", key: there.key("7"), records: [there.record("7", ["GRP": "b"])],
      resets: [moved])
  ]
  let asked = world.assess(group)[0]
  #expect(asked.situation == .rekeyed && asked.linkChanges.isEmpty)
  group.decisions = [decide(asked.findings[0], .remote)]
  let ended = world.assess(group)[0]
  #expect(ended.situation == .rekeyed && ended.update == nil)
  #expect(ended.linkChanges == [.close])
  #expect(ended.findings.map(\.effect) == [.settled])
}
