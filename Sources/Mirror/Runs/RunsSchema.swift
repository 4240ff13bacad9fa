/// What the next run looks at, and what the runs before came to.
extension Schema {
  static let runs = """
    -- Keys that the next reconcile must look at.
    CREATE TABLE marks(
      mapping INTEGER NOT NULL,
      origin INTEGER NOT NULL,
      key TEXT NOT NULL,
      PRIMARY KEY(mapping, origin, key)
    ) STRICT, WITHOUT ROWID;
    -- Keys that must be looked at from a time on: a grace or a snooze is over then.
    CREATE TABLE due(
      mapping INTEGER NOT NULL,
      origin INTEGER NOT NULL,
      key TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY(mapping, origin, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX due_by_time ON due(at);
    -- Items by situation, kept up to date and never counted.
    CREATE TABLE situation_counts(
      mapping INTEGER NOT NULL,
      situation TEXT NOT NULL,
      items INTEGER NOT NULL,
      PRIMARY KEY(mapping, situation)
    ) STRICT, WITHOUT ROWID;
    -- How many items changed from a situation to another in each run.
    CREATE TABLE transitions(
      run TEXT NOT NULL,
      mapping INTEGER NOT NULL,
      previous TEXT NOT NULL, -- situation before
      situation TEXT NOT NULL, -- and after
      items INTEGER NOT NULL,
      PRIMARY KEY(run, mapping, previous, situation)
    ) STRICT, WITHOUT ROWID;
    -- The runs and what each came to.
    CREATE TABLE runs(
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      command TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER, -- NULL: it runs, or was killed
      result TEXT, -- RunResult
      exit INTEGER, -- exit code
      dry_run INTEGER NOT NULL DEFAULT 0,
      requests INTEGER NOT NULL DEFAULT 0, -- to the API
      open_conflicts INTEGER, -- after it
      in_sync INTEGER, -- items after it
      items INTEGER, -- after it
      applied INTEGER, -- updates
      failed INTEGER, -- updates
      summary TEXT, -- RunSummary, JSON
      situations TEXT -- items by situation after it, JSON
    ) STRICT;
    """
}
