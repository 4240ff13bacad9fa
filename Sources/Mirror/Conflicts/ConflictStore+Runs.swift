internal import Formats
public import Reconciliation
internal import SQLite

extension ConflictStore {
  private var database: Connection { file.database }

  /// What became of a conflict that a run found.
  public struct Reconciled {
    /// How it moved.
    public var moves = ConflictMoves()
    /// Whether it was not known before.
    public var isNew = false
    /// Whether a decision took effect without a write.
    public var isSettled = false
  }

  /// Stores what a run found: a new conflict, or what became of a known one.
  ///
  /// - Parameters:
  ///   - finding: what was found
  ///   - loaded: the group in which it was found, with the conflicts that it knew
  ///   - group: where the conflict's reset is looked at next
  ///   - sighting: the run
  public func reconcile(
    _ finding: ConflictFinding, in loaded: LoadedGroup, at group: StoredKey, _ sighting: Sighting
  ) throws -> Reconciled {
    let id = finding.id
    guard let known = try loaded.conflicts.first(where: { $0.id == id }) ?? conflict(id) else {
      return Reconciled(moves: try open(finding, group, sighting), isNew: true)
    }
    return try reconcile(finding, known, at: group, sighting)
  }

  func reconcile(
    _ finding: ConflictFinding, _ known: StoredConflict, at group: StoredKey, _ sighting: Sighting
  ) throws -> Reconciled {
    var done = Reconciled()
    // One conflict of an origin is found by many resets; once per run is enough.
    guard known.seenRun != sighting.run || finding.kind != .unknownOrigin else {
      return done
    }
    try refresh(known, finding, group, sighting)
    var conflict = known
    let steps = known.life.steps(
      on: finding, facts: known.facts, decidedFacts: known.standing?.factsDigest,
      snoozedUntil: known.snoozedUntil, at: sighting.now)
    for step in steps {
      switch step {
      case .event(let event, let reason):
        let step = try transition(
          &conflict, event, run: sighting.run, at: sighting.now, finding: finding, reason: reason)
        done.moves += step
        if event == .settle { done.isSettled = step.isAny }
      case .moved: try noteValues(of: conflict, finding, sighting)
      }
    }
    return done
  }

  /// Stores a finding of no group: a new conflict, or what became of a known one.
  func reconcile(
    _ finding: ConflictFinding, at group: StoredKey, _ sighting: Sighting
  ) throws {
    guard let known = try conflict(finding.id) else {
      _ = try open(finding, group, sighting)
      return
    }
    _ = try reconcile(finding, known, at: group, sighting)
  }

  private func noteValues(
    of conflict: StoredConflict, _ finding: ConflictFinding, _ sighting: Sighting
  ) throws {
    try note(
      ConflictNote(
        number: conflict.number, kind: "moved", state: conflict.state.rawValue,
        previous: conflict.state.rawValue, run: sighting.run, at: sighting.now, values: finding))
  }

