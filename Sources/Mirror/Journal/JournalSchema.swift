/// The journal.
extension Schema {
  static let journal = """
    -- Append-only: each entry is sealed by the SHA-256 of the seal before and itself.
    CREATE TABLE journal(
      seq INTEGER PRIMARY KEY, -- from 1 without gaps
      time INTEGER NOT NULL,
      run TEXT NOT NULL, -- empty: a person's act outside of a run
      kind TEXT NOT NULL,
      mapping TEXT NOT NULL, -- or empty
      subject TEXT NOT NULL, -- a reset, a key, a conflict, or empty
      payload TEXT NOT NULL, -- the facts, JSON
      seal BLOB NOT NULL
    ) STRICT;
    CREATE INDEX journal_by_subject ON journal(subject, seq);
    CREATE INDEX journal_by_run ON journal(run, seq);
    -- The last entry that retention deleted; it moves here before that.
    CREATE TABLE journal_anchor(
      id INTEGER PRIMARY KEY CHECK(id = 1),
      seq INTEGER NOT NULL,
      seal BLOB NOT NULL
    ) STRICT;
    INSERT INTO journal_anchor VALUES(1, 0, zeroblob(32));
    CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN
      SELECT RAISE(ABORT, 'the journal is append-only');
    END;
    CREATE TRIGGER journal_keeps BEFORE DELETE ON journal
      WHEN old.seq > (SELECT seq FROM journal_anchor) BEGIN
      SELECT RAISE(ABORT, 'the journal is append-only');
    END;
    CREATE TRIGGER journal_anchor_forward BEFORE UPDATE ON journal_anchor
      WHEN new.seq < old.seq BEGIN
      SELECT RAISE(ABORT, 'the anchor of the journal only moves forward');
    END;
    """
}
