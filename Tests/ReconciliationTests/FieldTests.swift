import Formats
import Reconciliation
import Testing

private func base(_ text: String, field: String = "group") -> Base {
  Base([field: BasePair(agreed: .text(text))])
}

/// A linked pair of one field `group`: base, source and remote as given.
private func pair(
  _ world: World, base old: String, source: String, remote: String
) -> KeyGroup {
  world.group(
    "1", records: [world.record("1", ["GRP": source])],
    resets: [world.reset("r", "1", metadata: #"{"group": "\#(remote)", "foreign": 1.0}"#)],
    links: [world.link("r", "1", base: base(old))])
}

@Test func `a contested field asks, with its three values and their digest`() throws {
  let world = World(try sap())
  let item = world.assess(pair(world, base: "a", source: "b", remote: "c"))[0]
  #expect(item.situation == .conflict && item.update == nil && !item.holds)
  let finding = item.findings[0]
  #expect(finding.kind == .conflict && finding.field == "group" && finding.holds)
  #expect(finding.base == BasePair(agreed: .text("a")))
  #expect(finding.source == .text("b") && finding.remote == .text("c"))
  #expect(finding.id.count == 13 && finding.id.hasPrefix("c"))
  #expect(ConflictIdentity(text: finding.identity.text) == finding.identity)
  let moved = world.assess(pair(world, base: "a", source: "b", remote: "d"))[0].findings[0]
  #expect(moved.id == finding.id && moved.factsDigest != finding.factsDigest)
}

@Test func `each decision does what it says, and only to the values its author saw`() throws {
  let world = World(try sap())
  var group = pair(world, base: "a", source: "b", remote: "c")
  let finding = world.assess(group)[0].findings[0]

  group.decisions = [decide(finding, .source)]
  let source = world.assess(group)[0]
  #expect(source.situation == .update)
  #expect(source.update?.fields.first?.value == .text("b"))
  #expect(source.update?.fields.first?.reason == .decision)
  #expect(source.update?.fields.first?.afterBase == BasePair(agreed: .text("b")))
  #expect(source.update?.decisions == [finding.id])
  #expect(source.findings[0].effect == .planned)

  group.decisions = [decide(finding, .remote)]
  let remote = world.assess(group)[0]
  #expect(remote.situation == .driftAccepted && remote.update == nil)
  #expect(remote.baseMoves["group"] == BasePair(source: .text("b"), remote: .text("c")))
  #expect(remote.findings[0].effect == .settled)

  group.decisions = [decide(finding, .value("x"))]
  let value = world.assess(group)[0]
  #expect(value.update?.fields.first?.value == .text("x"))
  #expect(
    value.update?.fields.first?.afterBase == BasePair(source: .text("b"), remote: .text("x")))

  group.decisions = [decide(finding, .value("c"))]
  #expect(world.assess(group)[0].baseMoves["group"].remote == .text("c"))

  group.decisions = [decide(finding, .apart)]
  let apart = world.assess(group)[0]
  #expect(apart.situation == .driftAccepted && apart.update == nil && apart.baseMoves.isEmpty)

  // Not a decision for this kind, and not one about these values.
  group.decisions = [decide(finding, .ignore)]
  #expect(world.assess(group)[0].situation == .conflict)
  var moved = pair(world, base: "a", source: "b", remote: "d")
  moved.decisions = [decide(finding, .source)]
  #expect(world.assess(moved)[0].situation == .conflict)
}

@Test func `what was kept apart is asked again when either side moves`() throws {
  let world = World(try sap())
  var group = pair(world, base: "a", source: "b", remote: "c")
  let finding = world.assess(group)[0].findings[0]
  func known(_ state: ConflictState) -> [KnownConflict] {
    [
      KnownConflict(
        identity: finding.identity, state: state, factsDigest: finding.factsDigest,
        firstSeen: noon, lastResolution: .apart, lastDecidedAt: noon)
    ]
  }
  group.known = known(.closed)
  group.decisions = [decide(finding, .apart)]
  #expect(world.assess(group)[0].findings[0].effect == .standing)
  // The remote goes back to the base: an ordinary move of the source, were it not for the decision.
  var back = pair(world, base: "a", source: "b", remote: "a")
  back.known = group.known
  back.decisions = group.decisions
  #expect(world.assess(back)[0].situation == .conflict)
  back.known = known(.open)
  back.decisions = []
  #expect(world.assess(back)[0].situation == .conflict)
  let asked = world.assess(back)[0].findings[0]
  back.known = known(.autoClosed)
  #expect(world.assess(back)[0].situation == .update)
  // What a person decides then goes before the ordinary move.
  back.known[0] = KnownConflict(
    identity: asked.identity, state: .decided, factsDigest: asked.factsDigest, firstSeen: noon,
    lastResolution: .remote, lastDecidedAt: noon)
  back.decisions = [decide(asked, .remote)]
  let kept = world.assess(back)[0]
  #expect(kept.situation == .driftAccepted && kept.update == nil)
  #expect(kept.baseMoves["group"] == BasePair(source: .text("b"), remote: .text("a")))
}

@Test func `a held field holds its group and nothing else`() throws {
  let fields = #"""
    {"column": "A", "metadata": "a"}, {"column": "B", "metadata": "b"},
    {"column": "C", "metadata": "c"}, {"column": "D", "metadata": "d"}
    """#
  let world = World(try sap(fields: fields, more: #""groups": [["a", "b"], ["b", "c"]]"#))
  let old = ["a", "b", "c", "d"].map { ($0, BasePair(agreed: .text("0"))) }
  let group = world.group(
    "1", records: [world.record("1", ["A": "1", "B": "1", "C": "1", "D": "1"])],
    resets: [world.reset("r", "1", metadata: #"{"a": "2", "b": "0", "c": "0", "d": "0"}"#)],
    links: [world.link("r", "1", base: Base(Dictionary(uniqueKeysWithValues: old)))])
  let item = world.assess(group)[0]
  #expect(item.situation == .conflict)
  #expect(item.fields.map(\.outcome.name) == ["contested", "held", "held", "write"])
  #expect(item.update?.fields.map(\.metadata) == ["d"])
  #expect(item.heldFields == 2)
  // From the last to the first as well.
  let last = world.group(
    "1", records: group.records,
    resets: [world.reset("r", "1", metadata: #"{"a": "0", "b": "0", "c": "2", "d": "0"}"#)],
    links: group.links)
  let names = world.assess(last)[0].fields.map(\.outcome.name)
  #expect(names == ["held", "held", "contested", "write"])
}

@Test func `a decision about one field of a group takes the whole group`() throws {
  let fields = #"{"column": "A", "metadata": "a"}, {"column": "B", "metadata": "b"}"#
  let world = World(try sap(fields: fields, more: #""groups": [["a", "b"]]"#))
  let old = ["a", "b"].map { ($0, BasePair(agreed: .text("0"))) }
  var group = world.group(
    "1", records: [world.record("1", ["A": "1", "B": "1"])],
    resets: [world.reset("r", "1", metadata: #"{"a": "2", "b": "2"}"#)],
    links: [world.link("r", "1", base: Base(Dictionary(uniqueKeysWithValues: old)))])
  let findings = world.assess(group)[0].findings
  #expect(findings.map(\.field) == ["a", "b"])
  for place in findings.indices {
    group.decisions = [decide(findings[place], .source)]
    let written = world.assess(group)[0]
    #expect(written.update?.fields.map(\.value) == [.text("1"), .text("1")])
    #expect(written.findings[place].effect == .planned)
    #expect(written.findings[1 - place].effect == .open)
    for take in [Resolution.remote, .apart] {
      group.decisions = [decide(findings[place], take)]
      let kept = world.assess(group)[0]
      #expect(kept.update == nil && kept.findings.map(\.effect) == [.settled])
      #expect(kept.baseMoves[findings[1 - place].field ?? ""].remote == .text("2"))
    }
  }
  group.decisions = findings.map { decide($0, .source) }
  #expect(world.assess(group)[0].findings.map(\.effect) == [.planned, .planned])
  group.decisions = [decide(findings[0], .source), decide(findings[1], .remote)]
  let torn = world.assess(group)[0]
  #expect(torn.update == nil && torn.baseMoves.isEmpty && torn.situation == .conflict)
  for finding in torn.findings {
    guard case .refused = finding.effect else {
      Issue.record("\(finding.effect)")
      continue
    }
  }
}

@Test func `a value that can't be mapped or placed is invalid`() throws {
  let fields = #"""
    {"column": "A", "metadata": "a", "values": {"1": "one"}},
    {"column": "B", "metadata": "/deep/b"}, {"column": "C", "metadata": "c"}
    """#
  let world = World(try sap(fields: fields))
  var group = world.group(
    "1", records: [world.record("1", ["A": "9", "B": "x", "C": "y"])],
    resets: [world.reset("r", "1", metadata: #"{"deep": 5}"#)], links: [world.link("r", "1")])
  let item = world.assess(group)[0]
  #expect(item.situation == .invalid)
  #expect(item.fields.map(\.outcome.name) == ["invalid", "invalid", "write"])
  #expect(item.update?.fields.map(\.metadata) == ["c"])
  #expect(item.findings.map(\.kind) == [.invalid, .invalid])
  #expect(item.findings.map(\.holds) == [true, true])
  #expect(item.findings[1].reason?.contains("/deep") == true)
  group.decisions = item.findings.map { decide($0, .apart) }
  #expect(world.assess(group)[0].situation == .update)
}

@Test func `a policy that overrules a value keeps the loser`() throws {
  let world = World(
    try sap(fields: #"{"column": "GRP", "metadata": "group", "policy": "source"}"#))
  let item = world.assess(pair(world, base: "a", source: "a", remote: "c"))[0]
  #expect(item.situation == .update)
  #expect(
    item.autoResolved == [
      Overruled(
        field: "group", winner: .source, winning: .text("a"), losing: .text("c"), policy: .source)
    ])
  let plain = world.assess(pair(world, base: "a", source: "b", remote: "a"))[0]
  #expect(plain.autoResolved.isEmpty)
}

@Test func `a blank cell leaves the field out or clears it`() throws {
  let world = World(try sap())
  let ignored = world.assess(pair(world, base: "a", source: "", remote: "c"))[0]
  #expect(ignored.situation == .inSync && ignored.fields[0].outcome == .ignored)
  let clearing = World(
    try sap(fields: #"{"column": "GRP", "metadata": "group", "blank": "clear"}"#))
  let cleared = clearing.assess(pair(clearing, base: "a", source: "", remote: "a"))[0]
  #expect(cleared.update?.fields.first?.value == .absent)
  #expect(cleared.update?.fields.first?.clears == true)
}

@Test func `a field that goes to and fro is frozen until somebody decides`() throws {
  let world = World(
    try sap(fields: #"{"column": "GRP", "metadata": "group", "policy": "source"}"#))
  func memory(_ hours: [Double]) -> [FieldWriteMemory] {
    hours.map {
      FieldWriteMemory(
        field: "group", replaced: FieldValue.text("x").digest,
        written: FieldValue.text("a").digest, at: noon.adding(seconds: -3600 * $0))
    }
  }
  func group(_ writes: [FieldWriteMemory]) -> KeyGroup {
    var group = pair(world, base: "a", source: "a", remote: "x")
    group.links = [world.link("r", "1", base: base("a"), writes: writes)]
    return group
  }
  #expect(world.assess(group(memory([1, 2])))[0].situation == .update)
  #expect(world.assess(group(memory([1, 2, 25])))[0].situation == .update)
  var frozen = group(memory([1, 2, 3]))
  let item = world.assess(frozen)[0]
  #expect(item.situation == .conflict && item.update == nil)
  #expect(item.fields[0].outcome == .frozen)
  let finding = item.findings[0]
  #expect(finding.kind == .writeFight)

  func known(_ state: ConflictState, _ take: Resolution?) -> [KnownConflict] {
    [
      KnownConflict(
        identity: finding.identity, state: state, factsDigest: finding.factsDigest,
        firstSeen: noon, lastResolution: take, lastDecidedAt: take == nil ? nil : noon)
    ]
  }
  // It stays frozen when the window is over, until a decision.
  var later = group([])
  later.known = known(.open, nil)
  #expect(world.assess(later)[0].fields[0].outcome == .frozen)
  frozen.known = known(.decided, .source)
  frozen.decisions = [decide(finding, .source)]
  #expect(world.assess(frozen)[0].update?.fields.first?.value == .text("a"))
  // Writes before the decision don't count afterwards.
  frozen.known = known(.closed, .source)
  frozen.decisions = []
  #expect(world.assess(frozen)[0].situation == .update)
  frozen.known = known(.closed, .apart)
  frozen.decisions = [decide(finding, .apart)]
  #expect(world.assess(frozen)[0].situation == .driftAccepted)
}

@Test func `unordered lists are sets, and numbers compare by value`() throws {
  let fields = #"""
    {"column": "T", "metadata": "tags", "type": "list", "unordered": true},
    {"column": "N", "metadata": "n", "type": "decimal"}
    """#
  let world = World(try sap(fields: fields))
  let item = world.assess(
    world.group(
      "1", records: [world.record("1", ["T": "b,a,b", "N": "1.50"])],
      resets: [world.reset("r", "1", metadata: #"{"tags": ["a", "b"], "n": 1.5}"#)]))[0]
  #expect(item.situation == .inSync)
}

@Test func `bases survive being stored`() throws {
  let pairs: [String: BasePair] = [
    "a": BasePair(agreed: .absent), "b": BasePair(agreed: .present(.null)),
    "c": BasePair(source: .text("x"), remote: .absent),
    "d": BasePair(source: nil, remote: .present(json("1.0"))), "e/\"": BasePair(agreed: .text("")),
  ]
  let base = Base(pairs)
  #expect(try Base(decoding: base.encoded()) == base)
  #expect(base.encoded().hasPrefix(#"{"a":[],"b":[null]"#))
  #expect(throws: JSONError.self) { try Base(decoding: "[]") }
  #expect(throws: JSONError.self) { try Base(decoding: #"{"a":[1,2]}"#) }
}

@Test func `a decision about a field is void where either base is another`() throws {
  let world = World(try sap())
  let bases = [
    BasePair(agreed: .text("a")), BasePair(source: .text("a"), remote: .text("x")),
    BasePair(source: .text("x"), remote: .text("a")), .none,
  ]
  let groups = bases.map { base in
    world.group(
      "1", records: [world.record("1", ["GRP": "b"])],
      resets: [world.reset("r", "1", metadata: #"{"group": "c"}"#)],
      links: [world.link("r", "1", base: Base(["group": base]))])
  }
  for (place, group) in groups.enumerated() {
    let finding = try #require(world.assess(group)[0].findings.first)
    for (other, group) in groups.enumerated() {
      var group = group
      group.decisions = [decide(finding, .source)]
      #expect(world.assess(group)[0].situation == (place == other ? .update : .conflict))
    }
  }
}

@Test func `a write a day ago, or at the time of the decision, is one of three that fight`() {
  let day = WriteFight.windowSeconds
  func isFight(_ ages: [Double], since: Double? = nil, field: String = "group") -> Bool {
    WriteFight.isFight(
      field: "group", replacing: .text("x"), with: .text("a"),
      memory: ages.map { age in
        FieldWriteMemory(
          field: field, replaced: FieldValue.text("a").digest,
          written: FieldValue.text("x").digest, at: noon.adding(seconds: -age))
      }, since: since.map { noon.adding(seconds: -$0) }, now: noon)
  }
  #expect(isFight([day, 2, 1]) && !isFight([day + 1, 2, 1]))
  #expect(isFight([3, 2, 1], since: 3) && !isFight([3, 2, 1], since: 2))
  // A decision of long ago widens no window.
  #expect(!isFight([day + 1, 2, 1], since: day * 2))
  #expect(!isFight([2, 1]) && !isFight([3, 2, 1], field: "other"))
}
