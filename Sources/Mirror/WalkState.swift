internal import Formats
public import Reconciliation
internal import SQLite

/// What one reconcile remembers while it runs.
final class WalkState {
  let request: ReconcileRequest
  var tally = Tally()
  var opened = 0
  var closed = 0
  var lapsed = 0
  var plan: Int64 = 0
  var planned = 0

  /// Changes of the numbers of items, stored at the end.
  var counts: [Counted: Int] = [:]
  var transitions: [Transition: Int] = [:]
  var journaledTransitions = 0
  /// Updates that the API refused, by the row of the reset.
  var parked: [Int64: (entry: Int64, intent: String)] = [:]
  /// Conflicts about refused updates that a person wants to be sent again, by reset.
  var retries: [Int64: String] = [:]
  /// Of those, the ones whose update is still due and planned anew.
  var retried: Set<String> = []
  /// Resets whose last request has no known outcome yet.
  var sent: Set<Int64> = []
  var hasDue = false
  /// Whether there were links before this run.
  var hadLinks = true
  var hasWatched = false
  /// Conflicts that their group no longer shows; another group may still find them in this run.
  var vanished: [Int64] = []
  /// Conflicts of keys that this run has seen.
  var seenAtKeys: Set<String> = []
  /// Undecided conflicts as the walk began, by mapping and kind; only those that rails count.
  var openBefore: [String: [ConflictKind: Int]] = [:]
  /// Those of them whose groups were looked at.
  var lookedAt: [String: [ConflictKind: Int]] = [:]
  /// Items that this walk found in a situation that rails count.
  var counted: [Counted: Int] = [:]
  /// Resets whose link was made or moved in this run, with the group that they are in now.
  var moved: [String: StoredKey] = [:]
  /// The number of this reconcile among all complete ones.
  var round = 0
  /// Links made so far, by mapping, that `link_counts` does not have yet.
  var madeLinks: [Int64: Int] = [:]
  /// Plain pairs that are in sync for the first time, by mapping.
  var plainPairs: [Int64: Int] = [:]
  /// Compares hashed e-mails with others; nil while none are hashed.
  var emails: EmailMatcher?
  /// Reads the state that the walk started from; nil until somebody asks for it.
  var before: Connection?
  /// Makes values of the rows that the writing connection reads.
  let rows: RowReader
  let insertUpdate: Statement
  let renewLink: Statement
  let insertLink: Statement
  let plainLinks: PlainLinks
  let setLinkSituation: Statement
  let setLinkBase: Statement

  /// Single transitions in the journal per run; beyond, only their numbers are kept.
  static let journaledTransitionsMax = 10_000

  /// A situation under the mapping where it is counted.
  struct Counted: Hashable {
    let mapping: Int64
    let situation: Situation
  }

  /// A change of situation.
  struct Transition: Hashable {
    let mapping: Int64
    let from: Situation
    let to: Situation
  }

  var isDryRun: Bool { request.isDryRun }

  init(_ request: ReconcileRequest, _ database: Connection) throws {
    self.request = request
    rows = RowReader(database, keepsHashes: true)
    insertUpdate = try database.statement(
      """
      INSERT INTO plan_updates(
        plan, number, reset, reset_id, mapping, origin, key, payload, overruled)
      VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """)
    renewLink = try database.statement(
      """
      UPDATE links SET mapping = ?2, origin = ?3, key = ?4, state = 'active', made_by = ?5,
        made_at = ?6, run = ?7, situation = ?9, base = ?8, apart_kind = NULL,
        apart_facts = NULL, accepted_identity = NULL, writes = NULL, own_updated = NULL,
        others_updated = NULL
      WHERE reset = ?1
      """)
    insertLink = try database.statement(
      """
      INSERT INTO links(reset, mapping, origin, key, state, made_by, made_at, run, situation, base)
      VALUES(?1, ?2, ?3, ?4, 'active', ?5, ?6, ?7, ?9, ?8)
      """)
    plainLinks = try PlainLinks(request, database)
    setLinkSituation = try database.statement("UPDATE links SET situation = ?1 WHERE reset = ?2")
    setLinkBase = try database.statement("UPDATE links SET base = ?1 WHERE reset = ?2")
  }
}

