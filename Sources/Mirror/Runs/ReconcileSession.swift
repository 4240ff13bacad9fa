public import Formats
public import Reconciliation
internal import SQLite

/// What one reconcile knows of the time before it, read once.
public struct RunSnapshot: Sendable {
  /// The run.
  public let sighting: Sighting
  /// The updates that the API refused.
  public let refused: RefusedUpdates
  /// Their entries of the outbox, by reset.
  let refusedEntries: [String: Int64]
  /// The rows of their resets.
  let refusedRows: Set<Int64>
  /// Undecided items of the situations that rails count.
  public let undecided: [CountedSituation: Int]
  /// Items by mapping and situation, without zeros.
  public let items: [String: [Situation: Int]]
  /// Whether any key is to be looked at again at a time.
  let hasDue: Bool
}

/// The open transaction of one reconcile: what it reads, and the stores that it writes through.
///
/// The state that the run started from is read over a connection of its own, so that the order of
/// the keys decides nothing. Whoever opened the session must `commit` or `rollBack`, and use it on
/// the mirror's thread; only a `GroupScan` may be lent to another.
public final class ReconcileSession {
  /// Which keys are looked at, by which rules, and whether anything is kept.
  public let request: ReconcileRequest
  /// What is known of the time before.
  public let before: RunSnapshot
  /// The links between records and resets, with their bases.
  public let links: LinkStore
  /// The situations of items.
  public let situations: SituationStore
  /// The conflicts with their history.
  public let conflicts: ConflictStore
  /// The plan and the outbox.
  public let plan: PlanStore
  /// Resets that wait for a record.
  public let waiting: WaitingCandidates
  private let file: MirrorDatabase
  private let reader: GroupReader
  private var database: Connection { file.database }

  init(_ request: ReconcileRequest, _ file: MirrorDatabase) throws {
    self.request = request
    self.file = file
    // The writer's lock is held, so this snapshot is the state that the writer starts from.
    let connection = try Connection(path: file.path, options: Mirror.options(.readOnly))
    try connection.begin(.deferred)
    reader = try GroupReader(connection, hasher: try file.activeHasher())
    before = try Self.snapshot(request, file)
    links = try LinkStore(file.database, before.sighting)
    situations = try SituationStore(file)
    conflicts = ConflictStore(file: file)
    waiting = try WaitingCandidates(file, request.book, emails: reader.emails)
    plan = try PlanStore(file, before.sighting, isDryRun: request.isDryRun)
  }

  private static func snapshot(
    _ request: ReconcileRequest, _ file: MirrorDatabase
  ) throws -> RunSnapshot {
    let database = file.database
    var (intents, entries) = ([String: String](), [String: Int64]())
    var (rows, retries) = (Set<Int64>(), [String: String]())
    try database.each("SELECT reset, id, payload FROM outbox WHERE state = 'parked'") { row in
      let update = try UpdateText.decode(row.text(2))
      rows.insert(row.int64(0))
      entries[update.resetID] = row.int64(1)
      intents[update.resetID] = update.intent
    }
    try database.each(
      """
      SELECT c.reset_id, c.id FROM conflicts c JOIN resets r ON r.reset_id = c.reset_id
      WHERE c.state = 'decided' AND c.kind = ? AND c.decision = ?
      """, ConflictKind.pushFailed.rawValue, Resolution.source.text
    ) { retries[$0.text(0)] = $0.text(1) }
    let round = (try file.fact("reconcile.round").flatMap { Int($0) } ?? 0) + 1
    return RunSnapshot(
      sighting: Sighting(run: request.run, now: request.now, round: round),
      refused: RefusedUpdates(intents: intents, retries: retries), refusedEntries: entries,
      refusedRows: rows, undecided: try ConflictStore(file: file).undecided(),
      items: try file.situationsByMapping(),
      hasDue: try database.integer("SELECT EXISTS(SELECT 1 FROM due)") == 1)
  }

  /// Commits the transaction: everything of the run is kept together.
  public func commit() throws {
    // First, so that the log can be written back up to here.
    try reader.database.commit()
    try file.commit()
  }

  /// Undoes everything; returns the error as the mirror tells it.
  public func rollBack(after error: any Error) -> any Error { file.rollBack(after: error) }

