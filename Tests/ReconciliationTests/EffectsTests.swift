import Formats
import Reconciliation
import Testing

/// The effects of a group in short words, in their order.
private func words(
  _ world: World, _ group: KeyGroup, refused: RefusedUpdates = RefusedUpdates()
) -> [String] {
  effects(of: world.assess(group), in: group, refused: refused, rules: world.book, at: noon).map {
    effect in
    switch effect {
    case .link(let link): "link \(link.resetID) \(word(link.change))"
    case .base(let id, _): "base \(id)"
    case .situation(let change):
      "\(change.before?.situation.rawValue ?? "-") → \(change.now?.situation.rawValue ?? "-")"
        + " under \(change.now?.mapping ?? "-")"
    case .update(let update, _): "update \(update.resetID)"
    case .overruled(let overruled, _, _, _): "overruled \(overruled.field)"
    case .dropRefused(let id): "drop \(id)"
    case .found(let finding): "found \(finding.kind.rawValue)"
    case .notSeen: "not seen"
    case .wake: "wake"
    case .lookAgain(let id): "look again \(id ?? "at the key")"
    case .offersChanged: "offers changed"
    case .due(let time): "due \(time == nil ? "never" : "later")"
    }
  }
}

private func word(_ change: LinkChange) -> String {
  switch change {
  case .create: "create"
  case .close: "close"
  case .move: "move"
  case .apart: "apart"
  case .rejoin: "rejoin"
  case .confirmIdentity: "confirm"
  }
}

private func known(
  _ kind: ConflictKind, _ subject: ConflictSubject, _ state: ConflictState,
  field: String? = nil, snoozedUntil: Timestamp? = nil
) -> KnownConflict {
  KnownConflict(
    identity: ConflictIdentity(kind: kind, mapping: "sap", subject: subject, field: field),
    state: state, factsDigest: "", firstSeen: noon, snoozedUntil: snoozedUntil)
}

