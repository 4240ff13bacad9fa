/// Plans, and what is to be sent.
extension Schema {
  static let outbox = """
    -- Plans as computed.
    CREATE TABLE plans(
      id INTEGER PRIMARY KEY,
      run TEXT NOT NULL,
      digest TEXT NOT NULL, -- PlanDigest
      made_at INTEGER NOT NULL,
      dry_run INTEGER NOT NULL,
      updates INTEGER NOT NULL,
      fields INTEGER NOT NULL, -- values in them
      conflicts INTEGER NOT NULL, -- undecided
      held INTEGER NOT NULL, -- items or fields withheld for a conflict
      withheld INTEGER NOT NULL, -- updates withheld by rails
      verdicts TEXT NOT NULL -- what the rails measured, JSON
    ) STRICT;
    CREATE INDEX plans_by_run ON plans(run);
    -- The updates of the last plan.
    CREATE TABLE plan_updates(
      plan INTEGER NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
      number INTEGER NOT NULL, -- from 1
      reset INTEGER NOT NULL,
      reset_id TEXT NOT NULL,
      mapping INTEGER NOT NULL, -- of the group
      origin INTEGER NOT NULL, -- of the group
      key TEXT NOT NULL, -- of the group
      payload TEXT NOT NULL, -- PlannedUpdate, JSON
      overruled TEXT, -- remote values that policies overwrite, JSON
      PRIMARY KEY(plan, number)
    ) STRICT, WITHOUT ROWID;
    -- What is to be sent, and what became of it.
    CREATE TABLE outbox(
      id INTEGER PRIMARY KEY,
      run TEXT NOT NULL, -- that planned it
      reset INTEGER NOT NULL REFERENCES resets(id),
      mapping INTEGER NOT NULL, -- of the group
      origin INTEGER NOT NULL, -- of the group
      key TEXT NOT NULL, -- of the group
      state TEXT NOT NULL, -- OutboxState
      payload TEXT NOT NULL, -- PlannedUpdate, JSON
      overruled TEXT, -- remote values that policies overwrite, JSON
      intent TEXT, -- the metadata that is being sent
      before TEXT, -- the metadata before
      attempts INTEGER NOT NULL DEFAULT 0,
      reason TEXT, -- why it was refused
      queued_at INTEGER NOT NULL,
      sent_at INTEGER,
      settled_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX outbox_open ON outbox(reset)
      WHERE state IN ('pending', 'sent', 'parked');
    CREATE INDEX outbox_by_state ON outbox(state, id)
      WHERE state IN ('pending', 'sent', 'parked');
    CREATE INDEX outbox_by_reset ON outbox(reset, id);
    CREATE INDEX outbox_by_run ON outbox(run, id);
    """
}
