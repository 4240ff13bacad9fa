internal import Formats
internal import Reconciliation
internal import SQLite

/// The life of conflicts as runs find them.
extension Mirror {
  func applyFindings(
    _ assessments: [ItemAssessment], _ loaded: LoadedGroup, _ walk: WalkState
  ) throws {
    for conflict in loaded.conflicts where conflict.state.isPending {
      let kind = conflict.identity.kind
      guard kind == .sourceDeleted || kind == .rekeyed,
        case .reset(let id, suggested: _) = conflict.identity.subject,
        loaded.members[id]?.situation?.rawValue == kind.rawValue
      else { continue }
      walk.lookedAt[conflict.identity.mapping ?? "", default: [:]][kind, default: 0] += 1
    }
    guard !walk.isDryRun else { return }
    var found: Set<String> = []
    for finding in assessments.flatMap(\.findings) {
      guard found.insert(finding.id).inserted else { continue }
      try see(finding, loaded, walk)
    }
    for conflict in loaded.conflicts where !found.contains(conflict.id) {
      guard !isOutOfSight(conflict, assessments) else { continue }
      try missed(conflict, loaded, walk)
    }
  }

  func see(_ finding: ConflictFinding, _ loaded: LoadedGroup, _ walk: WalkState) throws {
    let known = try loaded.conflicts.first { $0.id == finding.id } ?? conflict(finding.id)
    // A conflict stands in the group where its reset is looked at next.
    let group = try home(of: finding, loaded, walk)
    guard let known else { return try bear(finding, group, walk) }
    // One conflict of an origin is found by many resets; once per run is enough.
    guard known.seenRun != walk.request.run || finding.kind != .unknownOrigin else { return }
    // So can one of a key, by resets that are linked elsewhere: what was read of it is old then.
    if finding.kind.hasRivals, !walk.seenAtKeys.insert(finding.id).inserted { return }
    try touch(known, finding, group, walk)
    var conflict = known
    if conflict.state == .snoozed, let until = conflict.snoozedUntil, until <= walk.request.now {
      try pass(&conflict, .wake, finding, walk)
    }
    let facts = conflict.standing?.factsDigest ?? conflict.facts
    let inFlight = (finding.due ?? walk.request.now) > walk.request.now
    let isSame = facts == finding.factsDigest
    let hasChanged = try pass(
      &conflict, .seen(sameFacts: isSame, inFlight: inFlight), finding, walk)
    if !hasChanged, known.facts != finding.factsDigest { try moved(conflict, finding, walk) }
    switch finding.resolution {
    case .settled:
      if try pass(&conflict, .settle, finding, walk) { try mark(loaded.key) }
    case .refused(let reason):
      guard conflict.state == .decided else { return }
      try pass(&conflict, .reopen, finding, walk, reason: reason)
    case .open, .planned, .waiting, .standing: break
    }
  }

  /// The values moved and the state stays: the history keeps each version of the facts.
  private func moved(
    _ conflict: StoredConflict, _ finding: ConflictFinding, _ walk: WalkState
  ) throws {
    try note(
      ConflictNote(
        number: conflict.number, kind: "moved", state: conflict.state.rawValue,
        previous: conflict.state.rawValue, run: walk.request.run, at: walk.request.now,
        values: finding))
  }

  private func home(
    of finding: ConflictFinding, _ loaded: LoadedGroup, _ walk: WalkState
  ) throws -> StoredKey {
    // One of a key stands at the key, also when a reset that is linked elsewhere finds it.
    if case .key(let key) = finding.identity.subject, let mapping = finding.identity.mapping {
      return StoredKey(
        mapping: try mappingID(mapping), origin: try originID(key.origin), text: key.reference)
    }
    return finding.resetID.flatMap { walk.moved[$0] } ?? loaded.key
  }

  private func bear(_ finding: ConflictFinding, _ group: StoredKey, _ walk: WalkState) throws {
    let now = walk.request.now
    let life = ConflictLife.born(inFlight: (finding.due ?? now) > now)
    let place = finding.kind == .unknownOrigin ? originGroup(finding) : group
    try database.run(
      """
      INSERT INTO conflicts(
        id, identity, kind, severity, state, substate, mapping, reference, reference_origin,
        reset_id, field, base, source, remote, detail, facts, group_mapping, group_origin,
        group_key, first_seen, opened_at, last_seen, seen_run, seen_round, occurrences, due)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
      """,
      finding.id, finding.identity.text, finding.kind.rawValue, finding.severity.stored,
      life.state.rawValue, life.substate?.rawValue ?? "", finding.identity.mapping,
      finding.key?.reference, finding.origin, finding.resetID, finding.field,
      ConflictText.base(finding.base), ConflictText.value(finding.source),
      ConflictText.value(finding.remote), finding.reason, finding.factsDigest, place.mapping,
      place.origin, place.text, now.microseconds,
      life.state == .open ? now.microseconds : Int64?.none, now.microseconds, walk.request.run,
      walk.round, finding.due?.microseconds)
    let number = database.lastInsertID
    if life.state == .open { walk.opened += 1 }
    try note(
      ConflictNote(
        number: number, kind: "found", state: life.state.rawValue, previous: "",
        run: walk.request.run, at: now, values: finding))
  }