  // MARK: Reading groups

  /// One group as it stood before the run, without its candidates.
  public func load(_ key: StoredKey) throws -> LoadedGroup { try reader.load(key) }

  /// All keys of a mapping; the session's own reads are over when another thread has it.
  public func scan(_ mapping: Int64) throws -> GroupScan {
    try GroupScan(reader, mapping, request.book, refused: before.refusedRows)
  }

  /// To be called where no scan takes the connection that reads the state before.
  public func keepReader() { waiting.readBefore(over: reader.database) }

  // MARK: Keys

  /// A mapping as a reconcile looks at it.
  public struct MappingRow {
    /// Its number; 0 stands for no mapping.
    public let id: Int64
    /// Its name; "" for none.
    public let name: String
    /// By which rules it was looked at as a whole; nil before the first time.
    public let rules: String?
  }

  /// The mappings, that of no mapping last.
  public func mappings() throws -> [MappingRow] {
    try database.all("SELECT id, name, walked_digest FROM mappings ORDER BY id = 0, id") {
      MappingRow(id: $0.int64(0), name: $0.text(1), rules: $0.optionalText(2))
    }
  }

  /// Whether all keys of a mapping are to be looked at.
  public func isWholeDue(_ mapping: Int64) throws -> Bool { try file.walksAll(mapping) }

  /// The key as the tables have it.
  public func key(_ mapping: String, _ key: Key) throws -> StoredKey {
    StoredKey(
      mapping: try file.mappingID(mapping), origin: try file.originID(key.origin),
      text: key.reference)
  }

  /// The groups that a reference (raw or normal) or a reset id belongs to.
  public func keys(named name: String) throws -> [StoredKey] { try file.keys(named: name) }

  /// Single dirty keys per mapping; beyond, all of its keys are looked at.
  public static let dirtyKeysMax = MirrorDatabase.dirtyKeysMax

  /// Marks the keys that are assessed by what stands at another one which is to be looked at.
  ///
  /// A reset that carries another key than its link is assessed with the link, but by the key it
  /// carries; resets that wait for the records at a key, by who has come to it or left it.
  public func markDependents() throws {
    if waiting.isAny {
      let keys = try database.all(Self.dirtyKeys, request.now.microseconds) {
        StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2))
      }
      for key in keys { try waiting.markWaiting(at: key) }
    }
    let keys = try database.all(
      """
      SELECT DISTINCT l.mapping, l.origin, l.key FROM (\(Self.dirtyKeys)) k
      CROSS JOIN resets r ON r.mapping = k.mapping AND r.origin = k.origin AND r.key = k.key
      CROSS JOIN links l ON l.reset = r.id AND l.state <> 'closed'
      WHERE l.mapping <> r.mapping OR l.origin <> r.origin OR l.key <> r.key
      """, request.now.microseconds
    ) { StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2)) }
    for key in keys { try file.mark(key) }
  }

  private static let dirtyKeys = """
    SELECT mapping, origin, key FROM marks
    UNION SELECT mapping, origin, key FROM due WHERE at <= ?
    UNION SELECT mapping, origin, key FROM outbox WHERE state = 'pending'
    """

  /// Marked keys, keys whose time has come, and keys with an update that was never sent.
  public func dirtyKeys(of mapping: Int64) throws -> [StoredKey] {
    try database.all(
      """
      SELECT origin, key FROM marks WHERE mapping = ?1
      UNION SELECT origin, key FROM due WHERE mapping = ?1 AND at <= ?2
      UNION SELECT origin, key FROM outbox WHERE mapping = ?1 AND state = 'pending'
      ORDER BY 1, 2
      """, mapping, request.now.microseconds
    ) { StoredKey(mapping: mapping, origin: $0.int64(0), text: $0.text(1)) }
  }

  /// Has the next run look at a key.
  public func mark(_ key: StoredKey) throws { try file.mark(key) }

  /// Takes the dirty keys of a mapping off the books: this run looks at them.
  public func clearDirtyKeys(of mapping: Int64) throws {
    try file.clearDirtyKeys(mapping, at: request.now)
  }

  /// Has the key looked at again at a time; nil for none.
  public func setDue(_ key: StoredKey, at time: Timestamp?) throws {
    guard time != nil || before.hasDue else { return }
    try file.setDue(key, at: time)
  }

  /// Drops the refused update of a reset.
  public func dropRefused(_ resetID: String) throws {
    guard let entry = before.refusedEntries[resetID] else { return }
    try plan.drop(refused: entry)
  }

  /// Keeps what tripped rails measured that count what is new.
  public func keepHeld(_ verdicts: [RailVerdict]) throws { try file.keepHeld(verdicts) }

  // MARK: Journal and counts

  /// Adds an entry to the journal.
  public func journal(_ entry: JournalEntry) throws {
    try file.append(entry, run: request.run, at: request.now)
  }

  /// Links that are not closed, by mapping.
  public func linkCounts() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    try database.each("SELECT mapping, links FROM link_counts") { row in
      counts[try file.mappingName(row.int64(0))] = row.int(1)
    }
    return counts
  }
}

