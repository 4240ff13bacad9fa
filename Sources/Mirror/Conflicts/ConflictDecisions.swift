public import Formats
public import Reconciliation
internal import SQLite

/// Who does something to a conflict, when and why.
public struct Act: Sendable, Hashable {
  /// The name of the person, as history and journal tell it.
  public var by: String
  /// When.
  public var at: Timestamp
  /// Why.
  public var reason: String?

  /// Takes all parts as they are.
  public init(by: String, at: Timestamp, reason: String? = nil) {
    self.by = by
    self.at = at
    self.reason = reason
  }
}

/// What people do to conflicts besides deciding them.
public enum ConflictChange: Sendable, Hashable {
  /// Puts it off until a time.
  case snooze(until: Timestamp)
  /// Says who looks after it; nil for nobody.
  case assign(to: String?)
  /// Adds a comment, which changes nothing but the history.
  case comment(String)
  /// Opens it again; what its decision had moved is put back.
  case reopen
}

/// What came of deciding a conflict.
public enum DecisionResult: Sendable, Hashable {
  /// It is decided; the next reconcile carries it out.
  case decided
  /// The values moved since they were shown, or another person decided otherwise; nothing was
  /// decided. Holds what stands now.
  case moved(Conflict)
  /// It can't be decided so, and why.
  case refused(String)

  /// Whether nothing was decided because something moved since it was shown.
  public var isMoved: Bool { if case .moved = self { true } else { false } }
}

extension Mirror {
  /// Decides conflicts, each in its own way for what its author saw (promise 7); one result each.
  ///
  /// `version` is `Conflict.version` as it was shown, or a beginning of it; nil decides for the
  /// values that stand now, but replaces no other person's decision. All in one transaction; those
  /// that moved, went or can't be decided so are reported and left.
  public func decide(
    _ list: [(id: String, version: String?, take: Resolution)], act: Act
  ) throws -> [DecisionResult] {
    try write { try list.map { try decideOne($0.id, $0.take, $0.version, act) } }
  }

  private func decideOne(
    _ id: String, _ take: Resolution, _ version: String?, _ act: Act
  ) throws -> DecisionResult {
    guard var conflict = try conflict(id) else {
      return .refused("there is no such conflict any more")
    }
    guard conflict.lets(act.by, decide: take, seeing: version) else {
      return .moved(try self.conflict(id: id))
    }
    // Who decides alike replaces nothing.
    if conflict.state == .decided, conflict.decision == take { return .decided }
    guard take.isAllowed(for: conflict.identity.kind) else {
      let forms = ResolutionForm.allowed(for: conflict.identity.kind).map(\.rawValue)
      return .refused(
        "a conflict of kind \(conflict.identity.kind.rawValue) can be decided by "
          + forms.joined(separator: ", "))
    }
    if conflict.identity.kind == .invalid, conflict.identity.field == nil {
      return .refused(
        "metadata that is no object can't be decided about: correct it in Commerce Layer, and the"
          + " conflict closes itself")
    }
    guard conflict.life.after(.decide) != nil else {
      return .refused(try closedWords(conflict))
    }
    if conflict.identity.kind == .remoteOnly, case .link = take,
      let obstacle = try linkObstacle(conflict)
    {
      return .refused(obstacle)
    }
    if case .link(let reset) = take, try resetRow(reset) == nil {
      return .refused("there is no reset \(reset) in the mirror")
    }
    try store(take, for: &conflict, act)
    return .decided
  }

  /// Why a reset without record can't be linked: only to the one record that it could be.
  private func linkObstacle(_ conflict: StoredConflict) throws -> String? {
    let source = try self.conflict(id: conflict.id).source ?? .absent
    guard source.json?.text == nil else { return nil }
    let keys = source.json?.arrayValue?.compactMap(\.text) ?? []
    guard !keys.isEmpty else {
      return "there is no record that it could be: nothing would be linked; correct the reference"
        + " in Commerce Layer, or let the record come"
    }
    return "there are several records that it could be (\(keys.joined(separator: ", "))); correct"
      + " the reference in Commerce Layer to the right one"
  }

  /// Why what is over can't be decided.
  private func closedWords(_ conflict: StoredConflict) throws -> String {
    let reason = try database.first(
      "SELECT reason FROM conflict_events WHERE conflict = ? ORDER BY id DESC LIMIT 1",
      conflict.number
    ) { $0.optionalText(0) }
    let why = (reason ?? nil).map { " (\($0))" } ?? ""
    return "\(conflict.id) is \(conflict.state.rawValue)\(why); `conflicts reopen` opens it again"
  }

  func store(_ take: Resolution, for conflict: inout StoredConflict, _ act: Act) throws {
    try conflictStore.transition(
      &conflict, .decide, run: nil, at: act.at, by: act.by, reason: act.reason,
      decision: take.text)
    try database.run(
      """
      UPDATE conflicts SET decision = ?, decided_by = ?, decided_at = ?, decision_reason = ?,
        decided_facts = facts WHERE number = ?
      """, take.text, act.by, act.at.microseconds, act.reason, conflict.number)
    try markGroup(of: conflict.number)
    try journal(conflict, "conflict.decided", act, ["decision": .string(take.text)])
  }

  /// Does the same to conflicts, in one transaction; gives for each why it could not be done, nil
  /// if it was.
  public func change(_ ids: [String], _ change: ConflictChange, act: Act) throws -> [String?] {
    try write {
      try ids.map { id in
        do {
          try changeOne(id, change, act)
          return nil
        } catch let error as MirrorError where error.kind == .refused || error.kind == .notFound {
          return error.message
        }
      }
    }
  }

