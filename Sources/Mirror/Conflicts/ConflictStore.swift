public import Formats
public import Reconciliation
internal import SQLite

/// How values of conflicts are spelled in their columns.
enum ConflictText {
  static func value(_ value: FieldValue?) -> String? { value?.boxed.written() }

  static func value(
    _ text: String?, of row: some CustomStringConvertible
  ) throws -> FieldValue? {
    guard let text else { return nil }
    guard let json = try? JSONValue(parsing: text) else {
      throw Stored.unreadable(in: "conflicts", row)
    }
    return UpdateText.unboxed(json)
  }

  static func base(_ pair: BasePair) -> String? {
    pair == .none ? nil : Base(["b": pair]).encoded()
  }

  static func base(_ text: String?, of row: some CustomStringConvertible) throws -> BasePair {
    guard let text else { return .none }
    guard let base = try? Base(decoding: text) else {
      throw Stored.unreadable(in: "conflicts", row)
    }
    return base["b"]
  }
}

/// One line of a conflict's history, as it is about to be written.
struct ConflictNote {
  var number: Int64
  var kind: String
  var state: String
  var previous: String
  var run: String?
  var at: Timestamp
  var by: String?
  var reason: String?
  var decision: String?
  var values: ConflictFinding?
}

/// How many conflicts opened, closed and lapsed with one step of their lives.
public struct ConflictMoves: Sendable, Hashable {
  /// Conflicts that opened, those included that opened again.
  public var opened = 0
  /// Conflicts that closed, by a decision or by themselves.
  public var closed = 0
  /// Decisions that lapsed, since a side moved after them.
  public var lapsed = 0
  /// Whether anything changed at all.
  public var isAny = false

  /// None.
  public init() {}

  /// Adds those of another step.
  public static func += (sum: inout ConflictMoves, moves: ConflictMoves) {
    sum.opened += moves.opened
    sum.closed += moves.closed
    sum.lapsed += moves.lapsed
    sum.isAny = sum.isAny || moves.isAny
  }

  mutating func add(_ life: ConflictLife, after previous: ConflictState) {
    isAny = true
    if life.state == .open, previous != .open { opened += 1 }
    if life.state == .lapsed { lapsed += 1 }
    let isOver = life.state == .closed || life.state == .autoClosed
    if isOver, previous != .closed, previous != .autoClosed { closed += 1 }
  }
}

/// When a run sees a conflict.
public struct Sighting: Sendable {
  /// The run.
  public let run: String
  /// The time of the run.
  public let now: Timestamp
  /// The number of its reconcile among all complete ones.
  public let round: Int
}

/// The conflicts and their history.
public struct ConflictStore {
  let file: MirrorDatabase
  private var database: Connection { file.database }

  init(file: MirrorDatabase) { self.file = file }

  /// Leads a conflict through the states that an event calls for, each with its line of history.
  ///
  /// Nothing happens if the event isn't possible or changes nothing.
  @discardableResult
  func transition(
    _ conflict: inout StoredConflict, _ event: ConflictEvent, run: String?, at now: Timestamp,
    finding: ConflictFinding? = nil, by: String? = nil, reason: String? = nil,
    decision: String? = nil
  ) throws -> ConflictMoves {
    var moves = ConflictMoves()
    guard let lives = conflict.life.after(event), !lives.isEmpty else { return moves }
    for life in lives {
      let previous = conflict.state
      conflict.state = life.state
      conflict.substate = life.substate
      moves.add(life, after: previous)
      try note(
        ConflictNote(
          number: conflict.number, kind: event.name, state: life.state.rawValue,
          previous: previous.rawValue, run: run, at: now, by: by, reason: reason,
          decision: decision ?? conflict.decision?.text, values: finding))
    }
    try store(conflict, at: now)
    return moves
  }

  private func store(_ conflict: StoredConflict, at now: Timestamp) throws {
    let isOver = conflict.state == .closed || conflict.state == .autoClosed
    // An open conflict keeps showing the decision that lapsed or no longer holds.
    let loses = conflict.state == .open || conflict.state == .autoClosed
    try database.run(
      """
      UPDATE conflicts SET state = ?1, substate = ?2,
        opened_at = CASE WHEN ?1 = 'open' AND state <> 'open' THEN ?3 ELSE opened_at END,
        closed_at = CASE WHEN ?4 THEN ?3 ELSE NULL END,
        snoozed_until = CASE WHEN ?1 = 'snoozed' THEN snoozed_until ELSE NULL END,
        previous_decision = CASE WHEN ?5 AND decision IS NOT NULL
          THEN json_object('decision', decision, 'by', decided_by, 'at', decided_at,
            'reason', decision_reason, 'facts', decided_facts)
          ELSE previous_decision END,
        decision = CASE WHEN ?5 THEN NULL ELSE decision END,
        decided_by = CASE WHEN ?5 THEN NULL ELSE decided_by END,
        decided_at = CASE WHEN ?5 THEN NULL ELSE decided_at END,
        decision_reason = CASE WHEN ?5 THEN NULL ELSE decision_reason END,
        decided_facts = CASE WHEN ?5 THEN NULL ELSE decided_facts END
      WHERE number = ?6
      """, conflict.state.rawValue, conflict.substate?.rawValue ?? "", now.microseconds, isOver,
      loses, conflict.number)
  }

  /// Writes one line of history; the conflict log is made of these.
  func note(_ note: ConflictNote) throws {
    try database.run(
      """
      INSERT INTO conflict_events(
        conflict, time, run, kind, state, previous_state, by, reason, decision, base, source,
        remote, facts)
      SELECT number, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, base), coalesce(?, source),
        coalesce(?, remote), coalesce(?, facts)
      FROM conflicts WHERE number = ?
      """, note.at.microseconds, note.run, note.kind, note.state, note.previous, note.by,
      note.reason, note.decision, note.values.flatMap { ConflictText.base($0.base) },
      note.values.flatMap { ConflictText.value($0.source) },
      note.values.flatMap { ConflictText.value($0.remote) }, note.values?.factsDigest, note.number)
  }

  /// Keeps a value that a policy overruled: in the journal, and in the conflict log closed at
  /// birth.
  public func autoResolve(
    _ overruled: Overruled, reset: String, mapping: String?, key: Key?, run: String,
    at now: Timestamp
  ) throws {
    try file.append(
      JournalEntry(
        kind: "overruled", mapping: mapping ?? "", subject: reset, payload: overruled.json),
      run: run, at: now)
    let source = overruled.winner == .source ? overruled.winning : overruled.losing
    let remote = overruled.winner == .source ? overruled.losing : overruled.winning
    let identity = ConflictIdentity(
      kind: .conflict, mapping: mapping, subject: .reset(reset), field: overruled.field)
    try database.run(
      """
      INSERT INTO conflict_events(
        time, run, kind, state, previous_state, by, reason, decision, source, remote, label,
        mapping, reference, reference_origin, reset_id, field)
      VALUES(?, ?, 'auto_resolved', 'auto_resolved', '', 'policy', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, now.microseconds, run, "policy \(overruled.policy.rawValue)",
      overruled.winner.rawValue, ConflictText.value(source), ConflictText.value(remote),
      identity.id, mapping, key?.reference, key?.origin, reset, overruled.field)
  }
}

extension ConflictEvent {
  /// The word in the history.
  var name: String {
    switch self {
    case .seen: "seen"
    case .gone: "gone"
    case .decide: "decided"
    case .apply: "applied"
    case .settle: "settled"
    case .snooze: "snoozed"
    case .wake: "woke"
    case .reopen: "reopened"
    }
  }
}
