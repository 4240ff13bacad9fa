internal import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
  /// RECONCILE, CLEAR and RECORD in one transaction.
  ///
  /// Walks the keys that changed since the last run (or all of a mapping that asks for it) over one
  /// snapshot, assesses each group, has `check` observe it, and asks the rails at the end what may
  /// be sent. Where all keys are walked, groups are assessed on another thread too, and pairs that
  /// are plainly in sync (`PlainPairs`) not at all. Links, bases,
  /// situations, conflicts, transitions, plan and outbox are stored together; a dry run stores the
  /// plan and nothing else.
  ///
  /// An update that the API refused and that would write the same again is taken out of the
  /// assessment before `check` sees it: it stays parked until its values change or a person
  /// decides to send it once more.
  public func reconcile(
    _ request: ReconcileRequest, check: RailCheck = RailCheck(), rails: Rails
  ) throws -> ReconcileOutcome {
    let (book, now) = (request.book, request.now)
    let assess: @Sendable (KeyGroup) -> [ItemAssessment] = { group in
      Reconciliation.assess(group, rules: book, at: now)
    }
    return try write {
      var check = check
      let connection = try Connection(path: path, options: Self.options(.readOnly))
      // The writer's lock is held, so this snapshot is the state that the writer starts from.
      return try connection.transaction(.deferred) {
        let reader = try GroupReader(connection, hasher: try activeHasher())
        let walk = try beginWalk(request)
        walk.emails = reader.emails
        let scopes = try scopes(walk)
        // A walk over all keys lends the connection to another thread.
        if scopes.allSatisfy({ $0.keys != nil }) { walk.before = connection }
        // All begin before the first is walked: what one of them marks for another stays marked.
        for scope in scopes { try begin(scope, walk) }
        for scope in scopes {
          try each(scope, reader, walk, assess) { item, bases in
            switch item {
            case .plain(let pair): try apply(pair, bases, walk)
            case .group(var group, let assessed):
              try addCandidates(to: &group, walk)
              // A linked reset is assessed in the group of its link and nowhere else.
              var assessments = (assessed ?? assess(group.group)).filter { group.owns($0.item) }
              for index in assessments.indices {
                try withdrawParked(&assessments[index], group, walk)
                check.observe(assessments[index])
              }
              try apply(assessments, to: group, walk)
            }
          }
        }
        try walk.plainLinks.finish()
        try settleVanished(walk)
        return try finish(walk, clear(check.plan(try finishedTally(walk)), by: rails))
      }
    }
  }

  private func each(
    _ scope: WalkScope, _ reader: GroupReader, _ walk: WalkState,
    _ assess: @escaping @Sendable (KeyGroup) -> [ItemAssessment],
    _ body: (WalkItem, [UInt8]) throws -> Void
  ) throws {
    if let keys = scope.keys {
      for key in keys { try body(.group(reader.load(key), nil), []) }
      return
    }
    let whole = try WholeWalk(
      reader, scope.mapping, walk.request.book, parked: Set(walk.parked.keys))
    let correlating = walk.request.book.mappings.contains { !$0.correlate.isEmpty }
    // Only that thread uses the walk and its connection until it has finished.
    nonisolated(unsafe) let lent = whole
    let read = ReadAhead<WalkBatch> { put in unsafe try lent.batches(put) }
    defer { read.finish() }
    let assessed = ReadAhead<WalkBatch> { put in
      while var batch = try read.next() {
        batch.assess(correlating: correlating, assess)
        try put(batch)
      }
    }
    defer { assessed.finish() }
    while let batch = try assessed.next() {
      for item in batch.items { try body(item, batch.bases) }
    }
  }

  /// One mapping's part of a walk: all its keys, or these.
  struct WalkScope {
    let mapping: Int64
    /// nil: all keys.
    let keys: [StoredKey]?
    /// Whether the marks of the mapping are done with afterwards.
    let clearsMarks: Bool
  }

  private func scopes(_ walk: WalkState) throws -> [WalkScope] {
    let request = walk.request
    let mappings = try database.all("SELECT id, name FROM mappings ORDER BY id = 0, id") {
      (id: $0.int64(0), name: $0.text(1))
    }.filter { request.mappings?.contains($0.name) ?? true }
    if let references = request.references {
      let named = Set(try references.flatMap(keys(named:)))
      let keys = named.sorted { ($0.origin, $0.text) < ($1.origin, $1.text) }
      return mappings.map { mapping in
        WalkScope(
          mapping: mapping.id, keys: keys.filter { $0.mapping == mapping.id }, clearsMarks: false)
      }
    }
    try markDependents(walk)
    return try mappings.map { mapping in
      let walked = try database.first(
        "SELECT walked_digest FROM mappings WHERE id = ?", mapping.id
      ) { $0.optionalText(0) }
      let isSame = walked == .some(request.book.digest(of: mapping.name))
      let all = try request.walksAll || !isSame || walksAll(mapping.id)
      let due = try all ? nil : dueKeys(mapping.id, request)
      let isWhole = due.map { $0.count > Self.marksMax } ?? true
      return WalkScope(mapping: mapping.id, keys: isWhole ? nil : due, clearsMarks: true)
    }
  }

  /// Marks the keys that are assessed by what stands at another one which is to be looked at.
  ///
  /// A reset that carries another key than its link is assessed with the link, but by the key it
  /// carries; resets that wait for the records at a key, by who has come to it or left it.
  private func markDependents(_ walk: WalkState) throws {
    if walk.hasWatched {
      let keys = try database.all(Self.keysToWalk, walk.request.now.microseconds) {
        StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2))
      }
      for key in keys { try wakeWatchers(at: key, walk) }
    }
    let keys = try database.all(
      """
      SELECT DISTINCT l.mapping, l.origin, l.key FROM (\(Self.keysToWalk)) k
      CROSS JOIN resets r ON r.mapping = k.mapping AND r.origin = k.origin AND r.key = k.key
      CROSS JOIN links l ON l.reset = r.id AND l.state <> 'closed'
      WHERE l.mapping <> r.mapping OR l.origin <> r.origin OR l.key <> r.key
      """, walk.request.now.microseconds
    ) { StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2)) }
    for key in keys { try mark(key) }
  }

  private static let keysToWalk = """
    SELECT mapping, origin, key FROM marks
    UNION SELECT mapping, origin, key FROM due WHERE at <= ?
    UNION SELECT mapping, origin, key FROM outbox WHERE state = 'pending'
    """

  /// Marked keys, keys whose time has come, and keys with an update that was never sent.
  private func dueKeys(_ mapping: Int64, _ request: ReconcileRequest) throws -> [StoredKey] {
    try database.all(
      """
      SELECT origin, key FROM marks WHERE mapping = ?1
      UNION SELECT origin, key FROM due WHERE mapping = ?1 AND at <= ?2
      UNION SELECT origin, key FROM outbox WHERE mapping = ?1 AND state = 'pending'
      ORDER BY 1, 2
      """, mapping, request.now.microseconds
    ) { StoredKey(mapping: mapping, origin: $0.int64(0), text: $0.text(1)) }
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

extension RuleBook {
  /// What the walk over a mapping depends on: its rules, or for resets of no mapping those of all.
  func digest(of mapping: String) -> String? {
    guard mapping.isEmpty else { return self.mapping(mapping)?.rulesDigest }
    return SHA256.hex(of: mappings.map(\.rulesDigest).joined(separator: "\n"))
  }
}