extension Mirror {
  func beginWalk(_ request: ReconcileRequest) throws -> WalkState {
    let walk = try WalkState(request, database)
    walk.round = (try fact("reconcile.round").flatMap { Int($0) } ?? 0) + 1
    walk.hadLinks = try database.integer("SELECT EXISTS(SELECT 1 FROM links)") == 1
    walk.hasDue = try database.integer("SELECT EXISTS(SELECT 1 FROM due)") == 1
    walk.hasWatched = try database.integer("SELECT EXISTS(SELECT 1 FROM watched)") == 1
    try database.each("SELECT reset, id, payload FROM outbox WHERE state = 'parked'") { row in
      let update = try UpdateText.decode(row.text(2))
      walk.parked[row.int64(0)] = (row.int64(1), UpdateText.intent(update))
    }
    try database.each(
      """
      SELECT r.id, c.id FROM conflicts c JOIN resets r ON r.reset_id = c.reset_id
      WHERE c.state = 'decided' AND c.kind = ? AND c.decision = ?
      """, ConflictKind.pushFailed.rawValue, Take.source.text
    ) { walk.retries[$0.int64(0)] = $0.text(1) }
    try database.each("SELECT reset FROM outbox WHERE state = 'sent'") { row in
      walk.sent.insert(row.int64(0))
    }
    try countUndecided(walk)
    // Plans before the last one keep their numbers but not their updates.
    try database.run("DELETE FROM plan_updates")
    try database.run(
      """
      INSERT INTO plans(
        run, digest, made_at, dry_run, updates, fields, conflicts, held, withheld, verdicts)
      VALUES(?, '', ?, ?, 0, 0, 0, 0, 0, '[]')
      """, request.run, request.now.microseconds, request.isDryRun)
    walk.plan = database.lastInsertID
    return walk
  }

  private static let pending = "state IN ('open', 'in_flight', 'snoozed', 'lapsed')"

  /// Items that rails count and nobody has decided about, as they stand before the walk.
  ///
  /// One whose reset is in another situation, which comes first, is not counted.
  private func countUndecided(_ walk: WalkState) throws {
    let kinds = try database.all(
      """
      SELECT DISTINCT kind, severity FROM conflict_counts
      WHERE \(Self.pending) AND kind IN ('source_deleted', 'rekeyed') AND conflicts > 0
      """
    ) { (kind: $0.text(0), severity: $0.int(1)) }
    for (kind, severity) in kinds {
      guard let known = ConflictKind(rawValue: kind) else { continue }
      // The severity leads through the index of the states.
      try database.each(
        """
        SELECT c.mapping, count(*) FROM conflicts c
        JOIN resets r ON r.reset_id = c.reset_id
        JOIN links l ON l.reset = r.id AND l.state <> 'closed' AND l.situation = c.kind
        WHERE c.\(Self.pending) AND c.severity = ? AND c.kind = ? GROUP BY c.mapping
        """, severity, kind
      ) { row in
        walk.openBefore[row.text(0), default: [:]][known, default: 0] += row.int(1)
      }
    }
  }

  /// Takes the marks of a mapping off the books; what this run touches is marked anew behind it.
  func begin(_ scope: WalkScope, _ walk: WalkState) throws {
    let name = try mappingName(scope.mapping)
    if scope.keys == nil {
      walk.tally.walkedWhole.insert(name)
      if scope.mapping == 0 { try watchOrphans(walk) }
    }
    guard !walk.isDryRun else { return }
    try dropUnsent(scope)
    guard scope.clearsMarks else { return }
    try database.run("DELETE FROM marks WHERE mapping = ?", scope.mapping)
    try database.run(
      "UPDATE mappings SET walk_all = 0, marks = 0, reconciled_at = ? WHERE id = ?",
      walk.request.now.microseconds, scope.mapping)
    marking.walksAll[scope.mapping] = false
    marking.marks[scope.mapping] = 0
  }

