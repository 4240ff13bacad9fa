/// What exists once, and names that many rows share.
extension Schema {
  static let facts = """
    -- What exists once: the binding, the pause, where pulls stand, notes of other rooms.
    CREATE TABLE facts(
      name TEXT PRIMARY KEY, -- dotted, such as pull.watermark
      value TEXT NOT NULL -- times as microseconds since 1970
    ) STRICT, WITHOUT ROWID;
    -- The mappings by a small number; 0 stands for no mapping.
    CREATE TABLE mappings(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      walked_digest TEXT, -- by which rules all keys were looked at; NULL before the first time
      cleared_digest TEXT, -- by which rules a plan was free to leave; NULL before the first time
      reconciled_at INTEGER, -- when it was reconciled last
      walk_all INTEGER NOT NULL DEFAULT 1, -- whether the next run looks at all keys
      marks INTEGER NOT NULL DEFAULT 0, -- how many rows marks has of it
      records INTEGER NOT NULL DEFAULT 0, -- how many live records it has
      measured_from INTEGER NOT NULL DEFAULT 0, -- the export after which the next is measured
      keyed_rules TEXT, -- RecordRules (JSON) by which its records have keys and marks
      full_rules TEXT, -- those by which the last full export was read
      delta_rules TEXT, -- those by which the last changes after it were read
      refused_rules TEXT, -- those that would leave nothing, and were not applied
      unkeyed INTEGER NOT NULL DEFAULT 0 -- records that today's rules can give no key
    ) STRICT;
    INSERT INTO mappings(id, name) VALUES(0, '');
    -- The origins by a small number; 0 stands for none.
    CREATE TABLE origins(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    INSERT INTO origins(id, name) VALUES(0, '');
    -- Lists of columns, each shared by all records of an export.
    CREATE TABLE column_sets(
      id INTEGER PRIMARY KEY,
      names TEXT NOT NULL UNIQUE -- JSON array
    ) STRICT;
    """
}