  private func open(
    _ finding: ConflictFinding, _ group: StoredKey, _ sighting: Sighting
  ) throws -> ConflictMoves {
    let now = sighting.now
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
      life.state == .open ? now.microseconds : Int64?.none, now.microseconds, sighting.run,
      sighting.round, finding.due?.microseconds)
    let number = database.lastInsertID
    try note(
      ConflictNote(
        number: number, kind: "found", state: life.state.rawValue, previous: "",
        run: sighting.run, at: now, values: finding))
    var moves = ConflictMoves()
    moves.isAny = true
    if life.state == .open { moves.opened = 1 }
    return moves
  }

  private func originGroup(_ finding: ConflictFinding) -> StoredKey {
    StoredKey(
      mapping: 0, origin: 0, text: StoredKey.originPrefix + (finding.origin ?? "\u{1}null"))
  }

  /// What a run sees of a conflict that it knows already.
  private func refresh(
    _ conflict: StoredConflict, _ finding: ConflictFinding, _ group: StoredKey,
    _ sighting: Sighting
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
      sighting.now.microseconds, sighting.run, sighting.round, finding.severity.stored,
      finding.key?.reference, finding.origin, finding.resetID, ConflictText.base(finding.base),
      ConflictText.value(finding.source), ConflictText.value(finding.remote), finding.reason,
      finding.factsDigest, finding.due?.microseconds, place.mapping, place.origin, place.text,
      conflict.number)
  }

  // MARK: Gone

  /// Ends a snooze whose time is over.
  public func wake(_ id: String, in loaded: LoadedGroup, _ sighting: Sighting) throws
    -> ConflictMoves
  {
    guard var conflict = loaded.conflicts.first(where: { $0.id == id }) else {
      return ConflictMoves()
    }
    return try transition(&conflict, .wake, run: sighting.run, at: sighting.now)
  }

  /// At the end of a run: what no group found is gone.
  ///
  /// - Parameters:
  ///   - ids: the conflicts that their groups did not show, and why where that must be told
  ///   - closesOrigins: whether all mappings were looked at, so that an origin may be gone too
  ///   - sighting: the run
  public func closeUnseen(
    _ ids: [(id: String, reason: String?)], closesOrigins: Bool, _ sighting: Sighting
  ) throws -> ConflictMoves {
    var moves = closesOrigins ? try closeOrigins(sighting) : ConflictMoves()
    for (id, reason) in ids {
      guard var conflict = try conflict(id), conflict.seenRun != sighting.run,
        try !isHiddenElsewhere(conflict, sighting)
      else { continue }
      moves += try transition(
        &conflict, .gone, run: sighting.run, at: sighting.now, reason: reason)
    }
    return moves
  }

  /// Whether a reset that is linked elsewhere found at the same key what comes before this.
  private func isHiddenElsewhere(_ conflict: StoredConflict, _ sighting: Sighting) throws -> Bool {
    guard case .key = conflict.identity.subject else { return false }
    return try conflict.identity.kind.hidingKinds.contains { kind in
      let identity = ConflictIdentity(
        kind: kind, mapping: conflict.identity.mapping, subject: conflict.identity.subject)
      return try self.conflict(identity.id)?.seenRun == sighting.run
    }
  }

  /// The conflict of an origin is gone when no reset carries the origin any more.
  private func closeOrigins(_ sighting: Sighting) throws -> ConflictMoves {
    var moves = ConflictMoves()
    let open = try database.all(
      """
      SELECT \(StoredConflict.columns) FROM conflicts
      WHERE kind = 'unknown_origin' AND seen_run <> ? AND state NOT IN ('auto_closed')
      """, sighting.run
    ) { try StoredConflict($0) }
    for var conflict in open {
      guard case .origin(let origin) = conflict.identity.subject else { continue }
      let isThere = try database.first(
        "SELECT 1 FROM resets WHERE reference_origin IS ? AND situation = 'unknown_origin' LIMIT 1",
        origin
      ) { _ in true }
      guard isThere == nil else { continue }
      moves += try transition(&conflict, .gone, run: sighting.run, at: sighting.now)
    }
    return moves
  }

  /// Conflicts of a reset go with it; one of a key stays there, whichever reset it was linked to.
  public func move(of resetID: String, from old: StoredKey, to new: StoredKey) throws {
    try database.run(
      """
      UPDATE conflicts SET group_mapping = ?, group_origin = ?, group_key = ?
      WHERE reset_id = ? AND group_mapping = ? AND group_origin = ? AND group_key = ?
        AND kind <> 'source_only'
      """, new.mapping, new.origin, new.text, resetID, old.mapping, old.origin, old.text)
  }

  /// Makes the conflicts urgent that a run opened about resets which are gone, too many at once:
  /// where the rail `remote_deleted` trips, something is wrong with the remote side as a whole.
  public func raiseDeletions(of mappings: Set<String>, _ sighting: Sighting) throws {
    for mapping in mappings.sorted() {
      // State and severity lead through the index of the queue.
      try database.run(
        """
        UPDATE conflicts SET severity = ?1
        WHERE state = 'open' AND severity = ?2 AND kind = ?3 AND mapping = ?4 AND seen_run = ?5
          AND opened_at = ?6
        """, Severity.high.stored, ConflictKind.remoteDeleted.severity.stored,
        ConflictKind.remoteDeleted.rawValue, mapping, sighting.run, sighting.now.microseconds)
    }
  }

  /// Undecided items of the situations that rails count, as they stand now.
  ///
  /// One whose reset is in another situation, which comes first, is not counted.
  func undecided() throws -> [CountedSituation: Int] {
    let pending = "state IN ('open', 'in_flight', 'snoozed', 'lapsed')"
    var counts: [CountedSituation: Int] = [:]
    let kinds = try database.all(
      """
      SELECT DISTINCT kind, severity FROM conflict_counts
      WHERE \(pending) AND kind IN ('source_deleted', 'rekeyed') AND conflicts > 0
      """
    ) { (kind: $0.text(0), severity: $0.int(1)) }
    for (kind, severity) in kinds {
      let situation: Situation = try Stored.word(kind, in: "conflict_counts", kind)
      // The severity leads through the index of the states.
      try database.each(
        """
        SELECT c.mapping, count(*) FROM conflicts c
        JOIN resets r ON r.reset_id = c.reset_id
        JOIN links l ON l.reset = r.id AND l.state <> 'closed' AND l.situation = c.kind
        WHERE c.\(pending) AND c.severity = ? AND c.kind = ? GROUP BY c.mapping
        """, severity, kind
      ) { counts[CountedSituation($0.text(0), situation), default: 0] += $0.int(1) }
    }
    return counts
  }

  func conflict(_ id: String) throws -> StoredConflict? {
    try database.first("SELECT \(StoredConflict.columns) FROM conflicts WHERE id = ?", id) {
      try StoredConflict($0)
    }
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

  init(stored: Int, in table: String, _ row: some CustomStringConvertible) throws {
    let all: [Severity] = [.low, .medium, .high, .critical]
    guard all.indices.contains(stored) else { throw Stored.unknown(in: table, row) }
    self = all[stored]
  }
}