  private func originGroup(_ finding: ConflictFinding) -> StoredKey {
    StoredKey(
      mapping: 0, origin: 0, text: StoredKey.originPrefix + (finding.origin ?? "\u{1}null"))
  }

  /// What a run sees of a conflict that it knows already.
  private func touch(
    _ conflict: StoredConflict, _ finding: ConflictFinding, _ group: StoredKey, _ walk: WalkState
  ) throws {
    let place = finding.kind == .unknownOrigin ? originGroup(finding) : group
    try database.run(
      """
      UPDATE conflicts SET last_seen = ?1, seen_run = ?2,
        occurrences = occurrences + CASE WHEN state IN ('in_flight', 'open', 'snoozed', 'decided')
          THEN max(0, ?3 - seen_round) ELSE 1 END,
        seen_round = ?3, reference = ?5, reference_origin = ?6, reset_id = ?7,
        -- What was raised stays so while it lasts.
        severity = CASE WHEN state IN ('closed', 'auto_closed') THEN ?4 ELSE max(severity, ?4) END,
        base = ?8, source = ?9, remote = ?10, detail = ?11, facts = ?12, due = ?13,
        changed_by = CASE WHEN remote IS ?10 THEN changed_by END,
        group_mapping = ?14, group_origin = ?15, group_key = ?16
      WHERE number = ?17
      """,
      walk.request.now.microseconds, walk.request.run, walk.round, finding.severity.stored,
      finding.key?.reference, finding.origin, finding.resetID, ConflictText.base(finding.base),
      ConflictText.value(finding.source), ConflictText.value(finding.remote), finding.reason,
      finding.factsDigest, finding.due?.microseconds, place.mapping, place.origin, place.text,
      conflict.number)
  }

  @discardableResult
  private func pass(
    _ conflict: inout StoredConflict, _ event: ConflictEvent, _ finding: ConflictFinding,
    _ walk: WalkState, reason: String? = nil
  ) throws -> Bool {
    try pass(
      &conflict, event, run: walk.request.run, at: walk.request.now, walk: walk, finding: finding,
      reason: reason)
  }

  // MARK: Gone

  /// Whether the run stopped before it came to what the conflict is about: then nothing is known
  /// to be gone, and the conflict stays as it is, its decision too.
  private func isOutOfSight(_ conflict: StoredConflict, _ assessments: [ItemAssessment]) -> Bool {
    switch conflict.identity.subject {
    case .origin: return false
    case .key where conflict.identity.kind == .sourceOnly:
      // With a reset it is no record without one any more, whatever else is wrong at its key.
      return assessments.contains { assessment in
        guard case .key = assessment.item else { return false }
        return assessment.situation != .sourceOnly
      }
    case .key(let key):
      let kinds = assessments.flatMap(\.findings).filter {
        $0.identity.subject == .key(key) && $0.identity.mapping == conflict.identity.mapping
      }.map(\.kind)
      return kinds.contains { $0.hides(conflict.identity.kind) }
    case .reset(let id, suggested: _):
      guard let assessment = assessments.first(where: { $0.item == .reset(id) }) else {
        return false
      }
      guard conflict.identity.kind.hasField else {
        return assessment.situation.hides(conflict.identity.kind)
      }
      return hidesField(of: conflict, assessment)
    }
  }

  private func hidesField(of conflict: StoredConflict, _ assessment: ItemAssessment) -> Bool {
    let isDecided = conflict.standing != nil
    switch assessment.situation {
    case .bothDeleted: return false
    // What can't be compared any more asks nothing of a person; what was decided is remembered.
    case .remoteDeleted, .sourceDeleted: return isDecided
    default: break
    }
    if assessment.fields.isEmpty { return true }
    guard isDecided else { return false }
    let (kind, field) = (conflict.identity.kind, conflict.identity.field)
    if case .ignored? = assessment.fields.first(where: { $0.field == field })?.outcome {
      return true
    }
    // A value that can't be mapped can't be compared either.
    return kind != .invalid
      && assessment.findings.contains { $0.kind == .invalid && $0.field == field }
  }

  /// The group does not show it any more; another group of this run may.
  private func missed(_ conflict: StoredConflict, _ loaded: LoadedGroup, _ walk: WalkState) throws {
    // What stands at a neighbour's key is settled by the walk over that key.
    if case .key(let key) = conflict.identity.subject, key != loaded.group.key { return }
    switch conflict.identity.kind {
    case .unknownOrigin: return try wakeOrigin(conflict, walk)
    case .pushFailed:
      let isParked = loaded.members.values.contains { walk.parked[$0.row] != nil }
      if isParked || walk.retried.contains(conflict.id) { return }
    default: break
    }
    // Settled ones have nothing left to lose, unless a remembered decision ends here.
    if case []? = conflict.life.after(.gone) { return }
    walk.vanished.append(conflict.number)
  }

