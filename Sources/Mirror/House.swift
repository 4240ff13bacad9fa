public import Formats
public import Reconciliation
internal import SQLite

/// The kill switch: nothing is written to the remote while it is set.
public struct PauseNote: Sendable, Hashable {
  /// Since when.
  public let since: Timestamp
  /// By whom.
  public let by: String
  /// Why.
  public let reason: String?
}

extension Mirror {
  // MARK: Whose data it is

  /// Binds the mirror to an organization and mode at its first use, and refuses any other.
  ///
  /// Throws `MirrorError.wrongOrganization`: two organizations in one mirror would delete each
  /// other.
  public func bind(organization: String, mode: String) throws {
    try write {
      guard let known = try fact("organization") else {
        try setFact("organization", organization)
        return try setFact("mode", mode)
      }
      let knownMode = try fact("mode") ?? ""
      guard known == organization, knownMode == mode else {
        throw MirrorError(
          .wrongOrganization,
          "mirror \(path) belongs to organization \"\(known)\" in mode \(knownMode), "
            + "not to \"\(organization)\" in mode \(mode)",
          hint: "use another `mirror.path` for it, or correct `api.organization` and `api.mode`")
      }
    }
  }

  /// The organization and mode that the mirror is bound to; nil before the first pull.
  public func binding() throws -> (organization: String, mode: String)? {
    try read {
      guard let organization = try fact("organization") else { return nil }
      return (organization, try fact("mode") ?? "")
    }
  }

  // MARK: Pause

  /// Whether writing is paused.
  public func pause() throws -> PauseNote? {
    try read {
      guard let since = try factTime("pause.since") else { return nil }
      return PauseNote(
        since: since, by: try fact("pause.by") ?? "", reason: try fact("pause.reason"))
    }
  }

  /// Pauses all writing to the remote.
  public func setPause(_ act: Act) throws {
    try write {
      try setFact("pause.since", "\(act.at.microseconds)")
      try setFact("pause.by", act.by)
      try setFact("pause.reason", act.reason)
      try append(JournalEntry(kind: "pause", payload: act.payload), run: "", at: act.at)
    }
  }

  /// Ends the pause.
  public func endPause(_ act: Act) throws {
    try write {
      for name in ["pause.since", "pause.by", "pause.reason"] { try setFact(name, nil) }
      try append(JournalEntry(kind: "resume", payload: act.payload), run: "", at: act.at)
    }
  }

  // MARK: Approvals

  /// Gives consent to exactly one plan, and so to each of its updates while the plan is known.
  public func approve(digest: String, by: String, at now: Timestamp) throws {
    try write {
      try database.run("DELETE FROM approvals WHERE expires_at <= ?", now.microseconds)
      try database.run(
        """
        INSERT INTO approvals(digest, given_at, given_by, expires_at) VALUES(?, ?, ?, ?)
        ON CONFLICT(digest) DO UPDATE SET given_at = excluded.given_at,
          given_by = excluded.given_by, expires_at = excluded.expires_at
        """, digest, now.microseconds, by,
        now.adding(seconds: Approval.secondsMax).microseconds)
      try keepApproved(digest)
      try append(
        JournalEntry(kind: "approval", subject: digest, payload: ["by": .string(by)]), run: "",
        at: now)
    }
  }

  /// The updates of the last plan, if that is the one: when a part of it is sent, what is left has
  /// another digest and is approved all the same.
  private func keepApproved(_ digest: String) throws {
    let last = try database.first("SELECT id, digest FROM plans ORDER BY id DESC LIMIT 1") {
      (plan: $0.int64(0), digest: $0.text(1))
    }
    guard let last, last.digest == digest else { return }
    try database.each("SELECT payload FROM plan_updates WHERE plan = ?", last.plan) { row in
      try database.run(
        "INSERT INTO approved_updates VALUES(?, ?) ON CONFLICT DO NOTHING", digest,
        try UpdateText.decode(row.text(0)).digest)
    }
  }

  /// The digests of all updates that an approval covers which has not expired.
  public func approvedUpdates(at now: Timestamp) throws -> Set<String> {
    try read {
      var digests: Set<String> = []
      try database.each(
        """
        SELECT u.update_digest FROM approved_updates u JOIN approvals a ON a.digest = u.approval
        WHERE a.expires_at > ?
        """, now.microseconds
      ) { digests.insert($0.text(0)) }
      return digests
    }
  }

  /// Approvals that have not expired, newest first.
  public func approvals(at now: Timestamp) throws -> [Approval] {
    try read {
      try database.all(
        "SELECT digest, given_at FROM approvals WHERE expires_at > ? ORDER BY given_at DESC",
        now.microseconds
      ) { Approval(digest: $0.text(0), at: Timestamp($0.int64(1))) }
    }
  }

  // MARK: What rails need to know

  /// What the rails must know of each mapping before a run; see also `Tally` for what only the
  /// walk can tell (links after it, conflicts it did not look at).
  public func mappingFacts(book: RuleBook) throws -> [String: RailContext.MappingFacts] {
    try read {
      var facts: [String: RailContext.MappingFacts] = [:]
      for mapping in book.mappings {
        let stored = try database.first(
          """
          SELECT m.cleared_digest, coalesce(c.links, 0) FROM mappings m
          LEFT JOIN link_counts c ON c.mapping = m.id WHERE m.name = ?
          """, mapping.name
        ) { (cleared: $0.optionalText(0), links: $0.int(1)) }
        facts[mapping.name] = RailContext.MappingFacts(
          linkedRows: stored?.links ?? 0, isFirstRun: stored?.cleared == nil,
          rulesChanged: stored?.cleared.map { $0 != mapping.rulesDigest } ?? false,
          wasRestored: stored?.cleared == Self.restoredDigest,
          needsExport: try !exportsToRead(mapping).isEmpty)
      }
      return facts
    }
  }

  // MARK: Notes of other rooms

  /// A text that another room keeps here between runs, such as the alert ledger; nil if none.
  public func note(_ name: String) throws -> String? { try read { try fact("note.\(name)") } }

  /// Keeps a text for another room; nil forgets it.
  public func setNote(_ name: String, _ text: String?) throws {
    try write { try setFact("note.\(name)", text) }
  }
}

extension Act {
  /// For the journal.
  var payload: JSONValue {
    var object: JSONObject = ["by": .string(by)]
    object["reason"] = reason.map { .string($0) }
    return .object(object)
  }
}
