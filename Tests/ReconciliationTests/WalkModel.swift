import Formats
import Reconciliation

/// A small seeded generator (xorshift64*), so that every walk can be walked again.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

/// Both sides and the mirror in memory: the least that the core needs to run again and again.
struct WalkModel {
  struct Record {
    var raw: String
    var cells: [String: String]
    var deleted = false
    var changedAt: Timestamp
  }

  struct Reset {
    var reference: String?
    var origin: String?
    var email: String?
    var metadata: JSONObject
    var deleted = false
    var updatedAt: Timestamp
  }

  struct Conflict {
    var identity: ConflictIdentity
    var life: ConflictLife
    var facts: String
    var firstSeen: Timestamp
    var decision: StandingDecision?
    /// The finding that the author of the decision saw.
    var seen: ConflictFinding?
    var last: ConflictFinding
  }

  struct StoredLink {
    var key: Key
    var base = Base()
    var state = LinkState.active
    var accepted: String?
    var writes: [FieldWriteMemory] = []
  }

  let world: World
  var now = noon
  var records: [Record] = []
  var resets: [String: Reset] = [:]
  var links: [String: StoredLink] = [:]
  var conflicts: [String: Conflict] = [:]
  var previous: [ItemID: Situation] = [:]

  init(_ mapping: Mapping) { world = World(mapping) }

  // MARK: - What the mirror would hand to the core

  func sourceRecords() -> [SourceRecord] {
    records.enumerated().map { place, record in
      let raw = record.raw
      let key = world.key(world.mapping.reference.normalize.normalize(raw))
      return world.record(
        raw, record.cells, key: key, changedAt: record.changedAt, deleted: record.deleted,
        id: Int64(place + 1))
    }
  }

  func remoteReset(_ id: String) -> RemoteReset? {
    resets[id].map { reset in
      RemoteReset(
        id: id, reference: reset.reference, referenceOrigin: reset.origin,
        key: world.book.assign(reference: reset.reference, origin: reset.origin),
        customerEmail: reset.email, resetPasswordAt: nil, createdAt: nil,
        updatedAt: reset.updatedAt.rfc3339, metadata: reset.metadata, firstSeen: noon,
        isDeleted: reset.deleted, mirrorID: 1)
    }
  }

  func link(_ id: String) -> Link? {
    links[id].map {
      Link(
        id: 1, mapping: world.mapping.name, resetID: id, key: $0.key, base: $0.base,
        madeBy: .match, state: $0.state, acceptedIdentity: $0.accepted, writes: $0.writes)
    }
  }

  func groups() -> [KeyGroup] {
    let records = sourceRecords()
    let all = resets.keys.sorted().compactMap(remoteReset)
    let live = all.filter { !$0.isDeleted }
    var keys = Set(records.map(\.key)).union(links.values.map(\.key))
    keys.formUnion(live.compactMap(\.key.key))
    var groups = keys.sorted().map { key in
      group(key, records: records, live: live, all: all)
    }
    for reset in live where links[reset.id] == nil && reset.key.key == nil {
      var group = KeyGroup(mapping: nil, key: nil)
      group.resets = [reset]
      complete(&group, records: records, live: live)
      groups.append(group)
    }
    return groups
  }

  private func group(
    _ key: Key, records: [SourceRecord], live: [RemoteReset], all: [RemoteReset]
  ) -> KeyGroup {
    var group = KeyGroup(mapping: world.mapping.name, key: key)
    group.records = records.filter { $0.key == key }
    group.resets = live.filter { $0.key.key == key }
    let here = Set(group.resets.map(\.id))
    group.links = links.keys.sorted().compactMap(link).filter {
      $0.key == key || here.contains($0.resetID)
    }
    group.linkedResets = all.filter { reset in
      !here.contains(reset.id) && group.links.contains { $0.resetID == reset.id }
    }
    group.neighbours = Set(group.linkedResets.compactMap(\.key.key)).sorted().map { other in
      KeyNeighbourhood(
        mapping: world.mapping.name, key: other, records: records.filter { $0.key == other },
        resets: live.filter { $0.key.key == other })
    }
    complete(&group, records: records, live: live)
    return group
  }

  private func complete(_ group: inout KeyGroup, records: [SourceRecord], live: [RemoteReset]) {
    for (_, conflict) in conflicts.sorted(by: { $0.key < $1.key }) {
      group.known.append(
        KnownConflict(
          identity: conflict.identity, state: conflict.life.state, factsDigest: conflict.facts,
          firstSeen: conflict.firstSeen, lastResolution: conflict.decision?.take,
          lastDecidedAt: conflict.decision?.at))
      let isRemembered = conflict.life.state == .closed && conflict.life.isRemembered
      if let decision = conflict.decision,
        conflict.life.state == .decided || conflict.life.state == .applied || isRemembered
      {
        group.decisions.append(decision)
      }
    }
    group.decisionResets = live
    group.previous = previous
    for reset in group.resets + group.linkedResets {
      for record in records where !record.isDeleted && reset.customerEmail != nil {
        let linkedTo = links.keys.sorted().filter { links[$0]?.key == record.key }
        group.candidates.append(
          CorrelationCandidate(resetID: reset.id, record: record, linkedTo: linkedTo))
      }
    }
  }