  /// Updates that were never sent are planned anew from what stands now.
  private func dropUnsent(_ scope: WalkScope) throws {
    guard let keys = scope.keys else {
      try database.run(
        "DELETE FROM outbox WHERE state = 'pending' AND mapping = ?", scope.mapping)
      return
    }
    guard try database.integer("SELECT EXISTS(SELECT 1 FROM outbox WHERE state = 'pending')") == 1
    else { return }
    for key in keys {
      try database.run(
        "DELETE FROM outbox WHERE state = 'pending' AND mapping = ? AND origin = ? AND key = ?",
        key.mapping, key.origin, key.text)
    }
  }

  /// An update that the API refused is not planned again while it would write the same, unless a
  /// person wants it to be sent once more.
  func withdrawParked(
    _ assessment: inout ItemAssessment, _ loaded: LoadedGroup, _ walk: WalkState
  ) throws {
    guard !walk.parked.isEmpty || !walk.retries.isEmpty,
      case .reset(let id) = assessment.item, let row = loaded.members[id]?.row
    else { return }
    let retry = walk.retries[row]
    if let retry, let update = assessment.update {
      assessment.update = update.settling(retry)
      walk.retried.insert(retry)
    }
    guard let parked = walk.parked[row] else { return }
    if retry == nil, let update = assessment.update, UpdateText.intent(update) == parked.intent {
      assessment.update = nil
      return
    }
    walk.parked[row] = nil
    guard !walk.isDryRun else { return }
    try database.run(
      "UPDATE outbox SET state = 'dropped', settled_at = ? WHERE id = ?",
      walk.request.now.microseconds, parked.entry)
  }

  func finishedTally(_ walk: WalkState) throws -> Tally {
    for (mapping, pairs) in walk.plainPairs {
      walk.counts[.init(mapping: mapping, situation: .inSync), default: 0] += pairs
    }
    for (mapping, links) in walk.madeLinks {
      try database.run(
        """
        INSERT INTO link_counts(mapping, links) VALUES(?, ?)
        ON CONFLICT(mapping) DO UPDATE SET links = links + excluded.links
        """, mapping, links)
    }
    try database.each("SELECT mapping, links FROM link_counts") { row in
      walk.tally.linked[try mappingName(row.int64(0))] = row.int(1)
    }
    for (mapping, kinds) in walk.openBefore {
      for (kind, count) in kinds {
        let elsewhere = max(0, count - (walk.lookedAt[mapping]?[kind] ?? 0))
        if kind == .rekeyed {
          walk.tally.rekeyedElsewhere[mapping] = elsewhere
        } else {
          walk.tally.sourceDeletedElsewhere[mapping] = elsewhere
        }
      }
    }
    try tallyUnasked(walk)
    return walk.tally
  }

  /// Where a mapping asks nobody about a situation, its items themselves are what rails count.
  private func tallyUnasked(_ walk: WalkState) throws {
    for mapping in walk.request.book.mappings {
      if mapping.reactions[.sourceDeleted] != .conflict {
        walk.tally.sourceDeletedElsewhere[mapping.name] = try elsewhere(
          .sourceDeleted, mapping.name, walk)
      }
      if mapping.reactions[.rekeyed] != .conflict {
        walk.tally.rekeyedElsewhere[mapping.name] = try elsewhere(.rekeyed, mapping.name, walk)
      }
    }
  }

  /// Items in a situation that this walk did not look at.
  private func elsewhere(
    _ situation: Situation, _ mapping: String, _ walk: WalkState
  ) throws -> Int {
    let stored = try database.first(
      """
      SELECT m.id, coalesce(c.items, 0) FROM mappings m
      LEFT JOIN situation_counts c ON c.mapping = m.id AND c.situation = ?1 WHERE m.name = ?2
      """, situation.rawValue, mapping
    ) { (mapping: $0.int64(0), items: $0.int(1)) }
    guard let stored else { return 0 }
    let key = WalkState.Counted(mapping: stored.mapping, situation: situation)
    return max(0, stored.items + walk.counts[key, default: 0] - walk.counted[key, default: 0])
  }

