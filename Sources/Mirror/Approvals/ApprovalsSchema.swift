/// What people agreed to.
extension Schema {
  static let approvals = """
    -- The consent of people to plans.
    CREATE TABLE approvals(
      digest TEXT PRIMARY KEY, -- of the plan
      given_at INTEGER NOT NULL,
      given_by TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- What an approval covers, update by update: what is left of its plan passes as well.
    CREATE TABLE approved_updates(
      approval TEXT NOT NULL REFERENCES approvals(digest) ON DELETE CASCADE,
      update_digest TEXT NOT NULL,
      PRIMARY KEY(approval, update_digest)
    ) STRICT, WITHOUT ROWID;
    """
}