  // MARK: - A run

  /// What a run did, for the invariants.
  struct Run {
    var items: [ItemAssessment] = []
    var isQuiet: Bool {
      items.allSatisfy { $0.update == nil && $0.linkChanges.isEmpty && $0.baseMoves.isEmpty }
    }
    /// Whether keys or links changed in a way that another item may notice in the next run.
    var stirs: Bool {
      items.contains { item in
        item.update?.reference != nil || item.update?.referenceOrigin != nil
          || !item.linkChanges.isEmpty
      }
    }
  }

  mutating func run(failing: (String) -> Bool = { _ in false }) -> Run {
    let run = Run(items: groups().flatMap { world.assess($0, at: now) })
    previous = [:]
    for item in run.items {
      previous[item.item] = item.situation
      apply(item)
    }
    live(run.items.flatMap(\.findings))
    for update in run.items.compactMap(\.update) where !failing(update.resetID) { push(update) }
    return run
  }

  private mutating func apply(_ item: ItemAssessment) {
    for change in item.linkChanges {
      if case .create(let id, let key, _) = change { links[id] = StoredLink(key: key) }
      guard case .reset(let id) = item.item else { continue }
      switch change {
      case .create: break
      case .close: links[id] = nil
      case .move(let key): links[id]?.key = key
      case .apart(let kind, let facts): links[id]?.state = .apart(kind: kind, facts: facts)
      case .rejoin: links[id]?.state = .active
      case .confirmIdentity(let digest): links[id]?.accepted = digest
      }
    }
    if case .reset(let id) = item.item, !item.baseMoves.isEmpty, let base = links[id]?.base {
      links[id]?.base = base.merging(item.baseMoves)
    }
  }

  private mutating func live(_ findings: [ConflictFinding]) {
    let found = Dictionary(findings.map { ($0.id, $0) }) { first, _ in first }
    for (id, finding) in found {
      let inFlight = finding.due.map { $0 > now } ?? false
      guard var conflict = conflicts[id] else {
        conflicts[id] = Conflict(
          identity: finding.identity, life: .born(inFlight: inFlight), facts: finding.factsDigest,
          firstSeen: now, last: finding)
        continue
      }
      let event = ConflictEvent.seen(
        sameFacts: finding.effect == .standing || conflict.facts == finding.factsDigest,
        inFlight: inFlight)
      conflict.move(by: event)
      conflict.facts = finding.factsDigest
      conflict.last = finding
      if finding.effect == .settled { conflict.move(by: .settle) }
      conflicts[id] = conflict
    }
    for id in conflicts.keys where found[id] == nil { conflicts[id]?.move(by: .gone) }
  }

  /// Sends an update as a faithful API would take it, and moves the base on proof.
  private mutating func push(_ update: PlannedUpdate) {
    guard var reset = resets[update.resetID] else { return }
    switch mergeForPush(
      fresh: reset.metadata, reference: reset.reference, referenceOrigin: reset.origin,
      update: update)
    {
    case .moved, .blocked: return
    case .alreadyThere: break
    case .send(let metadata, let reference, let origin):
      if let metadata { reset.metadata = metadata }
      if let reference { reset.reference = reference.value }
      if let origin { reset.origin = origin.value }
      reset.updatedAt = now
      resets[update.resetID] = reset
    }
    for write in update.fields {
      links[update.resetID]?.base[write.metadata] = write.afterBase
      links[update.resetID]?.writes.append(
        FieldWriteMemory(
          field: write.metadata, replaced: write.expected.digest, written: write.value.digest,
          at: now))
    }
    for id in update.decisions { conflicts[id]?.move(by: .settle) }
  }

  /// Decides a conflict as it was last seen; refused by the life cycle where it can't be.
  mutating func decide(_ id: String, _ take: Resolution) {
    guard let conflict = conflicts[id], conflict.life.after(.decide) != nil else { return }
    conflicts[id]?.move(by: .decide)
    conflicts[id]?.decision = StandingDecision(
      identity: conflict.identity, take: take, factsDigest: conflict.facts, by: "anna", at: now)
    conflicts[id]?.seen = conflict.last
  }
}

extension WalkModel.Conflict {
  private var isRemembered: Bool { decision?.take.isRemembered(for: identity.kind) ?? false }

  mutating func move(by event: ConflictEvent) {
    let here = ConflictLife(
      life.state, life.substate, isRemembered: isRemembered)
    guard let path = here.after(event), let end = path.last else { return }
    life = ConflictLife(
      end.state, end.substate, isRemembered: isRemembered)
  }
}