  // MARK: Storing the result

  func finish(_ walk: WalkState, _ clearance: Clearance) throws -> ReconcileOutcome {
    let outcome = try finishPlanned(walk, clearance)
    guard !walk.isDryRun else { return outcome }
    try raiseDeletions(of: clearance.emptied, run: walk.request.run, at: walk.request.now)
    try storeCounts(walk)
    try noteWalk(walk, clearance.sending)
    return outcome
  }

  /// Stores the plan and fills the outbox.
  func finishPlanned(_ walk: WalkState, _ clearance: Clearance) throws -> ReconcileOutcome {
    let queued = walk.isDryRun ? 0 : try queue(walk, clearance.sending)
    let withheld = walk.planned - queued
    try database.run(
      """
      UPDATE plans SET digest = ?, updates = ?, fields = ?, conflicts = ?, held = ?, withheld = ?,
        verdicts = ? WHERE id = ?
      """, clearance.digest, walk.tally.updates, walk.tally.fields, walk.tally.conflicts,
      walk.tally.held, withheld, JSONValue.array(clearance.verdicts.map(\.json)).written(),
      walk.plan)
    return ReconcileOutcome(
      tally: walk.tally, clearance: clearance, situations: try situations(with: walk, mapping: nil),
      situationsByMapping: try situationsByMapping(with: walk),
      plan: walk.plan, queued: queued, withheld: withheld, opened: walk.opened,
      closed: walk.closed, lapsed: walk.lapsed)
  }

  /// Puts what may leave into the outbox; what may not is looked at again by the next run.
  private func queue(_ walk: WalkState, _ sending: Sending) throws -> Int {
    var passes: [Int64] = []
    switch sending {
    case .all: break
    case .none:
      try markPlanned(walk) { _ in false }
      return 0
    case .unless:
      try markPlanned(walk) { row in
        let isClear = sending.lets(try UpdateText.decode(row.text(1)))
        if isClear { passes.append(row.int64(0)) }
        return isClear
      }
    }
    try database.execute(
      "CREATE TEMP TABLE IF NOT EXISTS clear_updates(number INTEGER PRIMARY KEY)")
    try database.run("DELETE FROM clear_updates")
    for number in passes { try database.run("INSERT INTO clear_updates VALUES(?)", number) }
    let isWhole = if case .all = sending { true } else { false }
    return try database.run(
      """
      INSERT INTO outbox(run, reset, mapping, origin, key, state, payload, overruled, queued_at)
      SELECT ?1, reset, mapping, origin, key, 'pending', payload, overruled, ?2
      FROM plan_updates WHERE plan = ?3
        AND (?4 OR number IN (SELECT number FROM clear_updates))
      ORDER BY number
      -- An entry that is open already stays (`outbox_open`). To look for it in the query would have
      -- SQLite hold all rows in memory first.
      ON CONFLICT DO NOTHING
      """, walk.request.run, walk.request.now.microseconds, walk.plan, isWhole)
  }

  /// Notes by which rules each mapping was walked, and by which its plan was free to leave.
  private func noteWalk(_ walk: WalkState, _ sending: Sending) throws {
    guard walk.request.references == nil else { return }
    for name in walk.tally.walkedWhole {
      try database.run(
        "UPDATE mappings SET walked_digest = ? WHERE name = ?", walk.request.book.digest(of: name),
        name)
    }
    if walk.request.mappings == nil { try setFact("reconcile.round", "\(walk.round)") }
    try setFact("reconcile.at", "\(walk.request.now.microseconds)")
    for mapping in walk.request.book.mappings
    where walk.request.mappings?.contains(mapping.name) ?? true {
      guard try isFree(mapping.name, walk, sending), try sawBothSides(mapping.name),
        try exportsToRead(mapping).isEmpty
      else {
        continue
      }
      try database.run(
        "UPDATE mappings SET cleared_digest = ? WHERE id = ?", mapping.rulesDigest,
        try mappingID(mapping.name))
    }
  }

