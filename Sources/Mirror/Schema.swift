internal import SQLite

/// The tables of the mirror, as steps that only go forward.
///
/// Times are microseconds since 1970. There is no column for a secret: promise 1 holds by shape.
/// Mappings and origins are small integers in the big tables; a key is (mapping, origin, key).
enum Schema {
  /// "RSYN": marks the file as ours in its header.
  static let applicationID: Int32 = 0x5253_594E

  static let migrator = Migrator([
    SchemaStep(
      version: 1,
      sql: [facts, sides, links, walks, plans, conflicts, history, house].joined(separator: "\n")),
    SchemaStep(version: 2, sql: approvedUpdates),
    SchemaStep(version: 3, sql: rejectedKeys),
    SchemaStep(version: 4, sql: writtenLines),
    SchemaStep(version: 5, sql: queueIndexes),
    SchemaStep(version: 6, sql: searchedTexts),
    SchemaStep(version: 7, sql: lightLinks),
    SchemaStep(version: 8, sql: ownUpdates),
    SchemaStep(version: 9, sql: situationIndexes),
    SchemaStep(version: 10, sql: stretches),
    SchemaStep(version: 11, sql: setAsideRows),
    SchemaStep(version: 12, sql: staleRows),
    SchemaStep(version: 13, sql: sources),
    SchemaStep(version: 14, sql: numberMarks),
    SchemaStep(version: 15, sql: rulesOfRecords),
    SchemaStep(version: 16, sql: wholeDeliveries),
  ])

  /// What is known of whole deliveries.
  ///
  /// Of an export in several files these, as JSON, in whose order the lines of its records count
  /// (`ExportPlaces`); whether its last line had an end; its numbers; what lay beside it. And by
  /// which mark numbers were kept as they had been read, when a column turned to another one.
  private static let wholeDeliveries = """
    ALTER TABLE passports ADD COLUMN parts TEXT;
    ALTER TABLE passports ADD COLUMN ends_line INTEGER;
    ALTER TABLE passports ADD COLUMN sequence_first INTEGER;
    ALTER TABLE passports ADD COLUMN sequence_last INTEGER;
    ALTER TABLE passports ADD COLUMN beside TEXT;
    ALTER TABLE number_marks ADD COLUMN typed_mark TEXT;
    """

  /// Which decimal mark the texts of a number column were found to have, where the mapping declares
  /// none, and the first line that proved it: the same for all exports from then on.
  private static let numberMarks = """
    CREATE TABLE number_marks(
      mapping INTEGER NOT NULL, field TEXT NOT NULL, column_name TEXT NOT NULL,
      mark TEXT NOT NULL, passport INTEGER NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,
      PRIMARY KEY(mapping, field)) STRICT, WITHOUT ROWID;
    """

  /// By which rules the records of a mapping stand (`RecordRules` as JSON): their keys and marks,
  /// the last full export, the last changes after it; rules that would leave nothing; and how many
  /// records can't be given a key by the rules of today.
  private static let rulesOfRecords = """
    ALTER TABLE mappings ADD COLUMN keyed_rules TEXT;
    ALTER TABLE mappings ADD COLUMN full_rules TEXT;
    ALTER TABLE mappings ADD COLUMN delta_rules TEXT;
    ALTER TABLE mappings ADD COLUMN refused_rules TEXT;
    ALTER TABLE mappings ADD COLUMN unkeyed INTEGER NOT NULL DEFAULT 0;
    """

  /// What `where` set aside of an export, as JSON, and the rows of it whose records stand.
  private static let setAsideRows = """
    ALTER TABLE passports ADD COLUMN set_aside TEXT;
    ALTER TABLE rejections ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0;
    """

