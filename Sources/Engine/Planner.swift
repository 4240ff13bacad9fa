internal import Mirror
internal import Reconciliation

/// Leads each group through the core, counts what comes of it and has it recorded.
struct Planner {
  private let session: ReconcileSession
  private let loader: GroupLoader
  /// The only writer beside the plan itself; nil in a dry run.
  let recorder: Recorder?
  private(set) var tally = Tally()
  private var check: RailCheck
  private var refused: RefusedUpdates

  init(_ session: ReconcileSession, check: RailCheck) {
    self.session = session
    self.check = check
    loader = GroupLoader(session: session)
    recorder = session.request.isDryRun ? nil : Recorder(session)
    refused = session.before.refused
  }

  /// Before any key is looked at.
  mutating func begin(_ scope: Scope) throws {
    if scope.keys == nil {
      tally.walkedWhole.insert(scope.mapping.name)
      if scope.mapping.id == 0 { try session.waiting.addOrphans() }
    }
    try recorder?.begin(scope)
  }

  /// One group, which another thread may have assessed already.
  mutating func plan(_ read: LoadedGroup, _ assessed: [ItemAssessment]?) throws {
    let loaded = try loader.completed(read)
    // A linked reset is assessed in the group of its link and nowhere else.
    var assessments = (assessed ?? loader.assess(loaded)).filter { loaded.group.owns($0.item) }
    var effects: [Effect] = []
    for place in assessments.indices {
      if let effect = refused.withdraw(from: &assessments[place]) { effects.append(effect) }
      check.observe(assessments[place])
    }
    effects += Reconciliation.effects(
      of: assessments, in: loaded.group, refused: refused, rules: session.request.book,
      at: session.request.now)
    tally.add(loaded.group, assessments, effects)
    try carryOut(effects, loaded)
  }

  /// An update that comes from no group.
  mutating func plan(_ update: PlannedUpdate) throws {
    check.observe(update)
    if try session.plan.add(update) { tally.add(update) }
  }

  /// Pairs that agree in everything.
  mutating func plan(_ pairs: ScanBatch, of mapping: String) throws {
    var (count, new) = (0, 0)
    for case .agreed(let pair) in pairs.items {
      count += 1
      guard let base = pair.base else { continue }
      new += 1
      try recorder?.record(pair, base: pairs.bases[base])
    }
    tally.add(agreed: count, new: new, mapping: mapping)
  }

  private func carryOut(_ effects: [Effect], _ loaded: LoadedGroup) throws {
    var links = LinkPlaces(loaded: loaded)
    for effect in effects {
      switch effect {
      case .update(let update, let overruled):
        guard let member = loaded.member(update.resetID) else { continue }
        try session.plan.add(
          update, overruled: overruled, of: member, at: links.place(of: update.resetID, member))
      case .link(let link):
        guard let member = loaded.member(link.resetID) else { continue }
        let old = links.place(of: link.resetID, member)
        let new = try links.move(link, session) ?? old
        try recorder?.record(link, of: member, from: old, to: new)
      default: try recorder?.record(effect, in: loaded)
      }
    }
  }

  /// The plan of everything that was looked at.
  func finished() throws -> Plan {
    try recorder?.finishLinks()
    var tally = tally
    tally.linked = try session.linkCounts()
    tally.countElsewhere(
      undecided: session.before.undecided, items: session.before.items,
      mappings: session.request.book.mappings)
    return check.plan(tally)
  }
}

/// Where the resets of a group stand while the changes of a run are carried out.
private struct LinkPlaces {
  let loaded: LoadedGroup
  private var moved: [String: StoredKey] = [:]

  init(loaded: LoadedGroup) { self.loaded = loaded }

  func place(of resetID: String, _ member: LoadedGroup.Member) -> StoredKey {
    moved[resetID] ?? (member.isLinked ? loaded.key : member.own)
  }

  /// The key at which a link stands from now on; nil where it stays.
  mutating func move(_ link: LinkEffect, _ session: ReconcileSession) throws -> StoredKey? {
    switch link.change {
    case .create, .move:
      guard let mapping = link.mapping, let key = link.key else { return nil }
      let new = try session.key(mapping, key)
      moved[link.resetID] = new
      return new
    case .close, .apart, .rejoin, .confirmIdentity: return nil
    }
  }
}
