/// What the source says, and what records and resets correlate by.
extension Schema {
  /// The one record of a key and variant.
  static let recordsByKey =
    "CREATE UNIQUE INDEX records_by_key ON records(mapping, origin, key, variant);"

  static let records = """
    -- What the source says, as imported.
    CREATE TABLE records(
      id INTEGER PRIMARY KEY,
      mapping INTEGER NOT NULL,
      origin INTEGER NOT NULL,
      key TEXT NOT NULL, -- normal form of the reference
      variant INTEGER NOT NULL, -- 0, 1, … among the records of one key
      missing INTEGER NOT NULL, -- full exports in a row without it; from 1,000,000: set aside
      deleted INTEGER NOT NULL, -- whether it carries the marker
      columns INTEGER NOT NULL, -- the list that its cells are parallel to
      changed_us INTEGER, -- when the source changed it
      receipt INTEGER NOT NULL, -- the export that said so last
      line INTEGER NOT NULL, -- where in it, from 1; upper 32 bits: the part
      first_seen INTEGER NOT NULL,
      situation TEXT, -- of its key while no reset has it
      raw_reference TEXT, -- as the export has it; NULL: as key
      raw_origin TEXT, -- as the export has it; NULL: as origin
      cells TEXT NOT NULL -- CellText
    ) STRICT;
    \(recordsByKey)
    CREATE INDEX records_duplicated ON records(mapping, origin, key) WHERE variant > 0;
    CREATE INDEX records_by_situation ON records(situation, mapping) WHERE situation IS NOT NULL;
    -- The values by which records correlate with resets.
    CREATE TABLE correlates(
      mapping INTEGER NOT NULL,
      pair INTEGER NOT NULL, -- place of the pair in the mapping
      value TEXT NOT NULL, -- normal form
      record INTEGER NOT NULL,
      PRIMARY KEY(mapping, pair, value, record)
    ) STRICT, WITHOUT ROWID;
    -- The values that a record must have to be offered to a reset that has none.
    CREATE TABLE watched(
      mapping INTEGER NOT NULL,
      pair INTEGER NOT NULL, -- place of the pair in the mapping
      value TEXT NOT NULL, -- normal form
      reset INTEGER NOT NULL,
      PRIMARY KEY(mapping, pair, value, reset)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX watched_by_reset ON watched(reset);
    -- Which decimal mark the texts of a number column were found to have, where the mapping
    -- declares none: the same for all exports from then on.
    CREATE TABLE number_marks(
      mapping INTEGER NOT NULL,
      field TEXT NOT NULL, -- metadata spelling
      column_name TEXT NOT NULL,
      mark TEXT NOT NULL, -- DecimalMark
      receipt INTEGER NOT NULL, -- the export that proved it
      file TEXT NOT NULL, -- its name
      line INTEGER NOT NULL, -- the first line that proved it
      typed_mark TEXT, -- by which numbers were kept as read when the column turned to another
      PRIMARY KEY(mapping, field)
    ) STRICT, WITHOUT ROWID;
    """
}