  /// Rows that changed nothing because something later stands, and by which exports the next one is
  /// measured: since the last that a person let pass its guards.
  private static let staleRows = """
    ALTER TABLE passports ADD COLUMN stale INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE stale_rows(
      passport INTEGER NOT NULL REFERENCES passports(id) ON DELETE CASCADE,
      line INTEGER NOT NULL, origin TEXT NOT NULL, reference TEXT NOT NULL,
      changed_us INTEGER) STRICT;
    CREATE INDEX stale_rows_by_reference ON stale_rows(reference, passport);
    CREATE INDEX stale_rows_by_passport ON stale_rows(passport);
    ALTER TABLE mappings ADD COLUMN measured_from INTEGER NOT NULL DEFAULT 0;
    UPDATE mappings SET measured_from = coalesce((
      SELECT max(p.id) FROM passports p WHERE p.mapping = mappings.name AND p.state = 'accepted'
        AND p.mode = 'full' AND p.verdicts LIKE '%"refused":true%'), 0);
    """

  /// Whether the folders of each source could be looked into, and the files in them that are not
  /// taken, with the time since when.
  private static let sources = """
    CREATE TABLE source_states(
      mapping TEXT PRIMARY KEY, unreachable_since INTEGER, reason TEXT,
      mounts TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE lying_files(
      mapping TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, since INTEGER NOT NULL,
      PRIMARY KEY(mapping, path, kind)) STRICT, WITHOUT ROWID;
    """

  /// Items by situation, so that a list of a handful among millions is read at once.
  ///
  /// Without those in sync: they are the many, found in the order of keys, and a first reconcile
  /// would pay for each.
  private static let situationIndexes = """
    CREATE INDEX links_by_situation ON links(situation, mapping) WHERE situation <> 'in_sync';
    CREATE INDEX resets_by_situation ON resets(situation, counted) WHERE situation IS NOT NULL;
    CREATE INDEX records_by_situation ON records(situation, mapping)
      WHERE situation IS NOT NULL;
    """

  /// The rows of the last full export in stretches: by the digest of their bytes they are known
  /// again in the next one without being read, with the records they became.
  ///
  /// A mapping has a row in `stretched` as long as those records are as that export left them. The
  /// table that goes along had no user since the rate budget is a note of the room that paces.
  private static let stretches = """
    CREATE TABLE stretched(
      mapping INTEGER PRIMARY KEY, reading TEXT NOT NULL, rules TEXT NOT NULL) STRICT;
    CREATE TABLE stretches(
      id INTEGER PRIMARY KEY, mapping INTEGER NOT NULL, digest BLOB NOT NULL,
      beginning INTEGER NOT NULL, length INTEGER NOT NULL, lines INTEGER NOT NULL,
      rows INTEGER NOT NULL, records BLOB NOT NULL) STRICT;
    CREATE INDEX stretches_by_mapping ON stretches(mapping);
    DROP TABLE requests;
    """

