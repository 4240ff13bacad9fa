public import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
  /// Conflicts, the most urgent first, among equals the oldest first; all, or those behind `last`.
  public func conflicts(
    _ filter: ConflictFilter = .open, after last: Conflict? = nil, limit: Int = 100,
    offset: Int = 0
  ) throws -> [Conflict] {
    let (clause, values) = filter.clause
    let (behind, place): (String, [any Bindable]) =
      last.map { last in
        let (severity, seen) = (last.severity.stored, last.firstSeen.microseconds)
        return (
          """
           AND severity <= ? AND (severity < ? OR first_seen > ? OR first_seen = ?
             AND number > (SELECT number FROM conflicts WHERE id = ?))
          """, [severity, severity, seen, seen, last.id]
        )
      } ?? ("", [])
    return try read {
      try database.with(
        """
        \(Self.conflictColumns) WHERE \(clause)\(behind)
        ORDER BY severity DESC, first_seen, number LIMIT ? OFFSET ?
        """, values + place + [limit, offset]
      ) { row in
        var conflicts: [Conflict] = []
        while try row.step() { conflicts.append(try Self.conflict(row)) }
        return conflicts
      }
    }
  }

  /// A page of the conflicts that pass a filter, and how many there are; with `limit` 0 only that.
  ///
  /// What has to be searched is searched once.
  public func conflictPage(
    _ filter: ConflictFilter, limit: Int, offset: Int = 0
  ) throws -> (conflicts: [Conflict], total: Int) {
    guard let text = filter.text, !text.isEmpty else {
      return try read {
        let page = limit > 0 ? try conflicts(filter, limit: limit, offset: offset) : []
        return (page, try conflictCount(filter))
      }
    }
    var rest = filter
    rest.text = nil
    let (clause, values) = rest.clause
    return try read {
      let matches = try numbers(withText: text)
      // A few are looked up; many are picked out of the queue, which an index has in its order.
      let isFew = matches.count <= Self.fewMatchesMax
      var isMatch = [Bool](repeating: false, count: isFew ? 0 : Int(matches.last ?? 0) + 1)
      if !isFew { for number in matches { isMatch[Int(number)] = true } }
      let table = isFew ? "json_each(?) m CROSS JOIN conflicts ON number = m.value" : "conflicts"
      let list: [any Bindable] =
        isFew ? ["[\(matches.map(String.init).joined(separator: ","))]"] : []
      var (numbers, total): ([Int64], Int) = ([], 0)
      try database.with(
        """
        SELECT number FROM \(table) WHERE \(clause) ORDER BY severity DESC, first_seen, number
        """, list + values
      ) { row in
        while try row.step() {
          let number = row.int64(0)
          guard isFew || (number < isMatch.count && isMatch[Int(number)]) else { continue }
          if total >= offset, total - offset < limit { numbers.append(number) }
          total += 1
        }
      }
      let found = try numbers.compactMap { number in
        try database.first("\(Self.conflictColumns) WHERE number = ?", number, row: Self.conflict)
      }
      return (found, total)
    }
  }

  /// Matches of a text that are looked up one by one; more are picked out of all.
  private static let fewMatchesMax = 2_000

  /// The conflicts with a text in what is searched, in the order of their numbers.
  private func numbers(withText text: String) throws -> [Int64] {
    try database.all(
      "SELECT number FROM conflict_texts WHERE instr(text, lower(?)) > 0 ORDER BY number", text
    ) { $0.int64(0) }
  }

  /// The open conflicts that were opened after a time: their number, and the ids of the first.
  public func opened(since: Timestamp, limit: Int) throws -> (ids: [String], count: Int) {
    try read {
      var (ids, count): ([String], Int) = ([], 0)
      try database.each(
        """
        SELECT id FROM conflicts WHERE state = 'open' AND coalesce(opened_at, first_seen) > ?
        ORDER BY severity DESC, first_seen, number
        """, since.microseconds
      ) { row in
        if count < limit { ids.append(row.text(0)) }
        count += 1
      }
      return (ids, count)
    }
  }

  private func conflictCount(_ filter: ConflictFilter) throws -> Int {
    if filter.isCounted { return try countedConflicts(filter) }
    let (clause, values) = filter.clause
    return try read {
      try database.with("SELECT count(*) FROM conflicts WHERE \(clause)", values) { row in
        try row.step() ? row.int(0) : 0
      }
    }
  }

  /// Of a filter by what is counted at each change: nothing is counted now.
  private func countedConflicts(_ filter: ConflictFilter) throws -> Int {
    let (clause, values) = filter.clause
    return try read {
      try database.with(
        "SELECT coalesce(sum(conflicts), 0) FROM conflict_counts WHERE \(clause)", values
      ) { row in try row.step() ? row.int(0) : 0 }
    }
  }

  /// One conflict by its id, or by the start of it; throws `MirrorError.notFound`.
  public func conflict(id: String) throws -> Conflict {
    try read {
      let found = try database.all(
        "\(Self.conflictColumns) WHERE id >= ?1 AND id < ?1 || x'7f' ORDER BY id LIMIT 2", id,
        row: Self.conflict)
      guard let first = found.first else {
        throw MirrorError(
          .notFound, "there is no conflict \(id)", hint: "see `resetsync conflicts`")
      }
      guard found.count == 1 || first.id == id else {
        throw MirrorError(.refused, "several conflicts begin with \(id)", hint: "type more of it")
      }
      return first
    }
  }

  /// The history of a conflict, oldest first.
  public func history(ofConflict id: String) throws -> [ConflictStep] {
    try read {
      try database.all(
        """
        SELECT e.time, e.run, e.kind, e.state, e.previous_state, e.by, e.reason, e.decision,
          e.base, e.source, e.remote
        FROM conflict_events e JOIN conflicts c ON c.number = e.conflict
        WHERE c.id = ? ORDER BY e.id
        """, id
      ) { row in
        ConflictStep(
          time: Timestamp(row.int64(0)), run: row.optionalText(1), kind: row.text(2),
          state: row.text(3), previousState: row.text(4), by: row.optionalText(5),
          reason: row.optionalText(6), decision: row.optionalText(7),
          base: try ConflictText.base(row.optionalText(8), of: id),
          source: try ConflictText.value(row.optionalText(9), of: id),
          remote: try ConflictText.value(row.optionalText(10), of: id))
      }
    }
  }

  /// Numbers of open conflicts by severity, kind and mapping ("" for none); kept up to date, never
  /// counted.
  public func openConflicts() throws -> [OpenConflicts] {
    try read {
      try database.all(
        """
        SELECT severity, kind, mapping, conflicts FROM conflict_counts
        WHERE state = 'open' AND conflicts > 0 ORDER BY severity DESC, kind, mapping
        """
      ) { row in
        OpenConflicts(
          severity: try Severity(stored: row.int(0), in: "conflict_counts", "that is open"),
          kind: try Stored.word(row.text(1), in: "conflict_counts", "of a kind"),
          mapping: row.text(2), count: row.int(3))
      }
    }
  }

  /// Open conflicts by severity and age.
  public func openConflictAges(at now: Timestamp) throws -> [Severity: [AgeBucket: Int]] {
    try read {
      var ages: [Severity: [AgeBucket: Int]] = [:]
      // Grouped by hour: ages are told in days, and few rows leave the database.
      try database.each(
        """
        SELECT severity, (?1 - first_seen) / 3600000000, count(*) FROM conflicts
        WHERE state = 'open' GROUP BY 1, 2
        """, now.microseconds
      ) { row in
        let seconds = Double(row.int64(1)) * 3_600 + 1
        let bucket = AgeBucket(firstSeen: now.adding(seconds: -seconds), now: now)
        let severity = try Severity(stored: row.int(0), in: "conflicts", "that is open")
        ages[severity, default: [:]][bucket, default: 0] += row.int(2)
      }
      return ages
    }
  }

  static let conflictColumns = """
    SELECT id, kind, severity, state, substate, mapping, reference, reference_origin, reset_id,
      field, base, source, remote, detail, facts, first_seen, opened_at, last_seen, occurrences,
      due, assignee, snoozed_until, decision, decided_by, decided_at, decision_reason,
      decided_facts, previous_decision, changed_by, closed_at, seen_round,
      (SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'reconcile.round'),
      (SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'reconcile.at') FROM conflicts
    """

  static func conflict(_ row: Statement) throws -> Conflict {
    func time(_ column: Int) -> Timestamp? { row.optionalInt64(column).map { Timestamp($0) } }
    let decision = row.optionalText(22).map {
      Conflict.Decision(
        take: $0, by: row.optionalText(23), at: time(24), reason: row.optionalText(25),
        facts: row.optionalText(26))
    }
    // Runs look only at what changed: a pending conflict that no run touched was there in all of
    // them.
    let id = row.text(0)
    let state: ConflictState = try Stored.word(row.text(3), in: "conflicts", id)
    let isThere = state.isPending || state == .decided
    let unseen = isThere ? max(0, row.int(31) - row.int(30)) : 0
    let substate: OpenSubstate? = try Stored.word(
      row.text(4).isEmpty ? nil : row.text(4), in: "conflicts", id)
    return Conflict(
      id: id, kind: try Stored.word(row.text(1), in: "conflicts", id),
      severity: try Severity(stored: row.int(2), in: "conflicts", id), state: state,
      substate: substate == .new && unseen > 0 ? .ongoing : substate, mapping: row.optionalText(5),
      reference: row.optionalText(6), referenceOrigin: row.optionalText(7),
      resetID: row.optionalText(8), field: row.optionalText(9),
      base: try ConflictText.base(row.optionalText(10), of: id),
      source: try ConflictText.value(row.optionalText(11), of: id),
      remote: try ConflictText.value(row.optionalText(12), of: id), detail: row.optionalText(13),
      facts: row.text(14), firstSeen: Timestamp(row.int64(15)), openedAt: time(16),
      lastSeen: Timestamp(unseen > 0 ? max(row.int64(17), row.int64(32)) : row.int64(17)),
      occurrences: row.int(18) + unseen, due: time(19),
      assignee: row.optionalText(20), snoozedUntil: time(21), decision: decision,
      previousDecision: try row.optionalText(27).map { try Self.decision($0, of: id) },
      changedBy: row.optionalText(28).flatMap { $0.isEmpty ? nil : $0 },
      closedAt: time(29))
  }

  private static func decision(_ text: String, of conflict: String) throws -> Conflict.Decision {
    guard let json = try? JSONValue(parsing: text), let take = json["decision"]?.text else {
      throw Stored.unreadable(in: "conflicts", conflict)
    }
    return Conflict.Decision(
      take: take, by: json["by"]?.text,
      at: json["at"]?.int.map { Timestamp(microseconds: Int64($0)) }, reason: json["reason"]?.text,
      facts: json["facts"]?.text)
  }
}