@Test func `equal keys are linked with their situation and looked at no more`() throws {
  let world = World(try sap())
  let group = world.group(
    "7", records: [world.record("7", ["GRP": "a"])],
    resets: [world.reset("r", "7", metadata: #"{"group": "a"}"#)])
  #expect(
    words(world, group) == [
      "link r create", "offers changed", "- → in_sync under sap", "due never",
    ])
}

@Test func `a link that is there moves its base and plans what differs`() throws {
  let world = World(try sap())
  var base = Base()
  base["group"] = BasePair(agreed: .text("a"))
  var group = world.group(
    "7", records: [world.record("7", ["GRP": "b"])],
    resets: [world.reset("r", "7", metadata: #"{"group": "a"}"#)],
    links: [world.link("r", "7", base: base)])
  group.previous[.reset("r")] = .inSync
  group.countedUnder["r"] = "sap"
  #expect(
    words(world, group) == ["in_sync → update under sap", "update r", "due never"])
  group.resets = [world.reset("r", "7", metadata: #"{"group": "b"}"#)]
  #expect(words(world, group) == ["base r", "in_sync → in_sync under sap", "due never"])
}

@Test func `what is gone on both sides has its link closed, and its keys are looked at again`()
  throws
{
  let world = World(try sap())
  let group = world.group(
    "7", links: [world.link("r", "7")],
    linkedResets: [world.reset("r", "7", deleted: true)])
  #expect(
    words(world, group) == [
      "link r close", "offers changed", "look again r", "- → both_deleted under sap", "due never",
    ])
}

@Test func `what had a situation here and is assessed no more is no item`() throws {
  let world = World(try sap())
  var group = world.group("7", records: [world.record("7")])
  group.previous[.reset("gone")] = .remoteOnly
  group.previous[.key(mapping: "sap", world.key("7"))] = .sourceOnly
  #expect(
    words(world, group) == [
      "source_only → source_only under sap", "remote_only → - under -", "due never",
    ])
  // One that is linked at another key is an item there.
  group.links = [world.link("gone", "8")]
  #expect(words(world, group) == ["source_only → source_only under sap", "due never"])
}

@Test func `a known conflict that the group does not show is gone, unless it is hidden or settled`()
  throws
{
  let world = World(try sap())
  var base = Base()
  base["group"] = BasePair(agreed: .text("a"))
  var group = world.group(
    "7", records: [world.record("7", ["GRP": "a"])],
    resets: [world.reset("r", "7", metadata: #"{"group": "a"}"#)],
    links: [world.link("r", "7", base: base)])
  func after(_ conflict: KnownConflict) -> [String] {
    group.known = [conflict]
    return words(world, group).filter { $0 != "due never" && !$0.hasPrefix("- →") }
  }
  #expect(after(known(.conflict, .reset("r"), .open, field: "group")) == ["not seen"])
  #expect(after(known(.conflict, .reset("r"), .autoClosed, field: "group")).isEmpty)
  #expect(after(known(.conflict, .reset("r"), .closed, field: "group")).isEmpty)
  #expect(after(known(.sourceDeleted, .reset("r"), .decided)) == ["not seen"])
  // What stands at a neighbour's key is settled there.
  #expect(after(known(.sourceDuplicate, .key(world.key("8")), .open)).isEmpty)
  #expect(after(known(.sourceDuplicate, .key(world.key("7")), .open)) == ["not seen"])
  // Two resets of one key hide what is wrong with each.
  group.resets.append(world.reset("s", "7"))
  group.links = []
  #expect(!after(known(.remoteOnly, .reset("s"), .open)).contains("not seen"))
}

@Test func `only a snooze whose time is over ends, and the others say when to look again`() throws {
  let world = World(try sap())
  var group = world.orphan(world.reset("r", "7", origin: "else"))
  group.known = [
    known(.unknownOrigin, .origin("another"), .snoozed, snoozedUntil: noon.adding(seconds: 1))
  ]
  #expect(words(world, group).suffix(1) == ["due later"])
  group.known = [known(.unknownOrigin, .origin("another"), .snoozed, snoozedUntil: noon)]
  #expect(words(world, group).suffix(2) == ["wake", "due never"])
}

@Test func `what the API refused is not planned again until it differs or somebody asks`() throws {
  let world = World(try sap())
  let group = world.group(
    "7", records: [world.record("7", ["GRP": "a"])],
    resets: [world.reset("r", "7")], links: [world.link("r", "7")])
  let update = try #require(world.assess(group).first?.update)
  func withdrawn(_ refused: RefusedUpdates) throws -> (RefusedUpdates, ItemAssessment, Bool) {
    var (refused, item) = (refused, try #require(world.assess(group).first))
    let isDropped = refused.withdraw(from: &item) != nil
    return (refused, item, isDropped)
  }
  let same = try withdrawn(RefusedUpdates(intents: ["r": update.intent]))
  #expect(same.1.update == nil && !same.2 && same.0.intents["r"] != nil)
  let other = try withdrawn(RefusedUpdates(intents: ["r": "[]"]))
  #expect(other.1.update == update && other.2 && other.0.intents.isEmpty)
  let asked = try withdrawn(
    RefusedUpdates(intents: ["r": update.intent], retries: ["r": "c1"]))
  #expect(asked.1.update?.decisions == ["c1"] && asked.2 && asked.0.retried == ["c1"])
}

@Test func `a tally counts situations by what changed`() throws {
  let world = World(try sap())
  var group = world.group("7", records: [world.record("7")])
  group.previous[.reset("gone")] = .remoteOnly
  group.countedUnder["gone"] = "sap"
  let assessments = world.assess(group)
  var tally = Tally()
  tally.add(
    group, assessments,
    effects(of: assessments, in: group, refused: RefusedUpdates(), rules: RuleBook([]), at: noon))
  tally.add(agreed: 3, new: 2, mapping: "sap")
  #expect((tally.groups, tally.items) == (4, 4))
  let after = tally.situations(after: ["sap": [.remoteOnly: 5, .inSync: 1]])
  #expect(after == ["sap": [.remoteOnly: 4, .inSync: 3, .sourceOnly: 1]])
}
