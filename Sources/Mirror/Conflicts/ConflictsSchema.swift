/// Conflicts and their history.
extension Schema {
  private static let searched: String = {
    let columns = ["reference", "reset_id", "field", "source", "remote", "base"]
    let texts = ["new.id", "new.kind"] + columns.map { "coalesce(new.\($0), '')" }
    return "lower(" + texts.joined(separator: " || char(10) || ") + ")"
  }()

  static let conflicts = """
    -- What people decide about, with the group where it was found last.
    CREATE TABLE conflicts(
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE, -- short id
      identity TEXT NOT NULL, -- ConflictIdentity, JSON
      kind TEXT NOT NULL, -- ConflictKind
      severity INTEGER NOT NULL, -- 0 low to 3 critical
      state TEXT NOT NULL, -- ConflictState
      substate TEXT NOT NULL, -- OpenSubstate, or empty
      mapping TEXT, -- NULL: no mapping
      reference TEXT, -- of the key
      reference_origin TEXT, -- of the key
      reset_id TEXT,
      field TEXT, -- metadata spelling
      base TEXT, -- what both sides last agreed on
      source TEXT, -- what the source has
      remote TEXT, -- what the remote has
      detail TEXT, -- why, in words
      facts TEXT NOT NULL, -- digest of the facts
      group_mapping INTEGER NOT NULL,
      group_origin INTEGER NOT NULL,
      group_key TEXT NOT NULL,
      first_seen INTEGER NOT NULL,
      opened_at INTEGER, -- the last time
      last_seen INTEGER NOT NULL,
      seen_run TEXT NOT NULL, -- the run that saw it last
      seen_round INTEGER NOT NULL, -- its number
      occurrences INTEGER NOT NULL, -- runs that saw it
      due INTEGER, -- until when it is given time to settle by itself
      assignee TEXT,
      snoozed_until INTEGER,
      decision TEXT, -- as it is typed
      decided_by TEXT,
      decided_at INTEGER,
      decision_reason TEXT,
      decided_facts TEXT, -- digest of the facts that its author saw
      previous_decision TEXT, -- the one that lapsed or was taken back, JSON
      changed_by TEXT, -- who made the remote value; empty: nobody is known
      closed_at INTEGER
    ) STRICT;
    CREATE INDEX conflicts_by_group ON conflicts(group_mapping, group_origin, group_key);
    CREATE INDEX conflicts_by_reset ON conflicts(reset_id);
    CREATE INDEX conflicts_by_reference ON conflicts(reference);
    CREATE INDEX conflicts_by_due ON conflicts(due) WHERE due IS NOT NULL;
    CREATE INDEX conflicts_without_author ON conflicts(number)
      WHERE state = 'open' AND changed_by IS NULL AND field IS NOT NULL AND reset_id IS NOT NULL;
    -- The queue in its order, with all that it is filtered by: pages and counts of a filter are
    -- read from the index alone.
    CREATE INDEX conflicts_by_state ON conflicts(
      state, severity DESC, first_seen, number, kind, mapping, field, assignee);
    CREATE INDEX conflicts_by_queue ON conflicts(
      severity DESC, first_seen, number, kind, mapping, field, assignee);
    -- Conflicts by what the queue is filtered by, kept up to date and never counted.
    CREATE TABLE conflict_counts(
      state TEXT NOT NULL,
      severity INTEGER NOT NULL,
      kind TEXT NOT NULL,
      mapping TEXT NOT NULL,
      conflicts INTEGER NOT NULL,
      PRIMARY KEY(state, severity, kind, mapping)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER conflict_found AFTER INSERT ON conflicts BEGIN
      INSERT INTO conflict_counts
        VALUES(new.state, new.severity, new.kind, coalesce(new.mapping, ''), 1)
        ON CONFLICT DO UPDATE SET conflicts = conflicts + 1;
    END;
    CREATE TRIGGER conflict_moved AFTER UPDATE OF state, severity, kind, mapping ON conflicts
      WHEN old.state <> new.state OR old.severity <> new.severity
        OR old.kind <> new.kind OR old.mapping IS NOT new.mapping BEGIN
      UPDATE conflict_counts SET conflicts = conflicts - 1
        WHERE state = old.state AND severity = old.severity AND kind = old.kind
          AND mapping = coalesce(old.mapping, '');
      INSERT INTO conflict_counts
        VALUES(new.state, new.severity, new.kind, coalesce(new.mapping, ''), 1)
        ON CONFLICT DO UPDATE SET conflicts = conflicts + 1;
    END;
    CREATE TRIGGER conflict_dropped AFTER DELETE ON conflicts BEGIN
      UPDATE conflict_counts SET conflicts = conflicts - 1
        WHERE state = old.state AND severity = old.severity AND kind = old.kind
          AND mapping = coalesce(old.mapping, '');
    END;
    -- What a conflict is searched in, folded and in one narrow row: a search for any piece of text
    -- reads all of them.
    CREATE TABLE conflict_texts(
      number INTEGER PRIMARY KEY REFERENCES conflicts(number) ON DELETE CASCADE,
      text TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER conflict_text_made AFTER INSERT ON conflicts BEGIN
      INSERT INTO conflict_texts VALUES(new.number, \(searched));
    END;
    CREATE TRIGGER conflict_text_changed
      AFTER UPDATE OF reference, reset_id, field, source, remote, base ON conflicts
      WHEN old.reference IS NOT new.reference OR old.reset_id IS NOT new.reset_id
        OR old.field IS NOT new.field OR old.source IS NOT new.source
        OR old.remote IS NOT new.remote OR old.base IS NOT new.base BEGIN
      UPDATE conflict_texts SET text = \(searched) WHERE number = new.number;
    END;
    -- The history of conflicts: the conflict log is made of these.
    CREATE TABLE conflict_events(
      id INTEGER PRIMARY KEY,
      conflict INTEGER REFERENCES conflicts(number) ON DELETE CASCADE,
      time INTEGER NOT NULL,
      run TEXT,
      kind TEXT NOT NULL, -- what happened
      state TEXT NOT NULL, -- after it
      previous_state TEXT NOT NULL, -- before it; empty at birth
      by TEXT,
      reason TEXT,
      decision TEXT, -- as it is typed
      base TEXT, -- the values at the time
      source TEXT, -- the values at the time
      remote TEXT, -- the values at the time
      facts TEXT, -- digest of the facts at the time
      -- Of values that a policy overruled, which belong to no conflict in the store:
      label TEXT, -- the id that a conflict about them would have
      mapping TEXT,
      reference TEXT,
      reference_origin TEXT,
      reset_id TEXT,
      field TEXT,
      line_digest BLOB -- of its line when that was written to the file
    ) STRICT;
    CREATE INDEX conflict_events_by_conflict ON conflict_events(conflict, id);
    CREATE INDEX conflict_events_by_time ON conflict_events(time);
    -- What the event stores said about who changed a field.
    CREATE TABLE event_authors(
      reset_id TEXT NOT NULL,
      field TEXT NOT NULL,
      updated_at TEXT NOT NULL, -- the state of the reset that was asked about
      author TEXT NOT NULL, -- empty: nobody is known
      fetched_at INTEGER NOT NULL,
      PRIMARY KEY(reset_id, field)
    ) STRICT, WITHOUT ROWID;
    """
}
