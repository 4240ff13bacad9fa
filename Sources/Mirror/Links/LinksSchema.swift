/// Which record and which reset belong together.
extension Schema {
  static let links = """
    -- The third memory: which record and which reset belong together, and what they agreed on.
    --
    -- A reset has one link at most. The situation of a linked reset stands here (but for unknown
    -- origins), so that a first reconcile writes one row per pair. Rows are in the order in which
    -- they were made, which is mostly that of the keys: each lands on a page that is at hand. Their
    -- resets are rows that the same transaction has read (`verify` checks them all).
    CREATE TABLE links(
      id INTEGER PRIMARY KEY,
      reset INTEGER NOT NULL,
      mapping INTEGER NOT NULL,
      origin INTEGER NOT NULL,
      key TEXT NOT NULL, -- of the record; stays when the reset carries another
      state TEXT NOT NULL, -- active, apart, parted, closed
      made_by TEXT NOT NULL, -- match, or decision:WHO
      made_at INTEGER NOT NULL,
      run TEXT, -- that made it
      situation TEXT,
      base TEXT NOT NULL, -- what both sides last agreed on (Base)
      apart_kind TEXT, -- the kind of conflict for which it is kept apart
      apart_facts TEXT, -- digest of the facts then
      accepted_identity TEXT, -- digest of the verify values that a person confirmed
      writes TEXT, -- recent writes of fields, JSON, to see two writers fight
      own_updated INTEGER, -- when our last write moved the time of the reset
      others_updated INTEGER -- what its time was before
    ) STRICT;
    CREATE UNIQUE INDEX links_by_reset ON links(reset);
    CREATE INDEX links_by_key ON links(mapping, origin, key) WHERE state <> 'closed';
    -- Without those in sync: they are the many, found in the order of keys, and a first reconcile
    -- would pay for each.
    CREATE INDEX links_by_situation ON links(situation, mapping) WHERE situation <> 'in_sync';
    -- Links that are not closed; who makes links counts them, the triggers count the rest.
    CREATE TABLE link_counts(
      mapping INTEGER PRIMARY KEY,
      links INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER link_changed AFTER UPDATE OF mapping, state ON links
      WHEN old.mapping <> new.mapping OR (old.state = 'closed') <> (new.state = 'closed') BEGIN
      UPDATE link_counts SET links = links - 1
        WHERE mapping = old.mapping AND old.state <> 'closed';
      INSERT INTO link_counts SELECT new.mapping, 1 WHERE new.state <> 'closed'
        ON CONFLICT(mapping) DO UPDATE SET links = links + 1;
    END;
    CREATE TRIGGER link_gone AFTER DELETE ON links WHEN old.state <> 'closed' BEGIN
      UPDATE link_counts SET links = links - 1 WHERE mapping = old.mapping;
    END;
    """
}
