public import Formats
public import Reconciliation
internal import SQLite

extension Mirror {
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

  /// Takes back an approval whose plan turned out not to be due: it must not let it through later.
  public func withdrawApproval(_ digest: String) throws {
    try write { _ = try database.run("DELETE FROM approvals WHERE digest = ?", digest) }
  }

  /// What people consented to and has not expired, the newest first, each with the run that used
  /// it up.
  ///
  /// That is the first run since that let anything of the plan go; what that run did not send is
  /// covered update by update.
  public func approvals(at now: Timestamp) throws -> GivenApprovals {
    try read {
      let plans = try database.all(
        """
        SELECT a.digest, a.given_at, (
          SELECT p.run FROM plans p
          WHERE p.id > (SELECT max(id) FROM plans) - ?2 AND p.digest = a.digest
            AND p.dry_run = 0 AND p.made_at >= a.given_at
            AND (p.withheld < p.updates OR p.updates = 0)
          ORDER BY p.id LIMIT 1)
        FROM approvals a WHERE a.expires_at > ?1 ORDER BY a.given_at DESC
        """, now.microseconds, Self.plansSinceMax
      ) { Approval(digest: $0.text(0), at: Timestamp($0.int64(1)), spentBy: $0.optionalText(2)) }
      var updates: Set<String> = []
      try database.each(
        """
        SELECT u.update_digest FROM approved_updates u JOIN approvals a ON a.digest = u.approval
        WHERE a.expires_at > ?
        """, now.microseconds
      ) { updates.insert($0.text(0)) }
      return GivenApprovals(plans: plans, updates: updates)
    }
  }

  /// Plans that are made while an approval is good: no schedule makes one every nine seconds.
  private static let plansSinceMax = 10_000

  /// An update that was written is approved no more: the same at another time asks again.
  func spendApproval(of update: PlannedUpdate) throws {
    guard try database.integer("SELECT EXISTS(SELECT 1 FROM approvals)") == 1 else { return }
    try database.run(
      """
      DELETE FROM approved_updates
      WHERE approval IN (SELECT digest FROM approvals) AND update_digest = ?
      """, update.digest)
  }
}

/// What people consented to.
public struct GivenApprovals: Sendable, Hashable {
  /// The plans, the newest first.
  public let plans: [Approval]
  /// The digests of all updates that these cover.
  public let updates: Set<String>

  /// Takes both as they are.
  public init(plans: [Approval], updates: Set<String>) {
    self.plans = plans
    self.updates = updates
  }
}