  /// The snooze of a conflict about an origin is over: its key holds no reset that would find it.
  private func wakeOrigin(_ known: StoredConflict, _ walk: WalkState) throws {
    guard known.state == .snoozed, let until = known.snoozedUntil, until <= walk.request.now else {
      return
    }
    var conflict = known
    try pass(&conflict, .wake, run: walk.request.run, at: walk.request.now, walk: walk)
  }

  /// At the end of a run: what no group found is gone.
  func settleVanished(_ walk: WalkState) throws {
    guard !walk.isDryRun else { return }
    try closeOrigins(walk)
    for number in walk.vanished {
      guard var conflict = try conflict(number: number), conflict.seenRun != walk.request.run
      else { continue }
      guard try !isHiddenElsewhere(conflict, walk) else { continue }
      try pass(&conflict, .gone, run: walk.request.run, at: walk.request.now, walk: walk)
    }
  }

  /// Whether a reset that is linked elsewhere found at the same key what comes before this.
  private func isHiddenElsewhere(_ conflict: StoredConflict, _ walk: WalkState) throws -> Bool {
    guard case .key = conflict.identity.subject else { return false }
    let kinds: [ConflictKind] = [.sourceDuplicate, .remoteDuplicate]
    return try kinds.contains { kind in
      let identity = ConflictIdentity(
        kind: kind, mapping: conflict.identity.mapping, subject: conflict.identity.subject)
      return try kind.hides(conflict.identity.kind)
        && self.conflict(identity.id)?.seenRun == walk.request.run
    }
  }

  /// The conflict of an origin is gone when no reset carries the origin any more.
  private func closeOrigins(_ walk: WalkState) throws {
    guard walk.request.mappings == nil else { return }
    let open = try database.all(
      """
      SELECT \(StoredConflict.columns) FROM conflicts
      WHERE kind = 'unknown_origin' AND seen_run <> ? AND state NOT IN ('auto_closed')
      """, walk.request.run
    ) { StoredConflict($0) }
    for case var conflict? in open {
      guard case .origin(let origin) = conflict.identity.subject else { continue }
      let isThere = try database.first(
        "SELECT 1 FROM resets WHERE reference_origin IS ? AND situation = 'unknown_origin' LIMIT 1",
        origin
      ) { _ in true }
      guard isThere == nil else { continue }
      try pass(&conflict, .gone, run: walk.request.run, at: walk.request.now, walk: walk)
    }
  }

  func conflict(_ id: String) throws -> StoredConflict? {
    try database.first("SELECT \(StoredConflict.columns) FROM conflicts WHERE id = ?", id) {
      StoredConflict($0)
    } ?? nil
  }

  func conflict(number: Int64) throws -> StoredConflict? {
    try database.first("SELECT \(StoredConflict.columns) FROM conflicts WHERE number = ?", number) {
      StoredConflict($0)
    } ?? nil
  }
}

extension ConflictFinding {
  /// The reference origin that it belongs to.
  var origin: String? {
    if case .origin(let origin) = identity.subject { return origin }
    return key?.origin
  }
}

extension Severity {
  /// The rank in its column: higher is more urgent.
  var stored: Int {
    switch self {
    case .critical: 3
    case .high: 2
    case .medium: 1
    case .low: 0
    }
  }

  init(stored: Int) {
    self = [.low, .medium, .high, .critical][min(max(stored, 0), 3)]
  }
}

extension ConflictKind {
  /// Whether a conflict of this kind at a key keeps one of the other from being looked at.
  fileprivate func hides(_ other: ConflictKind) -> Bool {
    switch other {
    case .remoteDuplicate: self == .sourceDuplicate
    case .keyCollision: self == .sourceDuplicate || self == .remoteDuplicate
    default: false
    }
  }
}

extension Situation {
  /// Whether a reset in this situation was not looked at for a conflict of this kind, which has no
  /// field and may still be there.
  fileprivate func hides(_ kind: ConflictKind) -> Bool {
    let atKey: [Situation] = [.sourceDuplicate, .remoteDuplicate, .keyCollision]
    let withoutKey: [Situation] = [.unknownOrigin, .unreferenced]
    return switch kind {
    case .identityMismatch: (atKey + withoutKey).contains(self)
    case .rekeyed: (atKey + [.identityMismatch]).contains(self)
    case .remoteDeleted: atKey.contains(self)
    case .sourceDeleted: (atKey + withoutKey + [.rekeyed]).contains(self)
    case .remoteOnly: self == .remoteDuplicate || self == .keyCollision
    default: false
    }
  }
}
