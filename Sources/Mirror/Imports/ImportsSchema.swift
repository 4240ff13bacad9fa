/// Exports, their rows that became no records, and the folders where they lie.
extension Schema {
  static let imports = """
    -- Each export that was read: what it was, and what became of it.
    CREATE TABLE receipts(
      id INTEGER PRIMARY KEY,
      mapping TEXT NOT NULL,
      file TEXT NOT NULL, -- name
      path TEXT NOT NULL, -- whole path
      sha256 TEXT NOT NULL, -- of its bytes
      size INTEGER NOT NULL, -- bytes
      mode TEXT NOT NULL, -- full or delta
      state TEXT NOT NULL, -- accepted, refused, replayed
      reason TEXT, -- why it was refused
      rows INTEGER NOT NULL,
      accepted INTEGER NOT NULL, -- rows
      rejected INTEGER NOT NULL, -- rows
      added INTEGER NOT NULL, -- records
      changed INTEGER NOT NULL, -- records
      removed INTEGER NOT NULL, -- records
      unchanged INTEGER NOT NULL, -- records
      columns TEXT NOT NULL, -- JSON array, all of the file
      generated_at INTEGER, -- when the source made it
      imported_at INTEGER NOT NULL,
      verdicts TEXT NOT NULL, -- what the guards measured, JSON
      columns_digest TEXT NOT NULL,
      run TEXT,
      set_aside TEXT, -- what `where` set aside, JSON
      stale INTEGER NOT NULL DEFAULT 0, -- rows that changed nothing as something later stands
      parts TEXT, -- the files of an export in several, JSON, in the order in which lines count
      ends_line INTEGER, -- whether its last line had an end
      sequence_first INTEGER, -- its number, the first of several
      sequence_last INTEGER, -- the last of them
      beside TEXT -- what lay beside it
    ) STRICT;
    CREATE INDEX receipts_by_mapping ON receipts(mapping, state, mode, id);
    CREATE INDEX receipts_by_digest ON receipts(sha256, mapping);
    -- Rows that could not be used, and rows set aside whose records stand.
    CREATE TABLE rejections(
      receipt INTEGER NOT NULL REFERENCES receipts(id) ON DELETE CASCADE,
      line INTEGER NOT NULL,
      column_name TEXT, -- if one is to blame
      reason TEXT NOT NULL,
      origin TEXT, -- of the key, if the cells tell one
      reference TEXT, -- of the key
      set_aside INTEGER NOT NULL DEFAULT 0 -- whether the row is sound
    ) STRICT;
    CREATE INDEX rejections_by_receipt ON rejections(receipt, line);
    CREATE INDEX rejections_by_reference ON rejections(reference) WHERE reference IS NOT NULL;
    -- Rows that changed nothing because something later stands.
    CREATE TABLE stale_rows(
      receipt INTEGER NOT NULL REFERENCES receipts(id) ON DELETE CASCADE,
      line INTEGER NOT NULL,
      origin TEXT NOT NULL,
      reference TEXT NOT NULL,
      changed_us INTEGER -- the time of the row
    ) STRICT;
    CREATE INDEX stale_rows_by_reference ON stale_rows(reference, receipt);
    CREATE INDEX stale_rows_by_receipt ON stale_rows(receipt);
    -- Mappings whose records are as their last full export left them: its chunks are good.
    CREATE TABLE chunk_readings(
      mapping INTEGER PRIMARY KEY,
      reading TEXT NOT NULL, -- how the file was read
      rules TEXT NOT NULL -- digest of those by which its rows were
    ) STRICT;
    -- The rows of that export in chunks: by the digest of their bytes they are known again in the
    -- next one without being read.
    CREATE TABLE chunks(
      id INTEGER PRIMARY KEY,
      mapping INTEGER NOT NULL,
      digest BLOB NOT NULL,
      beginning INTEGER NOT NULL, -- hash of its first bytes
      length INTEGER NOT NULL, -- bytes
      lines INTEGER NOT NULL,
      rows INTEGER NOT NULL,
      records BLOB NOT NULL -- RecordRuns
    ) STRICT;
    CREATE INDEX chunks_by_mapping ON chunks(mapping);
    -- Whether the folders of each source could be looked into.
    CREATE TABLE source_states(
      mapping TEXT PRIMARY KEY,
      unreachable_since INTEGER, -- NULL: they could
      reason TEXT,
      mounts TEXT NOT NULL -- where they are mounted, JSON
    ) STRICT, WITHOUT ROWID;
    -- Files in them that are not taken.
    CREATE TABLE lying_files(
      mapping TEXT NOT NULL,
      path TEXT NOT NULL,
      kind TEXT NOT NULL, -- why not
      since INTEGER NOT NULL,
      PRIMARY KEY(mapping, path, kind)
    ) STRICT, WITHOUT ROWID;
    """
}
