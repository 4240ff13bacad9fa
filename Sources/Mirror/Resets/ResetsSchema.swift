/// What the remote says, and the progress of a full pull.
extension Schema {
  static let fieldTimes = """
    -- FieldTimes: when parts of the metadata became what they are; NULL: as first seen.
    ALTER TABLE resets ADD COLUMN field_times TEXT;
    """

  static let resets = """
    -- What the remote says, as pulled.
    CREATE TABLE resets(
      id INTEGER PRIMARY KEY,
      mapping INTEGER NOT NULL, -- of the key it carries; 0: no mapping claims it
      origin INTEGER NOT NULL, -- of the key
      key TEXT NOT NULL, -- normal form of the reference; without mapping the id of the reset
      reset_id TEXT NOT NULL UNIQUE, -- the id of the resource
      assignment TEXT NOT NULL, -- known, unknown_origin, unreferenced
      situation TEXT, -- while it has no link, or one of an unknown origin; else it stands in links
      counted INTEGER, -- the mapping under which that situation is counted
      deleted_at INTEGER, -- since when it is gone
      updated_us INTEGER, -- updated_at as a number
      first_seen INTEGER NOT NULL,
      reference TEXT, -- as it came
      reference_origin TEXT, -- as it came
      customer_email TEXT,
      email_hash TEXT, -- in the place of an e-mail that retention removed
      reset_password_at TEXT, -- as it came
      created_at TEXT, -- as it came
      updated_at TEXT, -- as it came
      self_link TEXT, -- the resource's own address
      links TEXT, -- addresses of relationships; NULL: below self_link, as usual
      mode TEXT, -- test or live; NULL where the answer did not say
      metadata TEXT NOT NULL -- the object byte for byte as it came
    ) STRICT;
    CREATE INDEX resets_by_key ON resets(mapping, origin, key);
    CREATE INDEX resets_of_unknown_origin ON resets(reference_origin)
      WHERE situation = 'unknown_origin';
    CREATE INDEX resets_by_situation ON resets(situation, counted) WHERE situation IS NOT NULL;
    -- The full pull in progress, if there is one.
    CREATE TABLE full_walk(
      id INTEGER PRIMARY KEY CHECK(id = 1),
      run TEXT NOT NULL, -- that began it
      started_at INTEGER NOT NULL,
      cursor TEXT, -- where it goes on; NULL at the start
      rows INTEGER NOT NULL -- resets handed on so far
    ) STRICT;
    -- What it has seen: a bit for each row of resets.
    CREATE TABLE full_walk_seen(
      chunk INTEGER PRIMARY KEY, -- of 4,096 rows
      bits BLOB NOT NULL
    ) STRICT;
    -- Resets that the last full pull did not see; one more that does not makes them gone.
    CREATE TABLE suspects(
      reset INTEGER PRIMARY KEY
    ) STRICT;
    """
}