  /// Whether the plan was made from what both sides hold: before the first export, before the
  /// first pull, and before the first full pull since a restore, an empty plan says nothing.
  private func sawBothSides(_ name: String) throws -> Bool {
    let stored = try database.first(
      "SELECT cleared_digest, records FROM mappings WHERE name = ?", name
    ) { (cleared: $0.optionalText(0), records: $0.int(1)) }
    let isPulled = try fact(Self.fullPullFact) != nil
    switch stored?.cleared {
    case Self.restoredDigest: return isPulled
    case nil:
      let resets = try fact("resets.present").flatMap { Int($0) } ?? 0
      return stored?.records ?? 0 > 0 && (isPulled || resets > 0)
    default: return true
    }
  }

  /// Whether no update of a mapping was withheld.
  private func isFree(_ name: String, _ walk: WalkState, _ sending: Sending) throws -> Bool {
    switch sending {
    case .all: return true
    case .none: return false
    case .unless:
      var isFree = true
      try database.each(
        "SELECT payload FROM plan_updates WHERE plan = ? AND mapping = ?", walk.plan,
        try mappingID(name)
      ) { row in
        if isFree { isFree = sending.lets(try UpdateText.decode(row.text(0))) }
      }
      return isFree
    }
  }

  private func markPlanned(
    _ walk: WalkState, unless passes: (Statement) throws -> Bool
  ) throws {
    try database.each(
      "SELECT number, payload, mapping, origin, key FROM plan_updates WHERE plan = ?", walk.plan
    ) { row in
      guard try !passes(row) else { return }
      try mark(StoredKey(mapping: row.int64(2), origin: row.int64(3), text: row.text(4)))
    }
  }

  private func storeCounts(_ walk: WalkState) throws {
    for (counted, delta) in walk.counts where delta != 0 {
      try database.run(
        """
        INSERT INTO situation_counts(mapping, situation, items) VALUES(?, ?, ?)
        ON CONFLICT(mapping, situation) DO UPDATE SET items = items + excluded.items
        """, counted.mapping, counted.situation.rawValue, delta)
    }
    for (transition, items) in walk.transitions {
      try database.run(
        """
        INSERT INTO transitions(run, mapping, previous, situation, items) VALUES(?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET items = items + excluded.items
        """, walk.request.run, transition.mapping, transition.from.rawValue,
        transition.to.rawValue, items)
    }
  }

  /// Items by situation, zeros included; of one mapping or of all.
  public func situations(of mapping: String? = nil) throws -> [Situation: Int] {
    try read { try situations(with: nil, mapping: mapping) }
  }

  /// Items by mapping and situation as they are after a walk.
  private func situationsByMapping(
    with walk: WalkState
  ) throws -> [String: [Situation: Int]] {
    var items = try situationsByMapping()
    for (counted, delta) in walk.counts {
      items[try mappingName(counted.mapping), default: [:]][counted.situation, default: 0] += delta
    }
    return items
  }

  /// Items by situation as they would be after a walk that was not stored.
  func situations(with walk: WalkState?, mapping: String? = nil) throws -> [Situation: Int] {
    var items = Dictionary(uniqueKeysWithValues: Situation.allCases.map { ($0, 0) })
    try database.each(
      """
      SELECT c.situation, sum(c.items) FROM situation_counts c JOIN mappings m ON m.id = c.mapping
      WHERE ?1 IS NULL OR m.name = ?1 GROUP BY c.situation
      """, mapping
    ) { row in
      if let situation = Situation(rawValue: row.text(0)) { items[situation] = row.int(1) }
    }
    for (counted, delta) in walk?.counts ?? [:] { items[counted.situation, default: 0] += delta }
    return items
  }
}