  /// Takes back the last decision of a person while it has not been carried out, with all that
  /// were taken in the same step; returns the conflicts' ids, none if there is none to take back.
  public func undoLastDecision(by: String, at now: Timestamp) throws -> [String] {
    try write {
      let last = try database.all(
        """
        SELECT id FROM conflicts WHERE state = 'decided' AND decided_by = ?1 AND decided_at = (
          SELECT max(decided_at) FROM conflicts WHERE state = 'decided' AND decided_by = ?1)
        ORDER BY number
        """, by
      ) { $0.text(0) }
      let act = Act(by: by, at: now, reason: "decision taken back")
      for id in last { try changeOne(id, .reopen, act) }
      return last
    }
  }

  // MARK: Steps

  private func changeOne(_ id: String, _ change: ConflictChange, _ act: Act) throws {
    guard var conflict = try self.conflict(id) else {
      throw MirrorError(
        .notFound, "there is no conflict \(id)", hint: "see `resetsync conflicts`")
    }
    switch change {
    case .snooze(let until): try snooze(&conflict, until, act)
    case .assign(let assignee): try assign(conflict, assignee, act)
    case .comment(let text):
      try note(conflict, "commented", act, reason: text)
      try journal(conflict, "conflict.commented", act, ["text": .string(text)])
    case .reopen: try reopen(&conflict, act)
    }
  }

  private func snooze(_ conflict: inout StoredConflict, _ until: Timestamp, _ act: Act) throws {
    guard until > act.at else {
      throw MirrorError(.refused, "the snooze would be over already")
    }
    guard
      try conflictStore.transition(
        &conflict, .snooze, run: nil, at: act.at, by: act.by, reason: act.reason
      ).isAny
        || conflict.state == .snoozed
    else { throw impossible(conflict, "snoozed") }
    try database.run(
      "UPDATE conflicts SET snoozed_until = ? WHERE number = ?", until.microseconds,
      conflict.number)
    if let group = try group(of: conflict.number) { try setDue(group, notLaterThan: until) }
    try journal(conflict, "conflict.snoozed", act, ["until": .string(until.rfc3339)])
  }

  private func assign(_ conflict: StoredConflict, _ assignee: String?, _ act: Act) throws {
    try database.run(
      "UPDATE conflicts SET assignee = ? WHERE number = ?", assignee, conflict.number)
    try note(conflict, "assigned", act, reason: assignee.map { "to \($0)" } ?? "to nobody")
    try journal(
      conflict, "conflict.assigned", act, ["to": assignee.map { .string($0) } ?? .null])
  }

  private func reopen(_ conflict: inout StoredConflict, _ act: Act) throws {
    try takeBack(conflict)
    guard
      try conflictStore.transition(
        &conflict, .reopen, run: nil, at: act.at, by: act.by, reason: act.reason
      ).isAny
        || conflict.state == .open
    else { throw impossible(conflict, "reopened") }
    try markGroup(of: conflict.number)
    try journal(conflict, "conflict.reopened", act, [:])
  }

  private func impossible(_ conflict: StoredConflict, _ verb: String) -> MirrorError {
    MirrorError(
      .refused, "\(conflict.id) is \(conflict.state.rawValue) and can't be \(verb)")
  }

  private func note(
    _ conflict: StoredConflict, _ kind: String, _ act: Act, reason: String?
  ) throws {
    try conflictStore.note(
      ConflictNote(
        number: conflict.number, kind: kind, state: conflict.state.rawValue,
        previous: conflict.state.rawValue, run: nil, at: act.at, by: act.by, reason: reason))
  }

  private func journal(
    _ conflict: StoredConflict, _ kind: String, _ act: Act, _ facts: JSONObject
  ) throws {
    var payload = facts
    payload["by"] = .string(act.by)
    payload["reason"] = act.reason.map { .string($0) }
    payload["facts"] = .string(conflict.facts)
    try append(
      JournalEntry(
        kind: kind, mapping: conflict.identity.mapping ?? "", subject: conflict.id,
        payload: .object(payload)), run: "", at: act.at)
  }

  private func group(of number: Int64) throws -> StoredKey? {
    try database.first(
      "SELECT group_mapping, group_origin, group_key FROM conflicts WHERE number = ?", number
    ) { StoredKey(mapping: $0.int64(0), origin: $0.int64(1), text: $0.text(2)) }
  }

  /// Has the next reconcile look at what the conflict is about.
  private func markGroup(of number: Int64) throws {
    guard let group = try group(of: number) else { return }
    guard group.text.hasPrefix(StoredKey.originPrefix) else { return try mark(group) }
    // All resets of the origin: those that are linked are looked at with their links.
    let resets = try database.all(
      """
      SELECT r.id FROM resets r JOIN conflicts c ON c.number = ?
      WHERE r.situation = 'unknown_origin'
        AND r.reference_origin IS json_extract(c.identity, '$[2][1]')
      """, number
    ) { $0.int64(0) }
    for reset in resets { try markGroups(ofReset: reset) }
  }
}

extension StoredConflict {
  /// Whether who saw this version may decide so; nil for whoever decides on what stands.
  ///
  /// A decision that waits to be carried out is replaced by another person only knowingly; who
  /// made it knows it, and who decides alike replaces nothing.
  fileprivate func lets(_ person: String, decide take: Resolution, seeing shown: String?) -> Bool {
    let isTheirs = state != .decided || decidedBy == person || decision == take
    guard let shown else { return isTheirs }
    guard shown.count >= Conflict.versionLength else { return false }
    return version.hasPrefix(shown) || isTheirs && facts.hasPrefix(shown)
  }
}