extension MirrorDatabase {
  func situationsByMapping() throws -> [String: [Situation: Int]] {
    var items: [String: [Situation: Int]] = [:]
    try database.each(
      """
      SELECT m.name, c.situation, c.items FROM situation_counts c
      JOIN mappings m ON m.id = c.mapping
      """
    ) { row in
      let situation: Situation = try Stored.word(row.text(1), in: "situation_counts", row.text(0))
      items[row.text(0), default: [:]][situation, default: 0] += row.int(2)
    }
    return items
  }

  /// The groups that a reference (raw or normal) or a reset id belongs to.
  func keys(named name: String) throws -> [StoredKey] {
    let own = try database.all(
      """
      SELECT mapping, origin, key FROM resets WHERE reset_id = ?1 OR reference = ?1 OR key = ?1
      UNION SELECT mapping, origin, key FROM records WHERE key = ?1 OR raw_reference = ?1
      UNION SELECT mapping, origin, key FROM links WHERE key = ?1 AND state <> 'closed'
      UNION SELECT l.mapping, l.origin, l.key FROM resets r JOIN links l ON l.reset = r.id
        WHERE l.state <> 'closed' AND (r.reset_id = ?1 OR r.reference = ?1 OR r.key = ?1)
      ORDER BY 1, 2, 3
      """, name
    ) { StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2)) }
    return own
  }
}

extension Mirror {
  func keys(named name: String) throws -> [StoredKey] { try file.keys(named: name) }

  /// Begins a reconcile: one transaction until its session is committed or rolled back.
  ///
  /// Throws `MirrorError`, and leaves no transaction open then.
  public func beginReconcile(_ request: ReconcileRequest) throws -> ReconcileSession {
    try file.begin()
    do {
      return try ReconcileSession(request, file)
    } catch {
      throw file.rollBack(after: error)
    }
  }

  /// Notes by which rules each mapping was looked at, and by which its plan was free to leave.
  ///
  /// - Parameters:
  ///   - session: the open reconcile
  ///   - whole: the mappings of which every key was looked at
  ///   - sending: what of the plan may leave
  public func noteRules(
    _ session: ReconcileSession, whole: Set<String>, _ sending: Sending
  ) throws {
    let request = session.request
    guard request.references == nil else { return }
    for name in whole {
      try database.run(
        "UPDATE mappings SET walked_digest = ? WHERE name = ?", request.book.digest(of: name), name)
    }
    if request.mappings == nil {
      try setFact("reconcile.round", "\(session.before.sighting.round)")
    }
    try setFact("reconcile.at", "\(request.now.microseconds)")
    for mapping in request.book.mappings
    where request.mappings?.contains(mapping.name) ?? true {
      guard try session.plan.isFree(mapping.name, sending), try sawBothSides(mapping.name),
        try exportsToRead(mapping).isEmpty
      else { continue }
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
}

extension RuleBook {
  /// What the assessment of a mapping depends on: its rules, or those of all mappings for resets
  /// of none.
  public func digest(of mapping: String) -> String? {
    guard mapping.isEmpty else { return self.mapping(mapping)?.rulesDigest }
    return SHA256.hex(of: mappings.map(\.rulesDigest).joined(separator: "\n"))
  }
}