extension ConflictFilter {
  /// Whether it asks for nothing but what conflicts are counted by.
  fileprivate var isCounted: Bool {
    var rest = self
    (rest.states, rest.kinds, rest.severities, rest.mapping) = (nil, nil, nil, nil)
    if rest.text == "" { rest.text = nil }
    return rest == ConflictFilter()
  }

  /// The WHERE clause and its values.
  var clause: (String, [any Bindable]) {
    var clauses: [String] = ["1"]
    var values: [any Bindable] = []
    func among(_ column: String, _ list: [any Bindable]?) {
      guard let list else { return }
      clauses.append("\(column) IN (\(list.map { _ in "?" }.joined(separator: ", ")))")
      values += list
    }
    func equals(_ column: String, _ value: (any Bindable)?) {
      guard let value else { return }
      clauses.append("\(column) = ?")
      values.append(value)
    }
    // A reference or a reset finds a handful; the index of the queue would read all that are open.
    let isNarrow = reference != nil || resetID != nil
    among(isNarrow ? "+state" : "state", states?.map(\.rawValue).sorted())
    among("kind", kinds?.map(\.rawValue).sorted())
    among("severity", severities?.map(\.stored).sorted())
    equals("mapping", mapping)
    equals("field", field)
    equals("reference", reference)
    equals("reset_id", resetID)
    if let firstSeenBefore {
      clauses.append("first_seen < ?")
      values.append(firstSeenBefore.microseconds)
    }
    if let firstSeenSince {
      clauses.append("first_seen >= ?")
      values.append(firstSeenSince.microseconds)
    }
    if let openedAfter {
      clauses.append("coalesce(opened_at, first_seen) > ?")
      values.append(openedAfter.microseconds)
    }
    if let openedUntil {
      clauses.append("coalesce(opened_at, first_seen) <= ?")
      values.append(openedUntil.microseconds)
    }
    if let openAt {
      clauses.append(
        """
        (SELECT e.state FROM conflict_events e WHERE e.conflict = conflicts.number AND e.time <= ?
         ORDER BY e.id DESC LIMIT 1) = 'open'
        """)
      values.append(openAt.microseconds)
    }
    if assignee == "" { clauses.append("assignee IS NULL") } else { equals("assignee", assignee) }
    if let text, !text.isEmpty {
      clauses.append(
        "number IN (SELECT number FROM conflict_texts WHERE instr(text, lower(?)) > 0)")
      values.append(text)
    }
    return (clauses.joined(separator: " AND "), values)
  }
}