  /// Links in the order in which they were made, which is mostly that of the keys: a first
  /// reconcile makes millions, and each lands on a page that is at hand.
  ///
  /// Their resets are rows that the same transaction has read (`verify` checks them all), and who
  /// makes links counts them.
  private static let lightLinks = """
    CREATE TABLE light_links(
      id INTEGER PRIMARY KEY, reset INTEGER NOT NULL,
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      state TEXT NOT NULL, made_by TEXT NOT NULL, made_at INTEGER NOT NULL, run TEXT,
      situation TEXT, base TEXT NOT NULL, apart_kind TEXT, apart_facts TEXT,
      accepted_identity TEXT, writes TEXT) STRICT;
    INSERT INTO light_links(
        reset, mapping, origin, key, state, made_by, made_at, run, situation, base, apart_kind,
        apart_facts, accepted_identity, writes)
      SELECT reset, mapping, origin, key, state, made_by, made_at, run, situation, base,
        apart_kind, apart_facts, accepted_identity, writes
      FROM links ORDER BY mapping, origin, key;
    DROP TABLE links;
    ALTER TABLE light_links RENAME TO links;
    CREATE UNIQUE INDEX links_by_reset ON links(reset);
    CREATE INDEX links_by_key ON links(mapping, origin, key) WHERE state <> 'closed';
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

  /// When our last write moved the time of a reset, and what its time was before: `newest` asks
  /// when somebody else changed it.
  private static let ownUpdates = """
    ALTER TABLE links ADD COLUMN own_updated INTEGER;
    ALTER TABLE links ADD COLUMN others_updated INTEGER;
    """

  /// What a conflict is searched in, folded and in one narrow row.
  ///
  /// A search for any piece of text reads all of them, which takes some 20 ms for 100,000; reading
  /// the conflicts themselves would take ten times that.
  private static let searchedTexts = """
    CREATE INDEX conflicts_by_reference ON conflicts(reference);
    CREATE TABLE conflict_texts(
      number INTEGER PRIMARY KEY REFERENCES conflicts(number) ON DELETE CASCADE,
      text TEXT NOT NULL) STRICT;
    INSERT INTO conflict_texts SELECT number, \(searched("conflicts")) FROM conflicts;
    CREATE TRIGGER conflict_text_made AFTER INSERT ON conflicts BEGIN
      INSERT INTO conflict_texts VALUES(new.number, \(searched("new")));
    END;
    CREATE TRIGGER conflict_text_changed
      AFTER UPDATE OF reference, reset_id, field, source, remote, base ON conflicts
      WHEN old.reference IS NOT new.reference OR old.reset_id IS NOT new.reset_id
        OR old.field IS NOT new.field OR old.source IS NOT new.source
        OR old.remote IS NOT new.remote OR old.base IS NOT new.base BEGIN
      UPDATE conflict_texts SET text = \(searched("new")) WHERE number = new.number;
    END;
    """

  private static func searched(_ row: String) -> String {
    let columns = ["reference", "reset_id", "field", "source", "remote", "base"]
    let texts = columns.map { "coalesce(\(row).\($0), '')" }
    return "lower("
      + (["\(row).id", "\(row).kind"] + texts).joined(separator: " || char(10) || ") + ")"
  }

  /// The queue in its order, with all that it is filtered by: pages and counts of a filter are read
  /// from the index alone.
  private static let queueIndexes = """
    DROP INDEX conflicts_by_state;
    CREATE INDEX conflicts_by_state ON conflicts(
      state, severity DESC, first_seen, number, kind, mapping, field, assignee);
    DROP INDEX conflicts_by_queue;
    CREATE INDEX conflicts_by_queue ON conflicts(
      severity DESC, first_seen, number, kind, mapping, field, assignee);
    """

  /// What each line of the conflict log was like when it was written to the file.
  private static let writtenLines = """
    ALTER TABLE conflict_events ADD COLUMN line_digest BLOB;
    CREATE INDEX conflict_events_by_time ON conflict_events(time);
    """

  /// The key of a rejected row, so that it can be explained.
  private static let rejectedKeys = """
    ALTER TABLE rejections ADD COLUMN origin TEXT;
    ALTER TABLE rejections ADD COLUMN reference TEXT;
    CREATE INDEX rejections_by_reference ON rejections(reference) WHERE reference IS NOT NULL;
    """

  /// Facts that exist once, names that many rows share, and the progress of a full pull.
  private static let facts = """
    CREATE TABLE facts(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE mappings(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
      walked_digest TEXT, cleared_digest TEXT, reconciled_at INTEGER,
      walk_all INTEGER NOT NULL DEFAULT 1, marks INTEGER NOT NULL DEFAULT 0,
      records INTEGER NOT NULL DEFAULT 0) STRICT;
    INSERT INTO mappings(id, name) VALUES(0, '');
    CREATE TABLE origins(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    INSERT INTO origins(id, name) VALUES(0, '');
    CREATE TABLE column_sets(id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE full_walk(
      id INTEGER PRIMARY KEY CHECK(id = 1), run TEXT NOT NULL, started_at INTEGER NOT NULL,
      cursor TEXT, rows INTEGER NOT NULL) STRICT;
    CREATE TABLE full_walk_seen(chunk INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;
    CREATE TABLE suspects(reset INTEGER PRIMARY KEY) STRICT;
    """

  /// The one record of a key and variant.
  static let recordsByKey =
    "CREATE UNIQUE INDEX records_by_key ON records(mapping, origin, key, variant);"

  /// What both sides say: resets as pulled (mapping 0: of no mapping), records as imported.
  private static let sides = """
    CREATE TABLE resets(
      id INTEGER PRIMARY KEY,
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      reset_id TEXT NOT NULL UNIQUE, assignment TEXT NOT NULL,
      situation TEXT, counted INTEGER, deleted_at INTEGER, updated_us INTEGER,
      first_seen INTEGER NOT NULL,
      reference TEXT, reference_origin TEXT, customer_email TEXT, email_hash TEXT,
      reset_password_at TEXT, created_at TEXT, updated_at TEXT, self_link TEXT,
      -- NULL: the relationships stand below self_link, as usual.
      links TEXT, mode TEXT,
      metadata TEXT NOT NULL) STRICT;
    CREATE INDEX resets_by_key ON resets(mapping, origin, key);
    CREATE INDEX resets_of_unknown_origin ON resets(reference_origin)
      WHERE situation = 'unknown_origin';
    CREATE TABLE passports(
      id INTEGER PRIMARY KEY, mapping TEXT NOT NULL, file TEXT NOT NULL, path TEXT NOT NULL,
      sha256 TEXT NOT NULL, size INTEGER NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL,
      reason TEXT, rows INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL,
      added INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL,
      unchanged INTEGER NOT NULL, columns TEXT NOT NULL, generated_at INTEGER,
      imported_at INTEGER NOT NULL, verdicts TEXT NOT NULL, columns_digest TEXT NOT NULL,
      run TEXT) STRICT;
    CREATE INDEX passports_by_mapping ON passports(mapping, state, mode, id);
    CREATE INDEX passports_by_digest ON passports(sha256, mapping);
    CREATE TABLE rejections(
      passport INTEGER NOT NULL REFERENCES passports(id) ON DELETE CASCADE,
      line INTEGER NOT NULL, column_name TEXT, reason TEXT NOT NULL) STRICT;
    CREATE INDEX rejections_by_passport ON rejections(passport, line);
    CREATE TABLE records(
      id INTEGER PRIMARY KEY,
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      variant INTEGER NOT NULL, missing INTEGER NOT NULL, deleted INTEGER NOT NULL,
      columns INTEGER NOT NULL, changed_us INTEGER, passport INTEGER NOT NULL,
      line INTEGER NOT NULL, first_seen INTEGER NOT NULL, situation TEXT,
      raw_reference TEXT, raw_origin TEXT, cells TEXT NOT NULL) STRICT;
    \(recordsByKey)
    CREATE INDEX records_duplicated ON records(mapping, origin, key) WHERE variant > 0;
    CREATE TABLE correlates(
      mapping INTEGER NOT NULL, pair INTEGER NOT NULL, value TEXT NOT NULL,
      record INTEGER NOT NULL,
      PRIMARY KEY(mapping, pair, value, record)) STRICT, WITHOUT ROWID;
    CREATE TABLE watched(
      mapping INTEGER NOT NULL, pair INTEGER NOT NULL, value TEXT NOT NULL,
      reset INTEGER NOT NULL,
      PRIMARY KEY(mapping, pair, value, reset)) STRICT, WITHOUT ROWID;
    CREATE INDEX watched_by_reset ON watched(reset);
    """

  /// The third memory: which record and which reset belong together, and what they agreed on.
  ///
  /// A reset has one link at most (step 7 gives links numbers of their own). The situation of a
  /// linked reset stands here and not in `resets` (but for unknown origins), so that a first
  /// reconcile writes one row per pair.
  private static let links = """
    CREATE TABLE links(
      reset INTEGER PRIMARY KEY REFERENCES resets(id),
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      state TEXT NOT NULL, made_by TEXT NOT NULL, made_at INTEGER NOT NULL, run TEXT,
      situation TEXT, base TEXT NOT NULL, apart_kind TEXT, apart_facts TEXT,
      accepted_identity TEXT, writes TEXT) STRICT;
    CREATE INDEX links_by_key ON links(mapping, origin, key) WHERE state <> 'closed';
    """

  /// What the next reconcile must look at: marked keys, and keys that are due at a time.
  private static let walks = """
    CREATE TABLE marks(
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      PRIMARY KEY(mapping, origin, key)) STRICT, WITHOUT ROWID;
    CREATE TABLE due(
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      at INTEGER NOT NULL, PRIMARY KEY(mapping, origin, key)) STRICT, WITHOUT ROWID;
    CREATE INDEX due_by_time ON due(at);
    CREATE TABLE situation_counts(
      mapping INTEGER NOT NULL, situation TEXT NOT NULL, items INTEGER NOT NULL,
      PRIMARY KEY(mapping, situation)) STRICT, WITHOUT ROWID;
    CREATE TABLE link_counts(mapping INTEGER PRIMARY KEY, links INTEGER NOT NULL) STRICT;
    CREATE TRIGGER link_made AFTER INSERT ON links WHEN new.state <> 'closed' BEGIN
      INSERT INTO link_counts VALUES(new.mapping, 1)
        ON CONFLICT(mapping) DO UPDATE SET links = links + 1;
    END;
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

  /// Plans as computed, and the outbox: what is to be sent and what became of it.
  private static let plans = """
    CREATE TABLE plans(
      id INTEGER PRIMARY KEY, run TEXT NOT NULL, digest TEXT NOT NULL, made_at INTEGER NOT NULL,
      dry_run INTEGER NOT NULL, updates INTEGER NOT NULL, fields INTEGER NOT NULL,
      conflicts INTEGER NOT NULL, held INTEGER NOT NULL, withheld INTEGER NOT NULL,
      verdicts TEXT NOT NULL) STRICT;
    CREATE INDEX plans_by_run ON plans(run);
    CREATE TABLE plan_updates(
      plan INTEGER NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
      number INTEGER NOT NULL, reset INTEGER NOT NULL, reset_id TEXT NOT NULL,
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      payload TEXT NOT NULL, overruled TEXT,
      PRIMARY KEY(plan, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox(
      id INTEGER PRIMARY KEY, run TEXT NOT NULL, reset INTEGER NOT NULL REFERENCES resets(id),
      mapping INTEGER NOT NULL, origin INTEGER NOT NULL, key TEXT NOT NULL,
      state TEXT NOT NULL, payload TEXT NOT NULL, overruled TEXT, intent TEXT, before TEXT,
      attempts INTEGER NOT NULL DEFAULT 0, reason TEXT,
      queued_at INTEGER NOT NULL, sent_at INTEGER, settled_at INTEGER) STRICT;
    CREATE UNIQUE INDEX outbox_open ON outbox(reset)
      WHERE state IN ('pending', 'sent', 'parked');
    CREATE INDEX outbox_by_state ON outbox(state, id)
      WHERE state IN ('pending', 'sent', 'parked');
    CREATE INDEX outbox_by_reset ON outbox(reset, id);
    CREATE INDEX outbox_by_run ON outbox(run, id);
    CREATE TABLE approvals(
      digest TEXT PRIMARY KEY, given_at INTEGER NOT NULL, given_by TEXT NOT NULL,
      expires_at INTEGER NOT NULL, used_by TEXT) STRICT, WITHOUT ROWID;
    """

  /// Conflicts with the group (mapping, origin, key) they were last found in, and their history.
  private static let conflicts = """
    CREATE TABLE conflicts(
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, identity TEXT NOT NULL,
      kind TEXT NOT NULL, severity INTEGER NOT NULL, state TEXT NOT NULL, substate TEXT NOT NULL,
      mapping TEXT, reference TEXT, reference_origin TEXT, reset_id TEXT, field TEXT,
      base TEXT, source TEXT, remote TEXT, detail TEXT, facts TEXT NOT NULL,
      group_mapping INTEGER NOT NULL, group_origin INTEGER NOT NULL, group_key TEXT NOT NULL,
      first_seen INTEGER NOT NULL, opened_at INTEGER, last_seen INTEGER NOT NULL,
      seen_run TEXT NOT NULL, seen_round INTEGER NOT NULL, occurrences INTEGER NOT NULL,
      due INTEGER,
      assignee TEXT, snoozed_until INTEGER, decision TEXT, decided_by TEXT, decided_at INTEGER,
      decision_reason TEXT, decided_facts TEXT, previous_decision TEXT,
      changed_by TEXT, closed_at INTEGER) STRICT;
    CREATE INDEX conflicts_by_group ON conflicts(group_mapping, group_origin, group_key);
    CREATE INDEX conflicts_by_state ON conflicts(state, severity DESC, first_seen, number);
    CREATE INDEX conflicts_by_queue ON conflicts(severity DESC, first_seen, number);
    CREATE INDEX conflicts_by_reset ON conflicts(reset_id);
    CREATE INDEX conflicts_by_due ON conflicts(due) WHERE due IS NOT NULL;
    CREATE INDEX conflicts_without_author ON conflicts(number)
      WHERE state = 'open' AND changed_by IS NULL AND field IS NOT NULL AND reset_id IS NOT NULL;
    CREATE TABLE conflict_counts(
      state TEXT NOT NULL, severity INTEGER NOT NULL, kind TEXT NOT NULL, mapping TEXT NOT NULL,
      conflicts INTEGER NOT NULL,
      PRIMARY KEY(state, severity, kind, mapping)) STRICT, WITHOUT ROWID;
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
    CREATE TABLE conflict_events(
      id INTEGER PRIMARY KEY,
      conflict INTEGER REFERENCES conflicts(number) ON DELETE CASCADE,
      time INTEGER NOT NULL, run TEXT, kind TEXT NOT NULL, state TEXT NOT NULL,
      previous_state TEXT NOT NULL, by TEXT, reason TEXT, decision TEXT,
      base TEXT, source TEXT, remote TEXT, facts TEXT,
      -- Of values that a policy overruled, which belong to no conflict in the store:
      label TEXT, mapping TEXT, reference TEXT, reference_origin TEXT, reset_id TEXT,
      field TEXT) STRICT;
    CREATE INDEX conflict_events_by_conflict ON conflict_events(conflict, id);
    -- What the event stores said; an empty author: nobody is known.
    CREATE TABLE event_authors(
      reset_id TEXT NOT NULL, field TEXT NOT NULL, updated_at TEXT NOT NULL,
      author TEXT NOT NULL, fetched_at INTEGER NOT NULL,
      PRIMARY KEY(reset_id, field)) STRICT, WITHOUT ROWID;
    """

  /// The journal: append-only, each entry sealed by the SHA-256 of the one before and itself.
  ///
  /// Retention first moves the anchor to the seal of the last entry it will delete.
  private static let history = """
    CREATE TABLE runs(
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, command TEXT NOT NULL,
      started_at INTEGER NOT NULL, ended_at INTEGER, result TEXT, exit INTEGER,
      dry_run INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0,
      open_conflicts INTEGER, in_sync INTEGER, items INTEGER, applied INTEGER, failed INTEGER,
      summary TEXT, situations TEXT) STRICT;
    CREATE TABLE transitions(
      run TEXT NOT NULL, mapping INTEGER NOT NULL, previous TEXT NOT NULL, situation TEXT NOT NULL,
      items INTEGER NOT NULL,
      PRIMARY KEY(run, mapping, previous, situation)) STRICT, WITHOUT ROWID;
    CREATE TABLE journal(
      seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, run TEXT NOT NULL, kind TEXT NOT NULL,
      mapping TEXT NOT NULL, subject TEXT NOT NULL, payload TEXT NOT NULL,
      seal BLOB NOT NULL) STRICT;
    CREATE INDEX journal_by_subject ON journal(subject, seq);
    CREATE INDEX journal_by_run ON journal(run, seq);
    CREATE TABLE journal_anchor(
      id INTEGER PRIMARY KEY CHECK(id = 1), seq INTEGER NOT NULL, seal BLOB NOT NULL) STRICT;
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

  /// What an approval covers, update by update: what is left of its plan passes as well.
  private static let approvedUpdates = """
    CREATE TABLE approved_updates(
      approval TEXT NOT NULL REFERENCES approvals(digest) ON DELETE CASCADE,
      update_digest TEXT NOT NULL,
      PRIMARY KEY(approval, update_digest)) STRICT, WITHOUT ROWID;
    """

  /// The rate budget as it was kept at first.
  private static let house = """
    CREATE TABLE requests(id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
    CREATE INDEX requests_by_time ON requests(at);
    """
}
